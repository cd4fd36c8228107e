"""Statements changed at random are read or refused in words; nothing else comes out of a reader."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.fuzz.seeds import STATEMENT_SEEDS as SEEDS
from pipelines.feeds.formats import FORMATS
from pipelines.feeds.reading import RefusedError
from pipelines.feeds.statements.canonical_json import statement_objects

STATEMENTS = [known for known in FORMATS if known.feed == "statements"]

CHANGES = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=12)), min_size=1, max_size=4
)


def changed(data: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    for place, length, put in changes:
        start = int(place * len(data))
        data = data[:start] + put + data[start + length :]
    return data


@pytest.mark.parametrize("name", SEEDS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_a_changed_statement_is_read_or_refused_in_words(
    name: str, changes: list[tuple[float, int, bytes]], source: Any
) -> None:
    known = next(item for item in STATEMENTS if item.name == name)
    waiting = source(changed(SEEDS[name], changes), name)
    reason, said = "", []
    try:
        said = list(statement_objects(waiting, known.read(waiting)))
    except RefusedError as refused:
        reason = refused.reason
    assert said or reason


@pytest.mark.parametrize("name", SEEDS)
def test_an_unchanged_statement_is_known_read_and_adds_up(name: str, source: Any) -> None:
    known = next(item for item in STATEMENTS if item.name == name)
    waiting = source(SEEDS[name], name)
    assert known.recognises(waiting.head(), waiting.name)
    others = STATEMENTS[: STATEMENTS.index(known)]
    assert not any(item.recognises(waiting.head(), waiting.name) for item in others)
    said = list(statement_objects(waiting, known.read(waiting)))
    assert [statement["balance_control"]["outcome"] for statement in said] == [
        "not_stated" if name == "ofx" else "holds"
    ]
