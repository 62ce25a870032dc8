"""One signature of a message: content, time-stamps, signer, certificate, in one report."""

from datetime import datetime, timedelta

from crypto.asn1 import oids
from crypto.cms.embedded import Embedded
from crypto.cms.proof_of_existence import apply_proof_of_existence
from crypto.cms.signed_data import SignedData, SignerInfo
from crypto.cms.signer import SignatureSubject, verify_signer
from crypto.cms.token import TokenResult, verify_token
from crypto.cms.validation_process import (
    ValidationProcess,
    find_content,
    identify_signing_certificate,
    malformed,
)
from crypto.cms.validation_request import ValidationRequest
from crypto.errors import CryptoError
from crypto.report.policy import ValidationPolicy
from crypto.report.report import SignatureReport, SubIndication, milliseconds
from crypto.revocation.context import ValidationContext
from crypto.validation.certificate import validate_certificate
from crypto.validation.step import ValidationStep, failed, passed, warning
from crypto.x509.profile import subject_facts

__all__ = ["validate_signature"]

_CONSTRAINTS = SubIndication.SIG_CONSTRAINTS_FAILURE
_MAX_TOKENS = 8


def validate_signature(
    process: ValidationProcess,
    signed: SignedData,
    signer: SignerInfo,
    request: ValidationRequest,
    context: ValidationContext,
) -> SignatureReport:
    """Validate one signature of a message and conclude; never raises on foreign input.

    The building blocks of EN 319 102-1 for a basic signature (5.3), with its time (5.5):

    1. The signed content is there, and the one that was given to sign (5.2.8)
    2. Time-stamps over the signature value (5.4): the earliest that verifies proves its existence
    3. signingTime agrees with the time that is known otherwise (5.2.8)
    4. Exactly one certificate of the message is the signer's (5.2.3)
    5. The certificate validates, its holder, purpose and revocation included (5.2.6, 5.2.5)
    6. Digest, attributes and signature value verify with its key (5.2.7), which a fresh signature
       has to name where the policy wants it
    7. What ended after the proven time is held against no signature that came before it (5.5)
    8. What is embedded is listed as evidence that was not used

    The caller must have opened the file, read the message, checked its format (5.2.2) and counted
    its signers; what is found of these stands in `process` already.
    """
    process.steps.append(passed("signers", str(len(signed.signers))))
    try:
        _validate(process, signed, signer, request, context)
    except CryptoError as error:
        process.steps.append(malformed(error))
    return process.report()


def _validate(
    process: ValidationProcess,
    signed: SignedData,
    signer: SignerInfo,
    request: ValidationRequest,
    context: ValidationContext,
) -> None:
    content = find_content(process, signed, request.content)  # (1)
    own = _verify_timestamps(process, signer, context, fresh=request.fresh)
    tokens = (*own, *process.stamps)  # (2)
    proven = None if request.fresh else _find_proven_time(tokens)
    known = context.moment if request.fresh else proven
    _check_claimed_time(process, signer, known, context.policy)  # (3)
    certificate = identify_signing_certificate(process, signed, signer, context)  # (4)
    if certificate is None:
        return
    process.subject = subject_facts(certificate)
    embedded = Embedded.collect(signed, signer).join(process.supplied)
    hints = (*signed.certificates, *embedded.hints())
    found = validate_certificate(certificate, hints, context, expected_iin=request.iin)  # (5)
    if content is not None:
        # Out of the path, where a key has the parameters it inherits (RFC 5280 6.1.4 d to f).
        holder = found.chain[0] if found.chain else certificate
        # Nobody waits at a counter for the digest of megabytes that are not what was given to sign.
        other = request.fresh and request.content not in {None, content}
        subject = SignatureSubject(
            signed, signer, holder, None if other else content, oids.DATA, process.digests
        )
        process.steps += verify_signer(subject, context)  # (6)
    if request.fresh and context.policy.require_signing_certificate and not _is_named(signer):
        # Another certificate of the same key verifies as well, and may state another holder.
        reason = "signature.signing_certificate_missing"
        process.steps.append(failed("signing_certificate", _CONSTRAINTS, reason, "absent"))
    process.chain = tuple(item.sha256 for item in found.chain)
    process.steps += (  # (7)
        found.steps if proven is None else apply_proof_of_existence(found, certificate, proven)
    )
    process.evidence += found.evidence
    for token in tokens:
        process.evidence.append(token.evidence)
        process.steps.append(_make_timestamp_step(token))
    process.evidence += embedded.evidence()  # (8)
    if signer.unsigned_unreadable:
        detail = f"unreadable:{signer.unsigned_unreadable}"
        process.steps.append(warning("unsigned_attributes", detail))


def _is_named(signer: SignerInfo) -> bool:
    """Tell whether a signed attribute names the signer's certificate by digest (RFC 5035)."""
    attributes = (oids.SIGNING_CERTIFICATE_V2, oids.SIGNING_CERTIFICATE)
    return any(signer.single(each) is not None for each in attributes)


def _check_claimed_time(
    process: ValidationProcess, signer: SignerInfo, known: datetime | None, policy: ValidationPolicy
) -> None:
    """Hold signingTime, the signer's own claim, against a time that is known otherwise."""
    claimed = signer.signing_time()
    if claimed is None:
        process.steps.append(warning("signing_time", "absent"))
        return
    process.claim_ms = milliseconds(claimed)
    if known is None:
        process.steps.append(warning("signing_time", "claim_only"))
        return
    window = timedelta(seconds=policy.signing_time_window_s)
    away = abs(claimed - known) > window
    process.steps.append(warning("signing_time", "clock_away") if away else passed("signing_time"))


def _verify_timestamps(
    process: ValidationProcess, signer: SignerInfo, context: ValidationContext, *, fresh: bool
) -> tuple[TokenResult, ...]:
    values = [
        value.raw
        for attribute in signer.unsigned
        if attribute.oid == oids.SIGNATURE_TIME_STAMP
        for value in attribute.values
    ]
    if len(values) > _MAX_TOKENS:
        process.steps.append(warning("timestamp", f"too_many:{len(values)}"))
    return tuple(
        verify_token(value, signer.signature, context, fresh=fresh)
        for value in values[:_MAX_TOKENS]
    )


def _find_proven_time(tokens: tuple[TokenResult, ...]) -> datetime | None:
    """Return the earliest time at which a verified authority had seen the signature."""
    return min((token.time for token in tokens if token.time is not None), default=None)


def _make_timestamp_step(token: TokenResult) -> ValidationStep:
    if token.time is None:
        # Anybody can add an unsigned attribute to what somebody else has signed: one that does not
        # hold proves no time, and takes nothing from the signature (EN 319 102-1 5.6.3).
        return warning("timestamp", token.evidence.reason)
    return passed("timestamp", token.time.isoformat())
