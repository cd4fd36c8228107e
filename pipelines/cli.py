"""The way in: the `countinghouse` command.

Nothing heavy is imported before a command needs it, so that `--help` answers at once.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands import former_names
from pipelines.commands.contracts import contracts
from pipelines.commands.period import close_period, reopen_period
from pipelines.commands.withdraw import withdraw
from pipelines.output.printable import guard_terminal

app = typer.Typer(
    name="countinghouse",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # the help of typer imports half of rich and takes twice as long
)


def _say_version(asked: bool) -> None:
    if asked:
        from pipelines.output.terminal import write_lines
        from pipelines.settings import release

        write_lines([f"countinghouse {release()}"])
        raise typer.Exit


rules = typer.Typer(help="The matching rules, and drafts of them.", no_args_is_help=True)
app.add_typer(rules, name="rules")

ENVIRONMENT = """
Environment: LAKE_ROOT, the folder of the lake (.lake in the current folder);
BASE_CURRENCY, in which the house adds up (EUR); OWN_CURRENCIES, codes that ISO
4217 does not know, with their decimals ({"USDC": 6}); MEMORY_LIMIT, how much
memory the engine takes (1GB); THREADS (2);
COUNTINGHOUSE_TOKEN, what opens the pages and Dagster's interface.
"""

LAST_DAY = datetime(2026, 6, 30, tzinfo=UTC)

Lake = Annotated[
    Path | None,
    typer.Option("--lake", help="Folder of the lake; else LAKE_ROOT, else .lake.", envvar=[]),
]
Day = Annotated[
    datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Speak as of this day.")
]


@app.callback(epilog=ENVIRONMENT)
def entry(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    """A financial back office as a lakehouse: land, prove, reconcile, forecast."""


@app.command()
def run(
    landing: Annotated[
        Path | None,
        typer.Option(help="Folder of files to take in: <feed>/<yyyy-mm-dd>/<file>, or any folder."),
    ] = None,
    lake: Lake = None,
    as_of: Day = None,
    truth: Annotated[
        Path | None, typer.Option(help="Score the run by this known truth (the demo writes one).")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with 1 if a file is refused or a control fails.")
    ] = False,
) -> None:
    """Do the main job: land, check, reconcile, build marts and features, forecast."""
    from pipelines.commands.run.command import run as execute

    day = as_of.date() if as_of else None
    raise typer.Exit(execute(landing=landing, folder=lake, as_of=day, truth=truth, strict=strict))


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Where to write landing/ and truth/.")] = Path(".demo"),
    customers: Annotated[int, typer.Option(min=10)] = 2_000,
    days: Annotated[int, typer.Option(min=5)] = 180,
    seed: Annotated[int, typer.Option()] = 7,
    end: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day.")] = LAST_DAY,
) -> None:
    """Write the landing files of a simulated insurer-lender, and the truth about them beside."""
    from pipelines.commands.demo import demo as execute

    raise typer.Exit(execute(out=out, customers=customers, days=days, seed=seed, end=end.date()))


@app.command()
def init(  # noqa: PLR0917  # one parameter for each option
    files: Annotated[list[Path] | None, typer.Argument(help="Tables no reader knows yet.")] = None,
    kind: Annotated[str, typer.Option(help="bank, ledger or settlement; else guessed.")] = "",
    name: Annotated[str, typer.Option(help="Name of the profile; else the file's.")] = "",
    account: Annotated[str, typer.Option(help="The bank account, if the table names none.")] = "",
    currency: Annotated[str, typer.Option(help="The currency, if the table names none.")] = "",
    look: Annotated[bool, typer.Option("--look", help="Show the proposal, save nothing.")] = False,
    lake: Lake = None,
) -> None:
    """Make a lake, and propose and save profiles for tables of your bank or ledger beside it."""
    from pipelines.commands.init import init as execute

    raise typer.Exit(
        execute(
            files or [],
            folder=lake,
            what=kind,
            name=name,
            account=account,
            currency=currency,
            look=look,
        )
    )


@app.command()
def status(
    lake: Lake = None,
    json: Annotated[bool, typer.Option("--json", help="Machine-readable, everything.")] = False,
) -> None:
    """Show what came in, what was turned away and why, and what the controls say."""
    from pipelines.commands.status.command import status as execute

    raise typer.Exit(execute(folder=lake, as_json=json))


@app.command()
def retry(
    files: Annotated[list[str] | None, typer.Argument(help="feed/day/name; none: all.")] = None,
    lake: Lake = None,
) -> None:
    """Read refused files again: all of them, or those that are named."""
    from pipelines.commands.retry import retry as execute

    raise typer.Exit(execute(files or [], folder=lake))


@app.command()
def read(
    files: Annotated[list[Path], typer.Argument(help="Bank, payment or settlement files.")],
    json: Annotated[bool, typer.Option("--json", help="Canonical JSON lines.")] = False,
) -> None:
    """Read files without a lake: canonical JSON lines, or a report, or a clear refusal (exit 2)."""
    from pipelines.commands.read import read as execute

    raise typer.Exit(execute(files, as_json=json))


@app.command()
def reconcile(
    left: Annotated[Path, typer.Option(help="CSV with id,date,description,amount, ...")],
    right: Annotated[Path, typer.Option(help="CSV with id,date,description,amount, ...")],
    out: Annotated[Path, typer.Option(help="Folder for matches, offsets, breaks and summary.")],
    rules: Annotated[Path | None, typer.Option(help="Rules of your own (YAML).")] = None,
) -> None:
    """Match two files against each other, without a lake."""
    from pipelines.commands.reconcile import reconcile as execute

    raise typer.Exit(execute(left=left, right=right, out=out, rules=rules))


@app.command()
def decide(  # noqa: PLR0917  # one parameter for each option
    actor: Annotated[str, typer.Option(help="Who decides, or who checks.")],
    recon: Annotated[str, typer.Option(help="The reconciliation, such as ledger_bank.")] = "",
    action: Annotated[str, typer.Option(help="match, unmatch, leave-open or write-off.")] = "",
    left: Annotated[list[str] | None, typer.Option(help="A row of the left side; many.")] = None,
    right: Annotated[list[str] | None, typer.Option(help="A row of the right side; many.")] = None,
    reason: Annotated[str, typer.Option(help="Why, in words.")] = "",
    check: Annotated[str, typer.Option(help="Approve this decision of somebody else.")] = "",
    lake: Lake = None,
) -> None:
    """Decide about rows by hand, or check such a decision; the next run replays it."""
    from pipelines.commands.decide import approve
    from pipelines.commands.decide import decide as execute

    if check:
        raise typer.Exit(approve(check, actor=actor, folder=lake))
    raise typer.Exit(
        execute(
            recon=recon,
            action=action,
            left=left or [],
            right=right or [],
            actor=actor,
            reason=reason,
            folder=lake,
        )
    )


app.command()(withdraw)
app.command()(contracts)


@rules.command(name="show")
def show_rules(
    recon: Annotated[str | None, typer.Argument(help="Such as ledger_bank; none: all.")] = None,
) -> None:
    """Print a rule set in full, as YAML from which a draft may start."""
    from pipelines.commands.rules import show as execute

    raise typer.Exit(execute(recon))


@rules.command(name="try")
def try_rules(
    draft: Annotated[Path, typer.Argument(help="Rules of your own (YAML).")],
    recon: Annotated[str | None, typer.Option(help="Else the draft's name.")] = None,
    lake: Lake = None,
    json: Annotated[bool, typer.Option("--json", help="Machine-readable, everything.")] = False,
    examples: Annotated[int, typer.Option(min=0, help="Examples of each kind.")] = 3,
) -> None:
    """Run a draft on the history in the lake: gained, lost and changed matches. Writes nothing."""
    from pipelines.commands.rules import attempt as execute

    raise typer.Exit(execute(draft, recon=recon, folder=lake, as_json=json, examples=examples))


@app.command()
def workbook(
    period: Annotated[str, typer.Option(help="The month, such as 2026-01.")],
    out: Annotated[Path, typer.Option(help="The workbook to write, such as close.xlsx.")],
    lake: Lake = None,
) -> None:
    """Write a month as a workbook whose formulas add every figure up again."""
    from pipelines.commands.workbook import workbook as execute

    raise typer.Exit(execute(period=period, out=out, folder=lake))


app.command()(close_period)
app.command()(reopen_period)
app.command(hidden=True)(former_names.close)
app.command(hidden=True)(former_names.lock)


Host = Annotated[
    str, typer.Option(help="Address to serve at; 127.0.0.1 is reached from this machine only.")
]


@app.command()
def ui(
    lake: Lake = None, host: Host = "127.0.0.1", port: Annotated[int, typer.Option()] = 3000
) -> None:
    """Serve Dagster's graph behind a token, with its sensors and schedules."""
    from pipelines.commands.serve import ui as execute

    raise typer.Exit(execute(folder=lake, host=host, port=port))


@app.command(name="app")
def pages(
    lake: Lake = None, host: Host = "127.0.0.1", port: Annotated[int, typer.Option()] = 2718
) -> None:
    """Serve the analysts' pages behind a token."""
    from pipelines.commands.serve import pages as execute

    raise typer.Exit(execute(folder=lake, host=host, port=port))


def main() -> None:
    """The console script. A terminal that is not UTF-8 shows `?` for what it lacks."""
    guard_terminal()
    try:
        app()
    except Exception as error:
        from pipelines.commands.damage import end

        end(error)


if __name__ == "__main__":
    main()
