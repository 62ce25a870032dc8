"""Customers answer questions of the policy themselves before they consent, and sign it."""

from dataclasses import replace

import pytest

from tests.support.station.stations import Desk, a_site, form
from workstation.devices.signing_methods import SigningMethod
from workstation.rules.checks import CheckStatus
from workstation.session.evidence import ConsentBy
from workstation.session.states import State
from workstation.station import commands as c

QUESTIONS = ("told_what_to_do", "asked_to_hide", "safe_account")
PAYMENT = {
    "kind": "large_payment",
    "amount": "1 200 000",
    "currency": "kzt",
    "payee": "ТОО «Алатау Құрылыс»",
    "payee_iban": "KZ86 125K ZT50 0410 0100",
    "way": "transfer",
}
GOOD = (("advised", False), ("security_called", False), ("somebody_listening", False))
TELLERS = (*GOOD, ("money_known", True))


@pytest.fixture
def asked(tmp_path):
    """A desk at the consent of a payment, about which the customer is asked three questions."""
    with a_site(tmp_path) as site:
        desk = Desk(site)
        desk.to(State.CONSENT, attestations=TELLERS, **PAYMENT)
        yield desk


def answer(desk, *said):
    for question, yes in zip(QUESTIONS, said, strict=False):
        desk.do(c.AnswerQuestion(question, yes, ConsentBy.TOUCH))


def test_questions_come_one_after_the_other_and_each_answer_stands_in_the_log(asked):
    assert (asked.now.question, asked.now.questions) == (QUESTIONS[0], (1, 3))
    answer(asked, False)
    assert (asked.now.question, asked.now.questions) == (QUESTIONS[1], (2, 3))
    answer(asked, False, False, False)
    assert (asked.now.question, asked.now.questions) == ("", (0, 0))

    steps = [each.data for each in asked.site.entries("verify.step")]
    given = [each for each in steps if each["step"] == "customer_answer"]
    assert [(each["question"], each["answer"], each["by"]) for each in given] == [
        (question, "no", "touch") for question in QUESTIONS
    ]


def test_nobody_consents_before_every_question_was_answered(asked):
    answer(asked, False, False)
    asked.do(c.GiveConsent("ru"))

    assert (asked.now.state, asked.now.message) == (State.CONSENT, "customer_question.open")


def test_an_answer_is_given_once_and_to_the_question_on_the_screen(asked):
    answer(asked, True)
    asked.do(c.AnswerQuestion(QUESTIONS[0], yes=False))
    asked.do(c.AnswerQuestion("advised", yes=False))
    assert asked.now.question == QUESTIONS[1]
    answer(asked, True, False)
    asked.do(c.AnswerQuestion(QUESTIONS[2], yes=False))
    asked.do(c.GiveConsent("ru"))

    assert asked.outcome == ("rejected", "own_will.concern")


def test_who_cannot_read_the_question_answers_nothing(asked):
    asked.do(c.ReportCustomerWindow(shown=False))
    answer(asked, False)

    assert (asked.now.question, asked.now.message) == (QUESTIONS[0], "customer_window.needed")


@pytest.mark.parametrize("at", range(3))
def test_one_bad_answer_ends_the_case_before_anything_is_photographed(asked, at):
    answer(asked, *(number == at for number in range(3)))
    asked.do(c.GiveConsent("ru"))

    assert asked.outcome == ("rejected", "own_will.concern")
    (result,) = asked.site.results()
    assert result["provenance"]["consent_by"] == "teller"
    checks = {each["check"]: each for each in result["checks"]}
    assert checks["own_will"]["facts"][QUESTIONS[at]] == "yes"


def test_the_answers_stand_in_the_text_that_the_customer_signs(asked):
    answer(asked, False, False, False)
    asked.do(c.GiveConsent("ru"))
    assert asked.now.state is State.LIVENESS
    asked.live()
    lines = asked.now.statement.split("\n")

    assert (
        "  Вам говорили, что деньги нужно перевести на «безопасный счёт»? Нет, никто не говорил"
        in lines
    )
    asked.do(c.Sign(SigningMethod.NCALAYER))
    passed = {each.check for each in asked.now.checks if each.status is CheckStatus.PASSED}
    assert "own_will" in passed


def test_an_operation_without_such_questions_asks_none_and_signs_none(desk):
    desk.to(State.CONSENT)
    assert desk.now.question == ""
    desk.do(c.AnswerQuestion(QUESTIONS[0], yes=False))
    desk.do(c.GiveConsent("ru"))
    desk.live()

    assert "безопасный счёт" not in desk.now.statement
    assert "{" not in desk.now.statement


def test_a_question_of_the_customers_is_not_in_the_tellers_form(desk):
    offered = {each.definition.kind: each.attested for each in desk.station.status.operations}

    assert not {each.id for each in offered["large_payment"]} & set(QUESTIONS)
    assert {each.id for each in offered["large_payment"]} == {name for name, _ in TELLERS}


def test_what_the_teller_answers_in_the_customers_place_in_the_form_counts_nothing(tmp_path):
    with a_site(tmp_path) as site:
        desk = Desk(site)
        mine = (*TELLERS, *((name, False) for name in QUESTIONS))
        desk.sign_in()
        desk.do(c.BeginOperation(replace(form(**PAYMENT), attestations=mine)))

        assert desk.now.question == QUESTIONS[0]


def test_what_the_customer_said_outlives_a_pause(asked):
    answer(asked, False, False, False)
    asked.do(c.GiveConsent("ru"))
    asked.live()
    asked.park()
    asked.take_up()
    assert asked.now.state is State.LIVENESS, asked.now.message
    asked.live()

    assert "Нет, никто не говорил" in asked.now.statement
    asked.do(c.Sign(SigningMethod.NCALAYER))
    assert asked.outcome[0] == "approved"
