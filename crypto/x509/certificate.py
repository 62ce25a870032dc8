"""X.509 certificates (RFC 5280 4.1), read strictly and kept as the bytes they came in.

Reading a certificate proves its shape only: nothing is verified here. Extensions that this
product understands are decoded at once, so that a defect shows when the certificate is read.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Self

from crypto.algorithms.keys import AlgorithmIdentifier, PublicKeyInfo
from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1.der import (
    BIT_STRING,
    INTEGER,
    SEQUENCE,
    DerError,
    Fields,
    Limits,
    Node,
    context,
    parse,
)
from crypto.x509 import extensions as ext
from crypto.x509.general_names import GeneralName, general_names
from crypto.x509.names import Name, read_issuer
from crypto.x509.usual_extensions import read_usual

__all__ = ["Certificate"]

_LIMITS = Limits(octets=64 * 1024, depth=16, elements=4096)
_V1, _V2, _V3 = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Certificate:
    """A certificate as read. Two are equal when their DER is.

    raw, tbs            whole DER and the signed part, as found
    algorithm           of the signature; the inner and outer identifiers name the same one
    extensions          by identifier, with criticality
    key_usage           bits; None when the extension is absent
    """

    raw: bytes
    sha256: str
    tbs: bytes
    version: int
    serial: int
    algorithm: AlgorithmIdentifier
    signature: bytes
    issuer: Name
    not_before: datetime
    not_after: datetime
    subject: Name
    key: PublicKeyInfo
    extensions: Mapping[str, ext.Extension]
    basic_constraints: ext.BasicConstraints | None = None
    key_usage: frozenset[int] | None = None
    extended_key_usage: tuple[str, ...] = ()
    subject_key_id: bytes | None = None
    authority_key_id: ext.AuthorityKeyIdentifier | None = None
    policies: tuple[str, ...] = ()
    policy_mappings: tuple[ext.PolicyMapping, ...] = ()
    policy_constraints: ext.PolicyConstraints | None = None
    inhibit_any_policy: int | None = None
    name_constraints: ext.NameConstraints | None = None
    alternative_names: tuple[GeneralName, ...] = ()
    distribution_points: tuple[ext.DistributionPoint, ...] = ()
    freshest_points: tuple[ext.DistributionPoint, ...] = ()

    def __eq__(self, other: object) -> bool:
        return self.raw == other.raw if isinstance(other, Certificate) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.sha256)

    @property
    def key_sha256(self) -> str:
        """SHA-256 of the SubjectPublicKeyInfo in hex, by which one key is known in every copy."""
        return hashlib.sha256(self.key.raw).hexdigest()

    def __repr__(self) -> str:
        return f"Certificate({self.sha256[:16]})"

    @classmethod
    def parse(cls, untrusted_der: bytes) -> Self:
        """Read one certificate of at most 64 KiB; DerError."""
        root = parse(untrusted_der, _LIMITS)
        outer = root.fields()
        tbs = outer.take(SEQUENCE)
        algorithm = AlgorithmIdentifier.read(outer.take(SEQUENCE))
        signature = v.bit_octets(outer.take(BIT_STRING))
        outer.end()
        fields = tbs.fields()
        version = _version(fields)
        serial = v.integer(fields.take(INTEGER))
        inner = AlgorithmIdentifier.read(fields.take(SEQUENCE))
        issuer = read_issuer(fields.take(SEQUENCE).raw)
        validity = fields.take(SEQUENCE).fields()
        not_before, not_after = v.time(validity.any()), v.time(validity.any())
        validity.end()
        holder = fields.take(SEQUENCE)
        subject = issuer if holder.raw == issuer.raw else Name.read(holder)
        key = PublicKeyInfo.read(fields.take(SEQUENCE))
        found = _tail(fields, version)
        if inner != algorithm:  # NULL and absent parameters are equal here
            raise DerError("algorithms_differ")
        return cls(
            raw=untrusted_der,
            sha256=hashlib.sha256(untrusted_der).hexdigest(),
            tbs=tbs.raw,
            version=version + 1,
            serial=serial,
            algorithm=algorithm,
            signature=signature,
            issuer=issuer,
            not_before=not_before,
            not_after=not_after,
            subject=subject,
            key=key,
            extensions=found,
            **_decode_extensions(found, issuer),
        )

    @property
    def self_issued(self) -> bool:
        """Subject and issuer are the same name; says nothing about the key."""
        return self.subject == self.issuer

    @property
    def fractional_times(self) -> bool:
        """Whether its validity states a fraction of a second, which RFC 5280 4.1.2.5 forbids."""
        return bool(self.not_before.microsecond or self.not_after.microsecond)

    @property
    def serial_hex(self) -> str:
        """Serial number as lower-case hex, the way НУЦ's sites show it."""
        return f"{self.serial:x}" if self.serial >= 0 else f"-{-self.serial:x}"

    def critical(self) -> frozenset[str]:
        """Return the identifiers of all critical extensions."""
        return frozenset(e.oid for e in self.extensions.values() if e.critical)

    def allows(self, usage: ext.KeyUsage) -> bool:
        """Whether keyUsage allows it; a certificate without keyUsage restricts nothing."""
        return self.key_usage is None or usage in self.key_usage


def _version(fields: Fields) -> int:
    node = fields.optional(context(0))
    if node is None:
        return _V1
    version = v.small_integer(node.only_child(), maximum=_V3)
    if version == _V1:
        raise DerError("default_written")
    return version


def _tail(fields: Fields, version: int) -> dict[str, ext.Extension]:
    for number in (1, 2):  # issuerUniqueID, subjectUniqueID
        if fields.optional(context(number, constructed=False)) is not None and version == _V1:
            raise DerError("unique_id")
    node = fields.optional(context(3))
    fields.end()
    if node is None:
        return {}
    if version != _V3:
        raise DerError("extensions_version")
    return ext.read_extensions(node.only_child())


def _decode_extensions(found: Mapping[str, ext.Extension], issuer: Name) -> dict[str, Any]:
    decoded: dict[str, Any] = {}
    for oid, extension in found.items():
        if (reader := _READERS.get(oid)) is not None:
            usual = read_usual(oid, extension.value)
            decoded[reader[0]] = usual if usual is not None else reader[1](extension.root(), issuer)
    return decoded


def _alone(read: Callable[[Node], object]) -> Callable[[Node, Name], object]:
    return lambda node, _issuer: read(node)


_READERS: Final[Mapping[str, tuple[str, Callable[[Node, Name], object]]]] = MappingProxyType(
    {
        oids.BASIC_CONSTRAINTS: ("basic_constraints", _alone(ext.BasicConstraints.read)),
        oids.KEY_USAGE: ("key_usage", _alone(v.bit_set)),
        oids.EXTENDED_KEY_USAGE: ("extended_key_usage", _alone(ext.read_oids)),
        oids.SUBJECT_KEY_IDENTIFIER: ("subject_key_id", _alone(v.octets)),
        oids.AUTHORITY_KEY_IDENTIFIER: (
            "authority_key_id",
            _alone(ext.AuthorityKeyIdentifier.read),
        ),
        oids.CERTIFICATE_POLICIES: ("policies", _alone(ext.read_policies)),
        oids.POLICY_MAPPINGS: ("policy_mappings", _alone(ext.read_mappings)),
        oids.POLICY_CONSTRAINTS: ("policy_constraints", _alone(ext.PolicyConstraints.read)),
        oids.INHIBIT_ANY_POLICY: ("inhibit_any_policy", _alone(v.small_integer)),
        oids.NAME_CONSTRAINTS: ("name_constraints", _alone(ext.NameConstraints.read)),
        oids.SUBJECT_ALT_NAME: (
            "alternative_names",
            _alone(lambda node: general_names(node, SEQUENCE)),
        ),
        oids.CRL_DISTRIBUTION_POINTS: ("distribution_points", ext.read_distribution_points),
        oids.FRESHEST_CRL: ("freshest_points", ext.read_distribution_points),
    }
)
