"""Signatures validated from bytes to report (order of checks: eds.md 10, EN 319 102-1 5.3).

Every check that can still be made is made: a report that stops at the first failure helps
nobody to mend anything. Nothing here raises on what it was given to judge.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from crypto.cms.carriage import decode_signature_file
from crypto.cms.case import Case, content_of, format_steps, signing_certificate
from crypto.cms.document import DocumentReport
from crypto.cms.embedded import Embedded
from crypto.cms.past import judged_in_past
from crypto.cms.signed_data import SignedData, SignerInfo
from crypto.cms.signer import Examined, examine_signer
from crypto.cms.token import TokenBench, TokenVerdict, verify_token
from crypto.errors import CryptoError
from crypto.pki import oids
from crypto.pki.algorithms import AlgorithmRegistry, KeyPolicy, default_registry
from crypto.pki.certificate import Certificate
from crypto.pki.certificate_check import examine_certificate
from crypto.pki.policy import ChecksumRule, Environment, ValidationPolicy
from crypto.pki.profile import subject_facts
from crypto.pki.report import SignatureReport, SubIndication, milliseconds
from crypto.pki.sources import RevocationSources
from crypto.pki.step import Step, failed, passed, warning
from crypto.pki.trust import TrustRefused, TrustStore

__all__ = ["SignatureValidator", "ValidationPolicy"]

_MAX_TOKENS = 4
_FORMAT = SubIndication.FORMAT_FAILURE


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked about every signature of one message."""

    expected_content: bytes | None
    expected_iin: str | None
    fresh: bool


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
        """Validate a signature made for us just now: a message with exactly one signer.

        untrusted_cms     PEM, base64, DER or BER of a ContentInfo
        expected_content  the very octets that were given to sign; required when detached
        expected_iin      twelve digits the certificate must state; None asks no such question
        moment            aware; every validity and freshness is judged at it
        """
        question = _Question(expected_content, expected_iin, fresh=True)
        opened = self._opened(untrusted_cms, moment)
        if isinstance(opened, Case):
            return opened.report()
        signed, cms_sha256 = opened
        case = Case(cms_sha256, moment, format_steps(signed, strict=True))
        if len(signed.signers) != 1:
            detail = str(len(signed.signers))
            case.steps.append(failed("signers", _FORMAT, "signature.malformed", detail))
            return case.report()
        return self._judged(case, signed, signed.signers[0], question)

    def validate_document(
        self, untrusted_cms: bytes, *, content: bytes | None, moment: datetime
    ) -> DocumentReport:
        """Validate a document signed earlier, by one or more people: each signature by itself.

        content  what was signed; required when detached, compared when attached

        Unlike `validate`, departures from RFC 5652 that change no meaning are findings, and a
        time-stamp that was verified proves that a signature came before a benign revocation.
        Nobody's ИИН is asked for, and nothing binds the document to a session.
        """
        opened = self._opened(untrusted_cms, moment)
        if isinstance(opened, Case):
            return DocumentReport(opened.cms_sha256, (opened.report(),))
        signed, cms_sha256 = opened
        question = _Question(content, None, fresh=False)
        steps = format_steps(signed, strict=False)
        if not signed.signers:
            steps.append(failed("signers", _FORMAT, "signature.malformed", "0"))
            case = Case(cms_sha256, moment, steps)
            return DocumentReport(cms_sha256, (case.report(),))
        reports = [
            self._judged(Case(cms_sha256, moment, list(steps)), signed, signer, question)
            for signer in signed.signers
        ]
        return DocumentReport(cms_sha256, tuple(reports))

    def _judged(
        self, case: Case, signed: SignedData, signer: SignerInfo, question: _Question
    ) -> SignatureReport:
        case.steps.append(passed("signers", str(len(signed.signers))))
        try:
            self._examine(case, signed, signer, question)
        except CryptoError as malformed:
            case.steps.append(_malformed(malformed))
        return case.report()

    def _examine(
        self, case: Case, signed: SignedData, signer: SignerInfo, question: _Question
    ) -> None:
        content = content_of(case, signed, question.expected_content)
        self._claim(case, signer)
        certificate = signing_certificate(case, signed, signer)
        if certificate is None:
            return
        case.subject = subject_facts(certificate)
        if content is not None:
            case.steps += examine_signer(
                Examined(
                    signed, signer, certificate, content, oids.DATA, self._registry, self._keys
                )
            )
        embedded = Embedded.of(signed, signer)
        tokens = self._tokens(signer, case.moment, fresh=question.fresh)
        hints = (*signed.certificates, *embedded.hints())
        self._certificate(case, certificate, hints, _proven(tokens), question)
        for token in tokens:
            case.evidence.append(token.evidence)
            case.steps.append(_token_step(token))
        case.evidence += embedded.evidence()
        if signer.unsigned_unreadable:
            detail = f"unreadable:{signer.unsigned_unreadable}"
            case.steps.append(warning("unsigned_attributes", detail))

    def _claim(self, case: Case, signer: SignerInfo) -> None:
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
        case: Case,
        certificate: Certificate,
        hints: tuple[Certificate, ...],
        proven: datetime | None,
        question: _Question,
    ) -> None:
        found = examine_certificate(
            certificate,
            extra=hints,
            expected_iin=question.expected_iin,
            trust=self._trust,
            policy=self._policy,
            sources=self._sources,
            registry=self._registry,
            keys=self._keys,
            moment=case.moment,
        )
        case.chain = tuple(item.sha256 for item in found.chain)
        if question.fresh or proven is None:
            case.steps += found.steps
        else:
            case.steps += judged_in_past(
                found.steps,
                proven=proven,
                not_after=certificate.not_after,
                status=found.signer_status,
            )
        case.evidence += found.evidence

    def _tokens(
        self, signer: SignerInfo, moment: datetime, *, fresh: bool
    ) -> tuple[TokenVerdict, ...]:
        values = [
            value.raw
            for attribute in signer.unsigned
            if attribute.oid == oids.SIGNATURE_TIME_STAMP
            for value in attribute.values
        ]
        bench = TokenBench(
            self._timestamp_trust,
            self._sources,
            self._registry,
            self._keys,
            moment,
            timedelta(seconds=self._policy.clock_tolerance_s),
            timedelta(seconds=self._policy.crl_max_age_s),
            past=not fresh,
        )
        return tuple(
            verify_token(value, signer.signature, bench) for value in values[:_MAX_TOKENS]
        )

    @staticmethod
    def _opened(
        untrusted_cms: bytes, moment: datetime
    ) -> tuple[SignedData, str] | Case:
        """Read a message, or return the case that says why it cannot be read."""
        sha256 = hashlib.sha256(untrusted_cms).hexdigest()
        try:
            binary = decode_signature_file(untrusted_cms)
            sha256 = hashlib.sha256(binary).hexdigest()
            return SignedData.parse(binary), sha256
        except CryptoError as malformed:
            return Case(sha256, moment, [_malformed(malformed)])


def _malformed(error: CryptoError) -> Step:
    return failed("format", _FORMAT, "signature.malformed", f"{error.code}:{error.detail}")


def _proven(tokens: tuple[TokenVerdict, ...]) -> datetime | None:
    """Return the earliest time at which a verified authority had seen the signature."""
    return min((token.time for token in tokens if token.time is not None), default=None)


def _token_step(token: TokenVerdict) -> Step:
    detail = token.evidence.reason
    if token.broken:
        return failed("timestamp", _FORMAT, "signature.timestamp_wrong", detail)
    if token.time is None:
        # A time-stamp is optional: one that cannot be verified here gives no time.
        return warning("timestamp", detail)
    return passed("timestamp", token.time.isoformat())
