"""The GOST algorithms of Kazakhstan for the registry: identifiers of the arc 1.2.398.3.10.1.

Left out because nobody has seen them and their meaning is not published, so that they stay "not
supported": parameter sets B to D of 34.310-2004 and signature variants 1.2.398.3.10.1.1.1.2.1, .2.
"""

from collections.abc import Callable

from crypto.algorithms.algorithm import DigestAlgorithm, PublicKeyRefused, SignatureAlgorithm
from crypto.algorithms.keys import PublicKeyInfo
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import DerError
from crypto.gost.acceleration import Acceleration
from crypto.gost.errors import GostKeyRefused
from crypto.gost.kinds import GostKind, KindFacts, facts
from crypto.gost.signature import decode_point, verify

__all__ = ["digests", "signatures"]

_TUMAR_PREFIX = bytes.fromhex(
    "3063300e060a2b06010401b511010508050003510006020000" + "3aaa00000045433100020000"
)
"""SubjectPublicKeyInfo of a Tumar CSP key up to x ‖ y: a PUBLICKEYBLOB on CryptoPro-A."""

_2015_512 = facts(GostKind.GOST3410_2015_512)
_2015_256 = facts(GostKind.GOST3410_2015_256)
_2004 = facts(GostKind.GOST34310_2004)

_Engine = Callable[[], Acceleration]
"""Called at the first use: a station that meets no GOST never prepares for it."""


def digests(engine: _Engine) -> tuple[DigestAlgorithm, ...]:
    """Return Streebog of both sizes and 34.311-95."""
    return (
        DigestAlgorithm(
            "GOST 34.11-2015-512",
            (_2015_512.digest_oid,),
            size=64,
            strong=True,
            new=lambda: engine().streebog(512),
        ),
        DigestAlgorithm(
            "GOST 34.11-2015-256",
            (_2015_256.digest_oid,),
            size=32,
            strong=True,
            new=lambda: engine().streebog(256),
        ),
        DigestAlgorithm(
            "GOST 34.311-95",
            # Some signers name the S-box, a parameter, in place of the digest.
            (_2004.digest_oid, oids.KZ_GOST34311_TEST_BOX),
            size=32,
            strong=True,
            new=lambda: engine().gost94(),
            parameters=frozenset({w.oid(oids.KZ_GOST34311_TEST_BOX)}),
        ),
    )


def signatures(engine: _Engine) -> tuple[SignatureAlgorithm, ...]:
    """Return 34.10-2015 of both sizes and 34.310-2004, which Tumar CSP keys share."""
    return (
        # Some signers name the key's algorithm in place of the signature's (RFC 4490 section 3).
        _algorithm("GOST 34.10-2015-512", _2015_512, engine, also=(_2015_512.key_oid,)),
        _algorithm("GOST 34.10-2015-256", _2015_256, engine, also=(_2015_256.key_oid,)),
        _algorithm(
            "GOST 34.310-2004",
            _2004,
            engine,
            also=(_2004.key_oid,),
            keys=(oids.TUMAR_EC_KEY,),
        ),
    )


def _algorithm(
    name: str,
    kind: KindFacts,
    engine: _Engine,
    also: tuple[str, ...] = (),
    keys: tuple[str, ...] = (),
) -> SignatureAlgorithm:
    def verify_signature(
        key: PublicKeyInfo,
        _parameters: bytes | None,
        _digest: DigestAlgorithm,
        value: bytes,
        signature: bytes,
    ) -> bool:
        octets = _point_octets(kind, key)
        try:
            point = decode_point(kind.curve, octets)
            return verify(kind.curve, point, value, signature, engine().number)
        except GostKeyRefused as refused:
            raise PublicKeyRefused(f"{key.algorithm.oid}:{refused.detail}") from None

    return SignatureAlgorithm(
        name=name,
        oids=(kind.signature_oid, *also),
        key_oids=frozenset({kind.key_oid, *keys}),
        family="gost2004" if kind is _2004 else "gost2015",
        digest_oid=lambda parameters: _digest_oid(kind, parameters),
        bits=lambda _key: 8 * kind.curve.octets,
        verify=verify_signature,
        null=True,
        remark=_remark,
    )


def _digest_oid(kind: KindFacts, parameters: bytes | None) -> str:
    if parameters is not None:
        # Nothing is defined here: whatever it means, it is not the algorithm we know.
        raise DerError("parameters")
    return kind.digest_oid


def _point_octets(kind: KindFacts, key: PublicKeyInfo) -> bytes:
    """Cut x ‖ y out of the key; PublicKeyRefused unless all before it is as it must be."""
    prefix = _TUMAR_PREFIX if key.algorithm.oid == oids.TUMAR_EC_KEY else kind.prefix
    if not key.raw.startswith(prefix):
        raise PublicKeyRefused(f"{key.algorithm.oid}:parameters")
    return key.raw[len(prefix) :]


def _remark(key: PublicKeyInfo) -> str:
    return "legacy_tumar_key" if key.algorithm.oid == oids.TUMAR_EC_KEY else ""
