import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.demo.iban import BANKS, ibans
from pipelines.demo.institution import accounts

LENGTHS = {"DE": 22, "FR": 27, "NL": 18, "AT": 20, "IE": 22, "ES": 24, "IT": 27, "GB": 22}


def remainder(iban):
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97


@pytest.mark.parametrize("country", LENGTHS)
@given(number=st.integers(0, 10**10 - 1))
def test_every_iban_has_its_country_s_length_and_true_check_digits(country, number):
    for bank in BANKS[country]:
        iban = ibans(country, bank, np.array([number]))[0]
        assert len(iban) == LENGTHS[country]
        assert remainder(iban) == 1


def test_our_own_accounts_are_ten_different_ibans_in_three_currencies():
    ours = accounts()
    assert len({account.iban for account in ours}) == len(ours) == 10
    assert {account.currency for account in ours} == {0, 1, 2}
    assert all(remainder(account.iban) == 1 for account in ours)
