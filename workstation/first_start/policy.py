"""The policy that a station is begun with: read, and said from when it is in force."""

from pathlib import Path

from workstation.errors import PolicyRefused
from workstation.first_start.beginning import read_rules
from workstation.first_start.findings import FindingState, SetUpFinding, group_digits
from workstation.first_start.set_up import SetUp
from workstation.rules.local_time import local_day
from workstation.rules.policy_file import read_policy, require_in_force

__all__ = ["describe_policy", "take_policy"]


def take_policy(set_up: SetUp, file: Path | None) -> list[SetUpFinding]:
    """Keep the octets that BEGIN pins, of a file or else of the shipped policy; PolicyRefused.

    One that is not in force today is not kept: a station would be begun that cannot start.
    """
    found, rules = _read(set_up, file)
    if all(each.state is not FindingState.BAD for each in found):
        set_up.rules = rules
    return found


def describe_policy(set_up: SetUp) -> list[SetUpFinding]:
    """Say which policy is taken where no file is named; PolicyRefused."""
    return _read(set_up, None)[0]


def _read(set_up: SetUp, file: Path | None) -> tuple[list[SetUpFinding], bytes]:
    rules = read_rules(file)
    policy, day = read_policy(rules), local_day(set_up.now())
    facts = {"id": policy.id, "since": f"{policy.valid_from:%d.%m.%Y}"}
    if day < policy.valid_from:
        return [SetUpFinding.make(FindingState.BAD, "policy_too_early", **facts)], rules
    try:
        require_in_force(policy, day)
    except PolicyRefused:
        return [SetUpFinding.make(FindingState.BAD, "policy_over", **facts)], rules
    if file is None:
        return [SetUpFinding.make(FindingState.GOOD, "policy_shipped", **facts)], rules
    # What another file states is the bank's to compare: its digits are what head office was told.
    digits = group_digits(policy.sha256)
    return [SetUpFinding.make(FindingState.WARNING, "policy_own", digits=digits, **facts)], rules
