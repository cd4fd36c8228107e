"""`countinghouse read`: any bank, payment or settlement file, without a lake."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from pipelines.feeds.formats import FORMATS
from pipelines.feeds.read_report import read_file, report_lines, reports
from pipelines.feeds.reading import RefusedError

REFUSED = 2


def read(files: Sequence[Path], *, as_json: bool) -> int:
    """Print what files say; 0 when all were read, 2 when one was refused.

    A file is printed whole or not at all: it may be refused only at its end.
    """
    errors, ended = Console(stderr=True), 0
    for path in files:
        try:
            said = _lines(path, as_json=as_json)
        except (RefusedError, OSError) as error:
            errors.print(f"[red]Refused[/] {path.name}: {error}", highlight=False)
            ended = REFUSED
            continue
        sys.stdout.writelines(f"{line}\n" for line in said)
    return ended


def _lines(path: Path, *, as_json: bool) -> list[str]:
    if as_json:
        return [json.dumps(said, ensure_ascii=False) for said in read_file(path, FORMATS)]
    return [line for report in reports(path, FORMATS) for line in report_lines(report)]
