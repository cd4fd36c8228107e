"""Statements collected and given out in parts of bounded size, each proved by its balances.

A reader tells the collector what it meets, in order: a head, then balances and entries. The
collector numbers entries, types rows, adds up what is booked, and yields readings.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import polars as pl

from pipelines.feeds.reading import Finding, RefusedError, StatedTotal
from pipelines.feeds.statements.balance_control import prove
from pipelines.feeds.statements.model import (
    PLAIN_AMOUNT,
    BalanceLine,
    BalanceVerdict,
    EntryLine,
    StatementHead,
    StatementReading,
)
from pipelines.feeds.statements.text_tables import BALANCES, ENTRIES, text_frame

PART_ROWS = 20_000
"""Rows after which a part is given out: enough for whole-column work, small in memory."""

MOST_FINDINGS = 200
"""Findings of one kind that a file may report one by one; the rest are counted."""

_HEAD = ("account_id", "account_scheme", "account_currency", "servicer", "statement_id")
_HEAD_COLUMNS = (*_HEAD, "sequence", "message_type", "copy_duplicate", "from_date", "to_date")
ROW_SCHEMA = pl.Schema(
    {name: kind for name, kind in ENTRIES.text.items() if name not in _HEAD_COLUMNS}
)
"""Columns of a frame of movements before its statement's head is put beside it; `statement` is the
number that `StatementCollector.begin` gave."""

_RENAMED = {"row": "source_row", "place": "source_path"}
_LINES = pl.Schema(
    {
        name: ROW_SCHEMA[name]
        for name in (
            *("statement", "entry_index"),
            *(_RENAMED.get(field, field) for field in EntryLine._fields),
        )
    }
)
_ALONE = {
    "detail_index": pl.lit(0, pl.Int64()),
    "batch_size": pl.lit(1, pl.Int64()),
    "entry_amount": pl.col("amount"),
}
_ROWS_OF_LINES = [_ALONE.get(name, pl.col(name)).alias(name) for name in ROW_SCHEMA]
_ENTRY_HEADS = pl.Schema(
    {"statement": pl.Int64(), **{n: pl.String() for n in _HEAD_COLUMNS if n in ENTRIES.text}}
)
_IN_CURRENCY_OF_ACCOUNT = pl.coalesce("currency", "account_currency").alias("currency")
"""A movement that names no currency is in that of its account, which a later line may state."""

_BOOKED = (pl.col("status") == "BOOK") & (pl.col("detail_index") == 0)
_SUM = pl.col("entry_amount").cast(pl.Decimal(38, 3)).sum()


@dataclass(slots=True)
class _Open:
    head: StatementHead
    balances: list[BalanceLine] = field(default_factory=list)
    booked: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    entries: int = 0
    ended: bool = False
    settled: bool = False


class StatementCollector:
    """Takes statements line by line and gives `StatementReading`s back."""

    def __init__(self, name: str, version: str, dialect: str = "") -> None:
        """Readings will carry `name` as their format, this `version` and `dialect`."""
        self.format, self.version, self.dialect = name, version, dialect
        self._statements: dict[int, _Open] = {}
        self._number = -1
        self._seen: dict[tuple[str | None, str | None], int] = {}
        self._lines: list[tuple[Any, ...]] = []
        self._frames: list[pl.DataFrame] = []
        self._rows = 0
        self._findings: list[Finding] = []
        self._totals: list[StatedTotal] = []
        self._counts: dict[str, int] = defaultdict(int)
        self.statements = self.entries = self.balances = 0

    def begin(self, head: StatementHead) -> int:
        """Open a statement; what follows belongs to it.

        Its identity may be revised until its first rows are given out; one that the file gives more
        than once gets a number then.
        """
        self._number += 1
        self.statements += 1
        self._statements[self._number] = _Open(head)
        return self._number

    def _distinct(self, head: StatementHead) -> StatementHead:
        key = (head.account_id, head.statement_id)
        times = self._seen[key] = self._seen.get(key, 0) + 1
        if times > 1:
            self.find(
                "statement_id_repeated",
                f"statement {head.statement_id} of account {head.account_id} comes {times} times "
                "in this file; the later ones are kept apart by a number",
                head.place,
            )
            head = replace(head, statement_id=f"{head.statement_id or ''}#{times}")
        return head

    @property
    def head(self) -> StatementHead:
        """The statement that is open."""
        return self._statements[self._number].head

    @property
    def balance_lines(self) -> list[BalanceLine]:
        """Balances of the open statement so far."""
        return self._statements[self._number].balances

    def revise(self, **changes: Any) -> None:
        """Change the head of the open statement: a later line says more about it."""
        opened = self._statements[self._number]
        if opened.settled:
            changes.pop("statement_id", None)
        opened.head = replace(opened.head, **changes)

    def balance(self, line: BalanceLine) -> None:
        """Take a balance of the open statement.

        Raises:
            RefusedError: its amount is not a number: the statement cannot be proved.
        """
        if not PLAIN_AMOUNT.fullmatch(line.amount):
            raise RefusedError(
                f"The balance '{line.amount[:40]}' is not an amount",
                place=line.place or f"line {line.row}",
                advice="Ask the bank for the file again",
            )
        self._statements[self._number].balances.append(line)
        self.balances += 1

    def entry(self, line: EntryLine) -> None:
        """Take an entry of the open statement."""
        opened = self._statements[self._number]
        self._lines.append((self._number, opened.entries, *line))
        opened.entries += 1
        self.entries += 1
        self._rows += 1

    def rows(self, frame: pl.DataFrame, entries: int) -> None:
        """Take movements already in columns (`ROW_SCHEMA`), of `entries` entries."""
        self._frames.append(frame)
        self.entries += entries
        self._rows += frame.height

    def end(self) -> None:
        """Close the open statement; it is proved when its part is given out."""
        self._statements[self._number].ended = True

    def find(self, code: str, message: str, place: str = "") -> None:
        """Record something odd; a kind that never ends is counted instead of listed."""
        self._counts[code] += 1
        if self._counts[code] <= MOST_FINDINGS:
            self._findings.append(Finding(code, message, place))

    def hold(self, total: StatedTotal, code: str, text: str = "") -> None:
        """Take a control total that the file states, as `text`.

        One that fails is a finding too, under the `code`, if one is given.
        """
        self._totals.append(total)
        if not code:
            return
        if total.stated is None:
            self.find(f"{code}_unreadable", f"the {total.name} is '{text[:40]}'", total.place)
        elif not total.holds:
            words = f"the {total.name} is stated as {total.stated}, counted as {total.counted}"
            self.find(
                f"{code}_differs",
                f"{words}: difference {total.stated - total.counted}",
                total.place,
            )

    @property
    def is_full(self) -> bool:
        """Whether a part should be given out now."""
        return self._rows >= PART_ROWS

    def part(self) -> StatementReading:
        """Everything taken since the last part, typed; statements that ended are proved."""
        for opened in self._statements.values():
            if not opened.settled:
                opened.head, opened.settled = self._distinct(opened.head), True
        ended = [opened for opened in self._statements.values() if opened.ended]
        entries, unread = ENTRIES.typed(self._entry_text())
        balances, unread_balances = BALANCES.typed(_balance_text(ended))
        self._add_up(entries)
        verdicts = self._prove(ended)
        heads = tuple(opened.head for opened in self._statements.values())
        findings, self._findings = tuple(self._findings), []
        totals, self._totals = tuple(self._totals), []
        self._statements = {
            number: opened for number, opened in self._statements.items() if not opened.ended
        }
        self._lines, self._frames, self._rows = [], [], 0
        return StatementReading(
            format=self.format,
            version=self.version,
            tables={
                "statement_balances": balances,
                "statement_entries": entries.drop("statement"),
            },
            rejected=pl.concat([unread_balances, unread]),
            findings=findings,
            totals=totals,
            heads=heads,
            verdicts=verdicts,
            dialect=self.dialect,
        )

    def require_content(self, place: str = "") -> None:
        """Refuse a file that says nothing.

        Raises:
            RefusedError: it has neither an entry nor a balance that would state zero entries.
        """
        if not self.entries and not self.balances:
            raise RefusedError(
                f"The file is well formed {self.format} but holds no entry and states no balance",
                place=place,
                advice="Ask the bank whether nothing moved or the file is incomplete",
            )

    def _entry_text(self) -> pl.DataFrame:
        frames = list(self._frames)
        if self._lines:
            frames.append(_line_frame(self._lines))
        if not frames:
            return pl.DataFrame(schema=ENTRIES.text)
        names = _ENTRY_HEADS.names()[1:]
        heads = text_frame(
            [
                (number, *(getattr(opened.head, name) for name in names))
                for number, opened in self._statements.items()
            ],
            _ENTRY_HEADS,
        )
        rows = pl.concat(frames) if len(frames) > 1 else frames[0]
        rows = rows.join(heads, on="statement", how="left", maintain_order="left")
        return rows.with_columns(_IN_CURRENCY_OF_ACCOUNT)

    def _add_up(self, entries: pl.DataFrame) -> None:
        if entries.is_empty():
            return
        sums = entries.filter(_BOOKED).group_by("statement", "currency").agg(_SUM)
        for number, currency, amount in sums.iter_rows():
            if amount is not None:
                self._statements[number].booked[currency or ""] += amount

    def _prove(self, ended: list[_Open]) -> tuple[BalanceVerdict, ...]:
        verdicts = []
        for opened in ended:
            verdict, findings = prove(opened.head, opened.balances, opened.booked)
            verdicts.append(verdict)
            for finding in findings:
                self.find(finding.code, finding.message, finding.place)
        return tuple(verdicts)


def _line_frame(lines: list[tuple[Any, ...]]) -> pl.DataFrame:
    return text_frame(lines, _LINES).select(_ROWS_OF_LINES)


def _balance_text(ended: list[_Open]) -> pl.DataFrame:
    rows = []
    for opened in ended:
        head = tuple(getattr(opened.head, name) for name in _HEAD_COLUMNS)
        for index, line in enumerate(opened.balances):
            amount = (line.balance_type, line.amount, line.currency, line.balance_date)
            rows.append((*head, index, *amount, line.row, line.place))
    return text_frame(rows, BALANCES.text)
