"""Accounting controls across tables, evaluated on every run and recorded whatever the outcome.

What a control is lives here; the controls themselves are grouped by what they prove.
"""

from quality.controls.control import Control
from quality.controls.evaluate import CONTROLS, evaluate_controls, to_frame

__all__ = ["CONTROLS", "Control", "evaluate_controls", "to_frame"]
