"""How a hard check with alternatives is judged: it passes when one way does, whole.

It fails only when every way that was taken has failed; a way of which nothing was asked is not
taken. Answers of two ways are never added up, and none counts beside a register that denies it.
"""

from collections.abc import Callable

from workstation.rules.alternatives import DENIALS, Alternative
from workstation.rules.checks import CheckName, CheckStatus
from workstation.rules.policy import RequiredCheck
from workstation.session.judges.verdict import Verdict

__all__ = ["find_confirmable", "judge_group"]

_NOT_TAKEN = ".missing"

JudgeOne = Callable[[CheckName], Verdict]
IsConfirmed = Callable[[CheckName], bool]


def judge_group(
    item: RequiredCheck, judge: JudgeOne, is_confirmed: IsConfirmed, *, refused: bool
) -> tuple[Verdict, Alternative | None]:
    """Return the verdict on the group and the way by which it passed, None when it has not.

    judge         judges one check by itself
    is_confirmed  whether another officer has confirmed a check in the review
    refused       an officer has refused in the review: what is unconfirmed stays so
    """
    own = judge(item.check)
    if own[1] in DENIALS:
        return own, None
    verdicts = [(way, _judge_way(way, judge, is_confirmed, refused=refused)) for way in item.any_of]
    for way, (status, reason, facts) in verdicts:
        if status is CheckStatus.PASSED:
            return (status, reason, (*facts, ("way", way.id))), way
    taken = [verdict for _, verdict in verdicts if not verdict[1].endswith(_NOT_TAKEN)]
    still_open = [each for each in taken if each[0] is CheckStatus.INDETERMINATE]
    missing: Verdict = (CheckStatus.INDETERMINATE, f"{item.check}{_NOT_TAKEN}", ())
    return next(iter((*still_open, *taken, missing))), None


def find_confirmable(
    item: RequiredCheck, judge: JudgeOne, is_confirmed: IsConfirmed
) -> tuple[CheckName, ...]:
    """Return the checks that another officer has still to confirm for one way to pass."""
    if judge(item.check)[1] in DENIALS:
        return ()
    for way in item.any_of:
        passed = all(judge(each)[0] is CheckStatus.PASSED for each in way.answers)
        if way.confirmed and passed:
            return tuple(each for each in way.needs if not is_confirmed(each))
    return ()


def _judge_way(
    way: Alternative, judge: JudgeOne, is_confirmed: IsConfirmed, *, refused: bool
) -> Verdict:
    """Judge all that a way needs: the first that has not passed speaks for it."""
    verdicts = [judge(each) for each in way.answers]
    for verdict in verdicts:
        if verdict[0] is not CheckStatus.PASSED:
            return verdict
    last = verdicts[-1]
    if not way.confirmed or all(is_confirmed(each) for each in way.needs):
        return last
    if refused:
        return CheckStatus.FAILED, "review.refused", last[2]
    return CheckStatus.INDETERMINATE, f"{way.check}.unconfirmed", last[2]
