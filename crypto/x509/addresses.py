"""Addresses a certificate states, for people to read: they are never fetched.

Centres write them carelessly: two addresses in one string, a wildcard, a space in front. Such a
certificate is read all the same; what is odd about an address is said.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1.der import IA5_STRING, SEQUENCE
from crypto.errors import CryptoError
from crypto.x509.certificate import Certificate
from crypto.x509.general_names import GeneralName, GeneralNameKind

__all__ = ["CertificateAddresses", "certificate_addresses"]

_MAX_ADDRESSES = 64
_LABEL = "URL="


@dataclass(frozen=True, slots=True)
class CertificateAddresses:
    """Addresses by what they are for, each once; `oddities` are codes, sorted.

    oddities  several_in_one, surrounding_space, wildcard, repeated, not_an_address, unreadable
    """

    crls: tuple[str, ...]
    delta_crls: tuple[str, ...]
    ocsp: tuple[str, ...]
    issuers: tuple[str, ...]
    statements: tuple[str, ...]
    oddities: tuple[str, ...]


def certificate_addresses(certificate: Certificate) -> CertificateAddresses:
    """Read the addresses of CRLs, responders, issuers and practice statements."""
    odd: set[str] = set()
    access = _read_or_note(_access, certificate, odd)
    return CertificateAddresses(
        crls=_split((u for p in certificate.distribution_points for u in p.uris), odd),
        delta_crls=_split((u for p in certificate.freshest_points for u in p.uris), odd),
        ocsp=_split((text for method, text in access if method == oids.ACCESS_OCSP), odd),
        issuers=_split((text for method, text in access if method == oids.ACCESS_CA_ISSUERS), odd),
        statements=_split((text for _, text in _read_or_note(_statements, certificate, odd)), odd),
        oddities=tuple(sorted(odd)),
    )


def _read_or_note(
    read: Callable[[Certificate], Iterator[tuple[str, str]]],
    certificate: Certificate,
    odd: set[str],
) -> list[tuple[str, str]]:
    try:
        return list(read(certificate))
    except CryptoError:
        odd.add("unreadable")
        return []


def _access(certificate: Certificate) -> Iterator[tuple[str, str]]:
    """Walk authorityInfoAccess (RFC 5280 4.2.2.1)."""
    extension = certificate.extensions.get(oids.AUTHORITY_INFO_ACCESS)
    if extension is None:
        return
    for node in extension.root().expect(SEQUENCE).children():
        fields = node.fields()
        method = v.oid(fields.any())
        name = GeneralName.read(fields.any())
        fields.end()
        if name.kind is GeneralNameKind.URI:
            yield method, name.text


def _statements(certificate: Certificate) -> Iterator[tuple[str, str]]:
    """Walk the cps qualifiers of certificatePolicies (RFC 5280 4.2.1.4)."""
    extension = certificate.extensions.get(oids.CERTIFICATE_POLICIES)
    if extension is None:
        return
    for node in extension.root().expect(SEQUENCE).children():
        fields = node.fields()
        fields.any()
        qualifiers = fields.optional(SEQUENCE)
        fields.end()
        for qualifier in qualifiers.children() if qualifiers is not None else ():
            inner = qualifier.fields()
            if v.oid(inner.any()) == oids.QUALIFIER_CPS:
                text = inner.any().expect(IA5_STRING).content
                yield oids.QUALIFIER_CPS, text.decode("ascii", "replace")


def _split(texts: Iterable[str], odd: set[str]) -> tuple[str, ...]:
    """Return single addresses; white space and `URL=` between them are the writer's."""
    found: dict[str, None] = {}
    for text in texts:
        parts = [part.removeprefix(_LABEL) for part in text.split()]
        if len(parts) > 1:
            odd.add("several_in_one")
        elif text != text.strip():
            odd.add("surrounding_space")
        for part in parts:
            _note_oddity(part, found, odd)
            if len(found) < _MAX_ADDRESSES:
                found[part] = None
    return tuple(found)


def _note_oddity(address: str, found: Mapping[str, None], odd: set[str]) -> None:
    if not address.startswith(("http://", "https://", "ldap://", "ldaps://")):
        odd.add("not_an_address")
    if "*" in address:
        odd.add("wildcard")
    if address in found:
        odd.add("repeated")
