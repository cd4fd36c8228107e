"""The contract of customers refuses an odd time zone by name, and that customer only."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import duckdb
import polars as pl

from quality.admission import admit
from quality.contract import contract
from quality.time_zones import time_zone, time_zone_names

CUSTOMERS = contract("customers")
ODD = ["Europe", "z" * 300, "localtime", "posixrules", "../x", "europe/berlin", "Factory"]


def test_only_the_customers_with_an_odd_time_zone_stay_outside() -> None:
    zones = ["Europe/Berlin", None, "America/Argentina/Ushuaia", "UTC", *ODD]
    frame = pl.DataFrame(
        [
            {
                "customer_id": f"C{at}", "time_zone": zone, "source_row": at + 2,
                "updated_at": datetime(2026, 1, 2, tzinfo=UTC),
            }
            for at, zone in enumerate(zones)
        ],
        schema={**CUSTOMERS.schema, "source_row": pl.Int64(), "source_path": pl.String()},
    )  # fmt: skip
    with duckdb.connect(config={"threads": 1}) as con:
        con.execute("set timezone = 'UTC'")
        con.register("waiting", frame)
        decided = admit(con, "waiting", CUSTOMERS)
        loaded = decided.loaded.pl()["customer_id"].to_list()
    assert loaded == ["C0", "C1", "C2", "C3"]
    assert decided.refused.height == len(ODD)
    said = " ".join(json.dumps(row, default=str) for row in decided.refused.to_dicts())
    assert "time_zone must be a name of the IANA time zone database" in said
    assert len(said) < 10_000, "the reason does not list six hundred names"


def test_every_name_opens_and_nothing_else_does() -> None:
    assert len(time_zone_names()) > 500
    assert all(time_zone(name) == ZoneInfo(name) for name in time_zone_names())
    assert [time_zone(name) for name in [*ODD, "", None]] == [None] * (len(ODD) + 2)
