"""Signing in, unlocking and signing out; a locked station obeys nothing."""

import pytest

from tests.support.station.stations import (
    OTHER_TELLER,
    SOFT_CHECK_OPEN,
    TELLER,
    form,
    override,
)
from workstation.session.states import State
from workstation.station import commands as c


def test_unlocking_by_the_same_operator_keeps_the_session(desk, site):
    before = desk.to(State.LIVENESS).session
    desk.sign_in()

    assert (desk.now.session, desk.now.state) == (before, State.LIVENESS)
    assert desk.status.sign_ins == 2
    assert len(site.entries("session.open")) == 1


def test_another_operator_ends_the_session_indeterminate(desk, site):
    desk.to(State.LIVENESS)
    desk.sign_in(OTHER_TELLER)

    assert desk.now.state is State.IDLE
    assert desk.status.operator == OTHER_TELLER
    assert [item["outcome"] for item in site.results()] == ["indeterminate"]


def test_a_wrong_secret_on_the_locked_screen_is_told_there_and_ends_nothing(desk):
    desk.to(State.LIVENESS)
    desk.do(c.SignIn(TELLER.id, "not the secret"))

    assert (desk.status.message, desk.status.refused_sign_ins) == ("operator_refused", 1)
    assert desk.now.message == ""
    assert desk.now.state is State.LIVENESS


def test_the_locked_screen_says_how_long_to_wait(desk):
    desk.to(State.CONSENT)
    for _ in range(4):
        desk.do(c.SignIn(TELLER.id, "not the secret"))

    assert (desk.status.message, desk.status.seconds) == ("operator_locked", 30)


def test_signing_out_aborts_into_the_log(desk, site):
    desk.to(State.SIGNATURE)
    desk.do(c.SignOut())

    assert desk.now.state is State.IDLE
    assert [item["reason"] for item in site.results()] == ["teller_aborted"]
    assert site.entries()[-1].kind == "session.close"


@pytest.mark.parametrize(
    "command",
    [
        c.GiveConsent("ru"),
        c.RefuseConsent(),
        c.Abort("teller_aborted"),
        c.SignOut(),
        c.SelectLanguage("kk"),
        c.VerifyLog(),
        c.NewSession(),
        c.BeginOperation(form()),
    ],
)
def test_a_locked_station_obeys_nothing_before_the_next_sign_in(desk, site, command):
    before = desk.to(State.CONSENT)
    desk.do(c.Lock())
    size, language = site.services.journal.log.size, desk.status.language
    desk.do(command)
    refused = desk.status.message

    assert (refused, desk.now, desk.status.language) == ("station_locked", before, language)
    assert site.services.journal.log.size == size

    desk.do(c.SignIn(TELLER.id, "not the secret"))
    desk.do(c.GiveConsent("ru"))
    assert desk.now.state is State.CONSENT

    desk.sign_in()
    desk.do(c.GiveConsent("ru"))
    assert (desk.now.state, desk.status.message) == (State.LIVENESS, "")


def test_a_supervisor_does_not_review_at_a_locked_station(desk, site):
    desk.sign_in()
    desk.to(State.REVIEW, **SOFT_CHECK_OPEN)
    desk.do(c.Lock())
    desk.do(override())

    assert desk.now.state is State.REVIEW
    assert desk.status.message == "station_locked"


def test_a_session_goes_on_at_a_locked_station(desk, site):
    desk.to(State.LIVENESS)
    desk.plug()
    desk.do(c.StartLiveness())
    desk.do(c.Lock())
    desk.look()
    desk.settle()

    assert desk.now.state is State.SIGNATURE


def test_whoever_passes_may_sign_out_of_a_locked_station_without_a_session(desk, site):
    desk.sign_in()
    desk.do(c.Lock())
    desk.do(c.SignOut())
    desk.sign_in(OTHER_TELLER)
    desk.do(c.BeginOperation(form()))

    assert desk.now.state is State.CONSENT


def test_a_station_that_nobody_has_signed_in_to_cannot_be_locked(desk):
    desk.do(c.Lock())
    desk.do(c.SelectLanguage("kk"))

    assert (desk.status.language, desk.status.message) == ("kk", "")


def test_a_locked_station_can_be_closed(desk, site):
    desk.to(State.LIVENESS)
    desk.do(c.Lock())
    desk.station.close("closed")

    assert [item["outcome"] for item in site.results()] == ["indeterminate"]


def test_models_that_are_ready_do_not_wipe_the_message_of_a_refused_sign_in(desk):
    desk.do(c.SignIn(TELLER.id, "not the secret"))
    desk.station.models_ready()

    assert desk.status.models_ready
    assert desk.status.message == "operator_refused"
