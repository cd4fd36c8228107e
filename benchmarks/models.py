"""The models' methods on data that nobody here wrote, beside published figures and baselines.

Fraud: the transactions of the Fraud Detection Handbook (simulated) in its own split - seven days of
training from 2018-07-25, seven of label delay, seven of test - and with its own features. On real
cards the same methods reach an average precision of about 0.1. Collections: the credit-card clients
of UCI (Taiwan, 2005); the file has no time beyond one month, so the last third of it is the test.

    python -m benchmarks.models --data ../shared/data [--only fraud|collections]
"""

import argparse
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.collections import evaluate as collections_evaluate
from models.collections.methods import METHODS as COLLECTIONS_METHODS
from models.feature_matrix import feature_matrix
from models.fraud.methods import forest, logistic
from models.metrics import average_precision, roc_auc

Floats = NDArray[np.float64]
Scores = Mapping[str, float]

PUBLISHED: Mapping[str, tuple[float, float, float]] = {
    "logistic_regression": (0.871, 0.606, 0.291),
    "random_forest": (0.867, 0.658, 0.287),
}
"""The handbook's area under ROC, average precision and card precision at 100, by method."""

_START = datetime(2018, 7, 25)  # noqa: DTZ001 - the file has no time zone
_WEEK, _SPANS, _WARM_UP = 7, (1, 7, 30), 45
_OWN = ("TX_AMOUNT", "is_weekend", "is_night")
HANDBOOK_FEATURES = (
    *_OWN,
    *(f"{what}_{span}d" for span in _SPANS for what in ("customer_count", "customer_mean")),
    *(f"{what}_{span}d" for span in _SPANS for what in ("terminal_count", "terminal_risk")),
)


def card_precision_at(
    outcome: Floats, score: Floats, holder: NDArray[Any], day: NDArray[Any], budget: int
) -> float:
    """Mean over days of the share of compromised holders among the `budget` looked at that day.

    A holder's score is the highest of the day. A holder found compromised on an earlier day is not
    looked at again (Fraud Detection Handbook, chapter 4).
    """
    rows = pl.DataFrame({"day": day, "holder": holder, "score": score, "outcome": outcome})
    daily = rows.group_by("day", "holder").agg(pl.max("score"), pl.max("outcome")).sort("day")
    known: set[Any] = set()
    shares = []
    for _, group in daily.group_by("day", maintain_order=True):
        fresh = group.filter(~pl.col("holder").is_in(list(known)))
        looked = fresh.sort(["score", "holder"], descending=[True, False]).head(budget)
        found = looked.filter(pl.col("outcome") == 1)["holder"]
        shares.append(len(found) / budget)
        known.update(found)
    return float(np.mean(shares)) if shares else float("nan")


@dataclass(frozen=True, slots=True)
class Handbook:
    """Training and test transactions of the published split, with features."""

    train: pl.DataFrame
    test: pl.DataFrame

    def judged(self, estimator: Any) -> Scores:
        """The handbook's three figures of an untrained estimator."""
        fitted = estimator.fit(feature_matrix(self.train, HANDBOOK_FEATURES), _floats(self.train))
        score = fitted.predict_proba(feature_matrix(self.test, HANDBOOK_FEATURES))[:, 1]
        outcome = _floats(self.test)
        return {
            "roc_auc": roc_auc(outcome, score),
            "average_precision": average_precision(outcome, score),
            "card_precision_at_100": card_precision_at(
                outcome,
                score,
                self.test["CUSTOMER_ID"].to_numpy(),
                self.test["TX_TIME_DAYS"].to_numpy(),
                100,
            ),
        }


def handbook(data: Path) -> Handbook:
    """The published split; customers whose fraud was known by a test day are not in that day."""
    everything = pl.scan_parquet(data / "fraud" / "handbook_transactions.parquet")
    window = (
        everything.filter(
            pl.col("TX_DATETIME").is_between(
                _START - timedelta(days=_WARM_UP), _START + timedelta(days=3 * _WEEK), closed="left"
            )
        )
        .collect()
        .sort("TX_DATETIME", "TRANSACTION_ID")
    )
    rows = _terminals(_customers(window)).with_columns(
        is_weekend=pl.col("TX_DATETIME").dt.weekday() >= 6,
        is_night=pl.col("TX_DATETIME").dt.hour() <= 6,
    )
    start = int(window.filter(pl.col("TX_DATETIME") >= _START)["TX_TIME_DAYS"].min())  # type: ignore[arg-type]
    day = pl.col("TX_TIME_DAYS")
    train = rows.filter(day.is_between(start, start + _WEEK - 1))
    known = set(train.filter(pl.col("TX_FRAUD") == 1)["CUSTOMER_ID"])
    tests = []
    for ahead in range(_WEEK):
        told = rows.filter((day == start + _WEEK + ahead - 1) & (pl.col("TX_FRAUD") == 1))
        known |= set(told["CUSTOMER_ID"])
        today = rows.filter(day == start + 2 * _WEEK + ahead)
        tests.append(today.filter(~pl.col("CUSTOMER_ID").is_in(list(known))))
    return Handbook(train, pl.concat(tests))


def _customers(rows: pl.DataFrame) -> pl.DataFrame:
    """Count and mean amount of the customer's transactions up to and with this one."""
    for span in _SPANS:
        window: Any = {"by": "TX_DATETIME", "window_size": f"{span}d"}
        rows = rows.with_columns(
            pl.lit(1.0).alias("one"),
        ).with_columns(
            pl.col("one").rolling_sum_by(**window).over("CUSTOMER_ID")
            .alias(f"customer_count_{span}d"),
            pl.col("TX_AMOUNT").rolling_mean_by(**window).over("CUSTOMER_ID")
            .alias(f"customer_mean_{span}d"),
        )  # fmt: skip
    return rows


def _terminals(rows: pl.DataFrame) -> pl.DataFrame:
    """Count and share of frauds of the terminal's transactions of a week ago and before."""
    both = pl.concat(
        [
            rows.select("TERMINAL_ID", "TRANSACTION_ID", "TX_FRAUD", at="TX_DATETIME", ours=True),
            rows.select(
                "TERMINAL_ID", "TRANSACTION_ID", "TX_FRAUD",
                at=pl.col("TX_DATETIME") + timedelta(days=_WEEK), ours=False,
            ),
        ]
    ).sort("at", "TRANSACTION_ID").with_columns(
        one=(~pl.col("ours")).cast(pl.Float64),
        fraud=pl.when("ours").then(0.0).otherwise(pl.col("TX_FRAUD").cast(pl.Float64)),
    )  # fmt: skip
    names = []
    for span in _SPANS:
        window: Any = {"by": "at", "window_size": f"{span}d"}
        count, risk = f"terminal_count_{span}d", f"terminal_risk_{span}d"
        both = both.with_columns(
            pl.col("one").rolling_sum_by(**window).over("TERMINAL_ID").alias(count),
            pl.col("fraud").rolling_sum_by(**window).over("TERMINAL_ID").alias(risk),
        ).with_columns(
            pl.when(pl.col(count) > 0).then(pl.col(risk) / pl.col(count)).otherwise(0.0).alias(risk)
        )
        names += [count, risk]
    own = both.filter("ours").select("TRANSACTION_ID", *names)
    return rows.join(own, on="TRANSACTION_ID", how="left", maintain_order="left")


def _floats(rows: pl.DataFrame) -> Floats:
    return np.asarray(rows["TX_FRAUD"].cast(pl.Float64).to_numpy())


@dataclass(frozen=True, slots=True)
class Clients:
    """Credit-card clients, with whether they paid the next month (1) or defaulted (0)."""

    train: pl.DataFrame
    test: pl.DataFrame
    features: tuple[str, ...]

    def judged(self, estimator: Any) -> Scores:
        """Brier score, calibration error and area under ROC of an untrained estimator."""
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):
            fitted = estimator.fit(feature_matrix(self.train, self.features), _paid(self.train))
            chance = fitted.predict_proba(feature_matrix(self.test, self.features))[:, 1]
        return collections_evaluate.scores(_paid(self.test), chance)

    def baseline(self) -> Scores:
        """The same of the base rate by months of delay."""
        rates = self.train.group_by("PAY_0").agg(((pl.sum("paid") + 1) / (pl.len() + 2)).alias("p"))
        chance = self.test.join(rates, on="PAY_0", how="left", maintain_order="left")["p"]
        usual = float(_paid(self.train).mean())
        return collections_evaluate.scores(
            _paid(self.test), np.asarray(chance.fill_null(usual).to_numpy())
        )


def clients(data: Path) -> Clients:
    """The first two thirds of the file to learn from, the rest to be judged by.

    Sex, age, education and marriage are left out: nobody is to be judged by them.
    """
    rows = pl.read_csv(data / "collections" / "UCI_Credit_Card.csv", infer_schema_length=None)
    rows = rows.with_columns(paid=1 - pl.col("default.payment.next.month"))
    left_out = {"ID", "SEX", "EDUCATION", "MARRIAGE", "AGE", "default.payment.next.month", "paid"}
    features = tuple(name for name in rows.columns if name not in left_out)
    cut = rows.height * 2 // 3
    return Clients(rows.head(cut), rows.tail(rows.height - cut), features)


def _paid(rows: pl.DataFrame) -> Floats:
    return np.asarray(rows["paid"].cast(pl.Float64).to_numpy())


def fraud_figures(data: Path) -> dict[str, Any]:
    """Our methods on the handbook's split, beside what was published."""
    split = handbook(data)
    ours = {
        "logistic_regression": logistic(7),
        "random_forest": forest(7),
        "random_forest, as published (100 trees, no limits)": forest(7, 100, None, 1),
    }
    found = {name: {**split.judged(estimator)} for name, estimator in ours.items()}
    names = ("roc_auc", "average_precision", "card_precision_at_100")
    published = {name: dict(zip(names, three, strict=True)) for name, three in PUBLISHED.items()}
    return {
        "rows": {"train": split.train.height, "test": split.test.height},
        "ours": found,
        "published": published,
    }


def collections_figures(data: Path) -> dict[str, Any]:
    """Our methods on the card clients, beside the base rate."""
    split = clients(data)
    found = {name: dict(split.judged(make(7))) for name, make in COLLECTIONS_METHODS.items()}
    return {
        "rows": {"train": split.train.height, "test": split.test.height},
        "ours": found,
        "base_rate by months of delay": dict(split.baseline()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--only", choices=("fraud", "collections"))
    permission_for = parser.parse_args()
    for name, figures in (("fraud", fraud_figures), ("collections", collections_figures)):
        if permission_for.only in {None, name}:
            started = time.perf_counter()
            found = figures(permission_for.data)
            print(json.dumps({name: found, "seconds": time.perf_counter() - started}, indent=2))


if __name__ == "__main__":
    main()
