"""The cheap, decisive checks before a camera is used: ИИН, age, cool-down and the registries."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from crypto.x509.iin import count_full_years
from workstation.accounts.attempt_budget import AttemptCount
from workstation.registries.birth_date import BirthDate, find_birth_date
from workstation.registries.person import Person, PersonAnswer
from workstation.registries.sources import Registries
from workstation.rules.alternatives import DENIALS
from workstation.rules.checks import CheckId, CheckName, CheckStatus, Hardness
from workstation.rules.conditions import CaseFacts
from workstation.rules.operation import CriticalOperation
from workstation.rules.parties import Client
from workstation.rules.policy import Policy
from workstation.rules.questions.definition import (
    AMOUNT,
    CUSTOMER,
    KIND,
    NO_ANSWER,
    NOT_ASKED,
    AskedOf,
    RegistryQuestion,
)
from workstation.session.events import PrechecksPassed, PrechecksStopped, PrechecksUnanswered
from workstation.session.evidence import Answer
from workstation.verification.answers.judging import (
    judge_age,
    judge_attestation,
    judge_refusals,
    judge_staff,
    name_answer,
)

__all__ = [
    "PrecheckResult",
    "Prechecks",
    "ShownDocument",
    "find_event",
]

_STATION_CHECKS = (CheckId.IIN, CheckId.COOL_DOWN)
_OLD_NUMBER = "old_phone"
_OTHER_BIRTH_DATE = "person.other_birth_date"


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """A document whose lines were read for the form; nobody vouches for them.

    days_left   until its last day has passed
    birth_date  as it states it
    find_fault  code of why it is not the customer's valid one, by what the register says; empty if
                it is
    """

    days_left: int
    birth_date: date
    find_fault: Callable[[Person], str]


@dataclass(frozen=True, slots=True)
class PrecheckResult:
    """What the pre-checks brought to light.

    answers  one for each check that was made
    subject  what conditions of the policy may look at, with what the person registry has told
    person   whom it knows under this ИИН, None without an answer
    second   what was brought to light of a second person, None while nobody was asked about one
    """

    answers: tuple[Answer, ...]
    subject: CaseFacts
    person: Person | None = None
    second: "PrecheckResult | None" = None

    @property
    def unanswered(self) -> tuple[Answer, ...]:
        """Return the answers that were not given and may still come."""
        return tuple(each for each in self.answers if each.reason.endswith(f".{NO_ANSWER}"))


@dataclass(frozen=True, slots=True)
class Prechecks:
    """What one session has to ask: pure values; `run` performs the asking.

    attestations  (question, whether the teller said yes)
    refusals  counts the failures of this ИИН within the policy's cool-down window
    subject   what is known before anything was asked
    staff     what the station's own accounts say of the ИИН
    place     branch and station, where the customer is
    shown     the document that was read for the form, None without
    ages      full years, both inclusive, in the place of the policy's; None: the policy's
    only      checks that are asked about this person; None: all that the operation needs
    left_out  a check that somebody answers in person
    """

    policy: Policy
    operation: CriticalOperation
    client: Client
    today: date
    refusals: Callable[[], AttemptCount]
    attestations: tuple[tuple[str, bool], ...]
    subject: CaseFacts
    staff: Answer
    place: tuple[str, str]
    shown: ShownDocument | None = None
    ages: tuple[int, int] | None = None
    only: frozenset[CheckName] | None = None
    left_out: CheckName | None = None

    def run(self, registries: Registries, earlier: PrecheckResult | None = None) -> PrecheckResult:
        """Answer every pre-check that the policy requires, registries last.

        Registries are not asked about a customer whose ИИН does not even add up, nor about one who
        may not be served. What was answered `earlier` is not asked again.
        """
        known = {} if earlier is None else {each.check: each for each in earlier.answers}
        for waited in () if earlier is None else earlier.unanswered:
            del known[waited.check]
        answers = [self._own(check) for check in _STATION_CHECKS if self._requires(check)]
        if self.client.iin.states_birth and self._requires(CheckId.AGE):
            answers.append(self._age(None))
        if any(answer.status is CheckStatus.FAILED for answer in answers):
            return PrecheckResult((*answers, *self._judge_attestations(self.subject)), self.subject)
        person = None if earlier is None else earlier.person
        if self._requires(CheckId.PERSON):
            answer = known.get(CheckId.PERSON)
            if answer is None:
                asked = registries.person(self.client.iin.digits)
                person = asked.person
                answer = self._judge_person(asked)
            answers.append(answer)
        if not self.client.iin.states_birth and self._requires(CheckId.AGE):
            answers.append(self._age(person, asked_again=_waits_for_person(answers)))
        if any(answer.status is CheckStatus.FAILED for answer in answers):
            return PrecheckResult(tuple(answers), self.subject, person)
        subject = self._learn(person)
        answers += self._judge_attestations(subject)
        answers += self._ask(registries, subject, known, person)
        answers += self._settled_here(subject, answers, person)
        return PrecheckResult(tuple(answers), subject, person)

    def _requires(self, check: CheckName, subject: CaseFacts | None = None) -> bool:
        if not self._is_asked(check):
            return False
        required = self.policy.operation(self.operation.kind).required
        wanted = (item for item in required if check in item.answers)
        return any(item.applies(subject or self.subject) for item in wanted)

    def _list_demanded(self, subject: CaseFacts) -> tuple[CheckName, ...]:
        required = self.policy.operation(self.operation.kind).required_for(subject)
        names = dict.fromkeys(name for each in required for name in each.answers)
        return tuple(name for name in names if self._is_asked(name))

    def _is_asked(self, check: CheckName) -> bool:
        return check != self.left_out and (self.only is None or check in self.only)

    def _judge_attestations(self, subject: CaseFacts) -> list[Answer]:
        asked = map(self.policy.attestation, self._list_demanded(subject))
        of_teller = (each for each in asked if each and each.asked_of is AskedOf.TELLER)
        return [judge_attestation(each, self.attestations) for each in of_teller]

    def _learn(self, person: Person | None) -> CaseFacts:
        if person is None:
            return self.subject
        born = self._birth_date(person)
        return replace(
            self.subject,
            age=None if born is None else count_full_years(born.day, self.today),
            resident=person.resident,
            married=person.married,
            first_loan=person.first_loan,
            old_number=self._has_old_number(person),
        )

    def _has_old_number(self, person: Person) -> bool | None:
        """Whether there is an old number: on file, or stated all the same; None: nobody knows."""
        if self.operation.value(_OLD_NUMBER):
            return True
        return None if person.phone is None else person.phone != ""

    def _ask(
        self,
        registries: Registries,
        subject: CaseFacts,
        known: dict[CheckName, Answer],
        person: Person | None,
    ) -> list[Answer]:
        """Put every question that has not been answered yet."""
        answers = []
        for check in self._list_demanded(subject):
            question = self.policy.question(check)
            if question is None:
                continue
            answer = known.get(check) or self._put(registries, question, subject)
            if check == CheckId.OLD_PHONE_OWNER:
                answer = self._compare_old_number(answer, person)
            answers.append(answer)
        return answers

    def _put(
        self, registries: Registries, question: RegistryQuestion, subject: CaseFacts
    ) -> Answer:
        """Put one question; about an empty field nothing is asked, and nothing has passed."""
        amount = subject.amount_kzt
        fixed = {
            CUSTOMER: self.client.iin.digits,
            KIND: self.operation.kind,
            AMOUNT: "" if amount is None else str(amount),
        }
        members = {
            name: fixed[source] if source in fixed else self.operation.value(source)
            for name, source in question.asks
        }
        members = {
            name: value for name, value in members.items() if value or name not in question.optional
        }
        if not all(members.values()):
            reason = f"{question.check}.{NOT_ASKED}"
            return Answer(question.check, CheckStatus.INDETERMINATE, reason)
        return name_answer(question.check, registries.ask(question, members))

    def _compare_old_number(self, answer: Answer, person: Person | None) -> Answer:
        """Fail a number that is the customer's, but not the one the bank has on file."""
        on_file = "" if person is None else person.phone
        other = bool(on_file) and on_file != self.operation.value(_OLD_NUMBER)
        if answer.status is not CheckStatus.PASSED or not other:
            return answer
        reason = "old_phone_owner.not_on_file"
        return replace(answer, status=CheckStatus.FAILED, reason=reason)

    def _settled_here(
        self, subject: CaseFacts, answers: list[Answer], person: Person | None
    ) -> list[Answer]:
        """Answer what needs no further question."""
        branch, station = self.place
        own = (
            judge_staff(self.staff, person),
            self._judge_sharing(answers, person),
            Answer(
                CheckId.PERSONAL_VISIT,
                CheckStatus.PASSED,
                "personal_visit.here",
                (("branch", branch), ("station", station)),
            ),
        )
        return [answer for answer in own if self._requires(answer.check, subject)]

    def _judge_person(self, asked: PersonAnswer) -> Answer:
        """Judge whether somebody with this ИИН may be served: the document has to be valid, too."""
        answer, person = name_answer(CheckId.PERSON, asked.answer), asked.person
        if answer.status is not CheckStatus.PASSED or person is None:
            return answer
        born, document = person.birth_date, person.document
        if born is not None and not self.client.iin.allows_birth(born):
            return replace(answer, status=CheckStatus.INDETERMINATE, reason=_OTHER_BIRTH_DATE)
        if document is None:
            return replace(answer, status=CheckStatus.INDETERMINATE, reason="person.no_document")
        if document.valid_until is not None and document.valid_until < self.today:
            return replace(answer, status=CheckStatus.FAILED, reason="person.document_expired")
        if person.phone and self._leaves_out(_OLD_NUMBER):
            return replace(answer, status=CheckStatus.FAILED, reason="person.old_number_left_out")
        return self._compare_document(answer, person)

    def _leaves_out(self, name: str) -> bool:
        """Whether the operation asks for this parameter and the teller left it empty."""
        asked = self.policy.operation(self.operation.kind).definition.field(name)
        return asked is not None and not self.operation.value(name)

    def _compare_document(self, answer: Answer, person: Person) -> Answer:
        """Fail a document that was read for the form, but is not the customer's valid one."""
        shown = self.shown
        if shown is None:
            return answer
        answer = replace(answer, facts=(*answer.facts, ("document_days_left", shown.days_left)))
        fault = shown.find_fault(person)
        return replace(answer, status=CheckStatus.FAILED, reason=fault) if fault else answer

    def _judge_sharing(self, answers: list[Answer], person: Person | None) -> Answer:
        """Judge how many customers have the number, by who knows it."""
        counts = [
            int(value)
            for answer in answers
            if answer.check == CheckId.PHONE_OWNER
            for name, value in answer.facts
            if name == "other_clients"
        ]
        if person is not None and person.phone == self.operation.value("new_phone"):
            counts += (
                [] if person.other_clients_on_phone is None else [person.other_clients_on_phone]
            )
        check, most = CheckId.NUMBER_NOT_SHARED, self.policy.clients_per_number
        if not counts:
            reason = f"{check}.unknown"
            return Answer(check, CheckStatus.INDETERMINATE, reason, (("allowed", most),))
        facts = (("clients", max(counts) + 1), ("allowed", most))
        if max(counts) + 1 > most:
            return Answer(check, CheckStatus.FAILED, f"{check}.shared", facts)
        return Answer(check, CheckStatus.PASSED, f"{check}.own", facts)

    def _own(self, check: CheckName) -> Answer:
        iin = self.client.iin
        match check:
            case CheckId.IIN if not iin.checksum_ok:
                return Answer(check, CheckStatus.FAILED, "iin.checksum")
            case CheckId.IIN if not iin.date_ok:
                return Answer(check, CheckStatus.FAILED, "iin.birth_date")
            case CheckId.IIN:
                return Answer(check, CheckStatus.PASSED, "iin.ok")
            case _:
                return judge_refusals(self.refusals(), self.policy.cool_down_attempts)

    def _birth_date(self, person: Person | None) -> BirthDate | None:
        shown = None if self.shown is None else self.shown.birth_date
        return find_birth_date(self.client.iin, person, shown)

    def _age(self, person: Person | None, *, asked_again: bool = False) -> Answer:
        """Judge the age; `asked_again`: who may still say the birth date has not answered yet."""
        if not self.client.iin.date_ok:
            return Answer(CheckId.AGE, CheckStatus.FAILED, "iin.birth_date")
        born = self._birth_date(person)
        if born is None:
            reason = f"age.{NO_ANSWER}" if asked_again else "age.unknown"
            if person is not None and person.birth_date is not None:
                reason = _OTHER_BIRTH_DATE
            return Answer(CheckId.AGE, CheckStatus.INDETERMINATE, reason)
        ages = self.ages or (self.policy.minimum_age, self.policy.maximum_age)
        return judge_age(born, self.today, ages)


def find_event(
    policy: Policy, operation: CriticalOperation, result: PrecheckResult
) -> type[PrechecksPassed | PrechecksStopped | PrechecksUnanswered]:
    """Return what follows: on to consent, the end, or the question again.

    Whatever speaks against the customer, and an answer that means nothing, ends it at once. Only
    where nothing does and a hard check has not been answered is somebody waited for.
    """
    required = policy.operation(operation.kind).required_for(result.subject)
    answered = {each.check for each in result.answers}
    passed = {each.check for each in result.answers if each.status is CheckStatus.PASSED}
    waited = {each.check for each in result.unanswered}
    hard = [item for item in required if item.hardness is Hardness.HARD]
    unmet = [item for item in hard if answered & set(item.answers) and not item.is_met_by(passed)]
    denied = {each.check for each in result.answers if each.reason in DENIALS}
    if any(item.check in denied for item in hard):
        return PrechecksStopped
    if any(not item.is_met_by(passed | waited) for item in unmet):
        return PrechecksStopped
    return PrechecksUnanswered if unmet else PrechecksPassed


def _waits_for_person(answers: list[Answer]) -> bool:
    """Whether the person registry was asked and has not answered."""
    return any(
        each.check == CheckId.PERSON and each.reason.endswith(f".{NO_ANSWER}") for each in answers
    )
