{# Written by `python -m quality.dbt_documents` from the contracts of bronze: what makes a document
   (`key`, of which `optional` may be empty), the `tables` its rows lie in, what tells its lines
   apart (`line`), what grows with every newer state of it (`version`), which rows are `counted`,
   what they add up to (`amount`), and the `feed` by which its files arrive. #}
{% macro contracted_documents() %}
    {{ return({
        'accounts': {
            'feed': 'reference',
            'key': ['account_id'],
            'optional': [],
            'tables': ['accounts'],
            'line': [],
            'version': '',
            'counted': '',
            'amount': ''
        },
        'chart_of_accounts': {
            'feed': 'reference',
            'key': ['account_code'],
            'optional': [],
            'tables': ['chart_of_accounts'],
            'line': [],
            'version': '',
            'counted': '',
            'amount': ''
        },
        'claim_transactions': {
            'feed': 'claims',
            'key': ['claim_transaction_id'],
            'optional': [],
            'tables': ['claim_transactions'],
            'line': [],
            'version': '',
            'counted': '',
            'amount': 'amount'
        },
        'claims': {
            'feed': 'claims',
            'key': ['claim_id'],
            'optional': [],
            'tables': ['claims'],
            'line': [],
            'version': 'updated_at',
            'counted': '',
            'amount': 'reserve_amount'
        },
        'consents': {
            'feed': 'customers',
            'key': ['customer_id', 'fact', 'channel', 'obligation_id', 'effective_from'],
            'optional': ['obligation_id'],
            'tables': ['consents'],
            'line': [],
            'version': '',
            'counted': '',
            'amount': ''
        },
        'contact_events': {
            'feed': 'customers',
            'key': ['contact_id'],
            'optional': [],
            'tables': ['contact_events'],
            'line': [],
            'version': '',
            'counted': '',
            'amount': 'promise_amount'
        },
        'customers': {
            'feed': 'customers',
            'key': ['customer_id'],
            'optional': [],
            'tables': ['customers'],
            'line': [],
            'version': 'updated_at',
            'counted': '',
            'amount': ''
        },
        'fx_rates': {
            'feed': 'reference',
            'key': ['rate_date', 'base_currency', 'quote_currency'],
            'optional': [],
            'tables': ['fx_rates'],
            'line': [],
            'version': '',
            'counted': '',
            'amount': ''
        },
        'holidays': {
            'feed': 'reference',
            'key': ['calendar', 'holiday_date'],
            'optional': [],
            'tables': ['holidays'],
            'line': [],
            'version': '',
            'counted': '',
            'amount': ''
        },
        'ledger_postings': {
            'feed': 'ledger',
            'key': ['book', 'journal_id'],
            'optional': [],
            'tables': ['ledger_postings'],
            'line': ['line_number'],
            'version': '',
            'counted': '',
            'amount': 'debit - credit'
        },
        'loan_schedules': {
            'feed': 'loans',
            'key': ['loan_id'],
            'optional': [],
            'tables': ['loan_schedules'],
            'line': ['instalment_number'],
            'version': '',
            'counted': '',
            'amount': 'amount_due'
        },
        'loans': {
            'feed': 'loans',
            'key': ['loan_id'],
            'optional': [],
            'tables': ['loans'],
            'line': [],
            'version': 'updated_at',
            'counted': '',
            'amount': 'principal'
        },
        'payment_events': {
            'feed': 'payments',
            'key': ['event_id'],
            'optional': [],
            'tables': ['payment_events'],
            'line': [],
            'version': '',
            'counted': '',
            'amount': 'amount'
        },
        'payment_orders': {
            'feed': 'payments',
            'key': ['message_id'],
            'optional': [],
            'tables': ['payment_orders'],
            'line': ['payment_information_id', 'instruction_id', 'end_to_end_id'],
            'version': '',
            'counted': '',
            'amount': 'amount'
        },
        'policies': {
            'feed': 'policies',
            'key': ['policy_id'],
            'optional': [],
            'tables': ['policies'],
            'line': [],
            'version': 'updated_at',
            'counted': '',
            'amount': 'annual_premium'
        },
        'premium_instalments': {
            'feed': 'premiums',
            'key': ['instalment_id'],
            'optional': [],
            'tables': ['premium_instalments'],
            'line': [],
            'version': 'updated_at',
            'counted': '',
            'amount': 'amount'
        },
        'receipts': {
            'feed': 'premiums',
            'key': ['receipt_id'],
            'optional': [],
            'tables': ['receipts'],
            'line': [],
            'version': '',
            'counted': '',
            'amount': 'amount'
        },
        'settlement_lines': {
            'feed': 'settlements',
            'key': ['provider', 'merchant_account', 'report_id'],
            'optional': ['merchant_account'],
            'tables': ['settlement_lines'],
            'line': ['line_id'],
            'version': '',
            'counted': '',
            'amount': 'net_amount'
        },
        'settlement_payouts': {
            'feed': 'settlements',
            'key': ['provider', 'payout_id'],
            'optional': [],
            'tables': ['settlement_payouts'],
            'line': [],
            'version': "case status when 'pending' then 1 when 'in_transit' then 2 when 'paid' then 3 else 4 end",
            'counted': '',
            'amount': 'amount'
        },
        'standing_orders': {
            'feed': 'loans',
            'key': ['standing_order_id'],
            'optional': [],
            'tables': ['standing_orders'],
            'line': [],
            'version': '',
            'counted': '',
            'amount': 'amount'
        },
        'statement_balances': {
            'feed': 'statements',
            'key': ['account_id', 'statement_id'],
            'optional': [],
            'tables': ['statement_entries', 'statement_balances'],
            'line': [],
            'version': 'case when copy_duplicate is null then 2 else 1 end',
            'counted': '',
            'amount': ''
        },
        'statement_entries': {
            'feed': 'statements',
            'key': ['account_id', 'statement_id'],
            'optional': [],
            'tables': ['statement_entries', 'statement_balances'],
            'line': [],
            'version': 'case when copy_duplicate is null then 2 else 1 end',
            'counted': "status = 'BOOK'",
            'amount': 'amount'
        },
    }) }}
{% endmacro %}
