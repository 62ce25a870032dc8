"""One signature of a message: content, time-stamps, signer, certificate, in one report."""

from dataclasses import replace
from datetime import datetime, timedelta

from crypto.asn1 import oids
from crypto.cms.countersignatures import Countersignatures
from crypto.cms.embedded import Embedded
from crypto.cms.proof_of_existence import judge_as_of, judge_without_proof
from crypto.cms.signature_times import (
    SignatureTimes,
    make_stamp_step,
    prove_times,
    verify_stamps,
)
from crypto.cms.signed_data import SignedData, SignerInfo
from crypto.cms.signer import SignatureSubject, verify_signer
from crypto.cms.signing_certificate import is_certificate_named
from crypto.cms.validation_process import (
    ValidationProcess,
    find_content,
    identify_signing_certificate,
    malformed,
)
from crypto.cms.validation_request import ValidationRequest
from crypto.errors import CryptoError
from crypto.report.policy import ValidationPolicy
from crypto.report.report import Indication, SignatureReport, SubIndication, milliseconds
from crypto.revocation.context import ValidationContext
from crypto.validation.certificate import CertificateResult, validate_certificate
from crypto.validation.step import failed, passed, warning
from crypto.x509.certificate import Certificate
from crypto.x509.profile import subject_facts

__all__ = ["validate_signature"]

_CONSTRAINTS = SubIndication.SIG_CONSTRAINTS_FAILURE


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
    2. Time-stamps over the signature value (5.4), archive time-stamps and proofs from outside: the
       earliest that holds proves the existence of a stored signature (5.6.2.3)
    3. signingTime agrees with the time that is known otherwise (5.2.8)
    4. Exactly one certificate of the message is the signer's (5.2.3)
    5. The certificate validates, its holder, purpose and revocation included (5.2.6, 5.2.5)
    6. Digest, attributes and signature value verify with its key (5.2.7), which a fresh signature
       has to name where the policy wants it
    7. What ended after the proven time is held against no signature that came before it (5.6.2)
    8. What is embedded and was not needed is listed as evidence that was not used
    9. Counter-signatures are validated likewise, each with a report of its own (RFC 5652 11.4)

    The caller must have opened the file, read the message, checked its format (5.2.2) and counted
    its signers; what is found of these stands in `process` already.
    """
    process.steps.append(passed("signers", str(len(signed.signers))))
    try:
        _validate(process, signed, signer, request, context)
    except CryptoError as error:
        process.steps.append(malformed(error))
    _validate_countersignatures(process, signed, signer, request, context)  # (9)
    return process.report()


def _validate_countersignatures(
    process: ValidationProcess,
    signed: SignedData,
    signer: SignerInfo,
    request: ValidationRequest,
    context: ValidationContext,
) -> None:
    """Validate those of a stored signature; of a fresh one, and of one another, they are counted.

    They are no part of the verdict: at a counter nobody waits for what a stranger may have added,
    and no responder is asked because of it.
    """
    found = Countersignatures.read(signer)
    if found.unreadable:
        process.steps.append(warning("countersignatures", f"unreadable:{found.unreadable}"))
    if not found.signers:
        return
    number = len(found.signers)
    if request.fresh or process.countersigned is not None:
        process.steps.append(warning("countersignatures", f"not_judged:{number}"))
        return
    taken = process.countersigning.spend(number)
    if taken < number:
        process.steps.append(warning("countersignatures", f"not_judged:{number - taken}"))
    asked = replace(request, content=None, iin=None)
    over = signer.signature
    process.countersignatures = tuple(
        validate_signature(
            process.branch_for(over),
            Countersignatures.wrap(signed, each, over),
            each,
            asked,
            context,
        )
        for each in found.signers[:taken]
    )
    good = sum(r.indication is Indication.TOTAL_PASSED for r in process.countersignatures)
    step = passed("countersignatures", f"judged:{taken}")
    if good < taken:
        step = warning("countersignatures", f"not_passed:{taken - good}")
    if taken:
        process.steps.append(step)


def _validate(
    process: ValidationProcess,
    signed: SignedData,
    signer: SignerInfo,
    request: ValidationRequest,
    context: ValidationContext,
) -> None:
    content = find_content(process, signed, request.content)  # (1)
    embedded = Embedded.collect(signed, signer).join(process.supplied)
    times = _prove_times(process, signed, signer, embedded, request, context)  # (2)
    context, proven = times.context, times.proven
    process.proven = proven
    known = context.moment if request.fresh else proven
    _check_claimed_time(process, signer, known, context.policy)  # (3)
    certificate = identify_signing_certificate(process, signed, signer, context)  # (4)
    if certificate is None:
        return
    process.subject = subject_facts(certificate)
    times = times.restrict(signer, certificate.not_before - _find_tolerance(context.policy))
    if times.proven != proven:
        process.steps.append(warning("timestamp", "before_certificate"))
        process.proven = proven = times.proven
    hints = (*signed.certificates, *embedded.hints())
    found = validate_certificate(certificate, hints, context, expected_iin=request.iin)  # (5)
    if not request.fresh:
        found = _judge_stored(found, signer, certificate, times, request)  # (7)
    if content is not None:
        # (6); the value existed at the proven time, so its algorithm is judged as of then
        holder = found.chain[0] if found.chain else certificate
        subject = _make_subject(process, signed, signer, holder, content, request)
        process.steps += verify_signer(subject, context if proven is None else context.at(proven))
    if (
        request.fresh
        and context.policy.require_signing_certificate
        and not is_certificate_named(signer)
    ):
        # Another certificate of the same key verifies as well, and may state another holder.
        reason = "signature.signing_certificate_missing"
        process.steps.append(failed("signing_certificate", _CONSTRAINTS, reason, "absent"))
    process.chain = tuple(item.sha256 for item in found.chain)
    process.steps += found.steps
    process.evidence += found.evidence
    process.missing_issuer = found.missing_issuer
    _report_stamps(process, times)
    looked_at = {item.sha256 for item in process.evidence}
    process.evidence += (e for e in embedded.evidence() if e.sha256 not in looked_at)  # (8)
    if signer.unsigned_unreadable:
        detail = f"unreadable:{signer.unsigned_unreadable}"
        process.steps.append(warning("unsigned_attributes", detail))


def _find_tolerance(policy: ValidationPolicy) -> timedelta:
    return timedelta(seconds=max(policy.clock_tolerance_s, policy.validity_tolerance_s))


def _report_stamps(process: ValidationProcess, times: SignatureTimes) -> None:
    for code, stamps in (("timestamp", times.stamps), ("archive_timestamp", times.archive)):
        for token in stamps:
            process.evidence.append(token.evidence)
            process.steps.append(make_stamp_step(code, token))


def _make_subject(
    process: ValidationProcess,
    signed: SignedData,
    signer: SignerInfo,
    holder: Certificate,
    content: bytes,
    request: ValidationRequest,
) -> SignatureSubject:
    """Return what is verified.

    holder  out of the path, where a key has the parameters it inherits (RFC 5280 6.1.4 d to f)
    """
    # Nobody waits at a counter for the digest of megabytes that are not what was given to sign.
    other = request.fresh and request.content not in {None, content}
    return SignatureSubject(
        signed,
        signer,
        holder,
        None if other else content,
        oids.DATA if process.countersigned is None else None,
        process.digests,
    )


def _prove_times(
    process: ValidationProcess,
    signed: SignedData,
    signer: SignerInfo,
    embedded: Embedded,
    request: ValidationRequest,
    context: ValidationContext,
) -> SignatureTimes:
    if not request.fresh:
        return prove_times(process, signed, signer, embedded, request, context)
    # A signature made just now has no past, and nothing that it brings along speaks for it.
    stamps = verify_stamps(process, signer, context, fresh=True)
    return SignatureTimes(context, (*stamps, *process.stamps), (), None)


def _judge_stored(
    found: CertificateResult,
    signer: SignerInfo,
    certificate: Certificate,
    times: SignatureTimes,
    request: ValidationRequest,
) -> CertificateResult:
    """Return what the certificate was at the proven time, where today's outcome is of time."""
    if times.proven is None:
        return judge_without_proof(found, stamped=bool(times.stamps or times.archive))
    return judge_as_of(
        times.proven,
        found,
        certificate,
        times.context,
        expected_iin=request.iin,
        named=is_certificate_named(signer),
    )


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
