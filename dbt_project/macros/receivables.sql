{# How an instalment stands at the end of the as-of day, from `instalments` (int_instalments) left
   joined with `allocations` (int_receipt_allocations). `paid` names the column of money received. #}
{% macro receivable_columns(paid) -%}
    {{ money('coalesce(allocations.received_amount, 0)') }} as {{ paid }},
    case
        when instalments.is_cancelled then cast(0 as {{ type_money() }})
        else {{ money('greatest(instalments.amount - coalesce(allocations.received_amount, 0), 0)') }}
    end as outstanding_amount,
    allocations.last_received_date,
    case
        when allocations.paid_in_full_date is not null
            then {{ days_late('instalments.due_date', 'allocations.paid_in_full_date') }}
    end as days_late,
    case
        when
            not instalments.is_cancelled
            and allocations.paid_in_full_date is null
            and instalments.due_date < {{ as_of() }}
            then {{ days_between('instalments.due_date', as_of()) }}
        else cast(0 as bigint)
    end as days_past_due,
    case
        when allocations.paid_in_full_date is not null then 'paid'
        when instalments.is_cancelled then 'cancelled'
        when instalments.due_date < {{ as_of() }} then 'overdue'
        when allocations.received_amount > 0 then 'partial'
        else 'open'
    end as state
{%- endmacro %}

{# Days from the due date to the payment; a payment in time is no days late. #}
{% macro days_late(due, paid) -%}
    greatest({{ days_between(due, paid) }}, cast(0 as bigint))
{%- endmacro %}
