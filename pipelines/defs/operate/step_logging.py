"""The console's logger: steps as they begin and end, for whoever runs in a terminal."""

import logging

import dagster as dg

RUN_LOGGER = "countinghouse.run"
"""The Python logger on which steps are told; a terminal may listen to it."""


@dg.logger(None, "Tells steps on a Python logger; only warnings reach the console by itself.")
def step_logger(context: dg.InitLoggerContext) -> logging.Logger:
    """A logger of Dagster's that hands each record to Python's."""
    logger = logging.getLogger(RUN_LOGGER)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    if not logger.handlers:
        console = logging.StreamHandler()
        console.setLevel(logging.WARNING)
        logger.addHandler(console)
    return logger


@dg.definitions
def loggers() -> dg.Definitions:
    """One logger for every job of the house."""
    return dg.Definitions(loggers={"console": step_logger})
