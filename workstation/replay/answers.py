"""Answers of pre-checks and findings, judged again by the numbers that they state.

Each reading returns what the answer may be under the draft: one, or both where the record does not
say enough. A number that the draft does not change leaves the answer as it was found.
"""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Final

from workstation.replay.draft import DraftPolicy
from workstation.replay.stored_case import StoredCase, StoredCheck
from workstation.rules.checks import CheckId, CheckName, CheckStatus
from workstation.session.evidence import Answer
from workstation.session.judges.judgements import JUDGES

__all__ = ["find_answers", "may_be_asked"]

_PASSED, _FAILED = CheckStatus.PASSED, CheckStatus.FAILED
_Reading = Callable[[StoredCase, StoredCheck, DraftPolicy, int | None], tuple[Answer, ...]]


def find_answers(
    case: StoredCase, draft: DraftPolicy, age: int | None
) -> Iterator[tuple[Answer, ...]]:
    """Yield the answers that a session may have under the draft, at this age.

    What was never asked is not among them.
    """
    result = case.result
    checks = () if result is None else result.checks
    answered = (each for each in checks if each.check not in JUDGES and may_be_asked(each))
    return product(*(_read(case, each, draft, age) for each in answered))


def may_be_asked(check: StoredCheck) -> bool:
    """Whether the record holds an answer; a check that is missing was not asked."""
    return check.reason != f"{check.check}.missing"


def _read(
    case: StoredCase, check: StoredCheck, draft: DraftPolicy, age: int | None
) -> tuple[Answer, ...]:
    reading = _READINGS.get(check.check)
    return (_as_found(check),) if reading is None else reading(case, check, draft, age)


def _as_found(check: StoredCheck) -> Answer:
    return Answer(check.check, check.status, check.reason)


def _judge(check: StoredCheck, word: str, *, passed: bool) -> Answer:
    """Return the answer as found where it comes out the same, else with the reason `word`."""
    status = _PASSED if passed else _FAILED
    if check.status is status:
        return _as_found(check)
    return Answer(check.check, status, f"{check.check}.{word}")


def _either(check: StoredCheck, passed: str, failed: str) -> tuple[Answer, ...]:
    return _judge(check, passed, passed=True), _judge(check, failed, passed=False)


def _read_age(
    case: StoredCase, check: StoredCheck, draft: DraftPolicy, age: int | None
) -> tuple[Answer, ...]:
    del case
    least, most = draft.policy.minimum_age, draft.policy.maximum_age
    if age is None or not check.reason.startswith("age."):
        return (_as_found(check),)
    failed = "too_young" if age < least else "too_old"
    return (_judge(check, "ok" if least <= age <= most else failed, passed=least <= age <= most),)


def _read_cool_down(
    case: StoredCase, check: StoredCheck, draft: DraftPolicy, age: int | None
) -> tuple[Answer, ...]:
    """Judge the refusals; those of another window than the draft's are a bound on its own."""
    del age
    refusals, allowed = check.number("refusals"), draft.policy.cool_down_attempts
    if refusals is None:
        return (_as_found(check),)
    if check.reason == "cool_down.lifted":
        # By a supervisor's act; whether it would have been done in another window nobody knows.
        return (_as_found(check),)
    window, wanted = _find_window(case, draft), draft.policy.cool_down_ms
    fewer = refusals < allowed
    if window == wanted or (window is not None and (wanted < window) is fewer):
        return (_judge(check, "clear" if fewer else "active", passed=fewer),)
    return _either(check, "clear", "active")


def _find_window(case: StoredCase, draft: DraftPolicy) -> int | None:
    basis = None if case.result is None else case.result.basis
    if basis is not None:
        return basis.cool_down_ms
    known = draft.known.get(case.begin.policy_sha256)
    return None if known is None else known.cool_down_ms


def _read_sharing(
    case: StoredCase, check: StoredCheck, draft: DraftPolicy, age: int | None
) -> tuple[Answer, ...]:
    del case, age
    clients = check.number("clients")
    if clients is None:
        return (_as_found(check),)
    own = clients <= draft.policy.clients_per_number
    return (_judge(check, "own" if own else "shared", passed=own),)


def _read_key_age(
    case: StoredCase, check: StoredCheck, draft: DraftPolicy, age: int | None
) -> tuple[Answer, ...]:
    del case, age
    hours, least = check.number("hours"), draft.policy.key_age_hours
    if hours is None:
        return (_as_found(check),)
    if check.status is _FAILED and not hours and not least and check.number("least"):
        # Younger than an hour, or not valid yet: only the former would be old enough now.
        return _either(check, "old_enough", "young")
    old = hours >= least and not (check.status is _FAILED and check.number("least") == 0)
    return (_judge(check, "old_enough" if old else "young", passed=old),)


def _read_distance(
    case: StoredCase, check: StoredCheck, draft: DraftPolicy, age: int | None
) -> tuple[Answer, ...]:
    """Judge how near the live face is to that of staff, or of a customer of another ИИН."""
    del case, age
    distance, bound = check.number("distance_ppm"), draft.policy.faces.same_person_ppm
    if distance is None:
        return (_as_found(check),)
    apart = distance >= bound
    near = "other_iin" if check.check == CheckId.ONE_IDENTITY else "staff"
    return (_judge(check, "clear" if apart else near, passed=apart),)


_READINGS: Final[dict[CheckName, _Reading]] = {
    CheckId.AGE: _read_age,
    CheckId.COOL_DOWN: _read_cool_down,
    CheckId.NUMBER_NOT_SHARED: _read_sharing,
    CheckId.KEY_AGE: _read_key_age,
    CheckId.NOT_STAFF_FACE: _read_distance,
    CheckId.ONE_IDENTITY: _read_distance,
}
