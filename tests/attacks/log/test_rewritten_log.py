"""A log rewritten with its own stolen key: perfect by itself, named by any head that had left."""

import shutil
import signal
import threading

import pytest

from crypto.log.audit.audit import audit
from crypto.log.file.clock import SystemClock
from crypto.log.file.released import ReleasedHead
from crypto.log.file.store import LogStore
from crypto.log.format.note import NoteSigner
from crypto.vault.keys import FileKeyStore
from tests.support.station.command_line import ORIGIN, CommandLine
from tests.support.station.permits import PermitLog, facts
from workstation.ctl.interrupts import interruptible
from workstation.documents.permit import issue
from workstation.documents.receipt import head_text

PLACES = (("log", "log.sqlite"), ("released", "heads"))


@pytest.fixture
def station(tmp_path, monkeypatch):
    made = CommandLine(tmp_path, monkeypatch)
    assert made.init().exit_code == 0
    return made


def write(station, *stories):
    """Write entries as whoever has the log's key does; return the last head."""
    key = NoteSigner(ORIGIN, FileKeyStore(station.data / "keys").load("log"))
    heads = ReleasedHead(station.data / "released" / "heads")
    path = station.data / "log" / "log.sqlite"
    with LogStore.open(path, log_key=key, clock=SystemClock(), released=heads) as log:
        for story in stories:
            log.append("faces.replaced", {"file": story}, actor="log")
        return log.checkpoint()


def copy(station, folder, *, back=False):
    for where, name in PLACES:
        here, there = station.data / where / name, folder / name
        shutil.copy(there, here) if back else shutil.copy(here, there)


@pytest.fixture
def rewritten(station, tmp_path):
    """A station whose log of four true entries was replaced by one of four others."""
    backup = tmp_path / "backup"
    backup.mkdir()
    copy(station, backup)
    head = write(station, "true-1", "true-2", "true-3")
    shown = station.run("log", "show", "--seq", "2")
    receipt = shown.stdout.partition("receipt:\n")[2]
    remembered = shutil.copy(station.data / "released" / "heads", tmp_path / "copied-heads")
    copy(station, backup, back=True)
    write(station, "false-1", "false-2", "false-3")
    return {"head": head_text(head), "receipt": receipt, "released": remembered}


def test_by_itself_it_passes_and_the_verdict_says_what_it_rests_on(station, rewritten):
    verdict = station.json("log", "verify")

    assert verdict["verdict"] == "passed"
    assert verdict["log_key"].startswith(f"{ORIGIN}+")
    assert (verdict["heads"], verdict["witnesses"]) == ([1, 2, 3, 4, 5, 6], "none")
    assert verdict["other_origin"] == "none"


@pytest.mark.parametrize("kind", ["head", "receipt"])
@pytest.mark.parametrize("tier", ["integrity", "rules"])
def test_one_receipt_or_checkpoint_names_it(station, rewritten, tmp_path, kind, tier):
    given = tmp_path / "given.txt"
    given.write_text(rewritten[kind], newline="\r\n")

    result = station.run("log", "verify", "--head", str(given), "--tier", tier)

    assert result.exit_code == 2
    assert "reason: forked" in result.stdout


def test_a_copy_of_the_released_heads_names_it(station, rewritten):
    verdict = station.json("log", "verify", "--released", str(rewritten["released"]))

    # Entry 2 is the boot of the true run: the first that the thief wrote anew.
    assert (verdict["verdict"], verdict["reason"], verdict["first_bad"]) == ("failed", "forked", 2)


@pytest.mark.parametrize("folder", [True, False])
def test_one_permit_names_it(station, rewritten, tmp_path, folder):
    keys = FileKeyStore(station.data / "keys")
    log = PermitLog(NoteSigner(ORIGIN, keys.load("log")))
    permit = tmp_path / "permits" / "one.jws"
    permit.parent.mkdir()
    permit.write_text(issue(log.permit(facts(iss=ORIGIN)), keys.load("permit")) + "\n")

    given = permit.parent if folder else permit
    result = station.run("log", "verify", "--permits", str(given))

    assert result.exit_code == 2
    assert "reason: forked" in result.stdout or "reason: rolled_back" in result.stdout


def test_a_log_that_is_gone_is_named_by_whoever_remembers_it(station, rewritten, tmp_path):
    given = tmp_path / "given.txt"
    given.write_text(rewritten["head"])
    for where, name in PLACES:
        (station.data / where / name).unlink()

    assert station.run("log", "verify", "--head", str(given)).exit_code == 2
    assert station.run("log", "verify").exit_code == 4


def test_a_log_beside_which_the_heads_were_removed_is_refused(station, rewritten):
    (station.data / "released" / "heads").unlink()

    result = station.run("log", "verify")

    assert result.exit_code == 2
    assert "reason: released_missing" in result.stdout


def test_heads_of_another_station_are_named_so_and_accuse_nobody(station, tmp_path):
    other = NoteSigner("bank.kz/log/b-01/g1", FileKeyStore(station.data / "keys").load("log"))
    given = tmp_path / "given.txt"
    given.write_text(PermitLog(other).permit(facts(iss=other.name)).log_head)

    verdict = station.json("log", "verify", "--head", str(given))

    assert (verdict["verdict"], verdict["other_origin"]) == ("passed", ["given.txt"])


@pytest.mark.parametrize("text", ["no head", "c2sp.org/tlog-proof@v1\nindex 1\n"])
def test_what_is_no_head_is_said(station, tmp_path, text):
    given = tmp_path / "given.txt"
    given.write_text(text)

    result = station.run("log", "verify", "--head", str(given))

    assert result.exit_code == 3
    assert "given.txt" in result.stderr


def test_a_permit_of_another_key_is_no_evidence(station, tmp_path):
    keys = FileKeyStore(station.data / "keys")
    log = PermitLog(NoteSigner(ORIGIN, keys.load("log")))
    permit = tmp_path / "one.jws"
    permit.write_text(issue(log.permit(facts(iss=ORIGIN)), keys.load("log")))

    assert station.run("log", "verify", "--permits", str(permit)).exit_code == 3


def test_a_verification_goes_on_where_it_came_to_and_names_a_rewritten_log(station, tmp_path):
    point = tmp_path / "point"
    write(station, "true-1")
    first = station.json("log", "verify", "--resume", str(point))
    again = station.json("log", "verify", "--resume", str(point))

    assert (first["resumed"], again["resumed"]) == (0, first["entries"])

    backup = tmp_path / "backup"
    backup.mkdir()
    copy(station, backup)
    write(station, "true-2")
    assert station.run("log", "verify", "--resume", str(point)).exit_code == 0
    copy(station, backup, back=True)
    write(station, "false-2", "false-3")

    result = station.run("log", "verify", "--resume", str(point))
    assert result.exit_code == 2
    assert "reason: forked" in result.stdout


def test_ctrl_c_ends_a_verification_without_a_verdict(station, monkeypatch, tmp_path):
    def pressed_at_once(path, expected, tier, *, cancelled, **others):
        signal.raise_signal(signal.SIGINT)
        return audit(path, expected, tier, cancelled=cancelled, **others)

    monkeypatch.setattr("workstation.ctl.log.audit", pressed_at_once)
    result = station.run("log", "verify", "--resume", str(tmp_path / "point"))

    assert result.exit_code == 4
    assert "reason: cancelled" in result.stdout
    assert not (tmp_path / "point").exists()


def test_in_another_thread_nothing_listens_for_ctrl_c():
    heard = []

    def listen():
        with interruptible() as interrupted:
            heard.append(interrupted())

    thread = threading.Thread(target=listen)
    thread.start()
    thread.join()
    assert heard == [False]
