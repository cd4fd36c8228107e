"""Controls of the books: double entry, balances, registers and ledger, settlements, periods.

Each module holds the controls of one part of the trade.
"""
