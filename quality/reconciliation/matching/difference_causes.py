"""What explains a difference between two rows that belong together, and how surely.

A cause is a matter of evidence, not of size. What a row states comes first (charges, the amount
instructed in another currency and its rate), then what a third record says the payment was for: the
side that agrees with it is right, and the other one has the difference. Only then does the amount
itself speak: a charge makes less arrive, and a transposition swaps two digits.
"""

from collections.abc import Mapping

import polars as pl

from quality.reconciliation import columns as c
from quality.reconciliation.closed_sets import SIDES, Side
from quality.reconciliation.matching.state import MatchState
from quality.reconciliation.rules import UNSTATED, DifferenceRule, Limits, RuleSet
from quality.reconciliation.sides import THOUSANDTHS_PER_UNIT

_STATED = (c.THOUSANDTHS, c.BLOCK, "charge", "ordered", "converted", "converted_back", "foreign")
_RATE_PRECISION = 10_000
"""A stated rate gives the amount back to one part in so many, or to a hundredth: banks state rates
with four to six decimals. 1,000 or 100,000 move nothing on two demos (34 exchange differences
planted)."""
_HUNDREDTH = THOUSANDTHS_PER_UNIT // 100
"""Thousandths in a hundredth of a unit: to what amounts are rounded when they are converted."""


def explained(
    edges: pl.DataFrame, state: MatchState, rule: DifferenceRule, rules: RuleSet
) -> pl.DataFrame:
    """The pairs whose difference the rule's cause can explain: one row per pair, with `sure`.

    What is not sure may be suggested and is never settled by itself.

    Args:
        edges: pairs with left_no, right_no and difference.
        state: the rows they are of.
        rule: a rule with a cause.
        rules: the rules it is one of; they say on which side less arrives.
    """
    known = cause_evidence(edges, state, rules)
    possible, sure = _VERDICTS[rule.cause]
    known = known.filter(_within(rule))
    return known.filter(possible).with_columns(sure.alias("sure")).select(*edges.columns, "sure")


def cause_evidence(edges: pl.DataFrame, state: MatchState, rules: RuleSet) -> pl.DataFrame:
    """The pairs with what speaks for a cause, each of it true or false.

    `less` arrived on the side nearer to the cash; a row states just that charge (`charged`); two
    digits are `swapped`; another currency was instructed (`foreign`), at a stated rate (`rated`),
    which gives what arrived (`converted`) or what was booked (`as_booked`). A third record says
    what the payment was for: it `arrived_whole`, or it was `booked_right`; in other words the left
    or the right side is right (`left_is_right`, `right_is_right`).
    """
    near, far = ("left", "right") if rules.cash_side == "left" else ("right", "left")
    with_sides = edges.with_columns(
        *_of(state, "left", edges[c.LEFT_NO]),
        *_of(state, "right", edges[c.RIGHT_NO]),
    )
    cash, book = pl.col(f"{near}_thousandths").abs(), pl.col(f"{far}_thousandths").abs()
    ordered = pl.coalesce("right_ordered", "left_ordered")
    charge = pl.coalesce(f"{near}_charge", f"{far}_charge")
    found = {
        "less": pl.col(f"{near}_thousandths") < pl.col(f"{far}_thousandths"),
        "charged": charge == pl.col(c.DIFFERENCE).abs(),
        "swapped": _swapped(),
        "foreign": pl.col("left_foreign") | pl.col("right_foreign"),
        "rated": pl.any_horizontal(pl.col(f"{side}_converted").is_not_null() for side in SIDES),
        "converted": _converts_to(cash),
        "as_booked": _converts_to(book),
        "arrived_whole": ordered == cash,
        "booked_right": ordered == book,
        "left_is_right": ordered == pl.col("left_thousandths").abs(),
        "right_is_right": ordered == pl.col("right_thousandths").abs(),
    }
    with_sides = with_sides.with_columns(
        each.fill_null(value=False).alias(name) for name, each in found.items()
    )
    return with_sides.with_columns(pl.col("charged") & pl.col("less"))


def named_cause(edges: pl.DataFrame, state: MatchState, rules: RuleSet) -> pl.Series:
    """The first cause, fx or fee, that a rule allows for each pair's difference; null without."""
    known = cause_evidence(edges, state, rules)
    cause = pl.lit(None, pl.String)
    for rule in reversed(rules.rules):
        if isinstance(rule, DifferenceRule) and rule.cause in {"fee", "fx"}:
            fits = _VERDICTS[rule.cause][0] & _small(rule)
            cause = pl.when(fits).then(pl.lit(rule.cause)).otherwise(cause)
    # A literal alone would be one row, whatever the height.
    return known.with_columns(cause.alias("cause"))["cause"]


def _within(rule: DifferenceRule) -> pl.Expr:
    """Whether a difference is within the rule's limits."""
    if rule.cause == "transposition":
        return pl.lit(value=True)
    most = pl.col("right_thousandths").abs() * rule.at_most_percent
    return _small(rule) & (pl.col(c.DIFFERENCE).abs() * 100 <= most)


def _small(rule: DifferenceRule) -> pl.Expr:
    limit = limit_of(rule.up_to, pl.col("left_block")) * THOUSANDTHS_PER_UNIT
    share = pl.col("right_thousandths").abs().cast(pl.Float64) * float(rule.up_to_percent) / 100
    return pl.col(c.DIFFERENCE).abs() <= pl.max_horizontal(limit, share)


def limit_of(limits: Limits, block: pl.Expr) -> pl.Expr:
    """The limit in the currency of a block (`account|currency`); zero where none is listed."""
    currency = block.str.split("|").list.last()
    amounts = {"" if key == UNSTATED else key: float(value) for key, value in limits.items()}
    return currency.replace_strict(amounts, default=0.0, return_dtype=pl.Float64)


def _of(state: MatchState, side: Side, at: pl.Series) -> list[pl.Series]:
    items = state.items.of(side)
    return [items[name].gather(at).alias(f"{side}_{name}") for name in _STATED]


def _converts_to(amount: pl.Expr) -> pl.Expr:
    """Whether an instructed amount at its stated rate, in either direction, is this amount."""
    hits = []
    for name in (
        "left_converted",
        "left_converted_back",
        "right_converted",
        "right_converted_back",
    ):
        off = (pl.col(name) - amount).abs()
        hits.append((off * _RATE_PRECISION <= amount) | (off <= _HUNDREDTH))
    return pl.any_horizontal(hit.fill_null(value=False) for hit in hits)


def _swapped() -> pl.Expr:
    """Whether both amounts have the same digits but for two neighbours, hundredths and up."""
    one, two = pl.col("left_thousandths").abs(), pl.col("right_thousandths").abs()
    swaps = []
    for power in range(1, 17):
        low = [each // 10**power % 10 for each in (one, two)]
        high = [each // 10 ** (power + 1) % 10 for each in (one, two)]
        rest = [
            each - (a * 10**power + b * 10 ** (power + 1))
            for each, a, b in zip((one, two), low, high, strict=True)
        ]
        swaps.append((low[0] == high[1]) & (high[0] == low[1]) & (rest[0] == rest[1]))
    same_sign = pl.col("left_thousandths").sign() == pl.col("right_thousandths").sign()
    return pl.any_horizontal(swaps) & same_sign & (one != two)


_CONVERTED = pl.col("foreign") & pl.col("converted")

_VERDICTS: Mapping[str, tuple[pl.Expr, pl.Expr]] = {
    "fx": (
        pl.col("foreign")
        & (pl.col("converted") | ~pl.col("rated"))
        & ~pl.any_horizontal("charged", "as_booked", "arrived_whole"),
        pl.col("converted"),
    ),
    "transposition": (
        pl.col("swapped") & ~pl.col("charged") & ~_CONVERTED & ~pl.col("right_is_right"),
        pl.col("left_is_right"),
    ),
    "fee": (
        pl.col("less")
        & ~pl.col("arrived_whole")
        & (pl.col("charged") | pl.col("as_booked") | ~_CONVERTED),
        pl.col("charged")
        | pl.col("as_booked")
        | (~pl.col("rated") & (pl.col("booked_right") | ~pl.col("swapped"))),
    ),
    "rounding": (pl.lit(value=True), pl.lit(value=True)),
    "unexplained": (pl.lit(value=True), pl.lit(value=False)),
}
"""By cause: whether it can be the cause of the difference, and whether it surely is."""
