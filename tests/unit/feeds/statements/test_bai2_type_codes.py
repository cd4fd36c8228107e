"""BAI2 type codes: three decimal digits, and no other sign that looks like one."""

import pytest

from pipelines.feeds.statements.bai2.fields import direction


@pytest.mark.parametrize("code", ["1¹5", "①②③", "", "x"])
def test_a_code_that_only_looks_like_a_number_is_no_number(code: str) -> None:
    assert direction(code) == direction("000")
