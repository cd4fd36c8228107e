"""Liquidity: sums hold to the cent, intervals are ordered, short history is honest."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.card import Provenance
from models.liquidity.inputs import LiquidityInputs
from models.liquidity.publish import publish
from models.liquidity.refresh import refresh
from models.registry import Candidate, ModelRegistry
from quality.contract import contract

AS_OF = date(2026, 4, 30)
NOW = datetime(2026, 4, 30, 23, tzinfo=UTC)
RATE = Decimal("1.17")
ACCOUNTS = (("ENT-A", "A1", "EUR"), ("ENT-A", "A2", "GBP"), ("ENT-B", "B1", "EUR"))
KEYS = ["entity_id", "account_id", "currency", "category"]


def _in_base(amount: Decimal, currency: str) -> Decimal:
    return (amount * (RATE if currency == "GBP" else 1)).quantize(Decimal("0.001"))


EURO = pl.DataFrame({"base_currency": ["EUR"]})


def _inputs(days: int, *, seed: int = 1, unseen: int = 0) -> LiquidityInputs:
    """Payroll on the month's last days, receipts on weekdays; the last days not yet stated."""
    dice = np.random.default_rng(seed)
    flows, position = [], []
    balances = dict.fromkeys(ACCOUNTS, Decimal(100_000))
    for back in range(days - 1, -1, -1):
        day = AS_OF - timedelta(days=back)
        stated = back >= unseen
        for account in ACCOUNTS:
            moved = {"premium": Decimal(int(dice.integers(50, 70)) * (5 - day.weekday()))}
            if (day + timedelta(days=1)).month != day.month:
                moved["payroll"] = Decimal(int(dice.integers(-3200, -3000)))
            moved = moved if stated and day.weekday() < 5 else {}
            for category, amount in moved.items():
                flows.append((day, *account, category, amount, _in_base(amount, account[2])))
            balances[account] += sum(moved.values(), Decimal(0))
            held = balances[account]
            moves = (Decimal(bool(moved)), Decimal(0))
            position.append((day, *account, *moves, held, _in_base(held, account[2]), stated))
    money, text = pl.Decimal(18, 3), pl.String()
    own = {"entity_id": text, "account_id": text, "currency": text}
    return LiquidityInputs(
        flows=pl.DataFrame(
            flows,
            {"date": pl.Date(), **own, "category": text, "amount": money, "amount_base": money},
            orient="row",
        ),
        known_flows=contract("fct_known_flows").empty(),
        position=pl.DataFrame(
            position,
            {
                "date": pl.Date(),
                **own,
                **dict.fromkeys(("inflow", "outflow"), money),
                **dict.fromkeys(("closing_balance", "closing_balance_base"), money),
                "is_stated": pl.Boolean(),
            },
            orient="row",
        ),
        holidays=pl.DataFrame(schema={"calendar": text, "holiday_date": pl.Date()}),
        rates=EURO,
    )


@pytest.fixture(scope="module")
def inputs() -> LiquidityInputs:
    return _inputs(119)


@pytest.fixture(scope="module")
def registry(inputs: LiquidityInputs, tmp_path_factory: pytest.TempPathFactory) -> ModelRegistry:
    registry = ModelRegistry(tmp_path_factory.mktemp("models"))
    status = refresh(inputs, registry, as_of=AS_OF, provenance=Provenance())
    assert status.champion is not None
    return registry


@pytest.fixture(scope="module")
def rows(inputs: LiquidityInputs, registry: ModelRegistry) -> pl.DataFrame:
    return publish(inputs, registry, as_of=AS_OF, now=NOW)


def _at(rows: pl.DataFrame, level: str, measure: str = "flow") -> pl.DataFrame:
    return rows.filter((pl.col("level") == level) & (pl.col("measure") == measure))


def test_a_forecast_has_thirteen_weeks_of_every_level_and_the_columns_of_its_contract(
    rows: pl.DataFrame,
) -> None:
    assert dict(rows.schema) == contract("fct_liquidity_forecast").schema
    lengths = rows.group_by("level", "measure", *KEYS).len()["len"].unique().to_list()
    assert lengths == [91]
    assert set(rows["level"].unique()) == {"group", "entity", "account", "category"}


def test_categories_sum_to_accounts_and_entities_to_the_group_to_the_cent(
    rows: pl.DataFrame,
) -> None:
    by_category = _at(rows, "category").group_by("account_id", "date").agg(pl.sum("p50"))
    accounts = _at(rows, "account").join(by_category, on=["account_id", "date"])
    assert accounts.height == 3 * 91
    assert (accounts["p50"] == accounts["p50_right"]).all()
    for measure in ("flow", "balance"):
        by_entity = _at(rows, "entity", measure).group_by("date").agg(pl.sum("p50"))
        group = _at(rows, "group", measure).join(by_entity, on="date")
        assert group.height == 91
        assert (group["p50"] == group["p50_right"]).all()


def test_a_balance_is_the_last_closing_balance_and_the_flows_since(
    rows: pl.DataFrame, inputs: LiquidityInputs
) -> None:
    flows = _at(rows, "account").sort("account_id", "date")
    balances = _at(rows, "account", "balance").sort("account_id", "date")
    closing = inputs.position.filter(pl.col("date") == AS_OF).select(
        "account_id", "closing_balance"
    )
    expected = (
        flows.with_columns(pl.col("p50").cum_sum().over("account_id"))
        .join(closing, on="account_id")
        .select(pl.col("p50") + pl.col("closing_balance"))
    )
    assert balances["p50"].to_list() == expected["p50"].to_list()


def test_quantiles_are_in_order_and_balances_grow_less_certain_with_every_day(
    rows: pl.DataFrame,
) -> None:
    order = ["p05", "p10", "p25", "p50", "p75", "p90", "p95"]
    for low, high in itertools.pairwise(order):
        assert (rows[low] <= rows[high]).all()
    spread = _at(rows, "group", "balance").sort("date").select(pl.col("p95") - pl.col("p05"))
    assert (spread.to_series().diff().drop_nulls() >= 0).all()


def test_the_champion_is_better_than_the_baseline_and_its_coverage_is_measured(
    registry: ModelRegistry,
) -> None:
    card = registry.latest_card("liquidity")
    assert card is not None
    assert card.scores["balance_mae"] < card.baseline_scores["balance_mae"]
    assert 0.75 <= card.scores["coverage90_day_7"] <= 1


def test_a_young_model_is_reused(inputs: LiquidityInputs, registry: ModelRegistry) -> None:
    status = refresh(inputs, registry, as_of=AS_OF, provenance=Provenance())
    assert status.promotion is None
    assert status.champion is not None


def test_a_champion_made_for_other_features_gives_way_to_the_baseline(
    inputs: LiquidityInputs, registry: ModelRegistry, tmp_path: Path
) -> None:
    champion, other = registry.champion("liquidity"), ModelRegistry(tmp_path)
    assert champion is not None
    old = replace(champion.card, features=("moon",))
    assert other.evaluate_candidate(Candidate(old, champion.estimators)).reason.startswith(
        "promoted"
    )
    rows = publish(inputs, other, as_of=AS_OF, now=NOW)
    assert rows["model"].unique().to_list() == ["seasonal_naive_28"]


def test_what_comes_after_as_of_changes_nothing(
    inputs: LiquidityInputs, registry: ModelRegistry
) -> None:
    earlier = AS_OF - timedelta(days=7)
    cut = LiquidityInputs(
        inputs.flows.filter(pl.col("date") <= earlier),
        inputs.known_flows,
        inputs.position.filter(pl.col("date") <= earlier),
        inputs.holidays,
        inputs.rates,
    )
    told, blind = (publish(some, registry, as_of=earlier, now=NOW) for some in (inputs, cut))
    assert told.equals(blind)


@pytest.mark.parametrize("days", [1, 5, 12, 40])
def test_little_history_is_forecast_by_the_baseline_with_wide_intervals(
    days: int, tmp_path: Path
) -> None:
    young, registry = _inputs(days), ModelRegistry(tmp_path)
    status = refresh(young, registry, as_of=AS_OF, provenance=Provenance())
    assert status.champion is None
    rows = publish(young, registry, as_of=AS_OF, now=NOW)
    assert rows["model_version"].null_count() == rows.height
    assert rows["model"][0] == {True: "mean_of_days"}.get(
        days < 7, "seasonal_naive_7" if days < 28 else "seasonal_naive_28"
    )
    group = _at(rows, "group", "balance").sort("date")
    assert group["p95"][-1] - group["p05"][-1] > 10 * (group["p95"][0] - group["p05"][0]) > 0


def test_no_data_gives_an_empty_table_of_the_right_columns(
    inputs: LiquidityInputs, tmp_path: Path
) -> None:
    nothing = LiquidityInputs(
        flows=inputs.flows.clear(),
        known_flows=inputs.known_flows.clear(),
        position=inputs.position.clear(),
        holidays=inputs.holidays.clear(),
        rates=inputs.rates,
    )
    registry = ModelRegistry(tmp_path)
    assert refresh(nothing, registry, as_of=AS_OF, provenance=Provenance()).card is None
    rows = publish(nothing, registry, as_of=AS_OF, now=NOW)
    assert rows.is_empty()
    assert dict(rows.schema) == contract("fct_liquidity_forecast").schema


def test_days_not_yet_stated_are_expected_on_the_first_day(tmp_path: Path) -> None:
    registry = ModelRegistry(tmp_path)
    late = publish(_inputs(60, unseen=2), registry, as_of=AS_OF, now=NOW)
    first = _at(late, "account").filter(pl.col("horizon_days") == 1).sort("account_id")
    stated = _inputs(60, unseen=2).flows
    repeated = [date(2026, 4, day) for day in (1, 2, 3)]
    for account, expected in first.select("account_id", "p50").rows():
        four_weeks_ago = stated.filter(
            pl.col("date").is_in(repeated) & (pl.col("account_id") == account)
        )
        assert expected == four_weeks_ago["amount"].sum()


def test_a_scheduled_flow_of_an_unknown_kind_is_what_is_expected(
    inputs: LiquidityInputs, registry: ModelRegistry
) -> None:
    due = AS_OF + timedelta(days=20)
    order = pl.DataFrame(
        {
            "due_date": [due],
            "entity_id": ["ENT-B"],
            "account_id": ["B1"],
            "currency": ["EUR"],
            "category": ["dividend"],
            "amount": [Decimal("-5000.55")],
            "source": ["payment_order"],
            "is_stuck": [False],
        },
        schema_overrides={"amount": pl.Decimal(18, 3)},
    )
    told = LiquidityInputs(inputs.flows, order, inputs.position, inputs.holidays, EURO)
    rows = publish(told, registry, as_of=AS_OF, now=NOW)
    dividend = rows.filter((pl.col("category") == "dividend") & (pl.col("date") == due))
    assert dividend["p50"].to_list() == [Decimal("-5000.55")]
    assert dividend["known_amount"].to_list() == [Decimal("-5000.55")]
    group = _at(rows, "group").filter(pl.col("date") == due)
    assert group["known_amount"].to_list() == [Decimal("-5000.55")]


def test_over_a_currency_without_a_rate_the_group_is_not_known_and_says_so(
    inputs: LiquidityInputs, tmp_path: Path
) -> None:
    unrated = replace(
        inputs,
        flows=inputs.flows.with_columns(
            amount_base=pl.when(pl.col("currency") == "EUR").then("amount_base")
        ),
        position=inputs.position.with_columns(
            closing_balance_base=pl.when(pl.col("currency") == "EUR").then("closing_balance_base")
        ),
    )
    rows = publish(unrated, ModelRegistry(tmp_path), as_of=AS_OF, now=NOW)
    (foreign,) = {account[2] for account in ACCOUNTS} - {"EUR"}
    group = rows.filter(pl.col("level") == "group")
    assert group["p50"].null_count() == group.height > 0
    assert group["missing_rates"].unique().to_list() == [foreign]
    accounts = rows.filter(pl.col("level") == "account")
    assert accounts["p50"].null_count() == 0
    assert accounts["missing_rates"].null_count() == accounts.height
    entities = rows.filter(pl.col("level") == "entity")
    assert (entities["p50"].is_null() == entities["missing_rates"].is_not_null()).all()
