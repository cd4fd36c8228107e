"""Money in a currency without a rate is not known in the base currency, and that is said."""

from quality.controls.control import Control

KNOWN = Control(
    name="rates_are_known",
    statement="Each currency in which money stands or moves has a rate on each of its days; "
    "without one its amounts in the base currency are not known.",
    source="IAS 21: a foreign amount is translated at the rate of its day",
    needs=("silver.int_daily_balances", "silver.int_bank_movements", "silver.int_fx_rates_daily"),
    unit="days with a rate",
    query="""
        with days as (
            select currency, date from silver.int_daily_balances where date <= $as_of
            union
            select currency, movement_date from silver.int_bank_movements
            where movement_date <= $as_of
        ),
        rated as (
            select days.currency, days.date, rates.currency is not null as has_rate
            from days left join silver.int_fx_rates_daily as rates using (currency, date)
        )
        select currency as heading, currency as scope, count(*) as expected,
            count(*) filter (has_rate) as actual,
            'not known: no rate for ' || currency || ' on ' || max(date) filter (not has_rate)
                || case count(*) filter (not has_rate) when 1 then ''
                    else ' and on ' || (count(*) filter (not has_rate) - 1) || ' days before' end
                || '; land a rate of it against the base currency' as detail
        from rated group by currency
    """,
)
