"""Before anything is captured: the registries, the cool-down and the consent."""

import pytest

from crypto.errors import LogUnwritable
from tests.support.station.scripted import Behaviour
from tests.support.station.stations import (
    NAME,
    OTHER_TELLER,
    SECRET,
    SUPERVISOR,
    TELLER,
    form,
)
from workstation.registries.registry import AnswerStatus
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.snapshot import WaitingFor


def test_a_hard_precheck_that_fails_rejects(desk, site):
    site.registries.says["antifraud"] = (AnswerStatus.FAILED, "antifraud.hit")
    desk.sign_in()
    desk.do(c.BeginOperation(form()))

    assert desk.outcome == ("rejected", "antifraud.hit")
    assert site.permits() == []


def silence(site, check="phone_owner"):
    site.registries.says[check] = (AnswerStatus.INDETERMINATE, f"{check}.no_answer")


def test_a_silent_registry_is_waited_for_and_nothing_is_typed_again(desk, site):
    silence(site)
    desk.sign_in()
    desk.do(c.BeginOperation(form()))
    session = desk.now.session
    assert (desk.now.state, desk.now.message) == (State.PRECHECKS, "phone_owner.no_answer")
    assert desk.now.waiting_for.source is WaitingFor.REGISTRY

    site.registries.says.clear()
    asked = len(site.registries.asked)
    site.clock.tick(2_000)
    desk.wait()

    assert (desk.now.state, desk.now.session) == (State.CONSENT, session)
    assert desk.now.waiting_for is None
    # The number's registry, for both numbers; who has answered is not asked again.
    assert site.registries.asked[asked:] == ["phone_owner", "phone_owner"]


def test_the_pauses_between_two_questions_grow_to_half_a_minute(desk, site):
    silence(site)
    desk.sign_in()
    desk.do(c.BeginOperation(form()))
    pauses = []
    for _ in range(6):
        pauses.append(desk.now.waiting_for.again_ms - site.clock.wall_ms())
        site.clock.tick(pauses[-1])
        desk.wait()

    assert pauses == [2_000, 4_000, 8_000, 16_000, 30_000, 30_000]
    assert site.permits() == []


def test_the_teller_asks_again_at_once(desk, site):
    silence(site)
    desk.sign_in()
    desk.do(c.BeginOperation(form()))
    site.registries.says.clear()
    assert desk.wait().state is State.PRECHECKS
    desk.do(c.AskRegistriesAgain())

    assert desk.now.state is State.CONSENT


def test_a_case_that_waits_for_a_registry_can_be_stopped(desk, site):
    silence(site)
    desk.sign_in()
    desk.do(c.BeginOperation(form()))
    desk.do(c.Abort("teller_aborted"))

    assert desk.outcome == ("indeterminate", "teller_aborted")
    assert site.permits() == []


def test_the_name_is_the_registered_one_whatever_was_typed(desk, site):
    desk.sign_in()
    desk.do(c.BeginOperation(form(untrusted_name="Теств Тест")))

    assert desk.now.client_name == NAME


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


@pytest.mark.parametrize(
    ("typed", "field", "mistake"),
    [
        ({"untrusted_iin": "920314400006"}, "iin", "iin.checksum"),
        ({"new_phone": "+1 555"}, "new_phone", "phone.malformed"),
    ],
)
def test_a_slip_of_the_keyboard_begins_no_session_and_is_said_at_its_field(
    desk, site, typed, field, mistake
):
    desk.sign_in()
    before = site.services.journal.log.size
    desk.do(c.BeginOperation(form(**typed)))

    assert desk.now.state is State.IDLE
    assert (desk.status.message, desk.status.message_field) == (mistake, field)
    assert site.services.journal.log.size == before


def test_after_two_typos_the_customer_is_served(desk, site):
    desk.sign_in()
    for mistyped in ("920314400006", "920134400005"):
        desk.do(c.BeginOperation(form(untrusted_iin=mistyped)))
    desk.do(c.BeginOperation(form()))

    assert desk.now.state is State.CONSENT
    assert desk.status.message == ""


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


def fail_twice(desk):
    """Fail two sessions by the face, which is all that the policy allows."""
    for _ in range(2):
        desk.to(State.LIVENESS)
        desk.live(Behaviour(frozen=True))
        desk.do(c.NewSession())


def lift(desk, *, by=SUPERVISOR, reason="Показал удостоверение, свет в зале был выключен"):
    desk.do(c.LiftCoolDown(by.id, form().untrusted_iin, reason, SECRET))
    return desk.status.message


def test_what_is_not_the_face_costs_nothing(desk, site):
    desk.sign_in()
    for says in (AnswerStatus.FAILED, AnswerStatus.FAILED, AnswerStatus.INDETERMINATE):
        site.registries.says["antifraud"] = (says, "antifraud.hit")
        desk.do(c.BeginOperation(form()))
        desk.do(c.NewSession())
    site.registries.says.clear()
    for _ in range(3):
        desk.do(c.BeginOperation(form()))
        desk.do(c.RefuseConsent())
        desk.do(c.NewSession())
    desk.do(c.BeginOperation(form()))

    assert desk.now.state is State.CONSENT


def test_a_supervisor_lifts_the_wait_for_one_more_session(desk, site):
    fail_twice(desk)
    assert lift(desk) == ""
    (entry,) = site.entries("cool_down.lift")
    failed = [e.data["case"] for e in site.entries("verify.result")]
    assert (entry.actor, entry.data["cases"]) == (SUPERVISOR.id, failed)

    desk.to(State.LIVENESS)
    desk.live(Behaviour(frozen=True))
    desk.do(c.NewSession())
    desk.do(c.BeginOperation(form()))

    assert desk.outcome == ("rejected", "cool_down.active")


def test_an_act_that_is_not_in_the_log_lifts_nothing(desk, site, monkeypatch):
    fail_twice(desk)

    def full(*_arguments):
        raise LogUnwritable

    monkeypatch.setattr(site.services.journal, "record_lift", full)
    assert lift(desk) == "log_unwritable"
    desk.do(c.BeginOperation(form()))

    assert desk.outcome == ("rejected", "cool_down.active")


@pytest.mark.parametrize(
    ("who", "reason", "message"),
    [
        (TELLER, "Показал удостоверение личности", "role_missing"),
        (OTHER_TELLER, "Показал удостоверение личности", "role_missing"),
        (SUPERVISOR, "так надо!!! 123456789", "cool_down.reason_short"),
    ],
)
def test_the_wait_is_lifted_by_a_supervisor_who_says_why(desk, site, who, reason, message):
    fail_twice(desk)

    assert lift(desk, by=who, reason=reason) == message
    assert site.entries("cool_down.lift") == []


def test_nothing_is_lifted_for_who_has_not_to_wait(desk):
    desk.sign_in()

    assert lift(desk) == "cool_down.not_active"
    desk.do(c.LiftCoolDown(SUPERVISOR.id, "920314400006", "Показал удостоверение", SECRET))
    assert desk.status.message == "iin.checksum"


def test_after_two_failures_of_the_face_the_customer_waits_a_day(desk, site):
    fail_twice(desk)
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
