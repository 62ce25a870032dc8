"""The kinds of GOST key in Kazakhstan's certificates: curve, digest, identifiers, encoding.

Identifiers are of the arc 1.2.398.3.10.1 (registry root.gov.kz/oid).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from crypto.gost.curves import CRYPTOPRO_A, TC26_256_A, TC26_512_A, Curve
from crypto.gost.gost94 import gost94
from crypto.gost.streebog import streebog_256, streebog_512

__all__ = ["GostKind", "KindFacts", "facts"]


class GostKind(StrEnum):
    """What НУЦ РК issues now, what nobody was seen to hold, and what it issued before."""

    GOST3410_2015_512 = "gost3410-2015-512"
    GOST3410_2015_256 = "gost3410-2015-256"
    GOST34310_2004 = "gost34310-2004"


@dataclass(frozen=True, slots=True)
class KindFacts:
    """What follows from the kind.

    prefix  the octets of SubjectPublicKeyInfo before x ‖ y: they never vary
    digest  the reference hash, in one go
    """

    curve: Curve
    key_oid: str
    signature_oid: str
    digest_oid: str
    digest: Callable[[bytes], bytes]
    prefix: bytes


def facts(kind: GostKind) -> KindFacts:
    """Return curve, identifiers, hash and encoding of a kind."""
    match kind:
        case GostKind.GOST3410_2015_512:
            return _512
        case GostKind.GOST3410_2015_256:
            return _256
        case GostKind.GOST34310_2004:
            return _2004


_512 = KindFacts(
    curve=TC26_512_A,
    key_oid="1.2.398.3.10.1.1.2.2",
    signature_oid="1.2.398.3.10.1.1.2.3.2",
    digest_oid="1.2.398.3.10.1.3.3",
    digest=streebog_512,
    prefix=bytes.fromhex(
        "3081ac302306092a830e030a010102023016060a2a830e030a0101020201"
        "06082a830e030a01030303818400048180"
    ),
)

_256 = KindFacts(
    curve=TC26_256_A,
    key_oid="1.2.398.3.10.1.1.2.1",
    signature_oid="1.2.398.3.10.1.1.2.3.1",
    digest_oid="1.2.398.3.10.1.3.2",
    digest=streebog_256,
    # By analogy with 512 bits: no such certificate has been met.
    prefix=bytes.fromhex(
        "306a302306092a830e030a010102013016060a2a830e030a010102010106082a830e030a0103020343000440"
    ),
)

_2004 = KindFacts(
    curve=CRYPTOPRO_A,
    key_oid="1.2.398.3.10.1.1.1.1",
    signature_oid="1.2.398.3.10.1.1.1.2",
    digest_oid="1.2.398.3.10.1.3.1",
    digest=gost94,
    prefix=bytes.fromhex(
        "306c302506092a830e030a010101013018060a2a830e030a0101010101"
        "060a2a830e030a010301010003430004 40"
    ),
)
