"""Accounting laws across tables, held on every run and recorded whatever the outcome."""

from quality.laws.check import LAWS, check_laws, to_frame
from quality.laws.law import Law

__all__ = ["LAWS", "Law", "check_laws", "to_frame"]
