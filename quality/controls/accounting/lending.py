"""Loans and standing orders: what was agreed and what is asked for or moved."""

from quality.controls.control import Control

STANDING_ORDERS = Control(
    name="standing_orders",
    statement="Each outgoing remittance of an account ledger answers to exactly one standing order "
    "on account, counter-account and amount.",
    source="Berka bank (PKDD'99); the purpose is not in the key, because the two often differ",
    needs=("silver.stg_ledger_postings", "silver.stg_standing_orders"),
    unit="remittances",
    query="""
        with orders as (
            select account_id, counterparty_account, amount, currency, count(*) as orders
            from silver.stg_standing_orders
            group by account_id, counterparty_account, amount, currency
        )
        select book as heading, book || ' ' || journal_id || ' ' || line_number as scope,
            1 as expected, coalesce(orders, 0) as actual,
            coalesce(orders, 0) || ' standing orders of account ' || account_code || ' to '
                || postings.counterparty_account || ' over ' || debit as detail
        from silver.stg_ledger_postings as postings
        left join orders on postings.account_code = orders.account_id
            and postings.counterparty_account = orders.counterparty_account
            and postings.debit = orders.amount and postings.currency = orders.currency
        where book <> 'general' and document_type = 'payment' and debit > 0
            and postings.counterparty_account is not null
            and exists (from silver.stg_standing_orders)
    """,
)

INSTALMENTS = Control(
    name="loan_instalments",
    statement="Where a loan states no interest and has no schedule, its instalments over the term "
    "repay what was lent.",
    source="Loan contracts of the Berka bank: payments x duration = amount",
    needs=("silver.stg_loans", "silver.stg_loan_schedules"),
    unit="loans",
    query="""
        select coalesce(entity_id, 'no entity') || ' ' || currency as heading,
            'loan ' || loan_id as scope, principal as expected,
            instalment_amount * term_months as actual,
            term_months || ' instalments of ' || instalment_amount as detail
        from silver.stg_loans
        where coalesce(interest_rate, 0) = 0
            and loan_id not in (select loan_id from silver.stg_loan_schedules)
    """,
)

NAMED_ONCE = Control(
    name="instalment_named_once",
    statement="An instalment id names one instalment of one loan: money that names it pays that.",
    source="Loan receivables: cash is applied by the reference that was billed",
    needs=("silver.stg_loan_schedules",),
    unit="instalment ids",
    query="""
        select currency as heading, 'instalment ' || given_instalment_id as scope,
            1 as expected, count(*) as actual,
            'given to ' || string_agg(loan_id || ' number ' || instalment_number, ', '
                order by loan_id, instalment_number) || ' in ' || min(source_file) as detail
        from silver.stg_loan_schedules group by currency, given_instalment_id
    """,
)

SCHEDULES = Control(
    name="loan_schedule",
    statement="The principal parts of a loan's schedule add up to what was lent.",
    source="Amortisation: a schedule repays the principal, no more and no less",
    needs=("silver.stg_loans", "silver.stg_loan_schedules"),
    unit="loans",
    query="""
        select coalesce(loans.entity_id, 'no entity') || ' ' || loans.currency as heading,
            'loan ' || loan_id as scope, loans.principal as expected, schedule.principal as actual,
            schedule.instalments || ' instalments' as detail
        from silver.stg_loans as loans
        inner join (
            select loan_id, sum(principal_due) as principal, count(*) as instalments
            from silver.stg_loan_schedules group by loan_id
        ) as schedule using (loan_id)
    """,
)
