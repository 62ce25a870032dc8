"""Archive time-stamps of version 3 and their hash index (ETSI EN 319 122-1 5.5.2, 5.5.3).

The token stamps the signature and an index of hashes: of every certificate and list of the
message and of every unsigned attribute of the signer, as they were then. What was added later is
not in the index and is not proven; what the index names and is gone breaks it.

Older kinds are only named: versions 1 and 2 and long-term-validation hash the message as a whole,
so that nothing may be added beside them (5.5.3), and nobody has made them since 2013.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Self, TypeVar

from crypto.algorithms.algorithm import DigestAlgorithm
from crypto.algorithms.keys import AlgorithmIdentifier
from crypto.algorithms.registry import AlgorithmRegistry
from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1 import writer as w
from crypto.asn1.der import SEQUENCE, DerError, Limits, Node, parse
from crypto.cms.additions import Additions, select_signed_fields, write_additions
from crypto.cms.attributes import Attribute
from crypto.cms.create import attribute
from crypto.cms.embedded import Embedded
from crypto.cms.signed_data import SignedData, SignerInfo
from crypto.cms.timestamp import TimestampInfo, extract_token
from crypto.errors import CryptoError

__all__ = [
    "OLDER_ARCHIVE_TIMESTAMPS",
    "ArchiveTimestamp",
    "ArchiveTimestampRefused",
    "create_hash_index",
    "embed_hash_index",
    "encode_archive_input",
    "read_archive_timestamp",
]

OLDER_ARCHIVE_TIMESTAMPS: Final = MappingProxyType(
    {
        oids.ARCHIVE_TIME_STAMP: "archive-time-stamp",
        oids.ARCHIVE_TIME_STAMP_V2: "archive-time-stamp-v2",
        oids.LONG_TERM_VALIDATION: "long-term-validation",
    }
)
"""Unsigned attributes that are not supported, by identifier."""

_OLDER_INDEXES = MappingProxyType(
    {
        oids.ATS_HASH_INDEX: "ats-hash-index",
        oids.ATS_HASH_INDEX_V2: "ats-hash-index-v2",
    }
)
_Part = TypeVar("_Part")
# 64 certificates and lists, and 64 values in each of 64 attributes, as a message may have.
_INDEX_LIMITS = Limits(octets=512 * 1024, depth=4, elements=5000)


class ArchiveTimestampRefused(CryptoError):
    """An archive time-stamp does not fit the message it is in; detail says where.

    not_supported:KIND  its hash index is of an older kind
    index_missing, index_repeated, index_malformed, index_digest  of the index itself
    attribute_unreadable  there is an unsigned attribute that no index can name
    certificate_missing, revocation_missing, attribute_missing    named there and gone from here
    """

    code = "archive_timestamp_refused"


@dataclass(frozen=True, slots=True, repr=False)
class ArchiveTimestamp:
    """What an archive time-stamp of version 3 is about, before its token is verified.

    stamped  the octets whose hash its message imprint must be
    proven   SHA-256 of what the index covers: certificates, lists, OCSP responses in their
             envelope, values of unsigned attributes, and what such values hold of these
    """

    stamped: bytes
    proven: frozenset[str]


def read_archive_timestamp(
    untrusted_token: bytes,
    *,
    signed: SignedData,
    signer: SignerInfo,
    content: bytes,
    registry: AlgorithmRegistry,
    digests: dict[str, bytes],
) -> ArchiveTimestamp:
    """Check the hash index of a token of `signer`, and say what must have been stamped.

    content  what was signed, attached or not
    digests  hashes of one message made before, of the content by algorithm; more are added

    The caller verifies the token over `stamped`. Raises ArchiveTimestampRefused, DerError.
    """
    token = SignedData.parse(extract_token(untrusted_token))
    info = TimestampInfo.parse(token.content or b"")
    index = _HashIndex.read(_find_index(token))
    digest = registry.digest(index.algorithm.oid)
    stamping = registry.digest(info.digest_oid)
    # 5.5.2: the algorithm of the index is that of the message imprint.
    if digest is None or digest is not stamping or not digest.accepts(index.algorithm.parameters):
        raise ArchiveTimestampRefused("index_digest")
    hashes = _Hashes(digest, digests)
    certificates = _select(hashes.hash_all(signed.certificate_choices), index.certificates)
    lists = _select(hashes.hash_all(signed.lists), index.revocation)
    attributes = _select(hashes.hash_values(signer), index.attributes)
    for code, found in (
        ("certificate_missing", certificates),
        ("revocation_missing", lists),
        ("attribute_missing", attributes),
    ):
        if found is None:
            raise ArchiveTimestampRefused(code)
    covered = replace(signer, unsigned=tuple(attributes or ()))
    embedded = Embedded.collect(replace(signed, lists=tuple(lists or ())), covered)
    return ArchiveTimestamp(
        _encode_input(signed, signer, hashes.hash_content(content), index.encoded),
        frozenset(
            hashlib.sha256(each).hexdigest()
            for each in (
                *(node.raw for node in certificates or ()),
                *(value.raw for each in covered.unsigned for value in each.values),
                *embedded.certificates,
                *embedded.lists,
                *embedded.responses,
            )
        ),
    )


def create_hash_index(
    signed: SignedData, signer: SignerInfo, digest: DigestAlgorithm, digests: dict[str, bytes]
) -> bytes:
    """Encode the ATSHashIndexV3 of everything that is in the message now (5.5.2).

    ArchiveTimestampRefused (`attribute_unreadable`) where not every unsigned attribute can be.
    """
    if signer.unsigned_unreadable:
        raise ArchiveTimestampRefused("attribute_unreadable")
    hashes = _Hashes(digest, digests)
    return w.sequence(
        w.algorithm(digest.oids[0], with_null=False),
        *(
            w.sequence(*(w.octet_string(value) for value in sorted(value for value, _ in found)))
            for found in (
                hashes.hash_all(signed.certificate_choices),
                hashes.hash_all(signed.lists),
                hashes.hash_values(signer),
            )
        ),
    )


def encode_archive_input(
    *,
    signed: SignedData,
    signer: SignerInfo,
    content: bytes,
    index: bytes,
    digest: DigestAlgorithm,
    digests: dict[str, bytes],
) -> bytes:
    """Return the octets whose hash is the message imprint (5.5.3); arguments as above."""
    return _encode_input(signed, signer, _Hashes(digest, digests).hash_content(content), index)


def embed_hash_index(token: bytes, index: bytes) -> bytes:
    """Return the token with the index as its unsigned attribute; DerError for another than one."""
    signed = SignedData.parse(token)
    added = attribute(oids.ATS_HASH_INDEX_V3, index)
    if len(signed.signers) != 1:
        raise DerError("token_signers")
    return write_additions(signed, Additions(unsigned={0: (added,)}))


def _encode_input(
    signed: SignedData, signer: SignerInfo, content_hash: bytes, index: bytes
) -> bytes:
    content_type = signed.node.elements()[2].elements()[0]
    return content_type.raw + content_hash + select_signed_fields(signer) + index


@dataclass(frozen=True, slots=True)
class _HashIndex:
    """ATSHashIndexV3; `encoded` is stamped as it stands."""

    algorithm: AlgorithmIdentifier
    certificates: frozenset[bytes]
    revocation: frozenset[bytes]
    attributes: frozenset[bytes]
    encoded: bytes

    @classmethod
    def read(cls, untrusted: bytes) -> Self:
        try:
            fields = parse(untrusted, _INDEX_LIMITS).fields()
            algorithm = AlgorithmIdentifier.read(fields.take(SEQUENCE))
            certificates, revocation, attributes = (
                frozenset(v.octets(each) for each in fields.take(SEQUENCE).children())
                for _ in range(3)
            )
            fields.end()
        except DerError as error:
            raise ArchiveTimestampRefused("index_malformed") from error
        return cls(algorithm, certificates, revocation, attributes, untrusted)


def _find_index(token: SignedData) -> bytes:
    """Return the value of the only hash index of a token."""
    unsigned = [each for signer in token.signers for each in signer.unsigned]
    found = [value.raw for a in unsigned if a.oid == oids.ATS_HASH_INDEX_V3 for value in a.values]
    if len(found) == 1:
        return found[0]
    older = next((_OLDER_INDEXES[a.oid] for a in unsigned if a.oid in _OLDER_INDEXES), "")
    if older and not found:
        raise ArchiveTimestampRefused(f"not_supported:{older}")
    raise ArchiveTimestampRefused("index_repeated" if found else "index_missing")


def _select(
    present: Sequence[tuple[bytes, _Part]], named: frozenset[bytes]
) -> tuple[_Part, ...] | None:
    """Return the parts that the index names; None when one of those is not here."""
    found = tuple(part for value, part in present if value in named)
    return found if named <= {value for value, _ in present} else None


@dataclass(frozen=True, slots=True)
class _Hashes:
    """Hashes of the parts of one message; each is made once, by its place in its octets."""

    digest: DigestAlgorithm
    known: dict[str, bytes]

    def hash_all(self, nodes: Iterable[Node]) -> list[tuple[bytes, Node]]:
        return [(self._hash(_name_place(each), each.raw), each) for each in nodes]

    def hash_values(self, signer: SignerInfo) -> list[tuple[bytes, Attribute]]:
        """Hash each value of each attribute behind its attrType: every value stands by itself."""
        return [
            (
                self._hash(_name_place(value), w.oid(each.oid) + value.raw),
                Attribute(each.oid, (value,)),
            )
            for each in signer.unsigned
            for value in each.values
        ]

    def hash_content(self, content: bytes) -> bytes:
        return self._hash("", content)

    def _hash(self, place: str, octets: bytes) -> bytes:
        name = f"{self.digest.name}{place}"
        value = self.known.get(name)
        if value is None:
            value = self.known[name] = self.digest.hash(octets)
        return value


def _name_place(node: Node) -> str:
    # The octets are alive as long as the message; those of another have another identity.
    return f"@{id(node.data)}:{node.start}"
