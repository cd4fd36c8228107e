"""Data contracts: Open Data Contract Standard YAML read into frozen values.

A contract file describes one table. Three things are derived from it and written nowhere else: the
typed schema of the table, the rules of admission, and the words of the data dictionary.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from quality.column_rules import (
    CURRENCIES,
    TIME_ZONES,
    ContractColumn,
    Rule,
    column_rules,
    name_rules,
    places_rules,
)

CONTRACTS = Path(__file__).parent / "contracts"

MONEY = pl.Decimal(18, 3)
"""Money: three decimals hold the minor unit of every ISO 4217 currency in circulation."""

RATE = pl.Decimal(18, 8)
"""Exchange and interest rates."""

INSTANT = pl.Datetime("us", "UTC")
"""A moment; always UTC."""

CODE_LISTS = (CURRENCIES, TIME_ZONES)
"""The lists of codes, kept by others, that a contract may name."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_DTYPES: Mapping[str, pl.DataType] = {
    "VARCHAR": pl.String(),
    "BIGINT": pl.Int64(),
    "DATE": pl.Date(),
    "BOOLEAN": pl.Boolean(),
    "DOUBLE": pl.Float64(),
    "TIMESTAMP WITH TIME ZONE": INSTANT,
    "DECIMAL(18,3)": MONEY,
    "DECIMAL(38,3)": pl.Decimal(38, 3),
    "DECIMAL(18,8)": RATE,
}

ORIGIN: Mapping[str, pl.DataType] = {
    "source_file": pl.String(),
    "source_sha256": pl.String(),
    "source_row": pl.Int64(),
    "source_path": pl.String(),
    "known_at": INSTANT,
}
"""Columns of every bronze row: where it came from (landing path and hash of the file, line or
record number, XPath where there is one) and the moment from which we knew it."""


@dataclass(frozen=True, slots=True)
class Contract:
    """What a table promises.

    `key` identifies a row within one version of a document; `document_key` identifies the document
    that a correction replaces as a whole; its rows lie in `document_tables`. `line_key` tells the
    lines of a document apart by what they say, where a file may complete a document with lines that
    were refused before. `version_column` is a SQL expression that grows with every newer state of a
    document: an older state that arrives late does not replace a newer one. `counted_where` says
    which rows of the table are figures; the others are kept for information. `amount` is a SQL
    expression over the columns. `arrives_daily` says that rows come on every business day.
    """

    name: str
    layer: str
    feed: str
    version: str
    domain: str
    owner: str
    purpose: str
    grain: str
    columns: tuple[ContractColumn, ...]
    key: tuple[str, ...]
    document_key: tuple[str, ...]
    amount: str | None
    currency: str | None
    stated_rules: tuple[Rule, ...]
    arrives_daily: bool = False
    document_tables: tuple[str, ...] = ()
    line_key: tuple[str, ...] = ()
    version_column: str | None = None
    counted_where: str | None = None

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Column names and Polars types, in order, without the origin columns."""
        return {column.name: column.dtype for column in self.columns}

    @property
    def stored_schema(self) -> dict[str, pl.DataType]:
        """The schema as the table is stored: with the origin columns in bronze."""
        return {**self.schema, **(ORIGIN if self.layer == "bronze" else {})}

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every row rule: those of the columns, places of currencies, then the stated ones."""
        return (
            *(rule for column in self.columns for rule in column_rules(column, self.layer)),
            *(name_rules(self.columns, self.key) if self.layer == "bronze" else ()),
            *(places_rules(self.columns, self.currency) if self.layer == "bronze" else ()),
            *self.stated_rules,
        )

    @property
    def identity(self) -> tuple[str, ...]:
        """Columns that no two rows of one file share: the key, and for a table of states when."""
        state = (self.version_column,) if self.version_column in self.schema else ()
        return tuple(dict.fromkeys((*self.key, *state)))

    def empty(self) -> pl.DataFrame:
        """A frame without rows, with the columns of `stored_schema`."""
        return pl.DataFrame(schema=self.stored_schema)


def _custom(node: Mapping[str, Any]) -> dict[str, Any]:
    return {item["property"]: item["value"] for item in node.get("customProperties", ())}


def _column(node: Mapping[str, Any]) -> ContractColumn:
    if "unique" in node:
        raise ValueError(f"column {node['name']}: 'unique' is not run; state a rule in 'quality'")
    options = _options(node)
    accepted: tuple[str, ...] = ()
    pattern = code_list = None
    for check in node.get("quality", ()):
        arguments = _arguments(node["name"], check)
        accepted = tuple(str(value) for value in arguments.get("validValues", accepted))
        pattern = arguments.get("pattern", pattern)
        code_list = arguments.get("codeList", code_list)
    return ContractColumn(
        name=node["name"],
        dtype=_DTYPES[node["physicalType"]],
        sql_type=node["physicalType"],
        required=bool(node.get("required", False)),
        description=node.get("description", ""),
        classification=node.get("classification", "internal"),
        valid_values=accepted,
        pattern=pattern,
        code_list=code_list,
        minimum=options.get("minimum"),
        maximum=options.get("maximum"),
    )


def _options(node: Mapping[str, Any]) -> Mapping[str, str]:
    """The bounds of a date or number, as text.

    Raises:
        ValueError: options of another kind, which nothing enforces.
    """
    options = node.get("logicalTypeOptions", {})
    if not isinstance(options, Mapping) or not options.keys() <= {"minimum", "maximum"}:
        raise ValueError(
            f"column {node['name']}: of 'logicalTypeOptions' only minimum and maximum are run"
        )
    return {name: str(value) for name, value in options.items()}


def _arguments(column: str, check: Mapping[str, Any]) -> Mapping[str, Any]:
    known = check.get("type") == "library" and check.get("metric") == "invalidValues"
    arguments: Mapping[str, Any] = check.get("arguments", {})
    run = {"validValues", "pattern", "codeList"}
    listed = arguments.get("codeList", CURRENCIES) in CODE_LISTS
    if not known or check.get("mustBe") != 0 or not (arguments.keys() <= run and listed):
        raise ValueError(f"column {column}: this kind of check is not known: {check}")
    return arguments


_ROW_RULE = "select count(*) from ${table} where "


def _rule(node: Mapping[str, Any]) -> Rule:
    query = " ".join(str(node.get("query", "")).split())
    if node.get("type") != "sql" or not query.startswith(_ROW_RULE) or node.get("mustBe") != 0:
        raise ValueError(
            f"rule {node.get('name')}: a rule is '{_ROW_RULE}<violation>' with mustBe: 0"
        )
    return Rule(
        node["name"],
        node.get("description", ""),
        query.removeprefix(_ROW_RULE),
        severity=node.get("severity", "error"),
    )


def parse_contract(text: str) -> Contract:
    """Read one contract.

    Raises:
        ValueError: a check in it is of a kind we cannot run; nothing is skipped in silence.
    """
    node = yaml.load(text, Loader=_LOADER)  # noqa: S506  # the safe loader, in C where there is one
    (table,) = node["schema"]
    about = _custom(node)
    details = _custom(table)
    keyed = [p for p in table["properties"] if p.get("primaryKey")]
    key = tuple(p["name"] for p in sorted(keyed, key=lambda p: p["primaryKeyPosition"]))
    return Contract(
        name=node["name"],
        layer=about["layer"],
        feed=about.get("feed", ""),
        version=node["version"],
        domain=node["domain"],
        owner=node["team"]["name"],
        purpose=node["description"]["purpose"],
        grain=table["dataGranularityDescription"],
        columns=tuple(_column(p) for p in table["properties"]),
        key=key,
        document_key=tuple(details.get("documentKey", key)),
        amount=details.get("amountColumn"),
        currency=details.get("currencyColumn"),
        stated_rules=tuple(_rule(rule) for rule in table.get("quality", ())),
        arrives_daily=any(_is_daily(promise) for promise in node.get("slaProperties", ())),
        document_tables=tuple(details.get("documentTables", (node["name"],))),
        line_key=tuple(details.get("lineKey", ())),
        version_column=details.get("versionColumn"),
        counted_where=details.get("countedWhere"),
    )


def _is_daily(promise: Mapping[str, Any]) -> bool:
    """Whether a service level says that rows come once a day; nothing else can be promised yet."""
    if (promise.get("property"), promise.get("value"), promise.get("unit")) != (
        "frequency",
        1,
        "d",
    ):
        raise ValueError(f"this kind of service level is not known: {promise}")
    return True


@cache
def contracts() -> Mapping[str, Contract]:
    """Every contract of the house, by table name."""
    paths = sorted(CONTRACTS.rglob("*.odcs.yaml"), key=lambda path: path.name)
    read = (parse_contract(path.read_text("utf-8")) for path in paths)
    return {contract.name: contract for contract in read}


def contract(table: str) -> Contract:
    """The contract of one table.

    Raises:
        KeyError: no contract of that name.
    """
    return contracts()[table]
