"""The token that opens the servers: set by whoever runs them, or made once and kept in a file."""

import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

FILE = ".access_token"
SETTING = "COUNTINGHOUSE_TOKEN"
_LEAST = 16


class TokenError(ValueError):
    """There is no token that would keep anybody out; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Token:
    """The secret, and in words where it is to be found. The secret is never printed."""

    secret: str
    place: str

    def __repr__(self) -> str:
        """The place alone, for whatever may end in a log."""
        return f"Token({self.place})"


def access_token(root: Path, given: str | None) -> Token:
    """The token of a lake.

    Args:
        root: the lake's folder.
        given: the setting; without one the token is kept in a file that its owner alone reads.

    Raises:
        TokenError: the setting is too short, or the file cannot be written.
    """
    if given is not None:
        if len(given) < _LEAST:
            raise TokenError(
                f"{SETTING} has fewer than {_LEAST} characters and could be guessed. Nothing was "
                "started; set a longer one, or none: then one is made."
            )
        return Token(given, f"what {SETTING} says")
    path = root / FILE
    try:
        return Token(_kept(path) or _made(path), f"in the file {path}")
    except OSError as error:
        raise TokenError(
            f"The token cannot be kept in {path} ({error.strerror}). Nothing was started; set "
            f"{SETTING}, or let the lake's folder be written."
        ) from error


def _kept(path: Path) -> str | None:
    """The token on file; none if the file is absent, or if others could have read it."""
    try:
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    with os.fdopen(opened, encoding="utf-8") as file:
        is_private = not stat.S_IMODE(os.fstat(opened).st_mode) & 0o077
        secret = file.read().strip()
    return secret if is_private and len(secret) >= _LEAST else None


def _made(path: Path) -> str:
    secret = secrets.token_urlsafe(32)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        file.write(f"{secret}\n")
    fresh.replace(path)
    return secret
