"""Bank statements: one model of a statement, and one room for each family of formats that fills it.

Balances are proved here, before a row reaches a table.
"""
