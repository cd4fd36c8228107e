"""Why a row is refused: SQL that puts broken rules into words."""

import re
from collections.abc import Sequence

from quality.column_rules import Rule, literal
from quality.contract import Contract

_LONGEST_VALUE = 80


def any_of(rules: Sequence[Rule]) -> str:
    """SQL that is true, and never NULL, where a row breaks at least one of `rules`."""
    return " or ".join(f"coalesce({rule.violation}, false)" for rule in rules)


def refusals(source: str, contract: Contract, broken: Sequence[Rule]) -> str:
    """SQL that gives one row, with the columns of `REFUSED`, for each row that breaks a rule.

    Args:
        source: SQL of the rows.
        contract: the table they were meant for.
        broken: the rules to look at, at least one.
    """
    names = ", ".join(_when(rule, literal(rule.name)) for rule in broken)
    reasons = ", ".join(_when(rule, _sentence(rule, contract)) for rule in broken)
    amount = f"try_cast(({contract.amount}) as decimal(18,3))" if contract.amount else "null"
    return f"""
        select {literal(contract.name)} as "table", source_row, source_path,
            concat_ws(', ', {names}) as rule, concat_ws('; ', {reasons}) as reason,
            {_content(contract)} as content, {amount} as amount,
            {contract.currency or "null"} as currency
        from ({source}) where {any_of(broken)}
        order by source_row, source_path, content
    """


def _when(rule: Rule, said: str) -> str:
    return f"case when {rule.violation} then {said} end"


def _content(contract: Contract) -> str:
    """The row as JSON; numbers as text, because a JSON reader would make floats of money."""
    values = ", ".join(
        f'{literal(column.name)}, cast("{column.name}" as varchar)' for column in contract.columns
    )
    return f"cast(json_object({values}) as varchar)"


def mentioned(rule: Rule, contract: Contract) -> tuple[str, ...]:
    """The columns that a rule looks at, in the order of the contract."""
    words = set(re.findall(r"\w+", re.sub(r"'[^']*'", "", rule.violation)))
    return tuple(column.name for column in contract.columns if column.name in words)


def _sentence(rule: Rule, contract: Contract) -> str:
    """SQL that says what is wrong with a row, with its values."""
    if rule.said is not None:
        return rule.said
    said = rule.description.rstrip(".")
    if rule.column is not None:
        return f"{literal(said + ', but is ')} || {_shown(rule.column)}"
    values = " || ' and ' || ".join(
        f"{literal(name + ' is ')} || {_shown(name)}" for name in mentioned(rule, contract)
    )
    return f"{literal(said + ', but ')} || {values}" if values else literal(said)


def _shown(column: str) -> str:
    value = f'left(cast("{column}" as varchar), {_LONGEST_VALUE})'
    return f"coalesce('''' || {value} || '''', 'absent')"
