"""What `document verify` judges, files of one chip or an opened payload, and whom it believes."""

from collections.abc import Sequence
from pathlib import Path

from crypto.cms.signature_file import FileKind
from crypto.lds.csca import CscaTrust
from crypto.report.policy import Environment
from crypto.vault.payload import MAX_PAYLOAD_BYTES
from workstation.ctl.console import Console
from workstation.ctl.failures import NothingFound
from workstation.ctl.files import read_certificates, read_object
from workstation.records.chip_files import KeptChip, read_chip_payload, sort_chip_files
from workstation.settings.settings import load_settings
from workstation.settings.toml_file import read_limited
from workstation.trust.stores import station_csca_trust

__all__ = ["read_chip_files", "read_lists", "select_authorities"]

_MAX_FILE = 2 << 20
_MAX_FILES = 20
_MAX_CRL = 8 << 20


def read_chip_files(places: Sequence[Path]) -> KeptChip:
    """Read single files of a chip, a folder of them (*.bin), or one opened payload (JSON).

    NothingFound; ChipFilesRefused.
    """
    if len(places) == 1 and places[0].is_file():
        untrusted = read_limited(places[0], MAX_PAYLOAD_BYTES, NothingFound)
        if untrusted.lstrip()[:1] == b"{":
            return read_chip_payload(untrusted)
    found: list[Path] = []
    for place in places:
        found += sorted(place.glob("*.bin")) if place.is_dir() else [place]
    if not found or len(found) > _MAX_FILES:
        raise NothingFound(f"1 to {_MAX_FILES} files of a chip")
    files = sort_chip_files(read_limited(each, _MAX_FILE, NothingFound) for each in found)
    return KeptChip(files, b"")


def read_lists(console: Console, places: Sequence[Path]) -> list[bytes]:
    """Read the revocation lists that were brought along."""
    return [read_object(console, each, FileKind.CRL, _MAX_CRL) for each in places]


def select_authorities(console: Console, places: Sequence[Path], world: Environment) -> CscaTrust:
    """Return the authorities to believe: those given, of one world, else the station's.

    Naming a file is the act of trusting the self-issued certificates in it. TrustRefused.
    """
    if not places:
        return station_csca_trust(load_settings(console.folder()))
    found = {each.sha256: each for place in places for each in read_certificates(console, place)}
    anchors = [each for each in found.values() if each.self_issued]
    return CscaTrust.pinned(
        world,
        anchors=[each.raw for each in anchors],
        pins=[each.sha256 for each in anchors],
        links=[each.raw for each in found.values() if not each.self_issued],
    )
