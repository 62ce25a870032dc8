"""Certificates of the sandbox in the profile of НУЦ РК, each with a fresh key.

The addresses in the certificates end in .invalid on purpose: the ports change with every start,
and a validator must use the addresses it was configured with, never those it is shown.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Address

from crypto.asn1 import oids
from crypto.gost.private_key import GostKind, GostPrivateKey
from crypto.x509.extensions import KeyUsage
from workstation.sandbox.people import CustomerKey, Family, FictionalCustomer
from workstation.sandbox.pki import certificate_writer as c
from workstation.sandbox.pki.certificate_writer import SandboxExtension
from workstation.sandbox.pki.credential import Credential, new_key
from workstation.sandbox.pki.private_keys import SigningKey

__all__ = [
    "issue_authority",
    "issue_customer",
    "issue_ocsp_responder",
    "issue_root",
    "issue_time_stamper",
    "issue_tls_server",
]

_OWNER = "SANDBOX - not a certification authority"

_SERVER_AUTH = "1.3.6.1.5.5.7.3.1"
_KEYSTORE_FILE = f"{oids.KZ_KEYSTORE}.1.1"
"""The key lies in a PKCS#12 file."""

_POLICIES = oids.KZ_POLICIES
_INDIVIDUAL_SIGNS, _INDIVIDUAL_LOGS_IN, _TIME_STAMPS = (f"{_POLICIES}.{n}" for n in (3, 4, 6))
_CPS = "http://ca.sandbox.invalid/cps"
_OCSP = "http://ocsp.sandbox.invalid/"
_AUTHORITY_AGE = timedelta(days=3 * 365)
_AUTHORITY_LIFE = timedelta(days=20 * 365)
_LEAF_AGE = timedelta(days=30)
_LEAF_LIFE = timedelta(days=365)
_EXPIRED_AGE = timedelta(days=400)
_EXPIRED = {CustomerKey.EXPIRED, CustomerKey.LEGACY_EXPIRED}
_AUTHORITY_USES = (KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN)


def issue_root(common_name: str, family: Family, moment: datetime) -> Credential:
    """Make a self-signed authority."""
    key = new_key(family)
    subject = _authority_name(common_name)
    not_before = moment - _AUTHORITY_AGE
    return Credential(
        c.write_certificate(
            subject=subject,
            issuer=subject,
            public_key_info=key.public_key_info(),
            validity=(not_before, not_before + _AUTHORITY_LIFE),
            extensions=(
                c.subject_key_identifier(c.key_identifier(key.public_key_info())),
                c.basic_constraints(None),
                c.key_usage(*_AUTHORITY_USES),
            ),
            signer=key,
        ),
        key,
    )


def issue_authority(
    common_name: str, family: Family, root: Credential, moment: datetime
) -> Credential:
    """Make the authority that issues customers' certificates."""
    return _issue(
        _authority_name(common_name),
        root,
        new_key(family),
        (moment - _AUTHORITY_AGE, _AUTHORITY_LIFE),
        (
            c.basic_constraints(0),
            c.key_usage(*_AUTHORITY_USES),
            c.policies(oids.ANY_POLICY),
            c.distribution_points(_crl_url(family, "root")),
        ),
    )


def issue_time_stamper(family: Family, issuer: Credential, moment: datetime) -> Credential:
    """Make the certificate of the time-stamping service (RFC 3161 2.3)."""
    return _issue(
        _authority_name(f"SANDBOX TSA ({family})"),
        issuer,
        new_key(family),
        (moment - _LEAF_AGE, _LEAF_LIFE),
        (
            c.key_usage(KeyUsage.DIGITAL_SIGNATURE, KeyUsage.NON_REPUDIATION),
            c.extended_key_usage(oids.TIME_STAMPING, critical=True),
            c.policies(_TIME_STAMPS, _CPS),
            c.distribution_points(_crl_url(family, "nca")),
        ),
    )


def issue_ocsp_responder(family: Family, issuer: Credential, moment: datetime) -> Credential:
    """Make the certificate of a delegated OCSP responder (RFC 6960 4.2.2.2)."""
    return _issue(
        _authority_name(f"SANDBOX OCSP ({family})"),
        issuer,
        new_key(family),
        (moment - _LEAF_AGE, _LEAF_LIFE),
        (
            c.key_usage(KeyUsage.DIGITAL_SIGNATURE),
            c.extended_key_usage(oids.OCSP_SIGNING),
            c.no_check(),
        ),
    )


def issue_tls_server(issuer: Credential, moment: datetime) -> Credential:
    """Make the certificate a program on 127.0.0.1 shows to its clients."""
    return _issue(
        c.name(((oids.COMMON_NAME, "127.0.0.1"), (oids.ORGANIZATION, _OWNER))),
        issuer,
        new_key(Family.RSA),
        # TLS libraries judge by the computer's clock, which may be far from the sandbox's moment.
        (moment - _AUTHORITY_AGE, _AUTHORITY_LIFE),
        (
            c.key_usage(KeyUsage.DIGITAL_SIGNATURE, KeyUsage.KEY_ENCIPHERMENT),
            c.extended_key_usage(_SERVER_AUTH),
            c.ip_address(IPv4Address("127.0.0.1")),
        ),
    )


def issue_customer(person: FictionalCustomer, issuer: Credential, moment: datetime) -> Credential:
    """Make an individual's certificate; its state is the one the person stands for."""
    age = _EXPIRED_AGE if person.key in _EXPIRED else _LEAF_AGE
    extensions = [
        *_uses(person),
        c.distribution_points(_crl_url(person.family, "nca")),
        c.access(f"http://ca.sandbox.invalid/{person.family}_nca.cer", _OCSP),
        SandboxExtension(oids.KZ_KEYSTORE, c.object_identifiers(_KEYSTORE_FILE)),
    ]
    if person.family is Family.GOST2015:
        extensions.append(
            c.distribution_points(_crl_url(person.family, "nca_d"), oids.FRESHEST_CRL)
        )
    key = _customer_key(person)
    return _issue(_customer_name(person), issuer, key, (moment - age, _LEAF_LIFE), extensions)


def _customer_key(person: FictionalCustomer) -> SigningKey:
    if person.key is CustomerKey.SHORT_KEY:
        return GostPrivateKey.generate(GostKind.GOST3410_2015_256, secrets.token_bytes)
    return new_key(person.family)


def _uses(person: FictionalCustomer) -> tuple[SandboxExtension, ...]:
    """Return key usage, purposes and policy as НУЦ РК sets them for this kind of key."""
    if person.key is CustomerKey.WRONG_USAGE:
        usage = c.key_usage(KeyUsage.DIGITAL_SIGNATURE, KeyUsage.KEY_ENCIPHERMENT)
        purpose, policy = oids.CLIENT_AUTH, _INDIVIDUAL_LOGS_IN
    elif person.family is Family.GOST2015:
        # One key for signing and logging in since 2024; it has no clientAuth.
        usage = c.key_usage(
            KeyUsage.DIGITAL_SIGNATURE, KeyUsage.NON_REPUDIATION, KeyUsage.KEY_AGREEMENT
        )
        purpose, policy = oids.EMAIL_PROTECTION, _POLICIES
    else:
        usage = c.key_usage(KeyUsage.DIGITAL_SIGNATURE, KeyUsage.NON_REPUDIATION)
        purpose, policy = oids.EMAIL_PROTECTION, _INDIVIDUAL_SIGNS
    purposes = c.extended_key_usage(purpose, oids.KZ_INDIVIDUAL)
    return usage, purposes, c.policies(policy, _CPS)


def _issue(
    subject: bytes,
    issuer: Credential,
    key: SigningKey,
    since_and_life: tuple[datetime, timedelta],
    extensions: Sequence[SandboxExtension],
) -> Credential:
    not_before, life = since_and_life
    public = key.public_key_info()
    der = c.write_certificate(
        subject=subject,
        issuer=issuer.parsed.subject.raw,
        public_key_info=public,
        validity=(not_before, not_before + life),
        extensions=(
            c.subject_key_identifier(c.key_identifier(public)),
            c.authority_key_identifier(issuer.key_identifier),
            *extensions,
        ),
        signer=issuer.key,
    )
    return Credential(der, key)


def _crl_url(family: Family, which: str) -> str:
    return f"http://crl.sandbox.invalid/{family}_{which}.crl"


def _authority_name(common_name: str) -> bytes:
    return c.name(
        ((oids.COUNTRY, "KZ"), (oids.ORGANIZATION, _OWNER), (oids.COMMON_NAME, common_name))
    )


def _customer_name(person: FictionalCustomer) -> bytes:
    # The order of 2021 and later; the given name attribute holds the patronymic.
    surname = person.surname.upper()
    return c.name(
        (
            (oids.COMMON_NAME, f"{surname} {person.given_name.upper()}"),
            (oids.SURNAME, surname),
            (oids.SERIAL_NUMBER, f"IIN{person.iin}"),
            (oids.COUNTRY, "KZ"),
            (oids.GIVEN_NAME, person.patronymic.upper()),
        )
    )
