"""Collections: whose overdue debt comes by itself, whom to contact, and what is allowed.

Permission comes first and no score can override it. The score only says how likely a debt is paid
within fourteen days as such debts were treated so far; it does not say what a contact would change.
"""

from models.collections.inputs import INPUTS, MODEL, CollectionsInputs

__all__ = ["INPUTS", "MODEL", "CollectionsInputs"]
