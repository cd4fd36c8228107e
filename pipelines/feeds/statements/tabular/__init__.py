"""Bank statements as tables, CSV or workbook, read by a column profile.

Shipped profiles lie in `profiles/`; a new bank is a new profile and no code.
"""
