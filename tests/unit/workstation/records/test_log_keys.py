"""The log key of yesterday is gone, whenever the power went while it was replaced."""

import subprocess
import sys
from pathlib import Path

import pytest

from crypto.errors import KeyMissing, KeyRefused, LogTampered
from crypto.log.audit.audit import Expectations, audit
from crypto.log.file.faults import AuditStatus, Tier
from crypto.log.file.store import LogStore
from crypto.log.format.note import NoteSigner
from crypto.vault.keyfile import write_secret
from crypto.vault.keys import FileKeyStore
from tests.support.station.log import LogSite, private_key
from workstation.records.keys import ENROLMENT_FOLDER, LOG_VKEY_NAME
from workstation.records.log_keys import (
    destroy_idle_log_keys,
    find_log_key,
    log_key_names,
    require_enrolled,
    rotate_log_key,
    rotate_log_key_daily,
)

ROOT = Path(__file__).resolve().parents[4]
DAY_MS = 86_400_000


class KeySite(LogSite):
    """A log whose keys are in a store and whose first one is enrolled."""

    def __init__(self, folder):
        super().__init__(folder)
        self.folder = folder
        self.keys = folder / "keys"
        self.keys.mkdir(mode=0o700, exist_ok=True)
        self.store = FileKeyStore(self.keys)

    def begin(self):
        self.store.store("log", private_key(0))
        self.create().close()
        (self.folder / ENROLMENT_FOLDER).mkdir()
        (self.folder / ENROLMENT_FOLDER / LOG_VKEY_NAME).write_text(self.log_key.vkey + "\n")
        return self

    def find(self):
        return find_log_key(self.store, self.log_key.name, self.folder, self.path)

    def open(self):
        return LogStore.open(
            self.path, log_key=self.find(), clock=self.clock, released=self.released()
        )

    def next_day(self):
        self.clock.tick(DAY_MS)
        return self

    def require_good(self):
        expected = Expectations(self.log_key.verifier, (self.supervisor.verifier,))
        report = audit(self.path, expected, Tier.EVERY_HEAD)
        assert (report.status, report.fault) == (AuditStatus.PASSED, None)


@pytest.fixture
def site(tmp_path):
    return KeySite(tmp_path).begin()


def test_the_key_changes_at_the_first_start_of_a_day_and_not_again_that_day(site):
    with site.open() as log:
        assert not rotate_log_key_daily(log, site.store, site.clock)
    with site.next_day().open() as log:
        assert rotate_log_key_daily(log, site.store, site.clock)
        assert not rotate_log_key_daily(log, site.store, site.clock)
        log.append("x", {})
    with site.open() as log:
        assert not rotate_log_key_daily(log, site.store, site.clock)
    assert log_key_names(site.store) == ("log-2",)
    site.require_good()


def test_the_log_goes_on_under_many_keys_and_the_first_one_verifies_it(site):
    for number in range(2, 6):
        with site.next_day().open() as log:
            rotate_log_key_daily(log, site.store, site.clock)
            log.append("x", {"n": number})
            assert [each.name for each in site.keys.iterdir()] == [f"log-{number}.key"]
    site.require_good()


def test_a_clock_that_goes_back_a_day_changes_the_key_as_well(site):
    with site.open() as log:
        site.clock.wall -= DAY_MS
        assert rotate_log_key_daily(log, site.store, site.clock)
    site.require_good()


def test_the_key_of_yesterday_signs_nothing_more(site):
    with site.next_day().open() as log:
        rotate_log_key(log, site.store)
    site.store.destroy("log-2")
    site.store.store("log", private_key(0))
    with pytest.raises(KeyRefused):
        site.open()


def test_what_a_rotation_broken_off_left_is_destroyed_at_the_next_start(site):
    stray = site.store.create("log-2")
    with site.open() as log:
        assert not rotate_log_key_daily(log, site.store, site.clock)
    assert log_key_names(site.store) == ("log",)
    with site.next_day().open() as log:
        rotate_log_key_daily(log, site.store, site.clock)
    assert site.store.load("log-2").private_bytes_raw() != stray.private_bytes_raw()


def test_a_key_that_was_overwritten_but_not_removed_does_no_harm(site):
    with site.open() as log:
        rotate_log_key(log, site.store)
    write_secret(site.keys / "log.key", b"\x00" * 70)
    with site.open() as log:
        destroy_idle_log_keys(log, site.store)
    assert log_key_names(site.store) == ("log-2",)


def test_without_the_key_in_force_the_log_does_not_open(site):
    with site.open() as log:
        rotate_log_key(log, site.store)
    site.store.destroy("log-2")
    with pytest.raises(KeyMissing):
        site.find()
    for name in ("log", "log-3"):
        site.store.create(name)
    with pytest.raises(KeyMissing, match="in force"):
        site.find()
    assert log_key_names(site.store) == ("log", "log-3")


def test_a_closed_log_keeps_its_last_key(site):
    with site.open() as log:
        log.append("log.close", {"reason": "end"}, signers=[site.log_key, site.supervisor])
    with site.next_day().open() as log:
        assert not rotate_log_key_daily(log, site.store, site.clock)
    assert log_key_names(site.store) == ("log",)


def test_another_enrolled_key_than_the_logs_first_is_refused(site):
    other = NoteSigner(site.log_key.name, FileKeyStore(site.folder / "keys").create("other"))
    with site.open() as log:
        rotate_log_key(log, site.store)
        require_enrolled(log, site.folder)
        (site.folder / ENROLMENT_FOLDER / LOG_VKEY_NAME).write_text(other.vkey + "\n")
        with pytest.raises(KeyRefused, match=r"log\.vkey"):
            require_enrolled(log, site.folder)


def test_two_keys_and_a_log_that_contradicts_itself_open_nothing(site):
    site.store.create("log-2")
    (site.folder / ENROLMENT_FOLDER / LOG_VKEY_NAME).write_text(
        NoteSigner(site.log_key.name, site.store.load("log-2")).vkey + "\n"
    )
    with pytest.raises(LogTampered):
        site.find()


CHILD = """
import os, signal, sys
from pathlib import Path
from crypto.log.file.released import ReleasedHead
from crypto.log.file.writer import Writer
from crypto.vault import keyfile, keys
from tests.unit.workstation.records.test_log_keys import KeySite
from workstation.records.log_keys import rotate_log_key

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def dies_after(function):
    return lambda *arguments: (function(*arguments), die())

site = KeySite(Path(sys.argv[1]))
log = site.open()
match sys.argv[2]:
    case "no key stored":
        keys.write_secret = die
    case "key stored":
        keys.write_secret = dies_after(keys.write_secret)
    case "committed":
        Writer.commit = dies_after(Writer.commit)
    case "released":
        ReleasedHead.append = dies_after(ReleasedHead.append)
    case "overwriting":
        keyfile.write_all = die
    case "overwritten":
        keyfile.remove_file = die
    case "removed":
        keyfile.sync_folder = die
rotate_log_key(log, site.store)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
@pytest.mark.parametrize(
    ("moment", "rotated"),
    [
        ("no key stored", False),
        ("key stored", False),
        ("committed", True),
        ("released", True),
        ("overwriting", True),
        ("overwritten", True),
        ("removed", True),
    ],
)
def test_a_kill_at_any_moment_leaves_one_key_in_force_and_a_log_that_goes_on(site, moment, rotated):
    died = subprocess.run(
        [sys.executable, "-c", CHILD, str(site.folder), moment], cwd=ROOT, check=False
    )
    assert died.returncode == -9
    site.clock.run = "another"
    with site.open() as log:
        assert len(log.log_keys) == (2 if rotated else 1)
        assert not rotate_log_key_daily(log, site.store, site.clock)
        assert log_key_names(site.store) == (("log-2",) if rotated else ("log",))
        log.append("x", {})
    with site.next_day().open() as log:
        assert rotate_log_key_daily(log, site.store, site.clock)
    site.require_good()
