"""Verified revocation lists, kept and indexed: verified once, looked up in microseconds.

A list enters only after its signature, form and time have been judged, and replaces the one
before it in a single transaction. A broken, empty, older or foreign list changes nothing.
"""

from collections.abc import Collection
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import AlgorithmRegistry, SignatureCheck, SignatureOutcome
from crypto.asn1.der import DerError, Node
from crypto.crl_store.catalogue import Catalogue, Generation
from crypto.crl_store.errors import CrlRefused, CrlStoreUnusable, translated
from crypto.crl_store.intake import judged_list
from crypto.crl_store.segment import (
    CrlFacts,
    Segment,
    file_digest,
    key_digest,
    write_segment,
)
from crypto.crl_store.segment_folder import SegmentFolder
from crypto.files.held_files import replace_file
from crypto.revocation.crl import (
    Crl,
    CrlScope,
    ParsedCrl,
    RevokedEntry,
    moment_of,
    read_scope,
)
from crypto.revocation.crl_status import Judging
from crypto.x509.certificate import Certificate
from crypto.x509.names import Name

__all__ = [
    "CrlRefused",
    "CrlStore",
    "CrlStoreUnusable",
    "StoredCrl",
    "judged_list",
    "open_healed",
]

_DAMAGE: Final = ("catalogue_damaged", "SQLITE_CORRUPT", "SQLITE_NOTADB")


@dataclass(frozen=True, slots=True)
class StoredCrl:
    """A list in the store; satisfies Crl.

    It was verified with the key whose SPKI hashes to `signer` before it was stored, so `verify`
    compares keys and holds the key against the policy of now.
    """

    store: "CrlStore"
    id: int
    signer: str
    sha256: str
    issuer: Name
    this_update: datetime
    next_update: datetime | None
    number: int | None
    base_number: int | None
    scope: CrlScope
    entries: int

    @property
    def defect(self) -> str:
        """Return nothing: a defective list is not stored."""
        return ""

    def verify(
        self, signer: Certificate, registry: AlgorithmRegistry, policy: KeyPolicy
    ) -> SignatureCheck:
        """Tell whether the list was verified with this very key, and the key is still accepted.

        The policy may have grown stricter since then, or the key's family was retired.
        """
        if key_digest(signer) != self.signer:
            return SignatureCheck(SignatureOutcome.WRONG, "stored")
        if refusal := registry.key_refusal(signer.key, policy):
            return SignatureCheck(SignatureOutcome.WEAK, refusal)
        return SignatureCheck(SignatureOutcome.VALID, "stored")

    def find(self, serial: int, issuer: Name) -> RevokedEntry | None:
        """Look a certificate up in the index; CrlStoreUnusable, CrlRefused."""
        return self.store.entry(self.id, serial, issuer)


@dataclass(frozen=True, slots=True)
class _Held:
    """A generation in memory; `segment` None until it is looked into."""

    listed: StoredCrl
    file: str
    segment: Segment | None


def _silent(stage: str, done: int, whole: int) -> None:
    """Tell nobody."""


class CrlStore:
    """Lists beside `path`, or in memory when it is None. Usable from several threads."""

    def __init__(self, path: Path | None) -> None:
        self.catalogue = Catalogue(path)
        self._segments = SegmentFolder(path.with_name(f"{path.stem}-lists") if path else None)
        # A generation never changes: its name and scope are read once, its segment opened once.
        self._held: dict[int, _Held] = {}
        try:
            # Lists of a store of version 1 were verified when they entered.
            for signer, raw in self.catalogue.inherited():
                with suppress(DerError, CrlRefused):
                    self._admit(ParsedCrl.parse(raw), signer)
            self.catalogue.forget_inherited()
            self._segments.sweep([each.file for each in self.catalogue.generations()])
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Release the files."""
        self._segments.close()
        self.catalogue.close()

    def put(self, untrusted: bytes, issuer: Certificate, judging: Judging) -> StoredCrl:
        """Verify a list of `issuer` and make it the current one; CrlRefused, CrlStoreUnusable.

        Neither its number nor its thisUpdate may go back. The very list that is stored is written
        anew only when its segment is damaged.
        """
        return self.keep(judged_list(untrusted, issuer, judging), issuer)

    def keep(self, judged: ParsedCrl, issuer: Certificate) -> StoredCrl:
        """Make a list that was judged to be of `issuer` the current one; as `put`."""
        signer = key_digest(issuer)
        held = self.held(judged.sha256)
        if held is not None and held.signer == signer:
            return held
        self.catalogue.require_newer(CrlFacts.of(judged, signer))
        return self._admit(judged, signer)

    def staging(self) -> Path | None:
        """Name a segment to be written by another process; None for a store in memory."""
        return self._segments.vacant()

    def adopt(self, path: Path, digest: str) -> StoredCrl:
        """Make a segment written at `staging()` the current list; it is removed when refused.

        digest  SHA-256 of the file in hex, from whoever wrote it
        """
        with self._segments.on_trial(path.name):
            with closing(Segment.open(path, digest)) as segment:
                facts = segment.facts()
            return self._flip(facts, path.name, digest)

    def held(self, sha256: str) -> StoredCrl | None:
        """Return the current list of this digest; None when its segment is damaged."""
        for each in self.catalogue.generations():
            if each.current and each.facts.sha256 == sha256 and self._segments.sound(each):
                return self._stored(each)
        return None

    def warm(self) -> None:
        """Open every current segment, so that the first customer does not wait for it."""
        self._segments.warm(each for each in self.catalogue.generations() if each.current)

    def read_again(self) -> None:
        """Read every current segment; CrlStoreUnusable(`segment_damaged`) names the first bad."""
        for each in self.catalogue.generations():
            if each.current and not self._segments.sound(each):
                raise CrlStoreUnusable(f"segment_damaged:{each.file}")

    def crls_signed_by(self, issuer: Certificate) -> tuple[tuple[str, Crl], ...]:
        """Return the current lists signed with this certificate's key; CrlStoreUnusable."""
        signer = key_digest(issuer)
        return tuple(("store", item) for item in self.current() if item.signer == signer)

    def crls_issued_by(self, names: Collection[Name]) -> tuple[tuple[str, Crl], ...]:
        """Return the current lists whose issuer is one of `names`, whoever signed them.

        Names are equal by RFC 5280 7.1, not by octets.
        """
        return tuple(("store", item) for item in self.current() if item.issuer in names)

    def current(self) -> tuple[StoredCrl, ...]:
        """Return every current list, oldest first; CrlStoreUnusable."""
        generations = self.catalogue.generations()
        self._forget_all_but(generations)
        return tuple(self._stored(each) for each in generations if each.current)

    def raw(self, sha256: str) -> bytes | None:
        """Return the DER of a list that is or was current; CrlStoreUnusable."""
        for each in self.catalogue.generations():
            if each.facts.sha256 == sha256:
                return self._segments.segment(each).raw()
        return None

    def entry(self, list_id: int, serial: int, issuer: Name) -> RevokedEntry | None:
        """Look a serial number up in one list; CrlRefused when it was removed meanwhile."""
        held = self._held.get(list_id)
        if held is None or held.segment is None or held.segment.closed:
            generation = self.catalogue.generation(list_id)
            if generation is None:
                raise CrlRefused("replaced")
            segment = self._segments.segment(generation)
            held = _Held(self._stored(generation), generation.file, segment)
            self._held[list_id] = held
        else:
            segment = held.segment
        found = segment.find(serial)
        # A list that is not indirect speaks of its own issuer only.
        if found is None or issuer != held.listed.issuer:
            return None
        return RevokedEntry(serial, issuer, moment_of(found[0]), found[1])

    def _admit(self, parsed: ParsedCrl, signer: str) -> StoredCrl:
        path = self._segments.vacant()
        facts, segment = write_segment(path, parsed, signer, _silent)
        if path is not None:
            return self.adopt(path, file_digest(path))
        name = self._segments.keep(segment) if segment else ""
        with self._segments.on_trial(name):
            return self._flip(facts, name, "")

    def _flip(self, facts: CrlFacts, file: str, digest: str) -> StoredCrl:
        made, doomed = self.catalogue.flip(facts, file, digest)
        for name in doomed:
            self._segments.remove(name)
        return self._stored(made)

    def _stored(self, generation: Generation) -> StoredCrl:
        found = self._held.get(generation.id)
        if found is None:
            found = _Held(_stored(self, generation), generation.file, None)
            self._held[generation.id] = found
        return found.listed

    def _forget_all_but(self, generations: tuple[Generation, ...]) -> None:
        """Let go of generations that were removed, by this process or another."""
        kept = {each.id for each in generations}
        newest = max(kept, default=0)
        for number in tuple(self._held):
            # A newer one was added since these were read.
            if number < newest and number not in kept:
                held = self._held.pop(number, None)
                if held is not None:
                    self._segments.remove(held.file)


def _stored(store: CrlStore, generation: Generation) -> StoredCrl:
    facts = generation.facts
    name = Name.read(Node.at(facts.issuer, 0, len(facts.issuer)))
    return StoredCrl(
        store=store,
        id=generation.id,
        signer=facts.signer,
        sha256=facts.sha256,
        issuer=name,
        this_update=_moment(facts.this_update),
        next_update=None if facts.next_update is None else _moment(facts.next_update),
        number=None if facts.number is None else int(facts.number),
        base_number=None if facts.base_number is None else int(facts.base_number),
        scope=read_scope(facts.scope, name),
        entries=facts.entries,
    )


def _moment(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def open_healed(path: Path) -> CrlStore:
    """Open a store that somebody is about to fill; a damaged catalogue is set aside first.

    Nothing is lost that the CAs do not publish again; until then nothing is established. The
    station itself never does this: it says that the store is unusable.
    """
    try:
        return CrlStore(path)
    except CrlStoreUnusable as unusable:
        if not unusable.detail.startswith(_DAMAGE):
            raise
    with translated():
        for suffix in ("", "-wal", "-shm"):
            damaged = path.with_name(path.name + suffix)
            if damaged.exists():
                replace_file(damaged, path.with_name(f"{path.name}{suffix}.damaged"))
    return CrlStore(path)
