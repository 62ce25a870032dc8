"""Certificate revocation lists (RFC 5280 clause 5): read strictly, entries walked in place.

A production list holds hundreds of thousands of entries, so entries are not turned into objects
when a list is read; `find`, `compact` and `entries` walk the bytes. An extension we do not know
and that is critical makes the whole list unusable (5.2, 5.3), and so does a malformed entry.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol, Self

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.keys import AlgorithmIdentifier
from crypto.algorithms.registry import AlgorithmRegistry, SignatureCheck
from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1.der import (
    BIT_STRING,
    GENERALIZED_TIME,
    INTEGER,
    SEQUENCE,
    UTC_TIME,
    DerError,
    Fields,
    Node,
    context,
)
from crypto.revocation.crl_entries import (
    MAX_ENTRIES,
    CompactEntry,
    RevokedEntry,
    encode_serial,
    read_entry,
    walk,
)
from crypto.x509 import extensions as ext
from crypto.x509.certificate import Certificate
from crypto.x509.names import Name, read_issuer

__all__ = ["Crl", "CrlScope", "ParsedCrl", "RevokedEntry", "to_moment"]

_MAX_OCTETS = 64 * 1024 * 1024
_KNOWN_CRITICAL = {oids.DELTA_CRL_INDICATOR, oids.ISSUING_DISTRIBUTION_POINT}


@dataclass(frozen=True, slots=True)
class CrlScope:
    """issuingDistributionPoint (RFC 5280 5.2.5); a list without one covers all of its issuer."""

    names: frozenset[Name | str]
    user_only: bool
    ca_only: bool
    attribute_only: bool
    reasons: frozenset[int] | None
    indirect: bool


_WHOLE = CrlScope(frozenset(), False, False, False, None, False)


class Crl(Protocol):
    """What a status check needs of a CRL, whether parsed from octets or found in the store."""

    @property
    def issuer(self) -> Name:
        """Name of who issued the list."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the list's DER in hex."""

    @property
    def this_update(self) -> datetime:
        """When it was issued."""

    @property
    def next_update(self) -> datetime | None:
        """When the next one is due at the latest."""

    @property
    def number(self) -> int | None:
        """CRLNumber."""

    @property
    def base_number(self) -> int | None:
        """BaseCRLNumber when this is a delta list."""

    @property
    def scope(self) -> CrlScope:
        """Which certificates it speaks about."""

    @property
    def defect(self) -> str:
        """Why it must not be used, whoever signed it; empty when nothing is wrong."""

    def verify(
        self, signer: Certificate, registry: AlgorithmRegistry, policy: KeyPolicy
    ) -> SignatureCheck:
        """Verify its signature with the signer's key."""

    def find(self, serial: int, issuer: Name) -> RevokedEntry | None:
        """Look a certificate up; DerError when the entries are malformed."""

    def find_withdrawn(self, serial: int, issuer: Name) -> RevokedEntry | None:
        """Look a certificate up in the list that this one replaced, where that is still held."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ParsedCrl:
    """A list read from bytes.

    signed_part  where in `raw` the signed part lies: first octet, octet after the last
    scope_value  value octets of issuingDistributionPoint, for who stores the list
    """

    raw: bytes
    sha256: str
    signed_part: tuple[int, int]
    algorithm: AlgorithmIdentifier
    signature: bytes
    issuer: Name
    this_update: datetime
    next_update: datetime | None
    number: int | None
    base_number: int | None
    scope: CrlScope
    scope_value: bytes | None
    authority_key_id: bytes | None
    defect: str
    revoked: Node | None

    @classmethod
    def parse(cls, untrusted_der: bytes) -> Self:
        """Read one list of at most 64 MiB; DerError. Entries are checked when walked."""
        if len(untrusted_der) > _MAX_OCTETS:
            raise DerError("too_large")
        root = Node.at(untrusted_der, 0, len(untrusted_der))
        if root.end != len(untrusted_der):
            raise DerError("trailing_bytes")
        outer = root.fields()
        tbs = outer.take(SEQUENCE)
        algorithm = AlgorithmIdentifier.read(outer.take(SEQUENCE))
        signature = v.bit_octets(outer.take(BIT_STRING))
        outer.end()
        fields = tbs.fields()
        version = fields.optional(INTEGER)
        if version is not None and v.small_integer(version) != 1:
            raise DerError("crl_version")
        if AlgorithmIdentifier.read(fields.take(SEQUENCE)) != algorithm:
            raise DerError("algorithms_differ")
        issuer = read_issuer(fields.take(SEQUENCE).raw)
        this_update = v.time(fields.any())
        next_update = (
            v.time(fields.any()) if fields.peek() in {UTC_TIME, GENERALIZED_TIME} else None
        )
        revoked = fields.optional(SEQUENCE)
        found = _read_extensions(fields, versioned=version is not None)
        authority = found.get(oids.AUTHORITY_KEY_IDENTIFIER)
        point = found.get(oids.ISSUING_DISTRIBUTION_POINT)
        scope_value = point.value if point is not None else None
        return cls(
            raw=untrusted_der,
            sha256=hashlib.sha256(untrusted_der).hexdigest(),
            signed_part=(tbs.start, tbs.end),
            algorithm=algorithm,
            signature=signature,
            issuer=issuer,
            this_update=this_update,
            next_update=next_update,
            number=_read_number(found.get(oids.CRL_NUMBER)),
            base_number=_read_number(found.get(oids.DELTA_CRL_INDICATOR)),
            scope=read_scope(scope_value, issuer),
            scope_value=scope_value,
            authority_key_id=(
                ext.AuthorityKeyIdentifier.read(authority.root()).key_id if authority else None
            ),
            defect=_find_defect(found),
            revoked=revoked,
        )

    @property
    def tbs(self) -> bytes:
        """The signed part as found: a copy, so that a list at rest is held once."""
        start, end = self.signed_part
        return self.raw[start:end]

    def verify(
        self, signer: Certificate, registry: AlgorithmRegistry, policy: KeyPolicy
    ) -> SignatureCheck:
        """Verify the signature over the bytes as found."""
        return registry.verify(
            algorithm=self.algorithm,
            key=signer.key,
            message=self.tbs,
            signature=self.signature,
            policy=policy,
        )

    def entries(self) -> Iterator[RevokedEntry]:
        """Walk all entries; DerError on the first malformed one or an unknown critical extension.

        In an indirect list an entry without certificateIssuer inherits the one before it (5.3.3).
        """
        if self.revoked is None:
            return
        issuer = self.issuer
        for count, node in enumerate(self.revoked.children()):
            if count == MAX_ENTRIES:
                raise DerError("too_many")
            entry = read_entry(node, issuer)
            if entry.issuer is not issuer and not self.scope.indirect:
                raise DerError("certificate_issuer")
            issuer = entry.issuer
            yield entry

    def compact(self) -> Iterator[CompactEntry]:
        """Walk all entries of a list that is not indirect, fast; DerError as for `entries`.

        An entry of the usual shape costs about a microsecond and leaves no object behind.
        """
        return iter(()) if self.revoked is None else walk(self.revoked, self.issuer)

    def find(self, serial: int, issuer: Name) -> RevokedEntry | None:
        """Look a certificate up, walking every entry so that no defect goes unseen."""
        found: RevokedEntry | None = None
        if self.scope.indirect:
            for entry in self.entries():
                if entry.serial == serial and entry.issuer == issuer:
                    found = entry
            return found
        wanted = encode_serial(serial)
        for octets, seconds, reason in self.compact():
            if octets == wanted:
                found = RevokedEntry(serial, self.issuer, to_moment(seconds), reason)
        return found if issuer == self.issuer else None

    def find_withdrawn(self, serial: int, issuer: Name) -> RevokedEntry | None:
        """Return None: octets alone do not say what they replaced."""
        del serial, issuer
        return None


def to_moment(seconds: int) -> datetime:
    """Return the moment of a compact entry's seconds since 1970."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def _read_extensions(fields: Fields, *, versioned: bool) -> Mapping[str, ext.Extension]:
    node = fields.optional(context(0))
    fields.end()
    if node is None:
        return {}
    if not versioned:
        raise DerError("extensions_version")
    return ext.read_extensions(node.only_child())


def _read_number(extension: ext.Extension | None) -> int | None:
    if extension is None:
        return None
    number = v.integer(extension.root())
    if number < 0:
        raise DerError("crl_number")
    return number


def _find_defect(found: Mapping[str, ext.Extension]) -> str:
    unknown = sorted(e.oid for e in found.values() if e.critical and e.oid not in _KNOWN_CRITICAL)
    return f"unknown_critical:{unknown[0]}" if unknown else ""


def read_scope(value: bytes | None, issuer: Name) -> CrlScope:
    """Read issuingDistributionPoint from its value octets; None: the whole of the issuer."""
    if value is None:
        return _WHOLE
    fields = ext.Extension(oids.ISSUING_DISTRIBUTION_POINT, True, value).root().fields()
    name = fields.optional(context(0))
    flags: dict[int, bool] = {}
    reasons: frozenset[int] | None = None
    for number in range(1, 6):
        node = fields.optional(context(number, constructed=False))
        if number == 3:  # noqa: PLR2004 - onlySomeReasons
            reasons = v.bit_set(node, node.tag) if node is not None else None
        else:
            flags[number] = v.boolean(node, node.tag) if node is not None else False
    fields.end()
    names: frozenset[Name | str] = frozenset()
    if name is not None:
        names, _ = ext.read_distribution_point_name(name, issuer)
    if sum((flags[1], flags[2], flags[5])) > 1:
        raise DerError("scope_contradicts")
    return CrlScope(names, flags[1], flags[2], flags[5], reasons, flags[4])
