from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban
from stdnum.iso7064 import mod_97_10

from pipelines.demo.world.iban import BANKS, ibans
from pipelines.demo.world.institution import accounts

LENGTHS = {"DE": 22, "FR": 27, "NL": 18, "AT": 20, "IE": 22, "ES": 24, "IT": 27, "GB": 22}


@pytest.mark.parametrize("country", LENGTHS)
@given(number=st.integers(0, 10**10 - 1))
def test_every_iban_has_its_country_s_length_and_true_check_digits(
    country: Any, number: int
) -> None:
    for bank in BANKS[country]:
        made = ibans(country, bank, np.array([number]))[0]
        assert len(made) == LENGTHS[country]
        assert mod_97_10.is_valid(made[4:] + made[:4])


def test_our_own_accounts_are_ten_different_ibans_in_three_currencies() -> None:
    ours = accounts()
    assert len({account.iban for account in ours}) == len(ours) == 10
    assert {account.currency for account in ours} == {0, 1, 2}
    assert all(iban.is_valid(account.iban, check_country=False) for account in ours)
