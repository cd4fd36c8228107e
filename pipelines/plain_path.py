"""A path that every library reads the same, for a folder whose name has unusual characters.

Delta, Polars, DuckDB, SQLAlchemy and dbt take paths for URLs or patterns here and there, and do not
agree on what `%41`, `#`, `[x]` or `ü` in one mean. A lake in such a folder is reached by a link
with a plain name, in a folder that is the user's own; the tables lie where the user wants them.
"""

import functools
import hashlib
import os
import re
import stat
import tempfile
from pathlib import Path

_PLAIN = re.compile(r"[A-Za-z0-9_./~+,=@-]*")


@functools.cache
def plain_path(folder: Path) -> Path:
    """The folder itself, absolute, or a link to it that has a plain name.

    Raises:
        OSError: no folder can be found in which such a link may lie.
    """
    absolute = folder.absolute()
    if _PLAIN.fullmatch(str(absolute)):
        return absolute
    real = str(folder.resolve())
    if _PLAIN.fullmatch(real):
        return Path(real)
    link = _links() / hashlib.sha256(real.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    if not (link.is_symlink() and str(link.readlink()) == real):
        aside = link.with_name(f"{link.name}.{os.getpid()}")
        aside.unlink(missing_ok=True)
        aside.symlink_to(real, target_is_directory=True)
        aside.replace(link)
    return link


def _links() -> Path:
    """A folder with a plain name that nobody but this user can write to."""
    name = f"countinghouse-{os.getuid()}"
    for above in (tempfile.gettempdir(), "/tmp"):  # noqa: S108  # the folder in it is made safe below
        if _PLAIN.fullmatch(above) and Path(above).is_dir():
            folder = Path(above) / name
            folder.mkdir(mode=0o700, exist_ok=True)
            status = folder.lstat()
            if stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid():
                folder.chmod(0o700)
                return folder
    raise OSError(
        "The lake lies in a folder whose name has unusual characters, and no temporary folder of "
        "your own is there for a link to it. Set TMPDIR to one, or give --lake a plain name."
    )
