"""Payment providers: what a report's lines say, and what the payout pays."""

from quality.controls.control import Control

LINES = Control(
    name="settlement_line",
    statement="The net of a settlement line is its gross less its fee.",
    source="Settlement reports of payment providers: net = gross - fees",
    needs=("silver.stg_settlement_lines",),
    unit="reports or payouts",
    query="""
        select provider || ' ' || net_currency as heading,
            provider || ' ' || coalesce(payout_id, report_id) || ' ' || net_currency as scope,
            sum(gross_amount - fee_amount) as expected, sum(net_amount) as actual,
            count(*) filter (gross_amount - fee_amount <> net_amount)
                || ' lines do not add up' as detail
        from silver.stg_settlement_lines
        where gross_currency = net_currency and line_type not in ('payout', 'payout_failed')
        group by provider, coalesce(payout_id, report_id), net_currency
    """,
)

PAYOUTS = Control(
    name="settlement_payout",
    statement="A payout pays its sales less refunds, chargebacks and fees, to the cent.",
    source="Settlement reports: gross - refunds - chargebacks - fees = net = payout",
    needs=("silver.stg_settlement_lines", "silver.stg_settlement_payouts"),
    unit="payouts",
    query="""
        with lines as (
            select provider, payout_id, net_currency as currency, line_type, fee_amount,
                coalesce(case when gross_currency = net_currency then gross_amount end,
                    net_amount + fee_amount) as gross
            from silver.stg_settlement_lines
            where payout_id is not null and line_type not in ('payout', 'payout_failed')
        ),
        parts as (
            select provider, payout_id, currency, sum(fee_amount) as fees,
                coalesce(sum(gross) filter (line_type = 'sale'), 0) as sales,
                coalesce(-sum(gross) filter (line_type = 'refund'), 0) as refunds,
                coalesce(-sum(gross) filter (
                    line_type in ('chargeback', 'chargeback_reversed')), 0) as chargebacks,
                coalesce(sum(gross) filter (line_type not in (
                    'sale', 'refund', 'chargeback', 'chargeback_reversed')), 0) as other
            from lines group by provider, payout_id, currency
        )
        select payouts.provider || ' ' || payouts.currency as heading,
            payouts.provider || ' ' || payouts.payout_id as scope, payouts.amount as expected,
            sales - refunds - chargebacks + other - fees as actual,
            coalesce('sales ' || sales || ' - refunds ' || refunds || ' - chargebacks '
                || chargebacks || ' + other ' || other || ' - fees ' || fees,
                'no line of a report states it') as detail
        from silver.stg_settlement_payouts as payouts
        left join parts using (provider, payout_id, currency)
        where payouts.status in ('paid', 'in_transit') and (fees is not null or (
            payouts.automatic and payouts.provider in (select provider from lines)))
    """,
)
