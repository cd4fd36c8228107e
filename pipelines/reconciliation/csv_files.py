"""Two CSV files in, matches and breaks out: the engine without the lake."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.output.spreadsheet_text import write_csv_for_people

if TYPE_CHECKING:
    from quality.reconciliation.outcome import ReconciliationResult


NEEDED = ("id", "date", "description", "amount")
OPTIONAL: Mapping[str, str] = {
    "currency": "currency",
    "reference": "reference",
    "ref": "reference",
    "counterparty": "counterparty_name",
    "counterparty_name": "counterparty_name",
    "counterparty_account": "counterparty_account",
    "entry_type": "document_type",
    "document_type": "document_type",
    "account": "account_id",
    "account_id": "account_id",
    "value_date": "value_date",
    "group_id": "group_id",
    "charges": "charges",
    "instructed_amount": "instructed_amount",
    "instructed_currency": "instructed_currency",
    "exchange_rate": "exchange_rate",
    "ordered_amount": "ordered_amount",
}
"""Columns that may be given, and what the engine calls them."""

_RENAMED = {"id": "row_id", "date": "date", "description": "description", "amount": "amount"}
_NUMBERS: Mapping[str, pl.DataType] = {
    "charges": pl.Decimal(18, 3),
    "instructed_amount": pl.Decimal(18, 3),
    "exchange_rate": pl.Decimal(18, 8),
    "ordered_amount": pl.Decimal(18, 3),
}
"""Columns that may be empty, and else hold a number: what else is stated of the amount."""
_NUMBER = r"^[+-]?\d{1,10}(\.\d{1,8})?$"
_AMOUNT = r"^[+-]?\d{1,15}(\.\d{1,3})?$"


class InputError(ValueError):
    """A file cannot be reconciled: which file, which row and column, and what to do."""

    def __init__(
        self, file: Path, reason: str, *, row: int | None = None, column: str = ""
    ) -> None:
        """Say what is wrong and where; `row` counts records, the header being row 1."""
        place = f"row {row}" if row else ""
        place = ", ".join(part for part in (place, f"column {column}" if column else "") if part)
        super().__init__(f"{file}: {f'{place}: ' if place else ''}{reason}")
        self.file, self.row, self.column = file, row, column


@dataclass(frozen=True, slots=True)
class Report:
    """What was written: the folder, and the content of its summary.json."""

    folder: Path
    summary: dict[str, Any]


def reconcile_files(left: Path, right: Path, out: Path, rules: Path | None = None) -> Report:
    """Reconcile two CSV files and write the result into a folder.

    Writes matches.csv (one row per settled pair), offsets.csv, breaks.csv, adjustments.csv,
    evidence.jsonl (one card per match and break) and summary.json. In the CSV files a text that a
    spreadsheet would compute has an apostrophe before it; evidence.jsonl has it as it was given.

    Args:
        left: the file whose rows follow (a bank statement); id, date, description and amount, and
            any of currency, reference, counterparty, entry_type, account, value_date, group_id,
            and what else is stated of the amount: charges, instructed_amount, instructed_currency,
            exchange_rate, ordered_amount (what a third record says the payment was for).
        right: the file that is followed (a ledger), with the same columns.
        out: folder for the result; made if absent, files in it are replaced.
        rules: a rule file; without one, the default rules.

    Raises:
        InputError: a file is absent, is not CSV, lacks a column or holds a value that is none.
        RulesError: the rule file is not a rule file.
    """
    from quality.reconciliation.in_blocks import reconcile_within_bounds
    from quality.reconciliation.rules import parse_rules, shipped

    chosen = shipped("default")
    if rules is not None:
        chosen = parse_rules(_text_of(rules), name=str(rules))
    sides = read_side(left), read_side(right)
    outcome = reconcile_within_bounds(*sides, chosen)
    _write(outcome, out)
    summary = _summary(sides, outcome.matches, outcome.breaks, outcome.adjustments)
    summary = {"rules": chosen.name, "version": chosen.version, **summary}
    text = json.dumps(summary, indent=2, ensure_ascii=False, default=str)
    (out / "summary.json").write_text(text + "\n", "utf-8")
    return Report(out, summary)


def _write(outcome: "ReconciliationResult", out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    write_csv_for_people(_pairs(outcome.matches), out / "matches.csv")
    write_csv_for_people(_offsets(outcome.matches), out / "offsets.csv")
    breaks = outcome.breaks.select(
        "side",
        pl.col("row_id").alias("id"),
        pl.col("break_type").alias("kind"),
        "date",
        "amount",
        "currency",
        "expected_clearing_date",
        pl.col("candidate_row_id").alias("candidate_id"),
        "break_id",
    )
    write_csv_for_people(breaks, out / "breaks.csv")
    write_csv_for_people(outcome.adjustments, out / "adjustments.csv")
    cards = outcome.evidence.select(
        pl.concat_str(
            pl.lit('{"id":'),
            pl.struct("id").struct.json_encode().str.strip_prefix('{"id":').str.head(-1),
            pl.lit(',"subject":"'),
            "subject",
            pl.lit('","card":'),
            "evidence",
            pl.lit("}"),
        ).alias("card")
    )
    (out / "evidence.jsonl").write_text("\n".join([*cards["card"], ""]), "utf-8")


def read_side(path: Path) -> pl.DataFrame:
    """One CSV file as a side of the engine.

    Raises:
        InputError: see `reconcile_files`.
    """
    raw = _raw(path)
    names = {name: name.strip().lower().removeprefix("\ufeff") for name in raw.columns}
    if len(set(names.values())) < len(names):
        raise InputError(path, "two columns have the same name", row=1)
    raw = raw.rename(names).with_columns(pl.all().str.strip_chars())
    missing = [name for name in NEEDED if name not in raw.columns]
    if missing:
        have = ", ".join(raw.columns)
        raise InputError(path, f"no column {', '.join(missing)}; the file has {have}", row=1)
    _check(path, raw, "id", pl.col("id").fill_null("") == "", "an id is needed in every row")
    repeated = pl.col("id").is_duplicated() & ~pl.col("id").is_first_distinct()
    _check(path, raw, "id", repeated, "this id has occurred before")
    _check(
        path,
        raw,
        "amount",
        ~pl.col("amount").fill_null("").str.contains(_AMOUNT),
        "an amount is a number such as -1234.56, without thousands separators",
    )
    dates = [name for name in ("date", "value_date") if name in raw.columns]
    for name in dates:
        given = pl.col(name).fill_null("") != "" if name == "value_date" else pl.lit(value=True)
        readable = pl.col(name).fill_null("").str.to_date("%Y-%m-%d", strict=False).is_not_null()
        _check(path, raw, name, given & ~readable, "a date is written as 2025-01-31")
    numbers = [name for name in _NUMBERS if name in raw.columns]
    for name in numbers:
        said = pl.col(name).fill_null("")
        wrong = (said != "") & ~said.str.contains(_NUMBER)
        _check(path, raw, name, wrong, "a number such as 1234.56, or nothing")
    renamed: dict[str, str] = {}
    for given_name, ours in {**_RENAMED, **OPTIONAL}.items():
        if given_name in raw.columns and ours not in renamed.values():
            renamed[given_name] = ours
    side = raw.select(*renamed).rename(renamed)
    typed = {"amount", "date", "value_date", *numbers}
    text = [name for name in side.columns if name not in typed]
    return side.with_columns(
        pl.col("amount").cast(pl.Decimal(18, 3)),
        *(pl.col(name).str.to_date("%Y-%m-%d", strict=False) for name in dates),
        *(pl.col(name).cast(_NUMBERS[name], strict=False) for name in numbers),
        *(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in text),
    )


def _raw(path: Path) -> pl.DataFrame:
    if not path.is_file():
        raise InputError(path, "there is no such file")
    if not path.stat().st_size:
        raise InputError(path, "the file is empty; a header is needed even where there are no rows")
    try:
        return pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(path, f"this is not a readable UTF-8 CSV file: {reason}") from error


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(path, f"the rule file cannot be read: {error}") from error


def _check(path: Path, raw: pl.DataFrame, column: str, wrong: pl.Expr, reason: str) -> None:
    bad = raw.with_row_index("record", offset=2).filter(wrong)
    if bad.height:
        more = f" ({bad.height - 1} more rows like it)" if bad.height > 1 else ""
        value = bad[column][0]
        raise InputError(
            path, f"{reason}, not {value!r}{more}", row=int(bad["record"][0]), column=column
        )


def _pairs(matches: pl.DataFrame) -> pl.DataFrame:
    """One row per settled pair; a batch gives one for each of its members."""
    settled = matches.filter(pl.col("kind") != "offset")
    left = settled.filter(pl.col("side") == "left")
    right = settled.filter(pl.col("side") == "right")
    return (
        left.select("match_id", pl.col("row_id").alias("left_id"), "kind", "tier", "rule", "score")
        .join(right.select("match_id", pl.col("row_id").alias("right_id")), on="match_id")
        .select("match_id", "left_id", "right_id", "kind", "tier", "rule", "score")
        .sort("left_id", "right_id")
    )


def _offsets(matches: pl.DataFrame) -> pl.DataFrame:
    """One row per cancelling pair, the earlier row first."""
    pairs = (
        matches.filter(pl.col("kind") == "offset")
        .sort("match_id", "date", "row_id")
        .group_by("match_id", maintain_order=True)
        .agg(pl.col("side").first(), "row_id")
    )
    return pairs.select(
        "side",
        pl.col("row_id").list.first().alias("id_1"),
        pl.col("row_id").list.last().alias("id_2"),
    ).sort("side", "id_1")


def _summary(
    sides: tuple[pl.DataFrame, pl.DataFrame],
    matches: pl.DataFrame,
    breaks: pl.DataFrame,
    adjustments: pl.DataFrame,
) -> dict[str, Any]:
    def told(side: str, frame: pl.DataFrame) -> dict[str, Any]:
        settled = matches.filter(pl.col("side") == side)
        left_open = breaks.filter(pl.col("side") == side)
        return {
            "rows": frame.height,
            "amount": _sum(frame),
            "matched_rows": settled.height,
            "matched_amount": _sum(settled),
            "open_rows": left_open.height,
            "open_amount": _sum(left_open),
            "balances": _sum(frame) == _sum(settled) + _sum(left_open),
        }

    heads = matches.unique("match_id")
    count = {
        name: dict(sorted(heads.group_by(name).len().iter_rows()))
        for name in ("tier", "kind", "rule")
    }
    types = breaks.group_by("side", "break_type").len().sort("side", "break_type")
    return {
        "left": told("left", sides[0]),
        "right": told("right", sides[1]),
        "matches": heads.height,
        "matches_by": count,
        "adjustments": adjustments.height,
        "adjustments_amount": _sum(adjustments),
        "breaks": [
            {"side": side, "kind": kind, "rows": rows} for side, kind, rows in types.iter_rows()
        ],
    }


def _sum(frame: pl.DataFrame) -> Decimal:
    return Decimal(frame["amount"].sum() or 0)
