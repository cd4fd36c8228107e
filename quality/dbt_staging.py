"""What the contracts of bronze say of their staging models, as the yml that dbt reads.

The file is written by `python -m quality.dbt_documents`; a test holds it to the contracts.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from quality.contract import Contract, contracts

STAGING = Path(__file__).parents[1] / "dbt_project" / "models" / "staging"

_HEAD = """\
# Written by `python -m quality.dbt_documents` from the contracts of bronze.
version: 2

models:
"""

ORIGIN_COLUMNS: Mapping[str, str] = {
    "source_file": "Landing path of the file that states the row.",
    "source_sha256": "Hash of the file's bytes (SHA-256).",
    "source_row": "Line or record of the file.",
    "source_path": "XPath in the file, where there is one.",
}
"""The origin of a row, in words."""

ADDED_COLUMNS: Mapping[str, Mapping[str, str]] = {
    "ledger_postings": {
        "posting_id": "Surrogate id: book, journal and line.",
        "amount": "debit - credit.",
    },
    "loan_schedules": {
        "instalment_id": "Instalment, as receipts name it; where the source gave one id to two "
        "instalments, followed by loan and number.",
        "given_instalment_id": "Id of the instalment as the source gave it.",
    },
    "payment_orders": {
        "payment_order_id": "Surrogate id: message and transaction, and the number of the arrival "
        "where a later file completed the message.",
    },
    "settlement_lines": {
        "settlement_line_id": "Surrogate id: provider, merchant account, report and line."
    },
    "settlement_payouts": {"settlement_payout_id": "Surrogate id: provider and payout."},
    "statement_balances": {
        "balance_id": "Surrogate id: account, statement and balance.",
        "is_interim": "Whether a report of the day states it, not a statement.",
    },
    "statement_entries": {
        "entry_id": "Surrogate id: account, statement, entry and detail.",
        "is_interim": "Whether a report of the day or a notification states it, not a statement.",
        "movement_date": "Day on which the account moved: the booking date.",
        "arrival_number": "Number of the arrival that told the version of the statement.",
    },
}
"""Columns that staging adds to those of the contract, or gives another meaning; a surrogate id
comes first."""

VERSION_COLUMNS: Mapping[str, str] = {
    "stated_at": "Moment from which the version counts: when its file arrived.",
    "stated_in": "File whose arrival that was.",
    "number": "Number of the arrival; 0 for rows of a file that is not on record as arrived.",
    "superseded_at": "Moment at which another version took its place; empty while it counts.",
    "superseded_by": "File of the version that took its place.",
    "superseded_reason": "Why: corrected, older_state or line_resent.",
    "stands_again": "Whether the row arrived once more and counts.",
    "supplement": "0, or the number of the first arrival of a file that completed the document.",
    "line_occurrence": "Which of the rows of the file that share what tells lines apart.",
}
"""What is known of a version of a document, in words."""


def staging_models() -> str:
    """The yml of the staging models that hold the newest version of each document."""
    return _HEAD + "".join(_model(one) for one in _bronze())


def version_models(tables: Sequence[str]) -> str:
    """The yml of the staging models that hold every version of the documents of `tables`."""
    return _HEAD + "".join(_versions(one) for one in _bronze() if one.name in tables)


def bronze_sources() -> str:
    """The yml of the source `bronze`."""
    about = "What arrived, typed, with where each row came from. Append-only."
    tables = "".join(
        f"      - name: {one.name}\n        description: {_quoted(f'{one.purpose} {one.grain}')}\n"
        for one in _bronze()
    )
    return (
        f"{_HEAD.replace('models:', 'sources:')}  - name: bronze\n    schema: bronze\n"
        f"    description: {_quoted(about)}\n    tables:\n{tables}"
    )


def tables_with_versions() -> tuple[str, ...]:
    """The bronze tables of whose documents a staging model holds every version."""
    files = (STAGING / "versions").glob("stg_*_versions.sql")
    return tuple(sorted(file.stem[len("stg_") : -len("_versions")] for file in files))


def _bronze() -> Iterator[Contract]:
    return (one for one in contracts().values() if one.layer == "bronze")


def _model(table: Contract) -> str:
    grain = table.grain.removesuffix(".")
    only = f" Only rows with {table.counted_where}." if table.counted_where else ""
    text = f"{grain}, as the newest version of its document has it. {table.purpose}{only}"
    known_at = "When the version of its document that counts was told to us."
    columns = {**_columns(table), "known_at": known_at}
    surrogate = next(iter(ADDED_COLUMNS.get(table.name, {})), "")
    unique = surrogate if surrogate.removesuffix("_id") != surrogate else ""
    if table.name == "loan_schedules":
        unique = ""  # its instalment id is the source's own, and may be given twice
    if not unique and len(table.key) == 1:
        (unique,) = table.key
    head = _named(f"stg_{table.name}", text, table.owner)
    return head + ("" if unique else _unique_together(table)) + _listed(columns, unique)


def _versions(table: Contract) -> str:
    grain = table.grain.removesuffix(".")
    text = f"{grain} and version of its document, once for each time that it was told."
    known_at = "When the file that states the row first arrived."
    stated = {column.name: column.description for column in table.columns}
    columns = {**stated, **ORIGIN_COLUMNS, "known_at": known_at, **VERSION_COLUMNS}
    return _named(f"stg_{table.name}_versions", text, table.owner) + _listed(columns)


def _columns(table: Contract) -> dict[str, str]:
    stated = {column.name: column.description for column in table.columns}
    added = ADDED_COLUMNS.get(table.name, {})
    return {**added, **stated, **added, **ORIGIN_COLUMNS}


def _named(name: str, description: str, group: str) -> str:
    return (
        f"  - name: {name}\n    description: {_quoted(description)}\n"
        f"    config: {{group: {group}}}\n"
    )


def _unique_together(table: Contract) -> str:
    """No two rows with one key; a part of it that may be empty is none where it is."""
    required = {column.name for column in table.columns if column.required}
    optional = [name for name in table.key if name not in required]
    test = "      - unique_together: {{arguments: {{columns: [{}]}}{}}}\n"
    if not optional:
        return "    data_tests:\n" + test.format(", ".join(table.key), "")
    (part,) = optional
    without = ", ".join(name for name in table.key if name != part)
    where = ', config: {{where: "{} is {}null"}}, name: stg_{}_{}_{}_are_unique'
    return (
        "    data_tests:\n"
        + test.format(without, where.format(part, "", table.name, "without", part))
        + test.format(", ".join(table.key), where.format(part, "not ", table.name, "with", part))
    )


def _listed(columns: Mapping[str, str], unique: str = "") -> str:
    lines = ["    columns:\n"]
    for name, text in columns.items():
        lines.append(f"      - name: {name}\n        description: {_quoted(text)}\n")
        if name == unique:
            lines.append("        data_tests: [unique]\n")
    return "".join(lines)


def _quoted(text: str) -> str:
    return json.dumps(" ".join(text.split()), ensure_ascii=False)
