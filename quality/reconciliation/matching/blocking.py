"""Which rows could settle each other: set-based joins in DuckDB, never all against all.

Every query gives one row per pair, with the columns of `columns.PAIRS`. It reads the views
`state_left` and `state_right` of the free rows; tables that it makes itself begin with `blocking_`.
"""

from collections.abc import Callable
from decimal import Decimal

import duckdb
import polars as pl

from quality.reconciliation import columns as c
from quality.reconciliation.rules import UNSTATED, DifferenceRule, LagWindow, PairRule
from quality.reconciliation.sides import THOUSANDTHS_PER_UNIT

_FEATURES = """
    select distinct l.row_no as left_no, r.row_no as right_no, l.business_day - r.business_day
        as lag_business_days, l.thousandths - r.thousandths as difference,
        case when l.reference_key = r.reference_key then 3
             when list_has_any(l.own_references, r.cited_references)
                 or list_has_any(l.cited_references, r.own_references) then 2
             when list_has_any(l.cited_references, r.cited_references) then 1
             else 0 end as reference_evidence,
        coalesce(l.reference_key <> r.reference_key and l.reference_family = r.reference_family,
            false)
            or (list_has_any(l.compound_code_families, r.compound_code_families)
                and not list_has_any(l.compound_codes, r.compound_codes)) as reference_conflict,
        coalesce(l.counterparty_key = r.counterparty_key, false) as same_counterparty
"""

_IN_WINDOW = "l.business_day - r.business_day between -$before and $after"

_BUCKETED = """
    with near as (
        select *, unnest(list_distinct([(business_day - $after) // $width,
            (business_day + $before) // $width]))
            as bucket
        from state_left
    )
"""
"""A window of w days touches at most two buckets of w days: equality joins instead of ranges."""

_BY_REFERENCE = f"""
    {_FEATURES} from state_left as l
    join state_right as r on l.block = r.block and l.reference_key = r.reference_key
        and l.thousandths = r.thousandths
    where {_IN_WINDOW} order by 1, 2
"""

_BY_CITATION = f"""
    with cited_left as (select row_no, block, thousandths, unnest(cited_references) as token
        from state_left),
    cited_right as (select row_no, block, thousandths, unnest(cited_references) as token
        from state_right),
    pairs as (
        select distinct a.row_no as left_no, b.row_no as right_no from cited_left as a
        join cited_right as b on a.block = b.block and a.thousandths = b.thousandths
            and a.token = b.token
    )
    {_FEATURES} from pairs join state_left as l on l.row_no = pairs.left_no join state_right
        as r on r.row_no = pairs.right_no
    where {_IN_WINDOW} order by 1, 2
"""

_BY_AMOUNT = f"""
    {_BUCKETED}
    {_FEATURES} from near as l
    join state_right as r on l.block = r.block and l.thousandths = r.thousandths
        and l.bucket = r.business_day // $width
    where {_IN_WINDOW} order by 1, 2
"""

_BY_TRANSPOSITION = f"""
    {_BUCKETED}, swapped as (
        select near.*, unnest(list_distinct(swaps)) as other from near
            join blocking_swapped_amounts using (row_no)
    )
    {_FEATURES} from swapped as l
    join state_right as r on l.block = r.block and l.other = r.thousandths
        and l.bucket = r.business_day // $width
    where {_IN_WINDOW} order by 1, 2
"""

_BY_LIMIT = f"""
    with keyed_left as ({{keys_left}}), keyed_right as ({{keys_right}}),
    pairs as (
        select distinct a.row_no as left_no, b.row_no as right_no from keyed_left as a
        join keyed_right as b on a.block = b.block and a.key = b.key
        where a.business_day - b.business_day between -$before and $after and (a.converts
            or b.converts)
    )
    {_FEATURES} from pairs join state_left as l on l.row_no = pairs.left_no join state_right
        as r on r.row_no = pairs.right_no
    left join blocking_limits as limits on limits.currency = split_part(l.block, '|', -1)
    where l.thousandths <> r.thousandths and sign(l.thousandths) = sign(r.thousandths)
        and abs(l.thousandths - r.thousandths)
            <= greatest(coalesce(limits.thousandths, 0),
                abs(r.thousandths) * $thousandths_of_percent // 100000)
        and abs(l.thousandths - r.thousandths) * 100 <= abs(r.thousandths) * $most
    order by 1, 2
"""

_REFERENCE_KEYS = """
    select row_no, block, business_day, {converts} as converts,
        unnest(list_distinct(list_concat(cited_references, [reference_key]))) as key
    from {table}
"""

_TEXT_KEYS = """
    select row_no, block, business_day, {converts} as converts,
        unnest(list_distinct(list_concat(cited_references,
        [reference_key, 'w' || name_tokens[1:3], 'w' || name_tokens[2:4],
            'w' || name_tokens[4:6]]))) as key
    from {table} where length(name_tokens) >= 4 or reference_key is not null
        or len(cited_references) > 0
"""

Connection = duckdb.DuckDBPyConnection


def pair_candidates(con: Connection, rule: PairRule) -> pl.DataFrame:
    """Pairs of equal amount that the rule brings together: one row per pair, `columns.PAIRS`."""
    if rule.by == "reference":
        return _run(con, _BY_REFERENCE, rule.window, {})
    if rule.by == "citation":
        return _run(con, _BY_CITATION, rule.window, {})
    return _run(con, _BY_AMOUNT, rule.window, {"width": rule.window.width})


def difference_candidates(con: Connection, rule: DifferenceRule) -> pl.DataFrame:
    """Pairs of another amount, by the rule's cause: one row per pair, `columns.PAIRS`."""
    if rule.cause == "transposition":
        amounts = con.sql("select distinct row_no, thousandths from state_left").pl()
        con.register("blocking_swapped_amounts", _swaps(amounts).to_arrow())
        return _run(con, _BY_TRANSPOSITION, rule.window, {"width": rule.window.width})
    limits = [
        ("" if key == UNSTATED else key, int(amount * THOUSANDTHS_PER_UNIT))
        for key, amount in rule.up_to.items()
    ]
    schema = {"currency": pl.String, c.THOUSANDTHS: pl.Int64}
    con.register("blocking_limits", pl.DataFrame(limits, schema=schema, orient="row").to_arrow())
    keys = _REFERENCE_KEYS if rule.identified else _TEXT_KEYS
    converts = '"foreign"' if rule.cause == "fx" else "true"
    query = _BY_LIMIT.format(
        keys_left=keys.format(table="state_left", converts=converts),
        keys_right=keys.format(table="state_right", converts=converts),
    )
    bounds = {
        "thousandths_of_percent": int(rule.up_to_percent * Decimal(1000)),
        "most": rule.at_most_percent,
    }
    return _run(con, query, rule.window, bounds)


def _run(con: Connection, query: str, window: LagWindow, values: dict[str, int]) -> pl.DataFrame:
    bound = {**values, "before": window.before, "after": window.after}
    return con.execute(query, bound).pl()


def _swaps(amounts: pl.DataFrame) -> pl.DataFrame:
    """For each amount every amount that two neighbouring digits, swapped, turn it into."""
    text = (pl.col(c.THOUSANDTHS).abs() // 10).cast(pl.String)
    longest = int(amounts.select(text.str.len_chars().max()).item() or 0)
    swap: Callable[[int], pl.Expr] = lambda n: (  # noqa: E731
        text.str.slice(0, n)
        + text.str.slice(n + 1, 1)
        + text.str.slice(n, 1)
        + text.str.slice(n + 2)
    )
    made = [
        pl.when(text.str.len_chars() > n + 1).then(
            swap(n).cast(pl.Int64) * 10 * pl.col(c.THOUSANDTHS).sign()
        )
        for n in range(max(longest - 1, 1))
    ]
    return amounts.select(
        c.ROW_NO,
        pl.concat_list(made)
        .list.drop_nulls()
        .list.set_difference(pl.concat_list(c.THOUSANDTHS))
        .alias("swaps"),
    )
