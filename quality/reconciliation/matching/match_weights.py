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

from quality.reconciliation import columns as c
from quality.reconciliation.rules import Evidence, LagWindow, RuleSet

Floats = npt.NDArray[np.float64]

_ROUNDS = 8
"""Rounds of expectation-maximisation. After 4, scores of the bank_rec set still move in their last
digits, after 8 nothing moves any more (16 gives the same)."""
_SAMPLE = 300_000
"""Candidate pairs from which weights are estimated; a thousand or ten thousand move scores of drawn
books at most, so that more would cost time alone."""
_CLIP = 40
"""Largest log odds, either way: e to the 40 is far above any odds that count (see `assignment`),
and far below overflow. 20 moves scores on two demos, 80 nothing."""
_LARGEST_SHARE = 0.99
"""Largest share of rows that settle by one rule: with 1 nothing could stay open. 0.95 or 0.999 move
nothing."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What one rule has learnt: probabilities by text level (same, other), by lag, a share."""

    same: Floats
    other: Floats
    lag: Floats
    share: float


def stated_weights(
    rules: RuleSet, window: LagWindow, share: float, other: Floats | None = None
) -> Weights:
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
    edges: pl.DataFrame, weights: Weights, evidence: Evidence, window: LagWindow
) -> pl.DataFrame:
    """One row per pair, as given, with five log odds (natural) and the total odds.

    Needs the columns `columns.PAIRS` and `expected_per_day`.
    """
    ratio = np.log(weights.same / weights.other)
    parts = {
        c.LOG_ODDS_AMOUNT: np.log(weights.share) - np.log(edges[c.EXPECTED_PER_DAY].to_numpy()),
        c.LOG_ODDS_LAG: np.log(weights.lag)[edges[c.LAG_BUSINESS_DAYS].to_numpy() + window.before],
        c.LOG_ODDS_TEXT: np.concatenate([[0.0], ratio])[edges[c.TEXT_LEVEL].to_numpy()],
        c.LOG_ODDS_REFERENCE: np.log(np.asarray(evidence.reference))[
            edges[c.REFERENCE_EVIDENCE].to_numpy()
        ]
        + np.where(edges[c.REFERENCE_CONFLICT].to_numpy(), np.log(evidence.clash), 0.0),
        c.LOG_ODDS_ACCOUNT: np.where(
            edges[c.SAME_COUNTERPARTY].to_numpy(), np.log(evidence.account), 0.0
        ),
    }
    total = np.sum(list(parts.values()), axis=0)
    return edges.with_columns(
        *(pl.Series(name, np.round(part, 4)) for name, part in parts.items()),
        pl.Series(c.TOTAL_ODDS, np.exp(np.clip(total, -_CLIP, _CLIP))),
    )


def estimate_weights(
    edges: pl.DataFrame, start: Weights, rules: RuleSet, window: LagWindow, lefts: int
) -> Weights:
    """Expectation-maximisation over the candidate pairs of one rule.

    `lefts` is the number of left rows the candidates were sought for. Few pairs hardly move the
    stated weights; many replace them.
    """
    if edges.height > _SAMPLE:
        edges = edges.filter(
            (pl.col(c.LEFT_NO).cast(pl.UInt64) * 2654435761 % 1024) < 1024 * _SAMPLE // edges.height
        )
        lefts = max(edges[c.LEFT_NO].n_unique(), 1)
    if not edges.height:
        return start
    prior_strength = rules.evidence.prior_strength
    left = edges[c.LEFT_NO].to_numpy()
    right = edges[c.RIGHT_NO].to_numpy()
    text = edges[c.TEXT_LEVEL].to_numpy()
    lag = edges[c.LAG_BUSINESS_DAYS].to_numpy() + window.before
    weights = start
    for _ in range(_ROUNDS):
        odds = log_odds(edges, weights, rules.evidence, window)[c.TOTAL_ODDS].to_numpy()
        rivals = np.bincount(left, odds)[left] + np.bincount(right, odds)[right] - odds
        p = odds / (1 + rivals)
        seen = np.bincount(text, p, minlength=start.same.size + 1)[1:]
        days = np.bincount(lag, p, minlength=start.lag.size)
        weights = replace(
            weights,
            same=(prior_strength * start.same + seen) / (prior_strength + seen.sum()),
            lag=(prior_strength * start.lag + days) / (prior_strength + days.sum()),
            share=float(
                min(
                    (prior_strength * start.share + p.sum()) / (prior_strength + lefts),
                    _LARGEST_SHARE,
                )
            ),
        )
    return weights
