"""What a virtual chip says it can do: SecurityInfos (ICAO Doc 9303-11, 9.2)."""

from collections.abc import Iterable
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from crypto.asn1 import writer as w
from crypto.chip.ciphers import CipherSuite
from crypto.chip.protocols.security_infos import CHIP_AUTHENTICATION, PACE_GENERIC_MAPPING
from workstation.sandbox.pki.chip_keys import ChipKey, ModularKey
from workstation.sandbox.pki.data_group_writer import tag_length_value

__all__ = [
    "encode_active_authentication",
    "encode_chip_authentication",
    "encode_chip_key",
    "write_card_access",
    "write_key_file",
    "write_security_infos_file",
]

_BSI: Final = "0.4.0.127.0.7"
_CHIP_KEY: Final = f"{_BSI}.2.2.1"
_ACTIVE_AUTHENTICATION: Final = "2.23.136.1.1.5"
_CIPHERS: Final = tuple(CipherSuite)
_PACE_VERSION: Final = 2
_DIGESTS: Final = ("SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512")


def write_card_access(*offers: tuple[CipherSuite, int]) -> bytes:
    """Return EF.CardAccess that offers PACE with these ciphers and domain parameters."""
    return w.set_of(
        w.sequence(
            w.oid(f"{PACE_GENERIC_MAPPING}.{_CIPHERS.index(suite) + 1}"),
            w.integer(_PACE_VERSION),
            w.integer(parameters),
        )
        for suite, parameters in offers
    )


def encode_chip_key(key: ChipKey, identifier: int | None = None) -> bytes:
    """Encode ChipAuthenticationPublicKeyInfo."""
    if isinstance(key, ModularKey):
        public = key.public_key_info()
    else:
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return w.sequence(w.oid(f"{_CHIP_KEY}.{_family(key)}"), public, _identifier(identifier))


def encode_chip_authentication(
    key: ChipKey, suite: CipherSuite, identifier: int | None = None
) -> bytes:
    """Encode ChipAuthenticationInfo for the kind of key."""
    protocol = f"{CHIP_AUTHENTICATION}.{_family(key)}.{_CIPHERS.index(suite) + 1}"
    return w.sequence(w.oid(protocol), w.integer(1), _identifier(identifier))


def encode_active_authentication(digest: str) -> bytes:
    """Encode ActiveAuthenticationInfo: the digest of ECDSA."""
    plain = f"{_BSI}.1.1.4.1.{_DIGESTS.index(digest) + 1}"
    return w.sequence(w.oid(_ACTIVE_AUTHENTICATION), w.integer(1), w.oid(plain))


def write_security_infos_file(infos: Iterable[bytes]) -> bytes:
    """Return DG14 with these SecurityInfo encodings."""
    return tag_length_value(0x6E, w.set_of(infos))


def write_key_file(public_key_info: bytes) -> bytes:
    """Return DG15 with the public key of active authentication."""
    return tag_length_value(0x6F, public_key_info)


def _family(key: ChipKey) -> int:
    return 2 if isinstance(key, EllipticCurvePrivateKey) else 1


def _identifier(identifier: int | None) -> bytes:
    return b"" if identifier is None else w.integer(identifier)
