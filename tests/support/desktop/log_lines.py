"""A log of any length whose entries follow from their numbers, for pages without a station."""

import threading
from array import array
from functools import cache

from tests.support.station.operations import KINDS, shipped_policy
from workstation.documents.texts import Texts
from workstation.station.log_view import (
    LogEntryView,
    LogMatches,
    LogMember,
    LogRow,
    ProofLine,
    ProofState,
)

__all__ = ["FOUND_SILENTLY", "NAMES", "NOW_MS", "LogLines"]

NOW_MS = 1_763_799_600_000  # 22.11.2025 13:20 in Kazakhstan

FOUND_SILENTLY = ("not_staff_face.teller", "one_identity.other_iin")
"""What silent checks found in some of the log's results."""

NAMES = {"T-1042": "Ахметов Е. Қ.", "T-1043": "Өмірзақ Ғ. Т.", "S-0031": "Жұмабаева Ә. Н."}
_STEPS = 4
_OUTCOMES = (
    ("approved", "decision.approved"),
    ("rejected", "match.non_match"),
    ("indeterminate", "phone_owner.no_answer"),
)
_WORDS = "Звонила клиенту на прежний номер"
_SHA256 = "9f2c41d07be388aa05c1e77d3b901f6ec2d4a81560bb7e299f2c41d07be388aa"


class LogLines:
    """Four entries a case, newest now: begin, consent, a step or a supervisor's act, result.

    It counts what was read, and refuses the GUI's thread as a disk that hangs would stop it.
    """

    def __init__(self, size: int, *, bad: frozenset[int] = frozenset()) -> None:
        self._size = size
        self._bad = bad
        self.read = 0
        self.interrupted = 0
        self.asked: list[object] = []

    def grow(self, count: int) -> None:
        self._size += count

    def size(self) -> int:
        self._refuse_gui()
        return self._size

    def operators(self) -> dict[str, str]:
        self._refuse_gui()
        return NAMES

    def rows(self, start: int, count: int) -> list[LogRow]:
        self._refuse_gui()
        self.read += 1
        return [self.row(seq) for seq in range(start, min(start + count, self._size))]

    def rows_of(self, seqs: object) -> list[LogRow]:
        self._refuse_gui()
        self.read += 1
        return [self.row(seq) for seq in seqs]

    def find(self, query: object) -> LogMatches:
        self._refuse_gui()
        self.asked.append(query)
        found = (seq for seq in range(self._size) if self._answers(self.row(seq), query))
        seqs = array("I", found)
        return LogMatches(seqs, len(seqs), self._size)

    def case_entries(self, case: str) -> list[LogRow]:
        self._refuse_gui()
        first = int(case, 16) * _STEPS
        return [self.row(seq) for seq in range(first, min(first + _STEPS, self._size))]

    def entry(self, seq: int) -> LogEntryView:
        self._refuse_gui()
        row = self.row(seq)
        members = (
            LogMember("case", row.case),
            LogMember("reason", row.reason),
            LogMember("checks.0.status", "passed"),
        )
        body = ProofState.BAD if seq in self._bad else ProofState.GOOD
        proof = (
            ProofLine("body", body, _SHA256),
            ProofLine("link", ProofState.GOOD, _SHA256),
            ProofLine("inclusion", ProofState.GOOD, f"{seq} / {self._size}"),
            ProofLine("head", ProofState.GOOD, f"bank.example/log/012 · {_SHA256}"),
            ProofLine("signature", ProofState.GOOD, "bank.example/ses/7f3c"),
            ProofLine("cosignature", ProofState.ABSENT),
        )
        return LogEntryView(row, members, ("bank.example/ses/7f3c",), proof, self._size)

    def interrupt(self) -> None:
        self.interrupted += 1

    def row(self, seq: int) -> LogRow:
        case, step = divmod(seq, _STEPS)
        moment = NOW_MS - (self._size - seq) * 53_000
        operation = KINDS[case % 3]
        actor = "T-1042" if case % 2 else "T-1043"
        name = f"{case:032x}"
        match step:
            case 0:
                return LogRow(seq, moment, "verify.begin", actor, operation, "", "", case=name)
            case 1:
                return LogRow(
                    seq, moment, "verify.step", actor, "", "consent", "consent.given", case=name
                )
            case 2 if case % 5 == 0:
                return LogRow(
                    *(seq, moment, "review", "S-0031", "", "override", "", ()),
                    case=name,
                    words=_WORDS,
                )
            case 2:
                return LogRow(
                    seq,
                    moment,
                    "verify.step",
                    actor,
                    "",
                    "signature",
                    "signature.passed",
                    case=name,
                )
        outcome, reason = _OUTCOMES[case % 3]
        findings = FOUND_SILENTLY if case % 3 == 1 else ()
        return LogRow(
            seq, moment, "verify.result", actor, operation, outcome, reason, findings, case=name
        )

    def _answers(self, row: LogRow, query) -> bool:
        if query.kinds and row.kind not in query.kinds:
            return False
        if query.since_ms is not None and row.time_ms < query.since_ms:
            return False
        if query.until_ms is not None and row.time_ms >= query.until_ms:
            return False
        for wanted, value in (
            (query.operator, row.actor),
            (query.operation, row.operation),
            (query.outcome, row.outcome),
            (query.case, row.case),
        ):
            if wanted and wanted != value:
                return False
        words = self._words(row).casefold().split()
        return all(
            any(word.startswith(typed) for word in words) for typed in query.text.casefold().split()
        )

    def _words(self, row: LogRow) -> str:
        texts = _texts()
        codes = (f"operation.{row.operation}", f"outcome.{row.outcome}", row.reason)
        said = [texts.tr(code) for code in codes if texts.has(code)]
        return " ".join((row.actor, NAMES[row.actor], row.words, *said))

    def _refuse_gui(self) -> None:
        if threading.current_thread() is threading.main_thread():
            raise AssertionError("the log is read in the GUI's thread")


@cache
def _texts() -> Texts:
    return Texts("ru", shipped_policy().words())
