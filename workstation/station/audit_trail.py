"""The whole-log verification behind F8 and `workstation-ctl log verify`: one meaning for both."""

from crypto.log.audit.audit import Expectations, audit
from crypto.log.file.faults import AuditReport, AuditStatus, Tier
from crypto.log.file.released import ReleasedHead
from workstation.records.session_rules import SessionRules
from workstation.station.snapshot import LogVerification
from workstation.verification.services import Services

__all__ = ["as_verification", "verify_log"]


def verify_log(services: Services) -> LogVerification:
    """Audit the station's own log by every entry's signature and rule; safe in any thread."""
    mark = ReleasedHead(services.released_path).last()
    expected = Expectations(
        log_key=services.log_key,
        trusted=services.log_trusted,
        released=() if mark is None else (mark,),
        rules=SessionRules,
    )
    report = audit(services.log_path, expected, Tier.RULES)
    return as_verification(report, services.clock.wall_ms())


def as_verification(report: AuditReport, finished_ms: int) -> LogVerification:
    """Return the audit's verdict as the screens show it."""
    return LogVerification(
        running=False,
        ok=report.status is AuditStatus.PASSED,
        size=report.size,
        first_bad=-1 if report.index is None else report.index,
        reason=report.reason,
        finished_ms=finished_ms,
    )
