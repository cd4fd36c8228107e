"""`countinghouse ui` and `countinghouse app`: servers on loopback, one of them behind a token."""

import secrets
import subprocess
import sys
from pathlib import Path

from pipelines.settings import REPOSITORY, enter
from pipelines.terminal import Terminal

LOOPBACK = "127.0.0.1"
PAGES = ("liquidity", "reconciliation")
"""The pages of the reading room, by their file; the address without one lists them."""


def ui(*, lake: Path | None, port: int) -> int:
    """Serve Dagster's own interface, with its daemon for sensors and schedules."""
    from pipelines.defs.launch import instance_of

    settings = enter(lake)
    instance_of(settings.dagster_home).dispose()
    Terminal(stderr=True).print(f"Dagster: http://{LOOPBACK}:{port}   (Ctrl-C ends it)")
    command = ["dagster", "dev", "-w", str(REPOSITORY / "workspace.yaml"), "-h", LOOPBACK]
    return _serve([sys.executable, "-m", *command, "-p", str(port)])


def pages(*, lake: Path | None, port: int) -> int:
    """Serve the pages; whoever opens them needs the token that is printed, or set in settings."""
    settings = enter(lake)
    given = settings.countinghouse_token
    token = given.get_secret_value() if given else secrets.token_urlsafe(16)
    shown = "<COUNTINGHOUSE_TOKEN>" if given else token
    errors = Terminal(stderr=True)
    for name in PAGES:
        address = f"http://{LOOPBACK}:{port}/?file={name}.py&access_token={shown}"
        errors.print(f"{name.capitalize() + ':':<16}{address}", soft_wrap=True)
    errors.print("Ctrl-C ends it.")
    files = [str(REPOSITORY / "notebooks" / f"{name}.py") for name in PAGES]
    command = [sys.executable, "-m", "marimo", "run", *files, "--headless", "--host", LOOPBACK]
    # The token goes in by standard input: a command line is there for everybody to read.
    guard = ["--token", "--token-password-file", "-"]
    return _serve([*command, "--port", str(port), *guard], said=token)


def _serve(command: list[str], said: str | None = None) -> int:
    try:
        ended = subprocess.run(  # noqa: S603  # the command is ours, word for word
            command, cwd=REPOSITORY, check=False, input=said, text=said is not None
        )
        return ended.returncode
    except KeyboardInterrupt:
        return 0
