"""From landed file to published figure: one room for each stage on that way.

Loose here are only the command, Dagster's definitions, and the door to the environment.
"""
