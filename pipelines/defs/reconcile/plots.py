"""The error sheet as a picture: what was settled wrongly, and what was not recognised."""

import base64
from typing import Any

import dagster as dg
import polars as pl

_PANELS = (
    ("tier", "precision", "Pairs settled: share that is right, by tier"),
    ("pair_kind", "recall", "True pairs: share settled, by how they can be recognised"),
    ("break_kind", "recall", "Planted breaks: share recognised, by kind"),
    ("break_kind", "value_error", "Planted breaks: value not recognised, by kind"),
)


def shown(errors: pl.DataFrame) -> dg.MetadataValue[Any]:
    """The picture in Markdown."""
    if errors.is_empty():
        return dg.MetadataValue.text("there was nothing to score")
    encoded = base64.b64encode(picture(errors)).decode()
    return dg.MetadataValue.md(f"![error sheet](data:image/png;base64,{encoded})")


def picture(errors: pl.DataFrame) -> bytes:
    """A PNG with one panel for each of precision, recall and error by value."""
    import altair as alt
    import vl_convert

    panels = [
        _panel(alt, errors.filter(pl.col("by") == by).drop_nulls(figure), figure, title)
        for by, figure, title in _PANELS
    ]
    chart = alt.vconcat(*panels).resolve_scale(color="shared")
    return bytes(vl_convert.vegalite_to_png(chart.to_json(), scale=2))


def _panel(alt: Any, rows: pl.DataFrame, figure: str, title: str) -> Any:
    of = pl.format("{} of {}", "right", pl.coalesce("found", "true"))
    if figure == "value_error":
        of = pl.format(
            "EUR {} of {}", *(pl.col(n).cast(pl.Decimal(38, 2)) for n in ("wrong_value", "value"))
        )
    share = (pl.col(figure) * 100).round(2)
    # A picture needs floats; no figure is read from it.
    drawn = rows.select("name", "recon", figure, pl.format("{} %  ({})", share, of).alias("label"))
    base = alt.Chart(drawn, title=title).encode(
        y=alt.Y("name:N", title=None, sort="ascending"),
        yOffset=alt.YOffset("recon:N"),
        x=alt.X(
            f"{figure}:Q", title=None, axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])
        ),
    )
    bars = base.mark_bar().encode(color=alt.Color("recon:N", title="reconciliation"))
    words = base.mark_text(align="left", dx=4, fontSize=8).encode(text="label:N")
    return (bars + words).properties(width=460, height={"step": 13})
