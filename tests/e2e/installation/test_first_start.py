"""The assistant leads an administrator from an empty folder to a station that approves."""

import os
from datetime import UTC, datetime
from functools import partial

import pytest
from PySide6.QtCore import Qt

from crypto.errors import LogLocked
from crypto.log.file.clock import SystemClock
from crypto.vault.keyfile import make_private_folder
from crypto.vault.keys import FileKeyStore
from tests.e2e.test_desktop import Hands, dress_application, ready
from tests.e2e.test_desktop_closing import go_to_confirmation
from tests.support.installation.administrator import (
    answer,
    begin,
    open_window,
    press,
    rest,
    told,
    walk,
)
from tests.support.installation.bank_network import bank_network, why_no_network
from tests.support.installation.first_session import PluggedIn
from tests.support.pki import certificates as pki
from tests.support.station.passphrases import make_argon2_cheap
from tests.support.station.stations import CHEAP
from ui.app import Desktop, Options, start_runtime
from ui.first_start.opening import wants_first_start
from ui.navigation import Page
from ui.station import demo_play
from vision.camera.simulated import SimulatedVariant
from workstation import bootstrap
from workstation.charter.head_office import HEAD_OFFICE_KEY
from workstation.errors import AlreadyInitialised
from workstation.first_start.folder import FolderState, read_folder_state
from workstation.first_start.progress import SetUpStep as S
from workstation.first_start.set_up import SetUp
from workstation.records.keys import open_stated_store
from workstation.records.station_log import open_stated_log
from workstation.settings.trust import read_trust

PASSPHRASE = "seven slow herons over Balkhash"
SECRET = "a bridge of 48 planks"
WORDS = (PASSPHRASE, SECRET)
TWICE = {"passphrase": PASSPHRASE, "passphrase_again": PASSPHRASE}


@pytest.mark.skipif("TEST_INSTALL" not in os.environ, reason="a minute: `make test-install`")
@pytest.mark.skipif(bool(why_no_network()), reason=why_no_network())
@pytest.mark.timeout(400)
def test_an_administrator_takes_an_empty_folder_to_an_approved_session(
    qtbot, tmp_path, pictures, monkeypatch
):
    """The assistant by its fields and buttons, then the desktop by keys; the camera stands in.

    Only the device does: before it sits the simulated customer, in real time. Face analysis is the
    product's own, in its process; gateways and NCALayer answer on a network of their own.
    """
    folder = tmp_path / "station"
    with bank_network(tmp_path) as bank:
        assert wants_first_start(folder)
        dress_application()
        window = walk(qtbot, folder, bank, *WORDS, tmp_path)
        with qtbot.waitSignal(window.ready, timeout=30_000) as ready:
            press(qtbot, window)
        assert ready.args == [str(folder)]
        window.close()
        assert not wants_first_start(folder)

        shown = pictures.parent / "first_session"
        shown.mkdir(exist_ok=True)
        plugged = bootstrap.Overrides(
            open_camera=partial(PluggedIn, variant=SimulatedVariant.GENUINE, seed=1, paced=True)
        )
        monkeypatch.setattr(bootstrap, "build", partial(bootstrap.build, overrides=plugged))
        desktop = Desktop(Options(folder, "production", "ru"), start_runtime)
        qtbot.addWidget(desktop.window)
        desktop.open()
        qtbot.waitUntil(lambda: desktop.keys.dialog is not None, timeout=30_000)
        desktop.keys.dialog.passphrase.edit.setText(PASSPHRASE)
        qtbot.mouseClick(desktop.keys.dialog.open_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: desktop._runtime is not None, timeout=60_000)
        # A window manager does this once the question is closed.
        desktop.window.activateWindow()
        qtbot.waitActive(desktop.window)
        try:
            serve(Hands(qtbot, desktop, shown), desktop.window)
        finally:
            desktop.close()


def serve(hands, window):
    """Serve the first customer, from the sign-in to the receipt."""
    hands.sign_in("T-0042", SECRET)
    hands.bot.waitUntil(lambda: ready(window), timeout=60_000)
    hands.look("home")
    hands.press("F2")
    go_to_confirmation(hands, window, demo_play())
    hands.look("confirmation")
    hands.press("F9")
    hands.wait_for(Page.DECISION)
    hands.bot.waitUntil(lambda: window.session.decision is not None)
    decision = window.session.decision
    assert (decision.outcome, decision.reason) == ("approved", "decision.approved")
    assert decision.permit.is_file()
    hands.press("F9")
    hands.wait_for(Page.RECEIPT)
    hands.look("receipt")


def set_up(folder=None):
    return SetUp(lambda: datetime.now(UTC), folder, cost=CHEAP)


@pytest.fixture
def begun(qtbot, tmp_path, monkeypatch):
    """A folder whose set-up was left after its third step."""
    make_argon2_cheap(monkeypatch)
    folder = tmp_path / "station"
    window = open_window(qtbot, set_up(folder))
    begin(qtbot, window, folder, tmp_path / "usb", WORDS)
    window.close()
    return folder


def test_what_was_left_is_taken_up_where_it_is_open(begun, qtbot):
    assert wants_first_start(begun)
    window = open_window(qtbot, set_up(begun))
    assert window.page.step is S.KEYS
    assert list(window.page.fields) == ["passphrase"]
    answer(window, passphrase="not the one that was chosen")
    press(qtbot, window)
    assert window.page.step is S.KEYS
    assert window.page.findings[0].error is not None
    answer(window, passphrase=PASSPHRASE)
    press(qtbot, window)
    assert window.page.step is S.RECIPIENT
    # Behind it nothing can be begun anew.
    assert not window.footer.buttons[0].isEnabled()


def test_a_second_run_never_begins_another_log(begun, qtbot, tmp_path):
    before = {path: path.read_bytes() for path in begun.rglob("*") if path.is_file()}
    other = open_window(qtbot, set_up())
    answer(other, folder=str(begun), bank="x", branch="y", station="z", origin="bank.kz/log/z/g1")
    press(qtbot, other)
    assert other.page.step is S.KEYS
    assert list(other.page.fields) == ["passphrase"]
    other.open_step(S.BEGIN)
    rest(qtbot, other)
    answer(other, admin="b-1", admin_name="B", secret=SECRET, secret_again=SECRET)
    press(qtbot, other)
    after = {path: path.read_bytes() for path in begun.rglob("*") if path.is_file()}
    assert after == before


def test_a_folder_that_holds_something_else_is_left_alone(qtbot, tmp_path):
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "note.txt").write_text("mine")
    assert read_folder_state(tmp_path / "papers") is FolderState.FOREIGN
    window = open_window(qtbot, set_up())
    names = {"bank": "x", "branch": "y", "station": "z", "origin": "bank.kz/log/z/g1"}
    answer(window, folder=str(tmp_path / "papers"), **names)
    press(qtbot, window)
    assert (window.page.step, told(window)) == (S.FOLDER, ["folder_foreign"])
    answer(window, folder=str(tmp_path / "no disk" / "station"))
    press(qtbot, window)
    assert told(window) == ["folder_no_disk"]
    assert not wants_first_start(tmp_path / "no disk" / "station")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"passphrase": "short", "passphrase_again": "short"}, "refused"),
        ({"passphrase": PASSPHRASE, "passphrase_again": "another"}, "not_the_same"),
        (
            {"passphrase": PASSPHRASE, "passphrase_again": PASSPHRASE, "office": "in"},
            "office_inside",
        ),
        ({"passphrase": "", "passphrase_again": ""}, "missing"),
    ],
)
def test_keys_that_will_not_do_are_said_and_nothing_is_written(qtbot, tmp_path, given, said):
    folder = tmp_path / "station"
    window = open_window(qtbot, set_up())
    names = {"bank": "x", "branch": "y", "station": "z", "origin": "bank.kz/log/z/g1"}
    answer(window, folder=str(folder), **names)
    press(qtbot, window)
    office = folder / "usb" if "office" in given else tmp_path / "usb"
    answer(window, **(given | {"office": str(office)}))
    press(qtbot, window)
    assert window.page.step is S.KEYS
    assert told(window)[0] == said
    assert not folder.exists()


def test_a_log_that_a_backup_program_holds_is_said_and_nothing_is_lost(
    begun, qtbot, tmp_path, monkeypatch
):
    make_argon2_cheap(monkeypatch)
    root = tmp_path / "root.cer"
    root.write_bytes(pki.world().root.der)
    window = open_window(qtbot, set_up(begun))
    answer(window, passphrase=PASSPHRASE)
    press(qtbot, window)
    stated = read_trust(begun)
    store = open_stated_store(begun, stated.keys, lambda _failures: PASSPHRASE)
    settings = (begun / "workstation.toml").read_bytes()
    with open_stated_log(begun, stated, store, SystemClock()):
        window.open_step(S.AUTHORITIES)
        rest(qtbot, window)
        answer(window, authorities=str(root), fingerprints=pki.world().root.parsed.sha256)
        press(qtbot, window)
        (found,) = window.page.findings
        assert isinstance(found.error, LogLocked)
        assert (begun / "workstation.toml").read_bytes() == settings
    press(qtbot, window)
    assert window.page.step is S.SERVICES


def test_a_disk_of_another_head_office_signs_nothing(begun, qtbot, tmp_path, monkeypatch):
    make_argon2_cheap(monkeypatch)
    other = tmp_path / "other"
    make_private_folder(other)
    FileKeyStore(other).create(HEAD_OFFICE_KEY)
    window = open_window(qtbot, set_up(begun))
    answer(window, passphrase=PASSPHRASE)
    press(qtbot, window)
    window.open_step(S.CHARTER)
    rest(qtbot, window)
    assert set(told(window)) == {"place_open"}
    words = [window._word(each) for each in window.page.findings]
    assert any("«Реестры банка: адрес антифрод-центра» ($.registries." in each for each in words)
    answer(window, office=str(other))
    press(qtbot, window)
    assert window.page.step is S.CHARTER
    assert read_folder_state(begun) is FolderState.BEGUN


def test_what_a_full_disk_broke_off_is_never_taken_for_a_station(qtbot, tmp_path, monkeypatch):
    make_argon2_cheap(monkeypatch)

    def full(*_given, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workstation.initialisation.publish_permit_key", full)
    folder = tmp_path / "station"
    window = open_window(qtbot, set_up(folder))
    with pytest.raises(AssertionError):
        begin(qtbot, window, folder, tmp_path / "usb", WORDS)
    (found,) = window.page.findings
    assert isinstance(found.error, OSError)
    assert read_folder_state(folder) is FolderState.FOREIGN
    kept = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    press(qtbot, window)
    assert isinstance(window.page.findings[0].error, AlreadyInitialised)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == kept


def test_no_secret_stays_in_a_window_that_was_closed(qtbot, tmp_path):
    window = open_window(qtbot, set_up())
    window.open_step(S.BEGIN)
    rest(qtbot, window)
    answer(window, secret=SECRET, secret_again=SECRET)
    page = window.page
    window.close()
    assert [page.fields[each].text() for each in ("secret", "secret_again")] == ["", ""]
