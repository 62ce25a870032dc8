"""Cases and decisions that wait, for the pages that list and show them."""

from dataclasses import replace
from typing import Any

from tests.support.desktop.snapshots import EYES, NOW_MS, checks, jpeg, station
from workstation.cases.parked_case import ParkedCase, WaitsFor
from workstation.review.drawn_look import DrawnLook, OpenedLook
from workstation.review.waiting_review import ReviewedCase, ReviewedPerson, WaitingReview
from workstation.rules.catalogue.words import Words
from workstation.rules.checks import CheckId, CheckStatus
from workstation.rules.parties import Operator, PartyRole, Role
from workstation.rules.reference import ReferenceSource
from workstation.session.confirmation import HandOverReason

__all__ = ["HOUR_MS", "LOOK", "REVIEW", "WAITING", "case", "supervisor"]

HOUR_MS = 3_600_000


def case(number: int = 418, waits_for: WaitsFor = WaitsFor.CUSTOMER, **changed: Any) -> ParkedCase:
    """Return a case that was parked an hour ago."""
    made: dict[str, Any] = {
        "case": f"{number:032x}",
        "number": number,
        "kind": "change_trusted_phone",
        "client_name": "Нұрғалиева Әсел Серікқызы",
        "iin_masked": "••••••••0421",
        "parked_ms": NOW_MS - HOUR_MS,
        "until_ms": NOW_MS + HOUR_MS,
        "by": "T-1042",
    }
    return ParkedCase(**{**made, **changed}, waits_for=waits_for)


_MINUTE_MS = 60_000
WAITING = WaitingReview(
    "1" * 32,
    418,
    "change_trusted_phone",
    "Нұрғалиева Әсел Серікқызы",
    "••••••••0421",
    NOW_MS - 12 * _MINUTE_MS,
    NOW_MS + 600 * _MINUTE_MS,
    ("T-1042",),
    (CheckId.OLD_NUMBER_CALLED, CheckId.KEY_AGE),
)
HANDED_OVER = replace(
    WAITING,
    case="2" * 32,
    number=431,
    asked=(),
    handed_over=HandOverReason.DOUBT_ABOUT_PERSON,
    parked_ms=NOW_MS - 3 * _MINUTE_MS,
)
_OPEN = tuple(
    replace(each, facts=(("hours", 6), ("least", 72))) if each.check == CheckId.KEY_AGE else each
    for each in checks(
        **{
            CheckId.OLD_NUMBER_CALLED: (CheckStatus.INDETERMINATE, "old_number_called.missing"),
            CheckId.KEY_AGE: (CheckStatus.FAILED, "key_age.young"),
        }
    )
)
REVIEW = ReviewedCase(
    WAITING,
    (("field.new_phone", Words(*["+7701 ••• •• 67"] * 3)),),
    _OPEN,
    (),
    (
        ReviewedPerson(
            PartyRole.CUSTOMER,
            WAITING.client_name,
            WAITING.iin_masked,
            jpeg(),
            jpeg(),
            (EYES, EYES),
            ReferenceSource.REGISTRY,
            612,
            "НҰРҒАЛИЕВА ӘСЕЛ",
        ),
    ),
)
DRAWN = DrawnLook(402, "change_trusted_phone", NOW_MS - 300 * _MINUTE_MS, NOW_MS + 9_000_000)
LOOK = OpenedLook(
    DRAWN, "T-1042", "approved", "decision.approved", checks(), ((jpeg(), jpeg(), (EYES, EYES)),)
)


def supervisor(**changed):
    """Return a station at which a supervisor is signed in and something waits."""
    made = {
        "operator": Operator("S-0031", "Смирнова О. П.", Role.SUPERVISOR),
        "allowed": ("override", "read_log", "verify_log", "export_log", "close_shift"),
        "reviews": (WAITING, HANDED_OVER),
        "looks": (DRAWN,),
    }
    status = station()
    return replace(status, **{**made, **changed})
