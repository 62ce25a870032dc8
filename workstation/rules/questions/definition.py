"""Checks that a policy defines, and the closed questions by which checks are answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from workstation.rules.catalogue.words import Words
from workstation.rules.checks import CheckName, CheckStatus

__all__ = [
    "AMOUNT",
    "CUSTOMER",
    "KIND",
    "NOT_ASKED",
    "NO_ANSWER",
    "RESERVED",
    "AnsweredBy",
    "AskedOf",
    "Attestation",
    "AttestationQuestion",
    "ClosedAnswer",
    "CountedFact",
    "PolicyCheck",
    "RegistryQuestion",
]

NO_ANSWER: Final = "no_answer"
"""Reason of a question that a registry did not answer; it may be asked again."""

NOT_ASKED: Final = "not_asked"
"""Reason of a question that could not be put: an optional field that it asks about is empty."""

CUSTOMER: Final = "iin"
"""Stands for the customer's ИИН where a question says what it asks about."""

KIND: Final = "operation"
"""Stands for the operation's kind."""

AMOUNT: Final = "amount_kzt"
"""Stands for the operation's amount in whole tenge."""

RESERVED: Final = frozenset({CUSTOMER, KIND, AMOUNT})


class AnsweredBy(StrEnum):
    """Who answers a check that the policy defines."""

    REGISTRY = "registry"
    ATTESTATION = "attestation"
    SECOND_PERSON = "second_person"


@dataclass(frozen=True, slots=True)
class PolicyCheck:
    """A check that the policy defines itself.

    label    what it is called on screens and receipts
    look     what another officer has to look at before allowing it
    reasons  words of every reason by which it may end
    """

    id: CheckName
    by: AnsweredBy
    label: Words
    look: Words
    reasons: tuple[tuple[str, Words], ...]

    def words(self) -> dict[str, Words]:
        """Return its words by the codes that screens show."""
        found = {f"check.{self.id}": self.label, f"review_look.{self.id}": self.look}
        return found | {f"{self.id}.{reason}": words for reason, words in self.reasons}


@dataclass(frozen=True, slots=True)
class ClosedAnswer:
    """One word that a registry may answer, and what becomes of the check by it."""

    word: str
    status: CheckStatus
    reason: str


@dataclass(frozen=True, slots=True)
class CountedFact:
    """A whole number from 0 to `most` that a registry may add to its word."""

    name: str
    most: int


@dataclass(frozen=True, slots=True)
class RegistryQuestion:
    """A question to a registry that has a closed list of answers.

    check     that the answer is about
    registry  name of the address in the settings
    path      below that address
    member    of the answer that holds the word
    asks      (member of the question, a parameter of the operation or one of RESERVED)
    optional  members that are left out where nothing fills them
    """

    check: CheckName
    registry: str
    path: str
    member: str
    asks: tuple[tuple[str, str], ...]
    answers: tuple[ClosedAnswer, ...]
    facts: tuple[CountedFact, ...] = ()
    optional: tuple[str, ...] = ()

    def answer(self, word: str) -> ClosedAnswer | None:
        """Return what a word means, None for one that is not on the list."""
        return next((each for each in self.answers if each.word == word), None)


class AskedOf(StrEnum):
    """Who answers a question: the teller in the form, or the customer in the own window."""

    TELLER = "teller"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class AttestationQuestion:
    """A question that is answered yes or no; `good` is the answer that speaks for it."""

    id: str
    text: Words
    yes: Words
    no: Words
    good: bool
    asked_of: AskedOf = AskedOf.TELLER

    def words(self) -> dict[str, Words]:
        """Return its words by the codes that screens show."""
        code = f"attest.{self.id}"
        return {code: self.text, f"{code}.yes": self.yes, f"{code}.no": self.no}


@dataclass(frozen=True, slots=True)
class Attestation:
    """The questions by which a teller, or the customer, answers a check."""

    check: CheckName
    questions: tuple[AttestationQuestion, ...]

    @property
    def asked_of(self) -> AskedOf:
        """Return who answers them: all of one check the same."""
        return self.questions[0].asked_of

    def judge(self, said: Mapping[str, bool]) -> tuple[CheckStatus, str]:
        """Return status and reason of the check by the teller's answers, yes or no by question.

        One bad answer fails it, one that is missing leaves it open.
        """
        if any(said.get(each.id, each.good) is not each.good for each in self.questions):
            return CheckStatus.FAILED, f"{self.check}.concern"
        if any(each.id not in said for each in self.questions):
            return CheckStatus.INDETERMINATE, f"{self.check}.missing"
        return CheckStatus.PASSED, f"{self.check}.clear"
