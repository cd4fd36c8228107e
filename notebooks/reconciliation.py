"""Reconciliation: what does not agree, both sides of it, and what somebody decides about it."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="full", app_title="Reconciliation")


@app.cell
def _():
    from datetime import UTC, datetime
    from decimal import Decimal

    import marimo as mo

    from notebooks.plain_text import listed as listed_text
    from notebooks.reading_room import Reading
    from notebooks.workbench import SHOWN, Wanted, Workbench, as_csv, difference
    from pipelines.decide import DecisionError, check, decide
    from pipelines.settings import enter

    bench = Workbench(enter().root)
    shown = Reading(bench.root).shown
    return (
        Decimal,
        DecisionError,
        SHOWN,
        UTC,
        Wanted,
        as_csv,
        bench,
        check,
        datetime,
        decide,
        difference,
        listed_text,
        mo,
        shown,
    )


@app.cell
def _(bench, mo):
    mo.stop(
        not bench.is_built,
        mo.md("**Nothing has been built yet.** Run `make run`, then open this page again."),
    )
    mo.md(
        "# Reconciliation\n\nFilter, tick an item, look at both sides, decide. "
        "A decision is a record: the next run replays it."
    )
    return


@app.cell
def _(mo):
    said, say = mo.state("")
    return said, say


@app.cell
def _(SHOWN, bench, mo):
    mo.stop(not bench.is_built)
    what = mo.ui.radio(list(SHOWN), value=SHOWN[0], inline=True, label="Show")
    what
    return (what,)


@app.cell
def _(bench, mo, what):
    items = bench.items(what.value)

    def choices(name):
        return sorted(items[name].drop_nulls().unique().to_list())

    filters = mo.ui.dictionary(
        {
            "recons": mo.ui.multiselect(choices("recon"), label="Reconciliation"),
            "types": mo.ui.multiselect(choices("type"), label="Type or rule"),
            "owners": mo.ui.multiselect(choices("owner"), label="Owner"),
            "accounts": mo.ui.multiselect(choices("account_id"), label="Account"),
            "least_age": mo.ui.number(0, 10_000, value=0, label="Business days, at least"),
            "least_amount": mo.ui.number(0, value=0, label="Amount, at least"),
        }
    )
    mo.hstack(list(filters.values()), wrap=True, gap=1, justify="start")
    return filters, items


@app.cell
def _(Decimal, Wanted, filters, items):
    chosen_filter = {
        **filters.value,
        "least_amount": Decimal(str(filters["least_amount"].value or 0)),
    }
    listed = Wanted(**{**chosen_filter, "least_age": filters["least_age"].value or 0}).of(items)
    return (listed,)


@app.cell
def _(listed, mo, shown):
    listing = mo.ui.table(
        shown(listed.drop("evidence")),
        selection="single",
        page_size=10,
        show_column_summaries=False,
        show_data_types=False,
        show_download=False,
        hidden_columns=["item_id"],
        label=f"{listed.height:,} listed",
    )
    listing
    return (listing,)


@app.cell
def _(as_csv, bench, listed, mo):
    month = mo.ui.dropdown(bench.periods(), value=bench.periods()[0], label="Close workbook of")
    csv = mo.download(as_csv(listed.drop("evidence")), "items.csv", "text/csv", label="List as CSV")
    mo.hstack([csv, month], justify="start", gap=1)
    return (month,)


@app.cell
def _(bench, mo, month):
    mo.download(
        lambda: bench.workbook(month.value),
        f"close-{month.value}.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        label="Workbook",
    )
    return


@app.cell
def _(bench, listed, listing, mo):
    _ids = listing.value["item_id"].to_list()
    mo.stop(not _ids, mo.md("*Tick an item to see both sides of it.*"))
    item = listed.filter(listed["item_id"] == _ids[0]).row(0, named=True)
    chosen = bench.choose(item)
    return chosen, item


@app.cell
def _(chosen, item, mo, shown):
    def side_of(name, rows, marked):
        return mo.ui.table(
            shown(rows),
            selection="multi",
            initial_selection=list(marked),
            page_size=8,
            show_column_summaries=False,
            show_data_types=False,
            show_download=False,
            label=name,
        )

    half = {"width": "44vw", "overflow-x": "auto"}
    left = side_of("Left", chosen.left, chosen.left_marked)
    right = side_of("Right", chosen.right, chosen.right_marked)
    mo.vstack(
        [
            mo.md(f"## {item['type']}: {item['amount']:,} {item['currency']}, {chosen.recon}"),
            mo.hstack([left.style(half), right.style(half)], gap=2),
        ]
    )
    return left, right


@app.cell
def _(chosen, difference, left, listed_text, mo, right):
    _ticked = difference(left.value.to_dicts(), right.value.to_dicts())
    mo.vstack(
        [
            mo.md(f"**Ticked.** {_ticked}\n\n### Evidence"),
            mo.Html(listed_text(chosen.sentences)),
        ]
    )
    return


@app.cell
def _(DecisionError, UTC, bench, chosen, datetime, decide, left, mo, right, say):
    def record(given):
        try:
            taken = decide(
                bench.lake,
                recon=chosen.recon,
                action=given["action"],
                left_ids=left.value["row_id"].to_list(),
                right_ids=right.value["row_id"].to_list(),
                actor=given["actor"],
                reason=given["reason"],
                now=datetime.now(UTC),
            )
        except DecisionError as error:
            say(f"**Not recorded.** {error}")
        else:
            say(f"Recorded as `{taken.decision_id}`.")

    form = (
        mo.md("### Decide about the ticked rows\n\n{action} {actor} {reason}")
        .batch(
            action=mo.ui.dropdown(
                {
                    "match": "match",
                    "leave open": "leave_open",
                    "write off": "write_off",
                    "unmatch": "unmatch",
                },
                value="match",
                label="Decision",
            ),
            actor=mo.ui.text(label="Your name", placeholder="who decides"),
            reason=mo.ui.text(label="Reason", placeholder="why", full_width=True),
        )
        .form(submit_button_label="Decide", on_change=record, bordered=True)
    )
    form
    return


@app.cell
def _(mo, said):
    mo.md(said())
    return


@app.cell
def _(bench, mo, said):
    said()  # a decision that was just recorded belongs in the list
    mo.stop(not bench.is_built)
    decisions = bench.decisions()
    waiting = decisions.filter(decisions["waits_for"] != "")
    mo.vstack(
        [
            mo.md(f"## Decisions ({decisions.height:,}, of which {waiting.height:,} wait)"),
            mo.ui.table(
                decisions,
                selection=None,
                page_size=10,
                show_column_summaries=False,
                show_data_types=False,
                show_download=False,
            ),
        ]
    )
    return (waiting,)


@app.cell
def _(DecisionError, UTC, bench, check, datetime, mo, say, waiting):
    mo.stop(waiting.is_empty())

    def approve(given):
        try:
            check(bench.lake, given["decision"], actor=given["checker"], now=datetime.now(UTC))
        except DecisionError as error:
            say(f"**Not recorded.** {error}")
        else:
            say(f"`{given['decision']}` is checked.")

    _ids = waiting["decision_id"].to_list()
    checking = (
        mo.md("### Check a decision that waits for a second person\n\n{decision} {checker}")
        .batch(
            decision=mo.ui.dropdown(_ids, value=_ids[0], label="Waiting"),
            checker=mo.ui.text(label="Checked by", placeholder="a second person"),
        )
        .form(submit_button_label="Check", on_change=approve, bordered=True)
    )
    checking
    return


if __name__ == "__main__":
    app.run()
