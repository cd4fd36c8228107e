"""From landed file to published figure: feeds, lake, demo, and the Dagster objects in `defs`."""
