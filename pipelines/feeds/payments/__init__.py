"""Payment orders, their statuses and answers in ISO 20022, and events of a payment hub.

Each reader gives rows of `payment_orders` or `payment_events`.
"""
