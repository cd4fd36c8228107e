"""Customers and what they do: policies, loans, claims, purchases, payments, contacts.

`simulate` plays one block of customers from the first day to the last.
"""
