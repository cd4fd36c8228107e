"""How much a pair's evidence weighs: Fellegi and Sunter's likelihood ratios, learnt without labels.

The odds that two rows belong together are a product: the share of rows that settle this way, over
the rate at which unrelated rows of such an amount turn up per business day (rare amounts prove
more than round ones), times the ratios for lag, text, reference and account. What share of true
pairs looks how is estimated by expectation-maximisation over the candidates, with competition
between them taken into account; what unrelated pairs look like is counted on unrelated pairs.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from quality.reconciliation.rules import Evidence, RuleSet, Window

Floats = npt.NDArray[np.float64]

_ROUNDS = 8
_SAMPLE = 300_000


@dataclass(frozen=True, slots=True)
class Weights:
    """What one rule has learnt: probabilities by text level (same, other), by lag, a share."""

    same: Floats
    other: Floats
    lag: Floats
    share: float


def stated(rules: RuleSet, window: Window, share: float, other: Floats | None = None) -> Weights:
    """The weights that the rules state, before any data."""
    lags = np.arange(-window.before, window.after + 1)
    early = {
        "left_follows": np.where(lags < 0, rules.evidence.early, 1.0),
        "right_follows": np.where(lags > 0, rules.evidence.early, 1.0),
        "either": np.ones(lags.size),
    }[rules.expects]
    shape = early * rules.evidence.lag_decay ** np.abs(lags)
    return Weights(
        same=np.asarray(rules.evidence.text.same),
        other=np.asarray(rules.evidence.text.other) if other is None else other,
        lag=shape / shape.sum(),
        share=share,
    )


def log_odds(
    edges: pl.DataFrame, weights: Weights, evidence: Evidence, window: Window
) -> pl.DataFrame:
    """The parts of each edge's log odds (natural), and their sum as `odds`.

    Needs columns lag, text (level), cited, same_party and rate (unrelated rows per business day).
    """
    ratio = np.log(weights.same / weights.other)
    parts = {
        "w_amount": np.log(weights.share) - np.log(edges["rate"].to_numpy()),
        "w_lag": np.log(weights.lag)[edges["lag"].to_numpy() + window.before],
        "w_text": np.concatenate([[0.0], ratio])[edges["text"].to_numpy()],
        "w_reference": np.log(np.asarray(evidence.reference))[edges["cited"].to_numpy()]
        + np.where(edges["clash"].to_numpy(), np.log(evidence.clash), 0.0),
        "w_account": np.where(edges["same_party"].to_numpy(), np.log(evidence.account), 0.0),
    }
    total = np.sum(list(parts.values()), axis=0)
    return edges.with_columns(
        *(pl.Series(name, np.round(part, 4)) for name, part in parts.items()),
        pl.Series("odds", np.exp(np.clip(total, -40, 40))),
    )


def learn(
    edges: pl.DataFrame, start: Weights, rules: RuleSet, window: Window, lefts: int
) -> Weights:
    """Expectation-maximisation over the candidate pairs of one rule.

    `lefts` is the number of left rows the candidates were sought for. Few pairs hardly move the
    stated weights; many replace them.
    """
    if edges.height > _SAMPLE:
        edges = edges.filter(
            (pl.col("l").cast(pl.UInt64) * 2654435761 % 1024) < 1024 * _SAMPLE // edges.height
        )
        lefts = max(edges["l"].n_unique(), 1)
    if not edges.height:
        return start
    faith = rules.evidence.confidence
    left = edges["l"].to_numpy()
    right = edges["r"].to_numpy()
    text = edges["text"].to_numpy()
    lag = edges["lag"].to_numpy() + window.before
    weights = start
    for _ in range(_ROUNDS):
        odds = log_odds(edges, weights, rules.evidence, window)["odds"].to_numpy()
        rivals = np.bincount(left, odds)[left] + np.bincount(right, odds)[right] - odds
        p = odds / (1 + rivals)
        seen = np.bincount(text, p, minlength=start.same.size + 1)[1:]
        days = np.bincount(lag, p, minlength=start.lag.size)
        weights = replace(
            weights,
            same=(faith * start.same + seen) / (faith + seen.sum()),
            lag=(faith * start.lag + days) / (faith + days.sum()),
            share=float(min((faith * start.share + p.sum()) / (faith + lefts), 0.99)),
        )
    return weights
