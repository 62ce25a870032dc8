"""One signature validated from bytes to report (order of checks: eds.md 10, EN 319 102-1 5.3).

Every check that can still be made is made: a report that stops at the first failure helps
nobody to mend anything. `validate` never raises on what it was given to judge.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crypto.cms.carriage import decode_signature_file
from crypto.cms.signed_data import SignedData, SignerInfo
from crypto.cms.signer import Examined, examine_signer
from crypto.cms.token import TokenBench, verify_token
from crypto.errors import CryptoError
from crypto.pki import oids
from crypto.pki.algorithms import AlgorithmRegistry, KeyPolicy, default_registry
from crypto.pki.certificate import Certificate
from crypto.pki.certificate_check import examine_certificate
from crypto.pki.policy import ChecksumRule, Environment, ValidationPolicy
from crypto.pki.profile import subject_facts
from crypto.pki.report import (
    EvidenceItem,
    SignatureReport,
    SubIndication,
    SubjectFacts,
    milliseconds,
)
from crypto.pki.sources import RevocationSources
from crypto.pki.step import Step, conclude, failed, passed, unsettled, warning
from crypto.pki.trust import TrustRefused, TrustStore

__all__ = ["SignatureValidator", "ValidationPolicy"]

_MAX_TOKENS = 4
_FORMAT = SubIndication.FORMAT_FAILURE


@dataclass(slots=True)
class _Case:
    """What has been found out about one signature so far."""

    cms_sha256: str
    moment: datetime
    content_sha256: str = ""
    subject: SubjectFacts | None = None
    chain: tuple[str, ...] = ()
    claim_ms: int | None = None
    steps: list[Step] = field(default_factory=list)
    evidence: list[EvidenceItem] = field(default_factory=list)

    def report(self) -> SignatureReport:
        indication, sub, reason = conclude(self.steps, "signature.passed")
        return SignatureReport(
            indication=indication,
            sub_indication=sub,
            reason=reason,
            subject=self.subject,
            chain=self.chain,
            findings=tuple(step.finding for step in self.steps),
            evidence=tuple(self.evidence),
            cms_sha256=self.cms_sha256,
            content_sha256=self.content_sha256,
            validated_at_ms=milliseconds(self.moment),
            signed_at_claim_ms=self.claim_ms,
        )


class SignatureValidator:
    """Validates CMS signatures of persons against one trust store and one policy.

    timestamp_trust  anchors for time-stamping authorities; the signer's own when not given. They
                     differ in the test environment, whose signatures carry production time-stamps.
    registry         algorithms; the built-in ones when not given

    Raises TrustRefused when policy and trust belong to different environments, or when a
    production policy would let an ИИН pass that was never issued.
    """

    def __init__(
        self,
        *,
        trust: TrustStore,
        policy: ValidationPolicy,
        revocation: RevocationSources,
        timestamp_trust: TrustStore | None = None,
        registry: AlgorithmRegistry | None = None,
    ) -> None:
        if trust.environment is not policy.environment:
            raise TrustRefused("environment_differs")
        if policy.environment is Environment.PROD:
            if policy.iin_checksum is not ChecksumRule.STRICT:
                raise TrustRefused("checksum_not_strict")
            if timestamp_trust is not None and timestamp_trust.environment is Environment.TEST:
                raise TrustRefused("environment_differs")
        self._trust = trust
        self._timestamp_trust = timestamp_trust or trust
        self._policy = policy
        self._sources = revocation
        self._registry = registry or default_registry()
        self._keys = KeyPolicy({"rsa": policy.minimum_rsa_bits})

    def validate(
        self,
        untrusted_cms: bytes,
        *,
        expected_content: bytes | None,
        expected_iin: str | None,
        moment: datetime,
    ) -> SignatureReport:
        """Validate one signature: PEM, base64 or DER of a ContentInfo with exactly one signer.

        expected_content  the very octets that were given to sign; required when detached
        expected_iin      twelve digits the certificate must state; None asks no such question
        moment            aware; every validity and freshness is judged at it
        """
        case = _Case(hashlib.sha256(untrusted_cms).hexdigest(), moment)
        try:
            der = decode_signature_file(untrusted_cms)
            case.cms_sha256 = hashlib.sha256(der).hexdigest()
            signed = SignedData.parse(der)
            self._examine(case, signed, expected_content, expected_iin)
        except CryptoError as malformed:
            detail = f"{malformed.code}:{malformed.detail}"
            case.steps.append(failed("format", _FORMAT, "signature.malformed", detail))
        return case.report()

    def _examine(
        self,
        case: _Case,
        signed: SignedData,
        expected_content: bytes | None,
        expected_iin: str | None,
    ) -> None:
        case.steps.append(passed("format"))
        if len(signed.signers) != 1:
            detail = str(len(signed.signers))
            case.steps.append(failed("signers", _FORMAT, "signature.malformed", detail))
            return
        case.steps.append(passed("signers"))
        content = _content(case, signed, expected_content)
        signer = signed.signers[0]
        self._claim(case, signer)
        certificate = _signing_certificate(case, signed, signer)
        if certificate is None:
            return
        case.subject = subject_facts(certificate)
        if content is not None:
            keys = self._keys.at(case.moment)
            case.steps += examine_signer(
                Examined(
                    signed, signer, certificate, content, oids.DATA, self._registry, keys
                )
            )
        self._certificate(case, certificate, signed, expected_iin)
        self._timestamps(case, signer)

    def _claim(self, case: _Case, signer: SignerInfo) -> None:
        claimed = signer.signing_time()
        if claimed is None:
            case.steps.append(warning("signing_time", "absent"))
            return
        case.claim_ms = milliseconds(claimed)
        window = timedelta(seconds=self._policy.signing_time_window_s)
        away = abs(claimed - case.moment) > window
        case.steps.append(warning("signing_time", "clock_away") if away else passed("signing_time"))

    def _certificate(
        self,
        case: _Case,
        certificate: Certificate,
        signed: SignedData,
        expected_iin: str | None,
    ) -> None:
        found = examine_certificate(
            certificate,
            extra=signed.certificates,
            expected_iin=expected_iin,
            trust=self._trust,
            policy=self._policy,
            sources=self._sources,
            registry=self._registry,
            keys=self._keys.at(case.moment),
            moment=case.moment,
        )
        case.chain = tuple(item.sha256 for item in found.chain)
        case.steps += found.steps
        case.evidence += found.evidence

    def _timestamps(self, case: _Case, signer: SignerInfo) -> None:
        tokens = [
            value.raw
            for attribute in signer.unsigned
            if attribute.oid == oids.SIGNATURE_TIME_STAMP
            for value in attribute.values
        ]
        bench = TokenBench(
            self._timestamp_trust,
            self._sources,
            self._registry,
            self._keys.at(case.moment),
            case.moment,
            timedelta(seconds=self._policy.clock_tolerance_s),
            timedelta(seconds=self._policy.crl_max_age_s),
        )
        for token in tokens[:_MAX_TOKENS]:
            verdict = verify_token(token, signer.signature, bench)
            case.evidence.append(verdict.evidence)
            detail = verdict.evidence.reason
            if verdict.broken:
                case.steps.append(failed("timestamp", _FORMAT, "signature.timestamp_wrong", detail))
            elif verdict.time is None:
                # A time-stamp is optional: one that cannot be verified here gives no time.
                case.steps.append(warning("timestamp", detail))
            else:
                case.steps.append(passed("timestamp", verdict.time.isoformat()))


def _content(case: _Case, signed: SignedData, expected: bytes | None) -> bytes | None:
    content = signed.content if signed.content is not None else expected
    if content is None:
        sub = SubIndication.SIGNED_DATA_NOT_FOUND
        case.steps.append(unsettled("content", sub, "signature.content_missing"))
        return None
    case.content_sha256 = hashlib.sha256(content).hexdigest()
    if expected is not None and content != expected:
        sub = SubIndication.HASH_FAILURE
        case.steps.append(failed("content", sub, "signature.content_mismatch", "attached"))
    else:
        detail = "detached" if signed.content is None else "attached"
        case.steps.append(
            passed("content", detail)
            if expected is not None
            else warning("content", "not_compared")
        )
    return content


def _signing_certificate(case: _Case, signed: SignedData, signer: SignerInfo) -> Certificate | None:
    matching = {c.sha256: c for c in signed.certificates if signer.names(c)}
    if len(matching) != 1:
        detail = "ambiguous" if matching else f"absent:{signed.unreadable}_unreadable"
        sub = SubIndication.NO_SIGNING_CERTIFICATE_FOUND
        case.steps.append(
            unsettled("signing_certificate", sub, "signature.no_signing_certificate", detail)
        )
        return None
    return next(iter(matching.values()))
