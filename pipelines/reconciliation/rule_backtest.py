"""A draft of rules, tried on the rows that are in the lake. Nothing is written anywhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from pipelines.lake.lake import Lake
from pipelines.reconciliation.decisions import read_decisions
from pipelines.runs.builds import as_of_of_last_run
from quality.business_calendar import BusinessCalendar
from quality.reconciliation.decisions.model import decisions_of
from quality.reconciliation.outcome import ReconciliationResult
from quality.reconciliation.reporting.rule_diff import RuleDiff, compare_rules
from quality.reconciliation.rules import RuleSet, shipped

SIDES = "silver/int_recon_sides"
KINDS = ("gained", "lost", "changed")


class BacktestError(ValueError):
    """A draft cannot be tried: what is missing, and what to do now."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a draft would have done to one reconciliation.

    `counts` has one row per kind (gained, lost, changed), tier and currency: matches, rows,
    left_value, right_value (sums of absolute amounts). The tier is the draft's, but for what is
    lost. `totals` has one row per rule set (present, draft) and
    currency: settled, suggested and open value of both sides, and the number of breaks.
    """

    recon: str
    as_of: date
    present: RuleSet
    draft: RuleSet
    rows: Mapping[str, int]
    counts: pl.DataFrame
    totals: pl.DataFrame
    difference: RuleDiff


def backtest(lake: Lake, draft: RuleSet, recon: str) -> Backtest:
    """Run the present rules and a draft on everything that the lake has, decisions included.

    Raises:
        BacktestError: the lake has no sides yet, or none of this reconciliation.
    """
    if not lake.root.is_dir() or not lake.exists(SIDES):
        raise BacktestError(
            f"There is no history in {lake.root} to try rules on. Build it first: "
            "countinghouse run --landing FOLDER; or name another lake with --lake."
        )
    sides = lake.read(SIDES).collect()
    rows = sides.filter(pl.col("recon") == recon)
    if rows.is_empty():
        known = ", ".join(sorted(sides["recon"].drop_nulls().unique())) or "none has rows"
        raise BacktestError(
            f"No row belongs to reconciliation {recon!r}. Give --recon one of: {known}."
        )
    left, right = (rows.filter(pl.col("side") == side) for side in ("left", "right"))
    holidays = lake.read("silver/stg_holidays", columns=["holiday_date"]).collect()
    as_of = as_of_of_last_run(lake) or rows.select(pl.max("date")).item()
    present, renamed = (
        rules.model_copy(update={"name": recon}) for rules in (shipped(recon), draft)
    )
    difference = compare_rules(
        present,
        renamed,
        left,
        right,
        decisions=decisions_of(read_decisions(lake), recon, as_of),
        calendar=BusinessCalendar.without(holidays["holiday_date"].to_list()),
        as_of=as_of,
    )
    return Backtest(
        recon=recon,
        as_of=as_of,
        present=present,
        draft=renamed,
        rows={"left": left.height, "right": right.height},
        counts=_counts(difference),
        totals=_totals(difference),
        difference=difference,
    )


def examples(tried: Backtest, kind: str, limit: int) -> list[dict[str, Any]]:
    """Matches that the draft gains, loses or makes otherwise, the largest first.

    Each has its members and the evidence of the rule set that makes it; a changed one has both.
    """
    rows: pl.DataFrame = getattr(tried.difference, kind)
    if rows.is_empty() or limit < 1:
        return []
    heads = (
        rows.sort(pl.col("amount").abs(), "row_id", descending=[True, False])
        .unique("with", keep="first", maintain_order=True)
        .head(limit)
    )
    sources = {
        "gained": {"draft": tried.difference.after},
        "lost": {"present": tried.difference.before},
        "changed": {"present": tried.difference.before, "draft": tried.difference.after},
    }[kind]
    return [
        {name: _match_of(outcome, row["side"], row["row_id"]) for name, outcome in sources.items()}
        for row in heads.iter_rows(named=True)
    ]


def _match_of(outcome: ReconciliationResult, side: str, row_id: str) -> dict[str, Any]:
    matches = outcome.matches
    on_side = pl.col("side") == side
    match_id = matches.filter(on_side, pl.col("row_id") == row_id)["match_id"][0]
    members = matches.filter(pl.col("match_id") == match_id).sort("side", "row_id")
    head = members.row(0, named=True)
    return {
        **{name: head[name] for name in ("match_id", "kind", "tier", "rule", "score", "evidence")},
        "members": members.select("side", "row_id", "date", "amount", "currency").to_dicts(),
    }


def _counts(difference: RuleDiff) -> pl.DataFrame:
    value = pl.col("amount").abs()
    schema = {
        "kind": pl.String(),
        "tier": pl.String(),
        "currency": pl.String(),
        "matches": pl.Int64(),
        "rows": pl.Int64(),
        "left_value": pl.Decimal(38, 3),
        "right_value": pl.Decimal(38, 3),
    }
    parts = [pl.DataFrame(schema=schema)]
    for kind in KINDS:
        rows: pl.DataFrame = getattr(difference, kind)
        ours = ("tier_draft", "with_draft") if kind == "changed" else ("tier", "with")
        counted = rows.group_by(pl.col(ours[0]).alias("tier"), "currency").agg(
            pl.col(ours[1]).n_unique().alias("matches"),
            pl.len().alias("rows"),
            *(
                value.filter(pl.col("side") == side).sum().alias(f"{side}_value")
                for side in ("left", "right")
            ),
        )
        named = counted.select(pl.lit(kind).alias("kind"), *list(schema)[1:])
        parts.append(named.cast(pl.Schema(schema)).sort("tier", "currency"))
    return pl.concat(parts)


def _totals(difference: RuleDiff) -> pl.DataFrame:
    parts = []
    for name, outcome in (("present", difference.before), ("draft", difference.after)):
        columns = ["currency", "amount"]
        rows = pl.concat(
            [
                outcome.matches.select(*columns, "tier"),
                outcome.breaks.select(*columns, tier=pl.lit("open")),
            ]
        ).with_columns(pl.col("amount").abs())
        summed = rows.group_by("currency").agg(
            *(
                pl.col("amount").filter(pl.col("tier") == tier).sum().alias(title)
                for tier, title in (
                    ("auto", "settled"),
                    ("suggested", "suggested"),
                    ("open", "open"),
                )
            ),
            (pl.col("tier") == "open").sum().cast(pl.Int64).alias("breaks"),
        )
        parts.append(summed.select(pl.lit(name).alias("rules"), pl.all()).sort("currency"))
    return pl.concat(parts)


def share(settled: Decimal, suggested: Decimal, left_open: Decimal) -> Decimal | None:
    """The part of all value that is settled; None where there is no value."""
    of = settled + suggested + left_open
    return round(settled / of, 4) if of else None
