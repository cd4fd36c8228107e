"""The pages for analysts, as one ASGI application."""

import os
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
    first = RedirectResponse(f"/{PAGES[0]}/")
    return Starlette(routes=[Route("/", lambda _: first), Mount("/", builder.build())])
