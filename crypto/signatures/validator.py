"""Signatures validated from bytes to report (order of checks: eds.md 10, EN 319 102-1 5.3).

Every check that can still be made is made: a report that stops at the first failure helps
nobody to mend anything. Nothing here raises on what it was given to judge.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime

from crypto.algorithms.registry import AlgorithmRegistry, default_registry
from crypto.cms.carriage import decode_signature_file
from crypto.cms.case import Case, format_steps, malformed
from crypto.cms.examination import Bench, Question, judge_signature
from crypto.cms.kind import FileKind, kind_of_marks
from crypto.cms.signed_data import SignedData
from crypto.cms.terms import ValidationTerms
from crypto.errors import CryptoError
from crypto.path.trust import TrustRefused, TrustStore
from crypto.report.policy import ChecksumRule, Environment, ValidationPolicy
from crypto.report.report import SignatureReport, SubIndication
from crypto.revocation.sources import RevocationSources
from crypto.signatures.document import DocumentReport
from crypto.validation.step import failed

__all__ = ["SignatureValidator", "ValidationPolicy"]

_FORMAT = SubIndication.FORMAT_FAILURE


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
        self._bench = Bench(
            trust,
            timestamp_trust or trust,
            policy,
            revocation,
            registry or default_registry(),
            policy.keys(),
        )

    @property
    def terms(self) -> ValidationTerms:
        """Whom and what this validator judges by."""
        return ValidationTerms(self._bench.trust, self._bench.timestamp_trust, self._bench.policy)

    def asking(
        self, wrap: Callable[[RevocationSources], RevocationSources]
    ) -> "SignatureValidator":
        """Return a validator of the same terms whose sources are wrapped, to record them."""
        return SignatureValidator(
            trust=self._bench.trust,
            policy=self._bench.policy,
            revocation=wrap(self._bench.sources),
            timestamp_trust=self._bench.timestamp_trust,
            registry=self._bench.registry,
        )

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
        question = Question(expected_content, expected_iin, fresh=True)
        opened = _opened(untrusted_cms, moment)
        if isinstance(opened, Case):
            return opened.report()
        signed, cms_sha256 = opened
        case = Case(cms_sha256, moment, format_steps(signed, strict=True))
        if len(signed.signers) != 1:
            detail = str(len(signed.signers))
            case.steps.append(failed("signers", _FORMAT, "signature.malformed", detail))
            return case.report()
        return judge_signature(case, signed, signed.signers[0], question, self._bench)

    def validate_document(
        self, untrusted_cms: bytes, *, content: bytes | None, moment: datetime
    ) -> DocumentReport:
        """Validate a document signed earlier, by one or more people: each signature by itself.

        content  what was signed; required when detached, compared when attached (in XML with the
                 canonical octets of the document without its signature)

        Unlike `validate`, departures from RFC 5652 that change no meaning are findings, and a
        time-stamp that was verified proves that a signature came before a benign revocation.
        Nobody's ИИН is asked for, and nothing binds the document to a session. A document with
        an XML signature over the whole of it is taken too (XmlNotInstalled without its library).
        """
        if kind_of_marks(untrusted_cms) is FileKind.XML_SIGNATURE:
            from crypto.xmldsig.judge import judge_xml

            report = judge_xml(untrusted_cms, self._bench, moment, content)
            return DocumentReport(report.cms_sha256, (report,))
        opened = _opened(untrusted_cms, moment)
        if isinstance(opened, Case):
            return DocumentReport(opened.cms_sha256, (opened.report(),))
        signed, cms_sha256 = opened
        question = Question(content, None, fresh=False)
        steps = format_steps(signed, strict=False)
        if not signed.signers:
            steps.append(failed("signers", _FORMAT, "signature.malformed", "0"))
            case = Case(cms_sha256, moment, steps)
            return DocumentReport(cms_sha256, (case.report(),))
        reports = [
            judge_signature(
                Case(cms_sha256, moment, list(steps)), signed, signer, question, self._bench
            )
            for signer in signed.signers
        ]
        return DocumentReport(cms_sha256, tuple(reports))


def _opened(untrusted_cms: bytes, moment: datetime) -> tuple[SignedData, str] | Case:
    """Read a message, or return the case that says why it cannot be read."""
    sha256 = hashlib.sha256(untrusted_cms).hexdigest()
    try:
        binary = decode_signature_file(untrusted_cms)
        sha256 = hashlib.sha256(binary).hexdigest()
        return SignedData.parse(binary), sha256
    except CryptoError as error:
        return Case(sha256, moment, [malformed(error)])
