"""Liquidity: how much cash, where, for how long, how sure. Served by `make app`."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Liquidity")


@app.cell
def _():
    import altair as alt
    import marimo as mo
    import polars as pl

    from notebooks.reading_room import Reading, money
    from pipelines.settings import enter

    reading = Reading(enter().root)
    return alt, mo, money, pl, reading


@app.cell
def _(mo, reading):
    as_of = reading.as_of
    mo.stop(
        as_of is None,
        mo.md("**Nothing has been built yet.** Run `make run`, then open this page again."),
    )
    mo.md(f"# Liquidity as of {as_of}\n\n{reading.provenance}")
    return (as_of,)


@app.cell
def _(as_of, mo, money, reading):
    position, forecast = reading.position(as_of), reading.group_balance(as_of)
    stats = [mo.stat(label="Cash today", value=reading.cash(as_of))]
    for weeks in (4, 13):
        ahead = forecast.filter(forecast["horizon_days"] == 7 * weeks)
        if not ahead.is_empty():
            row = ahead.row(0, named=True)
            stats.append(
                mo.stat(
                    label=f"In {weeks} weeks (median)",
                    value=money(row["p50"]),
                    caption=f"90 %: {money(row['p05'])} to {money(row['p95'])}",
                )
            )
    mo.hstack(stats, widths="equal", gap=1)
    return (position,)


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
    line = alt.Chart(past).mark_line(color="#222").encode(x="date:T", y="balance:Q")
    fan = (outer + inner + middle + line).properties(width="container", height=300)
    note = reading.forecast_note(as_of)
    mo.vstack([mo.md("## Thirteen weeks ahead"), fan, mo.md(note)])
    return


@app.cell
def _(mo, position, reading):
    mo.vstack(
        [
            mo.md("## Position by account"),
            mo.ui.table(
                reading.shown(position), selection=None, pagination=False, show_download=False
            ),
        ]
    )
    return


@app.cell
def _(alt, as_of, mo, reading):
    breaks = reading.breaks()
    summed = reading.breaks_by_type()
    bars = (
        alt.Chart(summed)
        .mark_bar()
        .encode(
            y=alt.Y("break_type:N", sort="-x", title=None),
            x=alt.X("value:Q", title=f"open, {reading.base_currency} thousand"),
            color=alt.Color("age:N", title="age in business days", sort=["0-2", "3-10", "over 10"]),
            tooltip=["break_type", "age", "count", "value"],
        )
        .properties(width="container", height=200)
    )
    mo.vstack(
        [
            mo.md(f"## Open breaks ({breaks.height:,})"),
            bars,
            mo.ui.table(reading.shown(breaks), selection=None, page_size=10, show_download=False),
        ]
    )
    return


@app.cell
def _(mo, reading):
    mo.vstack(
        [
            mo.md("## How fresh the sources are"),
            mo.ui.table(reading.freshness(), selection=None, pagination=False, show_download=False),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
