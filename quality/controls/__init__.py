"""Accounting laws across tables, held on every run and recorded whatever the outcome."""

from quality.controls.control import Law
from quality.controls.evaluate import LAWS, check_laws, to_frame

__all__ = ["LAWS", "Law", "check_laws", "to_frame"]
