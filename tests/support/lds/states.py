"""States with keys of any curve, and security objects in any form: broken ones too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import context
from crypto.cms.create import attribute
from crypto.lds.algorithms import document_registry
from crypto.x509.extensions import KeyUsage
from workstation.sandbox.pki import certificate_writer as c
from workstation.sandbox.pki.certificate_writer import SandboxExtension
from workstation.sandbox.pki.credential import Credential
from workstation.sandbox.pki.data_group_writer import tag_length_value

ISSUED = datetime(2024, 3, 14, 12, tzinfo=UTC)
SINCE, UNTIL = ISSUED - timedelta(days=365), ISSUED + timedelta(days=11 * 365)

_HASHES = {
    oids.ECDSA_WITH_SHA1: (oids.SHA1, hashes.SHA1()),
    oids.ECDSA_WITH_SHA224: (oids.SHA224, hashes.SHA224()),
    oids.ECDSA_WITH_SHA256: (oids.SHA256, hashes.SHA256()),
    oids.ECDSA_WITH_SHA384: (oids.SHA384, hashes.SHA384()),
    oids.ECDSA_WITH_SHA512: (oids.SHA512, hashes.SHA512()),
}


@dataclass(frozen=True, slots=True)
class CurveKey:
    """ECDSA on one curve.

    parameters  written instead of the curve's name
    """

    private: ec.EllipticCurvePrivateKey
    signature_oid: str = oids.ECDSA_WITH_SHA256
    parameters: bytes | None = None

    @property
    def digest_oid(self) -> str:
        return _HASHES[self.signature_oid][0]

    def public_key_info(self) -> bytes:
        public = self.private.public_key()
        if self.parameters is None:
            form = serialization.PublicFormat.SubjectPublicKeyInfo
            return public.public_bytes(serialization.Encoding.DER, form)
        point = public.public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        algorithm = w.algorithm(oids.EC_PUBLIC_KEY, parameters=self.parameters)
        return w.sequence(algorithm, w.bit_string(point))

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message, ec.ECDSA(_HASHES[self.signature_oid][1]))


def curve_key(curve=None, signature_oid=oids.ECDSA_WITH_SHA256, parameters=None) -> CurveKey:
    return CurveKey(ec.generate_private_key(curve or ec.SECP256R1()), signature_oid, parameters)


def make_authority(key=None, *, country="KZ", name="CSCA", issuer=None, validity=(SINCE, UNTIL)):
    """Return an authority; `issuer` another one: a link certificate."""
    key = key or curve_key()
    public = key.public_key_info()
    subject = c.name(((oids.COUNTRY, country), (oids.COMMON_NAME, name)))
    above = Credential(b"", key) if issuer is None else issuer
    above_id = c.key_identifier(public) if issuer is None else issuer.key_identifier
    der = c.write_certificate(
        subject=subject,
        issuer=subject if issuer is None else issuer.parsed.subject.raw,
        public_key_info=public,
        validity=validity,
        extensions=(
            c.subject_key_identifier(c.key_identifier(public)),
            c.authority_key_identifier(above_id),
            c.basic_constraints(0),
            c.key_usage(KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN),
        ),
        signer=above.key,
    )
    return Credential(der, key)


def make_signer(
    authority,
    key=None,
    *,
    country="KZ",
    usages=(KeyUsage.DIGITAL_SIGNATURE,),
    extensions: Sequence[SandboxExtension] = (),
    validity=(SINCE, UNTIL),
    issuer_key=None,
):
    """Return a document signer; `issuer_key` another key than the authority's signs it."""
    key = key or curve_key()
    public = key.public_key_info()
    der = c.write_certificate(
        subject=c.name(((oids.COUNTRY, country), (oids.COMMON_NAME, "DS"))),
        issuer=authority.parsed.subject.raw,
        public_key_info=public,
        validity=validity,
        extensions=(
            c.subject_key_identifier(c.key_identifier(public)),
            c.authority_key_identifier(authority.key_identifier),
            *((c.key_usage(*usages),) if usages else ()),
            *extensions,
        ),
        signer=issuer_key or authority.key,
    )
    return Credential(der, key)


def write_hashes(groups: Mapping[int, bytes], digest_oid=oids.SHA256, more=()) -> bytes:
    """Return LDSSecurityObject with these data groups' hashes and further (number, hash)."""
    digest = document_registry().require_digest(digest_oid)
    stated = [(number, digest.hash(octets)) for number, octets in sorted(groups.items())]
    hashed = (w.sequence(w.integer(n), w.octet_string(each)) for n, each in (*stated, *more))
    return w.sequence(w.integer(0), w.algorithm(digest_oid), w.sequence(*hashed))


def write_sod(
    content: bytes,
    signer,
    *,
    signing_time: datetime | None = ISSUED,
    certificates: Sequence[bytes] | None = None,
    version: int = 3,
    info_version: int = 1,
    signers: int = 1,
    content_type: str = oids.LDS_SECURITY_OBJECT,
    stated_type: str | None = None,
    unsigned: bytes = b"",
    digests: Sequence[str] | None = None,
    tag: int = 0x77,
    by_key: bool = False,
) -> bytes:
    """Return EF.SOD with these parts."""
    registry = document_registry()
    digest = w.algorithm(signer.key.digest_oid)
    attributes = [
        attribute(oids.CONTENT_TYPE, w.oid(stated_type or content_type)),
        attribute(
            oids.MESSAGE_DIGEST,
            w.octet_string(registry.require_digest(signer.key.digest_oid).hash(content)),
        ),
    ]
    if signing_time is not None:
        attributes.append(attribute(oids.SIGNING_TIME, w.utc_time(signing_time)))
    signed = w.set_of(attributes)
    identifier = w.sequence(signer.parsed.issuer.raw, w.integer(signer.parsed.serial))
    if by_key:
        identifier = w.tlv(context(0, constructed=False), signer.key_identifier)
    info = w.sequence(
        w.integer(info_version),
        identifier,
        digest,
        bytes((context(0),)) + signed[1:],
        registry.signature_identifier(signer.key.signature_oid),
        w.octet_string(signer.key.sign(signed)),
        unsigned,
    )
    announced = [w.algorithm(each) for each in digests] if digests is not None else [digest]
    embedded = [signer.der] if certificates is None else certificates
    data = w.sequence(
        w.integer(version),
        w.set_of(announced),
        w.sequence(w.oid(content_type), w.explicit(0, w.octet_string(content))),
        w.set_of(embedded, context(0)) if embedded else b"",
        w.set_of([info] * signers),
    )
    return tag_length_value(tag, w.sequence(w.oid(oids.SIGNED_DATA), w.explicit(0, data)))


def explicit_parameters(p, a, b, base, n, size, cofactor=1) -> bytes:
    """Return SpecifiedECDomain (SEC 1 C.2)."""
    point = b"\x04" + b"".join(each.to_bytes(size, "big") for each in base)
    curve = w.sequence(*(w.octet_string(each.to_bytes(size, "big")) for each in (a, b)))
    field = w.sequence(w.oid("1.2.840.10045.1.1"), w.integer(p))
    numbers = w.integer(n), w.integer(cofactor)
    return w.sequence(w.integer(1), field, curve, w.octet_string(point), *numbers)
