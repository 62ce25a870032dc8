"""The personal side of a session as files: sealed as it lies, or opened with head office's key."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from crypto.canonical_json import JsonValue, canonical_json
from crypto.errors import PayloadMissing, PayloadTampered
from crypto.vault.payload import OpenedPayload, disclose_payload
from crypto.vault.payload_store import PayloadStore
from resources.court.verify_pack import OPENED, OPENING, SEALED
from workstation.records.validation_data_archive import ValidationDataArchive

__all__ = ["OPENED", "PackedPayload", "gather_payload", "list_digests", "select_facts"]

_MAGIC = ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG", "png"))
_LISTS = "payload/lists/"


@dataclass(slots=True)
class PackedPayload:
    """Parts of a pack that hold the payload, and why a part that belongs there is missing."""

    parts: dict[str, bytes] = field(default_factory=dict, repr=False)
    missing: dict[str, str] = field(default_factory=dict)


def gather_payload(
    store: PayloadStore,
    lists: ValidationDataArchive,
    commitment: Mapping[str, object],
    origin: str,
    key: X25519PrivateKey | None,
) -> PackedPayload:
    """Gather what the result's `pl` commits to; opened where the key of head office is given.

    Raises PayloadTampered when what lies there is not what was committed to, or when the key is
    none of those that it was sealed to.
    """
    found = PackedPayload()
    pid = str(commitment.get("pid"))
    wrapped: list[bytes] = []
    try:
        for name in store.recipients(pid):
            found.parts[SEALED], one = store.load(pid, name)
            wrapped.append(one)
    except PayloadMissing:
        wrapped = []
    if not wrapped:
        found.missing = dict.fromkeys((SEALED, OPENED, OPENING), "not_kept_or_erased")
    elif key is None:
        found.missing = dict.fromkeys((OPENED, OPENING), "sealed_to_head_office")
    else:
        opened = _open(found.parts[SEALED], wrapped, key, origin, commitment)
        _lay_out(found, opened, lists)
    return found


def _open(
    file: bytes,
    wrapped: list[bytes],
    key: X25519PrivateKey,
    origin: str,
    commitment: Mapping[str, object],
) -> OpenedPayload:
    refused = PayloadTampered("sealing")
    for each in wrapped:
        try:
            return disclose_payload(file, each, key, origin=origin, commitment=commitment)
        except PayloadTampered as error:
            refused = error
    raise refused


def _lay_out(found: PackedPayload, opened: OpenedPayload, lists: ValidationDataArchive) -> None:
    """Add the opened payload, and what it holds once more as files that people can look at."""
    salt: dict[str, JsonValue] = {"salt": base64.b64encode(opened.salt).decode()}
    found.parts[OPENED], found.parts[OPENING] = opened.plaintext, canonical_json(salt)
    payload = json.loads(opened.plaintext)
    found.parts["payload/statement.txt"] = payload["statement"].encode()
    found.parts["payload/cms.p7s"] = _octets(payload["cms"])
    reference = _octets(payload["reference"])
    suffix = next((kind for magic, kind in _MAGIC if reference.startswith(magic)), "bin")
    found.parts[f"payload/reference.{suffix}"] = reference
    found.parts["payload/authority.bin"] = _octets(payload["authority"])
    for frame in payload["frames"]:
        octets = _octets(frame["jpeg"])
        found.parts[f"payload/frames/{hashlib.sha256(octets).hexdigest()}.jpg"] = octets
    evidence = payload["evidence"] or {}
    for octets in map(_octets, evidence.get("blobs", [])):
        found.parts[f"payload/validation/{hashlib.sha256(octets).hexdigest()}"] = octets
    found.parts = {name: octets for name, octets in found.parts.items() if octets}
    for digest in list_digests(evidence):
        octets_of_list = lists.octets(digest)
        if octets_of_list is None:
            found.missing[f"{_LISTS}{digest}"] = "not_in_the_archive_of_lists"
        else:
            found.parts[f"{_LISTS}{digest}"] = octets_of_list


def select_facts(opened: bytes) -> dict[str, bytes]:
    """Return what a payload states in words, as files: the case's facts, and the report."""
    payload = json.loads(opened)
    names = ("case", "iin", "name", "operation", "parameters", "document_lines")
    facts = {name: payload[name] for name in names if name in payload}
    files = {"payload/facts.json": facts}
    if payload.get("report"):
        files["payload/report.json"] = payload["report"]
    return {name: _print(each) for name, each in files.items()}


def _print(value: object) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)}\n".encode()


def list_digests(evidence: Mapping[str, object]) -> Iterator[str]:
    """Yield the SHA-256 of every revocation list that the validation used, each once."""
    manifest = evidence.get("manifest")
    look_ups = manifest.get("look_ups", []) if isinstance(manifest, dict) else []
    yield from dict.fromkeys(digest for each in look_ups for _, digest in each["lists"])


def _octets(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
