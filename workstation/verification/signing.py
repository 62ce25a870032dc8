"""The ЭЦП side of a session: the statement, the carrier's answer, its validation."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from crypto.canonical_json import JsonValue
from crypto.carrier.carrier import (
    INDIVIDUAL_SIGNING_USAGES,
    SignatureCarrier,
    SignatureRequest,
)
from crypto.carrier.errors import WrongFileKind
from crypto.cms.signature_file import FileKind
from crypto.errors import CryptoError
from crypto.report.report import Indication, SignatureReport
from workstation.devices.signing_methods import PhoneView, SigningMethod
from workstation.documents.statement import Statement, compose
from workstation.errors import StatementUnwritable
from workstation.session.decision import soft_checks_open
from workstation.session.events import (
    SignatureAccepted,
    SignatureForReview,
    SignatureNotAccepted,
    StatementIssued,
)
from workstation.session.evidence import StatementEvidence, biometric_sha256
from workstation.session.states import State
from workstation.verification.phone import PhoneProgress
from workstation.verification.signature_evidence import SignatureEvidence

if TYPE_CHECKING:
    from workstation.verification.verification import Verification

__all__ = ["Signing", "notice_of"]

_NONCE_BITS = 256
_OF_A_WAY = frozenset({"carrier_unreachable", "carrier_protocol", "carrier_refused"})
"""Failures that are worded for each way; NCALayer has the code without an ending."""

_KIND_TOLD = {
    FileKind.PKCS12: "key_store",
    FileKind.JAVA_KEY_STORE: "key_store",
    FileKind.PRIVATE_KEY: "key_store",
    FileKind.CERTIFICATE: "certificate",
    FileKind.CERTIFICATE_REQUEST: "certificate",
    FileKind.PDF: "pdf",
    FileKind.XML: "xml",
    FileKind.XML_SIGNATURE: "xml",
    FileKind.ASIC: "archive",
    FileKind.ARCHIVE: "archive",
    FileKind.TEXT: "text",
    FileKind.EMPTY: "empty",
}
"""What the teller is told of a file that is no signature; of any other kind: `unknown`."""


class Signing:
    """Issues statements and takes signatures of one session."""

    def __init__(self, verification: "Verification") -> None:
        self._verification = verification
        self.statement: Statement | None = None
        self.cms = b""
        self.report: SignatureReport | None = None
        self.evidence: SignatureEvidence | None = None
        self._way = SigningMethod.NCALAYER
        self._phone: PhoneProgress | None = None

    @property
    def phone_view(self) -> PhoneView | None:
        """Return what the screens show of the signing in eGov Mobile, while it lasts."""
        return None if self._phone is None else self._phone.view

    def issue(self) -> None:
        """Put a statement with a fresh nonce before the customer; logged before it is shown."""
        verification = self._verification
        services, case = verification.services, verification.case
        evidence = verification.session.evidence
        if not evidence.attempts or evidence.match is None:
            verification.fault("internal")
            return
        statement = compose(
            operation=case.operation,
            iin=case.client.iin.digits,
            language=case.language,
            bank=services.facts.bank,
            branch=services.facts.branch,
            station=services.facts.station,
            session=case.id,
            nonce=f"{services.rng.getrandbits(_NONCE_BITS):064x}",
            evidence_sha256=biometric_sha256(case.id, evidence.attempts[-1], evidence.match),
            issued=services.now(),
            ttl=timedelta(milliseconds=services.policy.statement_ttl_ms),
        )
        bound = StatementEvidence(
            sha256=statement.sha256,
            nonce=statement.nonce,
            evidence_sha256=statement.evidence_sha256,
            issued_ms=statement.issued_ms,
            expires_ms=statement.expires_ms,
        )
        facts: dict[str, JsonValue] = {
            "sha256": bound.sha256,
            "nonce": bound.nonce,
            "evidence_sha256": bound.evidence_sha256,
            "issued_ms": bound.issued_ms,
            "expires_ms": bound.expires_ms,
        }
        verification.advance(StatementIssued(case.id, bound), "statement", facts)
        self.statement = None if verification.ended else statement

    def request(
        self,
        carrier: SignatureCarrier,
        way: SigningMethod,
        phone: PhoneProgress,
        *,
        cancelled: Callable[[], bool],
    ) -> Callable[[], bytes]:
        """Return the job that asks the carrier; answer with `obtained` or `carrier_failed`.

        An expired statement is replaced first: its nonce would be stale on arrival.
        """
        now_ms = int(self._verification.services.now().timestamp() * 1000)
        if self.statement is None or now_ms >= self.statement.expires_ms:
            self.issue()
        statement = self.statement
        if statement is None:
            return lambda: b""
        self._way, self._phone = way, phone
        self._verification.notice = ""
        asked = SignatureRequest(
            document=statement.text.encode(),
            iin=self._verification.case.client.iin.digits,
            language=self._verification.case.language,
            extended_key_usages=INDIVIDUAL_SIGNING_USAGES,
        )
        return lambda: carrier.obtain(asked, cancelled=cancelled)

    def save_statement(self, path: Path) -> None:
        """Write the exact octets that are to be signed elsewhere; StatementUnwritable.

        The record says that a text with the customer's ИИН has left the workstation.
        """
        self._verification.require(State.SIGNATURE)
        if self.statement is None:
            return
        facts: dict[str, JsonValue] = {"sha256": self.statement.sha256}
        if not self._verification.noted("statement_saved", facts):
            return
        try:
            path.write_bytes(self.statement.text.encode())
        except (OSError, ValueError):
            raise StatementUnwritable(path.name) from None

    def carrier_failed(self, error: CryptoError) -> None:
        """Take the carrier's failure; the customer may try again, this way or another."""
        self._phone = None
        facts: dict[str, JsonValue] = {"detail": error.detail[:120], "way": self._way.value}
        self._verification.trouble("signature.carrier", error.code, facts)
        if self._verification.notice == error.code:
            self._verification.notice = notice_of(error, self._way)

    def obtained(self, untrusted_cms: bytes) -> Callable[[], SignatureReport]:
        """Take the carrier's answer; returns the job whose answer goes to `validated`."""
        self.cms, self._phone = untrusted_cms, None
        services = self._verification.services
        content = self.statement.text.encode() if self.statement is not None else b""
        iin, moment = self._verification.case.client.iin.digits, services.now()
        evidence = self.evidence = SignatureEvidence(
            services.validator,
            services.revocation.store.raw,
            services.archive,
            software=services.facts.version,
        )
        return lambda: evidence.judge(untrusted_cms, content=content, iin=iin, moment=moment)

    def validated(self, report: SignatureReport) -> None:
        """Take the validation report and go on to review or decision."""
        verification = self._verification
        if verification.state is not State.SIGNATURE:
            return
        self.report = report
        event = self._event(report)
        facts = {**_report_facts(report), "way": self._way.value}
        verification.advance(event, "signature", facts)

    def forget(self) -> None:
        """Forget statement and signature: liveness starts anew."""
        self.statement, self.cms, self.report = None, b"", None
        self.evidence = None
        self._phone = None

    def _event(
        self, report: SignatureReport
    ) -> SignatureAccepted | SignatureForReview | SignatureNotAccepted:
        session = self._verification.session
        if report.indication is not Indication.TOTAL_PASSED:
            return SignatureNotAccepted(session.id, report)
        if soft_checks_open(session.policy, session.evidence):
            return SignatureForReview(session.id, report)
        return SignatureAccepted(session.id, report)


def notice_of(error: CryptoError, way: SigningMethod) -> str:
    """Return the code of what the teller is told: which file it was, or which way failed."""
    if isinstance(error, WrongFileKind):
        return f"{error.code}.{_KIND_TOLD.get(error.kind, 'unknown')}"
    if error.code in _OF_A_WAY and way is not SigningMethod.NCALAYER:
        return f"{error.code}.{way.value}"
    return error.code


def _report_facts(report: SignatureReport) -> dict[str, JsonValue]:
    sub = "" if report.sub_indication is None else report.sub_indication.value
    return {
        "indication": report.indication.value,
        "sub_indication": sub,
        "reason": report.reason,
        "cms_sha256": report.cms_sha256,
        "content_sha256": report.content_sha256,
        "chain": list(report.chain),
        "validated_ms": report.validated_at_ms,
        "findings": [[item.code, item.status.value] for item in report.findings][:64],
        "evidence": [
            [item.kind.value, item.sha256, item.this_update_ms, item.used]
            for item in report.evidence
        ][:16],
    }
