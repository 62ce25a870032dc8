"""The static keys that a virtual chip proves itself with (ICAO Doc 9303-11, 6.2)."""

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from crypto.asn1 import writer as w

__all__ = ["ChipKey", "ModularKey"]

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
