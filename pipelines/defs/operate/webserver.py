"""Dagster's interface as an application of this process, with its daemon and code server beside it.

`dagster dev` does the same, but its server takes requests bare.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import yaml
from dagster._cli.proxy_server_manager import ProxyServerManager
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import ModuleTarget, WorkspaceFileTarget
from dagster_webserver.app import create_app_from_workspace_process_context
from dagster_webserver.version import __version__
from starlette.types import ASGIApp

from pipelines.defs.launch import instance_of
from pipelines.defs.operate.lost_runs import report_lost_runs

_CODE = "pipelines.definitions"
_MILLISECONDS_BETWEEN_LOOKS = 2_000
_DATABASE = {"statement_timeout": 15_000, "pool_recycle": 3_600, "max_overflow": 20}


@contextmanager
def dagster_app(home: Path, *, folder: Path) -> Iterator[ASGIApp]:
    """The interface, its sensors and schedules running, for as long as the context is open.

    Args:
        home: where Dagster keeps its records.
        folder: the folder from which the definitions are imported.
    """
    with ExitStack() as stack:
        instance = stack.enter_context(instance_of(home))
        report_lost_runs(instance, datetime.now(UTC))
        instance.optimize_for_webserver(**_DATABASE)
        where = ModuleTarget(
            module_name=_CODE,
            attribute=None,
            working_directory=str(folder),
            location_name="countinghouse",
        )
        code = stack.enter_context(ProxyServerManager(instance, where, "WARNING"))
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="countinghouse-ui-"))
        workspace = Path(scratch) / "workspace.yaml"
        workspace.write_text(yaml.safe_dump({"load_from": list(code.get_code_server_specs())}))
        stack.enter_context(_daemon(workspace))
        context = WorkspaceProcessContext(
            instance, WorkspaceFileTarget([str(workspace)]), version=__version__
        )
        yield create_app_from_workspace_process_context(
            stack.enter_context(context), live_data_poll_rate=_MILLISECONDS_BETWEEN_LOOKS
        )


@contextmanager
def _daemon(workspace: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "dagster._daemon", "run", "--workspace", str(workspace)]
    process = subprocess.Popen([*command, "--log-level", "warning"])  # noqa: S603  # ours
    try:
        yield
    finally:
        process.terminate()
