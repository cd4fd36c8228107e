"""OFX and QFX downloads, in SGML and in XML, with the liberties that banks take."""

from pipelines.feeds.statements.ofx.reader import FORMATS, OFX

__all__ = ["FORMATS", "OFX"]
