"""What breaks an attempt off by nothing that the customer did: it is recorded, and not counted."""

import pytest

from tests.support.station.scripted import Behaviour
from workstation.devices.signing_methods import SigningMethod
from workstation.session.states import State
from workstation.station import commands as c


def lose_camera(desk, _site):
    desk.station.camera_failed("camera_lost")


def lose_analysis(desk, site):
    site.analysis.lost = True
    desk.look()
    site.analysis.lost = False


def kill_analysis(desk, site):
    desk.station.models_ready()
    site.analysis.killed = True
    desk.station.tick()
    site.analysis.killed = False


def sleep(desk, site):
    site.clock.tick(60_000)
    desk.station.tick()


def sleep_with_a_still_clock(desk, site):
    site.clock.wall += 60_000
    desk.station.tick()


BREAKS = {
    lose_camera: "camera_lost",
    lose_analysis: "analysis_lost",
    kill_analysis: "analysis_lost",
    sleep: "liveness.suspended",
    sleep_with_a_still_clock: "liveness.suspended",
}


def begin_attempt(desk):
    desk.plug()
    desk.do(c.StartLiveness())
    assert desk.now.attempt_running, desk.now.message
    desk.look(most=20)


def interrupted(site):
    steps = site.entries("verify.step")
    return [each.data for each in steps if each.data["step"] == "liveness.interrupted"]


def nonces(site):
    steps = site.entries("verify.step")
    return [each.data["nonce"] for each in steps if each.data["step"] == "liveness.challenge"]


@pytest.mark.parametrize("happens", BREAKS)
def test_an_attempt_that_breaks_off_costs_the_customer_none(desk, site, happens):
    desk.to(State.LIVENESS)
    begin_attempt(desk)
    happens(desk, site)

    assert (desk.now.state, desk.now.attempt_running) == (State.LIVENESS, False)
    assert (desk.now.message, desk.now.attempt, desk.now.breaks) == (BREAKS[happens], 1, 1)
    (step,) = interrupted(site)
    assert (step["reason"], step["breaks"], step["attempt"]) == (BREAKS[happens], 1, 1)
    assert step["nonce"] == nonces(site)[0]
    desk.live()
    assert len(set(nonces(site))) == 2
    desk.do(c.Sign(SigningMethod.NCALAYER))
    assert desk.outcome[0] == "approved"


def test_three_failures_refuse_however_many_attempts_broke_off_between(desk, site):
    desk.to(State.LIVENESS)
    for _ in range(2):
        desk.live(Behaviour(obeys=False))
        begin_attempt(desk)
        lose_camera(desk, site)
    desk.live(Behaviour(obeys=False))

    assert desk.outcome == ("rejected", "liveness.attempts_exhausted")


def test_whoever_pulls_the_cable_again_and_again_may_only_park_or_end(desk, site):
    desk.to(State.LIVENESS)
    most = site.services.policy.breaks_max
    for _ in range(most):
        begin_attempt(desk)
        lose_camera(desk, site)
    desk.plug()
    desk.do(c.StartLiveness())

    assert (desk.now.attempt_running, desk.now.message) == (False, "liveness.breaks_spent")
    assert len(nonces(site)) == most
    desk.park()
    desk.take_up()
    desk.do(c.StartLiveness())
    assert (desk.now.attempt_running, desk.now.message) == (False, "liveness.breaks_spent")
    desk.do(c.Abort("teller_aborted"))
    assert desk.outcome[0] == "indeterminate"


def test_the_models_are_not_said_to_be_ready_while_nobody_holds_them(desk, site):
    desk.sign_in()
    desk.station.models_ready()
    assert desk.status.models_ready
    site.analysis.killed = True
    desk.station.tick()

    assert (desk.status.models_ready, desk.status.models_message) == (False, "analysis_lost")
    assert desk.station.breaks.take_lost()
    assert not desk.station.breaks.take_lost()
    site.analysis.killed = False
    desk.station.models_ready()
    assert desk.status.models_ready


def test_time_that_passes_beside_an_attempt_breaks_nothing(desk, site):
    desk.to(State.LIVENESS)
    sleep(desk, site)

    assert interrupted(site) == []
    assert desk.now.breaks == 0


def test_what_lasted_before_an_attempt_began_breaks_nothing_off(desk, site):
    desk.to(State.LIVENESS)
    desk.plug()
    site.clock.tick(60_000)
    desk.do(c.StartLiveness())
    desk.look(most=20)

    assert (desk.now.attempt_running, desk.now.breaks) == (True, 0)
