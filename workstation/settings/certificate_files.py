"""Certificate files that the settings name: one certificate each, DER, PEM or base64, read once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from crypto.cms.signature_file import FileKind, identify
from workstation.errors import SettingsRefused
from workstation.settings.toml_file import read_limited

__all__ = ["MAX_CERTIFICATE", "certificate_files", "certificate_octets"]

MAX_CERTIFICATE: Final = 65_536
_PEM_BEGIN: Final = b"-----BEGIN "
_SEQUENCE, _LONG = 0x30, 0x80


def certificate_files(folder: Path, place: str, paths: Sequence[str]) -> list[bytes]:
    """Return the DER of each file of a list of the settings; SettingsRefused names file and place.

    folder  that relative paths start from
    place   of the list, `$.registries.tls_anchors`
    """
    return [
        certificate_octets(folder, f"{place}[{index}]", each) for index, each in enumerate(paths)
    ]


def certificate_octets(folder: Path, place: str, configured: str) -> bytes:
    """Return the DER of the one certificate in a file; SettingsRefused names file and place.

    Several in one PEM are refused: who adds a root has to name it.
    """
    try:
        untrusted = read_limited(folder / configured, MAX_CERTIFICATE, SettingsRefused)
    except SettingsRefused as refused:
        raise SettingsRefused(f"{place}: {refused.detail}") from None
    if untrusted.count(_PEM_BEGIN) > 1:
        raise SettingsRefused(f"{place}: {configured}: several objects; one certificate a file")
    # An editor or a mail program may have put a line's end behind DER, whose last octet may well
    # be that of a line's end itself.
    end = _stated_end(untrusted)
    armour = end is not None and not untrusted[end:].strip(b"\r\n")
    kind, der = identify(untrusted[:end] if armour else untrusted)
    if kind is not FileKind.CERTIFICATE:
        raise SettingsRefused(f"{place}: {configured}: not a certificate but {kind.value}")
    if _stated_end(der) != len(der):
        raise SettingsRefused(f"{place}: {configured}: not one whole certificate")
    return der


def _stated_end(der: bytes) -> int | None:
    """Return where the SEQUENCE at the start ends by its own length (X.690 8.1.3), if one is."""
    if len(der) < 2 or der[0] != _SEQUENCE:  # noqa: PLR2004 - tag and length
        return None
    first = der[1]
    if first < _LONG:
        return 2 + first
    taken = first - _LONG
    if not 0 < taken <= 4:  # noqa: PLR2004 - below 4 GiB
        return None
    return 2 + taken + int.from_bytes(der[2 : 2 + taken], "big")
