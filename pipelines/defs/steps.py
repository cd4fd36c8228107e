"""A run's steps, told to a listener while they happen."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pipelines.defs.operate.step_logging import RUN_LOGGER


@dataclass(frozen=True, slots=True)
class Step:
    """A step that started, ended well or failed.

    `name` is the operation's; it is the `number`-th of the run to start, `of` so many.
    """

    name: str
    state: str
    number: int
    of: int


_STATES = {"STEP_START": "started", "STEP_SUCCESS": "done", "STEP_FAILURE": "failed"}


class _Listener(logging.Handler):
    def __init__(self, tell: Callable[[Step], None], of: int) -> None:
        super().__init__(logging.DEBUG)
        self._tell, self._of = tell, of
        self._numbers: dict[str, int] = {}

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is not None and event.event_type_value in _STATES:
            name, state = str(event.step_key), _STATES[event.event_type_value]
            number = self._numbers.setdefault(name, len(self._numbers) + 1)
            self._tell(Step(name, state, number, self._of))


@contextmanager
def listen(tell: Callable[[Step], None], of: int) -> Iterator[None]:
    """Hear of a run's steps while the context is open; the console stays silent meanwhile."""
    logger = logging.getLogger(RUN_LOGGER)
    before, handler = list(logger.handlers), _Listener(tell, of)
    logger.handlers = [handler]
    try:
        yield
    finally:
        logger.handlers = before
