"""`countinghouse workbook`: a month of the books as a spreadsheet."""

from pathlib import Path

from pipelines.commands.opening import lake_to_read
from pipelines.output.terminal import Terminal
from pipelines.period_close.workbook.figures import read_figures
from pipelines.period_close.workbook.period import Period, WorkbookError

REFUSED, DISAGREES = 2, 1


def workbook(*, period: str, out: Path, folder: Path | None) -> int:
    """Write the workbook of a period.

    Returns:
        0 when every figure in it agrees with its parts, 1 when one does not (the workbook shows
        which), 2 when nothing was written.
    """
    from pipelines.period_close.workbook.book import write_workbook

    errors = Terminal(stderr=True)
    try:
        if out.suffix.lower() != ".xlsx":
            raise WorkbookError(
                f"{out} does not end in .xlsx. Name a workbook, such as close.xlsx."
            )
        figures = read_figures(lake_to_read(folder), Period.of(period))
        out.parent.mkdir(parents=True, exist_ok=True)
        agrees = write_workbook(figures, out)
    except WorkbookError as error:
        errors.problem("No workbook:", str(error))
        return REFUSED
    except OSError as error:
        errors.problem(f"{out} cannot be written:", error.strerror or "")
        return REFUSED
    errors.print(
        f"{out}: {period} as of {figures.as_of}, {figures.matches['match_id'].n_unique():,} "
        f"matches, {figures.breaks.height:,} open items. Books: {figures.books}."
    )
    if not agrees:
        errors.problem("Some figures do not agree with their parts:", "see the summary sheet.")
    return 0 if agrees else DISAGREES
