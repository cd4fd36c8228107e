"""XML from strangers as a stream, and ISO 20022 messages on top of it.

Readers of single messages live with statements and payments.
"""
