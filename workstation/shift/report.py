"""The end of a shift on paper: one A4 page in three languages, made as receipts are made.

No name of a customer stands on it. The QR code holds the signed head of the log.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from resources import LANGUAGES
from workstation.documents.receipt import head_text
from workstation.documents.receipt_page import ReceiptPage, Row, fit_page
from workstation.documents.texts import Texts
from workstation.errors import OperationRefused
from workstation.records.shifts.count import OutcomeCount, ShiftCount
from workstation.rules.catalogue.words import Words
from workstation.rules.local_time import KAZAKHSTAN
from workstation.shift.closed import ClosedShift

__all__ = ["NUMBERS", "ReportPlace", "compose_shift"]

NUMBERS = (
    "overrides",
    "overrides_refused",
    "handed_over",
    "suspicions",
    "permits",
    "sign_ins_failed",
    "sign_ins_locked",
    "boots",
    "clock_steps",
)
"""Members of ShiftCount that are shown as they are, in this order; worded `shift.NAME`."""


@dataclass(frozen=True, slots=True)
class ReportPlace:
    """Whose shift it was, and the policy's own words for operations."""

    bank: str
    branch: str
    station: str
    simulated: bool
    words: dict[str, Words]


def compose_shift(closed: ClosedShift, place: ReportPlace, language: str) -> bytes:
    """Return the PDF; raises OperationRefused for a language that is not offered."""
    if language not in LANGUAGES:
        raise OperationRefused("language")
    order = (language, *(each for each in LANGUAGES if each != language))
    voices = tuple(Texts(each, place.words) for each in order)
    return fit_page(lambda scale: _draw(closed, place, voices, scale)).finish()


def _draw(
    closed: ClosedShift, place: ReportPlace, voices: tuple[Texts, ...], scale: float
) -> ReceiptPage:
    count = closed.count
    page = ReceiptPage(title=voices[0].tr("shift.title"), language=voices[0].language, scale=scale)
    page.heading(f"{place.bank} · {place.branch}", _all(voices, "shift.title"))
    if place.simulated:
        page.banner(_all(voices, "shift.simulated"))
    page.facts(
        [
            _row(voices, "shift.number", f"№ {closed.number}"),
            _row(voices, "shift.station", place.station),
            _row(voices, "shift.since", _moment(count.since_ms)),
            _row(voices, "shift.until", _moment(closed.closed_ms)),
            _row(voices, "shift.supervisor", closed.supervisor),
            _row(voices, "shift.words", closed.words or "—"),
        ]
    )
    _write_results(page, voices, count)
    page.section(_all(voices, "shift.other"))
    page.facts([_row(voices, f"shift.{name}", str(getattr(count, name))) for name in NUMBERS])
    _write_open(page, voices, count)
    stated = head_text(closed.head)
    page.proof(stated, stated, _all(voices, "shift.head"), _all(voices, "shift.head_text"))
    return page


def _write_results(page: ReceiptPage, voices: tuple[Texts, ...], count: ShiftCount) -> None:
    page.section(_all(voices, "shift.results"))
    page.facts([_row(voices, "shift.total", _say(voices[0], count.outcomes))])
    page.section(_all(voices, "shift.by_operation"))
    page.facts(
        [
            Row(
                _name_operation(voices, each.name),
                [_say(voices[0], each)],
            )
            for each in count.operations
        ]
    )
    page.section(_all(voices, "shift.by_operator"))
    page.facts(
        [
            Row(
                _all(voices, "shift.by_itself") if each.name == "log" else [each.name],
                [_say(voices[0], each)],
            )
            for each in count.operators
        ]
    )


def _write_open(page: ReceiptPage, voices: tuple[Texts, ...], count: ShiftCount) -> None:
    state = count.state
    page.section(_all(voices, "shift.open"))
    rows = [
        Row(_all(voices, f"waits_for.{each.why}"), [f"№ {each.number} · {_moment(each.since_ms)}"])
        for each in state.open
    ]
    for code, numbers in (("shift.looks", state.looks), ("shift.alarms", state.alarms)):
        if numbers:
            rows.append(_row(voices, code, ", ".join(f"№ {each}" for each in numbers)))
    page.facts(rows or [Row(_all(voices, "shift.none_open"), ["—"])])


def _name_operation(voices: tuple[Texts, ...], kind: str) -> list[str]:
    """Return what an operation is called; one that the policy has no more keeps its code."""
    code = f"operation.{kind}" if kind else "shift.by_itself"
    return _all(voices, code) if voices[0].has(code) else [kind]


def _say(texts: Texts, count: OutcomeCount) -> str:
    return texts.tr(
        "shift.outcomes",
        approved=count.approved,
        rejected=count.rejected,
        undecided=count.undecided,
    )


def _row(voices: tuple[Texts, ...], code: str, value: str) -> Row:
    return Row(_all(voices, code), [value])


def _all(voices: tuple[Texts, ...], code: str) -> list[str]:
    return list(dict.fromkeys(each.tr(code) for each in voices))


def _moment(ms: int) -> str:
    moment = datetime.fromtimestamp(ms // 1000, UTC).astimezone(KAZAKHSTAN)
    return moment.strftime("%d.%m.%Y %H:%M")
