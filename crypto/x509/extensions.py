"""Certificate extensions that path validation and the profile read (RFC 5280 4.2)."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1.der import IA5_STRING, OID, SEQUENCE, DerError, Limits, Node, context, parse
from crypto.x509.general_names import (
    GeneralName,
    GeneralNameKind,
    general_names,
    subtree_base,
)
from crypto.x509.names import Name

__all__ = [
    "AuthorityKeyIdentifier",
    "BasicConstraints",
    "DistributionPoint",
    "Extension",
    "KeyUsage",
    "NameConstraints",
    "PolicyConstraints",
    "PolicyMapping",
    "read_distribution_point_name",
]

_LIMITS = Limits(octets=256 * 1024, depth=16, elements=20_000)
_MAX_ITEMS = 512


class KeyUsage(IntEnum):
    """Bits of keyUsage (RFC 5280 4.2.1.3)."""

    DIGITAL_SIGNATURE = 0
    NON_REPUDIATION = 1
    KEY_ENCIPHERMENT = 2
    DATA_ENCIPHERMENT = 3
    KEY_AGREEMENT = 4
    KEY_CERT_SIGN = 5
    CRL_SIGN = 6
    ENCIPHER_ONLY = 7
    DECIPHER_ONLY = 8


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension: identifier, criticality and the octets of its value."""

    oid: str
    critical: bool
    value: bytes

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read Extension; an explicit FALSE, which DER omits, is met in the field and read."""
        inner = node.expect(SEQUENCE).elements()
        if not 2 <= len(inner) <= 3:  # noqa: PLR2004 - identifier, perhaps critical, value
            raise DerError("extension")
        critical = len(inner) == 3 and v.boolean(inner[1])  # noqa: PLR2004
        return cls(v.oid(inner[0]), critical, v.octets(inner[-1]))

    def root(self) -> Node:
        """Open the value as one DER object."""
        return parse(self.value, _LIMITS)


def read_extensions(node: Node) -> dict[str, Extension]:
    """Read SEQUENCE OF Extension; the same identifier twice is DerError."""
    found: dict[str, Extension] = {}
    for child in node.expect(SEQUENCE).elements():
        extension = Extension.read(child)
        if extension.oid in found or len(found) == _MAX_ITEMS:
            raise DerError("extension_repeated")
        found[extension.oid] = extension
    if not found:
        raise DerError("extensions_empty")
    return found


@dataclass(frozen=True, slots=True)
class BasicConstraints:
    """Whether the subject is a CA and how many intermediate CAs may follow it."""

    ca: bool
    path_length: int | None

    @classmethod
    def read(cls, root: Node) -> Self:
        """Read basicConstraints."""
        fields = root.fields()
        flag = fields.optional(0x01)
        length = fields.optional(0x02)
        fields.end()
        return cls(
            v.boolean(flag) if flag is not None else False,
            v.small_integer(length) if length is not None else None,
        )


@dataclass(frozen=True, slots=True)
class AuthorityKeyIdentifier:
    """keyIdentifier and, rarely, the issuer's own issuer names and serial number."""

    key_id: bytes | None
    issuers: tuple[GeneralName, ...]
    serial: int | None

    @classmethod
    def read(cls, root: Node) -> Self:
        """Read authorityKeyIdentifier."""
        fields = root.fields()
        key_id = fields.optional(context(0, constructed=False))
        issuer = fields.optional(context(1))
        serial = fields.optional(context(2, constructed=False))
        fields.end()
        return cls(
            key_id.content if key_id is not None else None,
            general_names(issuer, issuer.tag) if issuer is not None else (),
            v.integer(serial, serial.tag) if serial is not None else None,
        )


@dataclass(frozen=True, slots=True)
class PolicyConstraints:
    """requireExplicitPolicy and inhibitPolicyMapping, in certificates to skip."""

    require_explicit: int | None
    inhibit_mapping: int | None

    @classmethod
    def read(cls, root: Node) -> Self:
        """Read policyConstraints; an empty one is DerError."""
        fields = root.fields()
        explicit = fields.optional(context(0, constructed=False))
        mapping = fields.optional(context(1, constructed=False))
        fields.end()
        if explicit is None and mapping is None:
            raise DerError("policy_constraints_empty")
        return cls(
            v.small_integer(explicit, explicit.tag) if explicit is not None else None,
            v.small_integer(mapping, mapping.tag) if mapping is not None else None,
        )


@dataclass(frozen=True, slots=True)
class PolicyMapping:
    """An issuer's policy that equals a subject's."""

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True)
class NameConstraints:
    """Permitted and excluded subtrees by their bases."""

    permitted: tuple[GeneralName, ...]
    excluded: tuple[GeneralName, ...]

    @classmethod
    def read(cls, root: Node) -> Self:
        """Read nameConstraints; an empty one is DerError."""
        fields = root.fields()
        trees: list[tuple[GeneralName, ...]] = []
        for number in (0, 1):
            node = fields.optional(context(number))
            bases = tuple(subtree_base(c) for c in node.children()) if node is not None else ()
            if len(bases) > _MAX_ITEMS or (node is not None and not bases):
                raise DerError("subtrees")
            trees.append(bases)
        fields.end()
        if not trees[0] and not trees[1]:
            raise DerError("name_constraints_empty")
        return cls(trees[0], trees[1])


@dataclass(frozen=True, slots=True)
class DistributionPoint:
    """Where a list is published: names (full or relative to the issuer), reasons, cRLIssuer."""

    names: frozenset[Name | str]
    reasons: frozenset[int] | None
    crl_issuers: tuple[Name, ...]
    uris: tuple[str, ...]


def read_oids(root: Node) -> tuple[str, ...]:
    """Read SEQUENCE OF OBJECT IDENTIFIER: extended key usage, keystore."""
    found = tuple(v.oid(child) for child in root.expect(SEQUENCE).elements())
    if not 0 < len(found) <= _MAX_ITEMS:
        raise DerError("oids")
    return found


def read_policies(root: Node) -> tuple[str, ...]:
    """Read certificatePolicies; qualifiers are shape-checked and otherwise ignored."""
    found: list[str] = []
    for child in root.expect(SEQUENCE).elements():
        fields = child.fields()
        found.append(v.oid(fields.take(OID)))
        if (qualifiers := fields.optional(SEQUENCE)) is not None:
            for qualifier in qualifiers.children():
                inner = qualifier.fields()
                kind = v.oid(inner.any())
                value = inner.any()
                inner.end()
                if kind == oids.QUALIFIER_CPS:
                    value.expect(IA5_STRING)
        fields.end()
    if not found or len(found) > _MAX_ITEMS or len(set(found)) != len(found):
        raise DerError("policies")
    return tuple(found)


def read_mappings(root: Node) -> tuple[PolicyMapping, ...]:
    """Read policyMappings."""
    found: list[PolicyMapping] = []
    for child in root.expect(SEQUENCE).elements():
        fields = child.fields()
        found.append(PolicyMapping(v.oid(fields.any()), v.oid(fields.any())))
        fields.end()
    if not 0 < len(found) <= _MAX_ITEMS:
        raise DerError("policy_mappings")
    return tuple(found)


def read_distribution_point_name(
    node: Node, issuer: Name
) -> tuple[frozenset[Name | str], tuple[str, ...]]:
    """Read DistributionPointName: comparable names and the URIs among them."""
    choice = node.only_child()
    if choice.tag == context(1):
        return frozenset({issuer.beneath(choice)}), ()
    names = general_names(choice, context(0))
    uris = tuple(n.text for n in names if n.kind is GeneralNameKind.URI)
    return frozenset(_comparable(n) for n in names), uris


def _comparable(name: GeneralName) -> Name | str:
    return name.name or f"{name.kind.name}:{name.text or name.octets.hex()}"


def read_distribution_points(root: Node, issuer: Name) -> tuple[DistributionPoint, ...]:
    """Read cRLDistributionPoints or freshestCRL of a certificate issued by `issuer`."""
    found: list[DistributionPoint] = []
    for child in root.expect(SEQUENCE).elements():
        fields = child.fields()
        name = fields.optional(context(0))
        reasons = fields.optional(context(1, constructed=False))
        holder = fields.optional(context(2))
        fields.end()
        crl_issuers: tuple[Name, ...] = ()
        if holder is not None:
            crl_issuers = tuple(n.name for n in general_names(holder, holder.tag) if n.name)
        base = crl_issuers[0] if crl_issuers else issuer
        names, uris = (
            read_distribution_point_name(name, base) if name is not None else (frozenset(), ())
        )
        bits = v.bit_set(reasons, reasons.tag) if reasons is not None else None
        found.append(DistributionPoint(names, bits, crl_issuers, uris))
    if not 0 < len(found) <= _MAX_ITEMS:
        raise DerError("distribution_points")
    return tuple(found)
