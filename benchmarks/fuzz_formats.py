"""Mutated statements by the hundred thousand: each is read, or refused in words; nothing else.

    python -m benchmarks.fuzz_formats --files 100000 --seed 1

Seeds are our own samples in every format. A traceback, a file that takes longer than `--seconds`,
or a process that grows beyond `--megabytes` ends the run with the file written to `--keep`.
"""

import argparse
import io
import random
import resource
import signal
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from benchmarks import statement_samples as samples
from pipelines.feeds.canonical_json import statement_objects
from pipelines.feeds.formats import FORMATS
from pipelines.feeds.reading import RefusedError

STATEMENTS = [known for known in FORMATS if known.feed == "statements"]
SEEDS = {
    "camt": "".join(samples.camt053(3)).encode(),
    "mt940": "".join(samples.mt940(3)).encode(),
    "bai2": "".join(samples.bai2(3)).encode(),
    "ofx": "".join(samples.ofx(3)).encode(),
    "statement_csv": (
        b"account_id,booking_date,amount,currency,balance\n"
        b"DE89370400440532013000,2026-01-15,-1.50,EUR,8.50\n"
        b"DE89370400440532013000,2026-01-16,2.00,EUR,10.50\n"
    ),
}
_SPLINTERS = [
    *(b"<", b">", b"&x;", b"<!DOCTYPE a [", b"<![CDATA[", b"-->", b"\x00", b"\xff\xfe", b":61:"),
    *(b"\n-\n", b"?20", b"/EREF/", b"88,", b"/", b",", b"9" * 40, b"-", b"16,", b"99,0,0,0/\n"),
    *(b"<STMTTRN>", b"</OFX>", b"<Ntry>", b"</Stmt>", b"</TxDtls>", b"000000", b"\r", b'"', b";;"),
    *(b":86:", b"1E9999", b"NaN", b"Infinity", b"-0.0001", b"29.02.2026", b"20261301"),
]


@dataclass(frozen=True)
class InMemory:
    """Stands where a `Source` would."""

    data: bytes
    name: str

    def open(self) -> io.BytesIO:
        """The bytes, from the start."""
        return io.BytesIO(self.data)

    def head(self) -> bytes:
        """The first bytes."""
        return self.data[:16_384]


def mutate(data: bytes, chance: random.Random) -> bytes:
    """One to six changes: bytes flipped, cut, doubled, moved, or splinters of formats put in."""
    changes: list[Callable[[bytes, int, int], bytes]] = [
        lambda d, a, _: d[:a] + bytes([chance.randrange(256)]) + d[a + 1 :],
        lambda d, a, b: d[:a] + d[b:],
        lambda d, a, b: d[:b] + d[a:b] + d[b:],
        lambda d, a, b: d[:a] + d[a:b][::-1] + d[b:],
        lambda d, a, _: d[:a] + chance.choice(_SPLINTERS) + d[a:],
        lambda d, a, _: d[:a],
        lambda d, a, b: d[:a] + d[a:b].swapcase() + d[b:],
        lambda d, a, b: d[:a] + d[a : a + 9] * chance.randrange(1, 300) + d[b:],
    ]
    for _ in range(chance.randrange(1, 7)):
        if not data:
            return data
        start = chance.randrange(len(data))
        end = min(len(data), start + chance.randrange(1, 80))
        data = chance.choice(changes)(data, start, end)
    return data


def attempt(name: str, data: bytes) -> str:
    """Read one file with the reader it was made for; how it went."""
    known = next(item for item in STATEMENTS if item.name == name)
    source = InMemory(data, f"{name}.bin")
    try:
        known.recognises(source.head(), source.name)
        list(statement_objects(source, known.read(source)))  # type: ignore[arg-type]
    except RefusedError:
        return "refused"
    return "read"


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError("the file takes too long")


def run(files: int, seed: int, seconds: int, megabytes: int, keep: Path) -> Counter[str]:
    """Attempt `files` mutated files.

    Raises:
        SystemExit: a file was neither read nor refused; it lies in `keep`.
    """
    chance = random.Random(seed)
    outcomes: Counter[str] = Counter()
    signal.signal(signal.SIGALRM, _too_long)
    for number in range(files):
        name = chance.choice(list(SEEDS))
        data = mutate(SEEDS[name], chance)
        signal.alarm(seconds)
        try:
            outcomes[f"{name} {attempt(name, data)}"] += 1
        except Exception as error:
            signal.alarm(0)
            kept = keep / f"fuzz-{seed}-{number}-{name}.bin"
            kept.write_bytes(data)
            raise SystemExit(f"{kept}: {type(error).__name__}: {error}") from error
        signal.alarm(0)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        if peak > megabytes:
            raise SystemExit(f"file {number} ({name}): {peak} MB")
    return outcomes


def main() -> None:
    """Run and print what became of the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--megabytes", type=int, default=1_000)
    parser.add_argument("--keep", type=Path, default=Path())
    asked = parser.parse_args()
    outcomes = run(asked.files, asked.seed, asked.seconds, asked.megabytes, asked.keep)
    for name, count in sorted(outcomes.items()):
        sys.stdout.write(f"{name:24}{count:10,}\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"{'all':24}{outcomes.total():10,}   peak {peak} MB\n")


if __name__ == "__main__":
    main()
