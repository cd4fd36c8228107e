"""Payment orders that another project published, in seven versions."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.feeds.reading import Reading, Source
from tests.recognised import recognise

SAMPLES = {
    "03": (4, "900.00"),
    "04": (1, "300.00"),
    "05": (1, "100.00"),
    "06": (1, "100.00"),
    "07": (1, "100.00"),
    "08": (1, "100.00"),
    "09": (5, "1100.00"),
}
"""Transactions and their sum, counted by hand in the files."""


def readings(path: Path) -> list[Reading]:
    source = Source(path, path.name)
    return list(recognise(source).read(source))


@pytest.mark.parametrize("version", SAMPLES)
def test_each_version_gives_every_transaction(shared_data: Path, version: Any) -> None:
    name = f"pain.001.001.{version}"
    path = shared_data / "statements" / "pain001" / "pain001" / "templates" / name / f"{name}.xml"
    found = readings(path)
    orders = pl.concat([reading.tables["payment_orders"] for reading in found])
    number, total = SAMPLES[version]
    assert (orders.height, orders["amount"].sum()) == (number, Decimal(total))
    assert orders["message_type"].unique().to_list() == [name]
    assert orders["creditor_name"].null_count() == 0
    assert not any(reading.rejected.height for reading in found)


def test_a_template_with_its_placeholders_gives_no_order(shared_data: Path) -> None:
    folder = shared_data / "statements" / "pain001" / "pain001" / "templates"
    for path in sorted(folder.glob("*/template.xml")):
        found = readings(path)
        assert all(reading.tables["payment_orders"].is_empty() for reading in found)
        reasons = [reason for reading in found for reason in reading.rejected["reason"]]
        assert all("'{{date}}' is not an ISO timestamp" in reason for reason in reasons)
        assert reasons
