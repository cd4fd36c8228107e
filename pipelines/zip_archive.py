"""What an archive in the zip format shows of itself: how it begins, and how damage shows."""

import lzma
import struct
import zipfile
import zlib
from errno import EINVAL

SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
"""The first bytes: a first member, or the end of an archive that has none."""

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
