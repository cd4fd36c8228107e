"""Reconciliations and controls as tables that Dagster shows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
import polars as pl

from quality.controls.status import ControlStatus
from quality.reconciliation.pipeline import Reconciled
from quality.reconciliation.reporting.match_rate import match_rate
from quality.verdict import ControlResult

_SHOWN = 10


def result_metadata(
    name: str, sides: pl.DataFrame, done: Reconciled
) -> dict[str, dg.MetadataValue[Any]]:
    """What is worth saying of one table: match rates, or the decisions that still wait."""
    if name == "recon_decisions":
        return {"pending": plain(done.not_effective.select("decision_id", "recon", "actor", "why"))}
    return {"by_reconciliation": plain(match_rate(sides, done.matches))}


def by_state(events: pl.DataFrame) -> dg.MetadataValue[Any]:
    """How many breaks were opened, retyped, cleared, written off or reopened."""
    return plain(events.group_by("recon", "state").len("breaks").sort("recon", "state"))


def by_control(found: Sequence[ControlResult]) -> dg.MetadataValue[Any]:
    """Per control: how many scopes passed, failed, erred or were skipped."""
    counted: dict[str, Counter[str]] = {}
    for control in found:
        counted.setdefault(control.name, Counter())[control.outcome] += 1
    outcomes = ("passed", "failed", "error", "skipped")
    return _table(
        [
            {"control": name, **{outcome: counts[outcome] for outcome in outcomes}}
            for name, counts in sorted(counted.items())
        ]
    )


def control_check(asset: Sequence[str], status: ControlStatus) -> dg.AssetCheckResult:
    """A control as a check: how many scopes had which outcome, and the first that failed.

    A failed one is an error that blocks nothing: the figures are published, and shown in red.
    """
    shown = status.failing[:_SHOWN]
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=status.name,
        passed=status.passed,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "outcome": status.outcome,
            **{f"scopes_{outcome}": count for outcome, count in sorted(status.counts.items())},
            "failing": _table([_scope(control) for control in shown]),
            **({"skipped_because": status.skipped_because} if status.skipped_because else {}),
        },
    )


def _scope(control: ControlResult) -> dict[str, str | int]:
    figures = (control.expected, control.actual, control.difference)
    expected, actual, difference = ("" if figure is None else f"{figure:,}" for figure in figures)
    return {
        "control": control.name,
        "scope": control.scope,
        "outcome": control.outcome,
        "expected": expected,
        "actual": actual,
        "difference": difference,
        "detail": control.detail,
        "file": control.file or "",
        "place": control.place or "",
    }


def plain(rows: pl.DataFrame) -> dg.MetadataValue[Any]:
    """Rows as a table, every value as text."""
    return _table([{k: str(v) for k, v in row.items()} for row in rows.to_dicts()])


def _table(rows: Sequence[Mapping[str, str | int]]) -> dg.MetadataValue[Any]:
    if not rows:
        return dg.MetadataValue.text("there is nothing to show")
    return dg.MetadataValue.table(records=[dg.TableRecord(row) for row in rows])
