"""Reconciliations and controls as tables that Dagster shows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
import polars as pl

from quality.reconciliation.match_rate import match_rate
from quality.verdict import Control


def by_recon(sides: pl.DataFrame, matches: pl.DataFrame) -> dg.MetadataValue[Any]:
    """Per reconciliation: rows on both sides, how many are settled, and the share by value."""
    rows = match_rate(sides, matches)
    return _table([{k: str(v) for k, v in row.items()} for row in rows.to_dicts()])


def by_law(found: Sequence[Control]) -> dg.MetadataValue[Any]:
    """Per law: how many scopes passed, failed, erred or were skipped."""
    counted: dict[str, Counter[str]] = {}
    for control in found:
        counted.setdefault(control.name, Counter())[control.outcome] += 1
    outcomes = ("passed", "failed", "error", "skipped")
    return _table(
        [
            {"law": law, **{outcome: counts[outcome] for outcome in outcomes}}
            for law, counts in sorted(counted.items())
        ]
    )


def _table(rows: Sequence[Mapping[str, str | int]]) -> dg.MetadataValue[Any]:
    if not rows:
        return dg.MetadataValue.text("there is nothing to show")
    return dg.MetadataValue.table(records=[dg.TableRecord(row) for row in rows])
