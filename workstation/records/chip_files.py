"""What was read from a document's chip, kept: inside a session's payload, or as single files.

Nothing is verified here. Whoever reads them again has the state's signature verified again.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from crypto.canonical_json import JsonValue
from crypto.lds.data_groups import DATA_GROUP_TAGS
from crypto.lds.files import ChipAuthenticity, ChipFiles
from crypto.strict_json import strict_decoded
from workstation.errors import WorkstationError

__all__ = [
    "ChipFilesRefused",
    "KeptChip",
    "describe_chip_files",
    "read_chip_payload",
    "sort_chip_files",
]

_COM: Final = 0x60
_SECURITY_OBJECT: Final = 0x77
_FILE_TAGS: Final = {tag: number for number, tag in DATA_GROUP_TAGS.items()}
_NUMBERS: Final = {str(number): number for number in DATA_GROUP_TAGS}


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
    reference: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class KeptChip:
    """What a session kept of a chip.

    reference  octets of the photo that the live face was compared with
    """

    files: ChipFiles
    reference: bytes


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


def read_chip_payload(untrusted: bytes) -> KeptChip:
    """Return the chip's files out of a session's opened payload (JSON).

    ChipFilesRefused: `payload` is none, `no_chip` when that session read none.
    """
    try:
        payload = strict_decoded(untrusted, _Payload)
        chip = payload.chip
        if chip is None:
            raise ChipFilesRefused("no_chip")
        files = ChipFiles(
            com=None if chip.com is None else _octets(chip.com),
            security_object=_octets(chip.security_object),
            data_groups={_NUMBERS[name]: _octets(text) for name, text in chip.data_groups.items()},
            access=chip.access,
            authenticity=chip.authenticity,
        )
        return KeptChip(files, _octets(payload.reference))
    except (KeyError, ValueError):  # of JSON, or of base64
        raise ChipFilesRefused("payload") from None


def sort_chip_files(files: Iterable[bytes]) -> ChipFiles:
    """Tell single files by their first octet; how the chip was opened nobody knows any more.

    ChipFilesRefused: `unknown_file`, `file_twice`, `no_security_object`.
    """
    found: dict[int, bytes] = {}
    for octets in files:
        tag = octets[0] if octets else 0
        if tag not in {_COM, _SECURITY_OBJECT, *_FILE_TAGS}:
            raise ChipFilesRefused("unknown_file")
        if tag in found:
            raise ChipFilesRefused("file_twice")
        found[tag] = octets
    if _SECURITY_OBJECT not in found:
        raise ChipFilesRefused("no_security_object")
    return ChipFiles(
        com=found.get(_COM),
        security_object=found[_SECURITY_OBJECT],
        data_groups={_FILE_TAGS[tag]: octets for tag, octets in found.items() if tag in _FILE_TAGS},
        access="none",
        authenticity=ChipAuthenticity.NONE,
    )


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")


def _octets(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
