"""The permit that core banking demands before it executes a critical operation.

A JWS in compact form (RFC 7515) signed with Ed25519 (RFC 8037) over canonical claims: one
operation, one audience, one use, at most five minutes (a day after a loan's cooling-off). Format:
docs/formats/permit.md.
"""

import base64
import hashlib
from datetime import datetime, timedelta
from typing import Annotated, Literal, NoReturn

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from crypto.canonical_json import JsonNotCanonical, canonical_json
from crypto.jws import JwsKey, JwsRefused, sign_jws, verify_jws
from crypto.strict_json import JsonRefused, strict_decoded
from workstation.errors import PermitRefused
from workstation.rules.checks import (
    LIVENESS_EXCEPTION,
    MATCH_REVIEWED,
    CheckId,
    CheckStatus,
    Hardness,
)
from workstation.rules.operation import OperationKind
from workstation.rules.parties import person_key
from workstation.rules.policy import FEWEST_OFFICERS
from workstation.rules.reference import (
    LOCAL_AUTHORITY,
    WITHOUT_ISSUER,
    ReferenceGrade,
    ReferenceSource,
)

__all__ = [
    "MAX_DELAYED_LIFETIME_S",
    "MAX_LIFETIME_S",
    "MAX_PERMIT_BYTES",
    "MAX_WAIT_S",
    "PermitCheck",
    "PermitClaims",
    "PermitReference",
    "is_early",
    "issue",
    "key_id",
    "verify",
]

MAX_PERMIT_BYTES = 16_384
MAX_LIFETIME_S = 300
MAX_DELAYED_LIFETIME_S = 86_400
MAX_WAIT_S = 720 * 3_600
"""The longest cooling-off that a policy may state."""
CLOCK_TOLERANCE_S = 5
"""Both ends are on the bank's time service; more would lengthen the life of a stolen permit."""

_TYPE = "verification-permit+jwt"

_Hex256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
_Day = Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?\Z")]
_Hex128 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}\Z")]
_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+\Z")]
_Optional = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*\Z")]
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]


class PermitCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One check as core banking sees it; `overridden` names the supervisor of a soft check.

    reason  the stable code by which it ended; `liveness.exception` when officers vouched instead
    """

    check: CheckId
    status: CheckStatus
    reason: _Word
    hardness: Hardness
    rule: _Word
    overridden: _Optional


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


class PermitClaims(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the permit states. Times: `_ms` since the epoch; iat, nbf, exp in seconds (RFC 7519).

    jti                128 random bits in hex: the permit is redeemed by it, once
    iss                origin of the station's log
    aud                the core banking system that may redeem it
    operation_sha256   CriticalOperation.sha256(), recomputed by core banking
    iin_commitment     Client.iin_commitment(salt); core banking knows ИИН and gets the salt
    nbf                iat, or the end of a loan's cooling-off: not to be executed before
    reference          the photo that was compared with, and who vouched for it
    authority          who compared the faces: `local`, or the reference number of ЦОИД
    reviewer, review_reason  the supervisor who compared an undecided pair of faces, else empty
    officers           who vouched for the face where liveness passed by exception, else nobody
    evidence_sha256    digest of the evidence manifest
    log_index, log_size, log_root  where the decision stands in the signed log
    """

    jti: _Hex128
    iss: _Word
    aud: _Word
    iat: _Count
    nbf: _Count
    exp: _Count
    session: _Word
    station: _Word
    operation: OperationKind
    operation_sha256: _Hex256
    iin_commitment: _Hex256
    iin_salt: _Hex128
    verdict: Literal["approved"]
    checks: Annotated[tuple[PermitCheck, ...], msgspec.Meta(min_length=1, max_length=50)]
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
    log_size: _Count
    log_root: _Word


def key_id(key: Ed25519PublicKey) -> str:
    """Return the RFC 7638 thumbprint of the key's JWK, base64url."""
    jwk = {"crv": "Ed25519", "kty": "OKP", "x": _base64url(key.public_bytes_raw())}
    return _base64url(hashlib.sha256(canonical_json(jwk)).digest())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def issue(claims: PermitClaims, key: Ed25519PrivateKey) -> str:
    """Return the signed permit.

    Raises PermitRefused when the claims break a rule that `verify` would refuse them for.
    """
    try:
        payload = canonical_json(msgspec.to_builtins(claims))
        strict_decoded(payload, PermitClaims)
    except (JsonNotCanonical, JsonRefused) as refused:
        raise PermitRefused(str(refused)) from None
    _require_sound(claims)
    permit = sign_jws(payload, key, kid=key_id(key.public_key()), typ=_TYPE)
    if len(permit) > MAX_PERMIT_BYTES:
        _refuse("size")
    return permit


def verify(
    untrusted: str,
    public_key: Ed25519PublicKey,
    *,
    audience: str,
    operation_sha256: str | None,
    moment: datetime,
) -> PermitClaims:
    """Return the claims of a genuine permit for `audience` that is valid at `moment`.

    operation_sha256  digest of the operation about to be executed; None only for inspection
    Raises PermitRefused whose detail is one of: size, form, header, alg, typ, kid, signature,
    claims, audience, operation, lifetime, future, not_yet, expired. Single use is
    `PermitRegister`'s part.
    """
    if len(untrusted) > MAX_PERMIT_BYTES or not untrusted.isascii():
        _refuse("size")
    kid = key_id(public_key)
    try:
        genuine = verify_jws(untrusted, [JwsKey(kid, public_key)], typ=_TYPE)
    except JwsRefused as refused:
        raise PermitRefused(refused.detail) from None
    # Canonical octets leave the signer one way to write the header.
    if genuine.header != canonical_json({"alg": "EdDSA", "kid": kid, "typ": _TYPE}):
        _refuse("header")
    claims = _claims(genuine.payload)
    if claims.aud != audience:
        _refuse("audience")
    if operation_sha256 is not None and claims.operation_sha256 != operation_sha256:
        _refuse("operation")
    _require_current(claims, moment)
    return claims


def is_early(claims: PermitClaims, moment: datetime) -> bool:
    """Whether the cooling-off that the permit states has not ended.

    Without tolerance: the hours are the law's (L-02), and a clock that is behind only waits longer.
    """
    return claims.iat < claims.nbf and moment.timestamp() < claims.nbf


def _require_current(claims: PermitClaims, moment: datetime) -> None:
    if moment.utcoffset() != timedelta(0):
        raise PermitRefused("moment is not UTC")
    now = moment.timestamp()
    if claims.iat > now + CLOCK_TOLERANCE_S:
        _refuse("future")
    if is_early(claims, moment):
        _refuse("not_yet")
    if now >= claims.exp:
        _refuse("expired")


def _claims(untrusted: bytes) -> PermitClaims:
    try:
        claims = strict_decoded(untrusted, PermitClaims)
    except JsonRefused:
        raise PermitRefused("claims") from None
    if untrusted != canonical_json(msgspec.to_builtins(claims)):
        _refuse("claims")
    _require_sound(claims)
    return claims


def _require_sound(claims: PermitClaims) -> None:
    """Refuse claims that contradict themselves, whoever signed them."""
    wait_s = claims.nbf - claims.iat
    longest_s = MAX_DELAYED_LIFETIME_S if wait_s else MAX_LIFETIME_S
    if not 0 <= wait_s <= MAX_WAIT_S or not 0 < claims.exp - claims.nbf <= longest_s:
        _refuse("lifetime")
    if claims.started_ms > claims.decided_ms or claims.log_index >= claims.log_size:
        _refuse("claims")
    for each in claims.checks:
        if each.status is CheckStatus.PASSED or each.hardness is Hardness.SILENT:
            continue
        if each.hardness is Hardness.HARD or not _is_another(each.overridden, claims.teller):
            _refuse("claims")
    _require_officers(claims)
    _require_provenance(claims)


def _require_provenance(claims: PermitClaims) -> None:
    """Refuse a comparison that names an authority without its check, or a voucher without cause."""
    passed = {each.check for each in claims.checks if each.status is CheckStatus.PASSED}
    if (claims.authority != LOCAL_AUTHORITY) is not (CheckId.AUTHORITY in passed):
        _refuse("claims")
    photo = claims.reference
    if photo.source is ReferenceSource.AUTHORITY and photo.vouched_by != claims.authority:
        _refuse("claims")
    if photo.grade is not photo.source.grade:
        _refuse("claims")
    by_desk = photo.source in WITHOUT_ISSUER
    if by_desk and not _is_another(photo.vouched_by, claims.teller):
        _refuse("claims")
    reviewed = any(each.reason == MATCH_REVIEWED for each in claims.checks)
    named = _is_another(claims.reviewer, claims.teller) and claims.review_reason != ""
    nobody = claims.reviewer == claims.review_reason == ""
    if not (named if reviewed else nobody):
        _refuse("claims")


def _is_another(person: str, teller: str) -> bool:
    """Whether somebody is named who is not the teller, in whatever spelling."""
    return person_key(person) not in {"", person_key(teller)}


def _require_officers(claims: PermitClaims) -> None:
    """Refuse a face that fewer people vouch for than have to, or officers without an exception."""
    reasons = {each.check: each.reason for each in claims.checks}
    excepted = reasons.get(CheckId.LIVENESS) == LIVENESS_EXCEPTION
    persons = {person_key(each) for each in claims.officers}
    if not excepted and not persons:
        return
    enough = FEWEST_OFFICERS <= len(persons) == len(claims.officers)
    if not excepted or not enough or persons & {"", person_key(claims.teller)}:
        _refuse("claims")


def _refuse(detail: str) -> NoReturn:
    raise PermitRefused(detail)
