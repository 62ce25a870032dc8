"""What a virtual chip says it can do: SecurityInfos (ICAO Doc 9303-11, 9.2)."""

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from crypto.asn1 import writer as w
from crypto.chip.ciphers import CipherSuite
from crypto.chip.protocols.security_infos import CHIP_AUTHENTICATION, PACE_GENERIC_MAPPING

__all__ = [
    "ChipKey",
    "ModularKey",
    "encode_active_authentication",
    "encode_chip_authentication",
    "encode_chip_key",
    "write_card_access",
]

_BSI: Final = "0.4.0.127.0.7"
_CHIP_KEY: Final = f"{_BSI}.2.2.1"
_ACTIVE_AUTHENTICATION: Final = "2.23.136.1.1.5"
_CIPHERS: Final = tuple(CipherSuite)
_PACE_VERSION: Final = 2
_DIGESTS: Final = ("SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512")
_DH_KEY_AGREEMENT: Final = "1.2.840.113549.1.3.1"


@dataclass(frozen=True, slots=True, repr=False)
class ModularKey:
    """A static key of Diffie-Hellman modulo a prime, as older chips have it."""

    prime: int
    generator: int
    secret: int

    def public_key_info(self) -> bytes:
        """Encode SubjectPublicKeyInfo with the parameters of PKCS #3."""
        parameters = w.sequence(w.integer(self.prime), w.integer(self.generator))
        public = w.integer(pow(self.generator, self.secret, self.prime))
        identified = w.algorithm(_DH_KEY_AGREEMENT, parameters=parameters)
        return w.sequence(identified, w.bit_string(public))


ChipKey = EllipticCurvePrivateKey | ModularKey


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


def _family(key: ChipKey) -> int:
    return 2 if isinstance(key, EllipticCurvePrivateKey) else 1


def _identifier(identifier: int | None) -> bytes:
    return b"" if identifier is None else w.integer(identifier)
