"""Steps of the assistant that show what a person has to look at: policy, camera, who works here."""

import sqlite3
import tomllib
from contextlib import closing
from datetime import UTC, datetime

import pytest

import resources
from tests.support.installation.administrator import answer, begin, open_window, press, rest, told
from tests.support.pki import certificates as pki
from tests.support.station.passphrases import make_argon2_cheap
from tests.support.station.settings import production_tables, toml_of
from tests.support.station.stations import CHEAP
from tests.support.vision.captures import WEBCAM, AdjustableCapture
from vision.camera.device import DeviceRequest, OpenCvCamera
from workstation.first_start.beginning import SHIPPED_POLICY
from workstation.first_start.progress import SetUpStep as S
from workstation.first_start.set_up import SetUp

PASSPHRASE = "seven slow herons over Balkhash"
SECRET = "a bridge of 48 planks"
SHIPPED = resources.path("policies", SHIPPED_POLICY).read_text("utf-8")


def set_up(folder=None, now=lambda: datetime.now(UTC)):
    return SetUp(now, folder, cost=CHEAP)


@pytest.fixture
def whole(qtbot, tmp_path, monkeypatch):
    """A station that was begun and whose places are set: its staff comes next."""
    make_argon2_cheap(monkeypatch)
    folder = tmp_path / "station"
    window = open_window(qtbot, set_up(folder))
    begin(qtbot, window, folder, tmp_path / "usb", (PASSPHRASE, SECRET))
    window.close()
    path = folder / "workstation.toml"
    own = tomllib.loads(path.read_text("utf-8"))
    kept = {name: own[name] for name in ("station", "keys", "log", "policy", "camera")}
    path.write_bytes(toml_of(production_tables() | kept))
    return folder


def unlocked(qtbot, folder, opened=None):
    window = open_window(qtbot, set_up(folder), opened=opened)
    answer(window, passphrase=PASSPHRASE)
    press(qtbot, window)
    return window


def open_policy(qtbot, now):
    window = open_window(qtbot, set_up(now=now))
    window.open_step(S.POLICY)
    rest(qtbot, window)
    return window


def test_the_policy_is_named_with_its_day_before_a_station_is_begun(qtbot):
    window = open_policy(qtbot, lambda: datetime(2026, 11, 30, tzinfo=UTC))
    assert told(window) == ["policy_shipped"]
    assert "kz-2026-07-12, действуют с 12.07.2026" in window._word(window.page.findings[0])
    press(qtbot, window)
    assert window.page.step is S.BEGIN
    assert window.set_up.rules == SHIPPED.encode()


def test_a_policy_that_is_not_in_force_begins_no_station(qtbot):
    window = open_policy(qtbot, lambda: datetime(2026, 7, 11, 12, tzinfo=UTC))
    press(qtbot, window)
    assert (window.page.step, told(window)) == (S.POLICY, ["policy_too_early"])
    assert window.set_up.rules == b""


def test_a_policy_of_head_office_is_pinned_as_it_was_read(qtbot, tmp_path, monkeypatch):
    make_argon2_cheap(monkeypatch)
    folder, own = tmp_path / "station", tmp_path / "bank.toml"
    own.write_text(SHIPPED.replace('id = "kz-2026-07-12"', 'id = "bank-7"'), "utf-8")
    window = open_policy(qtbot, lambda: datetime.now(UTC))
    answer(window, policy=str(own))
    press(qtbot, window)
    assert (window.page.step, told(window)) == (S.POLICY, ["policy_own"])
    read = own.read_bytes()
    # What lies there afterwards is another file: that of the words on the page is taken.
    own.write_text("id = 1", "utf-8")
    window.open_step(S.FOLDER)
    rest(qtbot, window)
    window.set_up.rules, pinned = b"", window.set_up.rules
    assert pinned == read
    own.write_bytes(read)
    begin(qtbot, window, folder, tmp_path / "usb", (PASSPHRASE, SECRET), policy=str(own))
    assert (folder / "policy.toml").read_bytes() == read


def test_a_file_that_is_no_policy_is_refused_and_forgotten(qtbot, tmp_path):
    window = open_policy(qtbot, lambda: datetime.now(UTC))
    (tmp_path / "half.toml").write_text(SHIPPED[:700], "utf-8")
    answer(window, policy=str(tmp_path / "half.toml"))
    press(qtbot, window)
    assert (window.page.step, told(window)) == (S.POLICY, ["refused"])
    assert window.set_up.rules == b""


def test_the_camera_is_measured_and_seen_and_closed_when_the_step_is_left(qtbot, whole):
    captures = []

    def opened(index):
        captures.append(AdjustableCapture())
        request = DeviceRequest(index, "", 640, 480, 30)
        capture = captures[-1]
        return OpenCvCamera(request, opened=lambda _request: capture, named=lambda _index: WEBCAM)

    window = unlocked(qtbot, whole, opened)
    window.open_step(S.CAMERA)
    rest(qtbot, window)
    answer(window, camera="0")
    press(qtbot, window)
    assert window.page.step is S.CAMERA
    assert told(window) == ["camera_absent", "said", "camera_look"]
    qtbot.waitUntil(lambda: window.page.picture is not None, timeout=10_000)
    assert not captures[-1].released
    press(qtbot, window)
    assert window.page.step is S.SCREEN
    assert [each.released for each in captures] == [True, True]


def test_what_is_typed_after_a_warning_is_looked_at_too(qtbot, whole):
    window = unlocked(qtbot, whole)
    window.open_step(S.CAMERA)
    rest(qtbot, window)
    answer(window, camera="0")
    press(qtbot, window)
    assert told(window) == ["camera_absent"]
    answer(window, camera="x")
    press(qtbot, window)
    assert window.page.step is S.CAMERA
    assert told(window) == ["refused"]


def test_an_iin_is_kept_with_the_account_and_a_typo_adds_nobody(qtbot, whole):
    window = unlocked(qtbot, whole)
    window.open_step(S.OPERATORS)
    rest(qtbot, window)
    who = {"operator": "T-0042", "operator_name": "Ахметов Ерлан", "role": "teller"}
    who |= {"secret": SECRET, "secret_again": SECRET}
    answer(window, **who, iin="123456789012")
    press(qtbot, window)
    assert told(window) == ["iin_refused"]
    answer(window, iin=pki.IIN)
    press(qtbot, window)
    assert told(window) == ["operator_added"]
    assert window.page.fields["iin"].text() == ""
    with closing(sqlite3.connect(whole / "operators.sqlite")) as accounts:
        assert accounts.execute("SELECT id FROM staff_iin").fetchall() == [("T-0042",)]
    assert pki.IIN.encode() not in (whole / "operators.sqlite").read_bytes()
