"""The attempts before the camera, and what may happen in them."""

from dataclasses import replace

import pytest

from tests.support.station.scripted import Behaviour
from tests.support.station.stations import (
    form,
)
from workstation.session.states import State
from workstation.station import commands as c


def test_a_missing_camera_before_an_attempt_is_a_message(desk, site):
    desk.to(State.LIVENESS)
    desk.do(c.StartLiveness())

    assert (desk.now.state, desk.now.message) == (State.LIVENESS, "camera_unavailable")


def test_three_failed_attempts_reject(desk, site):
    desk.to(State.LIVENESS)
    for number in (1, 2, 3):
        assert desk.now.attempt == number
        desk.live(Behaviour(obeys=False))

    assert desk.outcome == ("rejected", "liveness.attempts_exhausted")
    assert site.steps().count("liveness.attempt") == 3
    nonces = [e.data["nonce"] for e in site.entries("verify.step") if "nonce" in e.data]
    assert len(set(nonces)) == 3


def test_an_attack_rejects_at_once_and_two_make_the_customer_wait(desk, site):
    desk.to(State.LIVENESS)
    desk.live(Behaviour(frozen=True))
    assert desk.outcome == ("rejected", "liveness.frozen")
    assert site.steps().count("liveness.attempt") == 1
    desk.do(c.NewSession())
    desk.to(State.LIVENESS)
    desk.live(Behaviour(frozen=True))
    desk.do(c.NewSession())
    desk.do(c.BeginOperation(form()))

    assert desk.outcome == ("rejected", "cool_down.active")


def test_another_living_person_rejects(desk, site):
    desk.to(State.LIVENESS)
    desk.live(Behaviour(person=2))

    assert desk.outcome == ("rejected", "match.non_match")
    assert site.permits() == []


def test_a_camera_lost_in_an_attempt_ends_the_session(desk, site):
    desk.to(State.LIVENESS)
    desk.plug()
    desk.do(c.StartLiveness())
    desk.look(most=20)
    desk.station.camera_failed("camera_lost")

    assert desk.outcome == ("indeterminate", "camera_lost")
    assert desk.status.camera_message == "camera_lost"
    assert len(site.results()) == 1


def test_an_analysis_lost_in_an_attempt_ends_the_session(desk, site):
    desk.to(State.LIVENESS)
    desk.plug()
    desk.do(c.StartLiveness())
    desk.look(most=20)
    site.analysis.lost = True
    desk.look()

    assert desk.outcome == ("indeterminate", "analysis_lost")


def test_an_abort_in_an_attempt_leaves_nothing_that_wants_frames(desk, site):
    desk.to(State.LIVENESS)
    desk.plug()
    desk.do(c.StartLiveness())
    desk.look(most=20)
    desk.do(c.Abort("window_closed"))

    assert desk.outcome == ("indeterminate", "window_closed")
    assert not desk.station.wants_frames


@pytest.mark.parametrize("name", ["Ка\u0438\u0306мера", "x" * 500, "bad\udcff", "e\u0301" * 90])
def test_whatever_a_camera_calls_itself_can_be_written(desk, name):
    desk.to(State.LIVENESS)
    camera = desk.plug()
    camera._identity = replace(camera.identity, name=name, hardware_id=name)
    desk.station.camera_opened(camera)
    desk.do(c.StartLiveness())

    assert desk.now.attempt_running
    assert desk.now.fault == ""
