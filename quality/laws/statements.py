"""Bank statements: each proves itself, and each begins where the last one ended."""

from quality.laws.law import Law

_STATEMENTS = """
    with sums as (
        select account_id, statement_id, currency,
            min(message_type) as message_type, bool_or(is_interim) as is_interim,
            arg_min(amount, balance_index) filter (balance_type = 'OPBD') as booked_opening,
            arg_min(amount, balance_index) filter (balance_type = 'PRCD') as previous_closing,
            arg_max(amount, (balance_date - date '1900-01-01') * 1000000 - balance_index)
                filter (balance_type = 'CLBD') as booked_closing,
            arg_min(amount, balance_index) filter (balance_type = 'ITBD') as first_interim,
            arg_max(amount, balance_index) filter (balance_type = 'ITBD') as last_interim,
            count(*) filter (balance_type = 'ITBD') as interims,
            max(balance_date) as closing_date, min(sequence) as sequence,
            min(source_file) as source_file
        from silver.stg_statement_balances
        group by account_id, statement_id, currency
    ),
    paged as (
        select *, coalesce(booked_opening, previous_closing) is null
                and interims > 0 and (booked_closing is not null or interims > 1)
                and not is_interim as begins_interim
        from sums
    ),
    statements as (
        select account_id, statement_id, currency, is_interim, closing_date, sequence, source_file,
            coalesce(booked_opening, previous_closing,
                case when begins_interim then first_interim end) as opening,
            coalesce(booked_closing, case
                when is_interim then null
                when begins_interim and interims > 1 then last_interim
                when not begins_interim then last_interim end) as closing
        from paged
    )
"""

BALANCE = Law(
    name="statement_balance",
    statement="The opening balance of a statement and its booked movements make its closing "
    "balance.",
    source="ISO 20022 camt.053 and SWIFT MT940: OPBD + booked entries = CLBD",
    needs=("silver.stg_statement_balances", "silver.stg_statement_entries"),
    unit="statements",
    query=f"""{_STATEMENTS}
        select statements.account_id || ' ' || statements.currency as heading,
            statements.account_id || ' ' || statements.statement_id || ' ' || statements.currency
                as scope,
            closing as expected, opening + coalesce(moved, 0) as actual,
            'opening ' || opening || ' + booked ' || coalesce(moved, 0) || ' against closing '
                || closing || ' in ' || source_file as detail
        from statements
        left join (
            select account_id, statement_id, currency, sum(amount) as moved
            from silver.stg_statement_entries group by account_id, statement_id, currency
        ) as entries using (account_id, statement_id, currency)
        where opening is not null and closing is not null
    """,
)

CHAIN = Law(
    name="statement_chain",
    statement="A statement opens with the balance on which the statement before it closed.",
    source="Completeness of bank statements: closing(n) = opening(n+1)",
    needs=("silver.stg_statement_balances",),
    unit="statements that follow another",
    query=f"""{_STATEMENTS},
        followed as (
            select *, lag(closing) over earlier as closed, lag(statement_id) over earlier as before
            from statements
            where opening is not null and closing is not null and not is_interim
            window earlier as (
                partition by account_id, currency
                order by closing_date, length(sequence), sequence, statement_id
            )
        )
        select account_id || ' ' || currency as heading,
            account_id || ' ' || statement_id || ' ' || currency as scope,
            closed as expected, opening as actual,
            'statement ' || before || ' closed on ' || closed || ', this one opens on ' || opening
                || ': one between them is missing, or one of them is wrong' as detail
        from followed where before is not null
    """,
)
