"""The sandbox's state: its CSCA, its document signers, and what they sign for chips.

Profiles of ICAO Doc 9303 part 12, tables 5 and 6, on P-256. The names say SANDBOX, and the country
is the one of the machine-readable zones, as a reader demands it.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import GENERALIZED_TIME, PRINTABLE_STRING, UTF8_STRING, context
from crypto.cms.create import sign_cms
from crypto.x509.extensions import KeyUsage
from workstation.sandbox.pki import certificate_writer as c
from workstation.sandbox.pki.certificate_writer import SandboxExtension
from workstation.sandbox.pki.credential import Credential
from workstation.sandbox.pki.data_group_writer import (
    write_security_object,
    write_signed_security_object,
)
from workstation.sandbox.pki.private_keys import EcdsaSigningKey

__all__ = [
    "DOCUMENT_EXPIRES",
    "DOCUMENT_ISSUED",
    "issue_csca",
    "issue_document_signer",
    "sign_security_object",
]

DOCUMENT_ISSUED: Final = date(2024, 3, 14)
DOCUMENT_EXPIRES: Final = date(2034, 3, 14)
"""Of every document of the sandbox that is not to be another: valid for ten years."""

_LDS_SECURITY_OBJECT: Final = "2.23.136.1.1.1"
_DOCUMENT_TYPE_LIST: Final = "2.23.136.1.1.6.2"
_PRIVATE_KEY_USAGE_PERIOD: Final = "2.5.29.16"
_ISSUER_ALT_NAME: Final = "2.5.29.18"
_LOCALITY: Final = "2.5.4.7"
_DIRECTORY_NAME: Final = 4

_COUNTRIES: Final = {"KZ": "KAZ", "UT": "UTO"}
"""Two letters in names, three in the machine-readable zone; UT is Doc 9303's Utopia."""

_OWNER: Final = "SANDBOX - not a state"
_CRL: Final = "http://crl.sandbox.invalid/csca.crl"
_BEFORE_ISSUE: Final = timedelta(days=30)
_CSCA_AGE: Final = timedelta(days=2 * 365)
_CSCA_SIGNS: Final = timedelta(days=5 * 365)
_CSCA_LIFE: Final = timedelta(days=16 * 365)
_SIGNER_SIGNS: Final = timedelta(days=90)
_SIGNER_LIFE: Final = timedelta(days=11 * 365)
"""A signer signs for three months and is valid as long as the documents that it signed."""


def issue_csca(country: str = "KZ") -> Credential:
    """Make a self-signed country signing authority, begun before DOCUMENT_ISSUED."""
    key = EcdsaSigningKey.generate()
    subject = _name(country, "SANDBOX CSCA")
    since = _instant(DOCUMENT_ISSUED) - _BEFORE_ISSUE - _CSCA_AGE
    public = key.public_key_info()
    der = c.write_certificate(
        subject=subject,
        issuer=subject,
        public_key_info=public,
        validity=(since, since + _CSCA_LIFE),
        extensions=(
            c.subject_key_identifier(c.key_identifier(public)),
            c.authority_key_identifier(c.key_identifier(public)),
            c.basic_constraints(0),
            c.key_usage(KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN),
            _usage_period(since, _CSCA_SIGNS),
            *_alternative_names(country),
            c.distribution_points(_CRL),
        ),
        signer=key,
    )
    return Credential(der, key)


def issue_document_signer(
    csca: Credential,
    *,
    country: str = "KZ",
    issued: date = DOCUMENT_ISSUED,
    life: timedelta = _SIGNER_LIFE,
    kinds: tuple[str, ...] = ("ID", "P"),
) -> Credential:
    """Make the signer of documents that are issued on a day.

    life   of the certificate; a short one has expired by now, which speaks against no document
    kinds  of documents it may sign, as the machine-readable zone begins
    """
    key = EcdsaSigningKey.generate()
    public = key.public_key_info()
    since = _instant(issued) - _BEFORE_ISSUE
    der = c.write_certificate(
        subject=_name(country, "SANDBOX Document Signer"),
        issuer=csca.parsed.subject.raw,
        public_key_info=public,
        validity=(since, since + life),
        extensions=(
            c.subject_key_identifier(c.key_identifier(public)),
            c.authority_key_identifier(csca.key_identifier),
            c.key_usage(KeyUsage.DIGITAL_SIGNATURE),
            _usage_period(since, _SIGNER_SIGNS),
            *_alternative_names(country),
            c.distribution_points(_CRL),
            _document_types(kinds),
        ),
        signer=csca.key,
    )
    return Credential(der, key)


def sign_security_object(
    groups: Mapping[int, bytes], signer: Credential, issued: date = DOCUMENT_ISSUED
) -> bytes:
    """Return EF.SOD over these data groups, signed at noon of the day of issue."""
    signed = sign_cms(
        write_security_object(groups),
        certificate=signer.der,
        sign=signer.key.sign,
        digest_oid=signer.key.digest_oid,
        signature_oid=signer.key.signature_oid,
        signing_time=_instant(issued),
        content_type=_LDS_SECURITY_OBJECT,
    )
    return write_signed_security_object(signed)


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _name(country: str, common_name: str) -> bytes:
    return c.name(
        ((oids.COUNTRY, country), (oids.ORGANIZATION, _OWNER), (oids.COMMON_NAME, common_name))
    )


def _usage_period(since: datetime, length: timedelta) -> SandboxExtension:
    """Return privateKeyUsagePeriod: how long the key signs."""
    moments = (since, since + length)
    period = (
        w.tlv(context(n, constructed=False), _unwrapped_time(each))
        for n, each in enumerate(moments)
    )
    return SandboxExtension(_PRIVATE_KEY_USAGE_PERIOD, w.sequence(*period))


def _unwrapped_time(moment: datetime) -> bytes:
    return w.generalized_time(moment).removeprefix(bytes((GENERALIZED_TIME, 15)))


def _alternative_names(country: str) -> tuple[SandboxExtension, ...]:
    """Return both alternative names: the country as the machine-readable zone writes it."""
    locality = w.tlv(UTF8_STRING, _COUNTRIES[country].encode())
    name = w.sequence(w.set_of([w.sequence(w.oid(_LOCALITY), locality)]))
    names = w.sequence(w.explicit(_DIRECTORY_NAME, name))
    kinds = (_ISSUER_ALT_NAME, oids.SUBJECT_ALT_NAME)
    return tuple(SandboxExtension(kind, names) for kind in kinds)


def _document_types(kinds: tuple[str, ...]) -> SandboxExtension:
    """Return documentTypeList (Doc 9303-12, 7.1.1.6)."""
    stated = (w.tlv(PRINTABLE_STRING, kind.encode()) for kind in kinds)
    return SandboxExtension(_DOCUMENT_TYPE_LIST, w.sequence(w.integer(0), w.set_of(stated)))
