"""Rules of a contract as expectations: native ones where they exist, a query where they do not.

The SQL of a rule is the contract's own; nothing is checked in a second wording.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from quality.admission import DUPLICATE_KEY
from quality.column_rules import ContractColumn, Rule, literal
from quality.contract import ORIGIN, Contract
from quality.refusal import mentioned

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

COLUMNS = Rule("columns_are_there", "Every column of the contract is there.", "", kind="columns")
ABOUT_ROWS = frozenset({"presence", "accepted", "pattern", "sql"})
"""Kinds of rules whose violation is a predicate on one row."""

TYPES = Rule("types_are_as_stated", "Every column has the type stated for it.", "", kind="types")


def rules_of(contract: Contract) -> tuple[Rule, ...]:
    """Everything a suite checks: columns, types, the key, then the rules about rows."""
    return (COLUMNS, TYPES, *((DUPLICATE_KEY,) if contract.key else ()), *contract.rules)


def in_short(contract: Contract) -> tuple[Rule, ...]:
    """The same rules with all about rows as one, which holds where each of them does."""
    about_rows = [rule for rule in contract.rules if rule.kind in ABOUT_ROWS]
    others = tuple(rule for rule in rules_of(contract) if rule not in about_rows)
    if not about_rows:
        return others
    violation = " or ".join(f"({rule.violation})" for rule in about_rows)
    return (*others, Rule("no_row_breaks_a_rule", "No row breaks any rule.", violation))


def expectation_of(rule: Rule, contract: Contract, present: Sequence[str]) -> "Expectation":
    """The expectation that a rule becomes; its `meta` carries the rule's name.

    Args:
        rule: one of `rules_of(contract)`.
        contract: the table's contract.
        present: the columns that the table really has.

    Raises:
        ValueError: the rule is of a kind that cannot be run; it is not left out in silence.
    """
    try:
        build = _BUILDERS[rule.kind]
    except KeyError:
        raise ValueError(
            f"{contract.name}: rule {rule.name} is of kind '{rule.kind}', which cannot be run"
        ) from None
    return build(rule, contract, present)


def _columns(rule: Rule, contract: Contract, _: Sequence[str]) -> "Expectation":
    return _native(
        "ExpectTableColumnsToMatchSet",
        rule,
        column_set=list(contract.stored_schema),
        exact_match=False,
    )


def _types(rule: Rule, contract: Contract, _: Sequence[str]) -> "Expectation":
    stated = ", ".join(f"({literal(c.name)}, {literal(c.sql_type)})" for c in contract.columns)
    names = ", ".join(literal(column.name) for column in contract.columns)
    return _unexpected(
        rule,
        "select column_name, column_type from (describe select * from {batch}) where column_name"
        f" in ({names}) and (column_name, column_type) not in ({stated})",
    )


def _key(rule: Rule, contract: Contract, present: Sequence[str]) -> "Expectation":
    key = [*contract.identity, *(("source_file",) if "source_file" in present else ())]
    if len(key) == 1:
        return _native("ExpectColumnValuesToBeUnique", rule, column=key[0])
    return _native("ExpectCompoundColumnsToBeUnique", rule, column_list=key)


def _presence(rule: Rule, contract: Contract, _: Sequence[str]) -> "Expectation":
    column = _column_of(rule, contract)
    return _native("ExpectColumnValuesToNotBeNull", rule, column=column.name)


def _accepted(rule: Rule, contract: Contract, _: Sequence[str]) -> "Expectation":
    column = _column_of(rule, contract)
    values = list(column.valid_values)
    return _native("ExpectColumnValuesToBeInSet", rule, column=column.name, value_set=values)


def _rows(rule: Rule, contract: Contract, present: Sequence[str]) -> "Expectation":
    wanted = dict.fromkeys((*contract.key, *mentioned(rule, contract), *ORIGIN))
    shown = ", ".join(f'"{name}"' for name in wanted if name in present) or "*"
    # Great Expectations formats the query (braces) and SQLAlchemy looks for parameters (colons).
    violation = rule.violation.replace("{", "{{").replace("}", "}}").replace(":", r"\:")
    return _unexpected(rule, f"select {shown} from {{batch}} where {violation}")


_BUILDERS: Mapping[str, Callable[[Rule, Contract, Sequence[str]], "Expectation"]] = {
    "columns": _columns,
    "types": _types,
    "key": _key,
    "presence": _presence,
    "accepted": _accepted,
    "pattern": _rows,
    "text": _rows,
    "name": _rows,
    "currency": _rows,
    "time zone": _rows,
    "range": _rows,
    "places": _rows,
    "sql": _rows,
}


def _unexpected(rule: Rule, query: str) -> "Expectation":
    return _native("UnexpectedRowsExpectation", rule, unexpected_rows_query=query)


def _native(name: str, rule: Rule, **arguments: Any) -> "Expectation":
    from great_expectations import expectations

    severity = "critical" if rule.severity == "error" else "warning"
    return getattr(expectations, name)(severity=severity, meta={"rule": rule.name}, **arguments)


def _column_of(rule: Rule, contract: Contract) -> ContractColumn:
    return next(column for column in contract.columns if column.name == rule.column)
