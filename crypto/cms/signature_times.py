"""When a stored signature is proven to have existed, and by what (EN 319 102-1 5.6.2.3).

Proofs come from outside (our log, an evidence pack) and from inside: a verified time-stamp proves
what it was made over. Each proof may help to judge what came before it, so they are taken from the
latest to the earliest.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Self

from crypto.asn1 import oids
from crypto.cms.archive_proofs import verify_archive_stamps
from crypto.cms.embedded import Embedded
from crypto.cms.signed_data import SignedData, SignerInfo
from crypto.cms.token import TokenResult, verify_token
from crypto.cms.validation_process import ValidationProcess
from crypto.cms.validation_request import ValidationRequest
from crypto.report.proof_of_existence import ProofOfExistence, ProofsOfExistence, ProofSource
from crypto.revocation.context import ValidationContext
from crypto.revocation.past_evidence import PastEvidence
from crypto.validation.step import ValidationStep, passed, warning

__all__ = ["SignatureTimes", "make_stamp_step", "prove_times", "verify_stamps"]

_MAX_TOKENS: Final = 8


@dataclass(frozen=True, slots=True)
class SignatureTimes:
    """What is known of the time of one stored signature.

    context  that of the validation, with the evidence that came along and what is proven of it
    stamps   every time-stamp over the signature that was looked at
    archive  every archive time-stamp that was
    proven   the earliest moment at which the signature is proven to have existed; None: unproven
    """

    context: ValidationContext
    stamps: tuple[TokenResult, ...]
    archive: tuple[TokenResult, ...]
    proven: datetime | None

    def restrict(self, signer: SignerInfo, start: datetime) -> Self:
        """Return the times without what is older than the signer's certificate.

        Nothing can be signed with a certificate that does not exist: such a clock is wrong, and
        what it says is no proof (EN 319 102-1 5.5.4).
        """
        past = self.context.past
        if past is None or self.proven is None or self.proven >= start:
            return self
        later = (e for e in past.proofs.select_signing(_hash(signer.signature)) if e >= start)
        return replace(self, proven=min(later, default=None))


def prove_times(
    process: ValidationProcess,
    signed: SignedData,
    signer: SignerInfo,
    embedded: Embedded,
    request: ValidationRequest,
    context: ValidationContext,
) -> SignatureTimes:
    """Find out when a stored signature existed; steps about time-stamps go into `process`."""
    signature = _hash(signer.signature)
    proofs = _prove_from_outside(process, signed, signer, embedded, request)
    past = PastEvidence(
        context.moment,
        proofs,
        embedded.responses,
        tuple(embedded.parse_lists()),
        (*signed.certificates, *embedded.hints()),
    )
    content = request.content if signed.content is None else signed.content
    archive = verify_archive_stamps(signed, signer, content, context, past, process.digests)
    proofs = archive.proofs
    past = replace(past, proofs=proofs)
    stamps = (
        *verify_stamps(process, signer, context.bring_along(past), fresh=False),
        *process.stamps,
    )
    for each in stamps:
        if each.time is not None:
            proof = ProofOfExistence(each.time, ProofSource.TIME_STAMP)
            proofs = proofs.extend([signature], proof)
    dated = context.bring_along(replace(past, proofs=proofs))
    return SignatureTimes(dated, stamps, archive.stamps, proofs.find_signing(signature))


def verify_stamps(
    process: ValidationProcess, signer: SignerInfo, context: ValidationContext, *, fresh: bool
) -> tuple[TokenResult, ...]:
    """Verify the time-stamps over a signature value, at most eight, each by itself."""
    values = _find_values(signer, oids.SIGNATURE_TIME_STAMP)
    if len(values) > _MAX_TOKENS:
        process.steps.append(warning("timestamp", f"too_many:{len(values)}"))
    return tuple(
        verify_token(value, signer.signature, context, fresh=fresh)
        for value in values[:_MAX_TOKENS]
    )


def make_stamp_step(code: str, token: TokenResult) -> ValidationStep:
    """Say what a time-stamp proves."""
    if token.time is None:
        # Anybody can add an unsigned attribute to what somebody else has signed: one that does not
        # hold proves no time, and takes nothing from the signature (EN 319 102-1 5.6.3).
        return warning(code, token.evidence.reason)
    return passed(code, token.time.isoformat())


def _prove_from_outside(
    process: ValidationProcess,
    signed: SignedData,
    signer: SignerInfo,
    embedded: Embedded,
    request: ValidationRequest,
) -> ProofsOfExistence:
    """Return the proofs given with the request; one about the file is about everything in it."""
    names = {process.cms_sha256, _hash(request.cms)}
    about_file = [proof for name in names for proof in request.proofs.select(name)]
    inside = (
        signer.signature,
        *_find_values(signer, oids.SIGNATURE_TIME_STAMP),
        *(each.raw for each in signed.certificates),
        *embedded.certificates,
        *embedded.lists,
        *embedded.responses,
        *embedded.archive,
    )
    return request.proofs.extend(map(_hash, inside), *about_file)


def _find_values(signer: SignerInfo, oid: str) -> list[bytes]:
    return [value.raw for each in signer.unsigned if each.oid == oid for value in each.values]


def _hash(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()
