"""The ways in which the fuzzer spoils a file, each under its name."""

import random
import re
from collections.abc import Callable

from benchmarks.fuzz.seeds import packed

Mutation = Callable[[bytes, random.Random], bytes]

_SPLINTERS = [
    *(b"<", b">", b"&x;", b"<!DOCTYPE a [", b"<![CDATA[", b"-->", b"\x00", b"\xff\xfe", b":61:"),
    *(b"\n-\n", b"?20", b"/EREF/", b"88,", b"/", b",", b"9" * 40, b"-", b"16,", b"99,0,0,0/\n"),
    *(b"<STMTTRN>", b"</OFX>", b"<Ntry>", b"</Stmt>", b"</TxDtls>", b"000000", b"\r", b'"', b";;"),
    *(b":86:", b"1E9999", b"NaN", b"Infinity", b"-0.0001", b"29.02.2026", b"20261301"),
    *(b"<CdtTrfTxInf>", b"<TxSts>", b"{", b"}", b'"amount":', b"null", b"\\u0000", b"\\ud800"),
]
_NUMBERS = [
    *(b"9" * 40, b"9" * 400, b"-1", b"0", b"1e309", b"0.00000000001", b"99999999999999999.99"),
    *(b"1.234.567,89", b"1,2,3", b"", b" ", b"\xd9\xa3", b"0x10", b"18446744073709551616"),
]
_TAG = re.compile(rb"</?([A-Za-z][\w.]*)|:(\d\d[A-Z]?):|^(\d\d),", re.MULTILINE)
_NUMBER = re.compile(rb"\d[\d.,]*")
_ENCODINGS = ("utf-16", "utf-16-le", "utf-8-sig", "cp037", "utf-32", "cp1252", "utf-7")


def _span(data: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(data))
    return start, min(len(data), start + chance.randrange(1, 80))


def flip_bits(data: bytes, chance: random.Random) -> bytes:
    """One to eight bits turned over."""
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 9)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut_off(data: bytes, chance: random.Random) -> bytes:
    """The file ends early, or begins late."""
    at = chance.randrange(len(data))
    return data[:at] if chance.random() < 0.8 else data[at:]


def cut_out(data: bytes, chance: random.Random) -> bytes:
    """A piece is missing, doubled, turned round or in the other case."""
    start, end = _span(data, chance)
    piece = data[start:end]
    return (
        data[:start] + chance.choice([b"", piece * 2, piece[::-1], piece.swapcase()]) + data[end:]
    )


def swap_lines(data: bytes, chance: random.Random) -> bytes:
    """Two lines change places; one is left out, or comes again at another place."""
    lines = data.splitlines(keepends=True)
    one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(3):
        case 0:
            lines[one], lines[two] = lines[two], lines[one]
        case 1:
            del lines[one]
        case _:
            lines.insert(two, lines[one])
    return b"".join(lines)


def rename_tag(data: bytes, chance: random.Random) -> bytes:
    """A tag, field or record code is called by another's name, everywhere or once."""
    found = list(_TAG.finditer(data))
    if len(found) < 2:
        return data
    one, two = (next(filter(None, chance.choice(found).groups())) for _ in range(2))
    return data.replace(one, two, -1 if chance.random() < 0.5 else 1)


def odd_number(data: bytes, chance: random.Random) -> bytes:
    """A number is huge, tiny, empty or none at all."""
    found = list(_NUMBER.finditer(data))
    if not found:
        return data
    match = chance.choice(found)
    return data[: match.start()] + chance.choice(_NUMBERS) + data[match.end() :]


def other_encoding(data: bytes, chance: random.Random) -> bytes:
    """The text is written in an encoding that nobody announced, or letters of two are mixed."""
    text = data.decode("latin-1")
    if chance.random() < 0.5:
        start, end = _span(data, chance)
        return data[:start] + "ÄÖÜß€漢😀\u202e\u00a0".encode() + "äöü".encode("cp1252") + data[end:]
    return text.encode(chance.choice(_ENCODINGS), "replace")


def splinter(data: bytes, chance: random.Random) -> bytes:
    """A splinter of some format is put in, or a piece comes hundreds of times."""
    start, _ = _span(data, chance)
    if chance.random() < 0.2:
        return data[:start] + data[start : start + 9] * chance.randrange(1, 300) + data[start:]
    return data[:start] + chance.choice(_SPLINTERS) + data[start:]


def in_a_zip(data: bytes, chance: random.Random) -> bytes:
    """The file is packed, once or in packages within packages, and the package may be hurt."""
    for depth in range(chance.randrange(1, 4)):
        data = packed({f"{depth}-{number}.dat": data for number in range(chance.randrange(1, 3))})
    return flip_bits(data, chance) if chance.random() < 0.4 else data


MUTATIONS: dict[str, Mutation] = {
    "bits flipped": flip_bits,
    "cut off": cut_off,
    "pieces cut out": cut_out,
    "lines swapped": swap_lines,
    "tags renamed": rename_tag,
    "odd numbers": odd_number,
    "other encoding": other_encoding,
    "splinters": splinter,
    "packed": in_a_zip,
}


def mutate(data: bytes, kind: str, chance: random.Random) -> bytes:
    """One mutation of a kind, and up to three more of any."""
    kinds = [kind, *(chance.choice(list(MUTATIONS)) for _ in range(chance.randrange(4)))]
    for name in kinds:
        if not data:
            break
        if name != "packed" or name == kind:
            data = MUTATIONS[name](data, chance)
    return data
