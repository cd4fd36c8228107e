"""dbt, run inside this process: one import and one parse serve every build of a run."""

import functools
import hashlib
import queue
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipelines.settings import DBT_PROJECT, Settings

Event = Mapping[str, Any]
"""One entry of dbt's structured log: `info` (name, msg …) and `data` (node_info …)."""

RESULTS = frozenset({"LogSeedResult", "LogModelResult", "LogTestResult"})
"""The entries that say how a node ended; dbt writes a hundred times as many."""

_PARTIAL = "partial_parse.msgpack"
_PARSED = "manifest.sha256"
"""The file that says from which state of the project the manifest beside it was parsed."""

_SOURCES = ("models", "macros", "seeds", "tests")
_ONE_AT_A_TIME = threading.Lock()
_FAILED = ("error", "fail", "runtime error", "partial success")


class BuildError(Exception):
    """Some models or tests failed; the message names them and says why."""


def ensure_manifest() -> Path:
    """The path of a manifest that is as new as the models; dbt parses them if need be.

    It is what dbt knows of the project; Dagster derives the asset graph from it. Each of its files
    is put in its place whole: another process may be reading it, or parsing the same project.
    """
    target, now = Settings().dbt_target, _fingerprint(DBT_PROJECT)
    manifest, parsed = target / "manifest.json", target / _PARSED
    if not manifest.exists() or not parsed.exists() or parsed.read_text("utf-8") != now:
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target) as aside:
            _parse_beside(target, Path(aside))
            (Path(aside) / _PARSED).write_text(now, "utf-8")
            for name in (manifest.name, _PARTIAL, _PARSED):
                (Path(aside) / name).replace(target / name)
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

    def hear(event: Any) -> None:
        if event.info.name in RESULTS:
            events.put(msg_to_dict(event))

    runner = dbtRunner(manifest=_as_parsed(_manifest()), callbacks=[hear])
    invocation = runner.invoke(["build", *_where(target_path), *selection])
    if invocation.exception is not None:
        return [str(invocation.exception)]
    results = getattr(invocation.result, "results", ())
    return [
        f"{result.node.name}: {' '.join(str(result.message).split())}"
        for result in results
        if str(result.status) in _FAILED
    ]


def _as_parsed(manifest: Any) -> Any:
    """The project without what an earlier build of this process wrote into it.

    A model that was compiled once counts as having its ephemeral parents in its SQL; compiled
    anew, it would not get them.
    """
    for node in manifest.nodes.values():
        if getattr(node, "extra_ctes_injected", False):
            node.extra_ctes_injected, node.extra_ctes = False, []
            node.compiled, node.compiled_code = False, None
    return manifest


@functools.cache
def _manifest() -> Any:
    """The project as dbt holds it, parsed once in the life of this process.

    It is parsed beside the shared copy: another process may be reading that one.
    """
    manifest = ensure_manifest()
    with tempfile.TemporaryDirectory() as aside:
        return _parse_beside(manifest.parent, Path(aside))


def _parse_beside(shared: Path, aside: Path) -> Any:
    """Parse into another folder, from what the shared one remembers."""
    with suppress(FileNotFoundError):
        shutil.copy(shared / _PARTIAL, aside)
    return _parse(aside)


def _parse(target_path: Path) -> Any:
    from dbt.cli.main import dbtRunner

    invocation = dbtRunner().invoke(["parse", *_where(target_path)])
    if not invocation.success:
        raise BuildError(f"dbt cannot read the project: {invocation.exception}")
    return invocation.result


def _where(target_path: Path) -> list[str]:
    folder = str(DBT_PROJECT)
    place = ["--project-dir", folder, "--profiles-dir", folder, "--target-path", str(target_path)]
    log = ["--log-path", str(target_path), "--log-level-file", "info", "--log-level", "none"]
    return [*place, *log, "--no-use-colors"]


def _fingerprint(folder: Path) -> str:
    """What the project says, by its content: files of a wheel bear no time of their own."""
    files = [path for name in _SOURCES for path in (folder / name).rglob("*") if path.is_file()]
    digest = hashlib.sha256()
    for path in sorted((*files, *folder.glob("*.yml"))):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
