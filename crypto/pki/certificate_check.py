"""Everything about the signer's certificate: path, purpose, holder, revocation; as steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crypto.pki import oids
from crypto.pki.algorithms import AlgorithmRegistry, KeyPolicy, Outcome
from crypto.pki.certificate import Certificate
from crypto.pki.list_check import Judging
from crypto.pki.path import PathBudget, PathFailure, PathResult, find_path
from crypto.pki.path_inputs import PathInputs
from crypto.pki.policy import ChecksumRule, ValidationPolicy
from crypto.pki.profile import holder_identity, keystores, roles, signs_documents
from crypto.pki.report import EvidenceItem, SubIndication
from crypto.pki.revocation import RevocationJudge
from crypto.pki.sources import RevocationSources
from crypto.pki.step import Step, failed, passed, unsettled, warning
from crypto.pki.trust import TrustStore
from crypto.pki.verdict import RevocationStatus, RevocationVerdict

__all__ = ["CertificateExamination", "examine_certificate"]

_LINK_CODES = {"no_issuer_found", "link_signature", "name_chaining", "path_budget_spent"}
_CRYPTO_CODES = {
    Outcome.NOT_SUPPORTED.value: "signature.algorithm_not_supported",
    Outcome.WEAK.value: "signature.algorithm_too_weak",
    Outcome.KEY_REFUSED.value: "signature.public_key_refused",
    Outcome.KEY_MISMATCH.value: "signature.public_key_refused",
}
_CONSTRAINTS = SubIndication.SIG_CONSTRAINTS_FAILURE


@dataclass(frozen=True, slots=True)
class CertificateExamination:
    """Steps and evidence; `chain` is empty when no path validates."""

    chain: tuple[Certificate, ...]
    steps: tuple[Step, ...]
    evidence: tuple[EvidenceItem, ...]


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
    path = _path(certificate, extra, bench)
    steps = [_path_step(path)]
    steps += _purpose(certificate, policy)
    steps += _holder(certificate, policy, expected_iin)
    evidence: tuple[EvidenceItem, ...] = ()
    if path.valid:
        revocation, evidence = _revocation(path.chain, bench)
        steps += revocation
    else:
        # Without an issuer nobody can answer, and nobody is asked: its addresses are not trusted.
        steps.append(
            unsettled(
                "revocation",
                SubIndication.TRY_LATER,
                "signature.no_revocation_answer",
                "no_path",
            )
        )
    return CertificateExamination(path.chain if path.valid else (), tuple(steps), evidence)


def _path(certificate: Certificate, extra: Sequence[Certificate], bench: _Bench) -> PathResult:
    return find_path(
        certificate,
        trust=bench.trust,
        extra=extra,
        inputs=PathInputs.any_policy(bench.moment),
        registry=bench.registry,
        keys=bench.keys,
        budget=PathBudget(),
    )


def _path_step(path: PathResult) -> Step:
    if path.valid:
        return passed("path", f"length:{len(path.chain)}")
    codes = {failure.code for failure in path.failures}
    detail = ",".join(_described(failure) for failure in path.failures[:8])
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


def _purpose(certificate: Certificate, policy: ValidationPolicy) -> list[Step]:
    steps: list[Step] = []
    if policy.require_non_repudiation:
        if signs_documents(certificate):
            steps.append(passed("key_usage"))
        else:
            login = oids.CLIENT_AUTH in certificate.extended_key_usage
            detail = "authentication_key" if login else "no_non_repudiation"
            steps.append(failed("key_usage", _CONSTRAINTS, "signature.wrong_key_usage", detail))
    for code, accepted, stated in (
        ("role", policy.accepted_roles, roles(certificate)),
        ("certificate_policy", policy.accepted_policies, certificate.policies),
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


def _holder(
    certificate: Certificate, policy: ValidationPolicy, expected_iin: str | None
) -> list[Step]:
    identity = holder_identity(certificate)
    steps: list[Step] = []
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


def _revocation(
    chain: tuple[Certificate, ...], bench: _Bench
) -> tuple[list[Step], tuple[EvidenceItem, ...]]:
    tolerance = timedelta(seconds=bench.policy.clock_tolerance_s)
    judging = Judging(bench.moment, bench.registry, bench.keys, tolerance)
    judge = RevocationJudge(bench.sources, bench.policy, judging)
    steps: list[Step] = []
    evidence: list[EvidenceItem] = []
    for position in range(len(chain) - 1):
        certificate, issuer = chain[position], chain[position + 1]
        if position == 0:
            verdict = judge.of_signer(certificate, issuer)
        else:
            verdict = judge.of_authority(certificate, issuer)
        steps.append(_revocation_step(verdict, position))
        evidence += verdict.evidence
    return steps, tuple(evidence)


def _revocation_step(verdict: RevocationVerdict, position: int) -> Step:
    code = "revocation" if position == 0 else "ca_revocation"
    if verdict.status is RevocationStatus.GOOD:
        return passed(code, verdict.reason)
    if verdict.status is RevocationStatus.REVOKED:
        reason = "signature.revoked" if position == 0 else "signature.ca_revoked"
        at = verdict.revoked_at.isoformat() if verdict.revoked_at else ""
        stated = "" if verdict.crl_reason is None else f":reason_{verdict.crl_reason}"
        detail = f"{verdict.reason}:{at}{stated}"
        return failed(code, SubIndication.REVOKED, reason, detail)
    if Outcome.NOT_SUPPORTED.value in verdict.reason:
        sub = SubIndication.CRYPTO_CONSTRAINTS_FAILURE
        return unsettled(code, sub, "signature.algorithm_not_supported", verdict.reason)
    reason = "signature.no_revocation_answer"
    return unsettled(code, SubIndication.TRY_LATER, reason, verdict.reason)
