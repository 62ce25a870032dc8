"""SignedData (RFC 5652 clause 5), read strictly; nothing is verified here.

A message in BER is brought to definite form first (`crypto.asn1.ber`) and says so. Lists and
unsigned attributes are not walked when a message is read, whatever their size: nobody signed
them, so they are opened by who wants them, and nothing in them can break the message.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from crypto.algorithms.keys import AlgorithmIdentifier
from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1.ber import definite
from crypto.asn1.der import (
    INTEGER,
    OCTET_STRING,
    SEQUENCE,
    SET,
    DerError,
    Fields,
    Limits,
    Node,
    context,
)
from crypto.cms.attributes import (
    Attribute,
    read_bounded,
    read_signed_attributes,
    read_unsigned_attributes,
    sort_attributes,
)
from crypto.errors import CryptoError
from crypto.x509.certificate import Certificate
from crypto.x509.names import Name

__all__ = ["MAX_HINT_OCTETS", "Attribute", "SignedData", "SignerInfo", "read_signer_info"]

_LIMITS = Limits(octets=48 * 1024 * 1024, depth=40, elements=100_000)
_SIGNED_DATA = (SEQUENCE, context(0), SEQUENCE)
# Opened one by one with limits of their own: certificates, lists, unsigned attributes.
_OPAQUE = (
    (*_SIGNED_DATA, context(0)),
    (*_SIGNED_DATA, context(1)),
    (*_SIGNED_DATA, SET, SEQUENCE, context(1)),
)
_MAX_CERTIFICATES = 64
_MAX_SIGNERS = 32
_MAX_LISTS = 64
# Whatever is hashed once per signer is bounded: plain Python hashes a third of a megabyte a second.
_MAX_ATTRIBUTE_OCTETS = 64 * 1024
_MAX_SIGNATURE_OCTETS = 8 * 1024
MAX_HINT_OCTETS: Final = 16 * 1024
"""Of a certificate that comes with a signature; those of НУЦ РК have two thousand."""
_VERSIONS = {1, 3, 4, 5}


@dataclass(frozen=True, slots=True, repr=False)
class SignerInfo:
    """One signer.

    issuer, serial   identify the certificate, or `key_id` does (then issuer is None)
    signed_octets    the signed attributes as they are hashed: tag SET, content as found;
                     None when there are no signed attributes
    canonical        the signed attributes stand in DER order
    unsigned_unreadable  unsigned attributes that could not be read, and so count for nothing
    irregular        departures from the standard that change no meaning
    node             the whole SignerInfo as found
    """

    version: int
    issuer: Name | None
    serial: int
    key_id: bytes | None
    digest: AlgorithmIdentifier
    signed_octets: bytes | None
    signed: tuple[Attribute, ...]
    canonical: bool
    algorithm: AlgorithmIdentifier
    signature: bytes
    unsigned: tuple[Attribute, ...]
    unsigned_unreadable: int
    irregular: tuple[str, ...]
    node: Node

    def names(self, certificate: Certificate) -> bool:
        """Tell whether the signer identifier means this certificate; names octet for octet."""
        if self.issuer is not None:
            same = certificate.issuer.raw == self.issuer.raw
            return same and certificate.serial == self.serial
        return self.key_id is not None and certificate.subject_key_id == self.key_id

    def single(self, oid: str) -> Node | None:
        """Return the only value of a signed attribute; None without it; DerError when repeated."""
        found = [a for a in self.signed if a.oid == oid]
        if not found:
            return None
        if len(found) > 1 or len(found[0].values) != 1:
            raise DerError(f"attribute_repeated:{oid}")
        return found[0].values[0]

    def reordered_octets(self) -> tuple[bytes, ...]:
        """Return the signed attributes in DER order where they were sent in another; DerError.

        Of at most two encodings one is sorted inside of the attributes' values as well.
        """
        octets = self.signed_octets
        if octets is None:
            return ()
        found = (sort_attributes(octets, deep=deep) for deep in (False, True))
        return tuple(dict.fromkeys(each for each in found if each != octets))

    def signing_time(self) -> datetime | None:
        """Return signingTime, the signer's own claim; DerError when it is repeated or no time."""
        node = self.single(oids.SIGNING_TIME)
        return v.time(node) if node is not None else None


@dataclass(frozen=True, slots=True, repr=False)
class SignedData:
    """A signed message as read.

    content            eContent; None when the message is detached
    certificates       those of at most 16 KiB that could be read: hints, not evidence
    unreadable         how many more there were
    lists              RevocationInfoChoices as found: hints, used by nobody here
    ber                the message came in BER
    irregular          departures from the standard that change no meaning; a fresh signature
                       shows none
    certificate_choices  CertificateChoices as found, readable or not
    node               the whole SignedData, inside the message in definite form
    """

    version: int
    content_type: str
    content: bytes | None
    certificates: tuple[Certificate, ...]
    unreadable: int
    lists: tuple[Node, ...]
    signers: tuple[SignerInfo, ...]
    ber: bool
    irregular: tuple[str, ...]
    certificate_choices: tuple[Node, ...]
    node: Node

    @classmethod
    def parse(cls, untrusted_der: bytes) -> Self:
        """Read ContentInfo with SignedData of at most 48 MiB, DER or BER; DerError."""
        found = definite(untrusted_der, _LIMITS, opaque=_OPAQUE)
        return cls._read(Node.at(found.der, 0, len(found.der)), ber=found.was_ber)

    @classmethod
    def _read(cls, root: Node, *, ber: bool) -> Self:
        info = root.fields()
        if v.oid(info.any()) != oids.SIGNED_DATA:
            raise DerError("not_signed_data")
        node = info.take(context(0)).only_child()
        fields = node.fields()
        info.end()
        version = v.small_integer(fields.take(INTEGER))
        if version not in _VERSIONS:
            raise DerError("signed_data_version")
        digests = [AlgorithmIdentifier.read(node) for node in fields.take(SET).children()]
        content_type, content = _read_content(fields.take(SEQUENCE))
        choices = read_bounded(fields.optional(context(0)), _MAX_CERTIFICATES)
        certificates, unreadable = _read_certificates(choices)
        lists = read_bounded(fields.optional(context(1)), _MAX_LISTS)
        infos = read_bounded(fields.take(SET), _MAX_SIGNERS)
        signers = tuple(read_signer_info(node) for node in infos)
        fields.end()
        irregular = [code for signer in signers for code in signer.irregular]
        # RFC 5652 5.1: what is no CRL among the lists, as an OCSP response, makes version 5.
        plain = (
            content_type == oids.DATA
            and not unreadable
            and all(s.version == 1 for s in signers)
            and all(each.tag == SEQUENCE for each in lists)
        )
        if plain and version != 1:
            irregular.append(f"signed_data_version_{version}")  # RFC 5652 5.1
        if any(signer.digest not in digests for signer in signers):
            irregular.append("digest_not_announced")
        return cls(
            version=version,
            content_type=content_type,
            content=content,
            certificates=certificates,
            unreadable=unreadable,
            lists=lists,
            signers=signers,
            ber=ber,
            irregular=tuple(dict.fromkeys(irregular)),
            certificate_choices=choices,
            node=node,
        )


def _read_content(node: Node) -> tuple[str, bytes | None]:
    fields = node.fields()
    content_type = v.oid(fields.any())
    wrapped = fields.optional(context(0))
    fields.end()
    content = v.octets(wrapped.only_child().expect(OCTET_STRING)) if wrapped is not None else None
    return content_type, content


def _read_certificates(choices: tuple[Node, ...]) -> tuple[tuple[Certificate, ...], int]:
    found: list[Certificate] = []
    unreadable = 0
    for child in choices:
        try:
            raw = child.expect(SEQUENCE).raw
            if len(raw) > MAX_HINT_OCTETS:
                raise DerError("too_large")
            found.append(Certificate.parse(raw))
        except CryptoError:
            unreadable += 1
    return tuple(found), unreadable


def read_signer_info(node: Node) -> SignerInfo:
    """Read a SignerInfo (RFC 5652 5.3), of a message or of a counter-signature; DerError."""
    fields = node.fields()
    version = v.small_integer(fields.take(INTEGER))
    issuer, serial, key_id = _read_identifier(fields.any())
    if version not in {1, 3}:
        raise DerError("signer_version")
    # RFC 5652 5.3: version 1 goes with issuer and serial number, version 3 with the key identifier.
    regular = version == (1 if key_id is None else 3)
    digest = AlgorithmIdentifier.read(fields.take(SEQUENCE))
    attributes = fields.optional(context(0))
    algorithm = AlgorithmIdentifier.read(fields.take(SEQUENCE))
    signature = v.octets(fields.take(OCTET_STRING))
    if len(signature) > _MAX_SIGNATURE_OCTETS:
        raise DerError("signature_long")
    unsigned = fields.optional(context(1))
    fields.end()
    readable, unreadable = read_unsigned_attributes(unsigned)
    octets, canonical = None, True
    if attributes is not None:
        if len(attributes.raw) > _MAX_ATTRIBUTE_OCTETS:
            raise DerError("attributes_long")
        # RFC 5652 5.4: hashed with the tag SET instead of [0]; lengths and content are the same.
        octets = bytes((SET,)) + attributes.raw[1:]
        members = [child.raw for child in attributes.children()]
        canonical = members == sorted(members)
    return SignerInfo(
        version=version,
        issuer=issuer,
        serial=serial,
        key_id=key_id,
        digest=digest,
        signed_octets=octets,
        signed=read_signed_attributes(attributes),
        canonical=canonical,
        algorithm=algorithm,
        signature=signature,
        unsigned=readable,
        unsigned_unreadable=unreadable,
        irregular=() if regular else (f"signer_version_{version}",),
        node=node,
    )


def _read_identifier(node: Node) -> tuple[Name | None, int, bytes | None]:
    if node.tag == SEQUENCE:
        return *_read_issuer_and_serial(node.fields()), None
    return None, 0, v.octets(node, context(0, constructed=False))


def _read_issuer_and_serial(fields: Fields) -> tuple[Name, int]:
    issuer, serial = Name.read(fields.any()), v.integer(fields.any())
    fields.end()
    return issuer, serial
