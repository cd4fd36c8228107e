"""The repository for Feast's own commands: every object that `feast apply` should register.

Feast imports each file of its repository by its bare name, so it must see this file alone
(`.feastignore`); through any second one every view would exist twice.
"""

from features.store import definitions

# Feast looks for its objects among a module's attributes, not inside lists.
globals().update({f"{type(each).__name__}_{each.name}": each for each in definitions()})
