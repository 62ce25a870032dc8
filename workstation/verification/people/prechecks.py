"""What is asked about a second person before a camera is used: who it is, and how related."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from workstation.registries.relations import RelationQuestion
from workstation.registries.sources import Registries
from workstation.rules.checks import CheckName, CheckStatus
from workstation.rules.operation import CriticalOperation
from workstation.rules.parties import SecondPerson
from workstation.rules.people.party import PartyRule
from workstation.rules.policy import Policy
from workstation.session.events import PrechecksPassed, PrechecksStopped, PrechecksUnanswered
from workstation.session.evidence import Answer
from workstation.verification.answers.judging import name_answer
from workstation.verification.prechecks import PrecheckResult, Prechecks, find_event

__all__ = [
    "ADULT_AGES",
    "SecondPrechecks",
    "find_joint_event",
    "gather_answers",
    "request_both",
]

ADULT_AGES: Final = (18, 130)
"""Whoever acts for or with somebody is of age (Civil Code of Kazakhstan, art. 17)."""


@dataclass(frozen=True, slots=True)
class SecondPrechecks:
    """What one session has to ask about a second person: pure values; `run` performs the asking.

    own     the person's own pre-checks
    teller  whether the second person is the operator who serves: nobody signs for a customer whom
            they serve
    """

    own: Prechecks
    party: PartyRule
    second: SecondPerson
    customer_iin: str
    operation: CriticalOperation
    teller: bool

    def run(self, registries: Registries, earlier: PrecheckResult | None) -> PrecheckResult:
        """Ask about the person, and then whether the relation is confirmed."""
        result = self.own.run(registries, earlier)
        # A silent or soft finding ends nothing: without the relation asked, nobody could go on.
        if find_event(self.own.policy, self.operation, result) is PrechecksStopped:
            return result
        known = () if earlier is None else earlier.answers
        given = [each for each in known if each.check == self.party.asks]
        settled = [each for each in given if each not in (earlier or result).unanswered]
        relation = settled[0] if settled else self._ask_relation(registries)
        return replace(result, answers=(*result.answers, relation))

    def _ask_relation(self, registries: Registries) -> Answer:
        check: CheckName = self.party.asks
        if self.teller:
            return Answer(check, CheckStatus.FAILED, f"{check}.teller")
        question = RelationQuestion(
            check=check,
            iin=self.customer_iin,
            other_iin=self.second.client.iin.digits,
            number=self.second.number,
            operation=self.operation.kind,
        )
        return name_answer(check, registries.relation(question))


def _run_both(
    customer: Prechecks,
    second: SecondPrechecks,
    registries: Registries,
    earlier: PrecheckResult | None,
) -> PrecheckResult:
    """Ask about the customer, and about the second person unless the customer is refused."""
    result = customer.run(registries, earlier)
    if find_event(customer.policy, customer.operation, result) is PrechecksStopped:
        return result
    before = None if earlier is None else earlier.second
    return replace(result, second=second.run(registries, before))


def request_both(
    customer: Prechecks,
    second: SecondPrechecks | None,
    registries: Registries,
    earlier: PrecheckResult | None,
) -> Callable[[], PrecheckResult]:
    """Return the job that asks about everybody."""
    if second is None:
        return partial(customer.run, registries, earlier)
    return partial(_run_both, customer, second, registries, earlier)


def gather_answers(result: PrecheckResult, second: SecondPerson | None) -> tuple[Answer, ...]:
    """Return every answer, each about the person whom it is about."""
    if second is None or result.second is None:
        return result.answers
    return (
        *result.answers,
        *(replace(each, role=second.role) for each in result.second.answers),
    )


def find_joint_event(
    policy: Policy, operation: CriticalOperation, result: PrecheckResult, party: PartyRule | None
) -> type[PrechecksPassed | PrechecksStopped | PrechecksUnanswered]:
    """Return what follows for both: on to consent, the end, or the question again."""
    first = find_event(policy, operation, result)
    if first is PrechecksStopped or result.second is None or party is None:
        return first
    events = {
        first,
        find_event(policy, operation, result.second),
        _find_relation_event(result.second, party),
    }
    for kind in (PrechecksStopped, PrechecksUnanswered):
        if kind in events:
            return kind
    return PrechecksPassed


def _find_relation_event(
    result: PrecheckResult, party: PartyRule
) -> type[PrechecksPassed | PrechecksStopped | PrechecksUnanswered]:
    given = [each for each in result.answers if each.check == party.asks]
    if not given:
        return PrechecksStopped
    if all(each.status is CheckStatus.PASSED for each in given):
        return PrechecksPassed
    waits = all(each in result.unanswered for each in given)
    return PrechecksUnanswered if waits else PrechecksStopped
