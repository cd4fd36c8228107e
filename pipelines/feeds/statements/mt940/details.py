"""What `:86:` and `:NS:` say about a movement, in the dialects banks write it in.

`structured`: `166?00GUTSCHRIFT?20EREF+...?30BIC?31IBAN?32NAME` with any mark before the number;
`coded`: `/TRTP/SEPA/IBAN/.../NAME/.../REMI/...`; `free`: text for people; `non-swift`: `:NS:`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.feeds.statements.mt940.accounts import is_bic, looks_like_iban, party

_STRUCTURED = re.compile(r"\s*(\d{3})?([?>~<^@|]|(?<=\d{3})\+)(?:00|10|2\d|3[0-8]|6\d)")
_SEPA_NAMES = "EREF KREF MREF CRED DEBT COAM OAMT SVWZ ABWA ABWE PURP MDAT SQTP ORCR ORMR DDAT"
_SEPA_KEYS = frozenset(_SEPA_NAMES.split())
_SEPA_WORDS = ("IBAN", "BIC")
"""Keywords that stand alone: letters before them make them part of another word."""
_CODES = (
    "TRTP TRCD IBAN BIC NAME REMI EREF KREF PREF MARF CSID ADDR BENM ORDP CNTP ISDT RTRN PURP ULTC "
    "ULTD ULTB UDTR UCRD ID SVCL CREF OCMT IACC CHGS EXCH ORIG ACCW BO TXT CDTR DBTR URI MSGID"
)
_CODED = re.compile(rf"/({'|'.join(_CODES.split())})(?=/)")
_BARE = re.compile(r"(?:EREF|KREF|PREF|MARF|REMI|TRTP|TRCD)/")
_REFERENCE = re.compile(r"/CDTRREF/([^/]+)")
_AMOUNT = re.compile(r"([A-Z]{3}[\d.,]+)/(?=.)")
_LABELLED = re.compile(r"\bREK: ?([A-Z]{2}\d{2}[A-Z0-9]{10,30})(?:/NAAM: ?(.+))?$")
_NS = re.compile(r"(\d{2})(.*)")
_NUMBERS = frozenset(f"{number:02d}" for number in range(100))
_FULL_LINE = 65
_RETURNS = ("108", "109", "159", "059")


@dataclass(slots=True)
class Details:
    """What was understood, and in `rest` what was not."""

    dialect: str
    remittance: str | None = None
    name: str | None = None
    account: str | None = None
    agent: str | None = None
    end_to_end_id: str | None = None
    mandate_id: str | None = None
    instruction_id: str | None = None
    purpose: str | None = None
    return_reason: str | None = None
    posting_text: str | None = None
    rest: dict[str, str] = field(default_factory=dict)


def details_of(lines: Sequence[str]) -> Details:
    """Read the lines of a `:86:` field."""
    text = "".join(lines)
    if match := _STRUCTURED.match(text):
        return _structured(text, match)
    text = text.lstrip()
    if text.startswith("/") and _CODED.match(text):
        return _coded(text)
    if _BARE.match(text):
        return _coded(f"/{text}")
    for at, line in enumerate(lines):
        if line.startswith("/TRTP/"):
            return _coded_behind(lines[:at], lines[at:])
    return _free(lines)


def _coded_behind(head: Sequence[str], lines: Sequence[str]) -> Details:
    """Coded text under lines for people that say the same once more."""
    details, plain = _coded("".join(lines)), _free(head)
    details.account, details.name = details.account or plain.account, details.name or plain.name
    if plain.remittance:
        details.rest["text"] = plain.remittance
    return details


def _clean(text: str | None) -> str | None:
    return " ".join(text.split()) or None if text else None


def _structured(text: str, match: "re.Match[str]") -> Details:
    whole: dict[str, str] = {}
    numbered = _numbered(text[match.start(2) :], match[2])
    agent, own_line = _account_lines(numbered)
    for key, value in numbered:
        field = key[0] if key[0] in "26" else key
        whole[field] = whole[field] + value if field in whole else value
    details = Details("structured", agent=agent)
    _sepa(whole.pop("2", ""), details)
    if more := whole.pop("6", ""):
        details.remittance = _clean(f"{details.remittance or ''} {more}")
    details.posting_text = _clean(whole.pop("00", None))
    details.agent = _clean(whole.pop("30", None)) or details.agent
    account, iban, second = (whole.pop(key, "") for key in ("31", "38", "33"))
    if not account and looks_like_iban(second):
        account, second = second, ""
    details.account = own_line or "".join((iban or account).split()) or details.account
    details.name = _clean(whole.pop("32", "") + second) or details.name
    if own_line and account:
        details.rest["own_account"] = account.strip()
    _keep_codes(details, match[1], whole.pop("34", "").strip(), whole.pop("10", "").strip())
    if iban and account:
        details.rest["account_number"] = account.strip()
    if whole:
        kept = {f"?{key}": value.strip() for key, value in whole.items() if value.strip()}
        details.rest.update(kept)
    return details


def _account_lines(numbered: list[tuple[str, str]]) -> tuple[str | None, str | None]:
    """Agent and account of the other side, taken out where 20 is all BIC and 21 all IBAN."""
    for at in range(len(numbered) - 1):
        (first, agent), (second, account) = numbered[at : at + 2]
        if (first, second) == ("20", "21") and is_bic(agent) and looks_like_iban(account):
            del numbered[at : at + 2]
            return agent.strip(), account.strip()
    return None, None


def _numbered(text: str, mark: str) -> list[tuple[str, str]]:
    """Field numbers and texts; a mark that no number follows is part of the text, save the last."""
    parts: list[tuple[str, str]] = []
    for piece in text.rstrip().removesuffix(mark).split(mark)[1:]:
        if piece[:2] in _NUMBERS:
            parts.append((piece[:2], piece[2:]))
        elif parts:
            key, text_so_far = parts[-1]
            parts[-1] = key, f"{text_so_far}{mark}{piece}"
    return parts


def _keep_codes(details: Details, code: str | None, extension: str, journal: str) -> None:
    if code in _RETURNS and extension:
        details.return_reason = extension
    elif extension:
        details.rest["text_key_extension"] = extension
    if code:
        details.rest["transaction_code"] = code
    if journal:
        details.rest["journal_number"] = journal


def _sepa(purpose: str, details: Details) -> None:
    """Split the joined purpose at its SEPA keywords (EREF+, SVWZ+ ...)."""
    if "+" not in purpose:
        details.remittance = _clean(purpose)
        return
    words = []
    for key, value in _keyed(purpose):
        if key in ("", "SVWZ"):
            words.append(value)
        elif stripped := value.strip():
            _keep_sepa(key, stripped, details)
    details.remittance = _clean(" ".join(words))


def _keyed(purpose: str) -> list[tuple[str, str]]:
    """SEPA keywords and what follows them; first what stands before any, under no keyword."""
    pairs, key = [], ""
    value, *others = purpose.split("+")
    for other in others:
        before = value.removesuffix(" ")
        keyword = before[-4:]
        if keyword not in _SEPA_KEYS:
            keyword = next((word for word in _SEPA_WORDS if _ends_with(before, word)), "")
        if keyword:
            pairs.append((key, before[: -len(keyword)]))
            key, value = keyword, other
        else:
            value = f"{value}+{other}"
    return [*pairs, (key, value)]


def _ends_with(text: str, word: str) -> bool:
    if not text.endswith(word):
        return False
    letter = text[-len(word) - 1 : -len(word)]
    return not (letter.isalnum() or letter == "_")


_SEPA_FIELDS = {
    "EREF": "end_to_end_id",
    "KREF": "instruction_id",
    "MREF": "mandate_id",
    "PURP": "purpose",
    "BIC": "agent",
}


def _keep_sepa(key: str, value: str, details: Details) -> None:
    if key == "IBAN":
        details.account = "".join(value.split())
    elif name := _SEPA_FIELDS.get(key):
        setattr(details, name, value)
    else:
        details.rest[key] = value


def _coded(text: str) -> Details:
    pieces = _CODED.split(text)
    by_code: dict[str, str] = {}
    for key, value in zip(pieces[1::2], pieces[2::2], strict=True):
        stripped = value.strip("/ ")
        if stripped:
            by_code[key] = f"{by_code[key]} {stripped}" if key in by_code else stripped
    details = Details("coded", remittance=_remittance(by_code.pop("REMI", "")))
    if other := by_code.pop("CNTP", ""):
        account, agent, name, *rest = (*other.split("/"), "", "", "")
        details.account, details.agent, details.name = account or None, agent or None, _clean(name)
        if city := "/".join(rest).strip("/"):
            details.rest["city"] = city
    details.account = by_code.pop("IBAN", None) or details.account
    details.agent = by_code.pop("BIC", None) or details.agent
    details.name = _clean(by_code.pop("NAME", None)) or details.name
    _party(details, by_code)
    details.end_to_end_id = _clean(by_code.pop("EREF", None))
    details.mandate_id = by_code.pop("MARF", None)
    details.instruction_id = by_code.pop("KREF", None)
    details.purpose = by_code.pop("PURP", None)
    details.return_reason = by_code.pop("RTRN", None)
    details.posting_text = _clean(by_code.pop("TRTP", None))
    details.rest.update(by_code)
    if pieces[0].strip("/ "):
        details.rest["text"] = pieces[0].strip("/ ")
    return details


def _party(details: Details, by_code: dict[str, str]) -> None:
    """Who stands behind BENM and ORDP, and text behind an amount, where no code announces them."""
    for key in ("BENM", "ORDP"):
        if key in by_code and (read := party(by_code[key])):
            del by_code[key]
            details.account, details.name = details.account or read[0], details.name or read[1]
            details.remittance = details.remittance or _clean(read[2])
    if match := _AMOUNT.match(by_code.get("OCMT", "")):
        name, by_code["OCMT"] = by_code["OCMT"][match.end() :], match[1]
        details.remittance = details.remittance or _clean(name)


def _remittance(text: str) -> str | None:
    kind, _, reference = text.partition("/")
    if kind in ("USTD", "STRD"):
        text = reference.strip("/")
    if match := _REFERENCE.search(f"/{text}"):
        text = match[1]
    return _clean(text)


def _free(lines: Sequence[str]) -> Details:
    """Text for people: a full line runs on into the next, a shorter one ends a word."""
    text = ""
    for line in lines:
        text += line if len(line) >= _FULL_LINE else f"{line} "
    details = Details("free", remittance=_clean(text))
    first, _, rest = text.strip().partition(" ")
    if looks_like_iban(first):
        details.account = first
        details.name = _clean(rest.split("  ")[0])
    elif match := _LABELLED.search(text.strip()):
        details.account, details.name = match[1], _clean(match[2])
    return details


def non_swift(lines: Sequence[str]) -> Details:
    """Read a `:NS:` field: numbered lines, 01-14 the purpose, 15-16 the name, 33-34 the account."""
    by_code: dict[str, str] = {}
    loose = []
    for line in lines:
        if match := _NS.match(line):
            by_code[match[1]] = f"{by_code.get(match[1], '')}{match[2]}"
        elif line.strip():
            loose.append(line.strip())
    return _named(by_code, loose)


def _named(by_code: dict[str, str], loose: Sequence[str]) -> Details:
    words = [by_code.pop(f"{number:02d}", "") for number in range(1, 15)]
    details = Details("non-swift", remittance=_clean(" ".join([*words, *loose])))
    details.name = _clean(by_code.pop("15", "") + by_code.pop("16", ""))
    details.posting_text = _clean(by_code.pop("17", None))
    details.agent = _clean(by_code.pop("33", None))
    details.account = _clean(by_code.pop("34", None))
    details.rest = _rest(by_code)
    return details


def _rest(by_code: Mapping[str, str]) -> dict[str, str]:
    return {f"NS{key}": value.strip() for key, value in by_code.items() if value.strip()}
