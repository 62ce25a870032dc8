"""The validation material of a signature: what a later validation needs and will not find then.

Certificates of every path, lists and OCSP responses that were relied on (EN 319 122-1 5.5.3):
those of the signer, of whoever stamped the signature, and of whoever answered for them. All of it
goes into SignedData.certificates and SignedData.crls of the root, as the standard wants it where
no archive time-stamp of an older kind is there; an OCSP response as OCSPResponse (5.4.2, RFC 5940).
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from crypto.asn1 import oids
from crypto.cms.additions import Additions, encode_ocsp_choice
from crypto.cms.embedded import Embedded
from crypto.cms.signature_times import SignatureTimes, prove_times
from crypto.cms.signed_data import SignedData, SignerInfo
from crypto.cms.signing_certificate import select_signing_certificate
from crypto.cms.timestamp import TimestampInfo, extract_token, hash_token
from crypto.cms.validation_process import ValidationProcess
from crypto.cms.validation_request import ValidationRequest
from crypto.path.context import VerificationContext
from crypto.report.report import EvidenceKind
from crypto.revocation.context import ValidationContext
from crypto.revocation.recording import RecordingSources
from crypto.revocation.sources import OfflineSources
from crypto.validation.chain import ChainResult, validate_chain
from crypto.x509.certificate import Certificate

__all__ = ["ValidationMaterial", "collect_material", "find_authority", "list_tokens"]

_STAMPS = {oids.SIGNATURE_TIME_STAMP, oids.ARCHIVE_TIME_STAMP_V3}


@dataclass(slots=True)
class ValidationMaterial:
    """What was relied on, each by its octets once."""

    certificates: dict[bytes, None] = field(default_factory=dict)
    lists: dict[bytes, None] = field(default_factory=dict)
    responses: dict[bytes, None] = field(default_factory=dict)

    def list_additions(self) -> Additions:
        """Return it as additions to a message."""
        revocation = (*self.lists, *map(encode_ocsp_choice, self.responses))
        return Additions(certificates=tuple(self.certificates), revocation=revocation)


def collect_material(
    material: ValidationMaterial,
    signed: SignedData,
    signer: SignerInfo,
    request: ValidationRequest,
    context: ValidationContext,
    recording: RecordingSources,
) -> None:
    """Add what the validation of one signature and of its time-stamps rests on.

    context    its sources are `recording`; the signature has been validated with the same
    recording  fresh: what it has recorded afterwards is what was asked for here
    """
    process = ValidationProcess(hashlib.sha256(signed.node.data).hexdigest(), request.moment)
    embedded = Embedded.collect(signed, signer)
    times = prove_times(process, signed, signer, embedded, request, context)
    hints = (*signed.certificates, *embedded.hints())
    paths = [_find_signer_path(signed, signer, hints, times)]
    counted = {each.evidence.sha256 for each in (*times.stamps, *times.archive) if each.time}
    stamping = times.context.for_timestamps()
    for token in list_tokens(signer):
        if hash_token(token) not in counted:
            continue
        inside, info = _read_token(token)
        found = find_authority(token, times.context)
        if found is not None:
            given = (*inside.certificates, *hints)
            paths.append(_validate(found, given, stamping, info.moment))
    kept = _keep_octets(recording)
    for path in paths:
        _add_path(material, path, kept)
    material.lists |= dict.fromkeys(_list_others(paths, recording, kept))


def _find_signer_path(
    signed: SignedData,
    signer: SignerInfo,
    hints: tuple[Certificate, ...],
    times: SignatureTimes,
) -> ChainResult | None:
    certificate = select_signing_certificate(signed, signer, times.context).certificate
    if certificate is None:
        return None
    return _validate(certificate, hints, times.context.for_signer(), times.proven)


def _validate(
    certificate: Certificate,
    hints: Iterable[Certificate],
    context: ValidationContext,
    proven: datetime | None,
) -> ChainResult:
    """Validate by what stands in the file alone, else as of now, else as of the proven time.

    What the file has already is enough as of the proven time, so a renewal adds no newer lists
    about it (5.5.3: validation data not already present).
    """
    given = tuple(hints)
    if proven is not None:
        inside = replace(context, sources=OfflineSources((), ())).at(proven)
        found = validate_chain(certificate, given, inside)
        if found.good:
            return found
    found = validate_chain(certificate, given, context)
    if found.good or proven is None:
        return found
    return validate_chain(certificate, given, context.at(proven))


def list_tokens(signer: SignerInfo) -> Iterator[bytes]:
    """Yield every time-stamp token of a signer that can be verified here."""
    for each in signer.unsigned:
        if each.oid in _STAMPS:
            yield from (value.raw for value in each.values)


def find_authority(token: bytes, context: VerificationContext) -> Certificate | None:
    """Return the certificate of who made a token; DerError where it is none."""
    inside, _ = _read_token(token)
    return select_signing_certificate(inside, inside.signers[0], context).certificate


def _read_token(token: bytes) -> tuple[SignedData, TimestampInfo]:
    inside = SignedData.parse(extract_token(token))
    return inside, TimestampInfo.parse(inside.content or b"")


def _add_path(
    material: ValidationMaterial, path: ChainResult | None, kept: dict[str, bytes]
) -> None:
    if path is None:
        return
    material.certificates |= dict.fromkeys(each.raw for each in path.path.chain)
    for item in (item for each in path.statuses for item in each.evidence if item.used):
        octets = kept.get(item.sha256)
        if octets is None:
            continue  # it came with the signature and stands in it
        where = material.responses if item.kind is EvidenceKind.OCSP else material.lists
        where[octets] = None


def _keep_octets(recording: RecordingSources) -> dict[str, bytes]:
    """Return what the sources gave, by SHA-256."""
    record = recording.record()
    kept = {hashlib.sha256(e.answer).hexdigest(): e.answer for e in record.exchanges if e.answer}
    for digest in record.crl_digests():
        octets = recording.octets(digest)
        if octets is not None:
            kept[digest] = octets
    return kept


def _list_others(
    paths: Iterable[ChainResult | None], recording: RecordingSources, kept: dict[str, bytes]
) -> Iterator[bytes]:
    """Return the lists about certificates of no path: those of responders and list signers."""
    known = {each.sha256 for path in paths if path is not None for each in path.path.chain}
    for look_up in recording.record().look_ups:
        if look_up.certificate not in known:
            yield from (kept[digest] for _, digest in look_up.crls if digest in kept)
