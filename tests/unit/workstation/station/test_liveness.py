"""The attempts before the camera, and what may happen in them."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.support.station.scripted import Behaviour, ScriptedCamera
from tests.support.station.stations import (
    DOCUMENT,
    form,
)
from vision.camera.delivery import Delivery, FrameTiming
from vision.camera.watchdog import CameraTrouble
from vision.liveness.signals import device_edges
from vision.results import (
    Accommodation,
    AccommodationReason,
    CommandOutcome,
    LivenessCommand,
)
from workstation.session.states import State
from workstation.station import commands as c
from workstation.verification.biometrics import Biometrics


def test_a_missing_camera_before_an_attempt_is_a_message(desk, site):
    desk.to(State.LIVENESS)
    desk.station.camera_failed("camera_unavailable")
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


def test_a_running_attempt_shows_none_of_the_tasks_of_the_one_before(desk):
    desk.to(State.LIVENESS)
    desk.live(Behaviour(obeys=False))
    assert {each.outcome for each in desk.now.commands} >= {CommandOutcome.NOT_REACHED}

    desk.do(c.StartLiveness())

    assert desk.now.attempt_running
    assert desk.now.commands == ()


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


NO_TURN, MORE_TIME = Accommodation.WITHOUT_TURNING, Accommodation.MORE_TIME
WISH = AccommodationReason.CUSTOMER_WISH


def started(site):
    return [
        e.data for e in site.entries("verify.step") if e.data.get("step") == "liveness.challenge"
    ]


def test_an_eased_attempt_is_recorded_with_its_reason_and_never_a_diagnosis(desk, site):
    desk.to(State.LIVENESS)
    desk.plug()
    desk.do(c.StartLiveness((NO_TURN, MORE_TIME), WISH))
    facts = started(site)[0]

    assert facts["accommodations"] == ["without_turning", "more_time"]
    assert facts["accommodation_reason"] == "customer_wish"
    assert "come_closer" in facts["commands"]
    assert not {"turn_left", "turn_right"} & set(facts["commands"])
    assert desk.now.accommodations == (NO_TURN, MORE_TIME)


def test_a_usual_attempt_records_no_accommodation(desk, site):
    desk.to(State.LIVENESS)
    desk.plug()
    desk.do(c.StartLiveness(screen=True))
    facts = started(site)[0]

    assert not {"accommodations", "accommodation_reason", "light"} & set(facts)


def test_the_light_code_is_recorded_when_a_screen_can_show_it(desk, site):
    desk.to(State.LIVENESS)
    desk.plug()
    desk.do(c.StartLiveness((Accommodation.WITHOUT_BLINKING,), WISH, screen=True))
    light = started(site)[0]["light"]

    assert len(light) == 10
    assert set(light) <= {"ffff60", "60ffff", "ff60ff"}


def test_a_simulated_customer_sees_every_change_of_the_screen_once(site, monkeypatch):
    shown = []
    monkeypatch.setattr(ScriptedCamera, "show", lambda _camera, *given: shown.append(given))
    biometrics = Biometrics(site.services)
    turn, yellow, cyan = LivenessCommand.TURN_LEFT, (255, 255, 96), (96, 255, 255)
    for command, light in (
        (turn, None),
        (turn, None),
        (None, yellow),
        (None, yellow),
        (None, cyan),
    ):
        prompt = SimpleNamespace(command=command, light=light)
        biometrics.check = SimpleNamespace(finished=False, prompt=prompt)
        biometrics.show_to(ScriptedCamera())
    biometrics.check.finished = True
    biometrics.show_to(ScriptedCamera())

    assert shown == [(turn, None), (None, yellow), (None, cyan), (None, None)]


def test_an_accommodation_needs_a_reason(desk, site):
    desk.to(State.LIVENESS)
    desk.plug()
    desk.do(c.StartLiveness((NO_TURN,)))

    assert not desk.now.attempt_running
    assert started(site) == []


BLACK = Delivery((CameraTrouble.BLACK,), None)
CLEAR = Delivery((), FrameTiming(33_000, 900, 0))


def attempt_facts(site):
    steps = (entry.data for entry in site.entries("verify.step"))
    return next(data for data in steps if data["step"] == "liveness.attempt")


def test_a_black_image_is_named_and_no_attempt_starts_before_it(desk, site):
    desk.to(State.LIVENESS)
    desk.plug()
    desk.station.camera_watched(BLACK)
    desk.do(c.StartLiveness())

    assert (desk.now.state, desk.now.message) == (State.LIVENESS, "camera_black")
    assert desk.now.attempt == 1
    assert desk.status.camera_message == "camera_black"
    assert desk.status.camera
    desk.station.camera_watched(CLEAR)
    assert desk.status.camera_message == ""
    desk.do(c.StartLiveness())
    assert desk.now.attempt_running


def test_an_attempt_whose_image_goes_black_breaks_off_by_that_name(desk, site):
    desk.to(State.LIVENESS)
    desk.plug()
    desk.do(c.StartLiveness())
    desk.look(most=20)
    desk.station.camera_watched(BLACK)

    assert (desk.now.state, desk.now.message) == (State.LIVENESS, "camera_black")
    assert (desk.now.attempt, desk.now.breaks) == (1, 1)
    facts = next(
        e.data for e in site.entries("verify.step") if e.data["step"] == "liveness.interrupted"
    )
    assert (facts["verdict"], facts["reason"]) == ("undecided", "camera_black")
    assert facts["delivery"] == {"troubles": ["camera_black"]}


def test_how_the_camera_delivered_stands_in_the_record_of_the_attempt(desk, site):
    desk.to(State.LIVENESS)
    desk.plug()
    desk.do(c.StartLiveness())
    desk.station.camera_watched(CLEAR)
    desk.look()

    facts = next(
        e.data for e in site.entries("verify.step") if e.data["step"] == "liveness.attempt"
    )
    assert facts["delivery"] == {"troubles": [], "timing": [33_000, 900, 0]}


def test_no_photo_is_taken_of_a_black_image(desk, site):
    desk.to(State.REFERENCE)
    desk.plug()
    desk.station.camera_watched(BLACK)
    desk.do(DOCUMENT)

    assert (desk.now.state, desk.now.message) == (State.REFERENCE, "camera_black")


def test_somebody_near_is_told_during_the_attempt_and_decides_nothing(desk, site, monkeypatch):
    alone = site.analysis.analyse
    monkeypatch.setattr(
        site.analysis,
        "analyse",
        lambda frame, *, embed: replace(alone(frame, embed=embed), nearby=1),
    )
    desk.to(State.LIVENESS)
    desk.plug()
    desk.do(c.StartLiveness())
    desk.look(most=60)
    assert (desk.now.attempt_running, desk.now.message) == (True, "liveness.second_person")
    desk.look()

    facts = attempt_facts(site)
    assert ["second_person", "failed", 1_000_000, 100_000, "liveness.second_person"] in facts[
        "signals"
    ]
    assert facts["verdict"] == "bona_fide"
    assert desk.now.state is State.SIGNATURE


def test_edges_of_a_device_are_told_during_the_attempt_and_decide_nothing(desk, site, monkeypatch):
    monkeypatch.setattr(device_edges, "_edge_length", lambda _pixels, _box: 2.0)
    desk.to(State.LIVENESS)
    desk.plug()
    desk.do(c.StartLiveness())
    desk.look(most=60)
    assert (desk.now.attempt_running, desk.now.message) == (True, "liveness.device_edges")
    desk.look()

    facts = attempt_facts(site)
    assert facts["device_edges"] == ["failed", 2_000_000, 1_250_000]
    assert facts["verdict"] == "bona_fide"
    assert desk.now.state is State.SIGNATURE
