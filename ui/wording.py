"""Numbers, times and status words as the operators of Kazakhstan write them."""

from datetime import date, datetime
from typing import Final

from ui.theme.tone import Tone
from vision.results import Status
from workstation.documents.texts import Texts
from workstation.rules.checks import CheckStatus
from workstation.rules.local_time import KAZAKHSTAN
from workstation.rules.reference import READ_HERE, ReferenceGrade, ReferenceSource
from workstation.station.snapshot import DocumentPhase, DocumentView, SessionSnapshot

__all__ = [
    "clock_text",
    "count_text",
    "date_text",
    "date_time_text",
    "day_text",
    "document_grade",
    "document_text",
    "duration_text",
    "minute_text",
    "number_text",
    "origin_text",
    "photo_age_code",
    "photo_origin_text",
    "ratio_text",
    "seconds_text",
    "status_code",
    "status_tone",
]

_MINUTE_MS: Final = 60_000
_MONTH_DAYS: Final = 30
_YEAR_DAYS: Final = 365.25
_GRADE_TONES: Final = {
    ReferenceGrade.ISSUER_SIGNED: Tone.OK,
    ReferenceGrade.REGISTERED: Tone.OK,
    ReferenceGrade.UNAUTHENTICATED: Tone.WARN,
}
_TONES: Final = {"passed": Tone.OK, "failed": Tone.BAD, "indeterminate": Tone.WARN}


def number_text(number: int) -> str:
    """Return a session number as people read it aloud: 418 -> 000 418."""
    digits = f"{number:06d}"
    return f"{digits[:-3]} {digits[-3:]}"


def count_text(number: int) -> str:
    """Return a count with its thousands apart."""
    return f"{number:,}".replace(",", " ")


def duration_text(elapsed_ms: int) -> str:
    """Return minutes and seconds, never negative."""
    seconds = max(0, elapsed_ms) // 1000
    return f"{seconds // 60:02d}:{seconds % 60:02d}"


def _moment(epoch_ms: int) -> datetime:
    return datetime.fromtimestamp(epoch_ms / 1000, KAZAKHSTAN)


def date_time_text(epoch_ms: int) -> str:
    """Return date and time in Kazakhstan."""
    return f"{_moment(epoch_ms):%d.%m.%Y %H:%M:%S}"


def clock_text(epoch_ms: int) -> str:
    """Return the time of day in Kazakhstan."""
    return f"{_moment(epoch_ms):%H:%M:%S}"


def date_text(epoch_ms: int) -> str:
    """Return the date in Kazakhstan."""
    return f"{_moment(epoch_ms):%d.%m.%Y}"


def minute_text(epoch_ms: int) -> str:
    """Return date, hour and minute in Kazakhstan; never earlier than the moment."""
    return f"{_moment(epoch_ms + _MINUTE_MS - 1):%d.%m.%Y %H:%M}"


def day_text(day: date) -> str:
    """Return a calendar day."""
    return f"{day:%d.%m.%Y}"


def document_grade(view: DocumentView) -> tuple[str, Tone]:
    """Return the code and the tone that say what a document's word is worth; empty before that."""
    if view.phase is DocumentPhase.REFUSED:
        return "document.refused", Tone.BAD
    if view.phase is not DocumentPhase.READ or view.source is None:
        return "", Tone.NOW
    grade = view.source.grade
    return f"document_grade.{grade.value}", _GRADE_TONES[grade]


def document_text(texts: Texts, view: DocumentView | None) -> str:
    """Return what an accepted document states, for whoever holds it in the hand; empty without.

    The name is in Latin letters, as the machine-readable zone has it.
    """
    if view is None or view.phase is not DocumentPhase.READ:
        return ""
    birth = "—" if view.birth_date is None else day_text(view.birth_date)
    expiry = "—" if view.expiry is None else day_text(view.expiry)
    number = view.number_masked
    return texts.tr("document.line", number=number, name=view.name, birth=birth, expiry=expiry)


def photo_age_code(age_days: int | None) -> tuple[str, int]:
    """Return the code and the number that say how old a photo is; empty where nobody knows.

    Days up to two months, months up to two years, then years: a face changes no faster.
    """
    if age_days is None:
        return "", 0
    if age_days < 2 * _MONTH_DAYS:
        return "photo_age.days", age_days
    if age_days < 2 * _YEAR_DAYS:
        return "photo_age.months", age_days // _MONTH_DAYS
    return "photo_age.years", int(age_days / _YEAR_DAYS)


def origin_text(texts: Texts, snapshot: SessionSnapshot) -> str:
    """Return whence the reference photo is, its age, who vouches, its grade; empty without one.

    A document does not say when its photo was taken. The state vouches for a chip by a signature,
    and a register is vouched for by whom it is of: neither is said twice.
    """
    source, view = snapshot.reference_source, snapshot.document
    if source is None:
        return ""
    words = photo_origin_text(texts, source, snapshot.reference_age_days)
    if source is ReferenceSource.CHIP and view is not None and view.copy_possible:
        return f"{words} · {texts.tr('reference_grade.copy_possible')}"
    return words


def photo_origin_text(texts: Texts, source: ReferenceSource, age_days: int | None) -> str:
    """Return whence a reference photo is, its age, who vouches for it and its grade."""
    age, count = photo_age_code(age_days)
    parts = [texts.tr(f"reference_source.{source.value}")]
    if age or source not in READ_HERE:
        parts.append(texts.tr(age, count=count) if age else texts.tr("photo_age.unknown"))
    if source.grade is not ReferenceGrade.ISSUER_SIGNED:
        who = texts.tr(f"reference_voucher.{source.value}")
        parts.append(texts.tr("reference.vouched_by", who=who))
    if source.grade is not ReferenceGrade.REGISTERED:
        parts.append(texts.tr(f"reference_grade.{source.grade.value}"))
    return " · ".join(parts)


def ratio_text(texts: Texts, parts_per_million: int) -> str:
    """Return a ratio with two digits and the decimal sign of the language."""
    shown = f"{parts_per_million / 1_000_000:.2f}"
    return shown if texts.language == "en" else shown.replace(".", ",")


def seconds_text(texts: Texts, elapsed_ms: int) -> str:
    """Return seconds with one digit and the decimal sign of the language."""
    shown = f"{max(0, elapsed_ms) / 1000:.1f}"
    return shown if texts.language == "en" else shown.replace(".", ",")


def status_tone(status: CheckStatus | Status | str) -> Tone:
    """Return the tone of a three-valued status; what is not known is a warning."""
    return _TONES.get(str(status), Tone.WARN)


def status_code(status: CheckStatus | Status | str) -> str:
    """Return the code of the status word."""
    return f"status.{status}"
