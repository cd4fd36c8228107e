"""Which families of references identify a document on both sides, so that a difference is telling.

EP00000012672092 and EP00000012672082 are of one family: the same letters, as many digits. If the
two sides share references of a family, then two different ones are two different documents. If each
side merely numbers its own rows in the same style, a difference says nothing.
"""

import polars as pl

from quality.reconciliation.sides import Items

_SHARED = 0.3


def shared_families(items: Items) -> frozenset[str]:
    """The families of which the side with fewer references shares enough with the other."""
    left, right = (_references(side) for side in (items.left, items.right))
    common = (
        left.join(right, on=["reference_family", "reference"])
        .group_by("reference_family")
        .len("common")
    )
    counts = (
        common.join(left.group_by("reference_family").len("lefts"), on="reference_family")
        .join(right.group_by("reference_family").len("rights"), on="reference_family")
        .filter(pl.col("common") >= _SHARED * pl.min_horizontal("lefts", "rights"))
    )
    return frozenset(counts["reference_family"])


def _references(side: pl.DataFrame) -> pl.DataFrame:
    """Distinct references of a side (family, reference), both plain and compound."""
    plain = side.select("reference_family", pl.col("reference_key").alias("reference"))
    codes = side.select(pl.col("compound_codes").alias("reference")).explode("reference")
    compound = codes.select(
        pl.col("reference").str.replace_all(r"\d", "9").alias("reference_family"), "reference"
    )
    lettered = pl.col("reference_family").str.contains(r"\p{L}")
    return pl.concat([plain, compound]).drop_nulls().filter(lettered).unique()


def with_families(items: Items, families: frozenset[str]) -> Items:
    """The items with no family but these."""
    known = pl.Series(sorted(families), dtype=pl.String).implode()
    trusted = [
        pl.when(pl.col("reference_family").is_in(known))
        .then(pl.col("reference_family"))
        .alias("reference_family"),
        pl.col("compound_code_families").list.eval(
            pl.element().filter(pl.element().is_in(sorted(families)))
        ),
    ]
    return Items(items.left.with_columns(trusted), items.right.with_columns(trusted))
