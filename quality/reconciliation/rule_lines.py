"""Where in a rule file a field stands, so that an error can say the line."""

from collections.abc import Mapping, Sequence

import yaml


def line_of(
    text: str, place: Sequence[str | int], *, former: Mapping[str, str] | None = None
) -> int | None:
    """The line (from 1) of a field in YAML, or of the nearest thing around it that is there.

    Args:
        text: the file, which is YAML.
        place: names and positions from the top down; those that are not in the file, such as the
            tag of a variant, are passed over.
        former: by former name of a field the name it has in `place`.

    Returns:
        None when not even the first of them is in the file: it is missing, or inherited.
    """
    node = yaml.compose(text, yaml.SafeLoader)
    line = None
    for part in place:
        found = _child(node, part, former or {})
        if found is not None:
            line, node = found
    return line


def _child(
    node: yaml.Node | None, part: str | int, former: Mapping[str, str]
) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if part in (key.value, former.get(key.value)):
                return key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        child: yaml.Node = node.value[part]
        return child.start_mark.line + 1, child
    return None
