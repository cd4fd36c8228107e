"""OFX and QFX downloads, in SGML and in XML, with the liberties that banks take.

`reader` walks the aggregates; the other modules know tags and values.
"""

from pipelines.feeds.statements.ofx.reader import FORMATS, OFX

__all__ = ["FORMATS", "OFX"]
