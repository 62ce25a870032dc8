"""Which version of the rules binds on a day. Pure: files are read by `reader`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from workstation.errors import PolicyRefused
from workstation.rules.policy import Policy
from workstation.rules.policy_file import require_in_force

__all__ = ["PolicyCalendar", "PolicyVersion"]

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One policy with its days and who signed it; nobody where the settings pin the file itself."""

    policy: Policy
    signers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyCalendar:
    """All versions in the order of their days: no day has two, and none between them has none."""

    versions: tuple[PolicyVersion, ...]

    @classmethod
    def arrange(cls, versions: Sequence[PolicyVersion]) -> "PolicyCalendar":
        """Return the calendar of these versions.

        Raises PolicyRefused: none at all, one day twice, a gap between two, a rule that does not
        bind in all of its version's days.
        """
        if not versions:
            raise PolicyRefused("there is no policy")
        ordered = sorted(versions, key=lambda each: each.policy.valid_from)
        for each in ordered:
            _require_rules(each.policy)
        for before, after in pairwise(ordered):
            _require_next(before.policy, after.policy)
        return cls(tuple(ordered))

    def find(self, day: date) -> PolicyVersion | None:
        """Return the version of a day; None before the first and after the last."""
        return next((each for each in self.versions if each.policy.in_force(day)), None)

    def require(self, day: date) -> PolicyVersion:
        """Return the version of a day; PolicyRefused when there is none."""
        found = self.find(day)
        if found is None:
            raise PolicyRefused(f"not in force on {day.isoformat()}")
        return found

    def days_left(self, day: date) -> int | None:
        """Return how many days after `day` have a version; None without end, 0 on the last day."""
        last = self.versions[-1].policy.valid_to
        return None if last is None else max(0, (last - day).days)


def _require_rules(policy: Policy) -> None:
    """Refuse a version a rule of which begins after it or ends before it."""
    for day in dict.fromkeys((policy.valid_from, policy.valid_to or policy.valid_from)):
        try:
            require_in_force(policy, day)
        except PolicyRefused as refused:
            raise PolicyRefused(f"{policy.id}: {refused.detail}") from None


def _require_next(before: Policy, after: Policy) -> None:
    if before.valid_to is None:
        raise PolicyRefused(
            f"{before.id}: it has no last day, and {after.id} begins on {after.valid_from}"
        )
    if before.valid_to >= after.valid_from:
        raise PolicyRefused(f"{after.id}: {after.valid_from} is a day of {before.id} too")
    if before.valid_to + _ONE_DAY != after.valid_from:
        raise PolicyRefused(
            f"{after.id}: no policy is in force between {before.valid_to} and {after.valid_from}"
        )
