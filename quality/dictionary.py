"""The data dictionary: every contract in words, as one page of Markdown."""

from collections.abc import Iterable

from quality.column_rules import ContractColumn
from quality.contract import Contract, contracts

_HEADING = """# Data dictionary

Made from the contracts in `quality/contracts` by `countinghouse contracts`; a test holds this page
to them. A file whose first line names a bronze table's columns, in any order, is taken as CSV or
Parquet; what is not *required* may be left out. Columns marked *personal* hold personal data.
"""
_LAYERS = {
    "bronze": "Bronze: what may come in",
    "gold": "Gold: what people read",
    "features": "Features",
    "control": "Control: what the house keeps of itself",
}


def dictionary() -> str:
    """The page: the tables of each layer, what one row of each is, and its columns."""
    by_layer: dict[str, list[Contract]] = {}
    for contract in contracts().values():
        by_layer.setdefault(contract.layer, []).append(contract)
    known = [layer for layer in _LAYERS if layer in by_layer]
    rest = sorted(by_layer.keys() - _LAYERS.keys())
    parts = [_HEADING]
    for layer in (*known, *rest):
        parts.append(f"## {_LAYERS.get(layer, layer.capitalize())}\n")
        parts += [_table(contract) for contract in sorted(by_layer[layer], key=lambda c: c.name)]
    return "\n".join(parts)


def _table(contract: Contract) -> str:
    feed = f", feed `{contract.feed}`" if contract.feed else ""
    lines = [
        f"### {contract.name} {contract.version}",
        "",
        f"{_cell(contract.purpose)} {_cell(contract.grain)} Owner: {contract.owner}{feed}.",
        f"Key: {_names(contract.key)}. Document: {_names(contract.document_key)}.",
        "",
        "| column | type | required | meaning |",
        "|---|---|---|---|",
        *(_row(column) for column in contract.columns),
        "",
    ]
    rules = [f"- {rule.name}: {_cell(rule.description)}" for rule in contract.stated_rules]
    return "\n".join([*lines, *rules, *([""] if rules else [])])


def _row(column: ContractColumn) -> str:
    said = [column.description] if column.description else []
    if column.valid_values:
        said.append(f"One of {', '.join(column.valid_values)}.")
    if column.classification == "personal":
        said.append("*personal*")
    required = "yes" if column.required else ""
    return f"| {column.name} | {column.sql_type} | {required} | {_cell(' '.join(said))} |"


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in columns)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
