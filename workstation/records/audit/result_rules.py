"""What a result that a station wrote has to hold together: signed acts, and an earned approval.

The outcome of each check is the station's word; how they make an outcome is `decide`'s
(workstation/session/decision.py, 5, 6 and 8), asked here a second time.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from crypto.canonical_json import JsonValue
from workstation.rules.checks import (
    LIVENESS_EXCEPTION,
    MATCH_REVIEWED,
    CheckId,
    CheckStatus,
    Hardness,
)
from workstation.rules.parties import person_key
from workstation.rules.policy import FEWEST_OFFICERS
from workstation.session.alternative import ANSWERED_OUTSIDE
from workstation.session.basis import CONFIRMED_SINCE, REASONED_SINCE
from workstation.session.comparison import ComparisonAnswer
from workstation.session.decision import DURESS, Outcome
from workstation.session.exception import is_explained
from workstation.session.overrides.reasons import list_reasons

__all__ = [
    "WAY_ANSWER",
    "are_acts_signed",
    "is_earned",
    "is_held_rightly",
    "name_shown",
    "name_way",
    "needs_confirmation",
]

WAY_ANSWER = "way.answer"
"""Step that states what a centre for palm or video answered."""

_WAY_REASONS = {f"liveness.{way}": way.value for way in ANSWERED_OUTSIDE}

Data = Mapping[str, JsonValue]
Acts = AbstractSet[tuple[str, ...]]


def are_acts_signed(data: Data, reviews: Acts, teller: str) -> bool:
    """Whether every act that a result counts was signed by the person it names.

    reviews  the acts of second persons that count: act, person, and what the act is about
    """
    overrides = [
        (
            *("override", person_key(_text(each, "by")), *_name_check(each)),
            *(_text(each, name) for name in ("reason", "why", "found")),
        )
        for each in _members(data, "overrides")
    ]
    vouching = [
        ("exception", person_key(_text(each, "by")), _text(each, "photo"), _text(each, "reason"))
        for each in _members(data, "exception")
    ]
    look = data.get("second_look")
    looks = [
        ("second_look", person_key(_text(each, "by")), _text(each, "reason"))
        for each in ([look] if isinstance(look, dict) else ())
    ]
    if any(act not in reviews for act in (*overrides, *vouching, *looks)):
        return False
    checks = tuple(_members(data, "checks"))
    if not _are_compared(data, reviews, checks):
        return False
    if data.get("outcome") != Outcome.APPROVED:
        return True
    return _are_excepted(data, checks, teller) and _are_confirmed(data, checks, reviews)


def name_way(data: Data, way: str) -> tuple[str, ...]:
    """Return what a centre confirmed, as the step and the result state it."""
    return "way", way, _text(data, "nonce"), _text(data, "reference")


def is_earned(data: Data) -> bool:
    """Whether an approved result has checks, each passed or rightly overridden."""
    checks = tuple(_members(data, "checks"))
    given = tuple(_members(data, "overrides"))
    overridden = {_name_check(each) for each in given if _is_reasoned(each, data)}
    return bool(checks) and not any(_is_open(each, overridden) for each in checks)


def needs_confirmation(data: Data) -> bool:
    """Whether a result was made when tellers confirmed already: its basis says so."""
    return _read_version(data) >= CONFIRMED_SINCE


def is_held_rightly(data: Data) -> bool:
    """Whether a hold decides nothing, and stands exactly where the reason is duress."""
    said = data.get("outcome"), data.get("reason")
    if "hold" not in data:
        return said[1] != DURESS
    return said == (Outcome.INDETERMINATE, DURESS) and name_shown(data) in set(Outcome)


def name_shown(data: Data) -> str:
    """Return the outcome that the screens showed of a held case, empty for one that is not held."""
    hold = data.get("hold")
    return _text(hold, "shown") if isinstance(hold, dict) else ""


def _read_version(data: Data) -> int:
    """Return the version of the result's basis, 0 without one."""
    basis = data.get("basis")
    version = basis.get("v") if isinstance(basis, dict) else None
    return version if isinstance(version, int) else 0


def _is_reasoned(override: Data, data: Data) -> bool:
    """Whether an override counts by the rules of its day: reason, words, and what was found."""
    if _read_version(data) < REASONED_SINCE:
        return True
    check, why = _text(override, "check"), _text(override, "why")
    listed = why in {each.value for each in list_reasons(check)}
    return listed and is_explained(_text(override, "reason")) and bool(_text(override, "found"))


def _are_excepted(data: Data, checks: tuple[Data, ...], teller: str) -> bool:
    """Whether officers enough vouched for each face whose liveness passed by exception."""
    for person in (_text(each, "person") for each in checks if _is_by(each, LIVENESS_EXCEPTION)):
        vouched = {
            person_key(_text(each, "by"))
            for each in _members(data, "exception")
            if _text(each, "person") == person
        }
        if len(vouched - {"", teller}) < FEWEST_OFFICERS:
            return False
    return True


def _are_confirmed(data: Data, checks: tuple[Data, ...], reviews: Acts) -> bool:
    """Whether each liveness that passed by palm or video was confirmed by its centre before.

    The way of the first person stands in the result itself, that of the next in its `second`.
    """
    taken = [
        _WAY_REASONS[_text(each, "reason")]
        for each in checks
        if _is_passed(each) and _text(each, "reason") in _WAY_REASONS
    ]
    second = data.get("second")
    stated = [each.get("way") for each in (data, second) if isinstance(each, Mapping)]
    ways = [each for each in stated if isinstance(each, Mapping)]
    confirmed = [
        _text(each, "id")
        for each in ways
        if _text(each, "reference") and name_way(each, _text(each, "id")) in reviews
    ]
    return sorted(taken) == sorted(confirmed)


def _name_check(data: Data) -> tuple[str, str]:
    return _text(data, "person"), _text(data, "check")


def _are_compared(data: Data, reviews: Acts, checks: tuple[Data, ...]) -> bool:
    """Whether each face's comparison was signed by the supervisor whom the result names for it.

    The first comparison is of the person whom `provenance` is about, the next of the `second`.
    """
    matches = [each for each in checks if _text(each, "check") == CheckId.MATCH]
    second = data.get("second")
    stated = [data, second if isinstance(second, dict) else {}][: max(1, len(matches))]
    confirmed = [_is_by(each, MATCH_REVIEWED) for each in matches] or [False]
    return len(confirmed) == len(stated) and all(
        _is_compared(each, reviews, confirmed=by_hand)
        for each, by_hand in zip(stated, confirmed, strict=True)
    )


def _is_compared(data: Data, reviews: Acts, *, confirmed: bool) -> bool:
    """Whether the comparison that a result rests on was signed by the supervisor it names."""
    provenance = data.get("provenance")
    stated = provenance if isinstance(provenance, dict) else {}
    reviewer, why = _text(stated, "reviewer"), _text(stated, "review_reason")
    answers = (
        [ComparisonAnswer.SAME.value] if confirmed else [each.value for each in ComparisonAnswer]
    )
    if not reviewer:
        return not confirmed
    said = [ComparisonAnswer.SAME.value] if confirmed else answers
    signed = (("comparison", person_key(reviewer), answer, why) for answer in said)
    return any(act in reviews for act in signed)


def _is_passed(check: Data) -> bool:
    return check.get("status") == CheckStatus.PASSED


def _is_by(check: Data, reason: str) -> bool:
    return _is_passed(check) and check.get("reason") == reason


def _is_open(check: Data, overridden: set[tuple[str, str]]) -> bool:
    """Whether a check of an approved result neither passed nor was rightly overridden."""
    if _is_passed(check) or check.get("hard") == Hardness.SILENT:
        return False
    return check.get("hard") != Hardness.SOFT or _name_check(check) not in overridden


def _text(data: Data, name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def _members(data: Data, name: str) -> Iterator[Data]:
    value = data.get(name)
    for each in value if isinstance(value, list) else ():
        yield each if isinstance(each, dict) else {}
