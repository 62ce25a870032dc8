"""A session that waits for the customer to come back."""

from tests.support.station.scripted import Behaviour
from workstation.devices.signing_methods import SigningMethod
from workstation.session.states import State
from workstation.station import commands as c


def test_who_comes_back_shows_their_face_anew_to_another_nonce(desk, site):
    desk.to(State.PARKED)
    desk.take_up()
    assert (desk.now.state, desk.now.statement, desk.now.match) == (State.LIVENESS, "", None)
    desk.live()
    desk.do(c.Sign(SigningMethod.NCALAYER))

    assert desk.outcome[0] == "approved"
    nonces = [
        entry.data["nonce"]
        for entry in site.entries("verify.step")
        if entry.data["step"] == "liveness.challenge"
    ]
    assert len(set(nonces)) == 2


def test_attempts_that_failed_before_the_pause_still_count(desk):
    desk.to(State.LIVENESS)
    desk.live(Behaviour(obeys=False))
    desk.live(Behaviour(obeys=False))
    desk.live()
    desk.park()
    desk.take_up()
    assert desk.now.attempt == 3
    desk.live(Behaviour(obeys=False))

    assert desk.outcome == ("rejected", "liveness.attempts_exhausted")


def test_the_time_away_does_not_count_against_the_deadline(desk, site):
    desk.to(State.PARKED)
    site.clock.tick(6 * 3_600_000)
    desk.station.tick()
    assert desk.now.state is State.IDLE
    desk.take_up()
    desk.station.tick()
    assert desk.now.state is State.LIVENESS
    site.clock.tick(site.services.policy.session_deadline_ms + 1)
    desk.station.tick()

    assert desk.outcome == ("indeterminate", "deadline")
