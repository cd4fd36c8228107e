"""`countinghouse rules`: the matching rules that ship, and a draft tried on history."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from rich.table import Table

from pipelines.commands.opening import lake_to_read
from pipelines.output.terminal import Terminal, write_json, write_lines
from pipelines.records.amounts import plain_amount as money
from quality.reconciliation.evidence.wording import in_words
from quality.reconciliation.rules import RULES, RulesError, RuleSet, parse_rules

REFUSED = 2


def show(recon: str | None) -> int:
    """Print a rule set in full, as YAML to start a draft from; or list those that ship."""
    shipped = {path.stem: path for path in sorted(RULES.glob("*.yaml"))}
    if recon is None:
        for name, path in shipped.items():
            rules = parse_rules(path.read_text("utf-8"), name=path.name)
            counted = f"{name:<18} {rules.version:<8} {len(rules.rules):>2} rules"
            write_lines([f"{counted}  {rules.description}"])
        return 0
    if recon not in shipped:
        known = ", ".join(shipped)
        Terminal(stderr=True).problem(
            f"No rules are named {recon!r}.",
            f"There are {known}; any other reconciliation runs with default.",
        )
        return REFUSED
    path = shipped[recon]
    rules = parse_rules(path.read_text("utf-8"), name=path.name)
    written = yaml.safe_dump(
        rules.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=100
    )
    write_lines(written.splitlines())
    return 0


def attempt(
    draft: Path, *, recon: str | None, folder: Path | None, as_json: bool, examples: int
) -> int:
    """Print what a draft would have settled otherwise; 2 when it cannot be tried."""
    from pipelines.reconciliation.rule_backtest import BacktestError, backtest

    errors = Terminal(stderr=True)
    try:
        rules = _read(draft)
        tried = backtest(lake_to_read(folder), rules, recon or rules.name)
    except (RulesError, BacktestError) as error:
        errors.problem("Not tried:", str(error))
        return REFUSED
    except OSError as error:
        errors.problem(f"{draft} cannot be read:", error.strerror or "")
        return REFUSED
    if as_json:
        write_json(_plain(tried, examples), indent=2)
    else:
        _print(Terminal(), tried, examples)
    return 0


def _read(draft: Path) -> RuleSet:
    try:
        text = draft.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise RulesError(f"{draft}: this is not UTF-8 text: byte {error.start}") from error
    return parse_rules(text, name=str(draft))


def _plain(tried: Any, limit: int) -> dict[str, Any]:
    from pipelines.reconciliation.rule_backtest import KINDS, examples

    return {
        "recon": tried.recon,
        "as_of": tried.as_of,
        "present": tried.present.version,
        "draft": tried.draft.version,
        "rows": dict(tried.rows),
        "counts": tried.counts.to_dicts(),
        "standing": tried.totals.to_dicts(),
        "examples": {kind: examples(tried, kind, limit) for kind in KINDS},
    }


def _print(console: Terminal, tried: Any, limit: int) -> None:
    from pipelines.reconciliation.rule_backtest import KINDS, examples, share

    versions = f"{tried.draft.version} (draft) against {tried.present.version} (present)"
    sizes = " + ".join(f"{rows:,} {side}" for side, rows in tried.rows.items())
    console.print(f"{tried.recon}: {versions}, on {sizes} rows as of {tried.as_of}\n")
    counts = _table("", "tier", "currency", "matches", "rows", "left value", "right value")
    for row in tried.counts.iter_rows():
        counts.add_row(*row[:3], *(f"{n:,}" for n in row[3:5]), *(money(v) for v in row[5:]))
    if tried.counts.is_empty():
        console.print("Nothing would be settled otherwise.")
    else:
        console.print(counts)
    table = _table("rules", "currency", "settled", "suggested", "open", "breaks", "rate")
    for rules, currency, *values, breaks in tried.totals.iter_rows():
        rate = share(*values)
        rate_text = "" if rate is None else f"{rate:.2%}"
        table.add_row(rules, currency, *(money(v) for v in values), f"{breaks:,}", rate_text)
    console.print(table)
    for kind in KINDS:
        for number, example in enumerate(examples(tried, kind, limit), start=1):
            console.print(f"\n{kind} {number}", style="bold")
            for by, match in example.items():
                _print_match(console, by, match)
    console.print("\nNothing was written: a draft counts once it ships.")


def _print_match(console: Terminal, by: str, match: dict[str, Any]) -> None:
    console.print(f"  {by}:")
    for member in match["members"]:
        amount: Decimal = member["amount"]
        line = f"{member['side']:<6} {member['date']} {money(amount):>16} {member['currency']}"
        console.print(f"    {line}  {member['row_id']}", soft_wrap=True)
    for sentence in in_words(match["evidence"]):
        console.print(f"    {sentence}", soft_wrap=True)


def _table(*titles: str) -> Table:
    table = Table()
    for title in titles:
        numeric = title not in {"", "tier", "currency", "rules"}
        table.add_column(title, justify="right" if numeric else "left")
    return table
