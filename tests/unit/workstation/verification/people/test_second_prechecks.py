"""What is asked about a second person, and what follows for both."""

import pytest

from crypto.x509.iin import Iin
from tests.support.station import sessions
from tests.support.station.two_people import PARTIES, RULE
from workstation.rules.checks import CheckId, CheckStatus
from workstation.rules.parties import Client, PartyPresence, PartyRole, SecondPerson
from workstation.rules.people.party import PartyRule
from workstation.session.events import PrechecksPassed, PrechecksStopped, PrechecksUnanswered
from workstation.session.evidence import Answer
from workstation.verification.people.prechecks import find_joint_event, gather_answers
from workstation.verification.prechecks import PrecheckResult

POLICY = sessions.policy()
PARTY = PARTIES[2]
IIN = "901127300001"
OWN = (CheckId.IIN, CheckId.AGE, CheckId.PERSON)


def result(*answers: Answer, second: PrecheckResult | None = None) -> PrecheckResult:
    return PrecheckResult(answers, sessions.facts(), None, second)


def second(relation: Answer | None, **spoiled) -> PrecheckResult:
    own = sessions.answered(OWN, **spoiled)
    return result(*own, *(() if relation is None else (relation,)))


def related(status: CheckStatus, word: str) -> Answer:
    return Answer(CheckId.GUARDIANSHIP, status, f"guardianship.{word}")


CONFIRMED = related(CheckStatus.PASSED, "confirmed")
WAITED = related(CheckStatus.INDETERMINATE, "no_answer")


@pytest.mark.parametrize(
    ("told", "event"),
    [
        (second(CONFIRMED), PrechecksPassed),
        (second(related(CheckStatus.FAILED, "not_related")), PrechecksStopped),
        (second(related(CheckStatus.INDETERMINATE, "not_configured")), PrechecksStopped),
        (second(WAITED), PrechecksUnanswered),
        (second(CONFIRMED, age=CheckStatus.FAILED), PrechecksStopped),
        (second(WAITED, person=CheckStatus.FAILED), PrechecksStopped),
    ],
)
def test_both_go_on_only_when_nothing_speaks_against_either(told, event):
    joint = result(*sessions.answers(), second=told)

    assert find_joint_event(POLICY, sessions.OPERATION, joint, PARTY) is event


def test_a_customer_who_is_refused_is_refused_whoever_comes_along():
    joint = result(*sessions.answers(antifraud=CheckStatus.FAILED), second=second(CONFIRMED))

    assert find_joint_event(POLICY, sessions.OPERATION, joint, PARTY) is PrechecksStopped


def test_a_customer_alone_is_judged_alone():
    joint = result(*sessions.answers())

    assert find_joint_event(POLICY, sessions.OPERATION, joint, None) is PrechecksPassed


def test_each_answer_is_about_the_person_whom_it_is_about():
    guardian = SecondPerson(
        PartyRole.GUARDIAN, PartyPresence.WITH, Client(Iin.parse(IIN), "Садықов")
    )
    answers = gather_answers(result(*sessions.answers(), second=second(CONFIRMED)), guardian)
    about = {(each.check, each.role) for each in answers}

    assert (CheckId.PERSON, PartyRole.CUSTOMER) in about
    assert (CheckId.PERSON, PartyRole.GUARDIAN) in about
    assert (CheckId.GUARDIANSHIP, PartyRole.CUSTOMER) not in about


def test_a_rule_that_states_no_ages_takes_every_customer_whom_the_policy_serves():
    anybody = PartyRule(PartyRole.SPOUSE, PartyPresence.WITH, RULE, CheckId.MARRIAGE)

    assert anybody.is_allowed(None)
    assert not PARTY.is_allowed(None)
