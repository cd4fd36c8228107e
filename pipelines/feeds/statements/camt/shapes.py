"""Reading many like elements fast: what an element says is found by its shape, and shapes repeat.

An element is serialised by libxml2 and cut at its tags. The tags alone are its shape; a plan says
for a shape which text goes to which field and which texts nobody asked for. Plans are made once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any

from pipelines.feeds.statements.camt.fields import ElementField

MOST_TAGS = 200_000
"""Tags of all shapes remembered; beyond them (hostile or very odd files) all are relearnt."""

Row = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """An element without children: the position of its text, its path below the top, attributes."""

    position: int
    path: str
    attributes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to read elements of one shape."""

    single: Callable[[Sequence[Any]], Row]
    joined: tuple[tuple[int, str, tuple[int, ...]], ...]
    constants: tuple[tuple[int, str], ...]
    unread: tuple[tuple[str, int], ...]
    stated: tuple[str, ...]


def _attributes(tag: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    name, _, rest = tag.partition(" ")
    pairs = []
    while "=" in rest:
        key, _, rest = rest.partition("=")
        value, _, rest = rest[1:].partition('"')
        if not key.strip().startswith("xmlns"):
            pairs.append((key.strip().rpartition(":")[2], _unescape(value)))
    return name.rpartition(":")[2], tuple(pairs)


class UnbalancedError(ValueError):
    """The text is not one element: it was cut out of another at the wrong place."""


def leaves(tags: Sequence[str]) -> list[Leaf]:
    """The leaves of an element given as its tags, the element's own included.

    Raises:
        UnbalancedError: the tags are not those of one element.
    """
    collected: list[Leaf] = []
    path: list[str] = []
    for position, tag in enumerate(tags):
        if tag.startswith("/"):
            if not path or path.pop() != tag[1:].rpartition(":")[2]:
                raise UnbalancedError
            continue
        empty = tag.endswith("/")
        name, attributes = _attributes(tag[:-1] if empty else tag)
        path.append(name)
        closes = empty or tags[position + 1].startswith("/")
        if closes or attributes:
            collected.append(
                Leaf(-2 if empty or not closes else position, "/".join(path[1:]), attributes)
            )
        if empty:
            path.pop()
    return collected


class Shapes:
    """Reads elements into rows of `fields`, in their order."""

    def __init__(self, fields: tuple[ElementField, ...], prefix: str = "") -> None:
        """Nothing is known of any shape yet; keys of what is left begin with `prefix`."""
        self._fields, self._prefix = fields, prefix
        self._plans: dict[tuple[str, ...], Plan] = {}
        self._tags = 0

    def read(self, text: str) -> tuple[Row, str | None]:
        """One serialised element: its fields, and as the inside of a JSON object what is left."""
        parts: list[Any] = text.replace(">", "<").split("<")
        shape = tuple(parts[1::2])
        plan = self._plans.get(shape)
        if plan is None:
            self._tags += len(shape)
            if self._tags > MOST_TAGS:
                self._plans.clear()
                self._tags = len(shape)
            plan = self._plans[shape] = _plan(shape, self._fields, self._prefix)
        texts = parts[2::2]
        if "&" in text:
            texts = [_unescape(part) for part in texts]
        if _may_hold_blanks(text):
            texts = [part.strip() or None for part in texts]
        texts.append(None)
        row = plan.single(texts)
        if plan.joined or plan.constants:
            filled = list(row)
            for column, value in plan.constants:
                filled[column] = value
            for column, separator, positions in plan.joined:
                filled[column] = separator.join(
                    part for position in positions if (part := texts[position])
                )
            row = tuple(filled)
        if not plan.unread and not plan.stated:
            return row, None
        rest = [
            f"{key}:{encode_basestring(value)}"
            for key, position in plan.unread
            if (value := texts[position])
        ]
        return row, ",".join([*plan.stated, *rest]) or None


def _may_hold_blanks(text: str) -> bool:
    """Whether blanks may stand around a text; a scan for marks, much faster than to strip all."""
    return (
        " <" in text or "> " in text or "\n" in text or "\t" in text or "\r" in text
    ) or not text.isascii()


def _plan(shape: tuple[str, ...], fields: tuple[ElementField, ...], prefix: str) -> Plan:
    all_leaves = leaves(shape)
    by_path: dict[str, list[Leaf]] = {}
    for leaf in all_leaves:
        if leaf.position >= 0:
            by_path.setdefault(leaf.path, []).append(leaf)
        for name, _ in leaf.attributes:
            by_path.setdefault(f"{leaf.path}@{name}", []).append(leaf)
    single, joined, constants = [-1] * len(fields), [], []
    used: set[tuple[int, str]] = set()
    for column, field in enumerate(fields):
        chosen = _chosen(field, by_path)
        if not chosen:
            continue
        if field.separator is None:
            chosen = chosen[:1]
        used.update((id(leaf), path) for path, leaf in chosen)
        path, leaf = chosen[0]
        if "@" in path:
            constant = dict(leaf.attributes)[path.rpartition("@")[2]].strip()
            if constant:
                constants.append((column, constant))
        elif len(chosen) == 1:
            single[column] = leaf.position
        else:
            positions = tuple(leaf.position for _, leaf in chosen)
            joined.append((column, field.separator or "", positions))
    unread, stated = _rest(all_leaves, used, prefix)
    return Plan(itemgetter(*single), tuple(joined), tuple(constants), unread, stated)


def _chosen(field: ElementField, by_path: dict[str, list[Leaf]]) -> list[tuple[str, Leaf]]:
    for alternative in field.alternatives:
        chosen = [(path, leaf) for path in alternative for leaf in by_path.get(path, ())]
        if chosen:
            return sorted(chosen, key=lambda pair: pair[1].position)
    return []


def _rest(
    all_leaves: list[Leaf], used: set[tuple[int, str]], prefix: str
) -> tuple[tuple[tuple[str, int], ...], tuple[str, ...]]:
    unread, stated = [], []
    times: dict[str, int] = {}
    for leaf in all_leaves:
        number = times[leaf.path] = times.get(leaf.path, 0) + 1
        key = prefix + (leaf.path if number == 1 else f"{leaf.path}[{number}]")
        if leaf.position >= 0 and (id(leaf), leaf.path) not in used:
            unread.append((encode_basestring(key), leaf.position))
        for name, value in leaf.attributes:
            if (id(leaf), f"{leaf.path}@{name}") not in used:
                stated.append(f"{encode_basestring(f'{key}@{name}')}:{encode_basestring(value)}")
    return tuple(unread), tuple(stated)


def _unescape(text: str) -> str:
    if "&" not in text:
        return text
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    return (
        text.replace("&#13;", "\r")
        .replace("&#9;", "\t")
        .replace("&#10;", "\n")
        .replace("&amp;", "&")
    )
