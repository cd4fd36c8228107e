"""Settlement reports of payment providers: lines and the payouts they make up.

A provider's own format is a module; any other table goes by a profile in `tabular`.
"""
