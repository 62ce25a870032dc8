"""GOST private keys, for the sandbox and for tests: a workstation never holds a customer's key.

Nothing here is constant-time: do not sign with a key whose secrecy matters.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from crypto.gost.curves import Point, group
from crypto.gost.errors import GostKeyRefused
from crypto.gost.kinds import GostKind, facts
from crypto.gost.signature import encode_point, sign

__all__ = ["GostKind", "GostPrivateKey"]

_EXTRA_OCTETS = 16


@dataclass(frozen=True, slots=True)
class GostPrivateKey:
    """The scalar d of a kind, 0 < d < q; GostKeyRefused outside.

    rng  source of nonces: returns that many unpredictable octets
    """

    kind: GostKind
    d: int = field(repr=False)
    rng: Callable[[int], bytes] = field(default=secrets.token_bytes, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not 0 < self.d < facts(self.kind).curve.q:
            raise GostKeyRefused("private_range")

    @classmethod
    def generate(cls, kind: GostKind, rng: Callable[[int], bytes]) -> Self:
        """Make a key from `rng`, which is kept as the source of nonces."""
        curve = facts(kind).curve
        drawn = int.from_bytes(rng(curve.octets + _EXTRA_OCTETS), "little")
        return cls(kind, drawn % (curve.q - 1) + 1, rng)

    @property
    def signature_oid(self) -> str:
        """Identifier of signatureAlgorithm."""
        return facts(self.kind).signature_oid

    @property
    def digest_oid(self) -> str:
        """Identifier of the digest the signature is over."""
        return facts(self.kind).digest_oid

    @property
    def public_point(self) -> Point:
        """The point d·G."""
        return group(facts(self.kind).curve).multiple(self.d)

    def public_key_info(self) -> bytes:
        """Encode SubjectPublicKeyInfo (DER) as НУЦ РК does."""
        known = facts(self.kind)
        return known.prefix + encode_point(known.curve, self.public_point)

    def sign(self, message: bytes) -> bytes:
        """Hash `message` and sign: r ‖ s."""
        known = facts(self.kind)
        return sign(known.curve, self.d, known.digest(message), self.rng)
