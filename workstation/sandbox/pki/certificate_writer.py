"""Certificates written octet by octet (RFC 5280 4.1): builders of libraries cannot sign with GOST.

Each function returns a whole encoding. What НУЦ РК fixes and this writer therefore does as well:
the subject key identifier is the SHA-1 of the key's BIT STRING contents, the serial number is
that identifier with its top bit cleared, algorithm identifiers carry NULL, but for ECDSA.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address

from crypto.algorithms.keys import PublicKeyInfo
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import (
    BIT_STRING,
    IA5_STRING,
    PRINTABLE_STRING,
    SET,
    UTF8_STRING,
    Limits,
    context,
    parse,
)
from crypto.x509.extensions import KeyUsage
from workstation.sandbox.pki.private_keys import SigningKey

__all__ = [
    "SandboxExtension",
    "access",
    "authority_key_identifier",
    "basic_constraints",
    "distribution_points",
    "extended_key_usage",
    "ip_address",
    "key_identifier",
    "key_usage",
    "name",
    "no_check",
    "object_identifiers",
    "policies",
    "subject_key_identifier",
    "write_certificate",
    "write_extensions",
]

_VERSION_3 = 2
_PRINTABLE = {oids.COUNTRY, oids.SERIAL_NUMBER}
"""Country and serialNumber; everything else is UTF-8."""

_SERIAL_BITS = 159
_CA_ISSUERS, _OCSP = "1.3.6.1.5.5.7.48.2", "1.3.6.1.5.5.7.48.1"
_URI, _IP = 6, 7
_LIMITS = Limits(octets=4096, depth=8, elements=32)


@dataclass(frozen=True, slots=True)
class SandboxExtension:
    """One extension: its identifier, the encoding of its value, whether it is critical."""

    oid: str
    value: bytes
    critical: bool = False

    def encode(self) -> bytes:
        """Encode Extension (RFC 5280, 4.1)."""
        critical = w.boolean(True) if self.critical else b""
        return w.sequence(w.oid(self.oid), critical, w.octet_string(self.value))


def name(parts: Iterable[tuple[str, str]]) -> bytes:
    """Return Name with one attribute per RDN, in the order given."""
    rdns = []
    for oid, value in parts:
        tag = PRINTABLE_STRING if oid in _PRINTABLE else UTF8_STRING
        rdns.append(w.tlv(SET, w.sequence(w.oid(oid), w.tlv(tag, value.encode()))))
    return w.sequence(*rdns)


def key_identifier(public_key_info: bytes) -> bytes:
    """Return the SHA-1 of the BIT STRING contents, 20 octets (RFC 5280 4.2.1.2, method 1)."""
    key = PublicKeyInfo.read(parse(public_key_info, _LIMITS)).key
    return hashlib.sha1(key, usedforsecurity=False).digest()


def write_certificate(
    *,
    subject: bytes,
    issuer: bytes,
    public_key_info: bytes,
    validity: tuple[datetime, datetime],
    extensions: Sequence[SandboxExtension],
    signer: SigningKey,
) -> bytes:
    """Sign and return a certificate of version 3; names and key are whole encodings."""
    # RFC 5758, 3.2: nothing follows the identifier of ECDSA.
    with_null = signer.signature_oid != oids.ECDSA_WITH_SHA256
    algorithm = w.algorithm(signer.signature_oid, with_null=with_null)
    serial = int.from_bytes(key_identifier(public_key_info), "big") & ((1 << _SERIAL_BITS) - 1)
    tbs = w.sequence(
        w.explicit(0, w.integer(_VERSION_3)),
        w.integer(serial),
        algorithm,
        issuer,
        w.sequence(*(w.utc_time(moment) for moment in validity)),
        subject,
        public_key_info,
        write_extensions(3, extensions),
    )
    return w.sequence(tbs, algorithm, w.bit_string(signer.sign(tbs)))


def write_extensions(number: int, extensions: Iterable[SandboxExtension]) -> bytes:
    """Return Extensions under [number] EXPLICIT."""
    return w.explicit(number, w.sequence(*(each.encode() for each in extensions)))


def key_usage(*usages: KeyUsage, critical: bool = True) -> SandboxExtension:
    """Return keyUsage; trailing zero bits are not written (X.690 11.2.2)."""
    bits = 0
    for usage in usages:
        bits |= 0x80 >> usage
    unused = (bits & -bits).bit_length() - 1
    return SandboxExtension(oids.KEY_USAGE, w.tlv(BIT_STRING, bytes((unused, bits))), critical)


def extended_key_usage(*purposes: str, critical: bool = False) -> SandboxExtension:
    """Return extKeyUsage."""
    return SandboxExtension(oids.EXTENDED_KEY_USAGE, object_identifiers(*purposes), critical)


def object_identifiers(*dotted: str) -> bytes:
    """Return SEQUENCE OF OBJECT IDENTIFIER."""
    return w.sequence(*(w.oid(each) for each in dotted))


def basic_constraints(path_length: int | None) -> SandboxExtension:
    """Return basicConstraints of an authority."""
    length = b"" if path_length is None else w.integer(path_length)
    return SandboxExtension(
        oids.BASIC_CONSTRAINTS, w.sequence(w.boolean(True), length), critical=True
    )


def subject_key_identifier(identifier: bytes) -> SandboxExtension:
    """Return subjectKeyIdentifier."""
    return SandboxExtension(oids.SUBJECT_KEY_IDENTIFIER, w.octet_string(identifier))


def authority_key_identifier(identifier: bytes) -> SandboxExtension:
    """Return authorityKeyIdentifier with the key identifier alone."""
    primitive = w.tlv(context(0, constructed=False), identifier)
    return SandboxExtension(oids.AUTHORITY_KEY_IDENTIFIER, w.sequence(primitive))


def policies(policy: str, statement: str = "") -> SandboxExtension:
    """Return certificatePolicies with one policy and, if given, the address of its statement."""
    qualifiers = b""
    if statement:
        address = w.tlv(IA5_STRING, statement.encode("ascii"))
        qualifiers = w.sequence(w.sequence(w.oid(oids.QUALIFIER_CPS), address))
    return SandboxExtension(
        oids.CERTIFICATE_POLICIES, w.sequence(w.sequence(w.oid(policy), qualifiers))
    )


def distribution_points(url: str, oid: str = oids.CRL_DISTRIBUTION_POINTS) -> SandboxExtension:
    """Return cRLDistributionPoints, or freshestCRL by its identifier, with one address."""
    full_name = w.tlv(context(0), _uri(url))
    return SandboxExtension(oid, w.sequence(w.sequence(w.tlv(context(0), full_name))))


def access(certificate_url: str, ocsp_url: str) -> SandboxExtension:
    """Return authorityInfoAccess: the issuer's certificate and its OCSP responder."""
    methods = ((_CA_ISSUERS, certificate_url), (_OCSP, ocsp_url))
    return SandboxExtension(
        oids.AUTHORITY_INFO_ACCESS,
        w.sequence(*(w.sequence(w.oid(method), _uri(url)) for method, url in methods)),
    )


def ip_address(address: IPv4Address) -> SandboxExtension:
    """Return subjectAltName with one address."""
    octets = w.tlv(context(_IP, constructed=False), address.packed)
    return SandboxExtension(oids.SUBJECT_ALT_NAME, w.sequence(octets))


def no_check() -> SandboxExtension:
    """Return id-pkix-ocsp-nocheck (RFC 6960 4.2.2.2.1)."""
    return SandboxExtension(oids.OCSP_NO_CHECK, w.null())


def _uri(url: str) -> bytes:
    return w.tlv(context(_URI, constructed=False), url.encode("ascii"))
