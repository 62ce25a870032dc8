"""The permit that core banking demands before it executes a critical operation.

A JWS in compact form (RFC 7515) signed with Ed25519 (RFC 8037) over canonical claims: one
operation, one audience, at most five minutes, one use. Format: docs/formats/permit.md.
"""

import base64
import binascii
import hashlib
import re
from datetime import datetime, timedelta
from typing import Annotated, Literal, NoReturn

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from crypto.canonical_json import JsonNotCanonical, canonical_json
from crypto.strict_json import JsonRefused, strict_decoded, strict_json
from workstation.errors import PermitRefused
from workstation.rules.checks import LIVENESS_EXCEPTION, CheckId, CheckStatus, Hardness
from workstation.rules.operation import OperationKind
from workstation.rules.parties import person_key
from workstation.rules.policy import FEWEST_OFFICERS

__all__ = [
    "MAX_LIFETIME_S",
    "MAX_PERMIT_BYTES",
    "PermitCheck",
    "PermitClaims",
    "issue",
    "key_id",
    "verify",
]

MAX_PERMIT_BYTES = 16_384
MAX_LIFETIME_S = 300
CLOCK_TOLERANCE_S = 5
"""Both ends are on the bank's time service; more would lengthen the life of a stolen permit."""

_TYPE = "verification-permit+jwt"
_SIGNATURE_BYTES = 64
_PART = re.compile(r"[A-Za-z0-9_-]+")

_Hex256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
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


class PermitClaims(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the permit states. Times: `_ms` since the epoch; iat and exp in seconds (RFC 7519).

    jti                128 random bits in hex: the permit is redeemed by it, once
    iss                origin of the station's log
    aud                the core banking system that may redeem it
    operation_sha256   CriticalOperation.sha256(), recomputed by core banking
    iin_commitment     Client.iin_commitment(salt); core banking knows ИИН and gets the salt
    authority          who compared the faces: `local`, or the reference number of ЦОИД
    officers           who vouched for the face where liveness passed by exception, else nobody
    evidence_sha256    digest of the evidence manifest
    log_index, log_size, log_root  where the decision stands in the signed log
    """

    jti: _Hex128
    iss: _Word
    aud: _Word
    iat: _Count
    exp: _Count
    session: _Word
    station: _Word
    operation: OperationKind
    operation_sha256: _Hex256
    iin_commitment: _Hex256
    iin_salt: _Hex128
    verdict: Literal["approved"]
    checks: Annotated[tuple[PermitCheck, ...], msgspec.Meta(min_length=1, max_length=50)]
    authority: _Word
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
    jwk = {"crv": "Ed25519", "kty": "OKP", "x": _encode(key.public_bytes_raw())}
    return _encode(hashlib.sha256(canonical_json(jwk)).digest())


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
    header = {"alg": "EdDSA", "kid": key_id(key.public_key()), "typ": _TYPE}
    signed = f"{_encode(canonical_json(header))}.{_encode(payload)}"
    permit = f"{signed}.{_encode(key.sign(signed.encode()))}"
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
    claims, audience, operation, lifetime, future, expired. Single use is `PermitRegister`'s part.
    """
    if len(untrusted) > MAX_PERMIT_BYTES or not untrusted.isascii():
        _refuse("size")
    parts = untrusted.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - RFC 7515, 7.1: header, payload, signature
        _refuse("form")
    header, payload, signature = (_decode(part) for part in parts)
    _require_header(header, public_key)
    if len(signature) != _SIGNATURE_BYTES:
        _refuse("signature")
    try:
        public_key.verify(signature, f"{parts[0]}.{parts[1]}".encode())
    except InvalidSignature:
        _refuse("signature")
    claims = _claims(payload)
    if claims.aud != audience:
        _refuse("audience")
    if operation_sha256 is not None and claims.operation_sha256 != operation_sha256:
        _refuse("operation")
    _require_current(claims, moment)
    return claims


def _require_current(claims: PermitClaims, moment: datetime) -> None:
    if moment.utcoffset() != timedelta(0):
        raise PermitRefused("moment is not UTC")
    now = moment.timestamp()
    if claims.iat > now + CLOCK_TOLERANCE_S:
        _refuse("future")
    if now >= claims.exp:
        _refuse("expired")


def _require_header(untrusted: bytes, key: Ed25519PublicKey) -> None:
    header = _object(untrusted, "header")
    expected = {"alg": "EdDSA", "kid": key_id(key), "typ": _TYPE}
    for name, value in expected.items():
        if header.get(name) != value:
            _refuse(name)
    # `crit`, `jwk`, `x5u` and the like have no meaning here and may not ride along; canonical
    # bytes leave the signer one way to write the header.
    if untrusted != canonical_json(expected):
        _refuse("header")


def _claims(untrusted: bytes) -> PermitClaims:
    members = _object(untrusted, "claims")
    try:
        claims = msgspec.convert(members, PermitClaims, strict=True)
    except msgspec.ValidationError:
        raise PermitRefused("claims") from None
    if untrusted != canonical_json(msgspec.to_builtins(claims)):
        _refuse("claims")
    _require_sound(claims)
    return claims


def _require_sound(claims: PermitClaims) -> None:
    """Refuse claims that contradict themselves, whoever signed them."""
    if not 0 < claims.exp - claims.iat <= MAX_LIFETIME_S:
        _refuse("lifetime")
    if claims.started_ms > claims.decided_ms or claims.log_index >= claims.log_size:
        _refuse("claims")
    for each in claims.checks:
        if each.status is CheckStatus.PASSED:
            continue
        if each.hardness is Hardness.HARD or each.overridden in {"", claims.teller}:
            _refuse("claims")
    _require_officers(claims)


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


def _object(untrusted: bytes, detail: str) -> dict[str, object]:
    try:
        value = strict_json(untrusted, integers_only=True)
    except JsonRefused:
        raise PermitRefused(detail) from None
    if not isinstance(value, dict):
        raise PermitRefused(detail)
    return value


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(untrusted: str) -> bytes:
    """RFC 7515 base64url without padding, in its one canonical spelling."""
    if _PART.fullmatch(untrusted) is None:
        _refuse("form")
    try:
        raw = base64.urlsafe_b64decode(untrusted + "=" * (-len(untrusted) % 4))
    except binascii.Error:
        raise PermitRefused("form") from None
    if _encode(raw) != untrusted:
        _refuse("form")
    return raw


def _refuse(detail: str) -> NoReturn:
    raise PermitRefused(detail)
