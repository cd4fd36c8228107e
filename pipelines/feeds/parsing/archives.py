"""What an archive in the zip format shows of itself: how it begins, and how damage shows."""

import lzma
import struct
import zipfile
import zlib
from errno import EINVAL

SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
"""The first bytes: a first member, or the end of an archive that has none."""

_HEADER = struct.Struct("<18xI4xHH")
_ENCRYPTED = 0x1
_RAISED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ArithmeticError,
    ValueError,
    LookupError,
)


def member_names(head: bytes) -> list[str]:
    """Names of the members whose headers stand in the first bytes of an archive, in its order."""
    names, at = [], 0 if head.startswith(SIGNATURES[0]) else -1
    while at >= 0:
        header = head[at : at + _HEADER.size]
        if len(header) < _HEADER.size:
            break
        packed, length, extra = _HEADER.unpack(header)
        names.append(
            head[at + _HEADER.size : at + _HEADER.size + length].decode("utf-8", "replace")
        )
        behind = at + _HEADER.size + length + extra + packed
        at = behind if head.startswith(SIGNATURES[0], behind) else head.find(SIGNATURES[0], at + 4)
    return names


def is_encrypted(member: zipfile.ZipInfo) -> bool:
    """Whether a member needs a password."""
    return bool(member.flag_bits & _ENCRYPTED)


def is_damage(error: Exception) -> bool:
    """Whether what came up while an archive was read says that the archive is damaged or odd.

    The library raises over damage whatever its parts happen to raise. An error of the operating
    system counts where it speaks of a bad offset or bad data; a disk that fails says more.
    """
    if isinstance(error, OSError):
        return error.errno in (None, EINVAL)
    return isinstance(error, _RAISED)
