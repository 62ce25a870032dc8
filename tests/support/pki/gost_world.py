"""The tests' public key infrastructure with GOST keys, octets the same every run.

No library builds certificates or lists with these keys, so they are written with our DER writer;
extensions are encoded by `cryptography`. Keys and signature nonces come from one seeded stream:
a test that names a bit of an object means the same bit tomorrow.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import count

from cryptography import x509

from crypto.algorithms.keys import PublicKeyInfo
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import Limits, parse
from crypto.gost.private_key import GostKind, GostPrivateKey
from crypto.revocation.crl import ParsedCrl
from crypto.x509.certificate import Certificate
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    END,
    NOW,
    PERSON_EXTENSIONS,
    START,
    World,
    ca_name,
    person_name,
    usage,
)

_LIMITS = Limits(octets=4096, depth=8, elements=32)
_THIS_AND_NEXT = (
    w.utc_time(NOW - timedelta(hours=1)),
    w.utc_time(NOW + timedelta(hours=23)),
)
_IN_90_DAYS = w.utc_time(NOW + timedelta(days=90))
Extensions = Iterable[tuple[x509.ExtensionType, bool]]


@dataclass(frozen=True)
class GostHolder:
    """A certificate with its private key; stands where a Holder does.

    The octets are kept, because `cryptography` refuses some certificates that we read.
    """

    der: bytes
    private: GostPrivateKey

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.der)

    @property
    def parsed(self) -> Certificate:
        return Certificate.parse(self.der)


def stream(label: str) -> Callable[[int], bytes]:
    """Return an endless source of octets that is the same for the same label."""
    numbers = count()
    return lambda size: hashlib.shake_256(f"{label}/{next(numbers)}".encode()).digest(size)


def gost_key(kind: GostKind, label: str) -> GostPrivateKey:
    """Return the key of a label."""
    return GostPrivateKey.generate(kind, stream(f"{kind.value}/{label}"))


def _extensions(extensions: Extensions) -> list[bytes]:
    return [
        w.sequence(
            w.oid(value.oid.dotted_string),
            w.boolean(True) if critical else b"",
            w.octet_string(value.public_bytes()),
        )
        for value, critical in extensions
    ]


def _identifier(key: GostPrivateKey) -> bytes:
    octets = PublicKeyInfo.read(parse(key.public_key_info(), _LIMITS)).key
    return hashlib.sha1(octets, usedforsecurity=False).digest()


def _signed(tbs: bytes, algorithm: bytes, key: GostPrivateKey) -> bytes:
    return w.sequence(tbs, algorithm, w.bit_string(key.sign(tbs)))


def gost_issue(
    subject: x509.Name,
    key: GostPrivateKey,
    issuer: GostHolder | None,
    extensions: Extensions,
    *,
    serial: int,
    times: tuple[bytes, bytes] = (w.utc_time(START), w.utc_time(END)),
) -> GostHolder:
    """Issue a certificate; `issuer` None makes it self-signed; `times` are whole encodings."""
    authority = issuer.private if issuer else key
    identifiers = (
        (x509.SubjectKeyIdentifier(_identifier(key)), False),
        (x509.AuthorityKeyIdentifier(_identifier(authority), None, None), False),
    )
    algorithm = w.algorithm(authority.signature_oid)
    tbs = w.sequence(
        w.explicit(0, w.integer(2)),
        w.integer(serial),
        algorithm,
        issuer.parsed.subject.raw if issuer else subject.public_bytes(),
        w.sequence(*times),
        subject.public_bytes(),
        key.public_key_info(),
        w.explicit(3, w.sequence(*_extensions((*extensions, *identifiers)))),
    )
    return GostHolder(_signed(tbs, algorithm, authority), key)


def gost_crl(
    issuer: GostHolder,
    revoked: Sequence[tuple[int, int | None]] = (),
    *,
    number: int = 10,
    times: tuple[bytes, bytes] = _THIS_AND_NEXT,
) -> bytes:
    """Make a full list of (serial number, reason); `times` are whole encodings."""
    key = issuer.private
    algorithm = w.algorithm(key.signature_oid)
    at = w.utc_time(NOW - timedelta(days=2))
    entries = [w.sequence(w.integer(serial), at, _reason(reason)) for serial, reason in revoked]
    extensions = _extensions(
        [
            (x509.CRLNumber(number), False),
            (x509.AuthorityKeyIdentifier(_identifier(key), None, None), False),
        ]
    )
    tbs = w.sequence(
        w.integer(1),
        algorithm,
        issuer.parsed.subject.raw,
        *times,
        w.sequence(*entries) if entries else b"",
        w.explicit(0, w.sequence(*extensions)),
    )
    return _signed(tbs, algorithm, key)


def _reason(reason: int | None) -> bytes:
    if reason is None:
        return b""
    value = w.octet_string(w.integer(reason, 0x0A))
    return w.sequence(w.sequence(w.oid(oids.REASON_CODE), value))


@dataclass(frozen=True)
class GostWorld(World):
    """The good world with GOST keys; its lists are written here."""

    def root_crl(self, revoked: Sequence[int] = ()) -> ParsedCrl:
        entries = [(serial, 2) for serial in revoked]
        return ParsedCrl.parse(gost_crl(self.root, entries, times=(_THIS_AND_NEXT[0], _IN_90_DAYS)))

    def person_crl(self, revoked: Sequence[int] = ()) -> ParsedCrl:
        return ParsedCrl.parse(gost_crl(self.authority, [(each, 1) for each in revoked]))


@cache
def gost_world(kind: GostKind = GostKind.GOST3410_2015_512) -> GostWorld:
    """Build the good world of one kind once; its parts are immutable."""
    root = gost_issue(ca_name("ROOT GOST"), gost_key(kind, "root"), None, CA_EXTENSIONS, serial=1)
    authority = gost_issue(
        ca_name("NCA GOST"), gost_key(kind, "authority"), root, CA_EXTENSIONS, serial=2
    )
    responder = gost_issue(
        ca_name("OCSP GOST"),
        gost_key(kind, "responder"),
        authority,
        (
            (usage("digital_signature"), True),
            (x509.ExtendedKeyUsage([x509.ObjectIdentifier(oids.OCSP_SIGNING)]), False),
            (x509.OCSPNoCheck(), False),
        ),
        serial=100,
    )
    person = gost_issue(
        person_name(), gost_key(kind, "person"), authority, PERSON_EXTENSIONS, serial=1001
    )
    return GostWorld(root, authority, person, responder, stamper=responder)
