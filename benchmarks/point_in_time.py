"""The point-in-time join of the feature store against Feast's own DuckDB store.

Both answer the same question over the same Delta tables through Feast's API, each in a process of
its own, in turn. Shallow history: a few events of a key inside the time to live; deep: many. What
counts are the ratios of one run; the seconds are those of the machine. Feast's own store needs
`ibis-framework[duckdb]`, which the group `bench` brings.

    python benchmarks/point_in_time.py [--scale 1.0] [--rounds 2]
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl
import yaml
from deltalake import write_deltalake

from features.store import Store

STORES = ("stock", "ours")
VIEW = "customer_velocity"
FEATURES = [f"measure_{n}" for n in range(20)]
TTL_DAYS = 60
LAST = datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    """So many keys with so many events each, one in so many days, and so many questions."""

    name: str
    keys: int
    events: int
    every_days: int
    questions: int


CASES = (
    Case("shallow", keys=200_000, events=10, every_days=15, questions=300_000),
    Case("deep", keys=10_000, events=730, every_days=1, questions=100_000),
)


def write_lake(root: Path, case: Case) -> None:
    """The table in several files; one event in twenty is learned up to a month late."""
    contracts = root / "contracts"
    contracts.mkdir(parents=True)
    columns = {"customer_id": "varchar", "event_timestamp": "instant", "known_at": "instant"}
    columns |= dict.fromkeys(FEATURES, "double")
    model = {
        "name": f"ftr_{VIEW}",
        "columns": [{"name": name, "data_type": kind} for name, kind in columns.items()],
        "meta": {"ttl_days": TTL_DAYS},
    }
    (contracts / "_features.yml").write_text(yaml.safe_dump({"models": [model]}))
    rng = np.random.default_rng(7)
    parts = 5
    for part in range(parts):
        number = np.arange(part * case.events // parts, (part + 1) * case.events // parts)
        rows = len(number) * case.keys
        late = np.where(rng.random(rows) < 0.05, rng.integers(1, 30, rows), 0)
        frame = pl.DataFrame(
            {
                "customer_id": np.tile(np.arange(case.keys), len(number)),
                "age": np.repeat((case.events - 1 - number) * case.every_days, case.keys),
                "late": late,
                **{name: rng.random(rows) for name in FEATURES},
            }
        ).with_columns(
            pl.format("customer-{}", "customer_id").alias("customer_id"),
            (pl.lit(LAST).dt.cast_time_unit("us") - pl.duration(days="age")).alias(
                "event_timestamp"
            ),
        )
        frame = frame.with_columns(
            (pl.col("event_timestamp") + pl.duration(days="late")).alias("known_at")
        ).select([*columns])
        path = root / "features" / f"ftr_{VIEW}"
        write_deltalake(str(path), frame.to_arrow(), mode="append")


def questions(case: Case) -> pl.DataFrame:
    """Which customers, when; numbered, for the order of Feast's own answer is not ours."""
    rng = np.random.default_rng(11)
    days = rng.integers(0, case.events * case.every_days, case.questions)
    return pl.DataFrame(
        {"row": np.arange(case.questions), "key": rng.integers(0, case.keys, case.questions)}
    ).select(
        "row",
        pl.format("customer-{}", "key").alias("customer_id"),
        (pl.lit(LAST) - pl.duration(days=pl.lit(pl.Series(days)))).alias("event_timestamp"),
    )


def measure(store: str, root: Path, case: Case) -> dict[str, float]:
    """Answer in this process; seconds of wall and of processor, and the peak of memory in MB."""
    from feast import FeatureStore, RepoConfig

    from features.store import connected, definitions

    lake = Store(root, root / "contracts")
    registry = Path(tempfile.mkdtemp(dir=root))
    if store == "ours":
        feast = connected(lake, registry, lake.versions(lake.tables()))
    else:
        from duckdb_extensions import import_extension

        import_extension("delta")
        os.chdir(root)
        feast = FeatureStore(
            config=RepoConfig(
                project="countinghouse",
                registry=str(registry / "registry.db"),
                offline_store={"type": "duckdb"},
                online_store={"type": "sqlite", "path": str(registry / "online.db")},
                entity_key_serialization_version=3,
            )
        )
    feast.apply(list(definitions(lake.contracts)))
    asked = questions(case).to_pandas()
    wall, processor = time.perf_counter(), time.process_time()
    answer = feast.get_historical_features(
        entity_df=asked,
        features=[f"{VIEW}:{name}" for name in FEATURES],
        filter_by_created_timestamp=True,
    ).to_arrow()
    spent = {
        "wall_s": time.perf_counter() - wall,
        "cpu_s": time.process_time() - processor,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    pl.DataFrame(answer).select("row", *FEATURES).sort("row").write_parquet(
        root / f"{store}.parquet"
    )
    return spent


def compare(case: Case, rounds: int) -> None:
    with tempfile.TemporaryDirectory(prefix="point-in-time-") as folder:
        root = Path(folder)
        write_lake(root, case)
        runs: dict[str, list[dict[str, float]]] = {store: [] for store in STORES}
        for _ in range(rounds):
            for store in STORES:
                done = subprocess.run(
                    [
                        *(sys.executable, __file__, "--measure", store, "--root", folder),
                        *("--case", json.dumps(asdict(case))),
                    ],
                    # DuckDB keeps its extensions below HOME.
                    env={**os.environ, "HOME": folder},
                    check=True,
                    stdout=subprocess.PIPE,
                    text=True,
                )
                runs[store].append(json.loads(done.stdout.splitlines()[-1]))
        stock, ours = (pl.read_parquet(root / f"{store}.parquet") for store in STORES)
        answered = ours.select(pl.col(FEATURES[0]).is_not_null().mean()).item()
        print(
            f"\n{case.name}: {case.keys * case.events:,} events of {case.keys:,} keys, "
            f"{case.questions:,} questions, {answered:.0%} with an answer; "
            f"answers equal: {stock.equals(ours)}"
        )
        for store in STORES:
            print(f"  {store:6}", {key: _middle(runs[store], key) for key in runs[store][0]})
        print(
            "  stock / ours:",
            {
                key: round(_middle(runs["stock"], key) / _middle(runs["ours"], key), 2)
                for key in runs["ours"][0]
            },
        )
        if not stock.equals(ours):
            raise SystemExit("the two stores answer differently")


def _middle(runs: list[dict[str, float]], key: str) -> float:
    return round(median(run[key] for run in runs), 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--measure", choices=STORES)
    parser.add_argument("--root", type=Path)
    parser.add_argument("--case", type=json.loads)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure, given.root, Case(**given.case))))
        return
    for case in CASES:
        scaled = Case(
            case.name,
            keys=int(case.keys * given.scale),
            events=case.events,
            every_days=case.every_days,
            questions=int(case.questions * given.scale),
        )
        compare(scaled, given.rounds)


if __name__ == "__main__":
    main()
