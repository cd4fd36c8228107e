"""What people open in a spreadsheet computes nothing that strangers wrote."""

import csv
import io
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.output.spreadsheet_text import csv_for_people, formula_safe


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1+1"]
)
def test_a_text_that_would_be_computed_is_text(text: str) -> None:
    assert formula_safe(pl.DataFrame({"a": [text]})).item() == f"'{text}"


@pytest.mark.parametrize("text", ["-12.50", "+3", "-1,5", "REF-1", "", "a=b"])
def test_plain_numbers_and_plain_texts_stay_as_they_are(text: str) -> None:
    assert formula_safe(pl.DataFrame({"a": [text]})).item() == text


def test_columns_of_numbers_keep_their_sign_and_categories_are_texts() -> None:
    table = pl.DataFrame(
        {"amount": [Decimal("-1.50")], "kind": pl.Series(["=x"], dtype=pl.Categorical)}
    )
    assert csv_for_people(table) == b"amount,kind\n-1.50,'=x\n"


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8")), min_size=1))
def test_no_cell_begins_as_a_formula_does(texts: list[str]) -> None:
    written = csv_for_people(pl.DataFrame({"a": texts})).decode()
    for (cell,) in list(csv.reader(io.StringIO(written, newline="")))[1:]:
        assert not cell.startswith(tuple("=@\t\r\n")) or cell == ""
