"""Which readers we have: a mark that changes when one of them, a contract or a profile does.

A refusal is the word of the readers of its day. It is taken back to the file when there are others.
"""

import functools
import hashlib
from collections.abc import Iterable
from pathlib import Path

from pipelines.lake.lake import Lake
from pipelines.settings import REPOSITORY

_ROOMS = (("pipelines", "feeds"), ("pipelines", "ingestion"), ("quality", "contracts"))
_KINDS = frozenset({".py", ".yaml", ".yml"})


def readers_version(lake: Lake) -> str:
    """Equal for equal readers: their code, the contracts, and the profiles of this lake."""
    saved = _hash_of(lake.profiles, lake.profiles.rglob("*.y*ml"))
    return hashlib.sha256(f"{_shipped()} {saved}".encode()).hexdigest()[:16]


@functools.cache
def _shipped() -> str:
    """The mark of what ships, as this process found it."""
    rooms = [REPOSITORY.joinpath(*room) for room in _ROOMS]
    return _hash_of(REPOSITORY, (path for room in rooms for path in room.rglob("*")))


def _hash_of(root: Path, paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(
        candidate for candidate in paths if candidate.suffix in _KINDS and candidate.is_file()
    ):
        digest.update(str(path.relative_to(root)).encode("utf-8", "surrogateescape"))
        digest.update(path.read_bytes())
    return digest.hexdigest()
