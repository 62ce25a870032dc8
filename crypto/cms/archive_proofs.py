"""What the archive time-stamps of a signature prove to have existed (EN 319 102-1 5.6.3).

Each stamps the earlier ones, so they are verified from the latest to the earliest: what a later
one covers is proven to be that old when the authority of an earlier one is judged.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from crypto.asn1 import oids
from crypto.cms.archive_timestamp import (
    OLDER_ARCHIVE_TIMESTAMPS,
    ArchiveTimestamp,
    ArchiveTimestampRefused,
    read_archive_timestamp,
)
from crypto.cms.signed_data import SignedData, SignerInfo
from crypto.cms.timestamp import TimestampInfo, extract_token, hash_token
from crypto.cms.token import TokenResult, verify_token
from crypto.errors import CryptoError
from crypto.report.proof_of_existence import ProofOfExistence, ProofsOfExistence, ProofSource
from crypto.report.report import EvidenceItem, EvidenceKind, milliseconds
from crypto.revocation.context import ValidationContext
from crypto.revocation.past_evidence import PastEvidence

__all__ = ["ArchiveProofs", "verify_archive_stamps"]

_MAX_TOKENS: Final = 8


@dataclass(frozen=True, slots=True)
class ArchiveProofs:
    """Every archive time-stamp that was looked at, and the proofs with what they add."""

    stamps: tuple[TokenResult, ...]
    proofs: ProofsOfExistence


def verify_archive_stamps(
    signed: SignedData,
    signer: SignerInfo,
    content: bytes | None,
    context: ValidationContext,
    past: PastEvidence,
    digests: dict[str, bytes],
) -> ArchiveProofs:
    """Verify the archive time-stamps of a stored signature, at most the eight latest.

    content  what was signed; None: none of them can be verified
    past     what the signature brings along, and what is proven otherwise
    digests  hashes of the message made before, of its content by algorithm; more are added
    """
    found = [
        (each.oid, value.raw)
        for each in signer.unsigned
        for value in each.values
        if each.oid == oids.ARCHIVE_TIME_STAMP_V3 or each.oid in OLDER_ARCHIVE_TIMESTAMPS
    ]
    stamps: list[TokenResult] = []
    proofs = past.proofs
    latest_first = sorted(found, key=lambda each: _read_time(each[1]), reverse=True)
    for oid, token in latest_first[:_MAX_TOKENS]:
        try:
            if content is None:
                raise ArchiveTimestampRefused("content_missing")
            if oid in OLDER_ARCHIVE_TIMESTAMPS:
                raise ArchiveTimestampRefused(f"not_supported:{OLDER_ARCHIVE_TIMESTAMPS[oid]}")
            read = read_archive_timestamp(
                token,
                signed=signed,
                signer=signer,
                content=content,
                registry=context.registry,
                digests=digests,
            )
        except CryptoError as refused:
            stamps.append(_refuse(token, refused))
            continue
        brought = context.bring_along(replace(past, proofs=proofs))
        result = verify_token(token, read.stamped, brought, fresh=False)
        stamps.append(result)
        if result.time is not None:
            proof = ProofOfExistence(result.time, ProofSource.ARCHIVE_TIME_STAMP)
            proofs = proofs.extend(_name_proven(signer, read), proof)
    return ArchiveProofs(tuple(stamps), proofs)


def _name_proven(signer: SignerInfo, read: ArchiveTimestamp) -> Iterator[str]:
    yield hashlib.sha256(signer.signature).hexdigest()
    yield from read.proven


def _refuse(token: bytes, refused: CryptoError) -> TokenResult:
    known = isinstance(refused, ArchiveTimestampRefused)
    reason = f"archive_refused:{refused.detail}" if known else f"token_unreadable:{refused.detail}"
    at = _read_time(token)
    item = EvidenceItem(
        EvidenceKind.TST, "signature", hash_token(token), at, used=False, reason=reason
    )
    return TokenResult(None, item)


def _read_time(token: bytes) -> int:
    """Return genTime in milliseconds as it is stated, 0 where it cannot be read."""
    try:
        return milliseconds(_read_info(token).moment)
    except CryptoError:
        return 0


def _read_info(token: bytes) -> TimestampInfo:
    return TimestampInfo.parse(SignedData.parse(extract_token(token)).content or b"")
