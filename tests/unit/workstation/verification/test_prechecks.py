from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from crypto.x509.iin import Iin, count_full_years
from tests.support.station import sessions
from tests.support.station.operations import good_answers, loan, tenge
from tests.support.station.stations import customer
from workstation.accounts.attempt_budget import AttemptCount, AttemptSource
from workstation.registries.person import IdentityDocument, PersonAnswer
from workstation.registries.registry import AnswerStatus, RegistryAnswer
from workstation.rules.checks import CheckId, CheckStatus
from workstation.rules.conditions import CaseFacts
from workstation.rules.parties import Client
from workstation.session.events import PrechecksPassed, PrechecksStopped, PrechecksUnanswered
from workstation.session.evidence import Answer
from workstation.verification.answers.judging import judge_attestation
from workstation.verification.prechecks import Prechecks, find_event

POLICY = sessions.policy()
TODAY = date(2026, 11, 22)
ATTESTED = good_answers()
LOAN = sessions.OPERATIONS["loan_issue"]


IIN = "920314400005"
PERSON = customer(
    iin=IIN, birth_date=date(1992, 3, 14), phone=sessions.OPERATION.value("old_phone")
)
PLACE = ("Алматы-1", "WS-07")
NO_ANSWER = (AnswerStatus.INDETERMINATE, "no_answer")
NOT_STAFF = Answer(CheckId.NOT_STAFF, CheckStatus.PASSED, "not_staff.clear")


def answered(check, status=AnswerStatus.PASSED, word="fine", facts=()):
    return RegistryAnswer(
        check=check,
        status=status,
        reason=f"{check}.{word}",
        source="test",
        asked_ms=1,
        answered_ms=2,
        request_id="r",
        body_sha256="00" * 32,
        facts=facts,
    )


@dataclass
class Answers:
    """Registries whose answers a test chooses; remembers what was asked."""

    says: dict[str, tuple[AnswerStatus, str]] = field(default_factory=dict)
    someone: object = PERSON
    others: int | None = 0
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def _answer(self, check, *question, facts=()):
        self.asked.append((check, *question))
        status, word = self.says.get(check, (AnswerStatus.PASSED, "fine"))
        return answered(check, status, word, facts)

    def person(self, iin):
        answer = self._answer("person", iin)
        found = answer.status is not AnswerStatus.INDETERMINATE
        return PersonAnswer(answer, self.someone if found else None)

    def ask(self, question, members):
        counted = question.facts and self.others is not None
        facts = tuple((each.name, self.others) for each in question.facts) if counted else ()
        check = question.path.removeprefix("/").replace("-", "_")
        return self._answer(check, *members.values(), facts=facts)


def ask(
    registries,
    *,
    iin=IIN,
    operation=sessions.OPERATION,
    refusals=0,
    lifted=False,
    said=ATTESTED,
    staff=NOT_STAFF,
    earlier=None,
):
    count = AttemptCount(refusals, lifted, AttemptSource.LOCAL_ALONE)
    number = Iin.parse(iin)
    born = number.birth_date
    questions = Prechecks(
        policy=POLICY,
        operation=operation,
        client=Client(number, "Тест"),
        today=TODAY,
        refusals=lambda: count,
        attestations=said,
        subject=CaseFacts(
            None if born is None else count_full_years(born, TODAY),
            tenge(operation),
            sessions.MCI_KZT,
        ),
        staff=staff,
        place=PLACE,
    )
    return questions.run(registries, earlier)


def run(registries, **changes):
    return {answer.check: answer for answer in ask(registries, **changes).answers}


def test_a_good_customer_passes_every_precheck_the_operation_needs():
    registries = Answers()

    answers = run(registries)

    assert set(answers) == set(sessions.PRECHECKS)
    assert {answer.status for answer in answers.values()} == {CheckStatus.PASSED}
    assert [asked[0] for asked in registries.asked] == [
        "person",
        "phone_owner",
        "phone_owner",
        "antifraud",
    ]


def test_the_old_number_is_asked_about_too_and_answers_under_its_own_name():
    registries = Answers({"phone_owner": (AnswerStatus.FAILED, "other_person")})

    answers = run(registries)

    phones = [asked[2] for asked in registries.asked if asked[0] == "phone_owner"]
    assert phones == [
        sessions.OPERATION.value("new_phone"),
        sessions.OPERATION.value("old_phone"),
    ]
    assert answers[CheckId.OLD_PHONE_OWNER].reason == "old_phone_owner.other_person"


def test_an_old_number_that_is_not_the_one_on_file_is_a_finding():
    answer = run(Answers(someone=replace(PERSON, phone="+77010000000")))[CheckId.OLD_PHONE_OWNER]

    assert (answer.status, answer.reason) == (CheckStatus.FAILED, "old_phone_owner.not_on_file")


@pytest.mark.parametrize(
    ("others", "status", "reason"),
    [
        (0, CheckStatus.PASSED, "number_not_shared.own"),
        (1, CheckStatus.FAILED, "number_not_shared.shared"),
        (None, CheckStatus.INDETERMINATE, "number_not_shared.unknown"),
    ],
)
def test_a_number_belongs_to_as_many_customers_as_the_policy_allows(others, status, reason):
    answer = run(Answers(others=others))[CheckId.NUMBER_NOT_SHARED]

    assert (answer.status, answer.reason) == (status, reason)


@pytest.mark.parametrize(
    ("someone", "status", "reason"),
    [
        (PERSON, CheckStatus.PASSED, "person.fine"),
        (
            replace(PERSON, birth_date=date(1992, 3, 15)),
            CheckStatus.INDETERMINATE,
            "person.other_birth_date",
        ),
        (replace(PERSON, document=None), CheckStatus.INDETERMINATE, "person.no_document"),
        (
            replace(
                PERSON,
                document=IdentityDocument(
                    PERSON.document.kind, PERSON.document.number, date(2026, 11, 21)
                ),
            ),
            CheckStatus.FAILED,
            "person.document_expired",
        ),
        (
            replace(
                PERSON,
                document=IdentityDocument(PERSON.document.kind, PERSON.document.number, TODAY),
            ),
            CheckStatus.PASSED,
            "person.fine",
        ),
    ],
)
def test_a_person_has_a_document_that_is_valid_today(someone, status, reason):
    answer = run(Answers(someone=someone))[CheckId.PERSON]

    assert (answer.status, answer.reason) == (status, reason)


def test_of_a_person_who_may_not_be_served_nobody_else_is_asked():
    registries = Answers({"person": (AnswerStatus.FAILED, "deceased")})

    answers = run(registries)

    assert answers[CheckId.PERSON].reason == "person.deceased"
    assert [asked[0] for asked in registries.asked] == ["person"]


def test_a_member_of_staff_is_known_by_the_station_or_by_the_registry():
    own = Answer(CheckId.NOT_STAFF, CheckStatus.FAILED, "not_staff.teller")

    assert run(Answers(), staff=own)[CheckId.NOT_STAFF] == own
    assert run(Answers(someone=replace(PERSON, staff=True)))[CheckId.NOT_STAFF].reason == (
        "not_staff.staff"
    )


def test_a_loan_also_asks_for_voluntary_refusal_and_the_questionnaire():
    registries = Answers()

    answers = run(registries, operation=LOAN)

    assert {CheckId.LOAN_REFUSAL, CheckId.QUESTIONNAIRE} <= set(answers)
    assert ("loan_refusal", IIN) in registries.asked


def test_what_the_registry_tells_decides_what_a_large_loan_needs():
    large = loan(1_000 * sessions.MCI_KZT)
    married = Answers(someone=replace(PERSON, married=True, first_loan=True))

    told = ask(married, operation=large)
    single = run(Answers(), operation=large)

    answers = {answer.check: answer for answer in told.answers}
    assert (told.subject.married, told.subject.first_loan) == (True, True)
    assert answers[CheckId.SPOUSE_CONSENT].reason == "spouse_consent.fine"
    assert dict(answers[CheckId.PERSONAL_VISIT].facts) == {
        "branch": PLACE[0],
        "station": PLACE[1],
    }
    assert not {CheckId.SPOUSE_CONSENT, CheckId.PERSONAL_VISIT} & set(single)


def test_a_young_borrower_needs_another_officer():
    young = iin_born("060101", "5")
    someone = replace(PERSON, birth_date=Iin.parse(young).birth_date)

    result = ask(Answers(someone=someone), operation=LOAN, iin=young)

    required = POLICY.operation(LOAN.kind).required_for(result.subject)
    assert CheckId.AGE_CONFIRMED in {each.check for each in required}
    # Nobody at the desk answers it.
    assert CheckId.AGE_CONFIRMED not in {each.check for each in result.answers}


@pytest.mark.parametrize(
    ("iin", "check", "reason"),
    [
        ("920314400006", CheckId.IIN, "iin.checksum"),
        ("123456789011", CheckId.IIN, "iin.checksum"),
    ],
)
def test_an_iin_that_does_not_add_up_is_not_sent_anywhere(iin, check, reason):
    registries = Answers()

    answers = run(registries, iin=iin)

    assert (answers[check].status, answers[check].reason) == (CheckStatus.FAILED, reason)
    assert registries.asked == []


def iin_born(born: str, century: str) -> str:
    """Return an ИИН with a right check digit, or of another serial when there is none."""
    for serial in range(10_000):
        for digit in "0123456789":
            candidate = Iin.parse(f"{born}{century}{serial:04d}{digit}")
            if candidate.checksum_ok:
                return candidate.digits
    raise AssertionError("no such number")


def test_age_is_counted_in_full_years():
    child = run(Answers(), iin=iin_born("150101", "5"))
    ancient = run(Answers(), iin=iin_born("900101", "1"))

    assert child[CheckId.AGE].reason == "age.too_young"
    assert ancient[CheckId.AGE].reason == "age.too_old"


def test_an_impossible_birth_date_is_refused():
    answers = run(Answers(), iin=iin_born("921399", "4"))

    assert answers[CheckId.IIN].reason == "iin.birth_date"
    assert answers[CheckId.AGE].reason == "iin.birth_date"


def test_a_supervisor_may_have_lifted_the_wait():
    lifted = run(Answers(), refusals=POLICY.cool_down_attempts, lifted=True)[CheckId.COOL_DOWN]

    assert (lifted.status, lifted.reason) == (CheckStatus.PASSED, "cool_down.lifted")


def test_who_counted_is_said():
    facts = dict(run(Answers())[CheckId.COOL_DOWN].facts)

    assert facts == {
        "refusals": 0,
        "allowed": POLICY.cool_down_attempts,
        "counted_by": "local_alone",
    }


def test_too_many_refusals_have_to_cool_down():
    fine = run(Answers(), refusals=POLICY.cool_down_attempts - 1)
    hot = run(Answers(), refusals=POLICY.cool_down_attempts)

    assert fine[CheckId.COOL_DOWN].status is CheckStatus.PASSED
    assert hot[CheckId.COOL_DOWN].reason == "cool_down.active"


def follows(result):
    return find_event(POLICY, sessions.OPERATION, result)


def test_who_has_not_answered_is_asked_again_and_nobody_else():
    first = Answers({"antifraud": NO_ANSWER})
    waiting = ask(first)
    again = Answers()

    done = ask(again, earlier=waiting)

    assert follows(waiting) is PrechecksUnanswered
    assert [answer.check for answer in waiting.unanswered] == [CheckId.ANTIFRAUD]
    assert [asked[0] for asked in again.asked] == ["antifraud"]
    assert follows(done) is PrechecksPassed
    assert done.person is PERSON


def test_a_person_registry_that_comes_back_is_believed_like_one_that_was_there():
    waiting = ask(Answers({"person": NO_ANSWER}))
    done = ask(Answers(), earlier=waiting)

    assert (waiting.person, follows(waiting)) == (None, PrechecksUnanswered)
    assert (done.person, done.subject.resident, follows(done)) == (PERSON, True, PrechecksPassed)


def test_what_speaks_against_the_customer_waits_for_nobody():
    result = ask(Answers({"antifraud": NO_ANSWER, "phone_owner": (AnswerStatus.FAILED, "other")}))

    assert follows(result) is PrechecksStopped


def test_an_answer_that_means_nothing_is_not_asked_for_again():
    result = ask(Answers({"person": (AnswerStatus.INDETERMINATE, "other_iin")}))

    assert result.unanswered == ()
    assert follows(result) is PrechecksStopped


def test_a_soft_precheck_does_not_stop_the_session():
    result = ask(Answers(), said=(("old_number_called", False),))

    answers = {answer.check: answer for answer in result.answers}
    assert answers[CheckId.OLD_NUMBER_CALLED].reason == "old_number_called.concern"
    assert follows(result) is PrechecksPassed


QUESTIONNAIRE = POLICY.attestation(CheckId.QUESTIONNAIRE)
GOOD = {each.id: each.good for each in QUESTIONNAIRE.questions}


def said(**changes):
    """Return what a questionnaire with these answers says; None: not answered."""
    given = tuple((name, yes) for name, yes in (GOOD | changes).items() if yes is not None)
    return judge_attestation(QUESTIONNAIRE, given)


def test_a_question_without_an_answer_has_not_passed():
    assert said().reason == "questionnaire.clear"
    for each in GOOD:
        open_one = said(**{each: None})
        assert (open_one.status, open_one.reason) == (
            CheckStatus.INDETERMINATE,
            "questionnaire.missing",
        )
        assert each not in dict(open_one.facts)


def test_one_answer_that_is_not_good_fails_even_where_another_is_missing():
    for each, good in GOOD.items():
        failed = said(**{each: not good})
        assert (failed.status, failed.reason) == (CheckStatus.FAILED, "questionnaire.concern")
        assert dict(failed.facts)[each] == ("no" if good else "yes")
    first, second, *_ = GOOD
    assert said(**{first: not GOOD[first], second: None}).status is CheckStatus.FAILED


def test_a_question_that_is_answered_twice_is_not_answered():
    twice = judge_attestation(QUESTIONNAIRE, (*GOOD.items(), *GOOD.items()))

    assert (twice.status, twice.facts) == (CheckStatus.INDETERMINATE, ())


def test_about_an_empty_field_nobody_is_asked():
    registries = Answers(someone=replace(PERSON, phone=None))
    parameters = tuple(
        (name, value) for name, value in sessions.OPERATION.parameters if name != "old_phone"
    )

    answers = run(registries, operation=replace(sessions.OPERATION, parameters=parameters))

    assert answers[CheckId.OLD_PHONE_OWNER].reason == "old_phone_owner.not_asked"
    assert [each[0] for each in registries.asked] == ["person", "phone_owner", "antifraud"]


def test_that_there_is_no_old_number_is_the_registrys_word_alone():
    old = sessions.OPERATION.value("old_phone")
    left_out = replace(
        sessions.OPERATION,
        parameters=tuple(each for each in sessions.OPERATION.parameters if each[1] != old),
    )
    none, silent = Answers(someone=replace(PERSON, phone="")), Answers({"person": NO_ANSWER})

    assert ask(Answers()).subject.old_number is True
    assert ask(none, operation=left_out).subject.old_number is False
    # One that is stated all the same is asked about.
    assert ask(none).subject.old_number is True
    assert ask(silent, operation=left_out).subject.old_number is None
