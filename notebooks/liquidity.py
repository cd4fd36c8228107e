"""Liquidity: how much cash, where, for how long, how sure. Served by `make app`."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Liquidity", css_file="pages.css")


@app.cell
def _():
    import altair as alt
    import marimo as mo

    from notebooks.money import converted, money, total
    from notebooks.page_queries import PageQueries
    from notebooks.tables import table
    from pipelines.settings import configure_environment

    reading = PageQueries(configure_environment().root)
    return alt, converted, mo, money, reading, table, total


@app.cell
def _(mo, reading):
    as_of = reading.as_of
    mo.stop(
        as_of is None,
        mo.md("**Nothing has been built yet.** Run `make run`, then open this page again."),
    )
    mo.md(
        f"[Liquidity](/liquidity/) · [Reconciliation](/reconciliation/)\n\n"
        f"# Liquidity as of {as_of}\n\n{reading.provenance}"
    )
    return (as_of,)


@app.cell
def _(as_of, converted, mo, money, reading, total):
    position, forecast = reading.position(as_of), reading.group_balance(as_of)
    cash = reading.cash(as_of)
    cards = [
        mo.stat(
            label=f"Cash today, in {cash.base_currency}",
            value=converted(cash.total, cash.base_currency),
            caption=cash.reason.removeprefix("not known: ") or None,
        )
    ]
    for weeks in (4, 13):
        ahead = forecast.filter(forecast["horizon_days"] == 7 * weeks)
        if not ahead.is_empty():
            row = ahead.row(0, named=True)
            cards.append(
                mo.stat(
                    label=f"In {weeks} weeks (median)",
                    value=converted(row["p50"], row["currency"]),
                    caption=f"90 %: {converted(row['p05'], row['currency'])} to {converted(row['p95'], row['currency'])}",
                )
            )
    held = total(position, "closing_balance", "currency")
    by_currency = " · ".join(money(amount, currency) for currency, amount in held.items())
    mo.vstack(
        [
            mo.hstack(cards, wrap=True, gap=1, justify="start"),
            mo.md(f"By currency: {by_currency}"),
        ]
    )
    return


@app.cell
def _(alt, as_of, mo, reading):
    past = reading.history(as_of, days=90)
    base = alt.Chart(reading.fan(as_of)).encode(x=alt.X("date:T", title=None))
    band = f"closing balance, {reading.base_currency} million"
    outer = base.mark_area(opacity=0.18).encode(
        y=alt.Y("low90:Q", title=band, scale=alt.Scale(zero=False)), y2="high90:Q"
    )
    inner = base.mark_area(opacity=0.30).encode(y="low50:Q", y2="high50:Q")
    middle = base.mark_line(strokeDash=[4, 3]).encode(y="middle:Q")
    # A grey that is seen on white and on black.
    line = alt.Chart(past).mark_line(color="#888").encode(x="date:T", y="balance:Q")
    fan = (outer + inner + middle + line).properties(width="container", height=300)
    note = reading.forecast_note(as_of)
    mo.vstack([mo.md("## Thirteen weeks ahead"), fan, mo.md(note)])
    return


@app.cell
def _(as_of, mo, reading, table):
    mo.vstack(
        [
            mo.md("## Position by account"),
            table(reading.position_shown(as_of), pagination=False, show_search=False),
        ]
    )
    return


@app.cell
def _(alt, mo, reading, table):
    breaks = reading.breaks_shown()
    bars = (
        alt.Chart(reading.breaks_by_type())
        .mark_bar()
        .encode(
            y=alt.Y("type:N", sort="-x", title=None),
            x=alt.X("value:Q", title=f"open, {reading.base_currency} thousand"),
            color=alt.Color(
                "age:N",
                title="age in business days",
                sort=["0-2", "3-10", "over 10"],
                legend=alt.Legend(orient="bottom"),
            ),
            tooltip=["type", "age", "count", "value"],
        )
        .properties(width="container", height=200)
    )
    mo.vstack([mo.md(f"## Open breaks ({breaks.height:,})"), bars, table(breaks, page_size=10)])
    return


@app.cell
def _(mo, reading, table):
    mo.vstack(
        [
            mo.md("## How fresh the sources are"),
            table(reading.freshness(), pagination=False, show_search=False),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
