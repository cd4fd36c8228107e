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

    from notebooks import bulk_decisions, export, forms, item_detail, pending_decisions, workbench
    from notebooks.money import money, total
    from notebooks.plain_text import listed as listed_text
    from notebooks.tables import table
    from pipelines.settings import configure_environment

    bench = workbench.Workbench(configure_environment().root)
    return (
        Decimal,
        UTC,
        bench,
        item_detail,
        datetime,
        bulk_decisions,
        export,
        forms,
        listed_text,
        mo,
        money,
        pl,
        table,
        total,
        pending_decisions,
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
    message, set_message = mo.state("")
    decision_count, set_decision_count = mo.state(
        0
    )  # moves when something was recorded: lists are read anew
    return set_decision_count, decision_count, message, set_message


@app.cell
def _(bench, mo, workbench):
    mo.stop(not bench.is_built)
    list_name = mo.ui.radio(list(workbench.SHOWN), value=workbench.OPEN, label="Show")
    list_name
    return (list_name,)


@app.cell
def _(bench, decision_count, list_name):
    decision_count()  # what was just decided leaves its list
    items = bench.items(list_name.value)
    return (items,)


@app.cell
def _(bench, forms, mo, list_name):
    _all = bench.items(list_name.value)

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
    listed = workbench.ItemFilter(**chosen_filter).of(items)
    return (listed,)


@app.cell
def _(bench, listed, mo, table, list_name):
    listing = table(
        bench.shown(listed, list_name.value),
        selection="multi",
        page_size=10,
        show_search=False,
        hidden_columns=["item_id"],
        label=f"{listed.height:,} listed",
    )
    listing
    return (listing,)


@app.cell
def _(bench, export, forms, listed, mo, list_name):
    month = mo.ui.dropdown(bench.periods(), value=bench.periods()[0], label="Close workbook of")
    _rows = bench.shown(listed, list_name.value).drop("item_id")
    sheet = forms.xlsx(lambda: export.as_xlsx(_rows, list_name.value), "items.xlsx", "List as XLSX")
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
def _(
    UTC,
    bench,
    datetime,
    bulk_decisions,
    set_decision_count,
    forms,
    mo,
    set_message,
    ticked,
    list_name,
    workbench,
):
    mo.stop(ticked.height < 2 or list_name.value == workbench.WAITING)
    _matches = list_name.value in (workbench.SUGGESTED, workbench.ACCEPTED)
    _actions = (
        bulk_decisions.MATCHES
        if _matches
        else {**bulk_decisions.EACH_ITEM, **bulk_decisions.ALL_TOGETHER}
    )

    def record_all(form_values):
        set_message(
            bulk_decisions.decide_many(
                bench,
                ticked.to_dicts(),
                form_values["action"],
                together=not _matches and form_values["action"] == "match",
                actor=form_values["actor"],
                reason=form_values["reason"],
                now=datetime.now(UTC),
            )
        )
        set_decision_count(lambda before: before + 1)

    many = forms.decision_form("Decide about all of them", _actions, "Decide about all", record_all)
    many
    return


@app.cell
def _(item_detail, bench, mo, money, table, ticked):
    mo.stop(ticked.height != 1)
    item = ticked.row(0, named=True)
    detail = item_detail.detail_of(bench, item)

    def side_of(name, rows, marked):
        return table(
            item_detail.rows_shown(rows),
            selection="multi",
            initial_selection=list(marked),
            page_size=8,
            hidden_columns=["row_id"],
            label=name,
        )

    half = {"flex": "1 1 22rem", "min-width": "0", "max-width": "100%", "overflow-x": "auto"}
    left = side_of(detail.sides.left, detail.left, detail.left_marked)
    right = side_of(detail.sides.right, detail.right, detail.right_marked)
    _amount = money(item["amount"], item["currency"])
    mo.vstack(
        [
            mo.md(f"## {item['type_name']}: {_amount}, {item['title']}"),
            mo.hstack([left.style(half), right.style(half)], gap=2, wrap=True, align="start"),
        ]
    )
    return detail, left, right


@app.cell
def _(item_detail, detail, left, listed_text, mo, right):
    _ticked = item_detail.difference(detail, left.value["row_id"], right.value["row_id"])
    mo.vstack(
        [
            mo.md(f"**Ticked.** {_ticked}\n\n### Evidence"),
            mo.Html(listed_text(detail.sentences)),
        ]
    )
    return


@app.cell
def _(UTC, bench, detail, datetime, set_decision_count, forms, left, right, set_message):
    from pipelines.reconciliation.deciding import DecisionError, decide

    def record(form_values):
        try:
            taken = decide(
                bench.lake,
                recon=detail.recon,
                action=form_values["action"],
                left_ids=left.value["row_id"].to_list(),
                right_ids=right.value["row_id"].to_list(),
                actor=form_values["actor"],
                reason=form_values["reason"],
                now=datetime.now(UTC),
            )
        except DecisionError as error:
            set_message(f"**Not recorded.** {error}")
        else:
            set_message(f"Recorded as `{taken.decision_id}`.")
            set_decision_count(lambda before: before + 1)

    form = forms.decision_form("Decide about the ticked rows", forms.ABOUT_ROWS, "Decide", record)
    form
    return


@app.cell
def _(mo, message):
    mo.md(message())
    return


@app.cell
def _(bench, decision_count, mo, table, pending_decisions):
    decision_count()  # a decision that was just recorded belongs in the list
    mo.stop(not bench.is_built)
    decisions = pending_decisions.decisions_shown(bench.lake)
    for_approval = decisions.filter(decisions["Waits for"] == pending_decisions.APPROVAL)
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
def _(UTC, approving, bench, datetime, bulk_decisions, set_decision_count, forms, set_message):
    def approve(form_values):
        ids = approving.value["decision_id"].to_list()
        set_message(
            bulk_decisions.approve_many(
                bench, ids, approver=form_values["approver"], now=datetime.now(UTC)
            )
        )
        set_decision_count(lambda before: before + 1)

    checking = forms.approval_form(approve)
    checking
    return


if __name__ == "__main__":
    app.run()
