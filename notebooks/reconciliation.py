"""Reconciliation: what does not agree, both sides of it, and what somebody decides about it."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="full", app_title="Reconciliation", css_file="pages.css")


@app.cell
def _():
    from datetime import UTC, datetime
    from decimal import Decimal

    import marimo as mo
    import polars as pl

    from notebooks import both_sides, deciding, export, forms, undone, workbench
    from notebooks.money import money, total
    from notebooks.plain_text import listed as listed_text
    from notebooks.tables import table
    from pipelines.settings import configure_environment

    bench = workbench.Workbench(configure_environment().root)
    return (
        Decimal,
        UTC,
        bench,
        both_sides,
        datetime,
        deciding,
        export,
        forms,
        listed_text,
        mo,
        money,
        pl,
        table,
        total,
        undone,
        workbench,
    )


@app.cell
def _(bench, forms, mo):
    mo.stop(
        not bench.is_built,
        mo.md("**Nothing has been built yet.** Run `make run`, then open this page again."),
    )
    mo.md(forms.INTRODUCTION)
    return


@app.cell
def _(mo):
    said, say = mo.state("")
    done, do = mo.state(0)  # moves when something was recorded: lists are read anew
    return do, done, said, say


@app.cell
def _(bench, mo, workbench):
    mo.stop(not bench.is_built)
    what = mo.ui.radio(list(workbench.SHOWN), value=workbench.OPEN, label="Show")
    what
    return (what,)


@app.cell
def _(bench, done, what):
    done()  # what was just decided leaves its list
    items = bench.items(what.value)
    return (items,)


@app.cell
def _(bench, forms, mo, what):
    _all = bench.items(what.value)

    def choices(name):
        return sorted(_all[name].drop_nulls().unique().to_list())

    filters = forms.filters_of(choices)
    mo.hstack(list(filters.values()), wrap=True, gap=1, justify="start")
    return (filters,)


@app.cell
def _(Decimal, filters, items, mo, workbench):
    _least = filters["least_amount"].value.replace(",", "").strip() or "0"
    try:
        least_amount = Decimal(_least)
    except ArithmeticError:
        least_amount = None
    mo.stop(least_amount is None, mo.md(f"**{_least}** is not an amount; write it as 1234.50."))
    chosen_filter = {
        **filters.value,
        "least_age": filters["least_age"].value or 0,
        "least_amount": least_amount,
    }
    listed = workbench.Wanted(**chosen_filter).of(items)
    return (listed,)


@app.cell
def _(bench, listed, mo, table, what):
    listing = table(
        bench.shown(listed, what.value),
        selection="multi",
        page_size=10,
        show_search=False,
        hidden_columns=["item_id"],
        label=f"{listed.height:,} listed",
    )
    listing
    return (listing,)


@app.cell
def _(bench, export, forms, listed, mo, what):
    month = mo.ui.dropdown(bench.periods(), value=bench.periods()[0], label="Close workbook of")
    _rows = bench.shown(listed, what.value).drop("item_id")
    sheet = forms.xlsx(lambda: export.as_xlsx(_rows, what.value), "items.xlsx", "List as XLSX")
    csv = mo.download(lambda: export.as_csv(_rows), "items.csv", "text/csv", label="List as CSV")
    mo.hstack([sheet, csv, month], justify="start", gap=1, wrap=True)
    return (month,)


@app.cell
def _(bench, forms, month):
    forms.xlsx(lambda: bench.workbook(month.value), f"close-{month.value}.xlsx", "Workbook")
    return


@app.cell
def _(listed, listing, mo, pl):
    ticked = listed.filter(pl.col("item_id").is_in(listing.value["item_id"].to_list()))
    mo.stop(
        ticked.is_empty(),
        mo.md("*Tick an item to see both sides of it; tick many to decide about all of them.*"),
    )
    return (ticked,)


@app.cell
def _(mo, money, ticked, total):
    mo.stop(ticked.height < 2)
    _sums = ", ".join(money(a, c) for c, a in total(ticked, "amount", "currency").items())
    mo.md(f"## {ticked.height} items ticked: {_sums}")
    return


@app.cell
def _(UTC, bench, datetime, deciding, do, forms, mo, say, ticked, what, workbench):
    mo.stop(ticked.height < 2 or what.value == workbench.WAITING)
    _matches = what.value in (workbench.SUGGESTED, workbench.ACCEPTED)
    _actions = deciding.MATCHES if _matches else {**deciding.EACH, **deciding.TOGETHER}

    def record_all(given):
        say(
            deciding.decide_many(
                bench,
                ticked.to_dicts(),
                given["action"],
                together=not _matches and given["action"] == "match",
                actor=given["actor"],
                reason=given["reason"],
                now=datetime.now(UTC),
            )
        )
        do(lambda before: before + 1)

    many = forms.decision_form("Decide about all of them", _actions, "Decide about all", record_all)
    many
    return


@app.cell
def _(both_sides, bench, mo, money, table, ticked):
    mo.stop(ticked.height != 1)
    item = ticked.row(0, named=True)
    chosen = both_sides.choose(bench, item)

    def side_of(name, rows, marked):
        return table(
            both_sides.rows_shown(rows),
            selection="multi",
            initial_selection=list(marked),
            page_size=8,
            hidden_columns=["row_id"],
            label=name,
        )

    half = {"flex": "1 1 22rem", "min-width": "0", "max-width": "100%", "overflow-x": "auto"}
    left = side_of(chosen.sides.left, chosen.left, chosen.left_marked)
    right = side_of(chosen.sides.right, chosen.right, chosen.right_marked)
    _amount = money(item["amount"], item["currency"])
    mo.vstack(
        [
            mo.md(f"## {item['type_said']}: {_amount}, {item['title']}"),
            mo.hstack([left.style(half), right.style(half)], gap=2, wrap=True, align="start"),
        ]
    )
    return chosen, left, right


@app.cell
def _(both_sides, chosen, left, listed_text, mo, right):
    _ticked = both_sides.difference(chosen, left.value["row_id"], right.value["row_id"])
    mo.vstack(
        [
            mo.md(f"**Ticked.** {_ticked}\n\n### Evidence"),
            mo.Html(listed_text(chosen.sentences)),
        ]
    )
    return


@app.cell
def _(UTC, bench, chosen, datetime, do, forms, left, right, say):
    from pipelines.reconciliation.deciding import DecisionError, decide

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
            do(lambda before: before + 1)

    form = forms.decision_form("Decide about the ticked rows", forms.ABOUT_ROWS, "Decide", record)
    form
    return


@app.cell
def _(mo, said):
    mo.md(said())
    return


@app.cell
def _(bench, done, mo, table, undone):
    done()  # a decision that was just recorded belongs in the list
    mo.stop(not bench.is_built)
    decisions = undone.decisions_shown(bench.lake)
    for_approval = decisions.filter(decisions["Waits for"] == undone.APPROVAL)
    mo.vstack(
        [
            mo.md(
                f"## Decisions ({decisions.height:,}, of which {for_approval.height:,} await approval)"
            ),
            table(decisions, page_size=10, hidden_columns=["decision_id"], show_search=False),
        ]
    )
    return (for_approval,)


@app.cell
def _(for_approval, mo, table):
    mo.stop(for_approval.is_empty())
    approving = table(
        for_approval.drop("Waits for", "Approved by"),
        selection="multi",
        initial_selection=[0],
        page_size=10,
        show_search=False,
        hidden_columns=["decision_id"],
        label="Awaiting a second person",
    )
    approving
    return (approving,)


@app.cell
def _(UTC, approving, bench, datetime, deciding, do, forms, say):
    def approve(given):
        ids = approving.value["decision_id"].to_list()
        say(deciding.approve_many(bench, ids, approver=given["checker"], now=datetime.now(UTC)))
        do(lambda before: before + 1)

    checking = forms.approval_form(approve)
    checking
    return


if __name__ == "__main__":
    app.run()
