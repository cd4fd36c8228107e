"""The currencies of the house are settings; one that makes no sense ends with a sentence."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.settings import configure_environment
from quality.currencies import admit_own, currencies, places, too_many_places


@pytest.fixture(autouse=True)
def _no_currency_of_its_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    admit_own({})


def test_the_base_currency_is_a_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BASE_CURRENCY", "CHF")
    assert configure_environment(tmp_path).base_currency == "CHF"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("BASE_CURRENCY", "XXZ", "BASE_CURRENCY is 'XXZ', which is no currency"),
        ("OWN_CURRENCIES", '{"usdc": 6}', "'usdc' is not a code"),
        ("OWN_CURRENCIES", '{"EUR": 4}', "EUR is in ISO 4217"),
        ("OWN_CURRENCIES", "USDC=6", "own_currencies"),
    ],
)
def test_a_setting_that_makes_no_sense_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        configure_environment(tmp_path)
    assert said in str(ended.value)


def test_codes_of_the_house_come_in_beside_iso_4217(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OWN_CURRENCIES", '{"USDC": 6, "BTC": 8}')
    configure_environment(tmp_path)
    assert (places("USDC"), places("JPY"), places("KWD"), places("BGN")) == (6, 0, 3, 2)
    assert {"XXX", "XTS", "XXZ"}.isdisjoint(currencies())


@pytest.mark.parametrize(
    ("amount", "code", "said"),
    [
        ("10.50", "JPY", "10.50 JPY has one decimal, and JPY has no decimals"),
        ("12.3456", "EUR", "12.3456 EUR has four decimals, and EUR has two"),
        ("12.3400", "EUR", None),
        ("1.0001", "XAU", "1.0001 XAU has four decimals, and XAU has three"),
        ("1.0001", None, "1.0001 has four decimals, and three are kept"),
    ],
)
def test_decimals_beyond_those_of_the_currency_are_named(
    amount: str, code: str | None, said: str | None
) -> None:
    assert too_many_places(amount, code) == said
