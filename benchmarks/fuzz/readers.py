"""Mutated files by the hundred thousand: each is read, or refused in words; nothing else.

    python -m benchmarks.fuzz.readers --files 100000 --seed 1

Seeds are our own samples in every format; each file is recognised and read as `countinghouse read`
does it. A traceback, a file that takes longer than `--seconds`, or a process that grows beyond
`--megabytes` is kept in `--keep` and fails the run.
"""

import argparse
import random
import resource
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from benchmarks.fuzz.mutations import MUTATIONS, mutate
from benchmarks.fuzz.seeds import SEEDS
from pipelines.feeds.formats import FORMATS
from pipelines.feeds.reading import RefusedError
from pipelines.inspection.file_report import read_file

_SPEAK_EVERY = 5_000
"""Files after which the run says how far it is."""


class TooLongError(BaseException):
    """A file takes too long; no reader may catch this."""


@dataclass
class FuzzTally:
    """What became of the files: counts by seed, by mutation and by end, and the worst figures."""

    by_seed: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_kind: Counter[tuple[str, str]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0
    peak: int = 0


def attempt(path: Path) -> str:
    """Recognise and read one file; how it went."""
    try:
        for _ in read_file(path, FORMATS):
            pass
    except RefusedError as refused:
        return "refused" if str(refused).strip() else "refused without a word"
    return "read"


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise TooLongError


def run(files: int, seed: int, seconds: int, megabytes: int, keep: Path) -> FuzzTally:
    """Attempt `files` mutated files; what was neither read nor refused lies in `keep`."""
    chance, outcome = random.Random(seed), FuzzTally()
    signal.signal(signal.SIGALRM, _too_long)
    with TemporaryDirectory(prefix="fuzz-") as folder:
        for number in range(files):
            name, kind = chance.choice(list(SEEDS)), chance.choice(list(MUTATIONS))
            data = mutate(SEEDS[name], kind, chance)
            path = Path(folder) / f"{number % 8}.dat"
            path.write_bytes(data)
            begun = time.perf_counter()
            signal.alarm(seconds)
            try:
                end = attempt(path)
            except (Exception, TooLongError) as error:
                end = type(error).__name__
            signal.alarm(0)
            outcome.slowest = max(outcome.slowest, time.perf_counter() - begun)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            if peak > megabytes:
                end = f"{peak} MB"
            if end not in ("read", "refused"):
                kept = keep / f"fuzz-{seed}-{number}.bin"
                kept.write_bytes(data)
                outcome.failures.append(f"{kept}: {name}, {kind}: {end}")
                end = "failed"
                if peak > megabytes:
                    break
            outcome.by_seed[name, end] += 1
            outcome.by_kind[kind, end] += 1
            outcome.peak = peak
            if (number + 1) % _SPEAK_EVERY == 0:
                done = f"{number + 1:,} of {files:,} files, {len(outcome.failures)} failed"
                sys.stderr.write(f"  {done}\n")
    return outcome


def lines_of(outcome: FuzzTally) -> list[str]:
    """The outcome as a table for people."""
    ends = ("read", "refused", "failed")
    lines = [f"{'':20}" + "".join(f"{end:>10}" for end in ends)]
    for counts in (outcome.by_seed, outcome.by_kind):
        lines += [
            f"{name:20}" + "".join(f"{counts[name, end]:10,}" for end in ends)
            for name in sorted({name for name, _ in counts})
        ]
        lines.append("")
    total = outcome.by_seed.total()
    lines.append(f"{total:,} files; slowest {outcome.slowest:.1f} s; peak {outcome.peak} MB")
    return [*lines, *outcome.failures]


def main() -> None:
    """Run and print what became of the files; exit 1 if one was neither read nor refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--megabytes", type=int, default=1_000)
    parser.add_argument("--keep", type=Path, default=Path())
    asked = parser.parse_args()
    outcome = run(asked.files, asked.seed, asked.seconds, asked.megabytes, asked.keep)
    sys.stdout.write("\n".join(lines_of(outcome)) + "\n")
    sys.exit(1 if outcome.failures else 0)


if __name__ == "__main__":
    main()
