"""dbt inside this process: how it is invoked, how it meets the lake, what its columns mean.

Models, tests and macros themselves are SQL and live in `dbt_project`.
"""
