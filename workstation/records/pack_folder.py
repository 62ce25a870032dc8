"""Evidence packs at rest: a folder (`manifest.json`, `blobs/`), or inside a session's payload."""

import base64
import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import msgspec

from crypto.cms.evidence_pack import EvidencePack, PackRefused
from crypto.files.durable import write_durably
from crypto.revocation.recording import RecordingSources
from crypto.strict_json import strict_decoded
from crypto.vault.payload import MAX_PAYLOAD_BYTES
from workstation.errors import AlreadyInitialised
from workstation.records.validation_data_archive import ArchiveUnwritable, ValidationDataArchive

__all__ = ["MANIFEST", "StoredPack", "write_pack"]

MANIFEST = "manifest.json"
_BLOBS = "blobs"
_MAX_MANIFEST = 4 << 20


def write_pack(
    folder: Path, pack: EvidencePack, blobs: Mapping[str, bytes], recording: RecordingSources
) -> tuple[str, ...]:
    """Write a pack into a new or empty folder; return the lists that could not be had any more.

    The manifest is written last: a folder without it is no pack. AlreadyInitialised when the
    folder holds anything, ArchiveUnwritable.
    """
    if folder.exists() and any(folder.iterdir()):
        raise AlreadyInitialised(str(folder))
    archive = ValidationDataArchive(folder / _BLOBS)
    for octets in blobs.values():
        archive.keep(octets)
    missing: list[str] = []
    for each in pack.crl_digests():
        found = recording.octets(each)
        if found is None:
            missing.append(each)
        else:
            archive.keep(found)
    text = json.dumps(pack.to_json(), ensure_ascii=False, indent=1, sort_keys=True)
    try:
        write_durably(folder / MANIFEST, text.encode())
    except OSError as error:
        raise ArchiveUnwritable(type(error).__name__) from error
    return tuple(missing)


class _Payload(msgspec.Struct, frozen=True):
    """What a repeated validation needs of an opened payload."""

    evidence: "_Evidence"


class _Evidence(msgspec.Struct, frozen=True):
    manifest: dict[str, object]
    blobs: list[str]


class StoredPack:
    """A pack that was written before: a folder, or the opened payload of a session as a file."""

    def __init__(self, place: Path, lists: Path | None) -> None:
        """Read the manifest; PackRefused when there is none or it is malformed.

        lists  archive of revocation lists, which payloads do not hold
        """
        self._archives = [] if lists is None else [ValidationDataArchive(lists)]
        self._embedded: dict[str, bytes] = {}
        if place.is_dir():
            self._archives.insert(0, ValidationDataArchive(place / _BLOBS))
            self.pack = EvidencePack.read(_read(place / MANIFEST, _MAX_MANIFEST))
        else:
            self.pack, self._embedded = _read_payload(_read(place, MAX_PAYLOAD_BYTES))

    def octets(self, sha256: str) -> bytes | None:
        """Return octets by their hash, from the pack or the archive of lists."""
        if sha256 in self._embedded:
            return self._embedded[sha256]
        found = (archive.octets(sha256) for archive in self._archives)
        return next((each for each in found if each is not None), None)

    def missing(self) -> tuple[str, ...]:
        """Return what the manifest names and is not here, or is not what its name says."""
        return tuple(dict.fromkeys(e for e in self.pack.named() if self.octets(e) is None))


def _read_payload(untrusted: bytes) -> tuple[EvidencePack, dict[str, bytes]]:
    try:
        payload = strict_decoded(untrusted, _Payload)
        blobs = [base64.b64decode(each, validate=True) for each in payload.evidence.blobs]
    except ValueError:  # of JSON, or of base64
        raise PackRefused("payload") from None
    pack = EvidencePack.read(msgspec.json.encode(payload.evidence.manifest))
    return pack, {sha256(each).hexdigest(): each for each in blobs}


def _read(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            untrusted = file.read(limit + 1)
    except OSError as error:
        raise PackRefused(type(error).__name__) from None
    if len(untrusted) > limit:
        raise PackRefused("too_large")
    return untrusted
