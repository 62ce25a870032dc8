"""The way back from a refused start: two people begin the next generation, nobody alone.

Issue 12, point 8 (A8): after a flipped octet, a lost write-ahead log or a dead disk the only cure
was to delete everything, as an attacker would.
"""

import shutil
import sqlite3

import pytest

from crypto.errors import LogUnwritable
from tests.support.station.branch import Branch, start
from tests.support.station.command_line import SECRET
from tests.support.station.log import vandalise
from workstation import bootstrap
from workstation.recovery import begin, switch

SUPERVISOR, ADMIN, TELLER = "S-0031", "a-001", "T-0042"


@pytest.fixture
def branch(tmp_path, monkeypatch):
    made = Branch(tmp_path, monkeypatch).made()
    made.signs = False
    assert start(made) == ""
    return made


def log_path(branch):
    return branch.data / "log" / "log.sqlite"


def size(branch):
    with sqlite3.connect(log_path(branch)) as db:
        (found,) = db.execute("SELECT count(*) FROM entry").fetchone()
    db.close()
    return found


def recover(branch, *extra, supervisor=SUPERVISOR, admin=ADMIN, reason="disk_failed"):
    named = ("--supervisor", supervisor, "--admin", admin, "--reason", reason)
    words = ("--words", "The disk failed during the night.", "--secret-stdin")
    return branch.line.run("recovery", "begin", *named, *words, *extra, stdin=f"{SECRET}\n" * 2)


def verify(branch):
    result = branch.line.run("--json", "log", "verify")
    return branch.line.json("log", "verify"), result.exit_code


def damage(branch):
    """Change one octet of an entry in the middle, as a failing disk does."""
    at = size(branch) // 2
    vandalise(log_path(branch), ("UPDATE entry SET body = ? WHERE seq = ?", (b"{}", at)))
    return at


def test_two_people_begin_the_next_generation_and_the_station_starts(branch):
    before, at = size(branch), damage(branch)
    assert start(branch).startswith("log_tampered")
    status = branch.line.json("recovery", "status")
    assert (status["state"], status["readable"], status["newest_head"]) == ("damaged", at, before)

    result = recover(branch)

    assert result.exit_code == 0, result.output
    assert start(branch) == ""
    verdict, code = verify(branch)
    assert (verdict["verdict"], code) == ("passed", 0), verdict
    assert verdict["generations"] == 2
    assert verdict["lost"] == [f"bank.kz/log/almaty1-ws07/g1: entries {at} to {before - 1}"]
    kept = branch.data / "generations" / "g1"
    assert (kept / "log.sqlite").is_file()


@pytest.mark.parametrize(
    ("supervisor", "admin"),
    [
        (SUPERVISOR, SUPERVISOR),
        (ADMIN, ADMIN),
        (ADMIN, ADMIN.upper()),
        (TELLER, ADMIN),
        (SUPERVISOR, TELLER),
        (ADMIN, SUPERVISOR),
        ("nobody", ADMIN),
    ],
)
def test_nobody_begins_a_generation_alone(branch, supervisor, admin):
    """A thief deletes the log and begins anew: with one person's secret, or another role's."""
    log_path(branch).unlink()
    refused = start(branch)

    result = recover(branch, supervisor=supervisor, admin=admin)

    assert result.exit_code == 1, result.output
    assert start(branch) == refused
    assert not (branch.data / "generations").exists()


def test_a_row_that_calls_a_teller_a_supervisor_makes_none(branch):
    damage(branch)
    with sqlite3.connect(branch.data / "operators.sqlite") as db:
        db.execute("UPDATE operators SET role = 'supervisor' WHERE id = ?", (TELLER,))
    db.close()
    assert recover(branch, supervisor=TELLER).exit_code == 1
    assert start(branch).startswith("log_tampered")


def test_a_log_that_opens_is_gone_on_with(branch):
    result = recover(branch)
    assert (result.exit_code, "needless" in result.stderr) == (1, True)
    assert start(branch) == ""


def test_stolen_keys_are_a_reason_and_the_old_log_stays_whole(branch):
    result = recover(
        branch, "--enrolment-keys", str(branch.line.enrolment_keys), reason="keys_stolen"
    )
    assert result.exit_code == 0, result.output
    assert start(branch) == ""
    verdict, code = verify(branch)
    assert (verdict["verdict"], verdict["lost"], code) == ("passed", [], 0), verdict


def delete_log(branch):
    for path in log_path(branch).parent.glob("log.sqlite*"):
        path.unlink()


def delete_heads(branch):
    (branch.data / "released" / "heads").unlink()


def damage_heads(branch):
    path = branch.data / "released" / "heads"
    path.write_bytes(b"no head\n" + path.read_bytes())


def empty_log(branch):
    log_path(branch).write_bytes(b"")


def truncate(branch):
    end = size(branch)
    vandalise(
        log_path(branch),
        f"DELETE FROM entry WHERE seq >= {end - 2}",
        f"DELETE FROM keyrec WHERE from_seq >= {end - 2}",
    )


@pytest.mark.parametrize("harm", [delete_log, delete_heads, damage_heads, empty_log, truncate])
def test_whatever_a_start_refuses_there_is_a_way_back(branch, harm):
    before = size(branch)
    harm(branch)
    refused = start(branch)
    assert refused.startswith(("log_", "released_")), refused
    assert any("`recovery begin`" in each for each in branch.bad())

    assert recover(branch).exit_code == 0

    assert start(branch) == ""
    verdict, code = verify(branch)
    assert (verdict["verdict"], code) == ("passed", 0), verdict
    lost = {
        delete_log: [f"entries 0 to {before - 1}"],
        empty_log: [f"entries 0 to {before - 1}"],
        truncate: [f"entries {before - 2} to {before - 1}"],
    }.get(harm, [])
    assert [each.partition(": ")[2] for each in verdict["lost"]] == lost


WAL = {
    "first frame flipped": lambda wal: flip(wal, 60),
    "middle frame flipped": lambda wal: flip(wal, len(wal) // 2),
    "last frame flipped": lambda wal: flip(wal, len(wal) - 100),
    "third": lambda wal: wal[: len(wal) // 3],
    "emptied": lambda _wal: b"",
    "deleted": lambda _wal: None,
    "salt": lambda wal: flip(wal, 17),
    "random": lambda wal: bytes(range(256)) * (len(wal) // 256),
}


def flip(octets, at):
    return octets[:at] + bytes([octets[at] ^ 0xFF]) + octets[at + 1 :]


@pytest.mark.parametrize("name", WAL)
def test_after_a_power_cut_that_took_the_write_ahead_log_the_branch_goes_on(branch, tmp_path, name):
    """The classes of 2026-11-28: each was refused for ever."""
    services = branch.opened()
    held = tmp_path / "held"
    shutil.copytree(log_path(branch).parent, held)
    bootstrap.close(services)
    delete_log(branch)
    for path in held.iterdir():
        shutil.copyfile(path, log_path(branch).with_name(path.name))
    log_path(branch).with_name("log.sqlite-shm").unlink()
    wal = log_path(branch).with_name("log.sqlite-wal")
    harmed = WAL[name](wal.read_bytes())
    wal.unlink()
    if harmed is not None:
        wal.write_bytes(harmed)
    assert start(branch).startswith(("log_", "released_"))

    assert recover(branch).exit_code == 0

    assert start(branch) == ""
    verdict, code = verify(branch)
    assert (verdict["verdict"], code) == ("passed", 0), verdict
    assert len(verdict["lost"]) == 1


class Killed(BaseException):
    """The process ends here."""


def test_killed_at_any_step_the_station_is_the_old_one_or_the_new_one(
    branch, monkeypatch, tmp_path
):
    damage(branch)
    refused = start(branch)
    image = tmp_path / "image"
    shutil.copytree(branch.data, image)
    outcomes = []
    for step in range(200):
        shutil.rmtree(branch.data)
        shutil.copytree(image, branch.data)
        with monkeypatch.context() as patched:
            kill_at(patched, step)
            try:
                ended = recover(branch).exit_code
            except Killed:
                ended = None
        if ended == 0:
            break
        said = start(branch)
        assert said in {"", refused}, (step, said)
        outcomes.append(said)
        if said == refused:
            assert recover(branch).exit_code == 0
            assert start(branch) == ""
        assert verify(branch)[1] == 0
    assert set(outcomes) == {"", refused}
    # Once it is decided, nothing goes back.
    assert outcomes == sorted(outcomes, reverse=True)


def kill_at(patched, step):
    """Kill before the n-th write, rename or removal of a recovery."""
    left = iter(range(step, -1, -1))

    def wrap(real):
        def act(*arguments, **named):
            if next(left, 1) == 0:
                raise Killed
            return real(*arguments, **named)

        return act

    for module, names in (
        (switch, ("write_durably", "replace_file", "remove_file", "sync_folder")),
        (begin, ("write_durably", "enrol_accounts", "commit_plan", "finish_recovery")),
    ):
        for name in names:
            patched.setattr(module, name, wrap(getattr(module, name)))


def test_what_was_readable_of_the_old_log_cannot_be_taken_away_later(branch):
    damage(branch)
    assert recover(branch).exit_code == 0
    kept = branch.data / "generations" / "g1" / "log.sqlite"
    kept.chmod(0o600)
    vandalise(kept, ("UPDATE entry SET body = ? WHERE seq = 1", (b"{}",)))
    verdict, code = verify(branch)
    assert (verdict["verdict"], verdict["reason"], code) == ("failed", "generation.rolled_back", 2)


def test_a_third_generation_names_the_second(branch):
    for number in (1, 2):
        damage(branch)
        assert recover(branch).exit_code == 0
        assert start(branch) == ""
        verdict, code = verify(branch)
        assert (verdict["generations"], len(verdict["lost"]), code) == (number + 1, number, 0), str(
            verdict
        )


def test_the_key_of_the_old_log_signs_nothing_any_more(branch):
    damage(branch)
    assert recover(branch).exit_code == 0
    assert start(branch) == ""
    (only,) = (branch.data / "keys").glob("log*")
    (kept,) = (branch.data / "generations" / "g1" / "enrolment").glob("log.vkey")
    assert only.suffix == ".sealed"
    assert kept.read_bytes() != (branch.data / "enrolment" / "log.vkey").read_bytes()


def test_founders_are_not_head_office_afterwards(branch):
    """An administrator who begins a generation gains nothing by it: two are still needed."""
    damage(branch)
    assert recover(branch).exit_code == 0
    branch.set('audience = "core-banking"', 'audience = "elsewhere"')
    assert start(branch).startswith("charter_refused")
    proposed = branch.line.run(
        "charter", "propose", "--by", ADMIN, "--secret-stdin", stdin=f"{SECRET}\n"
    )
    assert proposed.exit_code == 0, proposed.output
    alone = branch.line.run(
        "charter", "countersign", "--by", SUPERVISOR, "--secret-stdin", stdin=f"{SECRET}\n" * 2
    )
    assert alone.exit_code == 1
    office = branch.line.run("charter", "sign", "--enrolment-keys", str(branch.line.enrolment_keys))
    assert office.exit_code == 0, office.output
    assert start(branch) == ""


def test_head_office_begins_the_generation_after_a_station_of_before(branch, tmp_path):
    """Where no credentials are, nobody in the branch can sign: `init --previous`."""
    before = size(branch)
    old, branch.line.data = branch.data, tmp_path / "next"
    named = ("--previous", str(old), "--profile", "production", "--station", "ws-07", "--bank", "Б")
    person = ("--branch", "Ф", "--admin", "a-001", "--admin-name", "Имя", "--secret-stdin")
    keys = ("--enrolment-keys", str(branch.line.enrolment_keys))

    for wrong in ("bank.kz/log/almaty1-ws07/g1", "bank.kz/log/almaty1-ws08/g2"):
        refused = branch.line.run(
            "init", *named, *person, *keys, "--origin", wrong, stdin=f"{SECRET}\n"
        )
        assert refused.exit_code == 3, refused.output
        assert not branch.line.data.exists()
    made = branch.line.run(
        *("init", *named, *person, *keys, "--origin", "bank.kz/log/almaty1-ws07/g2"),
        stdin=f"{SECRET}\n",
    )

    assert made.exit_code == 0, made.output
    verdict, code = verify(branch)
    assert (verdict["verdict"], code) == ("passed", 0), str(verdict)
    assert verdict["earlier"] == [f"bank.kz/log/almaty1-ws07/g1: {before} entries"]


def test_the_next_generation_is_healthy_and_its_export_verifies(branch, tmp_path):
    damage(branch)
    assert recover(branch).exit_code == 0
    assert start(branch) == ""
    assert branch.bad() == []
    places = (str(tmp_path / "export"),)
    assert branch.line.run("log", "export", *places).exit_code == 0
    exported = branch.line.run("log", "verify-export", *places)
    assert exported.exit_code == 0, exported.output


def test_a_full_disk_and_a_running_workstation_are_no_reasons(branch, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(begin, "open_log", refuse_to_write)
        assert recover(branch).exit_code == 4
    services = branch.opened()
    try:
        assert recover(branch).exit_code == 4
    finally:
        bootstrap.close(services)
    assert not (branch.data / "generations").exists()
    assert start(branch) == ""


def refuse_to_write(*_given):
    raise LogUnwritable("disk")


def test_a_station_whose_log_key_is_lost_goes_on_in_the_next_generation(branch):
    for path in (branch.data / "keys").glob("log*"):
        path.unlink()
    assert start(branch).startswith("key_missing")
    assert recover(branch, reason="other").exit_code == 0
    assert start(branch) == ""
    verdict, code = verify(branch)
    assert (verdict["verdict"], verdict["lost"], code) == ("passed", [], 0), str(verdict)
