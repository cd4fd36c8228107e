"""Rules as data: which rows may settle each other, how sure we must be, and in which order."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from quality.reconciliation.closed_sets import DifferenceCause, Side
from quality.reconciliation.former_rule_keys import FORMER_KEYS, with_present_keys
from quality.reconciliation.rule_lines import line_of

RULES = Path(__file__).parent / "rules"
COUNT_WORDS = (
    "NUMBER", "COUNT", "ITEMS", "TRANSACTIONS", "TXNS", "NBOFTXS", "ANZAHL", "POSTEN", "OF"
)  # fmt: skip


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


UNSTATED = "unstated"
"""The key of a limit for rows that state no currency."""


def _by_currency(given: object) -> object:
    if isinstance(given, int | float | str | Decimal) and Decimal(str(given)) != 0:
        raise ValueError(
            f"an amount needs its currency: write {{EUR: {given}}}, and {{{UNSTATED}: {given}}} "
            "for rows that state none"
        )
    return given if isinstance(given, Mapping) else {}


def _known_keys(given: dict[str, Decimal]) -> dict[str, Decimal]:
    for key, amount in given.items():
        if key != UNSTATED and not re.fullmatch(r"[A-Z][A-Z0-9]{2,9}", key):
            raise ValueError(f"{key!r} is no currency code; rows without one are {UNSTATED!r}")
        if amount < 0:
            raise ValueError(f"{key}: {amount} is below zero")
    return given


Limits = Annotated[dict[str, Decimal], BeforeValidator(_by_currency), AfterValidator(_known_keys)]
"""Amounts by currency. Seventy-five euros are not seventy-five yen: a currency that is not listed
has no limit of its own."""


class LagWindow(_Data):
    """Business days that the left row may come before, and after, the right row."""

    before: int = Field(ge=0)
    after: int = Field(ge=0)

    @property
    def width(self) -> int:
        """Number of business days in the window."""
        return self.before + self.after + 1


class PairRule(_Data):
    """One row settles one row of equal amount.

    `by` is what brings the two together: an equal `reference`, a `citation` (the reference of one
    stands in the text of the other, or both texts cite the same number), or the `amount` alone.
    """

    name: str
    kind: Literal["pair"]
    by: Literal["reference", "citation", "amount"]
    window: LagWindow
    share: float = Field(gt=0, lt=1, default=0.9)
    """Share of left rows that settle this way, before the data speak."""
    auto_only: bool = False
    """Whether the rule never suggests: a rival that is merely suggested makes nothing sure."""


class DifferenceRule(_Data):
    """One row settles one row of another amount, and the difference has a name.

    Every accepted difference becomes an explicit adjustment; none is swallowed. A `fee` makes less
    arrive, never more; an `fx` difference needs a conversion that a row states; a `transposition`
    needs two digits swapped. `unexplained` names no cause and only ever suggests; see `causes`.
    """

    name: str
    kind: Literal["difference"]
    cause: DifferenceCause
    window: LagWindow
    share: float = Field(gt=0, lt=1, default=0.05)
    up_to: Limits = {}
    """Largest difference by currency."""
    up_to_percent: Decimal = Decimal(0)
    """Largest difference in percent of the right amount; the larger limit counts."""
    at_most_percent: int = Field(gt=0, default=20)
    """No difference is larger than this share of the right amount."""
    identified: bool = False
    """Whether a shared reference is needed."""


class BatchRule(_Data):
    """One row settles the sum of several, in either direction, or several settle several."""

    name: str
    kind: Literal["batch"]
    window: LagWindow
    max_members: int = Field(ge=2, default=12)
    max_candidates: int = Field(ge=2, le=26, default=22)
    steps: int = Field(gt=0, default=200_000)
    """Work allowed to one search, counted in sums tried, so that it ends the same everywhere."""
    max_false_matches: float = Field(gt=0, default=0.01)
    """How many subsets may be expected to hit the total by accident in an automatic match."""
    least_similarity: float = Field(ge=0, le=100, default=80.0)
    """Text similarity from which a row may belong to the batch."""
    same_day_days: int = Field(ge=0, default=1)
    """A row that names nobody may settle what was booked within so many business days of it."""
    same_day_max_false_matches: float = Field(gt=0, default=0.001)
    """The same limit on accidents for a batch that nothing but its total and its day holds."""
    count_words: tuple[str, ...] = Field(min_length=1, default=COUNT_WORDS)
    """Words before the number of items that a row says it holds."""


class GroupRule(_Data):
    """Rows that belong together by what they carry, and settle when the totals agree.

    By `group_id` or `reference` both sides carry the same one. By `total` the rows of one side that
    share a group id settle the one row of the other side that has their total; by
    `reference_total` they share a reference, and the one row cites it or names their counterparty.
    By `party` several rows settle several of the same counterparty, none of which settles another
    alone.
    """

    name: str
    kind: Literal["group"]
    by: Literal["group_id", "reference", "total", "reference_total", "party"]
    window: LagWindow


class OffsetRule(_Data):
    """Two rows of one side cancel each other.

    With `link: reference` one names the other; with `link: party` they share the counterparty.
    `across_accounts` pairs own transfers: what left one account arrived in another.
    """

    name: str
    kind: Literal["offset"]
    link: Literal["reference", "party", "own_account"]
    side: Literal[Side, "both"] = "both"
    window: int = Field(ge=0)
    share: float = Field(gt=0, lt=1, default=0.5)


Rule = Annotated[
    PairRule | DifferenceRule | BatchRule | GroupRule | OffsetRule, Field(discriminator="kind")
]


class Tiers(_Data):
    """From which probability a match is accepted or suggested, and what an adjustment may cost."""

    auto: float = Field(gt=0.5, lt=1)
    suggested: float = Field(gt=0, lt=1)
    max_adjustment: Limits = {}
    """Largest automatic difference by currency; where any is given, one not listed has none."""
    dual_control_threshold: Decimal = Decimal(10_000)
    """A manual decision about this amount or more needs a second person (four-eyes principle)."""


class TextEvidence(_Data):
    """What text similarity says: the floor of each level, and how often it occurs.

    Level 0 is *nothing to compare*; the others follow from `floors`, weakest first. `same` is the
    share of true pairs at each level (Fellegi and Sunter's m), `other` that of unrelated ones (u).
    """

    floors: tuple[float, ...]
    same: tuple[float, ...]
    other: tuple[float, ...]
    shortest: int = 4
    boilerplate: tuple[str, ...] = ()


class Evidence(_Data):
    """How much each kind of evidence weighs before anything is learnt from the data."""

    text: TextEvidence
    reference: tuple[float, float, float, float]
    """Likelihood ratio of: no common reference, both texts cite one, one cites it, equal."""
    clash: float = Field(gt=0, lt=1, default=1e-8)
    """Likelihood ratio of two references that differ and are of one shared family."""
    account: float
    """Likelihood ratio of an equal counterparty account."""
    lag_decay: float = Field(gt=0, lt=1)
    early: float = Field(gt=0, lt=1)
    """Weight of a left row that comes before its right row, beside one that comes after."""
    prior_strength: float = Field(gt=0)
    """How many observed pairs the given weights count as when weights are estimated."""


class RuleSet(_Data):
    """An ordered list of rules for one pair of sides, with its version."""

    name: str
    version: str
    description: str = ""
    expects: Literal["left_follows", "right_follows", "either"] = "left_follows"
    across_accounts: bool = False
    """Whether rows of different accounts may settle each other; their currency must agree."""
    cash_side: Side = "left"
    """The side that is nearer to the cash: where a charge was deducted, less arrived there."""
    tiers: Tiers
    evidence: Evidence
    void_types: tuple[str, ...] = ()
    void_words: tuple[str, ...] = ()
    rules: tuple[Rule, ...]


class RulesError(ValueError):
    """A rule file says something that is not a rule; the message says where and what."""


def parse_rules(text: str, *, name: str = "rules") -> RuleSet:
    """Read a rule set from YAML; keys of earlier releases (`FORMER_KEYS`) are read as well.

    Raises:
        RulesError: it is not YAML, or a field is unknown, missing or out of range.
    """
    try:
        node = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise RulesError(f"{name}{_mark(error)}: this is not YAML: {_problem(error)}") from error
    if not isinstance(node, dict):
        raise RulesError(f"{name}: a rule file is a mapping with name, version, tiers and rules")
    node = with_present_keys(node)
    if "like" in node:
        node = _from_base(node, name)
    try:
        return RuleSet.model_validate(node)
    except ValidationError as error:
        raise RulesError(
            "; ".join(f"{name}{_where(text, e['loc'])}: {e['msg']}" for e in error.errors())
        ) from error


def _from_base(node: dict[str, Any], name: str) -> dict[str, Any]:
    """A rule file that starts from shipped rules: what it says itself replaces theirs.

    `without` names rules of theirs that do not hold here.
    """
    own = {key: value for key, value in node.items() if key not in {"like", "without"}}
    base = _base(str(node["like"]), name)
    names = [rule["name"] for rule in base["rules"]]
    dropped = node.get("without") or []
    for rule in dropped:
        if rule not in names:
            raise RulesError(f"{name}: without: there is no rule {rule!r} in {node['like']}")
    base["rules"] = [rule for rule in base["rules"] if rule["name"] not in dropped]
    return {**base, **own}


def _base(like: str, name: str) -> dict[str, Any]:
    """The shipped rules from which a file starts; what it says itself replaces theirs."""
    known = sorted(path.stem for path in RULES.glob("*.yaml"))
    if like not in known:
        said = f"{name}: like: there are no rules {like!r} to start from"
        raise RulesError(f"{said}; there are {', '.join(known)}")
    base: dict[str, Any] = yaml.safe_load((RULES / f"{like}.yaml").read_text("utf-8"))
    return _from_base(base, name) if "like" in base else base


def _where(text: str, place: tuple[int | str, ...]) -> str:
    line = line_of(text, place, former=FORMER_KEYS)
    field = ".".join(map(str, place))
    return (f", line {line}" if line else "") + (f", field {field}" if field else "")


def _mark(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""


def _problem(error: yaml.YAMLError) -> str:
    return getattr(error, "problem", None) or str(error).splitlines()[0]


@cache
def shipped(name: str) -> RuleSet:
    """The rules that ship under this name; the default ones where there are none."""
    path = RULES / f"{name}.yaml"
    if not path.exists():
        path = RULES / "default.yaml"
    return parse_rules(path.read_text("utf-8"), name=path.name)
