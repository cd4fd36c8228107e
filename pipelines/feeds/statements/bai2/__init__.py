"""BAI2 cash management reports: balances and movements as US and Canadian banks send them.

`reader` walks the records; the other modules know fields, funds and control totals.
"""

from pipelines.feeds.statements.bai2.reader import BAI2, FORMATS

__all__ = ["BAI2", "FORMATS"]
