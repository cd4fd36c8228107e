"""Who stands on the other side of a camt movement, and who is the holder of the account."""

import polars as pl

from pipelines.feeds.statements.camt.fields import PARTY_PARTS

_RETURNED = pl.col("reversal") | pl.any_horizontal(
    pl.col(name).is_not_null() for name in ("return_reason", "return_information")
)
_PAID_IN = (pl.coalesce("own_indicator", "e_indicator") == "CRDT") ^ _RETURNED
"""Whether the payment that is told of came in. One that comes back keeps its roles: the debtor of a
returned debit is whoever did not pay it, though the entry is a debit."""


def _is_ours(account: str) -> pl.Expr:
    """Whether an account is that of the statement, be it written as IBAN or by its number alone."""
    written = pl.col(account).str.replace_all(r"\s", "").str.to_uppercase()
    own = pl.col("owner").str.to_uppercase()
    part = (written.str.len_chars() >= _NUMBER) & own.str.ends_with(written)
    whole = (own.str.len_chars() >= _NUMBER) & written.str.ends_with(own)
    return (written == own) | part | whole


_NUMBER = 6
"""Digits at the end of an IBAN that tell an account."""


def from_debtor() -> pl.Expr:
    """The other party: who paid what came in, who was paid what went out.

    Never the account itself; and an account that is not the statement's is never ours.
    """
    debtor, creditor = _is_ours("debtor_account"), _is_ours("creditor_account")
    chosen = pl.when(_PAID_IN).then(debtor).otherwise(creditor)
    other = pl.when(_PAID_IN).then(creditor).otherwise(debtor)
    blank = pl.all_horizontal(
        pl.when(_PAID_IN)
        .then(pl.col(f"debtor_{part}"))
        .otherwise(pl.col(f"creditor_{part}"))
        .is_null()
        for part in PARTY_PARTS
    )
    chosen_is_us, other_is_us = chosen.fill_null(value=False), other.fill_null(value=False)
    other_is_foreign = (~other).fill_null(value=False) & chosen.is_null()
    is_swapped = (chosen_is_us | other_is_foreign | blank) & ~other_is_us
    return _PAID_IN ^ is_swapped


def _picked(part: str) -> tuple[pl.Expr, pl.Expr]:
    debtor, creditor = pl.col(f"debtor_{part}"), pl.col(f"creditor_{part}")
    other = pl.when(pl.col("from_debtor"))
    return (
        other.then(debtor).otherwise(creditor).alias(f"their_{part}"),
        other.then(creditor).otherwise(debtor).alias(f"our_{part}"),
    )


FOREIGN = (~_is_ours("our_account")).fill_null(value=False)
"""Whether neither party has the account of the statement: then nobody is us."""

PARTIES = [picked for part in PARTY_PARTS for picked in _picked(part)]
"""What is known of the other party and of ourselves."""

ROLES_OF_OURS = (("debtor", ~pl.col("from_debtor")), ("creditor", pl.col("from_debtor")))
"""The role of whoever is not the other side."""
