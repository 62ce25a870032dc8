"""A case that waits: what is forgotten of it, and what a supervisor is asked meanwhile."""

from dataclasses import replace

from workstation.rules.policy import Policy
from workstation.session.acts import (
    OverrideGiven,
    OverrideNotGranted,
    ReviewRefused,
    SecondLookGiven,
    SessionEvent,
)
from workstation.session.decision import digest_open, find_open_checks
from workstation.session.events import CustomerParked
from workstation.session.evidence import AskedCheck, Evidence, PersonEvidence

__all__ = ["ask_supervisor", "forget_biometrics", "is_asked"]


def ask_supervisor(policy: Policy, evidence: Evidence) -> Evidence:
    """Return the evidence of a review that is put aside, with what a supervisor is asked."""
    asked = tuple(
        AskedCheck(check, role, digest_open(policy, evidence, check, role))
        for check, role in find_open_checks(policy, evidence)
    )
    return replace(evidence, reviewed_aside=True, asked=asked)


def is_asked(evidence: Evidence, event: SessionEvent) -> bool:
    """Whether a case that waits takes the event: a supervisor's only where one is asked.

    An override is taken of what was asked, on what was found then.
    """
    match event:
        case OverrideGiven(override=given):
            return AskedCheck(given.check, given.role, given.found) in evidence.asked
        case OverrideNotGranted() | SecondLookGiven() | ReviewRefused() | CustomerParked():
            return evidence.reviewed_aside
        case _:
            return True


def forget_biometrics(evidence: Evidence) -> Evidence:
    """Forget the faces of before the pause; what failed still counts against the budget.

    The first person goes on at liveness; a second one is called anew and begins at consent.
    """
    first = evidence.view(evidence.roles[0])
    kept = replace(_forget_face(first), answers=())
    later = tuple(
        PersonEvidence(earlier=_count_failed(each), way_answers=each.way_answers)
        for each in first.people[1:]
    )
    aside = (PersonEvidence(), *later) if later else ()
    return replace(kept, aside=aside, statement=None)


def _count_failed(person: PersonEvidence) -> int:
    failed = sum(1 for attempt in person.attempts if attempt.verdict.value == "undecided")
    return person.earlier + failed


def _forget_face(evidence: Evidence) -> Evidence:
    return replace(
        evidence,
        challenges=(),
        attempts=(),
        earlier=_count_failed(evidence),
        exception_request=None,
        exception_photo=None,
        approvals=(),
        way=None,
        match=None,
        comparison=None,
        authority=None,
        findings=(),
        signature=None,
    )
