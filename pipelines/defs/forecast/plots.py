"""Small pictures for the graph: a forecast says more as a fan chart than as a row count."""

import base64
from typing import Any

import dagster as dg
import polars as pl

_MILLION = 1_000_000
_BANDS = (("p05", "p95", 0.18), ("p25", "p75", 0.30))


def forecast_fan_chart(rows: pl.DataFrame) -> dg.MetadataValue[Any]:
    """The group's balance with its 50 % and 90 % intervals, as a picture in Markdown."""
    import altair as alt
    import vl_convert

    group = rows.filter(pl.col("level") == "group", pl.col("measure") == "balance")
    if group.is_empty():
        return dg.MetadataValue.text("no group balance was published")
    if group["p50"].null_count():
        return dg.MetadataValue.text(f"not known: no rate for {group['missing_rates'][0]}")
    # A picture needs floats; no figure is read from it.
    names = ("p05", "p25", "p50", "p75", "p95")
    drawn = group.select("date", *(pl.col(n).cast(pl.Float64) / _MILLION for n in names))
    base = alt.Chart(drawn).encode(x=alt.X("date:T", title=None))
    title, scale = f"closing balance, {group['currency'][0]} million", alt.Scale(zero=False)
    bands = [
        base.mark_area(opacity=opacity).encode(
            y=alt.Y(f"{low}:Q", title=title, scale=scale), y2=f"{high}:Q"
        )
        for low, high, opacity in _BANDS
    ]
    picture = alt.layer(*bands, base.mark_line().encode(y="p50:Q")).properties(
        width=420, height=180
    )
    png = vl_convert.vegalite_to_png(picture.to_json(), scale=1)
    return dg.MetadataValue.md(
        f"![forecast_fan_chart](data:image/png;base64,{base64.b64encode(png).decode()})"
    )
