"""Silver and gold: the dbt project as assets.

Here belongs what translates dbt's models, columns and contracts for Dagster.
"""
