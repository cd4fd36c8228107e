"""Every benchmark, one after the other; each prints ratios of one run. `make bench`."""

import subprocess
import sys

BENCHMARKS: tuple[tuple[str, ...], ...] = (
    ("benchmarks.ingest", "--rows", "5000000", "--rounds", "3"),
    ("benchmarks.formats.statement_readers",),
    ("benchmarks.reconciliation.throughput", "--rows", "1000000"),
    ("benchmarks.reconciliation.demo_truth",),
    ("benchmarks.reconciliation.one_day",),
    ("benchmarks.models",),
)


def main() -> int:
    """Run them all; the number of those that failed."""
    failed = 0
    for name, *arguments in BENCHMARKS:
        print(f"== {name} {' '.join(arguments)}", flush=True)
        failed += (
            subprocess.run([sys.executable, "-m", name, *arguments], check=False).returncode != 0
        )
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
