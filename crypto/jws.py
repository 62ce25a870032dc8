"""JSON Web Signatures in compact form (RFC 7515), judged by keys that are known beforehand.

EdDSA with Ed25519 (RFC 8037 3.1) and ES256 (RFC 7518 3.4). The key decides which of the two is
right, never the header; `typ` keeps one kind of object from passing for another (RFC 8725 3.11).
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NoReturn, Self, TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_public_key,
)

from crypto.canonical_json import canonical_json
from crypto.strict_json import JsonRefused, strict_json

__all__ = ["Jws", "JwsKey", "JwsKeyRefused", "JwsRefused", "sign_jws", "verify_jws"]

PublicKey: TypeAlias = Ed25519PublicKey | EllipticCurvePublicKey
PrivateKey: TypeAlias = Ed25519PrivateKey | EllipticCurvePrivateKey

_PART: Final = re.compile(r"[A-Za-z0-9_-]+")
_PEM: Final = b"-----BEGIN "
_PEM_CERTIFICATE: Final = b"-----BEGIN CERTIFICATE-----"
_EDDSA, _ES256 = "EdDSA", "ES256"
_MEMBERS: Final = {"alg", "kid", "typ"}
_SIGNATURE_OCTETS: Final = 64
"""Of both algorithms: R and S of 32 octets each (RFC 8032 5.1.6, RFC 7518 3.4)."""


class JwsRefused(ValueError):
    """No genuine signature of a known key; `detail` is form, header, alg, typ, kid or signature."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class JwsKeyRefused(ValueError):
    """No public key, or none of the two kinds."""


@dataclass(frozen=True, slots=True)
class JwsKey:
    """A public key under the name that headers call it by.

    kid  the signer's name for it (RFC 7515 4.1.4)
    """

    kid: str
    public: PublicKey

    def __post_init__(self) -> None:
        if isinstance(self.public, EllipticCurvePublicKey) and not isinstance(
            self.public.curve, SECP256R1
        ):
            raise JwsKeyRefused("not P-256")

    @classmethod
    def read(cls, kid: str, untrusted: bytes) -> Self:
        """Read a SubjectPublicKeyInfo or a certificate, DER or PEM; JwsKeyRefused.

        Of a certificate the key alone is taken: who pins it vouches for it, not its issuer.
        """
        try:
            key = _load_public_key(untrusted)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise JwsKeyRefused("no public key") from None
        if not isinstance(key, Ed25519PublicKey | EllipticCurvePublicKey):
            raise JwsKeyRefused("neither Ed25519 nor P-256")
        return cls(kid, key)

    @property
    def algorithm(self) -> str:
        """The one `alg` this key signs with."""
        return _EDDSA if isinstance(self.public, Ed25519PublicKey) else _ES256

    @property
    def sha256(self) -> str:
        """Return the hex digest of the DER SubjectPublicKeyInfo."""
        der = self.public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(der).hexdigest()

    def verify(self, signature: bytes, signed: bytes) -> None:
        """Raise JwsRefused(`signature`) unless it is this key's over these octets."""
        if len(signature) != _SIGNATURE_OCTETS:
            _refuse("signature")
        half = _SIGNATURE_OCTETS // 2
        try:
            if isinstance(self.public, Ed25519PublicKey):
                self.public.verify(signature, signed)
            else:
                r, s = (int.from_bytes(each) for each in (signature[:half], signature[half:]))
                self.public.verify(encode_dss_signature(r, s), signed, ECDSA(SHA256()))
        except InvalidSignature:
            raise JwsRefused("signature") from None


@dataclass(frozen=True, slots=True)
class Jws:
    """A signature that was verified, with what it is over."""

    header: bytes
    payload: bytes
    key: JwsKey


def sign_jws(payload: bytes, key: PrivateKey, *, kid: str, typ: str) -> str:
    """Return the compact form over these octets, the header in canonical JSON."""
    algorithm = JwsKey(kid, key.public_key()).algorithm
    header = canonical_json({"alg": algorithm, "kid": kid, "typ": typ})
    signed = f"{_encode(header)}.{_encode(payload)}"
    if isinstance(key, Ed25519PrivateKey):
        signature = key.sign(signed.encode())
    else:
        r, s = decode_dss_signature(key.sign(signed.encode(), ECDSA(SHA256())))
        half = _SIGNATURE_OCTETS // 2
        signature = r.to_bytes(half) + s.to_bytes(half)
    return f"{signed}.{_encode(signature)}"


def verify_jws(untrusted: str, keys: Iterable[JwsKey], *, typ: str) -> Jws:
    """Return what one of these keys signed as an object of this type; JwsRefused.

    The header has `alg`, `kid` and `typ` and nothing else: what could lead to another key (`jwk`,
    `x5u`) or would have to be understood (`crit`, `b64`) is not taken along. The caller bounds the
    size.
    """
    parts = untrusted.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - RFC 7515 7.1: header, payload, signature
        _refuse("form")
    header, payload, signature = (_decode(part) for part in parts)
    key = _find_key(header, {each.kid: each for each in keys}, typ)
    key.verify(signature, f"{parts[0]}.{parts[1]}".encode())
    return Jws(header, payload, key)


def _find_key(untrusted: bytes, keys: dict[str, JwsKey], typ: str) -> JwsKey:
    try:
        header = strict_json(untrusted, integers_only=True)
    except JsonRefused:
        raise JwsRefused("header") from None
    if not isinstance(header, dict):
        _refuse("header")
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in (_EDDSA, _ES256):
        _refuse("alg")
    if header.get("typ") != typ:
        _refuse("typ")
    key = keys.get(kid) if isinstance(kid, str) else None
    if key is None:
        _refuse("kid")
    if algorithm != key.algorithm:
        _refuse("alg")
    if set(header) != _MEMBERS:
        _refuse("header")
    return key


def _load_public_key(untrusted: bytes) -> object:
    """Return the key of any of the four forms; ValueError, TypeError, UnsupportedAlgorithm."""
    if untrusted.lstrip().startswith(_PEM_CERTIFICATE):
        return x509.load_pem_x509_certificate(untrusted).public_key()
    if untrusted.lstrip().startswith(_PEM):
        return load_pem_public_key(untrusted)
    try:
        return load_der_public_key(untrusted)
    except ValueError:
        return x509.load_der_x509_certificate(untrusted).public_key()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(untrusted: str) -> bytes:
    """Read base64url without padding (RFC 7515 section 2) in its one canonical spelling."""
    if _PART.fullmatch(untrusted) is None:
        _refuse("form")
    try:
        raw = base64.urlsafe_b64decode(untrusted + "=" * (-len(untrusted) % 4))
    except binascii.Error:
        raise JwsRefused("form") from None
    if _encode(raw) != untrusted:
        _refuse("form")
    return raw


def _refuse(detail: str) -> NoReturn:
    raise JwsRefused(detail)
