"""Certificates of the sandbox in the profile of НУЦ РК, each with a fresh RSA key.

The addresses in the certificates end in .invalid on purpose: the ports change with every start,
and a validator must use the addresses it was configured with, never those it is shown.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import (
    AuthorityInformationAccessOID,
    ExtendedKeyUsageOID,
    NameOID,
    ObjectIdentifier,
)

from workstation.sandbox.people import CustomerKey, Person

__all__ = [
    "Credential",
    "issue_authority",
    "issue_customer",
    "issue_ocsp_responder",
    "issue_root",
    "issue_time_stamper",
    "issue_tls_server",
]

_KEY_BITS = 2048
_OWNER = "SANDBOX - not a certification authority"
_ANY_POLICY = ObjectIdentifier("2.5.29.32.0")
_INDIVIDUAL = ObjectIdentifier("1.2.398.3.3.4.1.1")
_SIGNING_POLICY = ObjectIdentifier("1.2.398.3.3.2.3")
_AUTHENTICATION_POLICY = ObjectIdentifier("1.2.398.3.3.2.4")
_TIME_STAMP_POLICY = ObjectIdentifier("1.2.398.3.3.2.6")
_KEYSTORE = ObjectIdentifier("1.2.398.3.3.5")
# SEQUENCE OF OID with 1.2.398.3.3.5.1.1: the key lies in a PKCS#12 file.
_KEYSTORE_FILE = bytes.fromhex("300a06082a830e0303050101")
_ROOT_CRL = "http://crl.sandbox.invalid/root.crl"
_NCA_CRL = "http://crl.sandbox.invalid/nca.crl"
_OCSP = "http://ocsp.sandbox.invalid/"
_NCA_CERTIFICATE = "http://ca.sandbox.invalid/nca.cer"
_CPS = "http://ca.sandbox.invalid/cps"
_AUTHORITY_AGE = timedelta(days=3 * 365)
_AUTHORITY_LIFE = timedelta(days=20 * 365)
_LEAF_AGE = timedelta(days=30)
_LEAF_LIFE = timedelta(days=365)
_EXPIRED_AGE = timedelta(days=400)


@dataclass(frozen=True, slots=True, repr=False)
class Credential:
    """A certificate and its key; the key is good for the sandbox only."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def der(self) -> bytes:
        """The certificate as DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def sign(self, message: bytes) -> bytes:
        """Return the RSASSA-PKCS1-v1_5 signature with SHA-256 over the message."""
        return self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def issue_root(common_name: str, moment: datetime) -> Credential:
    """Make a self-signed authority."""
    key = _new_key()
    name = _authority_name(common_name)
    builder = _started(name, name, key, moment - _AUTHORITY_AGE, _AUTHORITY_LIFE)
    builder = _as_authority(builder, path_length=None)
    return Credential(builder.sign(key, hashes.SHA256()), key)


def issue_authority(common_name: str, root: Credential, moment: datetime) -> Credential:
    """Make the authority that issues customers' certificates."""
    key = _new_key()
    not_before = moment - _AUTHORITY_AGE
    builder = _issued(_authority_name(common_name), root, key, not_before, _AUTHORITY_LIFE)
    builder = _as_authority(builder, path_length=0)
    builder = builder.add_extension(_policies(_ANY_POLICY), critical=False)
    builder = builder.add_extension(_distribution(_ROOT_CRL), critical=False)
    return Credential(builder.sign(root.key, hashes.SHA256()), key)


def issue_time_stamper(issuer: Credential, moment: datetime) -> Credential:
    """Make the certificate of the time-stamping service (RFC 3161 2.3)."""
    key = _new_key()
    builder = _issued(_authority_name("SANDBOX TSA"), issuer, key, moment - _LEAF_AGE)
    builder = builder.add_extension(_usage(non_repudiation=True), critical=True)
    builder = builder.add_extension(
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
    )
    builder = builder.add_extension(_policies(_TIME_STAMP_POLICY), critical=False)
    builder = builder.add_extension(_distribution(_NCA_CRL), critical=False)
    return Credential(builder.sign(issuer.key, hashes.SHA256()), key)


def issue_ocsp_responder(issuer: Credential, moment: datetime) -> Credential:
    """Make the certificate of a delegated OCSP responder (RFC 6960 4.2.2.2)."""
    key = _new_key()
    builder = _issued(_authority_name("SANDBOX OCSP"), issuer, key, moment - _LEAF_AGE)
    builder = builder.add_extension(_usage(), critical=True)
    builder = builder.add_extension(
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False
    )
    builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    return Credential(builder.sign(issuer.key, hashes.SHA256()), key)


def issue_tls_server(issuer: Credential, moment: datetime) -> Credential:
    """Make the certificate a program on 127.0.0.1 shows to its clients."""
    key = _new_key()
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _OWNER),
        ]
    )
    # TLS libraries judge by the computer's clock, which may be far from the sandbox's moment.
    builder = _issued(subject, issuer, key, moment - _AUTHORITY_AGE, _AUTHORITY_LIFE)
    builder = builder.add_extension(_usage(key_encipherment=True), critical=True)
    builder = builder.add_extension(
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
    )
    builder = builder.add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
    )
    return Credential(builder.sign(issuer.key, hashes.SHA256()), key)


def issue_customer(person: Person, issuer: Credential, moment: datetime) -> Credential:
    """Make an individual's certificate; its state is the one the person stands for."""
    key = _new_key()
    age = _EXPIRED_AGE if person.key is CustomerKey.EXPIRED else _LEAF_AGE
    builder = _issued(_customer_name(person), issuer, key, moment - age)
    if person.key is CustomerKey.WRONG_USAGE:
        usage = _usage(key_encipherment=True)
        purpose, policy = ExtendedKeyUsageOID.CLIENT_AUTH, _AUTHENTICATION_POLICY
    else:
        usage = _usage(non_repudiation=True)
        purpose, policy = ExtendedKeyUsageOID.EMAIL_PROTECTION, _SIGNING_POLICY
    builder = builder.add_extension(usage, critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([purpose, _INDIVIDUAL]), critical=False)
    builder = builder.add_extension(_policies(policy), critical=False)
    builder = builder.add_extension(_distribution(_NCA_CRL), critical=False)
    builder = builder.add_extension(_access(), critical=False)
    builder = builder.add_extension(
        x509.UnrecognizedExtension(_KEYSTORE, _KEYSTORE_FILE), critical=False
    )
    return Credential(builder.sign(issuer.key, hashes.SHA256()), key)


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)


def _authority_name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _OWNER),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _customer_name(person: Person) -> x509.Name:
    # The order of 2021 and later; the given name attribute holds the patronymic.
    surname = person.surname.upper()
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, f"{surname} {person.given_name.upper()}"),
            x509.NameAttribute(NameOID.SURNAME, surname),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, f"IIN{person.iin}"),
            x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ"),
            x509.NameAttribute(NameOID.GIVEN_NAME, person.patronymic.upper()),
        ]
    )


def _issued(
    subject: x509.Name,
    issuer: Credential,
    key: rsa.RSAPrivateKey,
    not_before: datetime,
    life: timedelta = _LEAF_LIFE,
) -> x509.CertificateBuilder:
    authority = issuer.certificate
    named = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = _started(subject, authority.subject, key, not_before, life)
    return builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(named), critical=False
    )


def _started(
    subject: x509.Name,
    issuer: x509.Name,
    key: rsa.RSAPrivateKey,
    not_before: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    # НУЦ takes the serial number from the key identifier with its top bit cleared.
    serial = int.from_bytes(identifier.digest, "big") & ((1 << 159) - 1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(not_before)
        .not_valid_after(not_before + life)
        .add_extension(identifier, critical=False)
    )


def _as_authority(
    builder: x509.CertificateBuilder, *, path_length: int | None
) -> x509.CertificateBuilder:
    constraints = x509.BasicConstraints(ca=True, path_length=path_length)
    return builder.add_extension(constraints, critical=True).add_extension(
        _usage(digital_signature=False, certificates=True), critical=True
    )


def _usage(
    *,
    digital_signature: bool = True,
    non_repudiation: bool = False,
    key_encipherment: bool = False,
    certificates: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=non_repudiation,
        key_encipherment=key_encipherment,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _policies(policy: ObjectIdentifier) -> x509.CertificatePolicies:
    qualifiers: list[str | x509.UserNotice] | None = None if policy == _ANY_POLICY else [_CPS]
    return x509.CertificatePolicies([x509.PolicyInformation(policy, qualifiers)])


def _distribution(url: str) -> x509.CRLDistributionPoints:
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None)
    return x509.CRLDistributionPoints([point])


def _access() -> x509.AuthorityInformationAccess:
    ways = (
        (AuthorityInformationAccessOID.CA_ISSUERS, _NCA_CERTIFICATE),
        (AuthorityInformationAccessOID.OCSP, _OCSP),
    )
    return x509.AuthorityInformationAccess(
        [x509.AccessDescription(way, x509.UniformResourceIdentifier(url)) for way, url in ways]
    )
