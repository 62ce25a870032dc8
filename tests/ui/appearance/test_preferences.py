"""What is remembered of looks and of the window: strictly read, never a person, never a failure."""

import json
import os

import pytest

from ui.preferences import FILE_NAME, Look, Placement, Preferences

KAZAKH = Look(language="kk", theme="dark")


def test_an_operators_look_is_found_again_after_a_restart(tmp_path):
    Preferences(tmp_path).remember(KAZAKH, "T-1042")
    again = Preferences(tmp_path)

    assert again.look_of("T-1042") == KAZAKH
    assert again.look_of("T-1043") is None
    assert again.last == KAZAKH


def test_the_file_names_nobody_and_is_for_its_owner(tmp_path):
    os.umask(0o077)
    Preferences(tmp_path).remember(KAZAKH, "T-1042")
    file = tmp_path / FILE_NAME

    assert "1042" not in file.read_text(encoding="utf-8")
    assert os.name == "nt" or file.stat().st_mode & 0o077 == 0
    assert [each.name for each in tmp_path.iterdir()] == [FILE_NAME]


def test_one_operator_stands_under_another_digest_at_another_station(tmp_path):
    digests = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        Preferences(tmp_path / name).remember(KAZAKH, "T-1042")
        found = json.loads((tmp_path / name / FILE_NAME).read_text(encoding="utf-8"))
        digests += found["operators"]

    assert len(set(digests)) == 2


def whole(tmp_path):
    Preferences(tmp_path).remember(KAZAKH, "T-1042")
    return json.loads((tmp_path / FILE_NAME).read_text(encoding="utf-8"))


DAMAGES = {
    "no json": lambda _: b"{",
    "not utf-8": lambda _: b"\xff\xfe",
    "empty": lambda _: b"",
    "another version": lambda found: json.dumps({**found, "version": 2}).encode(),
    "an unknown member": lambda found: json.dumps({**found, "name": "x"}).encode(),
    "a language nobody has": lambda found: json.dumps(
        {**found, "last": {"language": "de"}}
    ).encode(),
    "a theme nobody has": lambda found: json.dumps({**found, "last": {"theme": "pink"}}).encode(),
    "no key": lambda found: json.dumps({**found, "key": ""}).encode(),
    "a window of no size": lambda found: json.dumps(
        {**found, "window": {"left": 0, "top": 0, "width": 0, "height": 1}}
    ).encode(),
    "too large": lambda found: json.dumps(found).encode() + b" " * 70_000,
    "nested": lambda _: b"[" * 2000,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_as_good_as_none_and_is_reported(tmp_path, damage, caplog):
    found = whole(tmp_path)
    (tmp_path / FILE_NAME).write_bytes(DAMAGES[damage](found))
    preferences = Preferences(tmp_path)

    assert (preferences.last, preferences.window) == (Look(), None)
    assert preferences.look_of("T-1042") is None
    assert "preferences not taken" in caplog.text
    preferences.remember(KAZAKH, "T-1042")
    assert Preferences(tmp_path).look_of("T-1042") == KAZAKH


def test_a_folder_that_takes_no_file_costs_a_line_in_the_diagnostics(tmp_path, caplog):
    preferences = Preferences(tmp_path / "missing")
    preferences.remember(KAZAKH, "T-1042")

    assert preferences.look_of("T-1042") == KAZAKH
    assert "preferences not written" in caplog.text


def test_a_folder_in_the_place_of_the_file_costs_the_same(tmp_path, caplog):
    (tmp_path / FILE_NAME).mkdir()
    Preferences(tmp_path).place(Placement(0, 0, 10, 10))

    assert "preferences not read" in caplog.text or "preferences not written" in caplog.text


def test_the_file_stays_small_however_many_people_sign_in(tmp_path):
    preferences = Preferences(tmp_path)
    for number in range(250):
        preferences.remember(Look(language="kk" if number % 2 else "ru"), f"T-{number}")

    assert preferences.look_of("T-0") is None
    assert preferences.look_of("T-249") == Look(language="kk")
    assert (tmp_path / FILE_NAME).stat().st_size < 40_000


def test_a_look_that_is_known_is_not_written_again(tmp_path):
    preferences = Preferences(tmp_path)
    preferences.remember(KAZAKH, "T-1042")
    (tmp_path / FILE_NAME).unlink()
    preferences.remember(KAZAKH, "T-1042")

    assert not (tmp_path / FILE_NAME).exists()
