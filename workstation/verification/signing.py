"""The ЭЦП side of a session: the statement, the carrier's answer, its validation."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from crypto.canonical_json import JsonValue
from crypto.carrier.carrier import (
    INDIVIDUAL_SIGNING_USAGES,
    SignatureCarrier,
    SignatureRequest,
)
from crypto.carrier.errors import CarrierRefused, WrongFileKind
from crypto.cms.signature_file import FileKind
from crypto.errors import CryptoError
from crypto.files.durable import create_anywhere
from crypto.report.policy import TimestampRule
from crypto.report.report import Indication, SignatureReport
from crypto.tsp.client import TimestampFailed, TimestampFault
from workstation.devices.phone import PhoneProgress
from workstation.devices.signing_methods import PhoneView, SigningMethod
from workstation.documents.statement import Statement, StatementPerson, compose
from workstation.errors import StatementUnwritable
from workstation.rules.catalogue.documents import CUSTOMER_ROLE
from workstation.rules.checks import CheckStatus, Hardness
from workstation.rules.parties import PartyRole
from workstation.session.binding import biometric_sha256
from workstation.session.decision import soft_checks_open
from workstation.session.events import (
    CosignatureAwaited,
    SignatureAccepted,
    SignatureForReview,
    SignatureNotAccepted,
    StatementIssued,
)
from workstation.session.evidence import Answer, Evidence, StatementEvidence, combine_evidence
from workstation.session.session import VerificationSession
from workstation.verification.case import Case
from workstation.verification.findings.certificate import find_about_certificate
from workstation.verification.move import Advance, Fault, Warn
from workstation.verification.record import answer_facts, name_person
from workstation.verification.services import Services
from workstation.verification.signature_evidence import (
    SignatureEvidence,
    StampedSignature,
    stamp_and_judge,
)

__all__ = ["Signing", "message_of", "write_statement"]

_NONCE_BITS = 256
_WORDED_BY_METHOD = frozenset(
    {"carrier_unreachable", "carrier_protocol", "carrier_refused", "carrier_expired"}
)
"""Failures that are worded for each method; NCALayer has the code without an ending."""

_KIND_CODES = {
    FileKind.PKCS12: "key_store",
    FileKind.JAVA_KEY_STORE: "key_store",
    FileKind.PRIVATE_KEY: "key_store",
    FileKind.CERTIFICATE: "certificate",
    FileKind.CERTIFICATE_BAG: "certificate_bag",
    FileKind.CERTIFICATE_REQUEST: "certificate_request",
    FileKind.CRL: "crl",
    FileKind.OCSP_RESPONSE: "ocsp",
    FileKind.TIMESTAMP_TOKEN: "timestamp",
    FileKind.TIMESTAMP_RESPONSE: "timestamp",
    FileKind.PDF: "pdf",
    FileKind.XML: "xml",
    FileKind.XML_SIGNATURE: "xml",
    FileKind.ASIC: "archive",
    FileKind.ARCHIVE: "archive",
    FileKind.TEXT: "text",
    FileKind.EMPTY: "empty",
}
"""What the teller is told of a file that is no signature; of any other kind: `unknown`."""


class StampedBy(StrEnum):
    """Who asked for the time-stamp that a signature has."""

    CARRIER = "carrier"
    STATION = "station"


class Signing:
    """The signature side of one session: the statement, what the carrier brought, its report.

    Methods return moves or jobs; what they need of the session is handed to them.
    """

    def __init__(
        self, services: Services, case: Case, role: PartyRole = PartyRole.CUSTOMER
    ) -> None:
        """Take the side of the person in this role; the first one's issues the statement."""
        self._services = services
        self._case = case
        self._role = role
        self._issued: Statement | None = None
        self._method = SigningMethod.NCALAYER
        self._phone: PhoneProgress | None = None
        self._evidence: SignatureEvidence | None = None
        self._unstamped: tuple[str, bytes] | None = None
        self.cms = b""
        self.report: SignatureReport | None = None

    @property
    def _iin(self) -> str:
        return self._case.for_person(self._role).client.iin.digits

    @property
    def phone_view(self) -> PhoneView | None:
        """Return what the screens show of the signing in eGov Mobile, while it lasts."""
        return None if self._phone is None else self._phone.view

    @property
    def pack(self) -> JsonValue:
        """Return what the signature was validated on, None when there is no report."""
        if self._evidence is None or self.report is None:
            return None
        return self._evidence.packed(self.report)

    def statement(self, recorded: StatementEvidence | None) -> Statement | None:
        """Return the statement before the customer: the one issued last, once the log holds it."""
        if self._issued is None or recorded is None or self._issued.sha256 != recorded.sha256:
            return None
        return self._issued

    def issue(self, session: VerificationSession) -> Advance | Fault:
        """Put a statement with a fresh nonce before the customer."""
        services, case, evidence = self._services, self._case, session.evidence
        if not evidence.is_live_side_known or evidence.match is None:
            return Fault("internal")
        own, people = _digest_face(evidence), _digest_people(evidence)
        statement = self._issued = compose(
            policy=session.policy,
            operation=case.operation,
            people=_name_people(case),
            language=case.language,
            bank=services.facts.bank,
            branch=services.facts.branch,
            station=services.facts.station,
            session=case.id,
            nonce=f"{services.rng.getrandbits(_NONCE_BITS):064x}",
            evidence_sha256=combine_evidence(people) if people else own,
            issued=services.now(),
            ttl=timedelta(milliseconds=session.policy.statement_ttl_ms),
            said=_list_said(evidence),
        )
        bound = StatementEvidence(
            sha256=statement.sha256,
            nonce=statement.nonce,
            evidence_sha256=statement.evidence_sha256,
            issued_ms=statement.issued_ms,
            expires_ms=statement.expires_ms,
            people=people,
        )
        facts: dict[str, JsonValue] = {
            "sha256": bound.sha256,
            "nonce": bound.nonce,
            "evidence_sha256": bound.evidence_sha256,
            "issued_ms": bound.issued_ms,
            "expires_ms": bound.expires_ms,
            **({"people": [[role.value, sha256] for role, sha256 in people]} if people else {}),
        }
        return Advance(StatementIssued(session.id, bound), "statement", facts)

    def request(
        self,
        statement: Statement,
        carrier: SignatureCarrier,
        method: SigningMethod,
        phone: PhoneProgress,
        *,
        cancelled: Callable[[], bool],
    ) -> Callable[[], bytes]:
        """Return the job that asks the carrier for a signature over the statement."""
        if self._unstamped is not None and method is not SigningMethod.FILE:
            sha256, kept = self._unstamped
            if sha256 == statement.sha256:
                # The customer has signed this text; only the time-stamp is asked for again.
                return lambda: kept
        self._method, self._phone = method, phone
        stamping = self._services.timestamping
        wanted = self._services.policy.timestamp is not TimestampRule.NONE
        request = SignatureRequest(
            document=statement.text.encode(),
            iin=self._iin,
            language=self._case.language,
            extended_key_usages=INDIVIDUAL_SIGNING_USAGES,
            timestamp=wanted and stamping is not None and stamping.by_carrier,
        )
        return lambda: carrier.obtain(request, cancelled=cancelled)

    def carrier_failed(self, error: CryptoError) -> Warn:
        """Take the carrier's failure; the customer may try again, by this method or another."""
        self._phone = None
        refused = isinstance(error, CarrierRefused) and self._method is SigningMethod.NCALAYER
        if refused and self._services.timestamping is not None:
            # Its own service may be out of reach; who asks again asks for the signature alone.
            self._services.timestamping.by_carrier = False
        details: dict[str, JsonValue] = {"detail": error.detail[:120], "way": self._method.value}
        return Warn("signature.carrier", error.code, details, message_of(error, self._method))

    def validation(
        self, statement: Statement, untrusted_cms: bytes
    ) -> Callable[[], SignatureReport]:
        """Take the carrier's answer; return the job that validates it against the statement."""
        self.cms, self._phone = untrusted_cms, None
        services, case = self._services, self._case.id
        evidence = self._evidence = SignatureEvidence(
            services.validator,
            services.revocation.store.raw,
            services.archive,
            software=services.facts.version,
            # What comes without its octets has them in the sealed payload of the case.
            report_alarm=lambda alarm: services.alarms.report(
                alarm if alarm.octets else replace(alarm, kept_in=case)
            ),
        )
        content, iin = statement.text.encode(), self._iin
        moment = services.now()
        return lambda: evidence.judge(untrusted_cms, content=content, iin=iin, moment=moment)

    def stamping(
        self,
        session: VerificationSession,
        statement: Statement,
        report: SignatureReport,
        *,
        cancelled: Callable[[], bool],
    ) -> Callable[[], StampedSignature] | None:
        """Return the job that stamps an accepted signature; None when there is nothing to ask."""
        services, evidence = self._services, self._evidence
        settled = report.indication is not Indication.TOTAL_PASSED or evidence is None
        self._unstamped = None if settled else (statement.sha256, self.cms)
        if session.policy.timestamp is TimestampRule.NONE or report.timestamp_ms is not None:
            return None
        if services.timestamping is None or settled or evidence is None:
            return None
        service, now = services.timestamping.service, services.now
        return lambda: stamp_and_judge(evidence, report, service, now, is_cancelled=cancelled)

    def stamped(
        self, session: VerificationSession, found: StampedSignature, name: str
    ) -> Advance | Warn:
        """Take what became of the time-stamp; `name` as in `validated`."""
        self.cms, self._evidence = found.cms, found.evidence
        failed = found.failed
        if failed is None and found.report.timestamp_ms is None:
            # It counted when it came and does not beside the signature: both are asked for anew.
            failed = TimestampFailed(TimestampFault.NOT_TRUSTED, "not_counted")
            self._unstamped = None
        return self.validated(session, found.report, name, failed, by=StampedBy.STATION)

    def validated(
        self,
        session: VerificationSession,
        report: SignatureReport,
        name: str,
        failed: TimestampFailed | None = None,
        by: StampedBy = StampedBy.CARRIER,
    ) -> Advance | Warn:
        """Take the validation report; `name` is the customer's, for the certificate's.

        failed  why there is no time-stamp; by: who asked for it
        """
        rule = session.policy.timestamp
        passed = report.indication is Indication.TOTAL_PASSED
        if passed and report.timestamp_ms is None and rule is not TimestampRule.NONE:
            failed = failed or TimestampFailed(TimestampFault.NOT_CONFIGURED)
            stopped = failed.fault is TimestampFault.CANCELLED
            if stopped or rule is TimestampRule.REQUIRED:
                return _warn_of_timestamp(failed, self._method)
        self.report, self._unstamped = report, None
        found = tuple(
            replace(each, role=session.evidence.role)
            for each in find_about_certificate(session, name, report, self.cms)
        )
        facts = {
            **name_person(self._role),
            **_report_facts(report),
            **_timestamp_facts(report, failed, by),
            "way": self._method.value,
            **answer_facts(found),
        }
        return Advance(_find_event(session, report, found), "signature", facts)

    def forget(self) -> None:
        """Forget statement and signature: liveness starts anew."""
        self._issued, self.cms, self.report = None, b"", None
        self._evidence = self._phone = self._unstamped = None


def _find_event(
    session: VerificationSession, report: SignatureReport, findings: tuple[Answer, ...]
) -> SignatureAccepted | SignatureForReview | SignatureNotAccepted | CosignatureAwaited:
    """Return what follows; nobody is asked to settle what a hard finding has decided."""
    gathered = session.evidence.findings + findings
    evidence = replace(session.evidence, signature=report, findings=gathered)
    found = {answer.check for answer in findings if answer.status is not CheckStatus.PASSED}
    operation = session.policy.operation(evidence.operation.kind)
    hard = {item.check for item in operation.required if item.hardness is Hardness.HARD}
    if report.indication is not Indication.TOTAL_PASSED or found & hard:
        return SignatureNotAccepted(session.id, report, findings)
    if evidence.unsigned is not None:
        return CosignatureAwaited(session.id, report, findings)
    reviewed = bool(soft_checks_open(session.policy, evidence))
    return (SignatureForReview if reviewed else SignatureAccepted)(session.id, report, findings)


def _name_people(case: Case) -> tuple[StatementPerson, ...]:
    """Return whom the statement names: the customer, here or not, and who takes part besides."""
    customer = StatementPerson(CUSTOMER_ROLE, case.client.iin.digits)
    if case.second is None:
        return (customer,)
    second = case.second
    return customer, StatementPerson(second.role, second.client.iin.digits, second.number)


def _list_said(evidence: Evidence) -> tuple[tuple[str, bool], ...]:
    """Return what people have answered themselves before their consent."""
    answers = (each for person in evidence.people for each in person.own_words)
    return tuple((name, word == "yes") for each in answers for name, word in each.facts)


def _digest_face(evidence: Evidence) -> str:
    if evidence.match is None:
        raise AssertionError("a statement before a comparison")
    return biometric_sha256(evidence, evidence.last_attempt, evidence.match)


def _digest_people(evidence: Evidence) -> tuple[tuple[PartyRole, str], ...]:
    """Return each person's biometric evidence where there are two, else nobody's."""
    if len(evidence.roles) == 1:
        return ()
    return tuple((view.role, _digest_face(view)) for view in evidence.views)


def write_statement(statement: Statement, path: Path) -> None:
    """Write the exact octets that are to be signed elsewhere; StatementUnwritable.

    Nothing is replaced: whoever names the log's file, or a key's, is refused.
    """
    try:
        create_anywhere(path, statement.text.encode())
    except (OSError, ValueError):
        raise StatementUnwritable(path.name) from None


def message_of(error: CryptoError, method: SigningMethod) -> str:
    """Return the code of what the teller is told: which file it was, or which method failed."""
    if isinstance(error, WrongFileKind):
        return f"{error.code}.{_KIND_CODES.get(error.kind, 'unknown')}"
    if error.code in _WORDED_BY_METHOD and method is not SigningMethod.NCALAYER:
        return f"{error.code}.{method.value}"
    return error.code


def _warn_of_timestamp(failed: TimestampFailed, method: SigningMethod) -> Warn:
    """Say that the signature counts only once it is stamped, which can be tried again."""
    details: dict[str, JsonValue] = {"detail": failed.detail[:120], "way": method.value}
    return Warn("timestamp.failed", f"timestamp_fault.{failed.fault}", details)


def _timestamp_facts(
    report: SignatureReport, failed: TimestampFailed | None, by: StampedBy
) -> dict[str, JsonValue]:
    """Return when the signature was stamped and by whose request, or why it was not."""
    if report.timestamp_ms is not None:
        return {"timestamp": {"at_ms": report.timestamp_ms, "by": by.value}}
    if failed is not None:
        return {"timestamp": {"fault": failed.fault.value, "detail": failed.detail[:120]}}
    return {}


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
