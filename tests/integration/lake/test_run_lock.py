"""One run at a time on a lake: the other waits or is refused; a killed one hinders nobody."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipelines.lake.lake import Lake
from pipelines.lake.run_lock import RunLockedError, holder_of, run_lock


@contextmanager
def _another_process_holds(lake: Lake) -> Iterator[subprocess.Popen[str]]:
    program = """
        import sys, time
        from pathlib import Path
        from pipelines.lake.lake import Lake
        from pipelines.lake.run_lock import run_lock
        with run_lock(Lake(Path(sys.argv[1])), "a long run"):
            print("held", flush=True)
            sys.stdin.read()
    """
    command = [sys.executable, "-c", textwrap.dedent(program), str(lake.root)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        yield other
        other.kill()


def test_a_second_run_is_refused_in_words_when_the_first_does_not_end(lake: Lake) -> None:
    with _another_process_holds(lake) as other:
        with (
            pytest.raises(RunLockedError, match=rf"a long run \(process {other.pid} on .* since"),
            run_lock(lake, "mine", patience_seconds=0),
        ):
            pass
        holder = holder_of(lake)
        assert holder is not None
        assert holder.pid == other.pid


def test_a_second_run_waits_for_the_first_and_says_so_once(lake: Lake) -> None:
    told = []
    with _another_process_holds(lake) as other:

        def ends(holder: Any) -> None:
            told.append(holder.work)
            assert other.stdin is not None
            other.stdin.close()

        with run_lock(lake, "mine", patience_seconds=30, waits=ends):
            mine = holder_of(lake)
            assert mine is not None
            assert mine.pid == os.getpid()
    assert told == ["a long run"]


def test_a_killed_run_hinders_nobody(lake: Lake) -> None:
    with _another_process_holds(lake) as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
        assert holder_of(lake) is None
        with run_lock(lake, "mine", patience_seconds=0):
            pass


def test_a_run_on_another_lake_is_not_hindered(lake: Lake, tmp_path: Path) -> None:
    with _another_process_holds(lake), run_lock(Lake(tmp_path / "other"), "x", patience_seconds=0):
        pass


def test_a_run_may_ask_again_for_what_it_has(lake: Lake) -> None:
    with run_lock(lake, "outer"):
        with run_lock(lake, "inner", patience_seconds=0):
            pass
        outer = holder_of(lake)
        assert outer is not None
        assert outer.work == "outer"
    assert holder_of(lake) is None


def test_nobody_works_on_a_lake_that_is_not_there(lake: Lake) -> None:
    assert holder_of(lake) is None
