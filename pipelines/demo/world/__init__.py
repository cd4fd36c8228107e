"""What the simulation stands on: the calendar, random streams, the institution, rates, money.

Nothing here knows a customer or a file.
"""
