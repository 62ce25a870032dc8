"""What customers are asked themselves before they consent: one question after the other."""

from dataclasses import replace

from crypto.canonical_json import JsonValue
from workstation.errors import OperationRefused
from workstation.rules.checks import CheckStatus, Hardness
from workstation.rules.questions.definition import AskedOf, Attestation, AttestationQuestion
from workstation.session.events import ConsentGiven, ConsentRefused, ConsentStopped
from workstation.session.evidence import Answer, Consent, ConsentBy
from workstation.session.session import VerificationSession
from workstation.session.states import State
from workstation.verification.answers.judging import judge_attestation
from workstation.verification.move import Advance, Record
from workstation.verification.record import answer_facts

__all__ = ["OwnWords", "settle_consent"]


class OwnWords:
    """The answers of the first person who is here; each question is answered once."""

    def __init__(self) -> None:
        self._given: dict[str, bool] = {}

    def find_open(self, session: VerificationSession) -> tuple[AttestationQuestion, ...]:
        """Return the questions that wait for an answer, in order; none but at the consent."""
        if session.state is not State.CONSENT or session.evidence.turn:
            return ()
        asked = (question for each in _list_asked(session) for question in each.questions)
        return tuple(each for each in asked if each.id not in self._given)

    def count_given(self) -> int:
        """Return how many were answered."""
        return len(self._given)

    def answer(
        self, session: VerificationSession, question: str, *, yes: bool, by: ConsentBy
    ) -> Record:
        """Take the answer to the question that is on the screen; OperationRefused for another."""
        waiting = self.find_open(session)
        if not waiting or waiting[0].id != question:
            raise OperationRefused("question")
        self._given[question] = yes
        word = "yes" if yes else "no"
        return Record("customer_answer", {"question": question, "answer": word, "by": by.value})

    def judge(self, session: VerificationSession) -> tuple[Answer, ...]:
        """Return what the answers make of each check that they are about."""
        if session.evidence.turn:
            return ()
        given = tuple(self._given.items())
        return tuple(judge_attestation(each, given) for each in _list_asked(session))


def settle_consent(session: VerificationSession, words: OwnWords, consent: Consent) -> Advance:
    """Return what follows from a consent or a refusal, with the own answers before it."""
    consent = replace(consent, answers=words.judge(session))
    kind = ConsentGiven if consent.given else ConsentRefused
    if consent.given and _stops(session, consent.answers):
        kind = ConsentStopped
    facts: dict[str, JsonValue] = {
        "language": consent.language,
        "text": consent.text_sha256,
        "by": consent.by.value,
        "window": consent.window,
        **(answer_facts(consent.answers) if consent.answers else {}),
    }
    step = "consent.given" if consent.given else "consent.refused"
    return Advance(kind(session.id, consent), step, facts)


def _stops(session: VerificationSession, answers: tuple[Answer, ...]) -> bool:
    """Say whether an answer speaks against a check that nobody waives."""
    hard = {each.check for each in session.required if each.hardness is Hardness.HARD}
    return any(each.check in hard and each.status is CheckStatus.FAILED for each in answers)


def _list_asked(session: VerificationSession) -> tuple[Attestation, ...]:
    """Return what this case asks of the customer, in the order of its checks."""
    names = dict.fromkeys(name for each in session.required for name in each.answers)
    asked = (session.policy.attestation(name) for name in names)
    return tuple(each for each in asked if each and each.asked_of is AskedOf.CUSTOMER)
