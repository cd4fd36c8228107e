"""`countinghouse ui` and `countinghouse app`: servers on loopback, behind a token."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from starlette.types import ASGIApp

from pipelines.commands.opening import bring_up_to_date
from pipelines.defs.operate.damaged_databases import set_aside_damaged
from pipelines.lake.lake import Lake
from pipelines.lake.upgrades.steps import UPGRADES
from pipelines.lake.upgrades.upgrade import refuse_unreadable
from pipelines.output.terminal import Terminal
from pipelines.settings import REPOSITORY, Settings, configure_environment
from pipelines.web.access import TokenGuard
from pipelines.web.serving import bound_socket, child_processes_ended, serve
from pipelines.web.token import TokenError, access_token

_NOT_STARTED = 2

_BY_ITSELF = (
    "While it is open: what lands is taken in within a minute (sensor file_landed); figures move",
    "on at 06:30 Amsterdam, Monday to Saturday (each_business_morning); upkeep on Sunday, 03:00.",
)

Opened = Callable[[Settings, str], AbstractContextManager[tuple[ASGIApp, list[str]]]]
"""Of settings and an address: an application, and the lines that say where its parts are."""


def ui(*, folder: Path | None, host: str, port: int) -> int:
    """Serve Dagster's own interface, with its daemon for sensors and schedules."""
    settings = configure_environment(folder)
    bring_up_to_date(Lake(settings.root), "countinghouse ui")
    for aside in set_aside_damaged(settings.dagster_home):
        said = f"Dagster's record of runs was damaged; it lies aside as {aside.name}, and a new one"
        Terminal(stderr=True, soft_wrap=True).print(f"{said} begins. No figure depends on it.")
    return _serve(settings, "ui", _dagster, host=host, port=port)


def pages(*, folder: Path | None, host: str, port: int) -> int:
    """Serve the pages for analysts."""
    settings = configure_environment(folder)
    refuse_unreadable(Lake(settings.root), UPGRADES)
    return _serve(settings, "app", _pages, host=host, port=port)


@contextmanager
def _dagster(settings: Settings, address: str) -> Iterator[tuple[ASGIApp, list[str]]]:
    from pipelines.defs.operate.webserver import dagster_app
    from pipelines.web.graphql import QueriesOnlyInAddresses

    with dagster_app(settings.dagster_home, folder=REPOSITORY) as app:
        yield QueriesOnlyInAddresses(app), [f"Dagster:        {address}/", *_BY_ITSELF]


@contextmanager
def _pages(settings: Settings, address: str) -> Iterator[tuple[ASGIApp, list[str]]]:
    from pipelines.web.pages import PAGES, pages_app

    app = pages_app(REPOSITORY / "notebooks")
    yield app, [f"{name.capitalize() + ':':<16}{address}/{name}/" for name in PAGES]


def _serve(settings: Settings, name: str, opened: Opened, *, host: str, port: int) -> int:
    errors = Terminal(stderr=True, soft_wrap=True)
    given = settings.countinghouse_token
    try:
        token = access_token(settings.root, given.get_secret_value() if given else None)
        socket = bound_socket(host, port)
    except TokenError as error:
        errors.print(str(error))
        return _NOT_STARTED
    except OSError as error:
        errors.print(f"Nothing can be served at {host}, port {port}: {error.strerror}.")
        errors.print("Nothing was started; end what is there, or give another --port.")
        return _NOT_STARTED
    shown = f"[{host}]" if ":" in host else host
    errors.print(f"Starting at http://{shown}:{port}, for this lake: {settings.root}")
    with (
        closing(socket),
        child_processes_ended(),
        opened(settings, f"http://{shown}:{port}") as (app, addresses),
    ):
        for line in addresses:
            errors.print(line)
        errors.print(f"Log in with the token: it is {token.place}. Ctrl-C ends the server.")
        guarded = TokenGuard(
            app, token=token.secret, name=f"{name}-{port}", hosts=settings.served_names
        )
        serve(guarded, socket)
    return 0
