"""BAI2 cash management reports: balances and movements as US and Canadian banks send them."""

from pipelines.feeds.statements.bai2.reader import BAI2, FORMATS

__all__ = ["BAI2", "FORMATS"]
