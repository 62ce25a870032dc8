"""Before anything is captured: the registries, the cool-down and the consent."""

from tests.support.station.stations import (
    form,
)
from workstation.registries.registry import AnswerStatus
from workstation.session.states import State
from workstation.station import commands as c


def test_a_hard_precheck_that_fails_rejects(desk, site):
    site.registries.says["antifraud"] = (AnswerStatus.FAILED, "antifraud.hit")
    desk.sign_in()
    desk.do(c.BeginOperation(form()))

    assert desk.outcome == ("rejected", "antifraud.hit")
    assert site.permits() == []


def test_a_registry_that_is_silent_leaves_the_session_open_ended(desk, site):
    site.registries.says["phone_owner"] = (AnswerStatus.INDETERMINATE, "phone_owner.no_answer")
    desk.sign_in()
    desk.do(c.BeginOperation(form()))

    assert desk.outcome == ("indeterminate", "phone_owner.no_answer")
    assert site.permits() == []


def test_registries_that_break_end_the_session_as_a_fault(desk, site):
    site.registries.breaks = RuntimeError("broken")
    desk.sign_in()
    desk.do(c.BeginOperation(form()))

    assert desk.outcome == ("indeterminate", "internal")


def test_answers_that_come_after_an_abort_are_ignored(desk, site):
    desk.sign_in()
    desk.ask(c.BeginOperation(form()))
    task = desk.pending
    desk.do(c.Abort("teller_aborted"))
    desk.pending = task
    desk.settle()

    assert desk.outcome == ("indeterminate", "teller_aborted")
    assert len(site.results()) == 1


def test_refused_consent_rejects_before_anything_is_captured(desk, site):
    desk.to(State.CONSENT)
    desk.do(c.RefuseConsent())

    assert desk.outcome == ("rejected", "consent.refused")
    assert desk.now.reference_jpeg == b""


def test_a_counter_of_refusals_that_cannot_be_read_approves_nothing(desk, site):
    desk.sign_in()
    site.services.cool_down.close()
    desk.do(c.BeginOperation(form()))

    assert desk.outcome == ("indeterminate", "internal")


def test_a_refusal_that_cannot_be_counted_is_a_refusal_all_the_same(desk, site):
    desk.to(State.CONSENT)
    site.services.cool_down.close()
    desk.do(c.RefuseConsent())

    assert desk.outcome == ("rejected", "consent.refused")


def test_after_two_refusals_the_customer_waits_a_day(desk, site):
    desk.sign_in()
    for _ in range(2):
        desk.do(c.BeginOperation(form()))
        desk.do(c.RefuseConsent())
        desk.do(c.NewSession())
    desk.do(c.BeginOperation(form()))
    assert desk.outcome == ("rejected", "cool_down.active")
    site.clock.tick(site.services.policy.cool_down_ms + 1)
    desk.do(c.NewSession())
    desk.do(c.BeginOperation(form()))

    assert desk.now.state is State.CONSENT


def test_sessions_that_ended_without_a_refusal_do_not_make_anybody_wait(desk):
    desk.sign_in()
    for _ in range(3):
        desk.do(c.BeginOperation(form()))
        desk.do(c.Abort("teller_aborted"))
        desk.do(c.NewSession())
    desk.do(c.BeginOperation(form()))

    assert desk.now.state is State.CONSENT
