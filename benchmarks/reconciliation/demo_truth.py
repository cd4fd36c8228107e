"""How right is reconciling on the demo institution, whose truth is known, at several seeds?

    python -m benchmarks.reconciliation.demo_truth --work DIR  # makes what DIR does not have yet
    python -m benchmarks.reconciliation.demo_truth --seeds 7 11 23 --customers 2000 --days 180

For each seed and reconciliation: precision and recall of the tiers by count and by value, whether
scores mean what they say, and how waiting rows are told. Days in the past are judged too, by what
was known by then, where rows are never restated: `timing` breaks are right when the row was settled
later, and their predicted clearing date is held against the day on which it was. What was planted
as late or in another account is no mere wait and does not count as one. All of it is synthetic.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import polars as pl

from benchmarks.reconciliation.scores import pairs_of
from quality.business_calendar import BusinessCalendar
from quality.reconciliation.pipeline import reconcile_sides

_BACK = (20, 50, 80)
"""Days before the last one on which waiting rows are judged."""
_WITHIN = 1
_RESTATED = ("card_settlement",)
"""Their rows are payments, known anew with each event: what was known of one is not kept here."""
_NO_WAIT = ("late", "wrong_account")


def sides_of(work: Path, seed: int, customers: int, days: int) -> Path:
    """The folder of a seed with sides, holidays and truth; made by the real commands if absent."""
    home = work / f"seed{seed}-{customers}x{days}"
    if not (home / "sides.parquet").exists():
        size = ["--customers", str(customers), "--days", str(days), "--seed", str(seed)]
        _countinghouse("demo", "--out", str(home), *size)
        lake = home / "lake"
        _countinghouse("run", "--landing", str(home / "landing"), "--lake", str(lake))
        pl.read_delta(str(lake / "silver/stg_holidays")).write_parquet(home / "holidays.parquet")
        pl.read_delta(str(lake / "silver/int_recon_sides")).write_parquet(home / "sides.parquet")
    return home


def _countinghouse(*words: str) -> None:
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", *words]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def judged(home: Path) -> list[dict[str, object]]:
    """One row per reconciliation."""
    sides = pl.read_parquet(home / "sides.parquet")
    closed = pl.read_parquet(home / "holidays.parquet")["holiday_date"].to_list()
    links = pl.read_parquet(home / "truth/recon_links.parquet")
    breaks = pl.read_parquet(home / "truth/breaks.parquet")
    today = sides["known_at"].max().date() - timedelta(1)  # type: ignore[union-attr]
    found = reconcile_sides(sides, as_of=today, holidays=closed)
    rows = []
    for recon in sorted(sides["recon"].unique()):
        here = sides.filter(recon=recon)
        truth = _visible(links.filter(recon=recon), here)
        if not truth.height:
            continue
        matches = found.matches.filter(recon=recon)
        rows.append(
            {"recon": recon, "true_pairs": truth.height}
            | _tiers(matches, truth, here)
            | _open_now(found.breaks.filter(recon=recon), breaks.filter(recon=recon))
            | ({} if recon in _RESTATED else _waiting(here, truth, closed, today))
            | {"calibration": _calibration(matches, truth)}
        )
    return rows


def _visible(links: pl.DataFrame, sides: pl.DataFrame) -> pl.DataFrame:
    pairs = links.select(left_id="left_row_id", right_id="right_row_id", kind="kind").unique()
    for side, name in (("left", "left_id"), ("right", "right_id")):
        ids = sides.filter(side=side).select(pl.col("row_id").alias(name))
        pairs = pairs.join(ids, on=name, how="semi")
    return pairs


def _tiers(matches: pl.DataFrame, truth: pl.DataFrame, sides: pl.DataFrame) -> dict[str, object]:
    worth = sides.filter(side="right").select(
        pl.col("row_id").alias("right_id"), pl.col("amount").abs().alias("worth")
    )
    keys = ["left_id", "right_id"]
    told: dict[str, object] = {}
    for name, tiers in (("auto", ["auto"]), ("with_suggested", ["auto", "suggested"])):
        pairs = pairs_of(matches.filter(pl.col("tier").is_in(tiers))).join(worth, on="right_id")
        right = pairs.join(truth, on=keys, how="semi")
        value = truth.join(worth, on="right_id")["worth"].sum()
        told |= {
            f"{name}_precision": round(right.height / max(pairs.height, 1), 5),
            f"{name}_recall": round(right.height / truth.height, 5),
            f"{name}_value_precision": _share(right["worth"].sum(), pairs["worth"].sum()),
            f"{name}_value_recall": _share(right["worth"].sum(), value),
        }
    return told


def _share(part: object, whole: object) -> float:
    return round(float(part) / max(float(whole), 1e-9), 5)  # type: ignore[arg-type]


def _open_now(found: pl.DataFrame, truth: pl.DataFrame) -> dict[str, object]:
    """Of rows that wait on the last day, how many are told so; of those told so, how many do."""
    waiting = truth.filter(break_kind="timing").select("side", "row_id").unique()
    told = found.filter(break_type="timing").select("side", "row_id")
    hit = told.join(waiting, on=["side", "row_id"], how="semi").height
    return {"waiting": waiting.height, "told_waiting": hit, "told_wrongly": told.height - hit}


def _waiting(
    sides: pl.DataFrame, truth: pl.DataFrame, closed: list[date], today: date
) -> dict[str, object]:
    """The same on days in the past, and how well the clearing date was predicted."""
    calendar = BusinessCalendar.without(closed)
    waiting = hits = told_so = dated = near = 0
    for back in _BACK:
        day = today - timedelta(back)
        known = sides.filter(pl.col("known_at") <= datetime.combine(day, time.max, tzinfo=UTC))
        if known["side"].n_unique() < 2:
            continue
        breaks = reconcile_sides(known, as_of=day, holidays=closed).breaks
        waits = truth.filter(~pl.col("kind").is_in(_NO_WAIT))
        later = _cleared_later(sides, waits, known)
        told = breaks.filter(break_type="timing")
        hit = told.join(later, on=["side", "row_id"])
        numbers = [calendar.number(hit[name]) for name in ("expected_clearing_date", "cleared")]
        waiting += later.height
        told_so += told.height
        hits += hit.height
        dated += hit.height
        near += int(((numbers[0] - numbers[1]).abs() <= _WITHIN).sum())
    return {
        "past_waiting": waiting,
        "past_told_waiting": hits,
        "past_told_wrongly": told_so - hits,
        "clearing_date_within_a_day": round(near / max(dated, 1), 4),
    }


def _cleared_later(sides: pl.DataFrame, truth: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Known rows whose counterpart is not known yet (side, row_id, cleared)."""
    parts = []
    for side, mine, other in (("left", "left_id", "right_id"), ("right", "right_id", "left_id")):
        rest = "right" if side == "left" else "left"
        ids = known.filter(side=side).select(pl.col("row_id").alias(mine))
        there = known.filter(side=rest).select(pl.col("row_id").alias(other))
        dates = sides.filter(side=rest).select(pl.col("row_id").alias(other), cleared="date")
        found = truth.join(ids, on=mine, how="semi").join(dates, on=other)
        settled = found.join(there, on=other, how="semi").select(mine)
        parts.append(
            found.join(settled, on=mine, how="anti")
            .group_by(pl.col(mine).alias("row_id"))
            .agg(pl.col("cleared").max())
            .select(pl.lit(side).alias("side"), "row_id", "cleared")
        )
    return pl.concat(parts)


def _calibration(matches: pl.DataFrame, truth: pl.DataFrame) -> list[list[float]]:
    """Mean score, share right and number, of one-to-one pairs by tenths of the score."""
    alone = matches.filter(pl.col("kind") == "one_to_one")
    scores = alone.filter(side="left").select("score", left_id="row_id")
    pairs = pairs_of(alone).join(scores, on="left_id")
    right = truth.select("left_id", "right_id", right=pl.lit(1.0))
    bins = (
        pairs.join(right, on=["left_id", "right_id"], how="left")
        .group_by((pl.col("score") * 10).floor().clip(0, 9).alias("bin"))
        .agg(pl.col("score").mean(), pl.col("right").fill_null(0).mean(), pl.len())
        .sort("bin")
    )
    return [[round(a, 3), round(b, 3), n] for _, a, b, n in bins.iter_rows()]


def main(arguments: Sequence[str] | None = None) -> None:
    """Judge every seed and print one JSON row per seed and reconciliation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 11, 23])
    parser.add_argument("--customers", type=int, default=2_000)
    parser.add_argument("--days", type=int, default=180)
    parser.add_argument("--work", type=Path, help="Kept, so that a second run is quick.")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        for seed in given.seeds:
            home = sides_of(given.work or Path(scratch), seed, given.customers, given.days)
            for row in judged(home):
                print(json.dumps({"seed": seed} | row), flush=True)


if __name__ == "__main__":
    main()
