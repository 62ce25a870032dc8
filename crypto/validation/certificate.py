"""Everything about the signer's certificate: path, purpose, holder, revocation; as steps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import AlgorithmRegistry, SignatureOutcome
from crypto.asn1 import oids
from crypto.path.inputs import PathInputs
from crypto.path.trust import TrustStore
from crypto.path.validate import PathBudget, PathFailure, PathResult
from crypto.report.policy import ChecksumRule, ValidationPolicy
from crypto.report.report import EvidenceItem, SubIndication
from crypto.revocation.check import RevocationJudge
from crypto.revocation.crl_status import Judging
from crypto.revocation.ocsp_status import NEVER_ISSUED
from crypto.revocation.sources import RevocationSources
from crypto.revocation.status import RevocationStatus, RevocationVerdict
from crypto.validation.chain import ChainVerdict, judge_chain
from crypto.validation.issuance import examine_issuance
from crypto.validation.step import ValidationStep, about, failed, passed, unsettled, warning
from crypto.x509.certificate import Certificate
from crypto.x509.profile import holder_identity, keystores, roles, signs_documents

__all__ = ["CertificateExamination", "examine_certificate"]

_LINK_CODES = {"no_issuer_found", "link_signature", "name_chaining"}
_CRYPTO_CODES = {
    SignatureOutcome.NOT_SUPPORTED.value: "signature.algorithm_not_supported",
    SignatureOutcome.WEAK.value: "signature.algorithm_too_weak",
    SignatureOutcome.KEY_REFUSED.value: "signature.public_key_refused",
    SignatureOutcome.KEY_MISMATCH.value: "signature.public_key_refused",
}
_CONSTRAINTS = SubIndication.SIG_CONSTRAINTS_FAILURE


@dataclass(frozen=True, slots=True)
class CertificateExamination:
    """Steps and evidence; `chain` is empty when no path validates.

    signer_status  revocation of the certificate itself, None when it was not judged
    """

    chain: tuple[Certificate, ...]
    steps: tuple[ValidationStep, ...]
    evidence: tuple[EvidenceItem, ...]
    signer_status: RevocationVerdict | None = None


@dataclass(frozen=True, slots=True)
class _Bench:
    """What every examination at one moment shares."""

    trust: TrustStore
    policy: ValidationPolicy
    sources: RevocationSources
    registry: AlgorithmRegistry
    keys: KeyPolicy
    moment: datetime


def examine_certificate(  # noqa: PLR0913 - all keywords
    certificate: Certificate,
    *,
    extra: Sequence[Certificate],
    expected_iin: str | None,
    trust: TrustStore,
    policy: ValidationPolicy,
    sources: RevocationSources,
    registry: AlgorithmRegistry,
    keys: KeyPolicy,
    moment: datetime,
) -> CertificateExamination:
    """Examine the signer's certificate against one trust store and one policy."""
    bench = _Bench(trust, policy, sources, registry, keys, moment)
    found = _judged(certificate, extra, bench)
    path = found.path
    steps = [_path_step(path)]
    steps += _purpose(certificate, policy)
    steps += examine_issuance(certificate, policy)
    steps += _policy_step(path, certificate, policy)
    steps += _holder(certificate, policy, expected_iin)
    irregular = [c for c in (path.chain or (certificate,)) if c.fractional_times]
    times = tuple(about(c, warning("certificate_times", "fractions")) for c in irregular)
    if not path.valid:
        # Without an issuer nobody can answer, and nobody is asked: its addresses are not trusted.
        reason = "signature.no_revocation_answer"
        steps.append(unsettled("revocation", SubIndication.TRY_LATER, reason, "no_path"))
        own = tuple(about(certificate, each) for each in steps)
        return CertificateExamination((), (*own, *times), ())
    steps = [about(certificate, each) for each in steps]
    judged = list(zip(path.chain, found.statuses, strict=False))  # the anchor has no status
    steps += [about(c, _revocation_step(verdict, n)) for n, (c, verdict) in enumerate(judged)]
    if not judged:
        # An anchor that signs itself: nobody above it can say that its key is still its own.
        reason = "signature.no_revocation_answer"
        own_step = unsettled("revocation", SubIndication.TRY_LATER, reason, "signer_is_anchor")
        steps.append(about(certificate, own_step))
    evidence = tuple(replace(e, about=c.sha256) for c, verdict in judged for e in verdict.evidence)
    status = found.statuses[0] if found.statuses else None
    return CertificateExamination(path.chain, (*steps, *times), evidence, status)


def _judged(certificate: Certificate, extra: Sequence[Certificate], bench: _Bench) -> ChainVerdict:
    tolerance = timedelta(seconds=bench.policy.clock_tolerance_s)
    judging = Judging(bench.moment, bench.registry, bench.keys, tolerance)
    return judge_chain(
        certificate,
        trust=bench.trust,
        extra=extra,
        inputs=PathInputs.any_policy(bench.moment),
        judge=RevocationJudge(bench.sources, bench.policy, judging),
        budget=PathBudget(),
    )


def _path_step(path: PathResult) -> ValidationStep:
    if path.valid:
        return passed("path", f"length:{len(path.chain)}")
    codes = {failure.code for failure in path.failures}
    detail = ",".join(_described(failure) for failure in path.failures[:8])
    if "path_budget_spent" in codes:
        sub = SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE
        return unsettled("path", sub, "signature.path_budget_spent", detail)
    if codes & _LINK_CODES:
        sub = SubIndication.NO_CERTIFICATE_CHAIN_FOUND
        return unsettled("path", sub, "signature.no_chain", detail)
    for failure in path.failures:
        if failure.code in _CRYPTO_CODES:
            sub = SubIndication.CRYPTO_CONSTRAINTS_FAILURE
            return unsettled("path", sub, _CRYPTO_CODES[failure.code], detail)
    signer = {failure.code for failure in path.failures if failure.position == 0}
    if "expired" in signer:
        return failed("path", SubIndication.EXPIRED, "signature.expired", detail)
    if "not_yet_valid" in signer:
        return failed("path", SubIndication.NOT_YET_VALID, "signature.not_yet_valid", detail)
    sub = SubIndication.CHAIN_CONSTRAINTS_FAILURE
    return unsettled("path", sub, "signature.chain_refused", detail)


def _described(failure: PathFailure) -> str:
    tail = f":{failure.detail}" if failure.detail else ""
    return f"{failure.code}@{failure.position}{tail}"


def _purpose(certificate: Certificate, policy: ValidationPolicy) -> list[ValidationStep]:
    steps: list[ValidationStep] = []
    if policy.require_non_repudiation:
        if signs_documents(certificate):
            steps.append(passed("key_usage"))
        else:
            login = oids.CLIENT_AUTH in certificate.extended_key_usage
            detail = "authentication_key" if login else "no_non_repudiation"
            steps.append(failed("key_usage", _CONSTRAINTS, "signature.wrong_key_usage", detail))
    for code, accepted, stated in (
        ("role", policy.accepted_roles, roles(certificate)),
        ("keystore", policy.accepted_keystores, keystores(certificate)),
    ):
        if not accepted:
            continue
        if accepted & set(stated):
            steps.append(passed(code))
        else:
            reason = f"signature.{code}_not_accepted"
            steps.append(failed(code, _CONSTRAINTS, reason, ",".join(stated)))
    return steps


def _policy_step(
    path: PathResult, certificate: Certificate, policy: ValidationPolicy
) -> list[ValidationStep]:
    """Hold the policies the whole path stands for against those the bank accepts.

    RFC 5280's user-constrained set decides. НУЦ РК states 1.2.398.3.3.2 in its CA and arcs of it
    in older keys, which RFC 5280 does not relate: such an arc counts when the certificate states
    it and every CA below the anchor states it, an arc above it, or anyPolicy.
    """
    accepted = policy.accepted_policies
    if not accepted or not path.valid:
        return []  # a path that is none stands for nothing, and its own step says so
    stood_for = accepted if oids.ANY_POLICY in path.policies else path.policies & accepted
    arcs = {
        wanted
        for wanted in accepted & set(certificate.policies)
        if all(_covers(authority.policies, wanted) for authority in path.chain[1:-1])
    }
    if stood_for or arcs:
        return [passed("certificate_policy", "" if stood_for else "by_arc")]
    stated = ",".join(certificate.policies)
    reason = "signature.certificate_policy_not_accepted"
    return [failed("certificate_policy", _CONSTRAINTS, reason, stated)]


def _covers(stated: tuple[str, ...], wanted: str) -> bool:
    return any(each == oids.ANY_POLICY or f"{wanted}.".startswith(f"{each}.") for each in stated)


def _holder(
    certificate: Certificate, policy: ValidationPolicy, expected_iin: str | None
) -> list[ValidationStep]:
    identity = holder_identity(certificate)
    steps: list[ValidationStep] = []
    if identity.ambiguous:
        steps.append(failed("iin", _CONSTRAINTS, "signature.iin_refused", "ambiguous"))
    for code, number in (("iin", identity.iin), ("bin", identity.bin)):
        if number is None:
            continue
        if number.well_formed:
            steps.append(passed(code))
        elif policy.iin_checksum is ChecksumRule.WARN:
            steps.append(warning(code, "could_not_have_been_issued"))
        else:
            detail = "could_not_have_been_issued"
            steps.append(failed(code, _CONSTRAINTS, f"signature.{code}_refused", detail))
    if expected_iin is not None:
        if identity.iin is not None and identity.iin.digits == expected_iin:
            steps.append(passed("iin_match"))
        else:
            detail = "absent" if identity.iin is None else "other_person"
            steps.append(failed("iin_match", _CONSTRAINTS, "signature.iin_mismatch", detail))
    return steps


def _revocation_step(verdict: RevocationVerdict, position: int) -> ValidationStep:
    code = "revocation" if position == 0 else "ca_revocation"
    if verdict.status is RevocationStatus.GOOD:
        return passed(code, verdict.reason)
    if verdict.status is RevocationStatus.REVOKED:
        reason = "signature.revoked" if position == 0 else "signature.ca_revoked"
        if verdict.reason == NEVER_ISSUED:
            reason = "signature.never_issued"
        at = verdict.revoked_at.isoformat() if verdict.revoked_at else ""
        stated = "" if verdict.crl_reason is None else f":reason_{verdict.crl_reason}"
        detail = f"{verdict.reason}:{at}{stated}"
        return failed(code, SubIndication.REVOKED, reason, detail)
    if SignatureOutcome.NOT_SUPPORTED.value in verdict.reason:
        sub = SubIndication.CRYPTO_CONSTRAINTS_FAILURE
        return unsettled(code, sub, "signature.algorithm_not_supported", verdict.reason)
    reason = "signature.no_revocation_answer"
    return unsettled(code, SubIndication.TRY_LATER, reason, verdict.reason)
