"""The permit that core banking demands before it executes a critical operation.

A JWS in compact form (RFC 7515) signed with Ed25519 (RFC 8037) over canonical claims: one
operation, one audience, one use, at most five minutes (a day after a loan's cooling-off). It
carries the proof that the station's signed log holds it. Format: docs/formats/permit.md.
"""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NoReturn

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from crypto.canonical_json import JsonNotCanonical, canonical_json
from crypto.jws import JwsKey, JwsRefused, sign_jws, verify_jws
from crypto.log.format.note import NoteVerifier
from crypto.report.policy import Environment
from crypto.strict_json import JsonRefused, strict_decoded, strict_json
from workstation.documents.permit_claims import PERMIT_VERSION, PermitClaims, PermitFacts
from workstation.documents.permit_log import require_in_log, verify_head
from workstation.errors import PermitRefused
from workstation.rules.catalogue.documents import CUSTOMER_ROLE
from workstation.rules.checks import (
    ALWAYS_HARD,
    LIVENESS_EXCEPTION,
    MATCH_REVIEWED,
    CheckId,
    CheckStatus,
    Hardness,
)
from workstation.rules.parties import person_key
from workstation.rules.policy import FEWEST_OFFICERS
from workstation.rules.reference import LOCAL_AUTHORITY, WITHOUT_ISSUER, ReferenceSource
from workstation.settings.settings import Profile

__all__ = [
    "MAX_DELAYED_LIFETIME_S",
    "MAX_LIFETIME_S",
    "MAX_PERMIT_BYTES",
    "MAX_WAIT_S",
    "Acceptance",
    "is_early",
    "issue",
    "key_id",
    "read_claims",
    "require_sound",
    "verify",
]

MAX_PERMIT_BYTES = 65_536
"""Two people with fifty checks each, in a log of a million entries."""
MAX_LIFETIME_S = 300
MAX_DELAYED_LIFETIME_S = 86_400
MAX_WAIT_S = 720 * 3_600
"""The longest cooling-off that a policy may state."""
CLOCK_TOLERANCE_S = 5
"""Both ends are on the bank's time service; more would lengthen the life of a stolen permit."""

_TYPE = "verification-permit+jwt"


class Acceptance(StrEnum):
    """Whose permits a verifier takes; anything but production has to be asked for."""

    PRODUCTION_ONLY = "production_only"
    DEMO_TOO = "demo_too"


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
    require_sound(claims)
    require_in_log(claims)
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
    accept: Acceptance = Acceptance.PRODUCTION_ONLY,
    log_keys: Sequence[NoteVerifier] | None = None,
) -> PermitClaims:
    """Return the claims of a genuine permit for `audience` that is valid at `moment`.

    operation_sha256  digest of the operation about to be executed; None only for inspection
    log_keys          the log's keys, one of which must have signed the head: without any, none
                      did; None leaves the head unverified, for `verify_head` to judge later
    Raises PermitRefused whose detail is one of: size, form, header, alg, typ, kid, signature,
    version, claims, lifetime, log, demo, test_trust, simulated, head, audience, operation, future,
    not_yet, expired. Single use and the log's growth are `PermitRegister`'s part.
    """
    claims = read_claims(untrusted, public_key)
    if accept is Acceptance.PRODUCTION_ONLY:
        _require_production(claims)
    if log_keys is not None:
        verify_head(claims, log_keys)
    if claims.aud != audience:
        _refuse("audience")
    if operation_sha256 is not None and claims.operation_sha256 != operation_sha256:
        _refuse("operation")
    _require_current(claims, moment)
    return claims


def read_claims(untrusted: str, public_key: Ed25519PublicKey) -> PermitClaims:
    """Return what a genuine permit states, whoever it was for and whenever: evidence, no order.

    Raises PermitRefused whose detail is one of: size, form, header, alg, typ, kid, signature,
    version, claims, lifetime, log.
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
    return _claims(genuine.payload)


def pick_key(untrusted: str, keys: Sequence[Ed25519PublicKey]) -> Ed25519PublicKey:
    """Return the key that the permit says it is signed by, else the first; at least one is given.

    A station has two while one replaces the other. Which it says proves nothing: `verify` does.
    """
    for key in keys:
        try:
            verify_jws(untrusted, [JwsKey(key_id(key), key)], typ=_TYPE)
        except JwsRefused as refused:
            if refused.detail != "kid":
                return key
        else:
            return key
    return keys[0]


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


def _require_production(claims: PermitClaims) -> None:
    if claims.profile is not Profile.PRODUCTION:
        _refuse("demo")
    if claims.environment is not Environment.PROD:
        _refuse("test_trust")
    if claims.simulated:
        _refuse("simulated")


def _claims(untrusted: bytes) -> PermitClaims:
    _require_version(untrusted)
    try:
        claims = strict_decoded(untrusted, PermitClaims)
    except JsonRefused:
        raise PermitRefused("claims") from None
    if untrusted != canonical_json(msgspec.to_builtins(claims)):
        _refuse("claims")
    require_sound(claims)
    require_in_log(claims)
    return claims


def _require_version(untrusted: bytes) -> None:
    """Tell a permit of another version from one that is malformed: it has other members."""
    try:
        members = strict_json(untrusted, integers_only=True)
    except JsonRefused:
        raise PermitRefused("claims") from None
    if isinstance(members, dict) and members.get("v") != PERMIT_VERSION:
        _refuse("version")


def require_sound(claims: PermitFacts) -> None:
    """Refuse facts that contradict themselves or lack a factor, whoever signed them.

    Raises PermitRefused(`lifetime` or `claims`).
    """
    wait_s = claims.nbf - claims.iat
    longest_s = MAX_DELAYED_LIFETIME_S if wait_s else MAX_LIFETIME_S
    if not 0 <= wait_s <= MAX_WAIT_S or not 0 < claims.exp - claims.nbf <= longest_s:
        _refuse("lifetime")
    if (wait_s > 0) is not (claims.wait_rule != ""):
        _refuse("lifetime")
    if claims.started_ms > claims.decided_ms:
        _refuse("claims")
    for each in claims.checks:
        if each.status is CheckStatus.PASSED or each.hardness is Hardness.SILENT:
            continue
        if each.hardness is Hardness.HARD or not _is_another(each.overridden, claims.teller):
            _refuse("claims")
    _require_factors(claims)
    _require_officers(claims)
    _require_provenance(claims)


def _require_factors(claims: PermitFacts) -> None:
    """Refuse people or checks that are named twice, or without what no policy may leave out.

    Everybody who is present has passed all of `ALWAYS_HARD`, whatever the others have.
    """
    roles = [each.role for each in claims.people]
    present = [each.role for each in claims.people if each.present]
    if len(set(roles)) != len(roles) or roles[0] != CUSTOMER_ROLE or not present:
        _refuse("claims")
    named = [(each.role, each.check) for each in claims.checks]
    # Of two results of one check a reader could take the other one.
    if len(set(named)) != len(named) or not {role for role, _ in named} <= set(roles):
        _refuse("claims")
    hard = {(each.role, each.check) for each in claims.checks if each.hardness is Hardness.HARD}
    if not hard.issuperset((role, check) for role in present for check in ALWAYS_HARD):
        _refuse("claims")


def _require_provenance(claims: PermitFacts) -> None:
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


def _require_officers(claims: PermitFacts) -> None:
    """Refuse a face that fewer people vouch for than have to, or officers without an exception."""
    reasons = {each.reason for each in claims.checks if each.check == CheckId.LIVENESS}
    excepted = LIVENESS_EXCEPTION in reasons
    persons = {person_key(each) for each in claims.officers}
    if not excepted and not persons:
        return
    enough = FEWEST_OFFICERS <= len(persons) == len(claims.officers)
    if not excepted or not enough or persons & {"", person_key(claims.teller)}:
        _refuse("claims")


def _refuse(detail: str) -> NoReturn:
    raise PermitRefused(detail)
