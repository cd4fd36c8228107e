"""Accounting controls across tables, evaluated on every run and recorded whatever the outcome.

What a control is lives here; the controls themselves are grouped by what they prove.
"""

from quality.controls.control import Law
from quality.controls.evaluate import LAWS, check_laws, to_frame

__all__ = ["LAWS", "Law", "check_laws", "to_frame"]
