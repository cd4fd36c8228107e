"""Bank statements: each proves itself, begins where the last one ended, and counts once."""

from quality.controls.control import Control

BALANCE = Control(
    name="statement_balance",
    statement="The opening balance of a statement and its booked movements make its closing "
    "balance.",
    source="ISO 20022 camt.053 and SWIFT MT940: OPBD + booked entries = CLBD",
    needs=("silver.int_statements",),
    unit="statements",
    query="""
        select account_id || ' ' || currency as heading,
            account_id || ' ' || statement_id || ' ' || currency as scope,
            closing_balance as expected, opening_balance + moved as actual,
            'opening ' || opening_balance || ' + booked ' || moved || ' against closing '
                || closing_balance || ' in ' || source_file as detail,
            source_file as file
        from silver.int_statements
        where opening_balance is not null and closing_balance is not null
    """,
)

CHAIN = Control(
    name="statement_chain",
    statement="A statement opens with the balance on which the statement before it closed.",
    source="Completeness of bank statements: closing(n) = opening(n+1)",
    needs=("silver.int_statements",),
    unit="statements that follow another",
    query="""
        select account_id || ' ' || currency as heading,
            account_id || ' ' || statement_id || ' ' || currency as scope,
            previous_closing_balance as expected, opening_balance as actual,
            'statement ' || previous_statement_id || ' closed on ' || previous_closing_balance
                || ', this one opens on ' || opening_balance || ': '
                || coalesce('number ' || missing_numbers || ' is missing between them',
                    'one between them is missing, or one of them is wrong') as detail,
            source_file as file
        from silver.int_statements where previous_statement_id is not null
    """,
)

ONCE = Control(
    name="statement_counted_once",
    statement="What the statements of an account book is what counts as moved, each statement and "
    "each movement once: all but what a download repeats of another, movement by movement. Reports "
    "of the day count only where no statement does yet.",
    source="Audit assertions of completeness and occurrence (ISA 315): each movement counts once",
    needs=("silver.int_statements", "silver.int_bank_movements", "silver.int_movement_occurrences"),
    unit="accounts",
    query="""
        with stated as (
            select account_id, currency, sum(moved) as moved from silver.int_statements
            where not is_interim and duplicate_of is null group by account_id, currency
        ),
        repeated as (
            select account_id, currency, sum(amount) as moved from silver.int_movement_occurrences
            where not is_interim and entry_id <> counted_as group by account_id, currency
        ),
        counted as (
            select account_id, currency, sum(amount) as moved from silver.int_bank_movements
            where not is_provisional group by account_id, currency
        )
        select 'bank statements' as heading, account_id || ' ' || currency as scope,
            stated.moved - coalesce(repeated.moved, 0) as expected,
            coalesce(counted.moved, 0) as actual,
            'the statements book ' || stated.moved || ', of which ' || coalesce(repeated.moved, 0)
                || ' was told before and ' || coalesce(counted.moved, 0) || ' counts' as detail
        from stated
        left join repeated using (account_id, currency)
        left join counted using (account_id, currency)
    """,
)
