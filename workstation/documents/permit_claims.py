"""What a permit states: members, their bounds and their one spelling (docs/formats/permit.md)."""

import hashlib
from typing import Annotated, Final, Literal

import msgspec

from crypto.canonical_json import canonical_json
from crypto.log.format.proof import MAX_PATH
from crypto.report.policy import Environment
from workstation.rules.checks import CheckName, CheckStatus, Hardness
from workstation.rules.reference import ReferenceGrade, ReferenceSource
from workstation.settings.settings import Profile

__all__ = [
    "MAX_EARLIER_HEADS",
    "PERMIT_VERSION",
    "EarlierHead",
    "PermitCheck",
    "PermitClaims",
    "PermitFacts",
    "PermitPerson",
    "PermitReference",
    "digest_facts",
]

PERMIT_VERSION: Final = 3
MAX_EARLIER_HEADS: Final = 4
"""Permits that may get lost in a row before a register can no longer follow the log's growth."""

_Hex256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
_Day = Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?\Z")]
_Hex128 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}\Z")]
_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+\Z")]
_Optional = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*\Z")]
_Kind = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,63}\Z")]
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
_Hash = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9+/]{43}=\Z")]
_Check = Annotated[CheckName, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,63}\Z")]
_Path = Annotated[tuple[_Hash, ...], msgspec.Meta(max_length=MAX_PATH)]
_Note = Annotated[str, msgspec.Meta(min_length=1, max_length=8_192)]


class PermitPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody whom the operation is about or who acted in it.

    role            `customer`, whose operation it is, or what the policy calls another
    present         live, matched and signing here; not so a customer who has a representative
    iin_commitment  Client.iin_commitment(salt); core banking knows the ИИН and gets the salt
    """

    role: _Kind
    present: bool
    iin_commitment: _Hex256


class PermitCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One check as core banking sees it; `overridden` names the supervisor of a soft check.

    reason  the stable code by which it ended; `liveness.exception` when officers vouched instead
    role    of the person whom it is about
    """

    check: _Check
    status: CheckStatus
    reason: _Word
    hardness: Hardness
    rule: _Word
    overridden: _Optional
    role: _Kind


class PermitReference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The photo that the live face was compared with.

    grade       of the source: `issuer_signed`, `registered`, `unauthenticated`
    taken       day, ISO 8601; empty where the source does not say
    vouched_by  name of the register, state and authority that signed the chip, number at the
                authority, or id of the second person
    """

    source: ReferenceSource
    grade: ReferenceGrade
    taken: _Day
    vouched_by: _Word


class EarlierHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The head that an earlier permit of the log named, proven to be a prefix of this one's.

    path  RFC 6962, section 2.1.2
    """

    size: _Count
    root: _Hash
    path: _Path


class PermitFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was approved, by whom and how. Times: `_ms` since the epoch; iat, nbf, exp in seconds.

    jti                128 random bits in hex: the permit is redeemed by it, once
    iss                origin of the station's log
    aud                the core banking system that may redeem it
    profile, environment  of the station's settings and of the roots its signatures are judged by
    simulated          a camera in the session was no capture device
    operation_version  how `operation_sha256` is computed
    operation_sha256   CriticalOperation.sha256(), recomputed by core banking
    people             whose ИИН it is about, the customer first, each role once
    nbf, wait_rule     iat, or the end of a wait and the rule by which it waits: not to be executed
                       before
    second_confirmation  rule by which the customer has to confirm once more, empty for none
    reference          the photo that was compared with, and who vouched for it
    authority          who compared the faces: `local`, or the reference number of ЦОИД
    reviewer, review_reason  the supervisor who compared an undecided pair of faces, else empty
    officers           who vouched for the face where liveness passed by exception, else nobody
    policy, policy_sha256    the version of the policy that decided
    evidence_sha256    digest of the evidence manifest
    log_index          where the decision stands in the signed log
    """

    v: Literal[3]
    jti: _Hex128
    iss: _Word
    aud: _Word
    iat: _Count
    nbf: _Count
    exp: _Count
    wait_rule: _Optional
    second_confirmation: _Optional
    session: _Word
    station: _Word
    profile: Profile
    environment: Environment
    simulated: bool
    operation: _Kind
    operation_version: Literal[2]
    operation_sha256: _Hex256
    people: Annotated[tuple[PermitPerson, ...], msgspec.Meta(min_length=1, max_length=4)]
    iin_salt: _Hex128
    verdict: Literal["approved"]
    checks: Annotated[tuple[PermitCheck, ...], msgspec.Meta(min_length=1, max_length=150)]
    reference: PermitReference
    authority: _Word
    reviewer: _Optional
    review_reason: _Optional
    policy: _Word
    policy_sha256: _Hex256
    teller: _Word
    supervisor: _Optional
    officers: Annotated[tuple[_Word, ...], msgspec.Meta(max_length=10)]
    started_ms: _Count
    decided_ms: _Count
    evidence_sha256: _Hex256
    log_index: _Count


class PermitClaims(PermitFacts, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The facts, and the proof that the log holds an entry over their digest.

    log_entry     the entry `verify.permit`, as it stands in the log
    log_proof     its inclusion path, RFC 6962, section 2.1.1
    log_size, log_root  of the tree that the path leads to
    log_head      that tree's signed head (c2sp.org/tlog-checkpoint)
    log_previous  the heads of the permits before, the newest first
    """

    log_entry: _Note
    log_proof: _Path
    log_size: _Count
    log_root: _Hash
    log_head: _Note
    log_previous: Annotated[tuple[EarlierHead, ...], msgspec.Meta(max_length=MAX_EARLIER_HEADS)]


def digest_facts(permit: PermitFacts) -> str:
    """Return the hex SHA-256 of the facts in canonical JSON: what the entry in the log commits to.

    Of whole claims the members of the proof are left out: they exist only after the entry.
    """
    members = msgspec.to_builtins(permit)
    facts = {name: members[name] for name in PermitFacts.__struct_fields__}
    return hashlib.sha256(canonical_json(facts)).hexdigest()
