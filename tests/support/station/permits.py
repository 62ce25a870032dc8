"""Permits as a station would issue them, for the verifier's tests."""

import base64
import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.log.format.checkpoint import Checkpoint, SignedCheckpoint
from crypto.log.format.entry import Header, seal_entry
from crypto.log.format.merkle import consistency_path, inclusion_path, leaf_hash, range_root
from crypto.log.format.note import NoteSigner
from crypto.report.policy import Environment
from tests.support.station.operations import operation
from workstation.documents.permit_claims import (
    PERMIT_VERSION,
    EarlierHead,
    PermitCheck,
    PermitClaims,
    PermitFacts,
    PermitPerson,
    PermitReference,
)
from workstation.documents.permit_log import PERMIT_ENTRY, state_permit
from workstation.rules.checks import ALWAYS_HARD, CheckId, CheckName, CheckStatus, Hardness
from workstation.rules.operation import OPERATION_VERSION
from workstation.rules.reference import ReferenceGrade, ReferenceSource
from workstation.settings.settings import Profile

__all__ = [
    "CUSTOMER",
    "FACTORS",
    "ISSUED_S",
    "LOG_KEY",
    "OPERATION",
    "ORIGIN",
    "OVERRIDDEN",
    "PermitLog",
    "claims",
    "facts",
    "numbered",
    "passed",
    "station_key",
    "with_check",
]

ISSUED_S = 1_795_379_415
"""2026-11-22 20:30:15 UTC."""

OPERATION = operation("change_trusted_phone", new_phone="+77011234567", old_phone="+77017654321")

ORIGIN = "bank.kz/log/ws-7/g1"
LOG_KEY = NoteSigner(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x31" * 32))
SESSION_KEY = NoteSigner("bank.kz/ses/0a", Ed25519PrivateKey.from_private_bytes(b"\x32" * 32))


def passed(check: CheckName, reason: str = "", role: str = "customer") -> PermitCheck:
    """Return a hard check that passed."""
    name = reason or f"{check}.passed"
    return PermitCheck(check, CheckStatus.PASSED, name, Hardness.HARD, f"B.{check}", "", role)


CUSTOMER = PermitPerson("customer", present=True, iin_commitment="ab" * 32)
FACTORS = tuple(passed(check) for check in ALWAYS_HARD)
OVERRIDDEN = PermitCheck(
    CheckId.OLD_NUMBER_CALLED,
    CheckStatus.FAILED,
    "old_number_called.concern",
    Hardness.SOFT,
    "B-09",
    "s-2",
    "customer",
)


def with_check(*checks: PermitCheck) -> tuple[PermitCheck, ...]:
    """Return the checks of `claims`, these in the place of those of the same name or after them."""
    given = {each.check: each for each in checks}
    sound = [given.pop(each.check, each) for each in (*FACTORS, OVERRIDDEN)]
    return (*sound, *given.values())


def station_key() -> Ed25519PrivateKey:
    """Return the test station's key: a published seed."""
    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


class _Leaves:
    """Leaf hashes of a small log, as a source of proofs."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._leaves = leaves

    def nodes(self, level: int, start: int, count: int) -> Sequence[bytes]:
        assert level == 0
        return self._leaves[start : start + count]


class PermitLog:
    """A log of one station that holds nothing but what permits are proven by.

    seed  of what stands between the permits: another one is another history
    """

    def __init__(
        self, signer: NoteSigner = LOG_KEY, *, entries: int = 41, seed: bytes = b"one"
    ) -> None:
        self._signer = signer
        self._seed = seed
        self._leaves: list[bytes] = []
        self._heads: list[int] = []
        self.add(entries)

    def add(self, entries: int) -> None:
        """Append entries of no interest."""
        size = len(self._leaves)
        fill = [leaf_hash(self._seed + str(size + each).encode()) for each in range(entries)]
        self._leaves.extend(fill)

    def rotate(self, signer: NoteSigner) -> None:
        """Sign heads with another key from now on."""
        self._signer = signer

    def fork(self, size: int, seed: bytes) -> "PermitLog":
        """Return a log of the same key that is this one up to a size, and goes on otherwise."""
        other = PermitLog(self._signer, entries=0, seed=seed)
        other._leaves = self._leaves[:size]
        other._heads = [each for each in self._heads if each <= size]
        return other

    def permit(
        self,
        sound: PermitFacts,
        *,
        earlier: int = 4,
        kind: str = PERMIT_ENTRY,
        entry_log: str = "",
        result: int | None = None,
    ) -> PermitClaims:
        """Append the result and the permit's entry; return the whole claims.

        kind, entry_log, result  what the entry says instead of what it should
        """
        index = len(self._leaves) if result is None else result
        sound = msgspec.structs.replace(sound, iss=self._signer.name, log_index=index)
        self.add(1)
        data = {"case": sound.session} | state_permit(sound)
        seq = len(self._leaves)
        origin = entry_log or self._signer.name
        header = Header(origin, seq, bytes(32), ISSUED_S * 1000, 1000, "0a")
        entry = seal_entry(header, kind, data, actor=sound.teller, signers=(SESSION_KEY,))
        self._leaves.append(entry.leaf)
        size, source = seq + 1, _Leaves(self._leaves)
        newest = sorted(self._heads, reverse=True)[:earlier]
        self._heads.append(size)
        return PermitClaims(
            **{name: getattr(sound, name) for name in PermitFacts.__struct_fields__},
            log_entry=entry.body.decode(),
            log_proof=tuple(map(_encode, inclusion_path(source, seq, size))),
            log_size=size,
            log_root=_encode(self.root(size)),
            log_head=self.head(size).text,
            log_previous=tuple(self.earlier(old, size) for old in newest),
        )

    def earlier(self, old: int, new: int) -> EarlierHead:
        """Return the head at one size with the proof that another grew from it."""
        path = consistency_path(_Leaves(self._leaves), old, new)
        return EarlierHead(old, _encode(self.root(old)), tuple(map(_encode, path)))

    def root(self, size: int) -> bytes:
        """Return the tree's root at a size."""
        return range_root(_Leaves(self._leaves), 0, size)

    def head(self, size: int) -> SignedCheckpoint:
        """Return the signed head at a size."""
        checkpoint = Checkpoint(self._signer.name, size, self.root(size))
        return SignedCheckpoint(checkpoint, (self._signer.sign_line(checkpoint.body()),))


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def facts(**changes: Any) -> PermitFacts:
    """Return facts that every rule of the permit accepts, with some of them replaced."""
    sound = PermitFacts(
        v=PERMIT_VERSION,
        jti="0f" * 16,
        iss=ORIGIN,
        aud="core-banking",
        iat=ISSUED_S,
        nbf=ISSUED_S,
        exp=ISSUED_S + 300,
        wait_rule="",
        second_confirmation="",
        session="20261122-0007",
        station="ws-07",
        profile=Profile.PRODUCTION,
        environment=Environment.PROD,
        simulated=False,
        operation=OPERATION.kind,
        operation_version=OPERATION_VERSION,
        operation_sha256=OPERATION.sha256(),
        people=(CUSTOMER,),
        iin_salt="cd" * 16,
        verdict="approved",
        checks=(*FACTORS, OVERRIDDEN),
        reference=PermitReference(
            ReferenceSource.REGISTRY, ReferenceGrade.REGISTERED, "2024-03-01", "gbdfl.gov.kz"
        ),
        authority="local",
        reviewer="",
        review_reason="",
        policy="kz-2026-07-12",
        policy_sha256="ef" * 32,
        teller="t-1",
        supervisor="s-2",
        officers=(),
        started_ms=(ISSUED_S - 180) * 1000,
        decided_ms=ISSUED_S * 1000,
        evidence_sha256="12" * 32,
        log_index=41,
    )
    return msgspec.structs.replace(sound, **changes)


def numbered(number: int, **changes: Any) -> PermitFacts:
    """Return sound facts of the n-th session, with a jti of its own."""
    jti = hashlib.sha256(str(number).encode()).hexdigest()[:32]
    return facts(jti=jti, session=f"20261122-{number:04d}", **changes)


def claims(**changes: Any) -> PermitClaims:
    """Return claims that every rule of the permit accepts, with facts of them replaced.

    A permit of the same log was issued before, with the head of size 12.
    """
    log = PermitLog(entries=10)
    log.permit(facts(jti="aa" * 16))
    log.add(29)
    return log.permit(facts(**changes))
