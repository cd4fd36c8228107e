"""Silver and gold: the dbt project as assets."""
