"""The lines about the camera, the face models and the revocation list."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.desktop.snapshots import NOW_MS, session, station
from tests.support.system.event_loop import settle
from ui.widgets.labels import CodeLabel
from ui.widgets.readiness import anchor_line, camera_line, crl_line, models_line, policy_line
from vision.camera.watchdog import CameraTrouble
from vision.errors import ManifestRefused, ModelMissing, ModelTampered, ModelUnusable
from workstation.session.states import State
from workstation.station.snapshot import LackingCrl, StationStatus

OUTPUT = Path(__file__).parents[2] / "test-output" / "screens"
ADDRESS = "http://crl.root.gov.kz/gost2015_2022.crl"

ROOTS = LackingCrl("ҰКО (GOST) 2022", itself=True, address=ADDRESS)
OWN = LackingCrl("ҰКО (GOST) 2022", itself=False, address="")
STATUS = StationStatus(profile="production", station="ws-07")


@pytest.mark.parametrize(
    ("changes", "tone", "code"),
    [
        ({}, "warn", "station.crl_missing"),
        ({"crl_this_update_ms": NOW_MS}, "ok", "station.crl"),
        ({"crl_this_update_ms": NOW_MS, "crl_message": "stale_list"}, "warn", "station.crl_late"),
        ({"crl_message": "evidence_unusable"}, "warn", "station.crl_missing"),
        ({"crl_percent": 40}, "now", "station.crl_taken"),
        ({"crl_this_update_ms": NOW_MS, "lists_needed": (ROOTS,)}, "bad", "station.crl_needed"),
        ({"lists_needed": (ROOTS, OWN)}, "bad", "station.crl_needed"),
        ({"crl_this_update_ms": NOW_MS, "lists_needed": (OWN,)}, "warn", "station.crl_own_needed"),
        ({"lists_needed": (OWN,)}, "warn", "station.crl_missing"),
    ],
)
def test_the_teller_sees_how_the_revocation_list_is(changes, tone, code):
    assert crl_line(replace(STATUS, **changes))[:2] == (tone, code)


@pytest.mark.parametrize(
    ("changes", "tone", "code"),
    [
        ({"policy": ""}, "bad", "station.policy_missing"),
        ({}, "ok", "station.policy"),
        ({"policy_days_left": 15}, "ok", "station.policy"),
        ({"policy_days_left": 14}, "warn", "station.policy_ends"),
        ({"policy_days_left": 0}, "warn", "station.policy_last_day"),
        ({"policy_message": "station.policy_unreadable"}, "warn", "station.policy_unreadable"),
    ],
)
def test_the_teller_sees_before_the_rules_end(changes, tone, code):
    status = replace(STATUS, **{"policy": "kz-2026-07-12", **changes})
    assert policy_line(status)[:2] == (tone, code)


@pytest.mark.parametrize(
    ("changes", "tone", "code"),
    [
        ({}, "now", "station.camera_connecting"),
        ({"camera": "HD Webcam · 640×480"}, "ok", "station.camera"),
        ({"camera_message": "camera_virtual_device"}, "bad", "camera_virtual_device"),
        ({"camera": "HD Webcam", "camera_message": "camera_black"}, "warn", "camera_black"),
    ],
)
def test_the_teller_sees_how_the_camera_is(changes, tone, code):
    assert camera_line(replace(STATUS, **changes))[:2] == (tone, code)


@pytest.mark.parametrize(
    ("changes", "tone", "code"),
    [
        ({}, "now", "station.models_loading"),
        ({"models_ready": True}, "ok", "station.models_ready"),
        ({"models_message": "model_tampered"}, "bad", "model_tampered"),
    ],
)
def test_the_teller_sees_how_the_face_models_are(changes, tone, code):
    assert models_line(replace(STATUS, **changes))[:2] == (tone, code)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("error", [ManifestRefused, ModelMissing, ModelTampered, ModelUnusable])
def test_what_keeps_the_models_from_being_loaded_stays_on_the_home_page(
    window, qtbot, error, language
):
    shown = replace(station(), models_ready=False, models_message=error.code, message="")
    window.ctx.use_language(language)
    window.resize(1280, 720)
    window.station = shown
    window.show_station(shown)
    window.show_session(session(State.IDLE))
    settle(qtbot)
    said = window.ctx.tr_code(error.code)

    assert said != error.code
    assert said in {each.text() for each in window.findChildren(CodeLabel) if each.isVisible()}
    OUTPUT.mkdir(parents=True, exist_ok=True)
    assert window.grab().save(str(OUTPUT / f"{error.code}_home_{language}.png"))


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("signed_in", [False, True])
def test_the_address_of_a_missing_list_stands_there_uncut(window, qtbot, signed_in, language):
    lacking = (ROOTS, replace(ROOTS, authority="ҰКО (RSA) 2022"))
    shown = replace(station(operator=signed_in), lists_needed=lacking, simulated=True)
    window.ctx.use_language(language)
    window.resize(1280, 720)
    window.station = shown
    window.show_station(shown)
    if signed_in:
        window.show_session(session(State.IDLE))
    settle(qtbot)
    readiness = window.pages.currentWidget().readiness
    lines = [each for each in readiness.findChildren(CodeLabel) if each.isVisible()]
    assert sum(each.text().count(ADDRESS) for each in lines) == 2
    for each in lines:
        assert each.height() >= each.heightForWidth(each.width()), each.text()
    assert window.width() == 1280
    OUTPUT.mkdir(parents=True, exist_ok=True)
    page = "home" if signed_in else "sign_in"
    assert window.grab().save(str(OUTPUT / f"lists_needed_{page}_{language}.png"))


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("trouble", CameraTrouble, ids=str)
def test_every_trouble_of_the_camera_is_said_on_the_home_page_and_fits(
    window, qtbot, trouble, language
):
    shown = replace(station(), camera_message=trouble.value, simulated=True)
    window.ctx.use_language(language)
    window.resize(1280, 720)
    window.station = shown
    window.show_station(shown)
    window.show_session(session(State.IDLE))
    settle(qtbot)
    said = window.ctx.tr_code(trouble.value)
    lines = [each for each in window.findChildren(CodeLabel) if each.isVisible()]

    assert said != trouble.value
    assert said in {each.text() for each in lines}
    assert window.width() == 1280


ANCHORED = {"witnessed": True, "anchored_size": 1200, "anchored_ms": 1_795_379_400_000}


@pytest.mark.parametrize(
    ("changes", "tone", "code"),
    [
        ({}, "warn", "station.witness_none"),
        ({"witnessed": True}, "warn", "station.not_anchored"),
        ({"witnessed": True, "anchor_message": "witness_silent"}, "warn", "station.not_anchored"),
        (ANCHORED, "ok", "station.anchored"),
        (ANCHORED | {"anchor_message": "witness_silent"}, "warn", "station.anchor_late"),
        (ANCHORED | {"anchor_message": "witness_forked"}, "bad", "witness_forked"),
        (
            {"witnessed": True, "anchor_message": "witness_rolled_back"},
            "bad",
            "witness_rolled_back",
        ),
    ],
)
def test_the_home_page_says_how_far_a_witness_has_cosigned_the_log(changes, tone, code):
    assert anchor_line(replace(STATUS, **changes))[:2] == (tone, code)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("message", ["", "witness_silent", "witness_forked", "witness_rolled_back"])
def test_what_a_witness_says_fits_on_the_home_page(window, qtbot, message, language):
    shown = replace(station(), **ANCHORED, anchor_message=message)
    window.ctx.use_language(language)
    window.resize(1280, 720)
    window.station = shown
    window.show_station(shown)
    window.show_session(session(State.IDLE))
    settle(qtbot)
    readiness = window.pages.currentWidget().readiness
    lines = [each for each in readiness.findChildren(CodeLabel) if each.isVisible()]

    assert len(lines) == 10
    for each in lines:
        assert each.height() >= each.heightForWidth(each.width()), each.text()
    OUTPUT.mkdir(parents=True, exist_ok=True)
    assert window.grab().save(str(OUTPUT / f"witness_{message or 'cosigned'}_{language}.png"))
