"""Customers: who they are, how they behave, what they allow."""

import numpy as np
import polars as pl

from pipelines.demo.world.iban import BANKS, ibans
from pipelines.demo.world.random_streams import identifiers
from pipelines.demo.world.timeline import DAY, World

COUNTRIES = ("DE", "FR", "NL", "AT", "IE", "ES", "IT", "GB", "US")
COUNTRY_WEIGHTS = (0.26, 0.09, 0.08, 0.06, 0.04, 0.05, 0.05, 0.23, 0.14)
"""Shares of the customers by country: an assumption, so that each currency has a few."""

COUNTRY_CURRENCY = np.array([0, 0, 0, 0, 0, 0, 0, 1, 2])
"""Position in `CURRENCIES` by country."""

CITIES = (
    ("Berlin", "Hamburg", "Köln", "Leipzig"),
    ("Paris", "Lyon", "Lille"),
    ("Utrecht", "Rotterdam"),
    ("Wien", "Graz"),
    ("Dublin", "Cork"),
    ("Madrid", "Sevilla"),
    ("Milano", "Torino"),
    ("London", "Leeds", "Bristol", "Glasgow"),
    ("Boston", "Chicago", "Austin", "Seattle"),
)
"""Cities by country."""

ZONES = (
    "Europe/Berlin",
    "Europe/Paris",
    "Europe/Amsterdam",
    "Europe/Vienna",
    "Europe/Dublin",
    "Europe/Madrid",
    "Europe/Rome",
    "Europe/London",
    "America/Chicago",
)
"""Time zone by country."""

UTC_SHIFT = np.array([1, 1, 1, 1, 0, 1, 1, 0, -6])
"""Hours that the wall clock is ahead of UTC in winter, by country; summer time is left out."""

_GIVEN = (
    *("Anna", "Ben", "Clara", "David", "Emma", "Felix", "Greta", "Hugo", "Ida", "Jonas", "Klara"),
    *("Leon", "Marie", "Noah", "Olga", "Paul", "Rosa", "Simon", "Thea", "Ulrich", "Vera", "Willem"),
    *("Aoife", "Brendan", "Carmen", "Diego", "Elena", "Franco", "Giulia", "Henri", "Inès", "Jack"),
    *("Karen", "Liam", "Megan", "Nora", "Oscar", "Priya", "Quentin", "Ruth", "Sean", "Tara"),
)
"""Given names; no customer is a person that exists."""

_FAMILY = (
    *("Müller", "Schmidt", "Weber", "Wagner", "Becker", "Hoffmann", "Schäfer", "Koch", "Bauer"),
    *("Dubois", "Moreau", "Laurent", "Girard", "de Vries", "Jansen", "Bakker", "Visser", "Gruber"),
    *("Huber", "Steiner", "Murphy", "Kelly", "O'Brien", "Byrne", "García", "Núñez", "Romero"),
    *("Rossi", "Bianchi", "Conti", "Ricci", "Smith", "Jones", "Taylor", "Brown", "Evans", "Clarke"),
    *("Johnson", "Miller", "Davis", "Wilson", "Anderson", "Nguyen", "Patel", "Singh", "Okafor"),
    *("Kowalski", "Novak", "Horvat", "Lindqvist", "Haugen", "Santos", "Yilmaz", "Petrov", "Cohen"),
)
BEHAVIOURS = ("punctual", "late", "struggling", "strategic")
"""How a customer pays; the truth names it, no file does."""

_BEHAVIOUR_WEIGHTS = (0.62, 0.22, 0.11, 0.05)
"""Shares of the customers by behaviour: an assumption; two in three pay on time."""

_SEGMENTS = ("retail", "premium", "small_business")
"""Segments of customers, by the position that `segment_at` holds."""

_BANDS = ("low", "lower_middle", "upper_middle", "high")
"""Income bands, by the position that `band` holds."""

PUNCTUAL, LATE, STRUGGLING, STRATEGIC = range(4)


def people_of(world: World, low: int, high: int) -> pl.DataFrame:
    """Customers `low` to `high` - 1, one row each, with everything that others look up."""
    streams = world.streams
    customers = np.arange(low, high, dtype=np.int64)
    country = streams.pick(COUNTRY_WEIGHTS, "country", customers)
    behaviour = streams.pick(_BEHAVIOUR_WEIGHTS, "behaviour", customers)
    band = np.clip(streams.pick((0.2, 0.35, 0.3, 0.15), "band", customers) - (behaviour == 2), 0, 3)
    given = np.array(_GIVEN)[streams.whole(0, len(_GIVEN) - 1, "given", customers)]
    family = np.array(_FAMILY)[streams.whole(0, len(_FAMILY) - 1, "family", customers)]
    joined = world.first - 30 - streams.whole(0, 3650, "joined", customers)
    frame = pl.DataFrame(
        {
            "customer": customers,
            "country_at": country,
            "currency": COUNTRY_CURRENCY[country],
            "behaviour": behaviour,
            "band": band,
            "born": world.first - streams.whole(20 * 365, 80 * 365, "born", customers),
            "joined": joined,
            "segment_at": streams.pick((0.8, 0.13, 0.07), "segment", customers),
            "full_name": np.char.add(np.char.add(given, " "), family),
            "device_id": np.char.add("dv", identifiers(streams.bits("device", customers), 12)),
            "account_number": streams.whole(10**9, 10**10 - 1, "account", customers),
            "bank_at": streams.whole(0, 2, "bank", customers),
        }
    )
    return frame.with_columns(_ibans(frame), customer_id=_customer_id()).sort("customer")


def _customer_id() -> pl.Expr:
    return "C" + pl.col("customer").cast(pl.String).str.zfill(8)


def _ibans(frame: pl.DataFrame) -> pl.Series:
    ibans_of = np.empty(frame.height, dtype=object)
    country, bank = frame["country_at"].to_numpy(), frame["bank_at"].to_numpy()
    numbers = frame["account_number"].to_numpy()
    for position, code in enumerate(COUNTRIES):
        for choice, prefix in enumerate(BANKS[code]):
            of_bank = (country == position) & (bank % len(BANKS[code]) == choice)
            ibans_of[of_bank] = ibans(code, prefix, numbers[of_bank]).to_list()
    return pl.Series("iban", ibans_of.tolist(), dtype=pl.String)


def mule_account(world: World, group: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> pl.Series:
    """Accounts that money is diverted to; several frauds of a group share one."""
    return ibans("DE", BANKS["DE"][2], world.streams.whole(10**9, 10**10 - 1, "mule", group))


def customer_rows(world: World, people: pl.DataFrame) -> pl.DataFrame:
    """Rows of `customers`, all of them on the first day, and a few that move house later."""
    customers = people["customer"].to_numpy()
    moves = world.streams.chance(0.04, "moves", customers)
    moved = world.first + world.streams.whole(1, 400, "moved", customers)
    listed = people.with_columns(
        arrival=pl.lit(world.first, pl.Int64),
        city=_city(world, people, 0),
    )
    later = people.with_columns(arrival=pl.Series(moved), city=_city(world, people, 1)).filter(
        pl.Series(moves)
    )
    names = np.array(COUNTRIES)
    return pl.concat([listed, later]).select(
        "arrival",
        "customer_id",
        entity_id=pl.lit("CH-INS"),
        full_name="full_name",
        birth_date=pl.col("born").cast(pl.Int32).cast(pl.Date),
        segment=_label(_SEGMENTS, "segment_at"),
        country=_label(tuple(names), "country_at"),
        city="city",
        time_zone=_label(ZONES, "country_at"),
        email=pl.format("{}@mail.example", pl.col("customer_id").str.to_lowercase()),
        phone=pl.format("+00{}", pl.col("account_number")),
        iban="iban",
        joined_date=pl.col("joined").cast(pl.Int32).cast(pl.Date),
        income_band=_label(_BANDS, "band"),
        updated_at=(pl.col("arrival") * DAY + 6 * 3_600_000_000).cast(pl.Datetime("us", "UTC")),
    )


def _label(names: tuple[str, ...], column: str) -> pl.Expr:
    return pl.col(column).replace_strict(
        list(range(len(names))), list(names), return_dtype=pl.String
    )


def _city(world: World, people: pl.DataFrame, move: int) -> pl.Series:
    at = world.streams.whole(0, 11, "city", people["customer"].to_numpy(), move)
    country = people["country_at"].to_numpy()
    table = np.array([[names[k % len(names)] for k in range(12)] for names in CITIES])
    return pl.Series("city", table[country, at].tolist(), dtype=pl.String)
