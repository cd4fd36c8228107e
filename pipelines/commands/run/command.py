"""`countinghouse run`: from landing to forecast, and a table at the end."""

from datetime import UTC, date, datetime
from functools import partial
from itertools import chain
from pathlib import Path

from rich.progress import Progress

from pipelines.commands.opening import bring_up_to_date
from pipelines.commands.run.step_labels import in_words
from pipelines.commands.run.summary_table import (
    print_damage,
    print_held,
    print_missing_files,
    print_summary,
)
from pipelines.defs.operate.damaged_databases import set_aside_damaged
from pipelines.ingestion import ensure_tables, land, waiting
from pipelines.ingestion.lake_formats import formats_of
from pipelines.lake.lake import Lake
from pipelines.lake.run_lock import LockHolder, RunLockedError, run_lock
from pipelines.lake.upgrades.steps import UPGRADES
from pipelines.lake.upgrades.upgrade import refuse_newer
from pipelines.landing.arrivals import files_in
from pipelines.landing.file_stability import HeldFile, wait_until_stable
from pipelines.landing.zone import LandedFile, due, held, landed_paths, scan
from pipelines.output.terminal import Terminal
from pipelines.output.terminal import progress as progress_on
from pipelines.reconciliation.accuracy import TruthError, is_scored, read_truth
from pipelines.records.damage import damaged_tables, disk_problem_in
from pipelines.runs.builds import is_current
from pipelines.runs.inputs import inputs_of
from pipelines.runs.summary import summarise
from pipelines.settings import configure_environment

COMMAND = "countinghouse run"


def run(
    *,
    landing: Path | None,
    folder: Path | None,
    as_of: date | None,
    truth: Path | None = None,
    strict: bool = False,
) -> int:
    """Take in what waits, bring every figure up to date, and report.

    Args:
        landing: folder of files to take in.
        folder: folder of the lake.
        as_of: the day to speak as of; else the newest day of arrival.
        truth: what is known to be true about these files, by which the run is scored.
        strict: whether a refused file or a failed control makes the run end with 1.

    Returns:
        0 when it is done, 1 when a step failed or `strict` finds fault, 2 when nothing was done.
    """
    settings = configure_environment(folder)
    lake, console, now = Lake(settings.root), Terminal(stderr=True), datetime.now(UTC)
    refuse_newer(lake, UPGRADES)
    if landing is not None and not landing.is_dir():
        console.problem(f"{landing} is not a folder.", "Give --landing a folder of files.")
        return 2
    if truth is not None:
        try:
            read_truth(truth)
        except TruthError as error:
            console.problem("The truth cannot be read:", str(error))
            return 2
    try:
        with run_lock(lake, COMMAND, waits=partial(_say_whom_we_wait_for, console)):
            bring_up_to_date(lake, COMMAND)
            return _run(
                lake, settings.dagster_home, console, landing, as_of, now, truth, strict=strict
            )
    except RunLockedError as error:
        console.problem("The lake is in use:", str(error))
        return 2


def _say_whom_we_wait_for(console: Terminal, holder: LockHolder) -> None:
    console.print(f"Waiting for {holder}, which works on this lake. Ctrl-C ends the waiting.")


def _run(  # noqa: PLR0917  # what the user gave, and where
    lake: Lake,
    dagster_home: Path,
    console: Terminal,
    landing: Path | None,
    as_of: date | None,
    now: datetime,
    truth: Path | None,
    *,
    strict: bool,
) -> int:
    """The run itself, alone on its lake."""
    for aside in set_aside_damaged(dagster_home):
        message = (
            f"Dagster's record of runs was damaged; it lies aside as {aside.name}, and a new one"
        )
        console.print(f"{message} begins. No figure depends on it.", soft_wrap=True)
    ensure_tables(lake)
    horizon = max(now.date(), as_of or date.min)
    wait_until_stable(chain(landed_paths(lake), files_in(landing) if landing else ()))
    with progress_on(console) as progress:
        held_back: tuple[HeldFile, ...] = ()
        if landing is not None:
            held_back = _land(
                lake, landing, arrived=as_of or now.date(), now=now, progress=progress
            )
        files, _ = due(scan(lake, quiet=True), horizon)
        held_back += held(lake, horizon)
        if not files:
            console.print(f"No file has landed in {lake.landing}. Give --landing a folder.")
            print_held(console, held_back)
            return 2
        day = as_of or max(landed.arrival_date for landed in files)
        failures = _bring_up_to_date(
            lake,
            dagster_home,
            files=files,
            day=day,
            now=now,
            progress=progress,
            truth=truth,
        )
    for step, reason in failures:
        message = disk_problem_in(reason, lake.root.resolve()) or reason
        console.problem(f"{in_words(step)} failed:", message)
    print_damage(console, damaged_tables(lake) if failures else ())
    print_missing_files(console, lake)
    print_held(console, held_back)
    summary = summarise(lake, day)
    print_summary(Terminal(), summary, lake.root)
    if strict and not summary.is_clean:
        console.problem(
            "Not clean (--strict):", "a file was refused or a control failed, see above."
        )
    return 1 if failures or (strict and not summary.is_clean) else 0


def _land(
    lake: Lake, folder: Path, *, arrived: date, now: datetime, progress: Progress
) -> tuple[HeldFile, ...]:
    """Land a folder's files; gives those that are not finished and wait."""
    task = progress.add_task("landing", total=None)
    arrivals = land(
        lake,
        folder,
        arrived=arrived,
        formats=formats_of(lake),
        now=now,
        quiet=True,
        progress=lambda what, done, of: progress.update(
            task, description=f"{what}: {done:,} of {of:,} files", completed=done, total=of
        ),
    )
    new, turned = len(arrivals.landed), len(arrivals.refused)
    message = f"landing: {new:,} new, {arrivals.present:,} here already, {turned:,} turned away"
    progress.update(task, description=message, completed=1, total=1)
    return arrivals.held


def _bring_up_to_date(
    lake: Lake,
    dagster_home: Path,
    *,
    files: tuple[LandedFile, ...],
    day: date,
    now: datetime,
    progress: Progress,
    truth: Path | None,
) -> tuple[tuple[str, str], ...]:
    held_back = waiting(lake, files)
    scored = truth is None or is_scored(lake)
    if not held_back and scored and is_current(lake, inputs_of(lake, day)):
        task = progress.add_task("nothing new has landed; every figure stands", total=1)
        progress.advance(task)
        return ()
    # Dagster is imported only when there is something to do: it takes seconds.
    from pipelines.definitions import defs
    from pipelines.defs.launch import launch
    from pipelines.defs.steps import Step

    tasks = {}

    def on_step(step: Step) -> None:
        if step.state == "started":
            message = f"step {step.number} of {step.of}: {in_words(step.name)}"
            tasks[step.name] = progress.add_task(message, total=1)
        elif step.name in tasks:
            progress.update(tasks[step.name], completed=1)

    arrivals = [landed.arrival_date for landed in held_back] or [day]
    outcome = launch(
        defs(),
        dagster_home,
        as_of=day,
        first_day=min(arrivals),
        last_day=max(arrivals),
        on_step=on_step,
        truth=truth,
        started_by=COMMAND,
    )
    return outcome.failures
