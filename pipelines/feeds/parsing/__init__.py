"""Text, numbers, dates, archives and JSON from strangers, each read in one place, within bounds.

Nothing here knows a format of the trade.
"""
