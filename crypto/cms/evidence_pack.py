"""An evidence pack: all that one validation rested on, so that it can be made again elsewhere.

Format: docs/formats/evidence-pack.md. The manifest names octets by SHA-256; where they lie is the
caller's business. A pack proves nothing by itself: whoever repeats it decides whether the anchors
named in it are trusted.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, Final, Self

import msgspec

from crypto.canonical_json import JsonValue
from crypto.cms.signature_constraints import SignatureConstraints
from crypto.cms.validation_request import ValidationRequest
from crypto.errors import CryptoError
from crypto.path.trust import TrustStore
from crypto.report.policy import Environment, ValidationPolicy
from crypto.report.report import milliseconds
from crypto.revocation.recording import (
    CrlLookUp,
    EvidenceMissing,
    OcspExchange,
    RecordingSources,
    RevocationRecord,
)
from crypto.strict_json import JsonRefused, strict_decoded
from crypto.x509.certificate import Certificate

__all__ = ["EvidencePack", "Octets", "PackRefused", "PackedTrust", "gather_pack", "take_octets"]

_VERSION = 2
_VERSIONS: Final = (1, _VERSION)

_POLICY_OF_VERSION_1: Final[Mapping[str, Any]] = {
    "authority_policies": [],
    "validity_tolerance_s": 0,
    "young_key_s": 0,
    "require_signing_certificate": False,
    "require_consistent_profile": False,
}
"""Bounds that version 1 does not state, with what they were while it was written."""

_CENTURY_S = 100 * 366 * 86_400
"""No span of a policy is longer: sums of times must stay inside the calendar."""

_LATEST_MS = 221_845_392_000_000
"""The year 9000."""

_MAX_OCTETS = 4 << 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
_MaybeSha256 = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?\Z")]
_Hex = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{2}){0,4096}\Z")]
_Word = Annotated[str, msgspec.Meta(max_length=400)]
_Issuers = Annotated[list[_Sha256], msgspec.Meta(max_length=600)]

Octets = Callable[[str], bytes | None]


class PackRefused(CryptoError):
    """A manifest is no evidence pack of this version; detail names the place."""

    code = "evidence_pack_refused"


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the manifest."""


class PackedTrust(_Table, frozen=True):
    """A trust store by the SHA-256 of its certificates.

    issuers  `TrustStore.issuers`; never stated before version 2
    """

    environment: Environment
    anchors: Annotated[list[_Sha256], msgspec.Meta(min_length=1, max_length=200)]
    intermediates: Annotated[list[_Sha256], msgspec.Meta(max_length=400)]
    issuers: _Issuers | msgspec.UnsetType | None = msgspec.UNSET

    @classmethod
    def describe(cls, store: TrustStore) -> Self:
        """Name the certificates of a store."""
        return cls(
            store.environment,
            [each.sha256 for each in store.anchors],
            [each.sha256 for each in store.intermediates],
            None if store.issuers is None else sorted(store.issuers),
        )

    def open(self, octets: Octets) -> TrustStore:
        """Build the store again; EvidenceMissing, TrustRefused, DerError."""
        return TrustStore.pinned(
            self.environment,
            anchors=[take_octets(octets, each) for each in self.anchors],
            pins=self.anchors,
            intermediates=[take_octets(octets, each) for each in self.intermediates],
            issuers=frozenset(self.issuers) if isinstance(self.issuers, list) else None,
        )


class _PackedExchange(_Table, frozen=True):
    issuer: _Sha256
    request: _Hex
    source: _Word
    answer: _MaybeSha256
    failed: _Word | None


class _PackedLookUp(_Table, frozen=True):
    certificate: _Sha256
    lists: Annotated[list[tuple[_Word, _Sha256]], msgspec.Meta(max_length=200)]
    failed: _Word | None


class EvidencePack(_Table, frozen=True):
    """The manifest.

    cms           of the signature as it was offered
    content       of what was signed; empty when nothing was given beside the signature
    expected_iin  twelve digits that were asked for, or empty. Personal data
    strict        validated as a fresh signature of one signer, not as a document
    report        the report of then, as JSON
    """

    version: int
    software: _Word
    moment_ms: Annotated[int, msgspec.Meta(ge=0, le=_LATEST_MS)]
    strict: bool
    cms: _Sha256
    content: _MaybeSha256
    expected_iin: Annotated[str, msgspec.Meta(pattern=r"^([0-9]{12})?\Z")]
    trust: PackedTrust
    timestamp_trust: PackedTrust
    policy: dict[str, Any]
    nonces: Annotated[list[_Hex | None], msgspec.Meta(max_length=1000)]
    exchanges: Annotated[list[_PackedExchange], msgspec.Meta(max_length=1000)]
    look_ups: Annotated[list[_PackedLookUp], msgspec.Meta(max_length=1000)]
    report: dict[str, Any]

    @classmethod
    def read(cls, untrusted: bytes) -> Self:
        """Read a manifest of at most 4 MiB strictly; PackRefused."""
        if len(untrusted) > _MAX_OCTETS:
            raise PackRefused("too_large")
        try:
            found = strict_decoded(untrusted, cls)
        except JsonRefused as trouble:
            raise PackRefused(str(trouble)[:200]) from None
        if found.version not in _VERSIONS:
            raise PackRefused("version")
        for store in (found.trust, found.timestamp_trust):
            if (store.issuers is msgspec.UNSET) is not (found.version == 1):
                raise PackRefused("trust:issuers")
        return found

    def to_json(self) -> dict[str, JsonValue]:
        """Export: plain values only, sorted nowhere, read back by `read`."""
        plain: dict[str, JsonValue] = msgspec.to_builtins(self)
        return plain

    @property
    def moment(self) -> datetime:
        """The moment the validation was made for."""
        return _EPOCH + timedelta(milliseconds=self.moment_ms)

    def validation_policy(self) -> ValidationPolicy:
        """Return the policy of then; PackRefused when a bound of ours is not stated in it."""
        wanted = {field.name for field in fields(ValidationPolicy)}
        added = _POLICY_OF_VERSION_1 if self.version == 1 else {}
        if self.policy.keys() != wanted - added.keys():
            odd = sorted((wanted - added.keys()) ^ self.policy.keys())
            raise PackRefused(f"policy:{','.join(odd)[:100]}")
        try:
            policy = msgspec.convert({**self.policy, **added}, ValidationPolicy, strict=True)
        except msgspec.ValidationError as trouble:
            raise PackRefused(f"policy:{trouble}"[:200]) from None
        for name in sorted(wanted):
            if name.endswith("_s") and not 0 <= getattr(policy, name) <= _CENTURY_S:
                raise PackRefused(f"policy:{name}")
        if any(last.tzinfo is None for _, last in policy.last_moments):
            raise PackRefused("policy:last_moments")
        return policy

    def constraints(self, octets: Octets) -> SignatureConstraints:
        """Return the constraints of then; PackRefused, EvidenceMissing, TrustRefused."""
        return SignatureConstraints(
            self.trust.open(octets), self.timestamp_trust.open(octets), self.validation_policy()
        )

    def request(self, octets: Octets) -> ValidationRequest:
        """Return what was asked of the validation; EvidenceMissing."""
        return ValidationRequest(
            cms=take_octets(octets, self.cms),
            content=take_octets(octets, self.content) if self.content else None,
            iin=self.expected_iin or None,
            fresh=self.strict,
            moment=self.moment,
        )

    def record(self, octets: Octets) -> RevocationRecord:
        """Return the requests and answers of then; EvidenceMissing when one is not at hand."""
        return RevocationRecord(
            tuple(None if each is None else bytes.fromhex(each) for each in self.nonces),
            tuple(
                OcspExchange(
                    each.issuer,
                    bytes.fromhex(each.request),
                    each.source,
                    take_octets(octets, each.answer) if each.answer else b"",
                    each.failed,
                )
                for each in self.exchanges
            ),
            tuple(
                CrlLookUp(each.certificate, tuple(each.lists), each.failed)
                for each in self.look_ups
            ),
        )

    def named(self) -> Iterator[str]:
        """Yield the SHA-256 of everything the manifest names, CRLs last."""
        yield self.cms
        if self.content:
            yield self.content
        for store in (self.trust, self.timestamp_trust):
            yield from (*store.anchors, *store.intermediates)
        yield from (each.answer for each in self.exchanges if each.answer)
        yield from self.crl_digests()

    def crl_digests(self) -> tuple[str, ...]:
        """Return the SHA-256 of every CRL, each once."""
        found = (sha256 for each in self.look_ups for _, sha256 in each.lists)
        return tuple(dict.fromkeys(found))


def gather_pack(
    request: ValidationRequest,
    constraints: SignatureConstraints,
    recording: RecordingSources,
    report: Mapping[str, JsonValue],
    software: str,
) -> tuple[EvidencePack, dict[str, bytes]]:
    """Return the manifest of a validation and the octets it names, CRLs apart.

    CRLs are large and public: take them from `recording.octets`, by `EvidencePack.crl_digests`.
    """
    record = recording.record()
    blobs = {_hash(request.cms): request.cms}
    if request.content is not None:
        blobs[_hash(request.content)] = request.content
    for store in (constraints.trust, constraints.timestamp_trust):
        blobs |= {each.sha256: each.raw for each in _collect_certificates(store)}
    blobs |= {_hash(each.answer): each.answer for each in record.exchanges if each.answer}
    pack = EvidencePack(
        version=_VERSION,
        software=software,
        moment_ms=milliseconds(request.moment),
        strict=request.fresh,
        cms=_hash(request.cms),
        content="" if request.content is None else _hash(request.content),
        expected_iin=request.iin or "",
        trust=PackedTrust.describe(constraints.trust),
        timestamp_trust=PackedTrust.describe(constraints.timestamp_trust),
        policy=_encode_policy(constraints.policy),
        nonces=[None if each is None else each.hex() for each in record.nonces],
        exchanges=[
            _PackedExchange(
                each.issuer,
                each.request.hex(),
                each.source,
                _hash(each.answer) if each.answer else "",
                each.failed,
            )
            for each in record.exchanges
        ],
        look_ups=[
            _PackedLookUp(each.certificate, list(each.crls), each.failed)
            for each in record.look_ups
        ],
        report=dict(report),
    )
    return pack, blobs


def _collect_certificates(store: TrustStore) -> tuple[Certificate, ...]:
    return (*store.anchors, *store.intermediates)


def _encode_policy(policy: ValidationPolicy) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(policy)
    return {name: sorted(v) if isinstance(v, list) else v for name, v in plain.items()}


def take_octets(octets: Octets, digest: str) -> bytes:
    """Return octets that are what their name says; EvidenceMissing."""
    found = octets(digest)
    if found is None or _hash(found) != digest:
        raise EvidenceMissing(digest)
    return found


def _hash(octets: bytes) -> str:
    return sha256(octets).hexdigest()
