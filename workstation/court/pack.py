"""Building a court pack (docs/formats/court-pack.md): what is found; what is missing, by name."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

import resources
from crypto.canonical_json import JsonValue, canonical_json
from crypto.log.audit.reader import LogReader
from crypto.log.format.note import NoteVerifier
from crypto.vault.payload_store import PayloadStore
from resources import LANGUAGES
from resources.court.verify_pack import (
    CHARTER,
    ENTRY,
    HEAD,
    MANIFEST,
    OPENED,
    OPENING,
    PERMIT_KEY,
    POLICY,
    PROOFS,
    SEALED,
    TRUSTED,
    WORDS,
    parse_entry,
    timeline_parts,
)
from workstation.court.archive import digest_parts, write_archive
from workstation.court.case_log import CaseLog, gather_case
from workstation.court.policy import read_basis, read_words
from workstation.court.words import word_entries
from workstation.documents.permit import pick_key
from workstation.errors import PolicyRefused
from workstation.evidence.payload import gather_payload
from workstation.records.validation_data_archive import ValidationDataArchive
from workstation.rules.catalogue.words import Words

__all__ = ["CourtPack", "PackSources", "build_pack"]

_MAX_FILE = 16 << 20
_AIDS = ("README.kk.txt", "README.ru.txt", "README.en.txt", "verify_pack.py", "verify.html")


@dataclass(frozen=True, slots=True)
class PackSources:
    """Where a station's things lie; nothing is written there.

    log, log_key, trusted  the log, its first key, and the keys that may stand under entry 0
    policies               files that may be the policy of that day; the digest in the log decides
    charters               likewise
    permits, permit_keys   folder of the permits issued, and the keys one of which verifies them
    receipts               folder of the receipts
    vault, lists           sealed payloads, archive of revocation lists
    evidence_key           of head office, None to leave the payload sealed
    """

    log: Path
    log_key: NoteVerifier
    trusted: tuple[NoteVerifier, ...]
    policies: tuple[Path, ...]
    charters: tuple[Path, ...]
    permits: Path
    permit_keys: tuple[Path, ...]
    receipts: Path
    vault: Path
    lists: Path
    evidence_key: X25519PrivateKey | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class CourtPack:
    """A pack as octets, the case that it is of, and what is missing in it, by part."""

    octets: bytes = field(repr=False)
    case: str
    number: int
    parts: int
    missing: Mapping[str, str]


def build_pack(sources: PackSources, number: int | None, case: str = "") -> CourtPack:
    """Build the pack of the case with this number, or this id.

    Raises CaseNotFound, PackTooLarge, LogError, PayloadTampered, VaultUnwritable.
    """
    with LogReader(sources.log, sources.log_key.vkey) as reader, reader.snapshot() as view:
        found = gather_case(view, number, case, lambda pid: _is_kept(sources.vault, pid))
    build = _Build(sources, found)
    build.add_log()
    build.add_rules()
    build.add_charter()
    build.add_permits()
    build.add_evidence()
    build.add_timeline()
    return build.finish()


class _Build:
    """Parts of one pack as they are found."""

    def __init__(self, sources: PackSources, case: CaseLog) -> None:
        self._sources, self._case = sources, case
        self._parts: dict[str, bytes] = {}
        self._missing: dict[str, str] = {}
        self._words: Mapping[str, Words] = {}

    def add_log(self) -> None:
        """Add entries, heads, proofs, and the keys under entry 0."""
        case = self._case
        self._parts |= {ENTRY.format(seq): entry.body for seq, entry in case.entries.items()}
        self._parts[HEAD] = case.head.text.encode()
        for size, head in case.heads.items():
            self._parts[f"log/heads/{size:012d}.note"] = head.text.encode()
        proofs: dict[str, JsonValue] = {
            "entries": {str(seq): _encode(path) for seq, path in case.paths.items()},
            "heads": {str(size): _encode(path) for size, path in case.growth.items()},
        }
        self._parts[PROOFS] = canonical_json(proofs)
        signers = {(line.name, line.key_id) for line in case.entries[0].lines}
        trusted = (each.vkey for each in self._sources.trusted if each.identity in signers)
        self._parts[TRUSTED] = "".join(f"{each}\n" for each in trusted).encode()

    def add_rules(self) -> None:
        """Add the policy of that day, and the basis of every rule that the result names."""
        policy = _find(self._sources.policies, self._case.begin.data.get("policy_sha256"))
        if policy is None:
            self._miss((POLICY, *(_rules(each) for each in LANGUAGES)), "no_file_of_this_digest")
            return
        self._parts[POLICY] = policy
        checks = () if self._case.result is None else self._case.result.data.get("checks", ())
        stated = [each.get("rule") for each in checks] if isinstance(checks, list) else []
        self._words = read_words(policy)
        try:
            basis = read_basis(policy)
        except PolicyRefused:
            self._miss((_rules(each) for each in LANGUAGES), "policy_unreadable")
            return
        rules = [(name, words) for name, words in basis.items() if name in stated]
        for language in LANGUAGES:
            lines = [line for name, words in rules for line in (name, words.text(language))]
            if all(f'"{line}"'.encode() in policy for line in lines):
                self._parts[_rules(language)] = "".join(f"{line}\n" for line in lines).encode()
            else:
                # A string with escapes, or over several lines, could not be compared.
                self._miss((_rules(language),), "not_verbatim")

    def add_charter(self) -> None:
        """Add the charter that the teller's session was opened under, where there was one."""
        opened = [e for e in self._case.entries.values() if e.kind == "session.open"]
        before = [e for e in opened if e.seq < self._case.begin.seq]
        stated = before[-1].data.get("charter") if before else None
        charter = _find(self._sources.charters, stated)
        if charter is not None:
            self._parts[CHARTER] = charter
        elif stated:
            self._miss((CHARTER,), "no_file_of_this_digest")

    def add_permits(self) -> None:
        """Add the permits that the entries announce, their key, and the receipt."""
        issued = [each for each in self._case.steps if each.kind == "verify.permit"]
        for entry in issued:
            jti = str(entry.data.get("jti"))
            self._add(f"permits/{jti}.jws", self._sources.permits / f"{jti}.jws")
        if issued:
            self._add(PERMIT_KEY, self._choose_permit_key(str(issued[0].data.get("jti"))))
        name = f"receipt-{self._case.begin.seq:06d}.pdf"
        self._add("receipt.pdf", self._sources.receipts / name)

    def _choose_permit_key(self, jti: str) -> Path:
        """Return the file of the key that a permit names; the first one when it names none."""
        permit = self._parts.get(f"permits/{jti}.jws", b"").decode("ascii", "replace").strip()
        keys = {path: _read_public_key(path) for path in self._sources.permit_keys}
        known = [key for key in keys.values() if key is not None]
        picked = pick_key(permit, known) if known else None
        return next(path for path, key in keys.items() if key == picked)

    def add_evidence(self) -> None:
        """Add the payload, sealed or opened."""
        commitment = None if self._case.result is None else self._case.result.data.get("pl")
        if not isinstance(commitment, Mapping):
            return
        sources = self._sources
        if not sources.vault.is_dir():
            self._miss((SEALED, OPENED, OPENING), "no_vault")
            return
        archive, origin = ValidationDataArchive(sources.lists), sources.log_key.name
        with PayloadStore(sources.vault, read_only=True) as store:
            found = gather_payload(store, archive, commitment, origin, sources.evidence_key)
        self._parts |= found.parts
        self._missing |= found.missing

    def add_timeline(self) -> None:
        """Add the timeline, its words, the verifiers and the instructions."""
        words = word_entries(self._case.steps, self._words)
        self._parts[WORDS] = canonical_json(words)
        entries = [parse_entry(ENTRY.format(each.seq), each.body) for each in self._case.steps]
        self._parts |= timeline_parts(entries, words)
        for name in _AIDS:
            self._parts[name] = resources.path("court", name).read_bytes()

    def finish(self) -> CourtPack:
        """Write the manifest and the archive."""
        case = self._case
        missing: list[JsonValue] = [
            {"part": name, "why": why} for name, why in sorted(self._missing.items())
        ]
        manifest: dict[str, JsonValue] = {
            "kind": "court-pack/1",
            "case": case.case,
            "number": case.begin.seq,
            "parts": dict(digest_parts(self._parts)),
            "missing": missing,
            "withheld": [[start, stop] for start, stop in case.withheld],
        }
        self._parts[MANIFEST] = canonical_json(manifest)
        octets = write_archive(self._parts)
        return CourtPack(octets, case.case, case.begin.seq, len(self._parts), self._missing)

    def _add(self, name: str, path: Path) -> None:
        octets = _read(path)
        if octets is None:
            self._missing[name] = "no_file"
        else:
            self._parts[name] = octets

    def _miss(self, names: Iterable[str], why: str) -> None:
        self._missing |= dict.fromkeys(names, why)


def _is_kept(vault: Path, pid: str) -> bool:
    if not vault.is_dir():
        return False
    with PayloadStore(vault, read_only=True) as store:
        return bool(store.recipients(pid))


def _read_public_key(path: Path) -> Ed25519PublicKey | None:
    try:
        key = load_pem_public_key(_read(path) or b"")
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, Ed25519PublicKey) else None


def _rules(language: str) -> str:
    return f"rules/rules.{language}.txt"


def _encode(path: tuple[bytes, ...]) -> list[JsonValue]:
    return [base64.b64encode(each).decode() for each in path]


def _find(paths: Iterable[Path], sha256: object) -> bytes | None:
    """Return the octets of the first file with this digest."""
    for path in paths:
        octets = _read(path)
        if octets is not None and digest_parts({"": octets})[""] == sha256:
            return octets
    return None


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            octets = file.read(_MAX_FILE + 1)
    except OSError:
        return None
    return octets if len(octets) <= _MAX_FILE else None
