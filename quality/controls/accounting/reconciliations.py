"""What reconciling must leave behind: every row in one place, every difference explained."""

from quality.controls.control import Control

_NEEDS = ("silver.int_recon_sides", "silver.recon_matches", "silver.recon_breaks")
_PLACES = """
    with places as (
        select recon, side, row_id, amount, currency, account_id, tier
        from silver.recon_matches
        union all
        select recon, side, row_id, amount, currency, account_id, 'open' as tier
        from silver.recon_breaks
    )
"""

CONSERVED = Control(
    name="recon_conservation",
    concerns="silver.recon_matches",
    statement="The rows of a side, and their money, are in matches or in breaks.",
    source="Conservation of a reconciliation: side = matched + open",
    needs=_NEEDS,
    unit="sides",
    query=f"""{_PLACES},
        given as (
            select recon, side, currency, count(*) as rows, sum(amount) as amount
            from silver.int_recon_sides group by recon, side, currency
        ),
        kept as (
            select recon, side, currency, count(*) as rows, sum(amount) as amount
            from (select distinct recon, side, row_id, amount, currency from places)
            group by recon, side, currency
        ),
        both_sides as (
            select recon, side, currency, given.rows as rows, given.amount as amount,
                kept.rows as rows_kept, kept.amount as amount_kept
            from given full join kept using (recon, side, currency)
        )
        select recon || ': rows' as heading,
            recon || ' ' || side || ' ' || currency || ': rows' as scope,
            rows as expected, rows_kept as actual, cast(null as varchar) as detail
        from both_sides
        union all
        select recon || ': amounts', recon || ' ' || side || ' ' || currency || ': amounts',
            amount, amount_kept, null
        from both_sides
    """,
)

EXCLUSIVE = Control(
    name="recon_exclusive",
    concerns="silver.recon_matches",
    statement="No row is in two accepted matches, or both in a match and open.",
    source="Exclusivity of a reconciliation: money settles once",
    needs=_NEEDS,
    unit="sides",
    query=f"""{_PLACES}
        select recon as heading, recon || ' ' || side as scope,
            count(distinct row_id) as expected, count(*) as actual,
            'rows and places they are in' as detail
        from places where tier <> 'suggested' group by recon, side
    """,
)

BANK_TO_LEDGER = Control(
    name="bank_to_ledger",
    concerns="silver.recon_breaks",
    statement="The bank's balance less the ledger's is what is open, suggested or differs inside "
    "accepted matches, the bank's side less the ledger's.",
    source="Bank reconciliation statement: every difference is explained",
    needs=(*_NEEDS, "silver.int_daily_balances", "silver.int_cash_postings"),
    unit="accounts",
    query=f"""{_PLACES},
        bank as (
            select account_id, currency, arg_max(closing_balance, date) as balance
            from silver.int_daily_balances where date <= $as_of group by account_id, currency
        ),
        ledger as (
            select account_id, currency, sum(amount) as balance
            from silver.int_cash_postings
            where account_id in (select account_id from bank) group by account_id, currency
        ),
        compared as (
            select account_id, currency, coalesce(bank.balance, 0) as bank_balance,
                coalesce(ledger.balance, 0) as ledger_balance
            from bank full join ledger using (account_id, currency)
            where account_id in (select account_id from silver.int_cash_postings)
        ),
        signed as (
            select account_id, currency, tier,
                case side when 'left' then amount else -amount end as amount
            from places where recon = 'ledger_bank'
        ),
        explained as (
            select account_id, currency, sum(amount) as amount,
                coalesce(sum(amount) filter (tier = 'open'), 0) as open,
                coalesce(sum(amount) filter (tier = 'suggested'), 0) as suggested,
                coalesce(sum(amount) filter (tier not in ('open', 'suggested')), 0) as inside
            from signed group by account_id, currency
        )
        select currency as heading, account_id || ' ' || currency as scope,
            bank_balance - ledger_balance as expected, coalesce(explained.amount, 0) as actual,
            'bank ' || bank_balance || ', ledger ' || ledger_balance || ', open items '
                || coalesce(open, 0) || ', suggested matches ' || coalesce(suggested, 0)
                || ', differences inside matches ' || coalesce(inside, 0) as detail
        from compared left join explained using (account_id, currency)
    """,
)
