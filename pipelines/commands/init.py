"""`countinghouse init`: a lake, and profiles for files that nobody reads yet."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import cast, get_args

from pipelines.commands.opening import lake_to_write
from pipelines.feeds.reading import RefusedError
from pipelines.feeds.saved_profiles import ProfileError
from pipelines.ingestion.lake_formats import formats_of
from pipelines.inspection.file_report import report_lines
from pipelines.inspection.profile_proposal import NoProposalError, What, propose, save
from pipelines.lake.lake import Lake
from pipelines.output.terminal import Terminal

NOT_DONE = 2


def init(
    files: Sequence[Path],
    *,
    folder: Path | None,
    what: str,
    name: str,
    account: str,
    currency: str,
    look: bool,
) -> int:
    """Make the lake's folder and save a profile for each file that no reader knows yet.

    Returns:
        0 when each file is read, by a reader or by its new profile; 2 when one is not.
    """
    lake = lake_to_write(folder, "countinghouse init")
    say = partial(Terminal().print, soft_wrap=True)
    if what and what not in get_args(What):
        say(f"--kind is one of {', '.join(get_args(What))}, not {what!r}.")
        return NOT_DONE
    lake.profiles.mkdir(parents=True, exist_ok=True)
    say(f"Lake: {lake.root}   Profiles: {lake.profiles}")
    ended = 0
    for file in files:
        try:
            if not what and (known := _reader_of(lake, file)):
                say(f"{file.name} is read already, as {known}. Nothing to save.")
                continue
            proposed = propose(
                file,
                cast("What", what) if what else None,
                name=name,
                account=account,
                currency=currency,
            )
            say(proposed.text)
            say("Read by this profile, the file says:")
            for line in report_lines(proposed.report):
                say(line)
            if look:
                say("Nothing was saved (--look).")
            else:
                say(f"Saved: {save(lake, proposed)}. Look it through, then land the file.")
        except (NoProposalError, ProfileError, RefusedError, OSError) as error:
            say(f"No profile for {file.name}: {error}")
            ended = NOT_DONE
    if not files:
        say("Next: countinghouse init FILE... for tables of your own, or")
        say("      countinghouse run --landing FOLDER")
    return ended


def _reader_of(lake: Lake, file: Path) -> str | None:
    """The reader that takes a file whole, with the profiles that are saved; else nothing."""
    from pipelines.inspection.file_report import reports

    try:
        readings = list(reports(file, formats_of(lake)))
    except RefusedError:
        return None
    return ", ".join(
        sorted({f"{reading.format} {reading.version}".strip() for reading in readings})
    )
