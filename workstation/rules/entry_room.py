"""Whether what a session states of its checks fits into the log's entries, which have an end.

Found out when the policy is read: a session would find it out before its customer, and end.
"""

from collections.abc import Iterator
from typing import Final

from workstation.errors import PolicyRefused
from workstation.rules.checks import CheckName
from workstation.rules.parties import PartyRole
from workstation.rules.people.party import find_roles_of
from workstation.rules.policy import OperationPolicy, Policy
from workstation.rules.questions.definition import AnsweredBy

__all__ = ["require_room"]

_ROOM: Final = 8_192 - 2_700
"""Octets of a result, and of the pre-checks' step, without what they state of checks. Measured are
2,150 of a result for two people; longest names of a bank and its staff add some hundred."""

_CHECK: Final = 68
"""Of one check beside its name, which the reason repeats, and its rule's."""

_ROLE: Final = 26
_REASON: Final = 12
"""Of the program's own reasons beside the check's name."""

_ANSWER: Final = 300
"""Of a registry's answer: its source, both times, request and digest."""


def require_room(policy: Policy, operation: OperationPolicy, place: str) -> None:
    """Refuse an operation whose checks, or whose registries' answers, no entry has room for."""
    asked = {each.check for each in policy.questions}
    asked |= {each.id for each in policy.checks if each.by is AnsweredBy.REGISTRY}
    words = {each.id: max(map(len, each.reasons), default=0) for each in policy.checks}
    for here, asks in _courses(operation):
        checks = answers = 0
        for required in operation.required:
            name, roles = required.check, len(find_roles_of(required.check, here, asks))
            octets = _CHECK + 2 * len(name) + len(required.rule) + words.get(name, _REASON)
            checks += roles * (octets + (_ROLE if len(here) > 1 else 0))
            answers += sum(_ANSWER + 2 * len(each) for each in required.answers if each in asked)
        for stated, what in ((checks, "checks"), (answers, "questions to registries")):
            if stated > _ROOM:
                raise PolicyRefused(f"{place}.required: no entry has room for so many {what}")


def _courses(
    operation: OperationPolicy,
) -> Iterator[tuple[tuple[PartyRole, ...], CheckName | None]]:
    """Iterate over who may sit at the desk, with the check of how they are related."""
    yield (PartyRole.CUSTOMER,), None
    for party in operation.parties:
        yield party.roles, party.asks
