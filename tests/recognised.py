"""The format of a file by its content, whatever feed it was landed in: for tests of readers."""

from pipelines.feeds.formats import FORMATS
from pipelines.feeds.reading import Format, Source
from pipelines.feeds.unknown import refusal


def recognise(source: Source) -> Format:
    """The first format that knows the file.

    Raises:
        RefusedError: no reader knows it; the reason names what it seems to be.
    """
    head = source.head()
    for known in FORMATS:
        if known.knows(head, source.name):
            return known
    raise refusal(head, source.name)
