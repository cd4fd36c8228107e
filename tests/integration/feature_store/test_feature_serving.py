"""Online values: materialised once, complete, never stale, equal to history."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
import yaml

from features.drift import DriftError
from features.online.materialize import BUILDING, materialise
from features.online.serving import NotMaterialisedError, online_features
from features.parity import parity
from features.store import Store, applied
from tests.integration.feature_store.conftest import Write

NOW = datetime(2026, 7, 1, 6, 30, tzinfo=UTC)
JUNE_20, JUNE_21 = date(2026, 6, 20), date(2026, 6, 21)
CONTACT = "customer_contact__contacts_30d"


def contacts(store: Any, *keys: Any, at: datetime | None = None) -> list[Any]:
    frame = online_features(
        store,
        "collections_v1",
        pl.DataFrame({"customer_id": keys}, schema={"customer_id": pl.String}),
        at,
    )
    return frame[CONTACT].to_list()


def test_the_newest_known_row_of_each_key_is_served(filled: Store, write: Write) -> None:
    write("ftr_customer_contact", ("a", 18, 18, {"contacts_30d": 1, "channel": "call"}))
    write("ftr_customer_contact", ("a", 19, 19, {"contacts_30d": 2}))
    write("ftr_customer_payment_behaviour", ("a", 19, 19, {"owed": Decimal("0.001")}))
    made = materialise(filled, as_of=JUNE_20, now=NOW)
    assert made.renewed
    assert made.keys["customer_contact"] == 1
    assert made.materialised_at == NOW
    asked = pl.DataFrame({"customer_id": ["b", "a", None, "a"], "note": [1, 2, 3, 4]})
    frame = online_features(filled, "collections_v1", asked)
    assert frame.select(asked.columns).equals(asked)
    assert frame[CONTACT].to_list() == [None, 2, None, 2]
    assert frame["customer_contact__channel"].to_list() == [None] * 4
    assert frame["customer_payment_behaviour__owed"].to_list()[1] == Decimal("0.001")


def test_nothing_is_done_again_until_a_table_the_day_or_a_contract_changes(
    filled: Store, write: Write
) -> None:
    assert materialise(filled, as_of=JUNE_20, now=NOW).renewed
    later = NOW + timedelta(hours=1)
    again = materialise(filled, as_of=JUNE_20, now=later)
    assert (again.renewed, again.materialised_at) == (False, NOW)
    write("ftr_customer_contact", ("a", 19, 19, {"contacts_30d": 2}))
    assert materialise(filled, as_of=JUNE_20, now=later).renewed
    assert materialise(filled, as_of=JUNE_21, now=later).renewed
    contract = filled.contracts / "_features.yml"
    described = yaml.safe_load(contract.read_text())
    contract.write_text(yaml.safe_dump(described, default_flow_style=True))
    assert not materialise(filled, as_of=JUNE_21, now=later).renewed
    described["models"][0]["meta"] = {"ttl_days": 3}
    contract.write_text(yaml.safe_dump(described))
    assert materialise(filled, as_of=JUNE_21, now=later).renewed


def test_an_earlier_day_forgets_what_a_later_one_knew(filled: Store, write: Write) -> None:
    """Feast's SQLite would keep keys of the later day, and its newer rows for others."""
    write("ftr_customer_contact", ("a", 18, 18, {"contacts_30d": 1}))
    write("ftr_customer_contact", ("a", 20, 20, {"contacts_30d": 2}))
    write("ftr_customer_contact", ("b", 20, 20, {"contacts_30d": 3}))
    materialise(filled, as_of=JUNE_20, now=NOW)
    assert contacts(filled, "a", "b") == [2, 3]
    materialise(filled, as_of=date(2026, 6, 19), now=NOW)
    assert contacts(filled, "a", "b") == [1, None]


def test_a_value_becomes_stale_online_as_it_does_in_history(
    filled: Store, write: Write, moments: Callable[[int], datetime]
) -> None:
    write("ftr_customer_contact", ("a", 13, 13, {"contacts_30d": 1}))
    write("ftr_customer_contact", ("b", 12, 12, {"contacts_30d": 2}))
    materialise(filled, as_of=JUNE_20, now=NOW)
    assert contacts(filled, "a", "b") == [1, None]
    assert contacts(filled, "a", at=moments(20) + timedelta(seconds=1)) == [None]


def test_the_online_store_does_not_answer_for_the_past(
    filled: Store, moments: Callable[[int], datetime]
) -> None:
    materialise(filled, as_of=JUNE_20, now=NOW)
    with pytest.raises(ValueError, match="cannot say"):
        contacts(filled, "a", at=moments(19))


def test_an_empty_online_store_says_so(filled: Store) -> None:
    with pytest.raises(NotMaterialisedError):
        contacts(filled, "a")
    with pytest.raises(NotMaterialisedError):
        parity(filled)


def test_online_equals_offline_for_every_key_late_stale_empty_and_future(
    filled: Store, write: Write
) -> None:
    write(
        "ftr_customer_contact",
        ("fresh", 20, 20, {"contacts_30d": 1, "is_new": False, "channel": "sms"}),
        ("gaps", 20, 20, {}),
        ("stale", 2, 2, {"contacts_30d": 2}),
        ("edge", 13, 13, {"contacts_30d": 3}),
        ("late", 19, 25, {"contacts_30d": 4}),
        ("corrected", 19, 19, {"contacts_30d": 5}),
        ("corrected", 19, 20, {"contacts_30d": 6}),
        ("corrected", 19, 21, {"contacts_30d": 7}),
        ("future", 21, 21, {"contacts_30d": 8}),
        ("twice", 20, 20, {"contacts_30d": 9}),
        ("twice", 20, 20, {"contacts_30d": 10}),
    )
    write("ftr_customer_velocity", ("fresh", 20, 20, {"payments_7d": 2**53 - 1, "share": 0.1}))
    materialise(filled, as_of=JUNE_20, now=NOW)
    found = parity(filled)
    assert found.passed, found.examples
    assert found.compared["customer_contact"] == 9
    keys = ("fresh", "gaps", "stale", "edge", "late", "corrected", "future", "twice")
    assert contacts(filled, *keys) == [1, None, None, 3, None, 6, None, 10]


def test_parity_names_the_key_whose_online_value_was_changed(filled: Store, write: Write) -> None:
    write("ftr_customer_contact", ("a", 20, 20, {"contacts_30d": 1}))
    write("ftr_customer_contact", ("b", 20, 20, {"contacts_30d": 2}))
    materialise(filled, as_of=JUNE_20, now=NOW)
    with sqlite3.connect(filled.online / "online.db") as con:
        table = '"countinghouse_customer_contact"'
        con.execute(
            f"UPDATE {table} SET value = (SELECT value FROM {table} WHERE value_text = '2')"
            " WHERE value_text = '1'"
        )
    found = parity(filled)
    assert not found.passed
    assert found.differing["customer_contact"] == 1
    assert found.examples == ("customer_contact of a",)


def test_parity_names_a_key_that_was_lost(filled: Store, write: Write) -> None:
    write("ftr_customer_contact", ("a", 20, 20, {"contacts_30d": 1}))
    materialise(filled, as_of=JUNE_20, now=NOW)
    with sqlite3.connect(filled.online / "online.db") as con:
        con.execute('DELETE FROM "countinghouse_customer_contact"')
    assert parity(filled).differing["customer_contact"] == 1


def test_more_keys_than_one_batch_and_one_file_all_arrive(filled: Store, write: Write) -> None:
    """Feast converts only the first chunk of a table, and SQLite bounds a question."""
    count = 11_000
    for start in range(0, count, 4_000):
        write(
            "ftr_policy_premium",
            *(
                (f"p{n}", 20, 20, {"days_to_expiry": n})
                for n in range(start, min(count, start + 4_000))
            ),
        )
    made = materialise(filled, as_of=JUNE_20, now=NOW)
    assert made.keys["policy_premium"] == count
    found = parity(filled)
    assert found.passed
    assert found.compared["policy_premium"] == count + 1


def test_a_table_that_drifted_from_its_contract_is_refused_and_the_old_values_stay(
    filled: Store, write: Write
) -> None:
    write("ftr_customer_contact", ("a", 19, 19, {"contacts_30d": 2}))
    materialise(filled, as_of=JUNE_20, now=NOW)
    contract = filled.contracts / "_features.yml"
    contract.write_text(contract.read_text().replace("contacts_30d", "contacts_60d"))
    with pytest.raises(DriftError, match=r"contacts_60d is not in the lake.*contacts_30d is in no"):
        materialise(filled, as_of=JUNE_20, now=NOW)
    contract.write_text(contract.read_text().replace("contacts_60d", "contacts_30d"))
    assert contacts(filled, "a") == [2]


def test_what_a_run_that_died_left_behind_does_no_harm(filled: Store, write: Write) -> None:
    write("ftr_customer_contact", ("a", 19, 19, {"contacts_30d": 2}))
    left = filled.online / BUILDING
    left.mkdir(parents=True)
    (left / "online.db").write_bytes(b"half a file")
    (left / "registry.db").write_bytes(b"half a registry")
    materialise(filled, as_of=JUNE_20, now=NOW)
    assert contacts(filled, "a") == [2]
    assert not left.exists()


def test_materialising_says_nothing_on_standard_output(
    filled: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    materialise(filled, as_of=JUNE_20, now=NOW)
    assert capsys.readouterr().out == ""


def test_a_store_made_by_feasts_own_commands_counts_as_empty(filled: Store, write: Write) -> None:
    write("ftr_customer_contact", ("a", 19, 19, {"contacts_30d": 2}))
    filled.online.mkdir(parents=True)
    applied(filled, filled.online, {})
    with pytest.raises(NotMaterialisedError):
        contacts(filled, "a")
    assert materialise(filled, as_of=JUNE_20, now=NOW).renewed
    assert contacts(filled, "a") == [2]
