"""Our statement readers beside the best Python readers: entries per second and peak memory.

The same files in the same run, as ratios.

Each reader runs in a process of its own, the sides take turns, and the best of the rounds counts.
Rates are by processor time, which other work on the machine disturbs least; wall time is shown too.
`uv pip install bai2 bankstatementparser` (group `bench`) for the peers.
"""

import argparse
import json
import logging
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.formats import statement_samples as samples

FORMATS = {
    "camt.053": ("camt.xml", samples.camt053, ("bankstatementparser",)),
    "MT940": ("mt940.sta", samples.mt940, ("mt-940", "bankstatementparser-mt940")),
    "BAI2": ("bai2.txt", samples.bai2, ("bai2",)),
    "OFX": ("ofx.ofx", samples.ofx, ("ofxtools",)),
}
"""For each format: its file, who writes it, and the peers that read it."""


def ours(path: Path) -> int:
    """Our reader, typed rows and balance proof included."""
    from pipelines.feeds.formats import FORMATS
    from pipelines.feeds.reading import Source

    source = Source(path, path.name)
    head = source.head()
    known = next(one for one in FORMATS if one.knows(head, source.name))
    parts = known.read(source)
    return sum(part.tables["statement_entries"].height for part in parts)


def bankstatementparser_camt(path: Path) -> int:
    """`bankstatementparser`'s whole-file reader, the faster of its two."""
    from bankstatementparser import CamtParser

    return len(CamtParser(str(path)).parse())


def bankstatementparser_mt940(path: Path) -> int:
    """`bankstatementparser`'s MT940 reader."""
    from bankstatementparser import Mt940Parser

    return len(Mt940Parser(str(path)).parse())


def mt_940(path: Path) -> int:
    """The `mt-940` package."""
    import mt940

    return len(mt940.parse(str(path)))


def bai2_package(path: Path) -> int:
    """The `bai2` package."""
    from bai2 import bai2

    with path.open() as stream:
        read = bai2.parse_from_file(stream)
    return sum(len(a.children) for group in read.children for a in group.children)


def ofxtools_package(path: Path) -> int:
    """The `ofxtools` package, tree converted to its models."""
    from ofxtools.Parser import OFXTree

    parser = OFXTree()
    with path.open("rb") as stream:
        parser.parse(stream)
    return sum(len(statement.transactions) for statement in parser.convert().statements)


READERS: dict[str, Callable[[Path], int]] = {
    "countinghouse": ours,
    "bankstatementparser": bankstatementparser_camt,
    "bankstatementparser-mt940": bankstatementparser_mt940,
    "mt-940": mt_940,
    "bai2": bai2_package,
    "ofxtools": ofxtools_package,
}


def measure(reader: str, path: Path) -> dict[str, Any]:
    """Run a reader in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.formats.statement_readers",
        "--one",
        reader,
        str(path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return {"failed": done.stderr.strip().rpartition("\n")[2][:200]}
    return dict(json.loads(done.stdout.strip().rpartition("\n")[2]))


def run_one(reader: str, path: Path) -> dict[str, Any]:
    """Read once for the imports, then once for the clock."""
    logging.disable(logging.CRITICAL)
    small = path.with_name(f"small-{path.name}")
    READERS[reader](small)
    before, wall, busy = _peak(), time.perf_counter(), time.process_time()
    entries = READERS[reader](path)
    return {
        "entries": entries,
        "wall": time.perf_counter() - wall,
        "busy": time.process_time() - busy,
        "peak_mb": _peak(),
        "grown_mb": _peak() - before,
    }


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def compare(count: int, rounds: int) -> list[dict[str, Any]]:
    """All formats, all readers; the best round of each."""
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for name, (file, write, peers) in FORMATS.items():
            path = Path(folder) / file
            _write(path, write(count))
            _write(path.with_name(f"small-{file}"), write(20))
            best: dict[str, dict[str, Any]] = {}
            for _ in range(rounds):
                for reader in ("countinghouse", *peers):
                    result = measure(reader, path)
                    if (
                        "failed" in result
                        or result["busy"] < best.get(reader, result)["busy"] + 1e-9
                    ):
                        best[reader] = result
            results.append({"format": name, "bytes": path.stat().st_size, "readers": best})
    return results


def _write(path: Path, pieces: Iterable[str]) -> None:
    with path.open("w", newline="") as stream:
        stream.writelines(pieces)


def lines_of(results: list[dict[str, Any]]) -> list[str]:
    """The results as a table for people."""
    lines = [f"{'format':10}{'reader':28}{'entries/s':>12}{'wall':>12}{'ratio':>8}{'peak MB':>9}"]
    for result in results:
        own = _rate(result["readers"]["countinghouse"], "busy")
        for reader, figures in result["readers"].items():
            if "failed" in figures:
                lines.append(f"{result['format']:10}{reader:28}  failed: {figures['failed']}")
                continue
            rate = _rate(figures, "busy")
            lines.append(
                f"{result['format']:10}{reader:28}{rate:12,.0f}{_rate(figures, 'wall'):12,.0f}"
                f"{own / rate:8.2f}{figures['peak_mb']:9,}"
            )
    return lines


def _rate(figures: dict[str, Any], clock: str) -> float:
    return float(figures["entries"] / figures[clock])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", nargs=2, metavar=("READER", "FILE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        sys.stdout.write(json.dumps(run_one(asked.one[0], Path(asked.one[1]))) + "\n")
        return
    results = compare(asked.entries, asked.rounds)
    sys.stdout.write("\n".join(lines_of(results)) + "\n")
    if asked.json:
        asked.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
