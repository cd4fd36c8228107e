"""The console's voice: steps as they begin and end, for whoever runs in a terminal."""

import logging

import dagster as dg

VOICE = "countinghouse.run"
"""The Python logger on which steps are told; a terminal may listen to it."""


@dg.logger(None, "Tells steps on a Python logger; only warnings reach the console by itself.")
def narrator(context: dg.InitLoggerContext) -> logging.Logger:
    """A logger of Dagster's that hands each record to Python's."""
    voice = logging.getLogger(VOICE)
    voice.setLevel(logging.DEBUG)
    voice.propagate = False
    if not voice.handlers:
        console = logging.StreamHandler()
        console.setLevel(logging.WARNING)
        voice.addHandler(console)
    return voice


@dg.definitions
def loggers() -> dg.Definitions:
    """One logger for every job of the house."""
    return dg.Definitions(loggers={"console": narrator})
