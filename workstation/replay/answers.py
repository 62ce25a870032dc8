"""Answers of pre-checks and findings, judged again by the numbers that they state.

Each reading returns what the answer may be under the draft: one, or both where the record does not
say enough. A number that the draft does not change leaves the answer as it was found.
"""

from collections.abc import Callable
from typing import Final

from workstation.replay.draft import DraftPolicy
from workstation.replay.stored_case import StoredCase, StoredCheck
from workstation.rules.checks import CheckId, CheckName, CheckStatus

__all__ = ["Reading", "read_age", "read_answer"]

Reading = tuple[CheckStatus, str]
"""Status and reason of an answer."""

_PASSED, _FAILED = CheckStatus.PASSED, CheckStatus.FAILED
_Reader = Callable[[StoredCase, StoredCheck, DraftPolicy], tuple[Reading, ...]]


def read_answer(case: StoredCase, check: StoredCheck, draft: DraftPolicy) -> tuple[Reading, ...]:
    """Return what an answer may be under the draft; the age's depends on the facts (`read_age`)."""
    reader = _READERS.get(check.check)
    if reader is not None:
        return reader(case, check, draft)
    attestation = draft.attestations.get(check.check)
    if attestation is not None and check.facts:
        return (attestation.judge({name: word == "yes" for name, word in check.facts.items()}),)
    return ((check.status, check.reason),)


def read_age(found: Reading, age: int | None, draft: DraftPolicy) -> Reading:
    """Return the answer about an age; as it was found where nobody knows the age."""
    least, most = draft.policy.minimum_age, draft.policy.maximum_age
    if age is None or found[1] not in {"age.ok", "age.too_young", "age.too_old"}:
        return found
    if least <= age <= most:
        return _PASSED, "age.ok"
    return _FAILED, "age.too_young" if age < least else "age.too_old"


def _judge(check: StoredCheck, word: str, *, passed: bool) -> Reading:
    """Return the answer as found where it comes out the same, else with the reason `word`."""
    status = _PASSED if passed else _FAILED
    return status, check.reason if check.status is status else f"{check.check}.{word}"


def _read_cool_down(
    case: StoredCase, check: StoredCheck, draft: DraftPolicy
) -> tuple[Reading, ...]:
    """Judge the refusals; those of another window than the draft's are a bound on its own."""
    refusals, allowed = check.number("refusals"), draft.policy.cool_down_attempts
    if refusals is None or check.reason == "cool_down.lifted":
        # Lifted by a supervisor's act, which the draft does not undo.
        return ((check.status, check.reason),)
    window, wanted = _find_window(case, draft), draft.policy.cool_down_ms
    fewer = refusals < allowed
    if window == wanted or (window is not None and (wanted < window) is fewer):
        return (_judge(check, "clear" if fewer else "active", passed=fewer),)
    return _judge(check, "clear", passed=True), _judge(check, "active", passed=False)


def _find_window(case: StoredCase, draft: DraftPolicy) -> int | None:
    basis = None if case.result is None else case.result.basis
    if basis is not None:
        return basis.cool_down_ms
    known = draft.known.get(case.begin.policy_sha256)
    return None if known is None else known.cool_down_ms


def _read_sharing(case: StoredCase, check: StoredCheck, draft: DraftPolicy) -> tuple[Reading, ...]:
    del case
    clients = check.number("clients")
    if clients is None:
        return ((check.status, check.reason),)
    own = clients <= draft.policy.clients_per_number
    return (_judge(check, "own" if own else "shared", passed=own),)


def _read_key_age(case: StoredCase, check: StoredCheck, draft: DraftPolicy) -> tuple[Reading, ...]:
    del case
    hours, least = check.number("hours"), draft.policy.key_age_hours
    if hours is None:
        return ((check.status, check.reason),)
    if check.status is _FAILED and not hours and not least:
        if check.number("least") == 0:
            # Not valid yet: too young for any policy.
            return ((check.status, check.reason),)
        # Younger than an hour, or not valid yet: only the former would be old enough now.
        return _judge(check, "old_enough", passed=True), _judge(check, "young", passed=False)
    old = hours >= least
    return (_judge(check, "old_enough" if old else "young", passed=old),)


def _read_distance(case: StoredCase, check: StoredCheck, draft: DraftPolicy) -> tuple[Reading, ...]:
    """Judge how near the live face is to that of staff, or of a customer of another ИИН."""
    del case
    distance, bound = check.number("distance_ppm"), draft.policy.faces.same_person_ppm
    if distance is None:
        return ((check.status, check.reason),)
    apart = distance >= bound
    near = "other_iin" if check.check == CheckId.ONE_IDENTITY else "staff"
    return (_judge(check, "clear" if apart else near, passed=apart),)


_READERS: Final[dict[CheckName, _Reader]] = {
    CheckId.COOL_DOWN: _read_cool_down,
    CheckId.NUMBER_NOT_SHARED: _read_sharing,
    CheckId.KEY_AGE: _read_key_age,
    CheckId.NOT_STAFF_FACE: _read_distance,
    CheckId.ONE_IDENTITY: _read_distance,
}
