"""Where the table of a settlement report begins, by which profile, and what stands above it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipelines.feeds.parsing.delimited import (
    LINE,
    SEPARATORS,
    DelimitedLayout,
    layouts,
    named_headings,
)
from pipelines.feeds.parsing.delimited_lines import split_records
from pipelines.feeds.parsing.text import head_text
from pipelines.feeds.settlements.tabular.evidence import is_no_settlement
from pipelines.feeds.settlements.tabular.profile import LAST, SettlementProfile

HEADING_WITHIN = 30
"""Lines among which the heading stands."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The profile that a table fits, its layout, names by our columns, and totals above it."""

    profile: SettlementProfile
    layout: DelimitedLayout
    names: Mapping[str, str]
    above: tuple[Mapping[str, str], ...] = ()


def headings(head: bytes) -> Iterator[DelimitedLayout]:
    """Every way in which a line among the first can be a heading, the first line's first."""
    yield from layouts(head)
    lines = _lines(head)
    for number, line in enumerate(lines[1:HEADING_WITHIN], 2):
        for separator in SEPARATORS:
            if line.count(separator) >= 2:
                names, unnamed = named_headings(cells_of(line, separator))
                yield DelimitedLayout(separator, names, number + 1, unnamed=unnamed)


@lru_cache(maxsize=8)
def heading(head: bytes, known: Sequence[SettlementProfile]) -> Heading | None:
    """The first profile and heading that fit each other, if any do."""
    ways = tuple(headings(head))
    for profile in known:
        for layout in ways:
            if profile.fits(layout.header) and not _is_another(profile, head, layout):
                above = tuple(_totals_above(head, layout, profile))
                return Heading(profile, layout, profile.names(layout.header), above)
    return None


def _is_another(profile: SettlementProfile, head: bytes, layout: DelimitedLayout) -> bool:
    """Whether the words of any provider fit a table that is no settlement report."""
    return profile.provider == LAST and is_no_settlement(
        layout.header, _lines(head)[: max(layout.first_line - 2, 0)]
    )


def _lines(head: bytes) -> list[str]:
    return [line.rstrip("\r") for line in head_text(head).split("\n")]


def cells_of(line: str, separator: str) -> tuple[str, ...]:
    """The cells of one line, without quotes and blanks around them."""
    records = split_records(line, 1, separator, None).records
    return tuple((cell or "").strip() for cell in records[0][1]) if records else ()


def _totals_above(
    head: bytes, layout: DelimitedLayout, profile: SettlementProfile
) -> Iterator[Mapping[str, str]]:
    """Rows of the small table above, in which the provider states its payouts."""
    names: Mapping[str, str] | None = None
    header: tuple[str, ...] = ()
    for number, line in enumerate(_lines(head)[: layout.first_line - 2], 1):
        cells = cells_of(line, layout.separator)
        total_names = profile.totals_of(cells)
        if total_names is not None:
            names, header = total_names, cells
        elif names and len(cells) == len(header):
            row = dict(zip(header, cells, strict=True))
            yield {column: row[header_name] for column, header_name in names.items()} | {
                LINE: str(number)
            }
