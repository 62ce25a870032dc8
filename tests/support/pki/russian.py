"""The same algorithms under their Russian identifiers (RFC 9215), so that openssl understands us.

A signature value is s ‖ r big-endian there, the byte-wise reverse of Kazakhstan's r ‖ s.
"""

from dataclasses import dataclass

from crypto.algorithms.algorithm import DigestAlgorithm, SignatureAlgorithm
from crypto.algorithms.registry import AlgorithmRegistry, default_registry
from crypto.gost.curves import CRYPTOPRO_A, TC26_256_A, TC26_512_A, Curve
from crypto.gost.signature import decode_point, verify
from crypto.gost.streebog import Streebog

__all__ = ["KEY_512", "SETS", "SIGNATURE_512", "STREEBOG_512", "Set", "russian_registry"]

KEY_512 = "1.2.643.7.1.1.1.2"
SIGNATURE_512 = "1.2.643.7.1.1.3.3"
STREEBOG_512 = "1.2.643.7.1.1.2.3"


@dataclass(frozen=True)
class Set:
    """A parameter set: openssl's names for algorithm and set, and the key's octets before x ‖ y."""

    curve: Curve
    algorithm: str
    name: str
    prefix: bytes


SETS = (
    Set(
        TC26_512_A,
        "gost2012_512",
        "A",
        bytes.fromhex(
            "3081aa302106082a85030701010102301506092a850307010201020106082a85030701010203"
            "03818400048180"
        ),
    ),
    Set(
        CRYPTOPRO_A,
        "gost2012_256",
        "TCB",
        bytes.fromhex("305e301706082a85030701010101300b06092a85030701020101020343000440"),
    ),
    Set(
        TC26_256_A,
        "gost2012_256",
        "TCA",
        bytes.fromhex("305e301706082a85030701010101300b06092a85030701020101010343000440"),
    ),
)


def russian_registry() -> AlgorithmRegistry:
    """Return the product's registry and the Russian names of 34.10-2012 of 512 bits."""
    known = SETS[0]

    def verified(key, parameters, _digest, value, signature):
        if parameters is not None or not key.raw.startswith(known.prefix):
            return False
        point = decode_point(known.curve, key.raw[len(known.prefix) :])
        return verify(known.curve, point, value, signature[::-1])

    return default_registry().with_algorithms(
        [
            DigestAlgorithm(
                "Streebog-512", (STREEBOG_512,), 64, strong=True, new=lambda: Streebog(512)
            )
        ],
        [
            SignatureAlgorithm(
                name="GOST R 34.10-2012-512",
                # A CMS signer names the key where the signature belongs (RFC 4490 section 3).
                oids=(SIGNATURE_512, KEY_512),
                key_oids=frozenset({KEY_512}),
                family="gost2015",
                digest_oid=lambda _: STREEBOG_512,
                bits=lambda _: 512,
                verify=verified,
                null=False,
            )
        ],
    )
