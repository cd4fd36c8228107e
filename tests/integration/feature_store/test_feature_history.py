"""Training frames through Feast, out of Delta tables."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from deltalake import DeltaTable

from features.definitions.tables import EVENT_TIMESTAMP
from features.delta_tables import MissingTableError
from features.history import training_frame
from features.store import Store, opened
from tests.integration.feature_store.conftest import Write

CONTACT = "customer_contact__contacts_30d"
OWED = "customer_payment_behaviour__owed"


@pytest.fixture
def rows(moments: Callable[[int], datetime]) -> Callable[..., pl.DataFrame]:
    """Entity rows: customer and day of June."""

    def made(*pairs: tuple[str, int], **more: Any) -> pl.DataFrame:
        return pl.DataFrame(
            {
                "customer_id": [key for key, _ in pairs],
                EVENT_TIMESTAMP: [moments(day) for _, day in pairs],
                **more,
            },
            schema_overrides={EVENT_TIMESTAMP: pl.Datetime("us", "UTC")},
        )

    return made


def test_a_frame_keeps_its_rows_their_order_and_what_they_carried(
    filled: Store, write: Write, rows: Callable[..., pl.DataFrame]
) -> None:
    write("ftr_customer_contact", ("a", 9, 9, {"contacts_30d": 3, "is_new": True}))
    write("ftr_customer_payment_behaviour", ("a", 9, 9, {"owed": Decimal("12.345")}))
    labels = [True, None, False]
    asked = rows(("a", 12), ("nobody", 12), ("a", 12), paid=labels)
    made = training_frame(filled, asked, "collections_v1")
    assert made.frame.select(asked.columns).equals(asked)
    assert made.frame[CONTACT].to_list() == [3, None, 3]
    assert made.frame[OWED].to_list() == [Decimal("12.345"), None, Decimal("12.345")]
    assert made.frame.schema[OWED] == pl.Decimal(18, 3)
    assert made.features == tuple(made.frame.columns[3:])


def test_the_same_versions_give_the_same_frame_after_the_table_was_overwritten(
    filled: Store, write: Write, rows: Callable[..., pl.DataFrame]
) -> None:
    write("ftr_customer_contact", ("a", 9, 9, {"contacts_30d": 3}))
    before = training_frame(filled, rows(("a", 10)), "collections_v1")
    write("ftr_customer_contact", ("a", 9, 9, {"contacts_30d": 99}), mode="overwrite")
    again = training_frame(filled, rows(("a", 10)), "collections_v1", before.versions)
    newest = training_frame(filled, rows(("a", 10)), "collections_v1")
    assert again.frame.equals(before.frame)
    assert again.versions == before.versions
    assert newest.frame[CONTACT].to_list() == [99]
    assert newest.versions["ftr_customer_contact"] == before.versions["ftr_customer_contact"] + 1


def test_a_planted_canary_that_only_the_future_knows_is_invisible(
    filled: Store, write: Write, rows: Callable[..., pl.DataFrame]
) -> None:
    """The value would give the label away: true on the 9th, but learned on the 20th."""
    write("ftr_customer_contact", ("a", 8, 8, {"contacts_30d": 3}))
    write("ftr_customer_contact", ("a", 9, 20, {"contacts_30d": 1_000_000}))
    made = training_frame(filled, rows(("a", 9), ("a", 14), ("a", 15)), "collections_v1")
    assert made.frame[CONTACT].to_list() == [3, 3, 3]
    assert training_frame(filled, rows(("a", 20)), "collections_v1").frame[CONTACT].item() is None


def test_a_frame_over_two_entities_may_lack_one_of_them(
    filled: Store, write: Write, moments: Callable[[int], datetime]
) -> None:
    write("ftr_counterparty_activity", ("shop", 9, 9, {"payments_7d": 4}))
    write("ftr_customer_velocity", ("a", 9, 9, {"payments_7d": 2}))
    asked = pl.DataFrame(
        {
            "customer_id": ["a", None],
            "counterparty_id": ["shop", "shop"],
            EVENT_TIMESTAMP: [moments(10)] * 2,
        },
        schema_overrides={EVENT_TIMESTAMP: pl.Datetime("us", "UTC")},
    )
    frame = training_frame(filled, asked, "fraud_v1").frame
    assert frame["counterparty_activity__payments_7d"].to_list() == [4, 4]
    assert frame["customer_velocity__payments_7d"].to_list() == [2, None]


def test_a_frame_of_no_rows_has_every_column(
    filled: Store, rows: Callable[..., pl.DataFrame]
) -> None:
    asked = rows(("a", 10)).clear()
    made = training_frame(filled, asked, "collections_v1")
    assert made.frame.columns == [*asked.columns, *made.features]
    assert made.frame.is_empty()


def test_events_in_many_files_are_all_seen(
    filled: Store, write: Write, rows: Callable[..., pl.DataFrame]
) -> None:
    for day in range(1, 9):
        write("ftr_customer_contact", ("a", day, day, {"contacts_30d": day}))
    asked = rows(*(("a", day) for day in range(1, 9)))
    found = training_frame(filled, asked, "collections_v1").frame[CONTACT].to_list()
    assert found == list(range(1, 9))


def test_a_row_deleted_from_the_table_is_gone_at_the_newer_version_only(
    filled: Store, write: Write, rows: Callable[..., pl.DataFrame]
) -> None:
    write("ftr_customer_contact", ("a", 9, 9, {"contacts_30d": 3}))
    before = training_frame(filled, rows(("a", 10)), "collections_v1")
    table = DeltaTable(str(filled.lake_root / "features" / "ftr_customer_contact"))
    table.delete("customer_id = 'a'")
    asked = rows(("a", 10))
    newest = training_frame(filled, asked, "collections_v1")
    pinned = training_frame(filled, asked, "collections_v1", before.versions)
    assert (newest.frame[CONTACT].item(), pinned.frame[CONTACT].item()) == (None, 3)


def test_entity_rows_named_like_a_feature_are_refused(
    filled: Store, rows: Callable[..., pl.DataFrame]
) -> None:
    with pytest.raises(ValueError, match=f"already have a column {CONTACT}"):
        training_frame(filled, rows(("a", 10), **{CONTACT: [1]}), "collections_v1")


def test_entity_rows_without_a_key_are_refused(
    filled: Store, rows: Callable[..., pl.DataFrame]
) -> None:
    with pytest.raises(ValueError, match="no column counterparty_id"):
        training_frame(filled, rows(("a", 10)), "fraud_v1")


def test_a_moment_without_a_time_zone_is_refused(
    filled: Store, rows: Callable[..., pl.DataFrame]
) -> None:
    naive = rows(("a", 10)).with_columns(pl.col(EVENT_TIMESTAMP).dt.replace_time_zone(None))
    with pytest.raises(ValueError, match="an instant with a time zone"):
        training_frame(filled, naive, "collections_v1")


def test_a_version_that_is_not_there_is_named(
    filled: Store, rows: Callable[..., pl.DataFrame]
) -> None:
    with pytest.raises(MissingTableError, match="ftr_customer_contact at version 77"):
        training_frame(filled, rows(("a", 10)), "collections_v1", {"ftr_customer_contact": 77})


def test_a_lake_without_the_table_is_named(store: Store, rows: Callable[..., pl.DataFrame]) -> None:
    with pytest.raises(MissingTableError, match="no Delta table ftr_customer"):
        training_frame(store, rows(("a", 10)), "collections_v1")


def test_the_entity_rows_may_be_a_query_over_the_feature_tables(
    filled: Store, write: Write
) -> None:
    write("ftr_customer_contact", ("a", 9, 9, {"contacts_30d": 3}))
    query = (
        "SELECT customer_id, event_timestamp + INTERVAL 1 DAY AS event_timestamp"
        " FROM ftr_customer_contact ORDER BY customer_id"
    )
    with opened(filled, {}) as feast:
        answer = feast.get_historical_features(
            entity_df=query, features=["customer_contact:contacts_30d"]
        ).to_df()
    assert answer["customer_id"].tolist() == ["a", "customer-0"]
    assert answer["contacts_30d"].tolist()[0] == 3


def test_knowledge_time_is_on_without_asking_feast_for_it(
    filled: Store, write: Write, moments: Callable[[int], datetime]
) -> None:
    write("ftr_customer_contact", ("a", 9, 20, {"contacts_30d": 3}))
    asked = pl.DataFrame({"customer_id": ["a"], EVENT_TIMESTAMP: [moments(10)]}).to_pandas()
    seen = {}
    with opened(filled, {}) as feast:
        for by_knowledge in (True, False):
            feast.config.offline_store.by_knowledge = by_knowledge
            seen[by_knowledge] = (
                feast.get_historical_features(
                    entity_df=asked, features=["customer_contact:contacts_30d"]
                )
                .to_arrow()["contacts_30d"]
                .to_pylist()
            )
    assert seen == {True: [None], False: [3]}
