"""What was read from a document's chip, kept: inside a session's payload, or as single files.

Nothing is verified here. Whoever reads them again has the state's signature verified again.
"""

import base64
from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from crypto.canonical_json import JsonValue
from crypto.lds.files import ChipAuthenticity, ChipFiles
from crypto.strict_json import strict_decoded
from workstation.errors import WorkstationError

__all__ = [
    "FILE_TAGS",
    "ChipFilesRefused",
    "describe_chip_files",
    "read_chip_payload",
    "sort_chip_files",
]

_COM: Final = 0x60
_SECURITY_OBJECT: Final = 0x77
FILE_TAGS: Final = {
    0x61: 1,
    0x75: 2,
    0x63: 3,
    0x76: 4,
    0x65: 5,
    0x66: 6,
    0x67: 7,
    0x68: 8,
    0x69: 9,
    0x6A: 10,
    0x6B: 11,
    0x6C: 12,
    0x6D: 13,
    0x6E: 14,
    0x6F: 15,
    0x70: 16,
}
"""First octet of a data group's file, and its number (ICAO Doc 9303 part 10, table 38)."""


_NUMBERS: Final = {str(number): number for number in FILE_TAGS.values()}


class ChipFilesRefused(WorkstationError):
    """What was given are not the files of one chip; detail says what is wrong."""

    code = "chip_files_refused"


class _Chip(msgspec.Struct, frozen=True):
    access: Literal["none", "bac", "pace"]
    authenticity: ChipAuthenticity
    com: str | None
    security_object: str
    data_groups: dict[str, str]


class _Payload(msgspec.Struct, frozen=True):
    """What a repeated verification needs of an opened payload."""

    chip: _Chip | None = None


def describe_chip_files(files: ChipFiles) -> dict[str, JsonValue]:
    """Return the files as the member `chip` of a payload: octets in base64, groups by number."""
    return {
        "access": files.access,
        "authenticity": files.authenticity.value,
        "com": None if files.com is None else _base64(files.com),
        "security_object": _base64(files.security_object),
        "data_groups": {
            str(number): _base64(octets) for number, octets in files.data_groups.items()
        },
    }


def read_chip_payload(untrusted: bytes) -> ChipFiles:
    """Return the chip's files out of a session's opened payload (JSON).

    ChipFilesRefused: `payload` is none, `no_chip` when that session read none.
    """
    try:
        chip = strict_decoded(untrusted, _Payload).chip
        if chip is None:
            raise ChipFilesRefused("no_chip")
        return ChipFiles(
            com=None if chip.com is None else _octets(chip.com),
            security_object=_octets(chip.security_object),
            data_groups={_NUMBERS[name]: _octets(text) for name, text in chip.data_groups.items()},
            access=chip.access,
            authenticity=chip.authenticity,
        )
    except (KeyError, ValueError):  # of JSON, or of base64
        raise ChipFilesRefused("payload") from None


def sort_chip_files(files: Iterable[bytes]) -> ChipFiles:
    """Tell single files by their first octet; how the chip was opened nobody knows any more.

    ChipFilesRefused: `unknown_file`, `file_twice`, `no_security_object`.
    """
    found: dict[int, bytes] = {}
    for octets in files:
        tag = octets[0] if octets else 0
        if tag not in {_COM, _SECURITY_OBJECT, *FILE_TAGS}:
            raise ChipFilesRefused("unknown_file")
        if tag in found:
            raise ChipFilesRefused("file_twice")
        found[tag] = octets
    if _SECURITY_OBJECT not in found:
        raise ChipFilesRefused("no_security_object")
    return ChipFiles(
        com=found.get(_COM),
        security_object=found[_SECURITY_OBJECT],
        data_groups={FILE_TAGS[tag]: octets for tag, octets in found.items() if tag in FILE_TAGS},
        access="none",
        authenticity=ChipAuthenticity.NONE,
    )


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")


def _octets(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
