"""An evidence pack as a folder: `manifest.json` and one file for each octet string it names."""

import json
from collections.abc import Mapping
from pathlib import Path

from crypto.cms.evidence_pack import EvidencePack, PackRefused
from crypto.pki.recording import RecordingSources
from workstation.durable import write_durably
from workstation.errors import AlreadyInitialised
from workstation.evidence_archive import ArchiveUnwritable, EvidenceArchive

__all__ = ["MANIFEST", "PackFolder", "kept_pack"]

MANIFEST = "manifest.json"
_BLOBS = "blobs"
_MAX_MANIFEST = 4 << 20


def kept_pack(
    folder: Path, pack: EvidencePack, blobs: Mapping[str, bytes], recording: RecordingSources
) -> tuple[str, ...]:
    """Write a pack into a new or empty folder; return the lists that were no longer to be had.

    The manifest is written last: a folder without it is no pack. AlreadyInitialised when the
    folder holds anything, ArchiveUnwritable.
    """
    if folder.exists() and any(folder.iterdir()):
        raise AlreadyInitialised(str(folder))
    archive = EvidenceArchive(folder / _BLOBS)
    for octets in blobs.values():
        archive.keep(octets)
    missing = tuple(each for each in pack.lists() if not _kept(archive, recording.octets(each)))
    text = json.dumps(pack.to_json(), ensure_ascii=False, indent=1, sort_keys=True)
    try:
        write_durably(folder / MANIFEST, text.encode())
    except OSError as error:
        raise ArchiveUnwritable(type(error).__name__) from error
    return missing


def _kept(archive: EvidenceArchive, octets: bytes | None) -> bool:
    return octets is not None and bool(archive.keep(octets))


class PackFolder:
    """A pack that was written before; `lists` is an archive of lists kept elsewhere."""

    def __init__(self, folder: Path, lists: Path | None) -> None:
        """Read the manifest; PackRefused when there is none or it is malformed."""
        try:
            with (folder / MANIFEST).open("rb") as file:
                untrusted = file.read(_MAX_MANIFEST + 1)
        except OSError as error:
            raise PackRefused(type(error).__name__) from None
        self.pack = EvidencePack.read(untrusted)
        self._archives = [EvidenceArchive(folder / _BLOBS)]
        if lists is not None:
            self._archives.append(EvidenceArchive(lists))

    def octets(self, sha256: str) -> bytes | None:
        """Return octets by their hash, from the pack or the archive of lists."""
        found = (archive.octets(sha256) for archive in self._archives)
        return next((each for each in found if each is not None), None)

    def missing(self) -> tuple[str, ...]:
        """Return what the manifest names and is not here, or is not what its name says."""
        return tuple(dict.fromkeys(e for e in self.pack.named() if self.octets(e) is None))
