"""What a start makes of the cases that were parked, and of files that no case has."""

from crypto.report.alarm import Alarm, AlarmCode, ReportAlarm
from workstation.cases.case_store import CaseStore, measure_case
from workstation.errors import CaseRefused
from workstation.records.journal import Journal, WaitingCase
from workstation.verification.parking.contents import read_case
from workstation.verification.parking.waiting import open_waiting

__all__ = ["find_reason_to_close", "report_foreign_file", "settle_cases"]

_REASONS = {"lost": "case.lost", "put_back": "case.lost", "unreadable": "case.unreadable"}


def settle_cases(
    journal: Journal, store: CaseStore, now_ms: int, report_alarm: ReportAlarm
) -> None:
    """Close what a dead process left open, and parked cases that nothing is left of.

    Then whatever file the log does not name is removed: one of a case that was not open any more
    was put back by somebody, which is an alarm.
    """
    closed = journal.close_interrupted(
        lambda waiting: find_reason_to_close(store, waiting, now_ms, report_alarm)
    )
    ended = {each.case for each in closed}
    try:
        found = store.list()
    except CaseRefused:
        return
    for kept in found:
        waiting = journal.waiting.get(kept.case)
        if waiting is not None and waiting.sha256.startswith(kept.mark):
            continue
        try:
            sha256 = measure_case(kept)
            read_case(store.open(kept, sha256))
        except CaseRefused:
            continue  # of another station, or nobody's: it opens nothing here
        if kept.case not in ended:
            report_alarm(Alarm(AlarmCode.CASE_PUT_BACK, "file", "not_waiting", sha256))
        store.remove(kept)


def find_reason_to_close(
    store: CaseStore, waiting: WaitingCase, now_ms: int, report_alarm: ReportAlarm
) -> str:
    """Return the code of why a case waits no longer, empty while it does.

    A folder that cannot be read at all is no reason: it may be back at the next start.
    """
    try:
        store.list()
    except CaseRefused:
        return ""
    try:
        contents = open_waiting(store, waiting)
    except CaseRefused as refused:
        report_foreign_file(report_alarm, refused)
        return _REASONS.get(refused.detail, "case.unreadable")
    return "case.expired" if now_ms >= contents.until_ms else ""


def report_foreign_file(report_alarm: ReportAlarm, refused: CaseRefused) -> None:
    """Say that a file was put back, or changed: nobody but an attacker does either."""
    if refused.detail in {"put_back", "unreadable"}:
        report_alarm(Alarm(AlarmCode.CASE_PUT_BACK, "file", refused.detail))
