"""A page shows texts of others as they are."""

from html import unescape
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from notebooks.plain_text import listed

HOSTILE = ("<script>alert(1)</script>", "</li></ul>", "&amp;", '"@rivals"', "**bold** [x](y)", "")


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


@given(st.lists(st.one_of(st.sampled_from(HOSTILE), st.text())))
def test_no_sentence_is_markup_and_each_is_shown_whole(sentences: list[str]) -> None:
    page = listed(sentences)
    tags = _Tags()
    tags.feed(page)
    assert tags.tags == ["ul", *(["li"] * len(sentences))]
    assert unescape(page.replace("<li>", "").replace("</li>", "")) == (
        "<ul>" + "".join(sentences) + "</ul>"
    )
