"""A supervisor's queue by keys, in the real windows over a real station."""

import sys
from dataclasses import replace

import pytest

if "PySide6" not in sys.modules:
    pytest.importorskip("pytestqt", reason="the desktop needs pytest-qt")

from tests.support.station.stations import SECRET, SOFT_CHECK_OPEN, SUPERVISOR, TELLER, form
from ui.navigation import Page
from workstation.registries.registry import AnswerStatus
from workstation.review.drawn_look import DoubtReason
from workstation.rules.checks import CheckId
from workstation.session.overrides.reasons import OverrideReason
from workstation.station import commands as c


@pytest.fixture
def counter(counter):
    counter.sign_in()
    return counter


def look_and_sign(counter):
    counter.desk.live()
    counter.show()
    counter.press("F5")


def to_queue(counter):
    counter.do(c.BeginOperation(form(**SOFT_CHECK_OPEN)))
    counter.press("F9")
    look_and_sign(counter)
    assert counter.window.page is Page.REVIEW, counter.desk.now.message
    counter.press("F6")
    counter.agree()
    assert counter.window.page is Page.HOME


def change_to(counter, operator):
    counter.do(c.SignOut())
    counter.sign_in(operator)


def open_first(counter):
    counter.press("F9")
    assert counter.window.page is Page.QUEUE, counter.desk.status.message
    return counter.window.screen_of(Page.QUEUE)


def give(counter, key, words="I called the old number myself"):
    form = counter.window.screen_of(Page.QUEUE).form
    form.reason.edit.setText(words)
    form.secret.edit.setText(SECRET)
    counter.show()
    counter.press(key)


def test_a_supervisor_allows_by_keys_what_a_teller_left_and_the_customer_is_looked_at_anew(counter):
    to_queue(counter)
    change_to(counter, SUPERVISOR)
    page = open_first(counter)
    assert page.card.pairs[0].isVisible()
    assert page.card.larger.action().enabled
    page.reasons[CheckId.OLD_NUMBER_CALLED].choose(OverrideReason.NUMBER_LOST)
    give(counter, "F9")
    assert counter.window.page is Page.HOME, counter.desk.status.message
    assert counter.desk.status.reviews == ()
    change_to(counter, TELLER)
    counter.press("F6")
    assert counter.window.page is Page.LIVENESS
    look_and_sign(counter)
    assert counter.window.page is Page.CONFIRMATION, counter.desk.now.message
    counter.press("F9")

    (result,) = counter.site.results()
    assert result["outcome"] == "approved"
    assert result["overrides"][0]["why"] == "number_lost"


def test_without_fifteen_letters_or_the_own_secret_no_key_answers(counter):
    to_queue(counter)
    change_to(counter, SUPERVISOR)
    open_first(counter)
    before = len(counter.site.entries())
    for key in ("F9", "F7"):
        give(counter, key, words=".")
        give(counter, key, words="1234567890 1234567890")

    assert counter.window.page is Page.QUEUE
    assert len(counter.site.entries()) == before


def test_a_case_is_sent_back_and_the_teller_reads_the_question_at_home(counter):
    to_queue(counter)
    change_to(counter, SUPERVISOR)
    open_first(counter)
    give(counter, "F7", words="Who owns the old number now?")
    change_to(counter, TELLER)
    home = counter.window.screen_of(Page.HOME)

    assert "Who owns the old number now?" in home.question.text()


def test_a_supervisor_refuses_from_the_queue_and_it_is_recorded(counter):
    to_queue(counter)
    change_to(counter, SUPERVISOR)
    open_first(counter)
    give(counter, "F4", words="The customer reads the answers aloud")
    counter.agree()

    (result,) = counter.site.results()
    assert (result["outcome"], result["reason"]) == ("rejected", "review.refused")
    assert counter.window.page is Page.HOME


def test_the_queue_offers_no_hard_check(counter):
    counter.site.registries.says["old_phone_owner"] = (
        AnswerStatus.FAILED,
        "old_phone_owner.another",
    )
    to_queue(counter)
    change_to(counter, SUPERVISOR)
    page = open_first(counter)
    hard = {each.check for each in counter.desk.status.review.checks if each.hardness == "hard"}

    assert set(page.reasons) == {CheckId.OLD_NUMBER_CALLED, CheckId.OLD_PHONE_OWNER}
    assert not hard & set(page.reasons)
    assert page.card.hard.text() != ""


def test_a_drawn_decision_is_opened_and_doubted_by_keys_and_never_without_words(counter):
    services = counter.site.services
    services.policy = replace(services.policy, second_look_share=1.0)
    counter.do(c.BeginOperation(form()))
    counter.press("F9")
    look_and_sign(counter)
    counter.press("F9")
    (result,) = counter.site.entries("verify.result")
    change_to(counter, SUPERVISOR)
    counter.press("F9")
    page = counter.window.screen_of(Page.SECOND_LOOK)
    assert counter.window.page is Page.SECOND_LOOK, counter.desk.status.message
    assert page.card.pairs[0].isVisible()
    page.form.secret.edit.setText(SECRET)
    counter.show()
    counter.press("F4")
    assert counter.window.page is Page.SECOND_LOOK
    page.why.choose(DoubtReason.ANOTHER_PERSON)
    page.form.reason.edit.setText("The photo shows another man")
    page.form.secret.edit.setText(SECRET)
    counter.show()
    counter.press("F4")

    (entry,) = counter.site.entries("review.look")
    assert (entry.data["result"], entry.data["answer"]) == (result.seq, "doubt")
    assert entry.data["reason"] == "another_person"
    assert counter.window.page is Page.HOME
