"""`countinghouse read`: any bank, payment or settlement file; of a lake only its profiles."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipelines.feeds.reading import READER_FAILURES, RefusedError
from pipelines.feeds.saved_profiles import ProfileError
from pipelines.feeds.statements.continuity import continuity_findings, summary_of
from pipelines.ingestion.lake_formats import formats_of
from pipelines.inspection.file_report import (
    FileReport,
    chain_lines,
    has_nothing,
    read_file,
    report_lines,
    reports,
)
from pipelines.lake.lake import Lake
from pipelines.output.terminal import Terminal, write_json, write_lines
from pipelines.settings import Settings

REFUSED = 2


def read(files: Sequence[Path], *, as_json: bool) -> int:
    """Print what files say; 0 when all were read, 2 when one was refused or all of it turned away.

    A file is printed whole or not at all: it may be refused only at its end. Statements are held
    against each other, over all files: gaps, duplicates, files out of order.
    """
    errors, ended = Terminal(stderr=True), 0
    try:
        formats = formats_of(Lake(Settings().root))
    except ProfileError as error:
        errors.problem("Nothing was read", str(error))
        return REFUSED
    objects: list[dict[str, Any]] = []
    read_reports: list[FileReport] = []
    for path in files:
        try:
            if as_json:
                objects_read = list(read_file(path, formats))
                objects += objects_read
                nothing = has_nothing(objects_read)
            else:
                found = list(reports(path, formats))
                nothing = any(report.has_nothing for report in found)
                read_reports += found
                write_lines(line for report in found for line in report_lines(report))
            if nothing:
                errors.problem("Nothing was read", f"{path.name}: every row was turned away")
                ended = REFUSED
        except (RefusedError, OSError) as error:
            errors.problem("Refused", f"{path.name}: {error}")
            ended = REFUSED
        except READER_FAILURES as error:
            failed = f"its reader failed over it: {type(error).__name__}: {error}"
            errors.problem("Refused", f"{path.name}: {failed}")
            ended = REFUSED
    _chain(objects)
    for one in objects:
        write_json(one)
    write_lines(chain_lines(read_reports))
    return ended


def _chain(objects: Sequence[dict[str, Any]]) -> None:
    """Put what the statements of all files say about each other with the statement it is about."""
    links = [
        (link, statement)
        for statement in objects
        if "entries" in statement and (link := summary_of(statement))
    ]
    findings = {id(link): statement["findings"] for link, statement in links}
    for link, item in continuity_findings(link for link, _ in links):
        finding = {"code": item.code, "message": item.message, "place": item.place}
        findings[id(link)].append(finding)
