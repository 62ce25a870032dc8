"""What a supervisor sees of a case that waits for a look, and what becomes of the answer.

The customer is not here: an answer approves nothing. What was allowed holds for the check, what was
found of it and this case; the registries and the customer are asked and looked at anew.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from crypto.canonical_json import JsonValue
from workstation.cases.parked_case import WaitsFor
from workstation.errors import OperationRefused
from workstation.records.journal import SignedIn, WaitingCase
from workstation.review.waiting_review import ReviewAnswer
from workstation.rules.checks import CheckName
from workstation.rules.parties import person_key
from workstation.session.confirmation import is_open
from workstation.session.events import CustomerParked
from workstation.session.exception import is_explained
from workstation.session.overrides.reasons import OverrideReason
from workstation.session.states import State
from workstation.verification.move import Advance, Supervised
from workstation.verification.officers.closing import agree_review
from workstation.verification.officers.review import (
    list_open,
    override_check,
    refuse_operation,
    single_line,
)
from workstation.verification.parking.contents import CaseContents, describe_case
from workstation.verification.parking.waiting import (
    find_kept,
    open_waiting,
    restore_case,
    state_parked,
)
from workstation.verification.services import Services
from workstation.verification.verification import Verification

__all__ = ["SAME_PERSON", "answer_review", "is_barred", "open_review"]

SAME_PERSON: Final = "review.same_person"
_NOT_WAITING: Final = "review.not_waiting"


def is_barred(tellers: Iterable[str], operator: str) -> bool:
    """Whether whoever looks has had the case as its teller: then nothing is said of it."""
    return person_key(operator) in map(person_key, tellers)


def open_review(
    services: Services, waiting: WaitingCase, who: SignedIn
) -> tuple[Verification, CaseContents]:
    """Return a case that waits for a look, and what it keeps for it; nothing is written.

    Raises CaseRefused, or OperationRefused `review.not_waiting`.
    """
    contents = open_waiting(services.cases, waiting)
    if contents.review is None:
        raise OperationRefused("case", _NOT_WAITING)
    return restore_case(services, waiting, who), contents


def answer_review(
    services: Services,
    waiting: WaitingCase,
    supervisor: SignedIn,
    answer: ReviewAnswer,
    reasons: Mapping[CheckName, OverrideReason],
    untrusted_words: str,
) -> Verification:
    """Take a supervisor's answer about a case that waits; it waits on, or is refused and recorded.

    Raises CaseRefused, or OperationRefused before anything is written: `review.same_person`,
    `review.not_waiting`, `words_short`, `override.reason_missing`.
    """
    store, words = services.cases, single_line(untrusted_words)
    store.claim(waiting.case)
    try:
        verification, contents = open_review(services, waiting, supervisor)
        if is_barred(contents.tellers, supervisor.operator.id):
            raise OperationRefused("case", SAME_PERSON)
        if not is_explained(words):
            raise OperationRefused("words", "words_short")
        match answer:
            case ReviewAnswer.REFUSE:
                verification.take(refuse_operation(verification.session, supervisor, words))
            case ReviewAnswer.RETURN:
                _wait_on(verification, contents, WaitsFor.CUSTOMER, supervisor, question=words)
            case ReviewAnswer.ALLOW:
                waits_for = _allow(verification, supervisor, reasons, words)
                if verification.state is State.PARKED:
                    _wait_on(verification, contents, waits_for, supervisor)
        if waiting.sha256 != _find_file(services, waiting.case):
            store.remove(find_kept(store, waiting.case, waiting.sha256))
    finally:
        store.release(waiting.case)
    return verification


def _allow(
    verification: Verification,
    supervisor: SignedIn,
    reasons: Mapping[CheckName, OverrideReason],
    words: str,
) -> WaitsFor:
    """Override whatever is open, and look where the teller asked; return what is waited for now."""
    for asked in list_open(verification.session):
        if asked.check not in reasons:
            raise OperationRefused("reason", "override.reason_missing")
    wanted = tuple(reasons)
    for check in wanted:
        # Once for each person whom the check is open about.
        for _ in range(max(1, _count_open(verification, check))):
            why = reasons[check]
            verification.take(override_check(verification.session, supervisor, check, why, words))
            if verification.ended or verification.message:
                return WaitsFor.REVIEW
    evidence = verification.session.evidence
    if is_open(evidence.hand_over, evidence.second_look, *evidence.tellers):
        verification.take(agree_review(verification.session, supervisor, words))
    settled = not list_open(verification.session) and not verification.message
    return WaitsFor.CUSTOMER if settled else WaitsFor.REVIEW


def _count_open(verification: Verification, check: CheckName) -> int:
    return sum(each.check == check for each in list_open(verification.session))


def _wait_on(
    verification: Verification,
    before: CaseContents,
    waits_for: WaitsFor,
    supervisor: SignedIn,
    *,
    question: str = "",
) -> None:
    """Let the case wait for somebody else, or still for a supervisor, until when it waited before.

    Its pictures go with the answer. CaseRefused where the new file cannot be written: it waits as
    it did, and whatever was allowed is asked for again.
    """
    services, case = verification.services, verification.case
    event = CustomerParked(case.id)
    evidence = verification.session.apply(event).evidence
    review = before.review if waits_for is WaitsFor.REVIEW else None
    question = question or (before.question if review is not None else "")
    contents = describe_case(verification, evidence, waits_for, before.until_ms, review, question)
    sha256 = services.cases.keep(contents, case.id, verification.number)
    move = Advance(event, "parked", state_parked(verification, waits_for, sha256))
    message = verification.message
    if question and review is None:
        act: dict[str, JsonValue] = {"act": "return", "reason": question, "refused": ""}
        verification.take(Supervised(supervisor, act, move))
    else:
        verification.take(move)
    verification.message = verification.message or message
    if verification.state is not State.PARKED:
        services.cases.remove(find_kept(services.cases, case.id, sha256))


def _find_file(services: Services, case: str) -> str:
    waiting = services.journal.waiting.get(case)
    return "" if waiting is None else waiting.sha256
