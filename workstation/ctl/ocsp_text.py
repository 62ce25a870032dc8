"""What `ocsp check` says: the status in words, who answered, and what to do next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from crypto.asn1 import oids
from crypto.report.report import EvidenceItem
from crypto.revocation.ocsp_status import NEVER_ISSUED, OcspOutcome
from crypto.revocation.status import RevocationStatus
from crypto.x509.certificate import Certificate
from workstation.ctl.crl_text import name_reason
from workstation.documents.texts import Texts

__all__ = ["OcspReport"]

_NEXT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "good": "good",
        "revoked": "revoked",
        NEVER_ISSUED: "never_issued",
        "certificate_unknown": "unknown",
        "fetch_failed": "network",
        "ocsp_unreadable": "portal",
        "ocsp_try_later": "later",
        "ocsp_internal_error": "later",
        "ocsp_unauthorized": "settings",
        "ocsp_malformed_request": "settings",
        "ocsp_signature_required": "settings",
        "from_the_future": "clock",
        "too_old": "newer",
        "stale": "newer",
        "digest_not_supported": "update",
        "algorithm_not_supported": "update",
        "algorithm_too_weak": "update",
        "responder_status_unknown": "later",
    }
)
"""What to do, by the reason; about an answer that was refused otherwise, security is told."""

_OUTDATED: Final = "newer"


@dataclass(frozen=True, slots=True)
class OcspReport:
    """One certificate's status, as a person reads it.

    asked   address of the service; empty where a stored answer was judged
    stored  whether one was
    """

    outcome: OcspOutcome
    issuer: Certificate
    asked: str
    stored: bool

    def lines(self, texts: Texts) -> Iterator[str]:
        """Yield the report as `Label: words`."""
        result = self.outcome.result
        yield self._line(texts, "status", texts.tr(f"ocsp_status.{result.status.value}"))
        if result.status is RevocationStatus.REVOKED and result.reason != NEVER_ISSUED:
            yield self._line(texts, "why", self._name_revocation(texts))
        elif result.status is not RevocationStatus.GOOD:
            yield self._line(texts, "why", self._name_refusal(texts))
        if result.revoked_at is not None:
            yield self._line(texts, "revoked_at", _minutes(result.revoked_at))
        yield self._line(texts, "next", self.advise(texts))
        heard = "answered" if self.outcome.heard else "silent"
        state = texts.tr(f"ocsp_heard.{'stored' if self.stored else heard}")
        yield self._line(texts, "heard", f"{self.asked} {state}".strip())
        named = self.issuer.subject.first(oids.COMMON_NAME) or "-"
        yield self._line(texts, "issuer", f"{named}, SHA-256 {self.issuer.sha256}")
        for item in result.evidence:
            if item.sha256:
                yield self._line(texts, "evidence", _describe_evidence(item, texts))

    def advise(self, texts: Texts) -> str:
        """Say what to do next."""
        otherwise = "stored_security" if self.stored else "security"
        todo = _NEXT.get(self.outcome.result.reason, otherwise)
        if self.stored and todo == _OUTDATED:
            todo = "stored"
        return texts.tr(f"ocsp_next.{todo}", address=self.asked)

    def _line(self, texts: Texts, label: str, words: str) -> str:
        return f"{texts.tr(f'ocsp_label.{label}')}: {words}"

    def _name_revocation(self, texts: Texts) -> str:
        code = f"ocsp_revoked.{self.outcome.result.crl_reason}"
        return texts.tr(code if texts.has(code) else "ocsp_revoked.unspecified")

    def _name_refusal(self, texts: Texts) -> str:
        """Word why the status is not established; where there was silence, why that."""
        reason = self.outcome.result.reason
        code = texts.find((f"ocsp_reason.{reason}", f"evidence_reason.{reason}"))
        named = texts.tr(code) if code else ""
        for item in self.outcome.result.evidence:
            _, _, detail = item.reason.partition(":")
            why = name_reason(texts, detail)
            if why:
                return f"{named}: {why}" if named else why
        return named or texts.tr("ocsp_reason.other")


def _describe_evidence(item: EvidenceItem, texts: Texts) -> str:
    used = texts.tr("evidence.used" if item.used else "evidence.unused")
    at = ""
    if item.this_update_ms:
        at = f"{_minutes(datetime.fromtimestamp(item.this_update_ms / 1000, UTC))} UTC, "
    return f"{item.kind.value.upper()}, {at}{used}, SHA-256 {item.sha256}"


def _minutes(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
