"""A run's steps, told to a listener while they happen."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pipelines.defs.operate.narration import VOICE


@dataclass(frozen=True, slots=True)
class Step:
    """A step that started, ended well or failed; `name` is the operation's."""

    name: str
    state: str


_STATES = {"STEP_START": "started", "STEP_SUCCESS": "done", "STEP_FAILURE": "failed"}


class _Listener(logging.Handler):
    def __init__(self, tell: Callable[[Step], None]) -> None:
        super().__init__(logging.DEBUG)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is not None and event.event_type_value in _STATES:
            self._tell(Step(str(event.step_key), _STATES[event.event_type_value]))


@contextmanager
def listen(tell: Callable[[Step], None]) -> Iterator[None]:
    """Hear of steps for as long as the context is open; the console stays silent meanwhile."""
    voice = logging.getLogger(VOICE)
    before, handler = list(voice.handlers), _Listener(tell)
    voice.handlers = [handler]
    try:
        yield
    finally:
        voice.handlers = before
