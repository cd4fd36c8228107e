"""What a row names is there: its account, customer, policy or loan; and its day has come."""

from quality.controls.control import Control

_REFERENCES = (
    ("stg_statement_entries", "account_id", "stg_accounts", "account_id"),
    ("stg_statement_balances", "account_id", "stg_accounts", "account_id"),
    ("stg_policies", "customer_id", "stg_customers", "customer_id"),
    ("stg_premium_instalments", "policy_id", "stg_policies", "policy_id"),
    ("stg_premium_instalments", "customer_id", "stg_customers", "customer_id"),
    ("stg_claims", "policy_id", "stg_policies", "policy_id"),
    ("stg_claims", "customer_id", "stg_customers", "customer_id"),
    ("stg_claim_transactions", "claim_id", "stg_claims", "claim_id"),
    ("stg_loans", "customer_id", "stg_customers", "customer_id"),
    ("stg_loan_schedules", "loan_id", "stg_loans", "loan_id"),
    ("stg_consents", "customer_id", "stg_customers", "customer_id"),
    ("stg_contact_events", "customer_id", "stg_customers", "customer_id"),
)
"""Table and column, and the table and column in which its values stand."""


def _reference(table: str, column: str, parent: str, key: str) -> str:
    what = f"{table.removeprefix('stg_')} {column}"
    return f"""
        select '{what}' as heading, '{what} ' || {column} as scope, 1 as expected,
            case when {column} in (select {key} from silver.{parent}) then 1 else 0 end as actual,
            '{column} ' || {column} || ' is not among the {parent.removeprefix("stg_")}: '
                || count(*) || ' rows, first in ' || min(source_file) as detail
        from silver.{table}
        where {column} is not null and exists (from silver.{parent})
        group by {column}
    """


KNOWN = Control(
    name="references_are_known",
    statement="The account, customer, policy, claim or loan that a row names is one that the house "
    "has been told of.",
    source="Referential integrity between the feeds, where the referenced feed has arrived",
    needs=tuple(
        sorted({f"silver.{name}" for one in _REFERENCES for name in (one[0], one[2])}),
    ),
    unit="names",
    query=" union all ".join(_reference(*one) for one in _REFERENCES),
)

DAY_HAS_COME = Control(
    name="booked_when_it_was_told",
    statement="A movement is not booked more than a month after the day on which it was told.",
    source="A booking states what has happened: one of next year is a slip of somebody's pen",
    needs=("silver.stg_statement_entries", "silver.stg_ledger_postings"),
    unit="files",
    query="""
        with told as (
            select 'statements' as feed, source_file, booking_date, known_at
            from silver.stg_statement_entries
            union all
            select 'ledger', source_file, booking_date, known_at from silver.stg_ledger_postings
        )
        select feed as heading, source_file as scope, 0 as expected,
            count(*) filter (booking_date > cast(known_at as date) + 31) as actual,
            'booked on ' || max(booking_date) || ', told on ' || min(cast(known_at as date))
                || ' in ' || source_file as detail
        from told group by feed, source_file
    """,
)
