"""The whole-log verification behind F8 and `workstation-ctl log verify`: one meaning for both."""

from collections.abc import Callable, Iterator, Sequence

from crypto.errors import LogTampered
from crypto.log.audit.audit import Expectations, Progress, audit
from crypto.log.file.faults import AuditFinding, AuditReport, AuditStatus, Tier
from workstation.records.audit.session_rules import SessionFinding, SessionRules
from workstation.records.known_heads import read_heads
from workstation.station.log_view import LogNotice, LogVerification
from workstation.verification.services import Services

__all__ = ["as_verification", "verify_log"]


def verify_log(
    services: Services,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> LogVerification:
    """Audit the station's own log by every entry's signature and rule; safe in any thread.

    progress, cancelled  as `audit` takes them
    """
    try:
        known = read_heads(services.log_key.name, released=(services.released_path,))
    except LogTampered as error:
        return _report_heads(error, services.clock.wall_ms())
    expected = Expectations(
        log_key=services.log_key,
        trusted=services.log_trusted,
        released=known.marks,
        rules=SessionRules,
        remembered=True,
    )
    report = audit(services.log_path, expected, Tier.RULES, progress=progress, cancelled=cancelled)
    return as_verification(report, services.clock.wall_ms())


def _report_heads(error: LogTampered, finished_ms: int) -> LogVerification:
    """Return the verdict where the file of released heads itself is damaged."""
    return LogVerification(
        running=False,
        ok=False,
        size=0,
        first_bad=-1,
        reason=error.reason,
        finished_ms=finished_ms,
    )


def as_verification(report: AuditReport, finished_ms: int) -> LogVerification:
    """Return the audit's verdict as the screens show it."""
    return LogVerification(
        running=False,
        ok=report.status is AuditStatus.PASSED,
        size=report.size,
        first_bad=-1 if report.index is None else report.index,
        reason=report.reason,
        finished_ms=finished_ms,
        notices=tuple(_count_findings(report.findings)),
    )


def _count_findings(findings: Sequence[AuditFinding]) -> Iterator[LogNotice]:
    for code in SessionFinding:
        found = [each.index for each in findings if each.code == code]
        if found:
            yield LogNotice(code.value, len(found), min(found))
