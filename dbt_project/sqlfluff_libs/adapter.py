"""What `adapter` stands for while SQL is linted: sqlfluff renders macros without dbt.

Only the shape matters to the linter, so a dispatched macro is written as a call of its name.
"""

from collections.abc import Callable

_SHAPES = {
    "type_instant": "timestamp with time zone",
    "type_text": "varchar",
    "day_series": "select day from span",
}


def dispatch(name: str) -> Callable[..., str]:
    """A macro that renders to something of the right shape."""

    def rendered(*arguments: object) -> str:
        return _SHAPES.get(name) or f"{name}({', '.join(map(str, arguments))})"

    return rendered
