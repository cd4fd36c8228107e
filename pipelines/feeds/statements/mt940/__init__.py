"""SWIFT customer statements: MT940, MT942, MT950, MT900, MT910, in the dialects of banks.

`reader` walks the fields of a message; the other modules know one field or habit each.
"""

from pipelines.feeds.statements.mt940.format import FORMATS, MT940

__all__ = ["FORMATS", "MT940"]
