"""Which rows could settle each other: set-based joins in DuckDB, never all against all.

Every query gives one row per pair: l, r (positions on their sides), lag (business days that the
left row comes after the right one), gap (left minus right, thousandths), cited (0 no common
reference, 1 both texts cite one, 2 one cites the other's, 3 equal), clash (both
carry a reference of one family, and not the same), same_party.
"""

from collections.abc import Callable
from decimal import Decimal

import duckdb
import polars as pl

from quality.reconciliation.rules import UNSTATED, DifferenceRule, PairRule, Window
from quality.reconciliation.sides import UNITS

_FEATURES = """
    select distinct l.k as l, r.k as r, l.day - r.day as lag, l.units - r.units as gap,
        case when l.ref = r.ref then 3
             when list_has_any(l.own, r.cites) or list_has_any(l.cites, r.own) then 2
             when list_has_any(l.cites, r.cites) then 1
             else 0 end as cited,
        coalesce(l.ref <> r.ref and l.family = r.family, false)
            or (list_has_any(l.code_families, r.code_families)
                and not list_has_any(l.codes, r.codes)) as clash,
        coalesce(l.party = r.party, false) as same_party
"""

_IN_WINDOW = "l.day - r.day between -$before and $after"

_BUCKETED = """
    with near as (
        select *, unnest(list_distinct([(day - $after) // $width, (day + $before) // $width]))
            as bucket
        from lefts
    )
"""
"""A window of w days touches at most two buckets of w days: equality joins instead of ranges."""

_BY_REFERENCE = f"""
    {_FEATURES} from lefts as l
    join rights as r on l.block = r.block and l.ref = r.ref and l.units = r.units
    where {_IN_WINDOW} order by 1, 2
"""

_BY_CITATION = f"""
    with cited_left as (select k, block, units, unnest(cites) as token from lefts),
    cited_right as (select k, block, units, unnest(cites) as token from rights),
    pairs as (
        select distinct a.k as l, b.k as r from cited_left as a
        join cited_right as b on a.block = b.block and a.units = b.units and a.token = b.token
    )
    {_FEATURES} from pairs join lefts as l on l.k = pairs.l join rights as r on r.k = pairs.r
    where {_IN_WINDOW} order by 1, 2
"""

_BY_AMOUNT = f"""
    {_BUCKETED}
    {_FEATURES} from near as l
    join rights as r on l.block = r.block and l.units = r.units and l.bucket = r.day // $width
    where {_IN_WINDOW} order by 1, 2
"""

_BY_TRANSPOSITION = f"""
    {_BUCKETED}, swapped as (
        select near.*, unnest(list_distinct(swaps)) as other from near join variants using (k)
    )
    {_FEATURES} from swapped as l
    join rights as r on l.block = r.block and l.other = r.units and l.bucket = r.day // $width
    where {_IN_WINDOW} order by 1, 2
"""

_BY_LIMIT = f"""
    with keyed_left as ({{keys_left}}), keyed_right as ({{keys_right}}),
    pairs as (
        select distinct a.k as l, b.k as r from keyed_left as a
        join keyed_right as b on a.block = b.block and a.key = b.key
        where a.day - b.day between -$before and $after and (a.converts or b.converts)
    )
    {_FEATURES} from pairs join lefts as l on l.k = pairs.l join rights as r on r.k = pairs.r
    left join limits on limits.money = split_part(l.block, '|', -1)
    where l.units <> r.units and sign(l.units) = sign(r.units)
        and abs(l.units - r.units)
            <= greatest(coalesce(limits.units, 0), abs(r.units) * $permille // 100000)
        and abs(l.units - r.units) * 100 <= abs(r.units) * $most
    order by 1, 2
"""

_REFERENCE_KEYS = """
    select k, block, day, {converts} as converts,
        unnest(list_distinct(list_concat(cites, [ref]))) as key
    from {table}
"""

_TEXT_KEYS = """
    select k, block, day, {converts} as converts, unnest(list_distinct(list_concat(cites,
        [ref, 'w' || words[1:3], 'w' || words[2:4], 'w' || words[4:6]]))) as key
    from {table} where length(words) >= 4 or ref is not null or len(cites) > 0
"""

Connection = duckdb.DuckDBPyConnection


def pair_candidates(con: Connection, rule: PairRule) -> pl.DataFrame:
    """Pairs of equal amount that the rule brings together."""
    if rule.by == "reference":
        return _run(con, _BY_REFERENCE, rule.window, {})
    if rule.by == "citation":
        return _run(con, _BY_CITATION, rule.window, {})
    return _run(con, _BY_AMOUNT, rule.window, {"width": rule.window.width})


def difference_candidates(con: Connection, rule: DifferenceRule) -> pl.DataFrame:
    """Pairs of nearly equal amount, by the cause that the rule names."""
    if rule.cause == "transposition":
        variants = con.sql("select distinct k, units from lefts").pl()
        con.register("variants", _swaps(variants).to_arrow())
        return _run(con, _BY_TRANSPOSITION, rule.window, {"width": rule.window.width})
    limits = [
        ("" if key == UNSTATED else key, int(amount * UNITS)) for key, amount in rule.up_to.items()
    ]
    schema = {"money": pl.String, "units": pl.Int64}
    con.register("limits", pl.DataFrame(limits, schema=schema, orient="row").to_arrow())
    keys = _REFERENCE_KEYS if rule.identified else _TEXT_KEYS
    converts = '"foreign"' if rule.cause == "fx" else "true"
    query = _BY_LIMIT.format(
        keys_left=keys.format(table="lefts", converts=converts),
        keys_right=keys.format(table="rights", converts=converts),
    )
    bounds = {
        "permille": int(rule.up_to_percent * Decimal(1000)),
        "most": rule.at_most_percent,
    }
    return _run(con, query, rule.window, bounds)


def _run(con: Connection, query: str, window: Window, values: dict[str, int]) -> pl.DataFrame:
    bound = {**values, "before": window.before, "after": window.after}
    return con.execute(query, bound).pl()


def _swaps(amounts: pl.DataFrame) -> pl.DataFrame:
    """For each amount every amount that two neighbouring digits, swapped, turn it into."""
    text = (pl.col("units").abs() // 10).cast(pl.String)
    longest = int(amounts.select(text.str.len_chars().max()).item() or 0)
    swap: Callable[[int], pl.Expr] = lambda n: (  # noqa: E731
        text.str.slice(0, n)
        + text.str.slice(n + 1, 1)
        + text.str.slice(n, 1)
        + text.str.slice(n + 2)
    )
    made = [
        pl.when(text.str.len_chars() > n + 1).then(
            swap(n).cast(pl.Int64) * 10 * pl.col("units").sign()
        )
        for n in range(max(longest - 1, 1))
    ]
    return amounts.select(
        "k",
        pl.concat_list(made)
        .list.drop_nulls()
        .list.set_difference(pl.concat_list("units"))
        .alias("swaps"),
    )
