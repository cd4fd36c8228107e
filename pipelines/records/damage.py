"""What is damaged or missing in a lake, by name, and what is wrong with the disk, in sentences."""

import errno
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.lake.lake import LAYERS, Lake
from pipelines.lake.local_files import local_files
from pipelines.records.control_tables import FILES

RESTORING = "docs/running.md, Restoring"

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_SEALED = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_FULL_WORDS = ("no space left", "disk is full", "quota exceeded", "file too large", "os error 28")
_SEALED_WORDS = ("read-only file system", "permission denied", "readonly database", "os error 30")


@dataclass(frozen=True, slots=True)
class Damage:
    """A table that cannot be read, and why."""

    table: str
    reason: str

    def __str__(self) -> str:
        """In words, with what to do."""
        if self.table.split("/")[0] in ("silver", "gold", "features"):
            todo = f"Delete the folder {self.table} of the lake and run again: it is made anew"
        else:
            todo = f"Nothing makes it anew by itself: see {RESTORING}"
        return f"{self.table} cannot be read: {self.reason}. {todo}."


def disk_problem(error: BaseException, root: Path) -> str | None:
    """A sentence for an error that a full disk or a lake that cannot be written is behind."""
    for cause in _chain(error):
        problem = disk_problem_in(str(cause), root, code=getattr(cause, "errno", None))
        if problem:
            return problem
    return None


def disk_problem_in(words: str, root: Path, *, code: int | None = None) -> str | None:
    """The same of an error of which only the words, or a number, are left."""
    low = words.lower()
    if code in _FULL or any(word in low for word in _FULL_WORDS):
        return (
            f"The disk is full, or a quota or limit is reached (the lake is {root}). What was "
            "committed stands; make room and run again, and the rest is caught up."
        )
    if code in _SEALED or any(word in low for word in _SEALED_WORDS):
        return (
            f"The lake {root} cannot be written: it is read-only, or belongs to somebody else "
            f"({words.splitlines()[0][:200]}). Nothing was changed; run as its owner, or give "
            "another --lake."
        )
    return None


def damaged_tables(lake: Lake) -> tuple[Damage, ...]:
    """Every table whose log cannot be read, or whose files are not all there."""
    folders = (path for layer in LAYERS for path in sorted((lake.root / layer).glob("[a-z]*")))
    tables = ((f"{path.parent.name}/{path.name}", path) for path in folders if path.is_dir())
    damages = (Damage(name, reason) for name, path in tables if (reason := _damage(lake, name)))
    return tuple(damages)


def _damage(lake: Lake, table: str) -> str | None:
    if not any((lake.path(table) / "_delta_log").glob("*")):
        # A table whose creation was cut short holds nothing yet: the next run creates it.
        return "its log (_delta_log) is gone" if any(lake.path(table).rglob("*.parquet")) else None
    try:
        files = [Path(file) for file in local_files(lake.open(table))]
    except Exception as error:  # whatever the library says of a damaged log
        return f"its log is damaged ({' '.join(str(error).split())[:200]})"
    gone = [path.name for path in files if not path.exists()]
    return f"{len(gone)} of its files are gone, such as {gone[0]}" if gone else None


def missing_landed(lake: Lake) -> tuple[str, ...]:
    """Files that were taken in and do not lie in landing any more."""
    if not lake.exists(FILES):
        return ()
    taken = lake.read(FILES).filter(pl.col("state").is_in(["loaded", "empty"])).select("file")
    places = taken.unique().collect()["file"].sort()
    return tuple(place for place in places if not (lake.landing / place).exists())


def missing_words(files: tuple[str, ...]) -> str:
    """In words, with what to do."""
    shown = ", ".join(files[:5]) + (f" and {len(files) - 5:,} more" if len(files) > 5 else "")
    return (
        f"{len(files):,} files that were taken in do not lie in landing any more: {shown}. Their "
        f"rows stand; put the files back, for they are the evidence: see {RESTORING}."
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
