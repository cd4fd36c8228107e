"""Tables in the columns of a bronze contract, as CSV: the house's own exchange format."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from pipelines.feeds.contract_tables.totals import ContractTotals
from pipelines.feeds.parsing.delimited import DelimitedLayout, RecordBatch, batches, layouts
from pipelines.feeds.parsing.rejects import broken_lines, in_order
from pipelines.feeds.parsing.typed_rows import typed
from pipelines.feeds.reading import Finding, Format, Reading, RefusedError, Source
from quality.contract import Contract, contracts


@dataclass(frozen=True, slots=True)
class Fit:
    """A contract that a header fits, and how the file names its columns."""

    contract: Contract
    layout: DelimitedLayout

    @property
    def unknown(self) -> tuple[str, ...]:
        """Columns of the file that the contract does not know."""
        return tuple(name for name in self.layout.header if name not in self.contract.schema)


def column_name(written: str) -> str:
    """The contract's way to write a column name: lower case, words joined by underscores."""
    return "_".join(written.lower().split())


def landed() -> tuple[Contract, ...]:
    """The contracts of tables that files land in."""
    return tuple(contract for contract in contracts().values() if contract.layer == "bronze")


def best_contract(header: tuple[str, ...]) -> Contract | None:
    """The contract whose required columns all stand in `header` and that covers it best."""
    names = set(header)
    fitting = [
        contract
        for contract in landed()
        if {column.name for column in contract.columns if column.required} <= names
    ]
    return max(
        fitting,
        key=lambda contract: (len(names & contract.schema.keys()), -len(contract.schema)),
        default=None,
    )


@lru_cache(maxsize=8)
def fit(head: bytes) -> Fit | None:
    """The contract that the first line of the file fits, if any."""
    for layout in layouts(head):
        header = tuple(column_name(name) for name in layout.header)
        contract = best_contract(header)
        if contract:
            return Fit(
                contract,
                DelimitedLayout(layout.separator, header, layout.first_line, layout.old_mac),
            )
    return None


def nearest(head: bytes) -> tuple[Contract, tuple[str, ...]] | None:
    """The contract that the header comes nearest to and the required columns that it lacks.

    It must have half of them: `amount` and `currency` alone say nothing.
    """
    near = []
    for layout in layouts(head):
        names = {column_name(name) for name in layout.header}
        for contract in landed():
            shared = len(names & contract.schema.keys())
            needed = tuple(column.name for column in contract.columns if column.required)
            lacking = tuple(name for name in needed if name not in names)
            if shared >= 2 and 2 * len(lacking) <= len(needed):
                near.append((shared / len(contract.schema), contract.name, contract, lacking))
    return max(near)[2:] if near else None


def read(source: Source, block_bytes: int | None = None) -> Iterator[Reading]:
    """Read a CSV file in the columns of a contract, block by block.

    Each row becomes exactly one row of the table or one rejected row, but a total line, which is
    held against the rows; `source_row` is the physical line (the header stands on line 1).

    Raises:
        RefusedError: the header fits no contract, or names a column twice.
    """
    table = fit(source.head())
    if table is None:
        raise RefusedError("the first line fits no table", place="line 1")
    repeated = {name for name in table.layout.header if table.layout.header.count(name) > 1}
    if repeated:
        raise RefusedError(f"the header names twice: {', '.join(sorted(repeated))}", place="line 1")
    findings = tuple(
        Finding("unknown_column", f"no column of {table.contract.name}: {name}", "line 1")
        for name in table.unknown
    )
    sizes = {} if block_bytes is None else {"block_bytes": block_bytes}
    totals = ContractTotals(table.contract, table.layout)
    last: Reading | None = None
    for batch in batches(source, table.layout, **sizes):
        if last is not None:
            yield last
        last = _reading(table.contract, batch, findings, totals)
        findings = ()
    if last is not None:
        yield replace(last, totals=totals.totals())


def _reading(
    contract: Contract, whole: RecordBatch, findings: tuple[Finding, ...], totals: ContractTotals
) -> Reading:
    batch, met = totals.take(whole)
    rows, turned_away = typed(contract, batch.records)
    totals.count(batch, rows, met)
    return Reading(
        format="CSV",
        version=contract.version,
        tables={contract.name: rows},
        rejected=in_order(turned_away, broken_lines(contract.name, batch.broken)),
        findings=(*findings, *batch.findings),
    )


def _recognises(table: str, head: bytes, _name: str) -> bool:
    fitting = fit(head)
    return fitting is not None and fitting.contract.name == table


FORMATS: tuple[Format, ...] = tuple(
    Format(f"{contract.name}.csv", contract.feed, partial(_recognises, contract.name), read)
    for contract in landed()
)
"""One format for each bronze contract."""
