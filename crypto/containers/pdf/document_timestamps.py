"""Time-stamps over a whole document (EN 319 142-1 5.4.3), from the latest to the earliest.

Each dates what it covers: signatures, earlier time-stamps and the validation material of its
revision, so that all of it can be judged as of then (EN 319 102-1 5.6.2.3).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from crypto.cms.embedded import Embedded
from crypto.cms.signed_data import SignedData, SignerInfo
from crypto.cms.timestamp import hash_token
from crypto.cms.token import TokenResult, verify_token
from crypto.containers.pdf.contents import read_contents
from crypto.containers.pdf.coverage import check_coverage
from crypto.containers.pdf.cross_reference import CrossReferences
from crypto.containers.pdf.security_store import collect_material, list_material
from crypto.containers.pdf.signature_fields import PdfSignature
from crypto.errors import CryptoError
from crypto.report.proof_of_existence import ProofOfExistence, ProofsOfExistence, ProofSource
from crypto.report.report import EvidenceItem, EvidenceKind
from crypto.revocation.context import ValidationContext
from crypto.revocation.past_evidence import PastEvidence

__all__ = ["DocumentTimes", "verify_document_timestamps"]

_MAX_STAMPS = 8


@dataclass(frozen=True, slots=True)
class DocumentTimes:
    """Document time-stamps with the end of what each covers, and what is proven by them."""

    stamps: tuple[tuple[int, TokenResult], ...]
    proofs: ProofsOfExistence

    def select(self, end: int) -> tuple[TokenResult, ...]:
        """Return the time-stamps that cover what ends here."""
        return tuple(result for covered, result in self.stamps if covered > end)

    def prove(self, end: int, signed: SignedData, signer: SignerInfo) -> ProofsOfExistence:
        """Return the proofs with those of what came with a signature that ends here."""
        inside = [
            *(each.raw for each in signed.certificates),
            *(value.raw for attribute in signer.unsigned for value in attribute.values),
        ]
        times = [result.time for result in self.select(end) if result.time is not None]
        proofs = (ProofOfExistence(each, ProofSource.TIME_STAMP) for each in times)
        return self.proofs.extend(map(_hash, inside), *proofs)


def verify_document_timestamps(
    stamps: Sequence[PdfSignature],
    references: CrossReferences,
    material: Embedded | None,
    proofs: ProofsOfExistence,
    context: ValidationContext,
) -> DocumentTimes:
    """Verify the latest eight document time-stamps.

    material  of the document as it is now
    proofs    from outside the document
    """
    lists = tuple(material.parse_lists()) if material is not None else ()
    found: list[tuple[int, TokenResult]] = []
    latest_first = sorted(stamps, key=lambda each: each.end, reverse=True)[:_MAX_STAMPS]
    for position, stamp in enumerate(latest_first):
        try:
            coverage = check_coverage(references, stamp)
            token = read_contents(stamp.contents)
        except CryptoError as error:
            found.append((stamp.end, _make_unreadable(stamp, error)))
            continue
        past = PastEvidence(
            context.moment,
            proofs,
            () if material is None else material.responses,
            lists,
            () if material is None else material.hints(),
        )
        brought = context.bring_along(past)
        result = verify_token(token, coverage.read(), brought, fresh=False)
        found.append((stamp.end, result))
        if result.time is not None:
            earlier = [_read_or_empty(each) for each in latest_first[position + 1 :]]
            covered = collect_material(coverage.revision)
            inside = [*earlier, *(() if covered is None else list_material(covered))]
            proof = ProofOfExistence(result.time, ProofSource.ARCHIVE_TIME_STAMP)
            proofs = proofs.extend(map(_hash, inside), proof)
    return DocumentTimes(tuple(found), proofs)


def _make_unreadable(stamp: PdfSignature, error: CryptoError) -> TokenResult:
    reason = f"token_unreadable:{error.detail}"
    digest = hash_token(stamp.contents)
    item = EvidenceItem(EvidenceKind.TST, "signature", digest, 0, used=False, reason=reason)
    return TokenResult(None, item)


def _read_or_empty(stamp: PdfSignature) -> bytes:
    try:
        return read_contents(stamp.contents)
    except CryptoError:
        return b""


def _hash(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()
