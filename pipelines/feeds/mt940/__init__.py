"""SWIFT customer statements: MT940, MT942, MT950, in the dialects that banks write them in."""

from pipelines.feeds.mt940.reader import FORMATS, MT940

__all__ = ["FORMATS", "MT940"]
