"""Texts that people and banks wrote, as a page may show them: never as markup."""

from collections.abc import Iterable
from html import escape


def listed(sentences: Iterable[str]) -> str:
    """Sentences as a list in HTML; whatever a reason or an id says is shown as it is."""
    return f"<ul>{''.join(f'<li>{escape(sentence)}</li>' for sentence in sentences)}</ul>"
