"""Verified CRLs, stored and indexed: verified once, looked up in microseconds.

A CRL enters only after its signature, form and time have been verified, and replaces the one
before it in a single transaction. A broken, empty, older or foreign CRL changes nothing.
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
from crypto.crl_store.errors import CrlRefused, CrlStoreUnusable, translate_errors
from crypto.crl_store.segment import (
    CrlFacts,
    Segment,
    file_digest,
    ignore_progress,
    key_digest,
    write_segment,
)
from crypto.crl_store.segment_folder import SegmentFolder
from crypto.crl_store.verify import verify_crl
from crypto.files.held_files import replace_file
from crypto.path.context import VerificationContext
from crypto.revocation.crl import Crl, CrlScope, ParsedCrl, RevokedEntry, read_scope, to_moment
from crypto.x509.certificate import Certificate
from crypto.x509.names import Name

__all__ = [
    "CrlRefused",
    "CrlStore",
    "CrlStoreUnusable",
    "StoredCrl",
    "open_repaired",
]

_DAMAGE: Final = ("catalogue_damaged", "SQLITE_CORRUPT", "SQLITE_NOTADB")


@dataclass(frozen=True, slots=True)
class StoredCrl:
    """A CRL in the store; satisfies Crl.

    It was verified with the key whose SPKI hashes to `signer` before it was stored, so `verify`
    compares keys and applies the policy of now to the key.
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
        """Return nothing: a defective CRL is not stored."""
        return ""

    def verify(
        self, signer: Certificate, registry: AlgorithmRegistry, policy: KeyPolicy
    ) -> SignatureCheck:
        """Whether the CRL was verified with this very key, and the key is still accepted.

        The policy may have grown stricter since then, or the key's family was retired.
        """
        if key_digest(signer) != self.signer:
            return SignatureCheck(SignatureOutcome.WRONG, "stored")
        if refusal := registry.key_refusal(signer.key, policy):
            return SignatureCheck(SignatureOutcome.WEAK, refusal)
        return SignatureCheck(SignatureOutcome.VALID, "stored")

    def find(self, serial: int, issuer: Name) -> RevokedEntry | None:
        """Look a certificate up in the index; CrlStoreUnusable, CrlRefused."""
        return self.store.find_entry(self.id, serial, issuer)

    def find_withdrawn(self, serial: int, issuer: Name) -> RevokedEntry | None:
        """Look a certificate up in the CRL that this one replaced; None when that is gone."""
        return self.store.find_replaced_entry(self.id, serial, issuer)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A generation in memory; `segment` None until it is looked into."""

    crl: StoredCrl
    file: str
    segment: Segment | None


class CrlStore:
    """CRLs beside `path`, or in memory when it is None. Usable from several threads."""

    def __init__(self, path: Path | None) -> None:
        self.catalogue = Catalogue(path)
        self._segments = SegmentFolder(path.with_name(f"{path.stem}-lists") if path else None)
        # A generation never changes: its name and scope are read once, its segment opened once.
        self._loaded: dict[int, _Loaded] = {}
        try:
            # CRLs of a store of version 1 were verified when they entered.
            for signer, raw in self.catalogue.read_first_version():
                with suppress(DerError, CrlRefused):
                    self._write(ParsedCrl.parse(raw), signer)
            self.catalogue.drop_first_version()
            self._segments.sweep([each.file for each in self.catalogue.generations()])
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the files."""
        self._segments.close()
        self.catalogue.close()

    def put(self, untrusted: bytes, issuer: Certificate, context: VerificationContext) -> StoredCrl:
        """Verify a CRL of `issuer` and make it the current one; CrlRefused, CrlStoreUnusable.

        Neither its number nor its thisUpdate may go back. The very CRL that is stored is written
        anew only when its segment is damaged.
        """
        return self.put_verified(*verify_crl(untrusted, (issuer,), context))

    def put_verified(self, verified: ParsedCrl, issuer: Certificate) -> StoredCrl:
        """Make a CRL that was verified with the key of `issuer` the current one; as `put`."""
        signer = key_digest(issuer)
        stored = self.find_current(verified.sha256)
        if stored is not None and stored.signer == signer:
            return stored
        self.catalogue.require_newer(CrlFacts.describe(verified, signer))
        return self._write(verified, signer)

    def new_segment_path(self) -> Path | None:
        """Return where another process may write a segment; None for a store in memory."""
        return self._segments.new_path()

    def adopt(self, path: Path, digest: str) -> StoredCrl:
        """Make a segment written at `new_segment_path()` current; it is removed when refused.

        digest  SHA-256 of the file in hex, from whoever wrote it
        """
        with self._segments.removed_on_failure(path.name):
            with closing(Segment.open(path, digest)) as segment:
                facts = segment.facts()
            return self._replace_current(facts, path.name, digest)

    def find_current(self, sha256: str) -> StoredCrl | None:
        """Return the current CRL of this digest; None when its segment is damaged."""
        for each in self.catalogue.generations():
            if each.current and each.facts.sha256 == sha256 and self._segments.is_intact(each):
                return self._load(each)
        return None

    def open_ahead(self) -> None:
        """Open every segment, the ones replaced too: the first customer does not wait for it."""
        self._segments.open_ahead(self.catalogue.generations())

    def check_segments(self) -> None:
        """Read every current segment; CrlStoreUnusable(`segment_damaged`) names the first bad."""
        for each in self.catalogue.generations():
            if each.current and not self._segments.is_intact(each):
                raise CrlStoreUnusable(f"segment_damaged:{each.file}")

    def crls_issued_by(self, names: Collection[Name]) -> tuple[tuple[str, Crl], ...]:
        """Return the current CRLs whose issuer is one of `names`, whoever signed them.

        Names are equal by RFC 5280 7.1, not by octets. CrlStoreUnusable.
        """
        return tuple(("store", item) for item in self.current() if item.issuer in names)

    def current(self) -> tuple[StoredCrl, ...]:
        """Return every current CRL, oldest first; CrlStoreUnusable."""
        generations = self.catalogue.generations()
        self._forget_removed(generations)
        return tuple(self._load(each) for each in generations if each.current)

    def raw(self, sha256: str) -> bytes | None:
        """Return the DER of a CRL that is or was current; CrlStoreUnusable."""
        for each in self.catalogue.generations():
            if each.facts.sha256 == sha256:
                return self._segments.segment(each).raw()
        return None

    def find_entry(self, crl_id: int, serial: int, issuer: Name) -> RevokedEntry | None:
        """Look a serial number up in one CRL; CrlRefused when it was removed meanwhile."""
        loaded = self._loaded.get(crl_id)
        if loaded is None or loaded.segment is None or loaded.segment.closed:
            generation = self.catalogue.generation(crl_id)
            if generation is None:
                raise CrlRefused("replaced")
            segment = self._segments.segment(generation)
            loaded = _Loaded(self._load(generation), generation.file, segment)
            self._loaded[crl_id] = loaded
        else:
            segment = loaded.segment
        found = segment.find(serial)
        # A CRL that is not indirect speaks of its own issuer only (RFC 5280, 5.3.3).
        if found is None or issuer != loaded.crl.issuer:
            return None
        return RevokedEntry(serial, issuer, to_moment(found[0]), found[1])

    def find_replaced_entry(self, crl_id: int, serial: int, issuer: Name) -> RevokedEntry | None:
        """Look a serial number up in the CRL that another replaced; None when it is gone."""
        before = self._find_replaced(crl_id)
        if before is None:
            return None
        with suppress(CrlStoreUnusable, CrlRefused):  # the CRL in force speaks without it
            return self.find_entry(before.id, serial, issuer)
        return None

    def _find_replaced(self, crl_id: int) -> Generation | None:
        """Return the generation kept of the slot of a current one."""
        generations = self.catalogue.generations()
        slots = [each.facts.slot for each in generations if each.id == crl_id]
        older = [each for each in generations if each.id < crl_id and each.facts.slot in slots]
        return older[-1] if older else None

    def _write(self, verified: ParsedCrl, signer: str) -> StoredCrl:
        path = self._segments.new_path()
        facts, segment = write_segment(path, verified, signer, ignore_progress)
        if path is not None:
            return self.adopt(path, file_digest(path))
        name = self._segments.add(segment) if segment else ""
        with self._segments.removed_on_failure(name):
            return self._replace_current(facts, name, "")

    def _replace_current(self, facts: CrlFacts, file: str, digest: str) -> StoredCrl:
        made, doomed = self.catalogue.replace_current(facts, file, digest)
        for name in doomed:
            self._segments.remove(name)
        return self._load(made)

    def _load(self, generation: Generation) -> StoredCrl:
        loaded = self._loaded.get(generation.id)
        if loaded is None:
            loaded = _Loaded(_read_stored_crl(self, generation), generation.file, None)
            self._loaded[generation.id] = loaded
        return loaded.crl

    def _forget_removed(self, generations: tuple[Generation, ...]) -> None:
        """Forget generations that were removed, by this process or another."""
        present = {each.id for each in generations}
        newest = max(present, default=0)
        for number in tuple(self._loaded):
            # Above the newest is what another thread added since these were read: ids only grow
            # (AUTOINCREMENT, sqlite.org/autoinc.html).
            if number < newest and number not in present:
                loaded = self._loaded.pop(number, None)
                if loaded is not None:
                    self._segments.remove(loaded.file)


def _read_stored_crl(store: CrlStore, generation: Generation) -> StoredCrl:
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


def open_repaired(path: Path) -> CrlStore:
    """Open a store that is about to be filled; a damaged catalogue is renamed first.

    Nothing is lost that the CAs do not publish again; until then nothing is established. The
    station itself never does this: it says that the store is unusable.
    """
    try:
        return CrlStore(path)
    except CrlStoreUnusable as unusable:
        if not unusable.detail.startswith(_DAMAGE):
            raise
    with translate_errors():
        for suffix in ("", "-wal", "-shm"):
            damaged = path.with_name(path.name + suffix)
            if damaged.exists():
                replace_file(damaged, path.with_name(f"{path.name}{suffix}.damaged"))
    return CrlStore(path)
