"""Entries of a camt statement as text, and their details apart from them."""

from typing import cast

from lxml import etree

from pipelines.feeds.xml.stream import forget


def apart(text: str, opening: str, closing: str) -> tuple[str, list[str]]:
    """An entry's text without its details, and the details' texts."""
    own, *parts = text.split(opening)
    details = []
    for part in parts:
        inside, _, after = part.partition(closing)
        own += after
        details.append(f"{opening}{inside}{closing}")
    return own, details


def texts_of_all(elements: list[etree._Element]) -> list[str]:
    """The elements as text; they leave the tree. Serialised at one go, which is much faster."""
    closing = f"</{elements[0].prefix}:Ntry>" if elements[0].prefix else "</Ntry>"
    try:
        names = cast("dict[str, str]", elements[0].nsmap)  # a default namespace has no name
        holder = etree.Element("holder", nsmap=names)
    except ValueError:  # a namespace that is no URI
        return _one_by_one(elements)
    holder.extend(elements)
    text = etree.tostring(holder, encoding="unicode").partition(">")[2]
    pieces = text.removesuffix("</holder>").split(closing)
    if len(pieces) == len(elements) + 1 and not pieces[-1]:
        return [piece + closing for piece in pieces[:-1]]
    return _one_by_one(elements)


def _one_by_one(elements: list[etree._Element]) -> list[str]:
    texts = [etree.tostring(part, encoding="unicode", with_tail=False) for part in elements]
    for part in elements:
        forget(part)
    return texts
