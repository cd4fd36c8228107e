"""Fraud: which of the day's payments to look at first, given so many reviews a day.

A payment is judged by what was known when it was initiated, never by what became of it. A payment
counts as fraud from the moment it is reported; until then nobody knows, and that includes us.
"""

from models.fraud.inputs import INPUTS, MODEL, REVIEWS_A_DAY, FraudInputs

__all__ = ["INPUTS", "MODEL", "REVIEWS_A_DAY", "FraudInputs"]
