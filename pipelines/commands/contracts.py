"""`countinghouse contracts`: the data dictionary."""


def contracts() -> None:
    """Print the data dictionary: every table's columns, as Markdown."""
    from pipelines.output.terminal import write_lines
    from quality.dictionary import dictionary

    write_lines(dictionary().splitlines())
