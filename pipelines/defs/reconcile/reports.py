"""Reconciliations and controls as tables that Dagster shows."""

from collections import Counter
from collections.abc import Sequence

import dagster as dg
import polars as pl

from quality.reconciliation.match_rate import match_rate
from quality.verdict import Control


def by_recon(sides: pl.DataFrame, matches: pl.DataFrame) -> dg.TableMetadataValue:
    """Per reconciliation: rows on both sides, how many are settled, and the share by value."""
    rows = match_rate(sides, matches)
    return dg.MetadataValue.table(
        records=[dg.TableRecord({k: str(v) for k, v in row.items()}) for row in rows.to_dicts()]
    )


def by_law(found: Sequence[Control]) -> dg.TableMetadataValue:
    """Per law: how many scopes passed, failed, erred or were skipped."""
    counted: dict[str, Counter[str]] = {}
    for control in found:
        counted.setdefault(control.name, Counter())[control.outcome] += 1
    outcomes = ("passed", "failed", "error", "skipped")
    return dg.MetadataValue.table(
        records=[
            dg.TableRecord({"law": law, **{o: counts[o] for o in outcomes}})
            for law, counts in sorted(counted.items())
        ]
    )
