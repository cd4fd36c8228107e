"""What to say of a file that no reader knows: what it seems to be, and what to do about it."""

from pipelines.feeds.contract_tables.csv import nearest
from pipelines.feeds.parsing.json_safe import TooDeepError, check_nesting
from pipelines.feeds.parsing.text import head_text, utf8_head
from pipelines.feeds.reading import RefusedError
from pipelines.feeds.statements.tabular.evidence import headless, without_heading
from pipelines.feeds.statements.tabular.sheet import head_rows

_MAGIC = (
    (b"%PDF", "a PDF document", "Ask for the data as a file that programs read, such as CSV"),
    (b"PK\x03\x04", "a zip archive that is no Excel workbook", "Unpack it and send the files"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Save the sheet as CSV (UTF-8)"),
    (b"\x1f\x8b", "compressed by gzip", "Unpack it first"),
    (b"\x7fELF", "a program", "Do not send programs"),
    (b"MZ", "a program", "Do not send programs"),
)
_HTML = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script")
_LOOKED_FOR = (
    "ISO 20022 messages (camt, pain, pacs), MT940, BAI2, OFX, settlement reports, payment events "
    "and tables in the columns of a contract"
)


def refusal(head: bytes, name: str) -> RefusedError:
    """The refusal of a file that no reader knows, in words for whoever sent it."""
    text = utf8_head(head).lstrip()
    if not text:
        what = "holds nothing but blanks" if head else "is empty (0 bytes)"
        return RefusedError(f"{name} {what}", advice="Ask the sender for it again")
    for magic, what, advice in _MAGIC:
        if head.startswith(magic):
            return RefusedError(f"{name} is {what}", advice=advice)
    if text[:200].lower().startswith(_HTML):
        advice = "The download failed: most often a login or error page. Fetch it again"
        return RefusedError(f"{name} is a web page, not data", advice=advice)
    if text.startswith((b"{", b"[")):
        try:
            check_nesting(text)
        except TooDeepError as error:
            return RefusedError(
                f"{name}: {error}", place="line 1", advice="Take the file as hostile"
            )
    return (
        _unknown_xml(name, text)
        if text.startswith(b"<")
        else _unknown_text(head, utf8_head(head), name)
    )


def _unknown_xml(name: str, text: bytes) -> RefusedError:
    shown = text[:60].decode("utf-8", "replace")
    return RefusedError(
        f"{name} is XML, but no message that we read; it begins with {shown!r}",
        advice=f"Looked for: {_LOOKED_FOR}",
    )


def _unknown_text(head: bytes, text: bytes, name: str) -> RefusedError:
    if b"\0" in text:
        return RefusedError(f"{name} is binary data of no known kind", advice="Send it as text")
    near = nearest(head)
    if near:
        contract, lacking = near
        return RefusedError(
            f"{name} looks most like {contract.name}, but lacks {', '.join(lacking)}",
            place="line 1",
            advice="Name the columns in the first line as the contract does",
        )
    if without_heading(head_rows(head)):
        return headless(name)
    shown = head_text(text)[:60]
    return RefusedError(
        f"{name} is of no known format; it begins with {shown!r}",
        advice=f"Looked for: {_LOOKED_FOR}",
    )
