"""Which families of references identify a document on both sides, so that a difference is telling.

EP00000012672092 and EP00000012672082 are of one family: the same letters, as many digits. If the
two sides share references of a family, then two different ones are two different documents. If each
side merely numbers its own rows in the same style, a difference says nothing.
"""

import polars as pl

from quality.reconciliation import columns as c
from quality.reconciliation.sides import Items

_SHARED = 0.3
"""Share of the references of the poorer side that the other side has too, from which a family
identifies documents on both. 0.05 or 0.9 move nothing: the families of the bank_rec set and two
demos are shared nearly wholly or not at all."""


def shared_families(items: Items) -> frozenset[str]:
    """The families of which the side with fewer references shares enough with the other."""
    left, right = (_references(side) for side in (items.left, items.right))
    common = (
        left.join(right, on=[c.REFERENCE_FAMILY, "reference"])
        .group_by(c.REFERENCE_FAMILY)
        .len("common")
    )
    counts = (
        common.join(left.group_by(c.REFERENCE_FAMILY).len("lefts"), on=c.REFERENCE_FAMILY)
        .join(right.group_by(c.REFERENCE_FAMILY).len("rights"), on=c.REFERENCE_FAMILY)
        .filter(pl.col("common") >= _SHARED * pl.min_horizontal("lefts", "rights"))
    )
    return frozenset(counts[c.REFERENCE_FAMILY])


def _references(side: pl.DataFrame) -> pl.DataFrame:
    """Distinct references of a side (family, reference), both plain and compound."""
    plain = side.select(c.REFERENCE_FAMILY, pl.col(c.REFERENCE_KEY).alias("reference"))
    codes = side.select(pl.col(c.COMPOUND_CODES).alias("reference")).explode("reference")
    compound = codes.select(
        pl.col("reference").str.replace_all(r"\d", "9").alias(c.REFERENCE_FAMILY), "reference"
    )
    lettered = pl.col(c.REFERENCE_FAMILY).str.contains(r"\p{L}")
    return pl.concat([plain, compound]).drop_nulls().filter(lettered).unique()


def with_families(items: Items, families: frozenset[str]) -> Items:
    """The items with no family but these."""
    known = pl.Series(sorted(families), dtype=pl.String).implode()
    trusted = [
        pl.when(pl.col(c.REFERENCE_FAMILY).is_in(known))
        .then(pl.col(c.REFERENCE_FAMILY))
        .alias(c.REFERENCE_FAMILY),
        pl.col(c.COMPOUND_CODE_FAMILIES).list.eval(
            pl.element().filter(pl.element().is_in(sorted(families)))
        ),
    ]
    return Items(items.left.with_columns(trusted), items.right.with_columns(trusted))
