"""A run's steps, reported to a callback while they happen."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from pipelines.defs.operate.step_logging import RUN_LOGGER

StepState = Literal["started", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Step:
    """A step that started, ended well or failed.

    `name` is the operation's; it is the `number`-th of the run to start, `of` so many.
    """

    name: str
    state: StepState
    number: int
    of: int


_STATES: Mapping[str, StepState] = {
    "STEP_START": "started",
    "STEP_SUCCESS": "done",
    "STEP_FAILURE": "failed",
}


class _Listener(logging.Handler):
    def __init__(self, on_step: Callable[[Step], None], of: int) -> None:
        super().__init__(logging.DEBUG)
        self._on_step, self._of = on_step, of
        self._numbers: dict[str, int] = {}

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is not None and event.event_type_value in _STATES:
            name, state = str(event.step_key), _STATES[event.event_type_value]
            number = self._numbers.setdefault(name, len(self._numbers) + 1)
            self._on_step(Step(name, state, number, self._of))


@contextmanager
def steps_reported_to(on_step: Callable[[Step], None], of: int) -> Iterator[None]:
    """Report a run's steps while the context is open; the console stays silent meanwhile."""
    logger = logging.getLogger(RUN_LOGGER)
    before, handler = list(logger.handlers), _Listener(on_step, of)
    logger.handlers = [handler]
    try:
        yield
    finally:
        logger.handlers = before
