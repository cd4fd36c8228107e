"""The pages for analysts, as one ASGI application."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import marimo
from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

PAGES = ("liquidity", "reconciliation")
"""The pages by their file, each at the address of that name; the first is where one begins."""


def pages_app(folder: Path) -> ASGIApp:
    """The pages in a folder; their token is asked for by whatever stands in front of them.

    The folder becomes the working directory: marimo looks there for `.marimo.toml`.
    """
    os.chdir(folder)
    builder = marimo.create_asgi_app(quiet=True)
    for name in PAGES:
        builder = builder.with_app(path=f"/{name}", root=str(folder / f"{name}.py"))
    inside = builder.build()

    @asynccontextmanager
    async def ending_sessions(_: Starlette) -> AsyncIterator[None]:
        # Nobody tells a mounted application of the end, and a page that is open would outlast it.
        yield
        for mounted in inside.routes:
            if isinstance(mounted, Mount) and isinstance(mounted.app, Starlette):
                await mounted.app.state.session_manager.shutdown()

    first = RedirectResponse(f"/{PAGES[0]}/")
    routes = [Route("/", lambda _: first), Mount("/", inside)]
    return Starlette(routes=routes, lifespan=ending_sessions)
