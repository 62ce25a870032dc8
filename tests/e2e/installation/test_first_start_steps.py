"""Steps of the assistant that show what a person has to look at: policy, camera, who works here."""

import sqlite3
import ssl
import tomllib
from contextlib import closing
from datetime import UTC, datetime

import pytest

import resources
from crypto.log.file.clock import SystemClock
from tests.support.installation.administrator import answer, begin, open_window, press, rest, told
from tests.support.pki import certificates as pki
from tests.support.station.passphrases import make_argon2_cheap
from tests.support.station.settings import production_tables, toml_of
from tests.support.station.stations import CHEAP
from tests.support.system.event_loop import settle
from tests.support.vision.captures import WEBCAM, AdjustableCapture
from vision.camera.device import DeviceRequest, OpenCvCamera
from workstation.accounts.staging import StagedAccounts
from workstation.charter.contents import OPERATORS_NAME
from workstation.errors import CharterRefused
from workstation.first_start.beginning import SHIPPED_POLICY
from workstation.first_start.folder import FolderState, read_folder_state
from workstation.first_start.progress import SetUpStep as S
from workstation.first_start.set_up import SetUp
from workstation.first_start.signing import sign_station
from workstation.first_start.steps import run_step
from workstation.rules.parties import Operator, Role

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


@pytest.fixture
def complete(whole):
    """The same with every file that its settings name: only head office's signature is open."""
    root, trust = pki.world().root, whole / "trust"
    trust.mkdir(exist_ok=True)
    (trust / "root.cer").write_bytes(root.der)
    for name in ("gateway.pem", "ncalayer.pem"):
        (trust / name).write_text(ssl.DER_cert_to_PEM_cert(root.der), "ascii")
    path = whole / "workstation.toml"
    path.write_text(path.read_text("utf-8").replace("ef" * 32, root.parsed.sha256), "utf-8")
    return whole


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


def test_what_was_changed_since_it_was_listed_is_read_once_more_before_it_is_signed(
    qtbot, complete, tmp_path
):
    window = unlocked(qtbot, complete)
    window.open_step(S.CHARTER)
    rest(qtbot, window)
    listed = told(window)
    StagedAccounts(complete / OPERATORS_NAME, CHEAP).add(
        Operator("t-666", "Чужой", Role.TELLER), SECRET, SystemClock().wall_ms()
    )
    answer(window, office=str(tmp_path / "usb"))
    press(qtbot, window)
    assert window.page.step is S.CHARTER
    assert told(window) == ["unsigned_changed", *listed, "change_account_added"]
    assert "t-666" in window._word(window.page.findings[-1])
    # The first line is in sight, however many there are.
    first = window.page._rows.itemAt(0).widget()
    qtbot.waitUntil(lambda: not first.visibleRegion().isEmpty())
    assert read_folder_state(complete) is FolderState.BEGUN
    press(qtbot, window)
    assert read_folder_state(complete) is FolderState.STATION


def test_another_key_under_a_name_that_was_listed_is_another_account(qtbot, complete, tmp_path):
    staged = StagedAccounts(complete / OPERATORS_NAME, CHEAP)
    at_ms = SystemClock().wall_ms()
    who = Operator("t-007", "Ахметов Ерлан", Role.TELLER)
    staged.add(who, SECRET, at_ms)
    window = unlocked(qtbot, complete)
    window.open_step(S.CHARTER)
    rest(qtbot, window)
    listed = told(window)
    staged.renew(who.id, "another bridge of 49 planks", at_ms)
    answer(window, office=str(tmp_path / "usb"))
    press(qtbot, window)
    assert told(window) == ["unsigned_changed", *listed]
    assert read_folder_state(complete) is FolderState.BEGUN


def test_head_office_signs_no_list_before_its_end_was_in_sight(qtbot, complete, tmp_path):
    window = unlocked(qtbot, complete)
    window.resize(1180, 700)
    window.open_step(S.CHARTER)
    rest(qtbot, window)
    answer(window, office=str(tmp_path / "usb"))
    page = window.page
    qtbot.waitUntil(lambda: page.end.read or page.end.unread)
    assert not page.end.read
    pressed = 0
    while not page.end.read:
        assert window.footer.buttons[-1].text().startswith("Читать дальше")
        window.footer.perform("F9")
        settle(qtbot)
        pressed += 1
        assert pressed < 20
        assert read_folder_state(complete) is FolderState.BEGUN
    assert pressed > 1
    assert window.footer.buttons[-1].text().startswith("Подписать")
    press(qtbot, window)
    assert read_folder_state(complete) is FolderState.STATION


def test_nothing_is_signed_that_was_not_listed(qtbot, complete, tmp_path):
    window = unlocked(qtbot, complete)
    found = run_step(S.CHARTER, window.set_up, {"office": str(tmp_path / "usb")})
    assert found[0].code == "unsigned_changed"
    assert read_folder_state(complete) is FolderState.BEGUN


def test_what_is_changed_at_the_press_itself_is_not_signed(qtbot, complete, tmp_path, monkeypatch):
    window = unlocked(qtbot, complete)
    window.open_step(S.CHARTER)
    rest(qtbot, window)

    def change_first(folder, *given, **more):
        StagedAccounts(folder / OPERATORS_NAME, CHEAP).add(
            Operator("t-666", "Чужой", Role.TELLER), SECRET, SystemClock().wall_ms()
        )
        return sign_station(folder, *given, **more)

    monkeypatch.setattr("workstation.first_start.steps.sign_station", change_first)
    answer(window, office=str(tmp_path / "usb"))
    press(qtbot, window)
    (found,) = window.page.findings
    assert isinstance(found.error, CharterRefused)
    assert read_folder_state(complete) is FolderState.BEGUN
    monkeypatch.undo()
    press(qtbot, window)
    assert told(window)[0] == "unsigned_changed"
