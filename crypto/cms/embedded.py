"""Validation material inside a message: CAdES-LT and -LTA (ETSI EN 319 122-1, RFC 5652 10.2.1).

It came with the message, from whoever sent it, so it is evidence "unused: embedded" in the report:
revocation is checked by what the workstation obtained itself. Certificates are hints for building
a path, as all certificates of a message are. Nothing here can break a message: what cannot be
read is listed as unreadable, and what is beyond a bound is not looked at.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, Self

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import ENUMERATED, SEQUENCE, DerError, Node, context
from crypto.cms.attributes import read_bounded
from crypto.cms.signed_data import MAX_HINT_OCTETS, SignedData, SignerInfo
from crypto.errors import CryptoError
from crypto.report.report import EvidenceItem, EvidenceKind, milliseconds
from crypto.revocation.crl import Crl, ParsedCrl
from crypto.revocation.ocsp import OcspResponse
from crypto.x509.certificate import Certificate

__all__ = ["MAX_LIST_OCTETS", "Embedded"]

MAX_LIST_OCTETS: Final = 24 << 20
"""Of all lists inside one message: they are hashed for every certificate they may be about."""

_MAX_ITEMS = 64
_ARCHIVE_TIMESTAMPS = {
    oids.ARCHIVE_TIME_STAMP,
    oids.ARCHIVE_TIME_STAMP_V2,
    oids.ARCHIVE_TIME_STAMP_V3,
    oids.LONG_TERM_VALIDATION,
}
_OCSP_IN_CMS = w.oid(oids.RI_OCSP_RESPONSE)  # RFC 5940
_BASIC_OCSP_IN_CMS = w.oid(oids.OCSP_BASIC)  # EN 319 122-1 4.8.2: a BasicOCSPResponse


@dataclass(frozen=True, slots=True, repr=False)
class Embedded:
    """What a message and one of its signers carry, as found; responses in their envelope."""

    certificates: tuple[bytes, ...]
    lists: tuple[bytes, ...]
    responses: tuple[bytes, ...]
    archive: tuple[bytes, ...]

    @classmethod
    def collect(cls, signed: SignedData, signer: SignerInfo) -> Self:
        """Collect it, at most 64 of a kind; never raises."""
        lists = [node.raw for node in signed.lists if node.tag == SEQUENCE]
        responses = [raw for node in signed.lists if (raw := _read_response_choice(node))]
        certificates: list[bytes] = []
        archive: list[bytes] = []
        for attribute in signer.unsigned:
            for value in attribute.values:
                if attribute.oid == oids.CERTIFICATE_VALUES:
                    certificates += (node.raw for node in _read_members(value))
                elif attribute.oid == oids.REVOCATION_VALUES:
                    lists += (node.raw for node in _find_tagged(value, 0))
                    responses += (_wrap_response(node.raw) for node in _find_tagged(value, 1))
                elif attribute.oid in _ARCHIVE_TIMESTAMPS:
                    archive.append(value.raw)
        return cls(
            *(tuple(found[:_MAX_ITEMS]) for found in (certificates, lists, responses, archive))
        )

    def join(self, other: Self | None) -> Self:
        """Return both together, at most 64 of a kind; itself without another."""
        if other is None:
            return self
        return replace(
            self,
            certificates=(*self.certificates, *other.certificates)[:_MAX_ITEMS],
            lists=(*self.lists, *other.lists)[:_MAX_ITEMS],
            responses=(*self.responses, *other.responses)[:_MAX_ITEMS],
            archive=(*self.archive, *other.archive)[:_MAX_ITEMS],
        )

    def hints(self) -> tuple[Certificate, ...]:
        """Return the certificates that can be read, for path building only."""
        found = []
        for raw in self.certificates:
            if len(raw) > MAX_HINT_OCTETS:
                continue
            try:
                found.append(Certificate.parse(raw))
            except CryptoError:
                continue
        return tuple(found)

    def parse_lists(self) -> Iterator[Crl]:
        """Yield the lists that can be read, of at most 24 MiB together."""
        left = MAX_LIST_OCTETS
        for raw in self.lists:
            left -= len(raw)
            if left < 0:
                return
            try:
                yield ParsedCrl.parse(raw)
            except CryptoError:
                continue

    def evidence(self) -> tuple[EvidenceItem, ...]:
        """List all of it as evidence that was not used."""
        return (
            *(_make_item(EvidenceKind.CRL, raw, _read_crl_time(raw)) for raw in self.lists),
            *(
                _make_item(EvidenceKind.OCSP, raw, _read_response_time(raw))
                for raw in self.responses
            ),
            *(_make_item(EvidenceKind.TST, raw, 0) for raw in self.archive),
        )


def _read_response_choice(node: Node) -> bytes:
    """Return the OCSPResponse of OtherRevocationInfoFormat, empty for any other choice."""
    if node.tag != context(1):
        return b""
    parts = _read_members(node)
    if len(parts) != 2:  # noqa: PLR2004 - format, value
        return b""
    if parts[0].raw == _BASIC_OCSP_IN_CMS:
        return _wrap_response(parts[1].raw)
    return parts[1].raw if parts[0].raw == _OCSP_IN_CMS else b""


def _wrap_response(basic: bytes) -> bytes:
    """Wrap a BasicOCSPResponse as responders send it, which is how everything else reads it."""
    body = w.sequence(w.oid(oids.OCSP_BASIC), w.octet_string(basic))
    return w.sequence(w.tlv(ENUMERATED, b"\x00"), w.explicit(0, body))


def _read_members(node: Node) -> tuple[Node, ...]:
    try:
        return read_bounded(node, _MAX_ITEMS)
    except DerError:
        return ()


def _find_tagged(value: Node, number: int) -> Iterator[Node]:
    for part in _read_members(value):
        if part.tag == context(number):
            for series in islice(_read_members(part), 1):
                yield from _read_members(series)


def _make_item(kind: EvidenceKind, raw: bytes, at: int | None) -> EvidenceItem:
    return EvidenceItem(
        kind,
        "signature",
        hashlib.sha256(raw).hexdigest(),
        at or 0,
        used=False,
        reason="embedded" if at is not None else "embedded:unreadable",
    )


def _read_crl_time(raw: bytes) -> int | None:
    try:
        return milliseconds(ParsedCrl.parse(raw).this_update)
    except CryptoError:
        return None


def _read_response_time(raw: bytes) -> int | None:
    try:
        produced = OcspResponse.parse(raw).produced_at
    except CryptoError:
        return None
    return milliseconds(produced) if produced is not None else None
