"""JSON that nests without end: measured before any parser recurses into it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.feeds.formats import FORMATS
from pipelines.feeds.parsing import json_safe
from pipelines.feeds.parsing.json_safe import MOST_LEVELS, TooDeepError, check_nesting
from pipelines.feeds.payments import events as payment_events
from pipelines.feeds.reading import Format
from pipelines.feeds.unknown import refusal
from pipelines.ingestion.format_detection import feed_of

EVENT = (
    '{"event_id":"x","payment_id":"p","event_type":"initiated","occurred_at":"2026-06-28T13:02:45Z"'
)


def nested(levels: int, inside: str = "1") -> str:
    return '{"a":[' * (levels // 2) + inside + "]}" * (levels // 2)


@pytest.mark.parametrize("deep", [nested(20_000), "[" * 50_000, '{"a":' * 50_000, nested(66)])
def test_no_sniffer_recurses_into_deep_json_and_its_refusal_says_why(deep: str) -> None:
    head = deep.encode()[:16_384]
    assert not any(known.recognises(head, "deep.jsonl") for known in FORMATS)
    assert f"nests deeper than {MOST_LEVELS} levels" in str(refusal(head, "deep.jsonl"))


@pytest.mark.parametrize("key", ["remainder", "amount", "other"])
def test_an_event_that_nests_too_deep_is_turned_away_alone(
    source: Any, whole: Any, key: str
) -> None:
    deep = f'{EVENT},"{key}":{nested(40_000)}}}'
    sound = EVENT.replace('"x"', '"y"') + "}"
    data = f"{sound}\n{deep}\n".encode()
    got = whole(payment_events.read(source(data)))
    assert [row["event_id"] for row in got.rows["payment_events"]] == ["y"]
    (away,) = got.rejected
    assert away["source_row"] == 2
    assert "nests deeper than" in away["reason"]
    assert payment_events.recognises(deep.encode(), "")


@given(
    st.recursive(
        st.none() | st.text(), lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside)
    )
)
def test_json_within_the_bound_is_read_as_ever(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    check_nesting(text)
    with_brackets = json.dumps({"text": "[{" * 1_000 + '\\"' * 3}).encode()
    assert json_safe.loads(with_brackets)["text"].startswith("[{")


def test_the_bound_is_exact() -> None:
    check_nesting(nested(MOST_LEVELS).encode())
    with pytest.raises(TooDeepError):
        check_nesting(nested(MOST_LEVELS + 2).encode())


def test_a_sniffer_that_fails_does_not_know_the_file() -> None:
    def fails(_head: bytes, _name: str) -> bool:
        raise RecursionError

    broken = Format("broken", "a", fails, lambda _: iter(()))
    sound = Format("sound", "b", lambda _head, _name: True, lambda _: iter(()))
    assert feed_of((broken, sound), b"", "file") == "b"
