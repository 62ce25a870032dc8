"""Everything about the signer's certificate: path, purpose, holder, revocation; as steps."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from crypto.algorithms.registry import SignatureOutcome
from crypto.asn1 import oids
from crypto.path.validate import PathFailure, PathResult
from crypto.report.policy import ChecksumRule, ValidationPolicy
from crypto.report.report import (
    EvidenceItem,
    EvidenceKind,
    MissingIssuer,
    SubIndication,
    milliseconds,
)
from crypto.revocation.context import ValidationContext
from crypto.revocation.ocsp_status import NEVER_ISSUED
from crypto.revocation.status import RevocationResult, RevocationStatus
from crypto.validation.chain import ChainResult, validate_chain
from crypto.validation.issuance import check_issuance
from crypto.validation.profile import check_profile
from crypto.validation.step import ValidationStep, about, failed, passed, unsettled, warning
from crypto.x509.certificate import Certificate
from crypto.x509.names import describe_name
from crypto.x509.profile import (
    holder_identity,
    keystores,
    roles,
    signs_documents,
    system_roles,
)

__all__ = ["CertificateResult", "validate_certificate"]

_LINK_CODES = {"no_issuer_found", "link_signature", "name_chaining"}
_CRYPTO_CODES = {
    SignatureOutcome.NOT_SUPPORTED.value: "signature.algorithm_not_supported",
    SignatureOutcome.WEAK.value: "signature.algorithm_too_weak",
    SignatureOutcome.KEY_REFUSED.value: "signature.public_key_refused",
    SignatureOutcome.KEY_MISMATCH.value: "signature.public_key_refused",
}
_CONSTRAINTS = SubIndication.SIG_CONSTRAINTS_FAILURE


@dataclass(frozen=True, slots=True)
class CertificateResult:
    """Steps and evidence; `chain` is empty when no path validates.

    statuses        of the certificates below the anchor, the signer's first; empty without a path
    missing_issuer  of the certificate at which the chain ends without an anchor
    """

    chain: tuple[Certificate, ...]
    steps: tuple[ValidationStep, ...]
    evidence: tuple[EvidenceItem, ...]
    statuses: tuple[RevocationResult, ...] = ()
    missing_issuer: MissingIssuer | None = None


def validate_certificate(
    certificate: Certificate,
    extra: Iterable[Certificate],
    context: ValidationContext,
    *,
    expected_iin: str | None,
) -> CertificateResult:
    """Validate the signer's certificate: EN 319 102-1 5.2.6, and whose key it is and what for.

    extra         certificates that came with it: hints for building paths
    expected_iin  twelve digits it must state; None asks no such question

    1. A path to an anchor validates (RFC 5280 6.1)
    2. The key may sign documents, in a role and on a carrier that the policy accepts, and states
       nothing that contradicts its holder
    3. Carrier and identification at issuance are as the policy wants them
    4. The whole path stands for an accepted certificate policy
    5. The holder's ИИН and БИН could have been issued, and the ИИН is the expected one
    6. The signer and every CA below the anchor are not revoked (RFC 5280 6.3, RFC 6960)
    7. Times are written as RFC 5280 wants them; a departure is only noted, and so are a key that
       is young and one whose validity begins a moment ahead

    The caller must find out which certificate signed (5.2.3) and verify the signature with the key
    of `chain[0]`, which has the parameters that it inherits (5.2.7). Every step is taken, failed
    ones before it or not: a report that stops at the first failure helps nobody to mend anything.
    """
    policy = context.policy
    found = validate_chain(certificate, extra, context.for_signer())
    path = found.path
    own = [_make_path_step(path)]  # (1)
    own += _check_purpose(certificate, policy)  # (2)
    own += check_profile(certificate, policy)
    own += check_issuance(certificate, policy)  # (3)
    own += _check_policies(path, certificate, policy)  # (4)
    own += _check_holder(certificate, policy, expected_iin)  # (5)
    own += _check_age(certificate, context)  # (7)
    steps = [about(certificate, each) for each in own]
    steps += _make_revocation_steps(certificate, found)  # (6)
    for each in path.chain or (certificate,):  # (7)
        if each.fractional_times:
            steps.append(about(each, warning("certificate_times", "fractions")))
    checked = list(zip(path.chain, found.statuses, strict=False))  # the anchor has no status
    return CertificateResult(
        path.chain if path.valid else (),
        tuple(steps),
        tuple(replace(e, about=c.sha256) for c, status in checked for e in status.evidence),
        found.statuses,
        _find_missing_issuer(path),
    )


def _find_missing_issuer(path: PathResult) -> MissingIssuer | None:
    """Name the issuer that would have to be known, or whose key did not make the signature."""
    end = path.end
    for failure in path.failures:
        if failure.code in _LINK_CODES and failure.position < len(path.chain):
            end = path.chain[failure.position]
    if end is None:
        return None
    stated = end.authority_key_id.key_id if end.authority_key_id else None
    if end.self_issued:
        stated = end.subject_key_id or stated
    key_id = stated.hex() if stated else ""
    return MissingIssuer(describe_name(end.issuer), key_id, end.self_issued)


def _make_path_step(path: PathResult) -> ValidationStep:
    if path.valid:
        return passed("path", f"length:{len(path.chain)}")
    codes = {failure.code for failure in path.failures}
    detail = ",".join(_describe(failure) for failure in path.failures[:8])
    if "path_budget_spent" in codes:
        sub = SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE
        return unsettled("path", sub, "signature.path_budget_spent", detail)
    if codes & _LINK_CODES:
        sub = SubIndication.NO_CERTIFICATE_CHAIN_FOUND
        return unsettled("path", sub, "signature.no_chain", detail)
    if "authority_not_accepted" in codes:
        # Whom the bank accepts is no matter of time or of what anybody else may still say.
        return failed("path", _CONSTRAINTS, "signature.authority_not_accepted", detail)
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


def _describe(failure: PathFailure) -> str:
    tail = f":{failure.detail}" if failure.detail else ""
    return f"{failure.code}@{failure.position}{tail}"


def _check_purpose(certificate: Certificate, policy: ValidationPolicy) -> list[ValidationStep]:
    steps: list[ValidationStep] = []
    if policy.require_non_repudiation:
        if signs_documents(certificate):
            steps.append(passed("key_usage"))
        else:
            login = oids.CLIENT_AUTH in certificate.extended_key_usage
            detail = "authentication_key" if login else "no_non_repudiation"
            steps.append(failed("key_usage", _CONSTRAINTS, "signature.wrong_key_usage", detail))
    programs = policy.require_consistent_profile and system_roles(certificate)
    for code, accepted, stated, reason in (
        ("role", policy.accepted_roles, roles(certificate), "signature.role_not_accepted"),
        (
            "keystore",
            policy.accepted_keystores,
            keystores(certificate),
            "signature.keystore_not_accepted",
        ),
    ):
        if not accepted:
            continue
        if code == "role" and programs and programs - accepted:
            # НУЦ writes the individual's role beside that of the individual's program.
            steps.append(failed(code, _CONSTRAINTS, reason, "information_system"))
        elif accepted & set(stated):
            steps.append(passed(code))
        else:
            steps.append(failed(code, _CONSTRAINTS, reason, ",".join(stated)))
    return steps


def _check_policies(
    path: PathResult, certificate: Certificate, policy: ValidationPolicy
) -> list[ValidationStep]:
    """Hold the policies the whole path stands for against those the bank accepts.

    RFC 5280's user-constrained set decides. НУЦ РК states 1.2.398.3.3.2 in its CA and arcs of it
    in older keys, which RFC 5280 does not relate: such an arc counts when the certificate states
    it and every CA below the anchor states it, an arc above it, anyPolicy, or what the bank takes
    for one of a centre's own (`authority_policies`).
    """
    accepted = policy.accepted_policies
    if not accepted or not path.valid:
        return []  # a path that is none stands for nothing, and its own step says so
    stood_for = accepted if oids.ANY_POLICY in path.policies else path.policies & accepted
    arcs = {
        wanted
        for wanted in accepted & set(certificate.policies)
        if all(
            _covers(authority.policies, wanted)
            or not policy.authority_policies.isdisjoint(authority.policies)
            for authority in path.chain[1:-1]
        )
    }
    if stood_for or arcs:
        return [passed("certificate_policy", "" if stood_for else "by_arc")]
    stated = ",".join(certificate.policies)
    reason = "signature.certificate_policy_not_accepted"
    return [failed("certificate_policy", _CONSTRAINTS, reason, stated)]


def _covers(stated: tuple[str, ...], wanted: str) -> bool:
    return any(each == oids.ANY_POLICY or f"{wanted}.".startswith(f"{each}.") for each in stated)


def _check_holder(
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


def _check_age(certificate: Certificate, context: ValidationContext) -> list[ValidationStep]:
    """Note a key certified a moment ago: an honest one of the counter, or a thief's of today."""
    age = context.moment - certificate.not_before
    ahead = -age // timedelta(seconds=1)
    steps: list[ValidationStep] = []
    if 0 < ahead <= context.policy.validity_tolerance_s:
        steps.append(warning("validity_start", f"begins_ahead:{ahead}"))
    if age < timedelta(seconds=context.policy.young_key_s):
        steps.append(warning("key_age", f"hours:{max(age, timedelta(0)) // timedelta(hours=1)}"))
    return steps


def _make_revocation_steps(certificate: Certificate, found: ChainResult) -> list[ValidationStep]:
    """Return one step for each certificate below the anchor, or why no status was established."""
    checked = list(zip(found.path.chain, found.statuses, strict=False))
    if not checked:
        # Without an issuer nobody can answer, and nobody is asked: the addresses in a certificate
        # that nobody vouches for are not trusted. Nobody above an anchor that signs itself can say
        # that its key is still its own.
        reason = "signature.no_revocation_answer"
        detail = "signer_is_anchor" if found.path.valid else "no_path"
        missing = unsettled("revocation", SubIndication.TRY_LATER, reason, detail)
        return [about(certificate, missing)]
    steps = [
        about(each, _make_revocation_step(status, n)) for n, (each, status) in enumerate(checked)
    ]
    return steps + [
        about(each, note) for each, status in checked for note in _note_age(each, status)
    ]


def _note_age(certificate: Certificate, status: RevocationResult) -> list[ValidationStep]:
    """Say that a good status rests on lists of before the certificate: none could name it."""
    used = [each for each in status.evidence if each.used]
    if status.status is not RevocationStatus.GOOD or not used:
        return []
    if any(each.kind is not EvidenceKind.CRL for each in used):
        return []
    before = milliseconds(certificate.not_before) - max(each.this_update_ms for each in used)
    return [warning("list_age", f"before_certificate:{before // 1000}")] if before > 0 else []


def _make_revocation_step(result: RevocationResult, position: int) -> ValidationStep:
    code = "revocation" if position == 0 else "ca_revocation"
    at = result.revoked_at.isoformat() if result.revoked_at else ""
    stated = "" if result.crl_reason is None else f":reason_{result.crl_reason}"
    detail = f"{result.reason}:{at}{stated}"
    if result.status is RevocationStatus.GOOD:
        # Good as of a proven time, and revoked since then.
        return warning(code, f"after_timestamp:{detail}") if at else passed(code, result.reason)
    if result.status is RevocationStatus.REVOKED:
        reason = "signature.revoked" if position == 0 else "signature.ca_revoked"
        if result.reason == NEVER_ISSUED:
            reason = "signature.never_issued"
        return failed(code, SubIndication.REVOKED, reason, detail)
    if SignatureOutcome.NOT_SUPPORTED.value in result.reason:
        sub = SubIndication.CRYPTO_CONSTRAINTS_FAILURE
        return unsettled(code, sub, "signature.algorithm_not_supported", result.reason)
    reason = "no_revocation_answer" if result.alarm is None else result.alarm.value
    return unsettled(code, SubIndication.TRY_LATER, f"signature.{reason}", result.reason)
