"""Premiums and claims: what the registers say and what was received and booked."""

from quality.controls.control import Control

_BILLED = """
    select 'premium' as obligation_type, instalment_id, currency, amount
    from silver.stg_premium_instalments
    union all
    select 'loan', instalment_id, currency, amount_due from silver.stg_loan_schedules
"""
_NEEDS = ("silver.stg_receipts", "silver.stg_premium_instalments", "silver.stg_loan_schedules")

COLLECTED = Control(
    name="collected_within_billed",
    statement="No more is collected on an instalment than was billed for it.",
    source="Premium and loan receivables: collected <= billed",
    needs=_NEEDS,
    unit="instalments with receipts",
    query=f"""
        with billed as ({_BILLED}), received as (
            select obligation_type, obligation_id as instalment_id, currency,
                sum(amount) as amount, count(*) as receipts
            from silver.stg_receipts group by obligation_type, obligation_id, currency
        )
        select obligation_type || ' ' || currency as heading,
            obligation_type || ' ' || instalment_id as scope,
            least(received.amount, billed.amount) as expected, received.amount as actual,
            'billed ' || billed.amount || ', collected ' || received.amount || ' in '
                || receipts || ' receipts' as detail
        from received inner join billed using (obligation_type, instalment_id, currency)
    """,
)

RECEIPTS = Control(
    name="receipts_have_an_instalment",
    statement="Money received for an instalment names one that was billed, in its currency.",
    source="Premium and loan receivables: no unapplied cash",
    needs=_NEEDS,
    unit="receipts",
    query=f"""
        with billed as ({_BILLED})
        select receipts.obligation_type || ' ' || receipts.currency as heading,
            'receipt ' || receipt_id as scope, receipts.amount as expected,
            case when billed.instalment_id is null then 0 else receipts.amount end as actual,
            'no ' || receipts.obligation_type || ' instalment ' || obligation_id || ' in '
                || receipts.currency as detail
        from silver.stg_receipts as receipts
        left join (select distinct * exclude (amount) from billed) as billed
            on receipts.obligation_type = billed.obligation_type
            and receipts.obligation_id = billed.instalment_id
            and receipts.currency = billed.currency
    """,
)

CLAIMS = Control(
    name="claims_paid_in_ledger",
    statement="Claims paid less recoveries by the register are claims cash in the ledger, in each "
    "month and currency; a payment counts in the month in which the register has it, and a "
    "posting taken back does not.",
    source="Sub-ledger tie-out: claims register against general ledger",
    needs=("silver.stg_claim_transactions", "silver.int_cash_postings"),
    unit="months",
    query="""
        with paid as (
            select currency, payment_reference, transaction_date as day,
                case transaction_type when 'paid' then amount else -amount end as amount
            from silver.stg_claim_transactions where transaction_type in ('paid', 'recovery')
        ),
        booked as (
            select currency, reference, booking_date, -amount as amount
            from silver.int_cash_postings
            where document_type = 'claim' or (
                document_type = 'reversal' and reference in (
                    select reference from silver.int_cash_postings where document_type = 'claim'
                )
            )
        ),
        register as (
            select currency, date_trunc('month', day) as month, sum(amount) as amount
            from paid
            where day >= (select min(booking_date) from silver.int_cash_postings)
                or payment_reference in (select reference from booked)
            group by currency, month
        ),
        ledger as (
            select currency, date_trunc('month', coalesce(known.day, booking_date)) as month,
                sum(amount) as amount
            from booked
            left join (
                select payment_reference as reference, min(day) as day from paid
                where payment_reference is not null group by payment_reference
            ) as known using (reference)
            group by currency, month
        )
        select 'claims ' || currency as heading,
            'claims ' || currency || ' ' || strftime(month, '%Y-%m') as scope,
            register.amount as expected, ledger.amount as actual,
            'register ' || coalesce(register.amount, 0) || ', ledger '
                || coalesce(ledger.amount, 0) as detail
        from register full join ledger using (currency, month)
    """,
)
