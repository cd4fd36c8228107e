"""Settlement reports as tables, read by a profile of headings.

Shipped profiles lie in `profiles/`; a new provider is a new profile and no code.
"""
