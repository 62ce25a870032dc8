"""A small public key infrastructure for tests: root, issuing CA, people, responder, authority.

Certificates and lists are made with the builders of `cryptography`, an independent encoder;
OCSP responses with our DER writer, because the builder stamps them with the real time.
Keys are P-256 (cheap) except where RSA is the subject of the test.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from crypto.algorithms.registry import default_registry
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.cms.create import sign_cms
from crypto.gost.private_key import GostPrivateKey
from crypto.path.trust import TrustStore
from crypto.report.policy import (
    Environment,
)
from crypto.revocation.crl import Crl, ParsedCrl
from crypto.revocation.ocsp import CertificateId
from crypto.revocation.sources import FetchFailed, crl_issuers
from crypto.signatures.validator import SignatureValidator
from crypto.x509.certificate import Certificate
from crypto.x509.iin import Iin
from tests.support.pki.policies import policy

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2027, 1, 1, tzinfo=UTC)
CONTENT = b"Change the trusted number to +7 700 000 00 00; nonce 0123456789abcdef"
SHA256 = hashes.SHA256()
Private = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | GostPrivateKey


def well_formed_iin(first_eleven: str) -> str:
    return next(first_eleven + d for d in "0123456789" if Iin.parse(first_eleven + d).well_formed)


IIN = well_formed_iin("90010130042")
OTHER_IIN = well_formed_iin("91020240031")


@cache
def key(label: str) -> Private:
    """One key per label for the whole test run; labels beginning with `rsa` are RSA-2048."""
    if label.startswith("rsa1024"):
        return rsa.generate_private_key(65537, 1024)  # to be refused
    if label.startswith("rsa"):
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


def signature_oid(private: Private) -> str:
    if isinstance(private, GostPrivateKey):
        return private.signature_oid
    return (
        oids.SHA256_WITH_RSA if isinstance(private, rsa.RSAPrivateKey) else oids.ECDSA_WITH_SHA256
    )


def digest_oid(private: Private) -> str:
    return private.digest_oid if isinstance(private, GostPrivateKey) else oids.SHA256


def signer(private: Private) -> Callable[[bytes], bytes]:
    if isinstance(private, GostPrivateKey):
        return private.sign
    if isinstance(private, rsa.RSAPrivateKey):
        return lambda message: private.sign(message, padding.PKCS1v15(), SHA256)
    return lambda message: private.sign(message, ec.ECDSA(SHA256))


def ca_name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common),
            x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ"),
        ]
    )


def person_name(iin: str = IIN, *, bin_: str = "") -> x509.Name:
    parts = [
        x509.NameAttribute(NameOID.COMMON_NAME, "ТЕСТОВ ТЕСТ"),
        x509.NameAttribute(NameOID.SURNAME, "ТЕСТОВ"),
        x509.NameAttribute(NameOID.SERIAL_NUMBER, f"IIN{iin}"),
        x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ"),
    ]
    if bin_:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, "ТОО"))
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, f"BIN{bin_}"))
    return x509.Name(parts)


def usage(*names: str) -> x509.KeyUsage:
    every = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: name in names for name in every})


CA_EXTENSIONS = (
    (x509.BasicConstraints(ca=True, path_length=None), True),
    (usage("key_cert_sign", "crl_sign"), True),
)
POLICIES = (
    x509.CertificatePolicies(
        [x509.PolicyInformation(x509.ObjectIdentifier(oids.KZ_POLICIES), None)]
    ),
    False,
)
PERSON_EXTENSIONS = (
    (usage("digital_signature", "content_commitment"), True),
    (
        x509.ExtendedKeyUsage(
            [
                x509.ObjectIdentifier(oids.EMAIL_PROTECTION),
                x509.ObjectIdentifier(oids.KZ_INDIVIDUAL),
            ]
        ),
        False,
    ),
    POLICIES,
)


@dataclass(frozen=True)
class Holder:
    """A certificate with its private key."""

    certificate: x509.Certificate
    private: Private

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def parsed(self) -> Certificate:
        return Certificate.parse(self.der)


def issue(
    subject: x509.Name,
    label: str,
    issuer: Holder | None,
    extensions: Iterable[tuple[x509.ExtensionType, bool]],
    *,
    serial: int,
    not_before: datetime = START,
    not_after: datetime = END,
    issuer_name: x509.Name | None = None,
    identifiers: bool = True,
) -> Holder:
    """Issue a certificate; `issuer` None makes it self-signed."""
    private = key(label)
    authority = issuer.private if issuer else private
    name = issuer_name or (issuer.certificate.subject if issuer else subject)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(serial)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    if identifiers:
        own = x509.SubjectKeyIdentifier.from_public_key(private.public_key())
        theirs = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
        builder = builder.add_extension(own, False).add_extension(theirs, False)
    return Holder(builder.sign(authority, SHA256), private)


def make_crl(
    issuer: Holder,
    revoked: Sequence[tuple[int, x509.ReasonFlags | None]] = (),
    *,
    number: int = 10,
    this_update: datetime = NOW - timedelta(hours=1),
    next_update: datetime | None = NOW + timedelta(hours=23),
    base: int | None = None,
    extensions: Iterable[tuple[x509.ExtensionType, bool]] = (),
    issuer_name: x509.Name | None = None,
    revoked_at: datetime = NOW - timedelta(days=2),
    invalid_since: datetime | None = None,
) -> bytes:
    """Make a list; `base` makes it a delta, `invalid_since` is the invalidity date of all."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer_name or issuer.certificate.subject)
        .last_update(this_update)
        .next_update(next_update or NOW + timedelta(days=1))
        .add_extension(x509.CRLNumber(number), False)
    )
    if base is not None:
        builder = builder.add_extension(x509.DeltaCRLIndicator(base), True)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    for serial, reason in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(revoked_at)
        if reason is not None:
            entry = entry.add_extension(x509.CRLReason(reason), False)
        if invalid_since is not None:
            entry = entry.add_extension(x509.InvalidityDate(invalid_since), False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(issuer.private, SHA256).public_bytes(serialization.Encoding.DER)


@dataclass(frozen=True)
class OcspAnswer:
    """What a test responder says; `statuses` holds encoded CertStatus per identifier."""

    statuses: Sequence[tuple[CertificateId, bytes]]
    nonce: bytes | None = None
    this_update: datetime = NOW
    produced_at: datetime = NOW
    next_update: datetime | None = None
    by_key: bool = False
    extra: bytes = b""
    about_each: bytes = b""
    embedded: Sequence[bytes] | None = None

    def encode(self, responder: Holder) -> bytes:
        private = responder.private
        parsed = responder.parsed
        named = w.explicit(1, parsed.subject.raw)
        if self.by_key:
            digest = default_registry().require_digest(oids.SHA1).hash(parsed.key.key)
            named = w.explicit(2, w.octet_string(digest))
        following = w.explicit(0, w.generalized_time(self.next_update)) if self.next_update else b""
        stated = w.explicit(1, w.sequence(self.about_each)) if self.about_each else b""
        updated = w.generalized_time(self.this_update)
        singles = [
            w.sequence(identifier.encode(), status, updated, following, stated)
            for identifier, status in self.statuses
        ]
        nonce = b""
        if self.nonce is not None:
            nonce = w.sequence(w.oid(oids.OCSP_NONCE), w.octet_string(w.octet_string(self.nonce)))
        extensions = nonce + self.extra
        tbs = w.sequence(
            named,
            w.generalized_time(self.produced_at),
            w.sequence(*singles),
            w.explicit(1, w.sequence(extensions)) if extensions else b"",
        )
        embedded = [responder.der] if self.embedded is None else self.embedded
        basic = w.sequence(
            tbs,
            default_registry().signature_identifier(signature_oid(private)),
            w.bit_string(signer(private)(tbs)),
            w.explicit(0, w.sequence(*embedded)) if embedded else b"",
        )
        body = w.sequence(w.oid(oids.OCSP_BASIC), w.octet_string(basic))
        return w.sequence(w.tlv(0x0A, b"\x00"), w.explicit(0, body))


GOOD = w.tlv(0x80)
UNKNOWN = w.tlv(0x82)


def revoked_status(at: datetime = NOW - timedelta(days=1), reason: int | None = 1) -> bytes:
    stated = w.explicit(0, w.integer(reason, 0x0A)) if reason is not None else b""
    return w.tlv(0xA1, w.generalized_time(at), stated)


@dataclass
class Sources:
    """Answers of a test; satisfies RevocationSources. `answer` gets the nonce of the request."""

    answer: Callable[[bytes | None], bytes] | None = None
    held: Sequence[Crl] = ()
    fixed_nonce: bytes | None = bytes(range(16))
    requests: list[bytes] = field(default_factory=list)

    def nonce(self) -> bytes | None:
        return self.fixed_nonce

    def ocsp(self, issuer: Certificate, request: bytes) -> tuple[str, bytes]:
        del issuer
        self.requests.append(request)
        if self.answer is None:
            raise FetchFailed("no_route")
        return "http://ocsp.test/", self.answer(self.fixed_nonce)

    def crls(self, certificate: Certificate) -> tuple[tuple[str, Crl], ...]:
        names = crl_issuers(certificate)
        return tuple(("test", item) for item in self.held if item.issuer in names)


@dataclass(frozen=True)
class World:
    """Everything a validation test needs, all of it good."""

    root: Holder
    authority: Holder
    person: Holder
    responder: Holder
    stamper: Holder

    def trust(self, environment: Environment = Environment.TEST) -> TrustStore:
        return trust_of(self.root, intermediates=[self.authority], environment=environment)

    def identifier(self, holder: Holder | None = None, digest: str = oids.SHA256) -> CertificateId:
        found = CertificateId.compute(
            (holder or self.person).parsed, self.authority.parsed, default_registry(), digest
        )
        assert found is not None
        return found

    def cms(self, content: bytes = CONTENT, *, holder: Holder | None = None, **options) -> bytes:
        chosen = holder or self.person
        return sign_cms(
            content,
            certificate=chosen.der,
            sign=signer(chosen.private),
            digest_oid=digest_oid(chosen.private),
            signature_oid=signature_oid(chosen.private),
            signing_time=options.pop("signing_time", NOW),
            **options,
        )

    def root_crl(self, revoked: Sequence[int] = ()) -> ParsedCrl:
        entries = [(serial, x509.ReasonFlags.ca_compromise) for serial in revoked]
        return ParsedCrl.parse(make_crl(self.root, entries, next_update=NOW + timedelta(days=90)))

    def good(self, nonce: bytes | None) -> bytes:
        answer = OcspAnswer([(self.identifier(), GOOD)], nonce=nonce)
        return answer.encode(self.responder)

    def sources(self, answer=..., held: Sequence[Crl] | None = None, **options) -> Sources:
        return Sources(
            self.good if answer is ... else answer,
            [self.root_crl()] if held is None else held,
            **options,
        )

    def validator(self, sources: Sources | None = None, **changes) -> SignatureValidator:
        return SignatureValidator(
            trust=changes.pop("trust", None) or self.trust(),
            policy=policy(**changes),
            revocation=sources or self.sources(),
        )

    def report(self, cms: bytes | None = None, sources: Sources | None = None, **changes):
        asked = {
            "expected_content": changes.pop("expected_content", CONTENT),
            "expected_iin": changes.pop("expected_iin", IIN),
            "moment": changes.pop("moment", NOW),
        }
        return self.validator(sources, **changes).validate(
            self.cms() if cms is None else cms, **asked
        )


def trust_of(
    root: Holder,
    *,
    intermediates: Sequence[Holder] = (),
    environment: Environment = Environment.TEST,
    issuers: frozenset[str] | None = None,
) -> TrustStore:
    return TrustStore.pinned(
        environment,
        anchors=[root.der],
        pins=[root.parsed.sha256],
        intermediates=[holder.der for holder in intermediates],
        issuers=issuers,
    )


@cache
def world(person_key: str = "person") -> World:
    """Build the good world once; its parts are immutable."""
    root = issue(ca_name("ROOT TEST"), "root", None, CA_EXTENSIONS, serial=1)
    authority = issue(ca_name("NCA TEST"), "authority", root, (*CA_EXTENSIONS, POLICIES), serial=2)
    responder = issue(
        ca_name("OCSP TEST"),
        "responder",
        authority,
        (
            (usage("digital_signature"), True),
            (x509.ExtendedKeyUsage([x509.ObjectIdentifier(oids.OCSP_SIGNING)]), False),
            (x509.OCSPNoCheck(), False),
        ),
        serial=100,
    )
    stamper = issue(
        ca_name("TSA TEST"),
        "stamper",
        authority,
        (
            (usage("digital_signature"), True),
            (x509.ExtendedKeyUsage([x509.ObjectIdentifier(oids.TIME_STAMPING)]), True),
        ),
        serial=101,
    )
    person = issue(person_name(), person_key, authority, PERSON_EXTENSIONS, serial=1001)
    return World(root, authority, person, responder, stamper)
