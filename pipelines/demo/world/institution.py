"""The house itself: legal entities, banks, own accounts, books, brokers and suppliers."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from pipelines.demo.world.iban import ibans
from pipelines.demo.world.timeline import CURRENCIES

ENTITIES = ("CH-INS", "CH-LEND", "CH-GRP")
ENTITY_NAMES = ("Countinghouse Insurance", "Countinghouse Lending", "Countinghouse Group Services")
INSURER, LENDER, GROUP = range(3)


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank that keeps our accounts: its code, name, and the format of its statements."""

    bic: str
    name: str
    country: str
    format: str


BANKS = (
    Bank("MRDNDEFFXXX", "Meridian Bank", "DE", "camt.053"),
    Bank("NRTGGB2LXXX", "Northgate Bank", "GB", "camt.053"),
    Bank("HRBRGB2LXXX", "Harbour Trust", "GB", "MT940"),
)
"""The banks that keep our accounts; none of them exists."""


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """One of our own accounts; `opening` and `minimum` are minor units for each customer."""

    index: int
    iban: str
    entity: int
    bank: int
    currency: int
    code: str
    name: str
    opening: int
    minimum: int


_ACCOUNTS = (
    (INSURER, 0, "EUR", "1010", "Premiums EUR", 22_000, 6_000),
    (INSURER, 0, "EUR", "1011", "Claims EUR", 14_000, 5_000),
    (INSURER, 1, "GBP", "1020", "Operations GBP", 12_000, 3_000),
    (INSURER, 2, "USD", "1030", "Operations USD", 9_000, 2_500),
    (LENDER, 0, "EUR", "1110", "Lending EUR", 30_000, 8_000),
    (LENDER, 1, "GBP", "1120", "Lending GBP", 14_000, 4_000),
    (GROUP, 0, "EUR", "1210", "Treasury EUR", 90_000, 15_000),
    (GROUP, 1, "GBP", "1220", "Treasury GBP", 25_000, 5_000),
    (GROUP, 2, "USD", "1230", "Treasury USD", 20_000, 4_000),
    (GROUP, 1, "EUR", "1240", "Reserve EUR", 40_000, 0),
)
"""Our accounts: entity, bank, currency, ledger code, name, opening and minimum balance for each
customer."""

PREMIUM_ACCOUNT = np.array([0, 2, 3])
"""Account that takes premiums, by currency; claims are paid from `CLAIM_ACCOUNT`."""
CLAIM_ACCOUNT = np.array([1, 2, 3])
LOAN_ACCOUNT = np.array([4, 5, 5])
"""Account that pays and collects loans, by currency."""

TREASURY_ACCOUNT = np.array([6, 7, 8])
"""Account of the treasurer, by currency."""

RESERVE_ACCOUNT = 9
"""Account that takes what the treasury does not need."""


@cache
def accounts() -> tuple[OwnAccount, ...]:
    """Our accounts, in the order that account positions refer to."""
    own_accounts = []
    for index, (entity, bank, currency, code, name, opening, minimum) in enumerate(_ACCOUNTS):
        prefix = {0: "90010077", 1: "NRTG9001", 2: "HRBR9008"}[bank]
        iban = ibans(BANKS[bank].country, prefix, np.array([4_400_100_200 + 137 * index]))[0]
        position = CURRENCIES.index(currency)
        own_accounts.append(
            OwnAccount(index, iban, entity, bank, position, code, name, opening, minimum)
        )
    return tuple(own_accounts)


ACCOUNT_CURRENCY = np.array([CURRENCIES.index(row[2]) for row in _ACCOUNTS])
"""Position in `CURRENCIES` of each account."""

ACCOUNT_ENTITY = np.array([row[0] for row in _ACCOUNTS])
"""Position in `ENTITIES` of each account."""

SIBLING = np.array([1, 0, -1, -1, -1, -1, 9, -1, -1, 6])
"""The account that a clerk may take for this one by mistake; -1 where there is none."""

CHART: tuple[tuple[str, str, str, str | None], ...] = (
    ("1310", "Provider receivable Adyen", "asset", "premium"),
    ("1320", "Provider receivable Stripe", "asset", "premium"),
    ("1400", "Premiums receivable", "asset", "premium"),
    ("1500", "Loans receivable", "asset", "loan_instalment"),
    ("1510", "Loans paid out", "asset", "loan_disbursement"),
    ("1600", "Recoveries receivable", "asset", "claim"),
    ("1700", "Intercompany clearing", "asset", "transfer"),
    ("1710", "Treasury funding", "asset", "funding"),
    ("1900", "Foreign exchange position", "asset", "transfer"),
    ("1990", "Suspense", "asset", None),
    ("2100", "Accounts payable", "liability", "supplier"),
    ("2200", "Claims outstanding", "liability", "claim"),
    ("2300", "Payroll payable", "liability", "payroll"),
    ("2400", "Taxes payable", "liability", "tax"),
    ("2500", "Refunds payable", "liability", "refund"),
    ("3000", "Equity", "equity", None),
    ("4000", "Premium income", "income", None),
    ("4100", "Interest income", "income", None),
    ("4900", "Bank interest", "income", "fee"),
    ("5000", "Claims incurred", "expense", None),
    ("6000", "Staff costs", "expense", None),
    ("6100", "Services bought", "expense", None),
    ("6200", "Bank charges", "expense", "fee"),
    ("6210", "Payment provider fees", "expense", "fee"),
    ("6300", "Taxes", "expense", None),
    ("6900", "Exchange differences", "expense", None),
)
"""The chart of accounts besides cash: code, name, class and category of cash flow."""

BROKERS = (
    "Aldgate Brokers Ltd",
    "Brückner Makler GmbH",
    "Courtage Delmas SARL",
    "Elm & Partners",
    "Fairway Risk LLP",
)
SUPPLIERS = (
    "Nordlicht Cloud GmbH",
    "Papier & Druck Weber",
    "Castellan Law LLP",
    "Orchard Facilities Ltd",
    "Brightwire Telecom",
    "Quarry Street Rents",
    "Tessera Software SA",
    "Halcyon Couriers",
    "Umbra Security BV",
    "Veritas Actuaries Ltd",
    "Kestrel Energy AG",
    "Lumen Training Co",
)
