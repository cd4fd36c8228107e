"""dbt, run inside this process: one import and one parse serve every build of a run."""

import functools
import queue
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.settings import DBT_PROJECT, Settings

Event = Mapping[str, Any]
"""One entry of dbt's structured log: `info` (name, msg …) and `data` (node_info …)."""

RESULTS = frozenset({"LogSeedResult", "LogModelResult", "LogTestResult"})
"""The entries that say how a node ended; dbt writes a hundred times as many."""

_PARTIAL = "partial_parse.msgpack"
_SOURCES = ("models", "macros", "seeds", "tests")
_ONE_AT_A_TIME = threading.Lock()
_FAILED = ("error", "fail", "runtime error", "partial success")


class BuildError(Exception):
    """Some models or tests failed; the message names them and says why."""


def ensure_manifest() -> Path:
    """The path of a manifest that is as new as the models; dbt parses them if need be.

    It is what dbt knows of the project; Dagster derives the asset graph from it.
    """
    manifest = Settings().dbt_target / "manifest.json"
    if not manifest.exists() or manifest.stat().st_mtime < _changed_at(DBT_PROJECT):
        _parse(manifest.parent)
        manifest.touch()
    return manifest


def build(selection: Sequence[str], *, target_path: Path) -> Iterator[Event]:
    """Build models and run their tests, giving each result of dbt's log as it is written.

    Args:
        selection: which nodes, as on dbt's command line (`--select …`).
        target_path: folder for this build's compiled SQL, log and results.

    Raises:
        BuildError: after everything that could be built was.
    """
    events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
    failures: list[str] = []

    def run() -> None:
        try:
            with _ONE_AT_A_TIME:
                failures.extend(_invoke(selection, target_path, events))
        except Exception as error:
            failures.append(f"dbt could not run: {error}")
        finally:
            events.put(None)

    worker = threading.Thread(target=run, name="dbt", daemon=True)
    worker.start()
    while (event := events.get()) is not None:
        yield event
    worker.join()
    if failures:
        raise BuildError("; ".join(failures))


def _invoke(
    selection: Sequence[str], target_path: Path, events: "queue.SimpleQueue[Event | None]"
) -> list[str]:
    from dbt.cli.main import dbtRunner
    from dbt_common.events.functions import msg_to_dict

    def hear(said: Any) -> None:
        if said.info.name in RESULTS:
            events.put(msg_to_dict(said))

    runner = dbtRunner(manifest=_manifest(), callbacks=[hear])
    found = runner.invoke(["build", *_where(target_path), *selection])
    if found.exception is not None:
        return [str(found.exception)]
    results = getattr(found.result, "results", ())
    return [
        f"{result.node.name}: {' '.join(str(result.message).split())}"
        for result in results
        if str(result.status) in _FAILED
    ]


@functools.cache
def _manifest() -> Any:
    """The project as dbt holds it, parsed once in the life of this process.

    It is parsed beside the shared copy: another process may be reading that one.
    """
    manifest = ensure_manifest()
    with tempfile.TemporaryDirectory() as aside:
        partial = manifest.with_name(_PARTIAL)
        if partial.exists():
            shutil.copy(partial, aside)
        return _parse(Path(aside))


def _parse(target_path: Path) -> Any:
    from dbt.cli.main import dbtRunner

    found = dbtRunner().invoke(["parse", *_where(target_path)])
    if not found.success:
        raise BuildError(f"dbt cannot read the project: {found.exception}")
    return found.result


def _where(target_path: Path) -> list[str]:
    folder = str(DBT_PROJECT)
    place = ["--project-dir", folder, "--profiles-dir", folder, "--target-path", str(target_path)]
    log = ["--log-path", str(target_path), "--log-level-file", "info", "--log-level", "none"]
    return [*place, *log, "--no-use-colors"]


def _changed_at(folder: Path) -> float:
    files = [path for name in _SOURCES for path in (folder / name).rglob("*") if path.is_file()]
    return max(path.stat().st_mtime for path in (*files, *folder.glob("*.yml")))
