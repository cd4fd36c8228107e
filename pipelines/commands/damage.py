"""An error that the disk or the state of the lake is behind, said without a traceback."""

from typing import NoReturn

from pipelines.lake.lake import Lake
from pipelines.lake.run_lock import RunLockedError
from pipelines.lake.upgrades.format_version import FormatError
from pipelines.output.terminal import Terminal
from pipelines.records.damage import damaged_tables, disk_problem
from pipelines.settings import Settings


def end(error: Exception) -> NoReturn:
    """End the program with 2 and a sentence; an error of any other kind is raised again."""
    if not in_sentences(error):
        raise error
    raise SystemExit(2)


def in_sentences(error: Exception) -> bool:
    """Say what is wrong with the disk or with the lake; False when it is neither."""
    console = Terminal(stderr=True)
    if isinstance(error, FormatError):
        console.problem("Stopped:", str(error))
        return True
    if isinstance(error, RunLockedError):
        console.problem("The lake is in use:", str(error))
        return True
    root = Settings().lake_root.resolve()
    problem = disk_problem(error, root)
    if problem:
        console.problem("Stopped:", problem)
        return True
    damages = damaged_tables(Lake(root))
    for damage in damages:
        console.problem("Damaged:", str(damage))
    return bool(damages)
