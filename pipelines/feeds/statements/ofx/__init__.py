"""OFX and QFX downloads, in SGML and in XML, with the liberties that banks take."""

from pipelines.feeds.ofx.reader import FORMATS, OFX

__all__ = ["FORMATS", "OFX"]
