"""Total lines of tables: rows that name no key, whose first filled cell says what they are."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pipelines.feeds.parsing.numbers import bare_number, either_mark_number
from pipelines.feeds.reading import StatedTotal

_NUMBER = re.compile(r"[+-]?\d[\d.,]*-?|[+-]?[.,]\d+")
_OF_CURRENCY = re.compile(r"(.+?)[\s:(]+([A-Z]{3})\)?:?")
_CODE = re.compile(r"[A-Za-z]{3}")
_TOTAL = re.compile(
    r"(grand |sub)?totals?( (amount|debits?|credits?))?|sum|(gesamt)?summe|gesamt|totaal|totale|"
    r"total général|suma|razem|celkem|összesen|yhteensä|summa|i alt",
    re.IGNORECASE,
)

Amounts = Mapping[tuple[str, str], Decimal]
"""Amounts by column and currency."""

Sums = defaultdict[tuple[str, str], Decimal]
"""Amounts that grow."""


@dataclass(frozen=True, slots=True)
class TotalLine:
    """What a total line states: its word, the cells beside it by their heading, a currency."""

    row: int
    word: str
    cells: Mapping[str, str]
    currency: str = ""


@dataclass(slots=True)
class _RunningSum:
    amounts: Sums = field(default_factory=lambda: Sums(Decimal))
    rows: int = 0

    def of(self, column: str, currency: str) -> Decimal:
        each = self.amounts.items()
        wanted = (sum_ for (name, code), sum_ in each if name == column)
        if currency:
            wanted = (sum_ for key, sum_ in each if key == (column, currency))
        return sum(wanted, Decimal(0))

    def copy(self) -> "_RunningSum":
        return _RunningSum(Sums(Decimal, self.amounts), self.rows)


@dataclass(slots=True)
class TotalLineCheck:
    """The rows of a table added up, and its total lines held against them.

    A line holds where it is the sum of all rows, of those above it, or of those since the last one.
    """

    place: str = "line"
    _all: _RunningSum = field(default_factory=_RunningSum)
    _since: _RunningSum = field(default_factory=_RunningSum)
    _unread: set[str] = field(default_factory=set)
    _met: list[tuple[TotalLine, _RunningSum, _RunningSum]] = field(default_factory=list)

    def add(self, amounts: Amounts, rows: int = 1) -> None:
        """Take rows."""
        for counted in (self._all, self._since):
            for key, amount in amounts.items():
                counted.amounts[key] += amount
            counted.rows += rows

    def leave_out(self, column: str) -> None:
        """A row's amount in a column cannot be read: totals of the column are not held."""
        self._unread.add(column)

    def meet(self, line: TotalLine) -> None:
        """Take a total line."""
        self._met.append((line, self._all.copy(), self._since))
        self._since = _RunningSum()

    def totals(self, *, is_whole: bool = True) -> Iterator[StatedTotal]:
        """Every total that could be held; where lines are missing, only those that hold."""
        for line, above, since in self._met:
            choices = (above, since, self._all) if above.rows else (self._all,)
            for column, text in line.cells.items():
                total = self._held(line, column, text, choices)
                if total is not None and (total.holds or is_whole):
                    yield total

    def _held(
        self, line: TotalLine, column: str, text: str, choices: Sequence[_RunningSum]
    ) -> StatedTotal | None:
        stated, place = either_mark_number(text), f"{self.place} {line.row}"
        name = f"total line ({column})"
        if not any(key[0] == column for key in self._all.amounts) and column not in self._unread:
            if not text.isdigit():
                return None
            name = "total line (number of rows)"
            counted = [Decimal(each.rows) for each in choices]
        else:
            counted = [each.of(column, line.currency) for each in choices]
        figure = stated if stated is not None and stated in counted else counted[0]
        total = StatedTotal(name, stated, figure, place, line.currency or None)
        return total if total.holds or column not in self._unread else None


def is_total(cells: Sequence[str]) -> bool:
    """Whether a row without a day is the total line of its table, by a cell that says only that."""
    return any(_TOTAL.fullmatch(" ".join(cell.split()).strip(" *.-:")) for cell in cells)


def total_line(row: Mapping[str, str | None], number: int) -> TotalLine | None:
    """The row as a total line; nothing where its first word is another or it says anything more.

    Beside the word stand numbers and at most the code of a currency.
    """
    filled = [(name, text.strip()) for name, text in row.items() if text and text.strip()]
    if len(filled) < 2:
        return None
    word, currency = filled[0][1], ""
    if not is_total([word]):
        match = _OF_CURRENCY.fullmatch(word)
        if match is None or not is_total([match[1]]):
            return None
        word, currency = match[1], match[2]
    codes = [text for _, text in filled[1:] if _CODE.fullmatch(text)]
    cells = {name: text for name, text in filled[1:] if text not in codes}
    if len({*codes, currency} - {""}) > 1 or not cells:
        return None
    if not all(_NUMBER.fullmatch(bare_number(text)) for text in cells.values()):
        return None
    return TotalLine(number, word, cells, next(iter(codes), currency).upper())
