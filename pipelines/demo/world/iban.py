"""International bank account numbers with true check digits (ISO 13616, ISO 7064 MOD 97-10)."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from pipelines.demo.world.random_streams import Ints

_SHIFT = pow(10, 10, 97)
"""The weight modulo 97 of a bank code before ten digits of an account."""

BANKS: Mapping[str, tuple[str, ...]] = {
    "DE": ("90010077", "90050033", "90080011"),
    "FR": ("9000100077000", "9000500033000"),
    "NL": ("MERB", "NORB"),
    "AT": ("900100", "900500"),
    "IE": ("MERB9000", "NORB9000"),
    "ES": ("9001007700", "9005003300"),
    "IT": ("X900100077000", "X900500033000"),
    "GB": ("NRTG9001", "MERI9005", "HRBR9008"),
    "US": ("",),
}
"""What stands before the ten digits of the account, by country; none is a bank that exists."""


def _digits(text: str) -> str:
    return "".join(str(int(sign, 36)) for sign in text)


def ibans(country: str, bank: str, account: Ints) -> pl.Series:
    """IBANs of ten-digit account numbers; in the United States the plain account number.

    Args:
        country: ISO 3166 code, a key of `BANKS`.
        bank: one of the country's entries in `BANKS`.
        account: numbers below 10**10.
    """
    digits = pl.Series("iban", account).cast(pl.String).str.zfill(10)
    if country == "US":
        return "40" + digits
    remainder = (int(_digits(bank)) % 97 * _SHIFT + account % 97) % 97
    tail = int(_digits(country) + "00")
    check = 98 - (remainder * (10**6 % 97) + tail % 97) % 97
    return country + pl.Series(np.asarray(check)).cast(pl.String).str.zfill(2) + bank + digits
