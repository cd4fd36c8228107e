"""The formats in which a lake's files are read: those that ship, and its saved profiles."""

from pipelines.feeds.formats import formats_with
from pipelines.feeds.reading import Format
from pipelines.feeds.saved_profiles import saved_profiles
from pipelines.lake.lake import Lake


def formats_of(lake: Lake) -> tuple[Format, ...]:
    """Every format, in the order in which they are tried.

    Raises:
        ProfileError: a saved profile cannot be read.
    """
    return formats_with(saved_profiles(lake.profiles))
