from dataclasses import dataclass, field
from datetime import date

import pytest

from crypto.x509.iin import Iin
from tests.support.station import sessions
from workstation.accounts.cool_down import CoolDown
from workstation.registries.registry import AnswerStatus, RegistryAnswer
from workstation.rules.checks import CheckId, CheckStatus
from workstation.rules.operation import CriticalOperation, OperationKind
from workstation.rules.parties import Client
from workstation.verification.prechecks import Prechecks, attested, stops

POLICY = sessions.policy()
TODAY = date(2026, 11, 22)
ATTESTED = ((CheckId.OLD_NUMBER_CALLED, True), (CheckId.QUESTIONNAIRE, True))
LOAN = CriticalOperation(
    OperationKind.LOAN_ISSUE, new_phone="+77011234567", amount_kzt=500_000, term_months=12
)


def answered(check, status=AnswerStatus.PASSED, word="fine"):
    return RegistryAnswer(
        check=check,
        status=status,
        reason=f"{check}.{word}",
        source="test",
        asked_ms=1,
        answered_ms=2,
        request_id="r",
        body_sha256="00" * 32,
    )


@dataclass
class Answers:
    """Registries whose answers a test chooses; remembers what was asked."""

    status: dict[str, AnswerStatus] = field(default_factory=dict)
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def _answer(self, check, *question):
        self.asked.append((check, *question))
        return answered(check, self.status.get(check, AnswerStatus.PASSED))

    def phone_owner(self, iin, phone):
        return self._answer("phone_owner", iin, phone)

    def antifraud(self, iin, phone, operation):
        return self._answer("antifraud", iin, phone, operation.value)

    def loan_refusal(self, iin):
        return self._answer("loan_refusal", iin)


def run(registries, *, iin="920314400005", operation=sessions.OPERATION, refusals=0, said=ATTESTED):
    asked = Prechecks(
        POLICY, operation, Client(Iin.parse(iin), "Тест"), TODAY, refusals, attestations=said
    )
    return {answer.check: answer for answer in asked.run(registries)}


def test_a_good_customer_passes_every_precheck_the_operation_needs():
    registries = Answers()

    answers = run(registries)

    assert set(answers) == set(sessions.PRECHECKS)
    assert {answer.status for answer in answers.values()} == {CheckStatus.PASSED}
    assert [asked[0] for asked in registries.asked] == ["phone_owner", "antifraud"]


def test_a_loan_also_asks_for_voluntary_refusal_and_the_questionnaire():
    registries = Answers()

    answers = run(registries, operation=LOAN)

    assert {CheckId.LOAN_REFUSAL, CheckId.QUESTIONNAIRE} <= set(answers)
    assert ("loan_refusal", "920314400005") in registries.asked


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


def test_too_many_refusals_have_to_cool_down():
    fine = run(Answers(), refusals=POLICY.cool_down_attempts - 1)
    hot = run(Answers(), refusals=POLICY.cool_down_attempts)

    assert fine[CheckId.COOL_DOWN].status is CheckStatus.PASSED
    assert hot[CheckId.COOL_DOWN].reason == "cool_down.active"


def test_a_registry_without_an_answer_is_indeterminate_and_stops_the_session():
    answers = run(Answers({"antifraud": AnswerStatus.INDETERMINATE}))

    assert answers[CheckId.ANTIFRAUD].status is CheckStatus.INDETERMINATE
    assert stops(POLICY, sessions.OPERATION, tuple(answers.values()))


def test_a_soft_precheck_does_not_stop_the_session():
    answers = run(Answers(), said=((CheckId.OLD_NUMBER_CALLED, False),))

    assert answers[CheckId.OLD_NUMBER_CALLED].reason == "old_number_called.no"
    assert not stops(POLICY, sessions.OPERATION, tuple(answers.values()))


def test_a_question_without_an_answer_has_not_passed():
    assert attested(CheckId.QUESTIONNAIRE, ()).status is CheckStatus.INDETERMINATE
    assert attested(CheckId.QUESTIONNAIRE, ((CheckId.QUESTIONNAIRE, True),)).reason == (
        "questionnaire.clear"
    )


def test_refusals_are_counted_per_person_and_forgotten_in_time(tmp_path):
    counter = CoolDown(tmp_path / "cool_down.db", b"k" * 32)
    for at_ms in (1_000, 2_000, 3_000):
        counter.record("920314400005", at_ms, keep_ms=10_000)

    assert counter.refusals_since("920314400005", 2_000) == 2
    assert counter.refusals_since("880722300007", 0) == 0

    counter.record("880722300007", 12_500, keep_ms=10_000)

    assert counter.refusals_since("920314400005", 0) == 1
    assert b"920314400005" not in (tmp_path / "cool_down.db").read_bytes()
    counter.close()
