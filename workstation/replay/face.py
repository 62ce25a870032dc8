"""Liveness attempts and the comparison of a record, judged again by what was measured."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from vision.liveness.fusion import fuse
from vision.liveness.plan import plan_attempt
from vision.liveness.signals.blink import NO_BLINK
from vision.liveness.signals.parallax import FLAT
from vision.liveness.signals.perspective import NO_DEPTH
from vision.liveness.signals.stream import FROZEN, LOOPED
from vision.matching.comparison import NOT_COMPARED_PPM, SecondOpinion, judge_distance
from vision.models.manifest import PresentationAttack
from vision.results import Accommodation, MatchVerdict, PadVerdict, SignalResult, Status
from workstation.replay.draft import DraftPolicy
from workstation.replay.stored_case import StoredAttempt, StoredCase, StoredMatch, StoredSignal

__all__ = ["Face", "JudgedAttempt", "find_faces"]

_MILLION: Final = 1_000_000


class JudgedAttempt(NamedTuple):
    """One attempt under the draft."""

    verdict: PadVerdict
    reason: str
    commands: int
    accommodations: tuple[Accommodation, ...]


class Face(NamedTuple):
    """The face side of a session under the draft.

    match      verdict and reason; None where the session would not have come to it, or did not
    continued  whether everything that followed the attempts then would have followed now
    """

    attempts: tuple[JudgedAttempt, ...]
    match: tuple[MatchVerdict, str] | None
    continued: bool = True


@dataclass(frozen=True, slots=True)
class _Bound:
    """How a signal is judged by its value alone.

    setting  name of its threshold in the policy, `scale` of it a unit of the value
    least    whether the value has to reach the threshold, else not to exceed it
    failed   status and reason of a value that does not; every other finding is left as it is
    """

    setting: str
    least: bool
    failed: tuple[Status, str]
    scale: int = 1


_BOUNDS: Final = {
    "freeze": _Bound("near_identical_ppm", least=False, failed=(Status.FAILED, FROZEN)),
    "loop": _Bound("loop_ratio_ppm", least=True, failed=(Status.FAILED, LOOPED)),
    "planar": _Bound("planar_distance_ppm", least=True, failed=(Status.FAILED, FLAT)),
    "perspective": _Bound("perspective_ppm", least=True, failed=(Status.INDETERMINATE, NO_DEPTH)),
    "blink": _Bound("blinks", least=True, failed=(Status.FAILED, NO_BLINK), scale=_MILLION),
}

_STEERING: Final = frozenset({"planar", "blink"})
"""Signals that pass below a higher threshold for want of comparisons, or because nobody waited for
more: only a lower threshold tells what would have been found."""


def find_faces(case: StoredCase, draft: DraftPolicy) -> tuple[Face, ...]:
    """Return what the face side may be under the draft, as found first.

    More than one where the draft changes what an attempt goes by while it runs.
    """
    if not case.attempts:
        return (Face((), _judge_match(case.match, draft)),)
    judged = [_judge_attempt(each, draft) for each in case.attempts]
    found = _follow(case, [each for each, _ in judged], draft)
    if _is_comparable(case, draft) and all(known for _, known in judged):
        return (found,)
    # Whether the same person would have passed, too, nobody knows.
    last = judged[-1][0]
    failed = last._replace(verdict=PadVerdict.UNDECIDED, reason="liveness.incomplete")
    passed = last._replace(verdict=PadVerdict.BONA_FIDE, reason="liveness.bona_fide")
    before = [each for each, _ in judged[:-1]]
    others = (_follow(case, [*before, each], draft) for each in (failed, passed))
    return (found, *others)


def _is_comparable(case: StoredCase, draft: DraftPolicy) -> bool:
    """Whether the attempts went by what those of the draft would go by."""
    allowed = set(draft.policy.accommodations)
    if not all(allowed.issuperset(each.accommodations) for each in case.attempts):
        return False
    if case.begin.policy_sha256 == draft.policy.sha256:
        return True
    basis = None if case.result is None else case.result.basis
    if basis is not None:
        return basis.liveness == draft.liveness
    return draft.known_liveness.get(case.begin.policy_sha256) == draft.liveness


def _follow(case: StoredCase, attempts: list[JudgedAttempt], draft: DraftPolicy) -> Face:
    """Return the attempts as far as the draft lets them go on, and what followed them."""
    made: list[JudgedAttempt] = []
    for attempt in attempts:
        made.append(attempt)
        used = len(made) + case.earlier
        if attempt.verdict is not PadVerdict.UNDECIDED or used >= draft.policy.attempts_max:
            break
    if len(made) == len(attempts):
        return Face(tuple(made), _judge_match(case.match, draft))
    return Face(tuple(made), None, continued=False)


def _judge_attempt(attempt: StoredAttempt, draft: DraftPolicy) -> tuple[JudgedAttempt, bool]:
    """Return the attempt under the draft, and whether its signals tell."""
    signals, known = [], True
    for each in attempt.signals:
        signal = _judge_signal(each, draft)
        known = known and signal is not None
        signals.append(each if signal is None else signal)
    verdict, reason = attempt.verdict, attempt.reason
    if known and signals != list(attempt.signals):
        required = plan_attempt(attempt.accommodations).required
        network = PresentationAttack.role
        if any(each.name == network for each in signals):
            required = (*required, network)
        verdict, reason = fuse([_to_result(each) for each in signals], required)
    judged = JudgedAttempt(verdict, reason, len(attempt.commands), attempt.accommodations)
    return judged, known


def _judge_signal(signal: StoredSignal, draft: DraftPolicy) -> StoredSignal | None:
    """Return the signal under the draft's threshold; None where its value does not tell."""
    rule = _BOUNDS.get(signal.name)
    if rule is None:
        return signal
    bound = draft.bounds[rule.setting] * rule.scale
    if bound == signal.threshold_ppm:
        return signal
    failed = (signal.status, signal.reason) == rule.failed
    if not failed and signal.status is not Status.PASSED:
        return signal
    met = _meets(signal.value_ppm, bound, least=rule.least)
    if failed:
        status, reason = (Status.PASSED, "") if met else rule.failed
        return StoredSignal(signal.name, status, signal.value_ppm, bound, reason)
    if met or not _meets(signal.value_ppm, signal.threshold_ppm, least=rule.least):
        # Passed for another reason than its value: that reason stands.
        return StoredSignal(signal.name, signal.status, signal.value_ppm, bound, signal.reason)
    if signal.name in _STEERING:
        return None
    return StoredSignal(signal.name, *(rule.failed[0], signal.value_ppm, bound, rule.failed[1]))


def _meets(value: int, bound: int, *, least: bool) -> bool:
    return value >= bound if least else value <= bound


def _to_result(signal: StoredSignal) -> SignalResult:
    return SignalResult(
        signal.name, signal.status, signal.value_ppm, signal.threshold_ppm, signal.reason
    )


def _judge_match(match: StoredMatch | None, draft: DraftPolicy) -> tuple[MatchVerdict, str] | None:
    if match is None:
        return None
    verdict, reason = match.verdict, match.reason
    if match.distance_ppm != NOT_COMPARED_PPM:
        second = SecondOpinion(match.second_distance_ppm, match.second_threshold_ppm)
        verdict, reason = judge_distance(match.distance_ppm, draft.match, second)
    return verdict, reason
