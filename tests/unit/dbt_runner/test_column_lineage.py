"""Column lineage is read from SQL alone."""

from pipelines.dbt_runner.column_lineage import Origin, column_lineage

TABLES = {
    "silver": {
        "postings": {"posting_id": "VARCHAR", "debit": "DECIMAL(18,3)", "credit": "DECIMAL(18,3)"},
        "chart": {"account_code": "VARCHAR", "account_class": "VARCHAR"},
    }
}


def origin(table: str, column: str) -> Origin:
    return Origin("silver", table, column)


def test_a_column_comes_from_everything_it_is_computed_from() -> None:
    sql = """
        with signed as (select posting_id, debit - credit as amount from memory.silver.postings)
        select posting_id, amount, 'EUR' as currency from signed
    """
    assert column_lineage(sql, TABLES) == {
        "posting_id": (origin("postings", "posting_id"),),
        "amount": (origin("postings", "credit"), origin("postings", "debit")),
        "currency": (),
    }


def test_a_star_is_the_columns_of_its_table() -> None:
    sql = 'select c.* from "memory"."silver"."chart" as c'
    assert column_lineage(sql, TABLES) == {
        "account_code": (origin("chart", "account_code"),),
        "account_class": (origin("chart", "account_class"),),
    }


def test_a_count_of_rows_reads_no_column() -> None:
    assert column_lineage("select count(*) as n from memory.silver.chart", TABLES) == {"n": ()}


def test_both_branches_of_a_union_count() -> None:
    sql = """
        select debit as amount from memory.silver.postings
        union all
        select credit as amount from memory.silver.postings
    """
    assert column_lineage(sql, TABLES)["amount"] == (
        origin("postings", "credit"),
        origin("postings", "debit"),
    )
