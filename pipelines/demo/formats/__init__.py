"""The files as banks, providers and the payment hub would write them.

One module per format; nothing is decided here.
"""
