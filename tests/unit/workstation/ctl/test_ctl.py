import errno
import json
import os
import sqlite3
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from msgspec.structs import replace as changed

from crypto.errors import LogTampered, LogUnwritable
from crypto.gost.acceleration import REFERENCE, find_acceleration
from crypto.log.audit.reader import LogReader
from crypto.log.file.released import ReleasedMark
from crypto.log.format.note import NoteSigner
from tests.support.pki.certificates import NOW
from tests.support.station.branch import Branch
from tests.support.station.command_line import ORIGIN, SECRET, CommandLine
from tests.support.station.permits import ISSUED_S, OPERATION, PermitLog, claims, facts
from tests.support.system.exposure import expose, hide, is_private
from tests.support.system.platforms import WINE
from workstation.accounts.permit_register import PermitRegister
from workstation.ctl import program
from workstation.ctl.console import Console
from workstation.ctl.doctor import _gost, _sqlite
from workstation.ctl.failures import ExitCode, failure_of
from workstation.documents.permit import issue
from workstation.documents.permit_claims import PermitCheck
from workstation.documents.permit_log import describe_earlier
from workstation.records.keys import FileKeyStore, read_vkeys
from workstation.rules.checks import CheckId, CheckStatus, Hardness
from workstation.settings.settings import Profile

ROOT = Path(__file__).resolve().parents[4]
SHIPPED = ROOT / "resources" / "policies" / "kz-2026-07-12.toml"
EC_KEY = (
    ec.generate_private_key(ec.SECP256R1())
    .public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
)
ISSUED = "2026-11-22T20:30:20Z"


@pytest.fixture
def ctl(tmp_path, monkeypatch):
    return CommandLine(tmp_path, monkeypatch)


@pytest.fixture
def station(ctl):
    assert ctl.init().exit_code == 0
    return ctl


def one_line(result):
    assert "Traceback" not in result.output
    assert len(result.stderr.strip().splitlines()) == 1
    return result.stderr


def test_a_station_begins_in_an_empty_folder_for_its_owner_only(station):
    made = [station.data, *station.data.rglob("*")]
    if WINE:  # the others inherit it from their folder, which Wine's disk does not do
        made = [path for path in made if path == station.data or path.suffix == ".key"]
    assert len(made) > 3
    assert all(is_private(path) for path in made)
    assert station.run("log", "verify").exit_code == 0
    assert [each["id"] for each in [station.json("operator", "list")]] == ["root"]


def test_nothing_is_ever_initialised_twice(station):
    before = {path: path.read_bytes() for path in station.data.rglob("*") if path.is_file()}
    again = station.init()
    after = {path: path.read_bytes() for path in station.data.rglob("*") if path.is_file()}
    assert again.exit_code == 1
    assert "already_initialised" in one_line(again)
    assert before == after


@pytest.mark.parametrize(
    ("extra", "exit_code"),
    [
        (["--admin", "реки"], 1),
        (["--admin", "a b"], 1),
        (["--admin-name", " "], 1),
        (["--origin", "no-slash"], 3),
        (["--origin", "bank.kz/a b"], 3),
        (["--policy", "/nowhere"], 1),
    ],
)
def test_a_refused_beginning_leaves_no_station(ctl, extra, exit_code):
    result = ctl.init(*extra)
    assert result.exit_code == exit_code
    assert one_line(result)
    assert not ctl.data.exists()


def test_a_weak_first_secret_leaves_no_station(ctl):
    result = ctl.init(secret="short")
    assert result.exit_code == 1
    assert "secret_too_short" in one_line(result)
    assert not ctl.data.exists()


def test_one_enrolment_key_begins_many_stations(station):
    first = (station.data / "enrolment" / "trusted.vkeys").read_text()
    station.data = station.data.with_name("second")
    assert station.init().exit_code == 0
    assert (station.data / "enrolment" / "trusted.vkeys").read_text() == first
    assert station.run("log", "verify").exit_code == 0


def test_a_beginning_that_broke_off_is_no_station_and_is_not_overwritten(station, monkeypatch):
    def full(*_arguments, **_named):
        raise LogUnwritable("OSError")

    station.data = station.data.with_name("second")
    with monkeypatch.context() as patched:
        patched.setattr("workstation.initialisation.LogStore.create", full)
        assert station.init().exit_code == 4
    assert not (station.data / "workstation.toml").exists()
    assert "already_initialised" in one_line(station.init())


def test_an_exposed_enrolment_key_begins_nothing_and_is_told(station):
    exposed = station.enrolment_keys / "enrolment.key"
    expose(exposed)
    station.data = station.data.with_name("second")
    result = station.init()
    assert result.exit_code == 4
    assert "key_exposed" in one_line(result)
    assert "NTFS" in one_line(result)
    assert not station.data.exists()
    hide(exposed)
    assert station.init().exit_code == 0


def test_a_removable_disk_that_cannot_keep_a_key_is_told_and_another_one_taken(ctl, monkeypatch):
    """FAT, as most of them are sold, has no hard links and no access rights."""

    def no_links(*_arguments, **_named):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    with monkeypatch.context() as patched:
        patched.setattr(os, "link", no_links)
        result = ctl.init()
    assert result.exit_code == 4
    assert "vault_unwritable" in one_line(result)
    assert "FAT does not" in one_line(result)
    assert not ctl.data.exists()
    ctl.enrolment_keys = ctl.enrolment_keys.with_name("another")
    assert ctl.init().exit_code == 0


@pytest.mark.parametrize("profile", ["demo", "production"])
def test_new_settings_name_what_is_still_to_be_filled_in(ctl, profile):
    result = ctl.init(profile=profile)
    assert "to be filled in" in result.stdout
    assert f'profile = "{profile}"' in (ctl.data / "workstation.toml").read_text("utf-8")
    assert ctl.run("doctor").exit_code == 4


def test_operators_are_staged_listed_and_given_secrets_and_nobody_is_one_yet(station):
    added = station.run(
        "operator", "add", "t-1", "--name", "Айгүл", "--role", "teller", "--secret-stdin",
        stdin=SECRET + "\n",
    )  # fmt: skip
    changed = station.run("operator", "secret", "t-1", "--secret-stdin", stdin=SECRET + "!\n")
    role = station.run("operator", "role", "T-1", "auditor", "--secret-stdin", stdin=SECRET + "?\n")
    listed = station.run("operator", "list").stdout
    assert [each.exit_code for each in (added, changed, role)] == [0, 0, 0]
    assert [each.split()[:3] for each in listed.splitlines()[1:]] == [
        ["root", "admin", "enabled"],
        ["t-1", "auditor", "staged"],
    ]
    assert "argon2" not in listed + added.output + changed.output
    twice = station.run(
        "operator", "add", "T-1", "--name", "N", "--role", "teller", "--secret-stdin",
        stdin=SECRET + "\n",
    )  # fmt: skip
    assert (twice.exit_code, "exists" in twice.stderr) == (1, True)
    # An account that never was one, disabled before anybody signed it, is none.
    assert station.run("operator", "disable", "t-1").exit_code == 0
    assert station.json("operator", "list")["id"] == "root"


def test_a_typed_secret_is_asked_for_twice_and_not_echoed(station):
    result = station.run(
        "operator", "add", "t-1", "--name", "N", "--role", "teller", stdin=f"{SECRET}\n{SECRET}\n"
    )
    assert result.exit_code == 0
    assert SECRET not in result.output


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "exit_code"),
    [
        (["operator", "disable", "root"], "", "last_admin", 1),
        (["operator", "disable", "nobody"], "", "unknown", 1),
        (["operator", "secret", "root", "--secret-stdin"], "short\n", "secret_too_short", 1),
        (["operator", "secret", "root", "--secret-stdin"], "", "usage", 3),
        (["operator", "add", "x"], "", "usage", 3),
        (["log", "show", "--seq", "9"], "", "entry", 3),
        (["nonsense"], "", "usage", 3),
        (["--nonsense"], "", "usage", 3),
        (["log", "verify", "--key", "/nowhere"], "", "not_initialised", 3),
        (["permit", "verify", "/nowhere", "--moment", "yesterday"], "", "usage", 3),
        (["permit", "verify", "/nowhere", "--moment", "2026-11-22T20:30:20"], "", "offset", 3),
    ],
)
def test_what_went_wrong_is_one_line_and_an_exit_code(station, arguments, stdin, code, exit_code):
    result = station.run(*arguments, stdin=stdin)
    assert result.exit_code == exit_code
    assert code in one_line(result)


def test_a_command_without_its_folder_says_so(ctl):
    result = ctl.run("operator", "list", data=False)
    assert result.exit_code == 3
    assert "--data" in one_line(result)


def test_a_folder_that_is_no_station_says_how_to_make_one(ctl):
    result = ctl.run("operator", "list")
    assert result.exit_code == 3
    assert "init" in one_line(result)


@pytest.mark.parametrize("group", [[], ["log"], ["operator"]])
def test_a_group_without_a_command_shows_its_help_as_it_is_and_does_nothing(station, group):
    alone = station.run(*group, data=False)
    asked = station.run(*group, "--help", data=False)
    assert (alone.exit_code, asked.exit_code) == (3, 0)
    assert alone.stdout == ""
    assert alone.stderr == asked.stdout
    assert "Commands:" in asked.stdout.splitlines()
    assert station.json(*group)["error"]["code"] == "usage"


def commands(group, *path):
    for name, command in group.commands.items():
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)


@pytest.mark.parametrize(("path", "command"), commands(program), ids=str)
def test_help_says_what_every_command_and_option_is_for(path, command):
    options = [each for each in command.params if isinstance(each, click.Option)]
    assert all(each.help for each in options), path
    shown = command.get_short_help_str(limit=78 - 6 - len("certificate"))
    assert shown
    assert not shown.endswith("..."), path


def test_the_receipt_of_an_entry_has_lines_of_its_own(station):
    receipt = station.json("log", "show", "--seq", "0")["receipt"]
    shown = station.run("log", "show", "--seq", "0").stdout
    assert "\N{REPLACEMENT CHARACTER}" not in shown
    assert len(receipt.splitlines()) > 5
    assert shown.endswith("receipt:\n" + "\n".join(receipt.splitlines()) + "\n")


def test_foreign_text_begins_no_line_of_its_own_and_steers_no_terminal(capsys):
    console = Console(None, as_json=False, language="en")
    hostile = "x\nverdict: valid\x1b[2J\u202e"
    console.show({"verdict": "refused", "cn": hostile, "of": {"cn": hostile}, "all": [hostile]})
    console.show({"own": f"first\n{hostile[2:]}"}, verbatim="own")
    shown = capsys.readouterr().out
    assert shown.splitlines().count("verdict: refused") == 1
    assert "verdict: valid" not in shown.splitlines()
    assert not any(char in shown for char in "\x1b\u202e")


def test_errors_are_objects_with_a_code_for_programs(station):
    assert station.json("operator", "disable", "root")["error"]["code"] == "operator_refused"
    assert station.json("nonsense")["error"]["code"] == "usage"


def test_a_bug_or_a_full_disk_is_a_station_fault_without_its_traceback():
    assert failure_of(ValueError("secret detail")).exit_code is ExitCode.STATION
    assert "secret detail" not in failure_of(ValueError("secret detail")).detail
    assert failure_of(OSError(28, "No space left")).exit_code is ExitCode.STATION
    assert failure_of(LogTampered("leaf", 3)).exit_code is ExitCode.INTEGRITY


def rewrite_first_entry(path):
    """What an administrator with a database editor would do, and cover up."""
    log = sqlite3.connect(path)
    schema = log.execute("select type, name, sql from sqlite_master").fetchall()
    triggers = [(name, sql) for kind, name, sql in schema if kind == "trigger"]
    for name, _ in triggers:
        log.execute(f"drop trigger {name}")
    (table,) = [name for kind, name, sql in schema if kind == "table" and "body" in sql]
    (body,) = log.execute(f"select body from {table}").fetchone()
    log.execute(f"update {table} set body = ?", [body.replace(b"kz-2026", b"kz-2025")])
    for _, sql in triggers:
        log.execute(sql)
    log.commit()
    log.close()


def test_a_changed_byte_in_the_log_is_found_and_the_exit_code_is_2(station):
    rewrite_first_entry(station.data / "log" / "log.sqlite")
    result = station.run("log", "verify")
    verdict = station.json("log", "verify")
    assert result.exit_code == 2
    assert verdict["verdict"] == "failed"
    assert verdict["first_bad"] == 0
    assert verdict["reason"]
    assert station.run("log", "show").exit_code == 2


def test_a_log_that_is_gone_or_shorter_than_known_does_not_verify(station):
    shorter = station.run("log", "verify", "--at-least", "9")
    (station.data / "log" / "log.sqlite").unlink()
    gone = station.run("log", "verify")
    assert (shorter.exit_code, gone.exit_code) == (2, 2)


def test_a_log_that_nothing_remembers_and_that_is_not_there_is_no_accusation(station):
    (station.data / "log" / "log.sqlite").unlink()
    (station.data / "released" / "heads").unlink()
    assert station.run("log", "verify").exit_code == 4


def test_a_copy_of_the_log_verifies_anywhere_with_its_enrolled_keys(station, tmp_path):
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes((station.data / "log" / "log.sqlite").read_bytes())
    public = station.data / "enrolment"
    arguments = ["--log", str(copy), "--key", str(public / "log.vkey")]
    trusted = ["--trusted", str(public / "trusted.vkeys")]
    assert station.run("log", "verify", *arguments, *trusted, data=False).exit_code == 0
    assert "log.genesis" in station.run("log", "show", *arguments, data=False).stdout


def permit_file(station, tmp_path, **changes):
    keys = FileKeyStore(station.data / "keys")
    log = PermitLog(NoteSigner(ORIGIN, keys.load("log")))
    path = tmp_path / "permit.jws"
    path.write_text(issue(log.permit(facts(**changes)), keys.load("permit")) + "\n")
    return str(path)


def test_a_verified_permit_names_the_authority_and_who_vouched(station, tmp_path):
    authority = PermitCheck(
        CheckId.AUTHORITY,
        CheckStatus.PASSED,
        "authority.match",
        Hardness.HARD,
        "B-05",
        "",
        "customer",
    )
    changes = {"checks": (*claims().checks, authority), "authority": "IDEC-000731"}
    file = permit_file(station, tmp_path, **changes)
    asked = ["--audience", "core-banking", "--moment", ISSUED]
    found = json.loads(station.run("--json", "permit", "verify", file, *asked).stdout)
    assert found["claims"]["authority"] == "IDEC-000731"
    assert found["claims"]["reference"]["source"] == "registry"
    assert found["claims"]["reference"]["vouched_by"] == "gbdfl.gov.kz"


def test_a_permit_is_neither_valid_nor_redeemed_before_the_cooling_off_has_ended(station, tmp_path):
    eight_hours = ISSUED_S + 8 * 3_600
    file = permit_file(
        station, tmp_path, nbf=eight_hours, exp=eight_hours + 86_400, wait_rule="L-02"
    )
    asked = ["permit", "verify", file, "--audience", "core-banking"]
    redeem = ["--operation-sha256", OPERATION.sha256(), "--redeem", str(tmp_path / "used.sqlite")]
    early, due = "2026-11-23T04:30:14Z", "2026-11-23T04:30:15Z"
    assert "not_yet" in station.run(*asked, "--moment", early).output
    assert "not_yet" in station.run(*asked, *redeem, "--moment", early).output
    # Its head is known from then on: whatever the log is by the time, this permit is of it.
    assert [mark.size for mark in PermitRegister(tmp_path / "used.sqlite").heads()] == [43]
    assert "valid" in station.run(*asked, *redeem, "--moment", due).output


def test_a_permit_is_verified_and_redeemed_once(station, tmp_path):
    file = permit_file(station, tmp_path)
    redeem = [
        "--audience", "core-banking", "--moment", ISSUED,
        "--operation-sha256", OPERATION.sha256(), "--redeem", str(tmp_path / "used.sqlite"),
    ]  # fmt: skip
    first = station.run("permit", "verify", file, *redeem)
    second = station.run("permit", "verify", file, *redeem)
    assert first.exit_code == 0
    assert first.stdout.splitlines()[:4] == [
        "verdict: valid", "redeemed: True", "head: verified", "claims:",
    ]  # fmt: skip
    assert "  verdict: approved" in first.stdout.splitlines()
    assert second.exit_code == 1
    assert "used" in one_line(second)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--audience", "other", "--moment", ISSUED], "audience"),
        (["--audience", "core-banking", "--moment", "2026-11-22T20:40:00Z"], "expired"),
        (
            ["--audience", "core-banking", "--moment", ISSUED, "--operation-sha256", "0"],
            "operation",
        ),
        (["--audience", "core-banking", "--redeem", "x"], "--operation-sha256"),
    ],
)
def test_a_permit_for_something_else_is_refused(station, tmp_path, arguments, why):
    result = station.run("permit", "verify", permit_file(station, tmp_path), *arguments)
    assert result.exit_code in {1, 3}
    assert why in one_line(result)


def test_the_head_of_the_log_is_verified_where_its_key_is_known(station, tmp_path):
    file = permit_file(station, tmp_path)
    key = ["--key", str(station.data / "enrolment" / "permit.pem")]
    asked = ["permit", "verify", file, "--audience", "core-banking", "--moment", ISSUED, *key]
    log_key = str(station.data / "enrolment" / "log.vkey")
    stranger = tmp_path / "stranger.vkey"
    stranger.write_text(NoteSigner(ORIGIN, Ed25519PrivateKey.generate()).vkey)

    assert "head: unverified" in station.run(*asked, data=False).stdout
    assert "head: verified" in station.run(*asked, "--log-keys", log_key, data=False).stdout
    for refused in (["--require-log"], ["--log-keys", str(stranger)]):
        result = station.run(*asked, *refused, data=False)
        assert result.exit_code == 1
        assert "permit_refused: head" in one_line(result)


def test_the_heads_that_permits_brought_are_listed_as_the_log_signed_them(station, tmp_path):
    register = str(tmp_path / "used.sqlite")
    keys = FileKeyStore(station.data / "keys")
    log, path = PermitLog(NoteSigner(ORIGIN, keys.load("log"))), tmp_path / "permit.jws"
    asked = [
        "permit", "verify", str(path), "--audience", "core-banking", "--moment", ISSUED,
        "--operation-sha256", OPERATION.sha256(), "--redeem", register,
    ]  # fmt: skip
    for which in (log, log, log.fork(20, b"two")):
        path.write_text(issue(which.permit(facts(jti=os.urandom(16).hex())), keys.load("permit")))
        last = station.run(*asked)
    assert "permit_refused: rolled_back" in one_line(last)

    listed = station.run("permit", "heads", register, data=False)
    known = tuple(map(ReleasedMark.parse, listed.stdout.splitlines()))
    key = read_vkeys(station.data / "enrolment" / "log.vkey")
    assert [mark.size for mark in known] == [43, 45]
    assert all(mark.is_signed(ORIGIN, key) for mark in known)
    assert (listed.exit_code, "1 heads were refused" in listed.stderr) == (2, True)
    assert station.run("permit", "heads", register, "--origin", "x", data=False).exit_code == 0
    refused = station.run("--json", "permit", "heads", register, "--refused", data=False)
    assert json.loads(refused.stdout)["why"] == "rolled_back"
    rows = station.run("--json", "permit", "heads", register, data=False).stdout.splitlines()
    assert [json.loads(row)["line"] for row in rows] == listed.stdout.splitlines()


def test_a_permit_of_the_key_that_replaces_another_is_verified_by_its_own(station, tmp_path):
    asked = ["--audience", "core-banking", "--moment", ISSUED]
    before = permit_file(station, tmp_path)
    assert station.run("key", "rotate", "permit").exit_code == 0
    assert station.run("permit", "verify", before, *asked).exit_code == 0
    assert station.run("key", "rotate", "permit", "--switch").exit_code == 0
    keys = FileKeyStore(station.data / "keys")
    log = PermitLog(NoteSigner(ORIGIN, keys.load("log")))
    Path(before).write_text(issue(log.permit(facts()), keys.load("permit-2")))
    assert station.run("permit", "verify", before, *asked).exit_code == 0
    first = ["--key", str(station.data / "enrolment" / "permit.pem")]
    assert "permit_refused: kid" in one_line(
        station.run("permit", "verify", before, *asked, *first)
    )


def test_a_register_that_missed_permits_admits_what_the_station_proves(station, tmp_path):
    register, proof = str(tmp_path / "used.sqlite"), str(tmp_path / "growth.json")
    vkeys, known = station.data / "enrolment" / "log.vkey", station.json("log", "verify")["entries"]
    path = station.data / "log" / "log.sqlite"
    with LogReader(path, vkeys.read_text().strip()) as reader, reader.snapshot() as view:
        before = describe_earlier(view, known - 1, known)
    # A permit whose head is the log's of before.
    named = {"iss": ORIGIN, "log_size": before.size, "log_root": before.root, "log_previous": ()}
    moment = datetime.fromtimestamp(ISSUED_S, UTC)
    PermitRegister(Path(register)).redeem(changed(claims(), **named), moment)
    sizes = ["--from", str(known - 1), "--to", str(known)]
    assert station.run("permit", "growth", proof, *sizes).exit_code == 0
    admit = ["permit", "admit", register, proof, "--log-keys", str(vkeys)]
    assert station.json(*admit, data=False)["to"] == known
    assert known in [mark.size for mark in PermitRegister(Path(register)).heads(ORIGIN)]


def test_a_demo_permit_is_valid_only_for_who_asks_for_it(station, tmp_path):
    file = permit_file(station, tmp_path, profile=Profile.DEMO, simulated=True)
    asked = ["permit", "verify", file, "--audience", "core-banking", "--moment", ISSUED]

    assert "permit_refused: demo" in one_line(station.run(*asked))
    shown = station.json(*asked, "--accept-demo")
    assert (shown["claims"]["profile"], shown["claims"]["simulated"]) == ("demo", True)


def test_the_test_permit_was_issued_when_the_tests_say():
    assert ISSUED_S + 5 == 1_795_379_420


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_policy_is_shown_with_its_basis_in_the_asked_language(language):
    result = CliRunner().invoke(program, ["--language", language, "policy", "show"])
    word = {"kk": "қағидалары", "ru": "Закон", "en": "Law"}[language]
    assert result.exit_code == 0
    assert word in result.stdout


def test_a_policy_file_is_accepted_or_named_at_its_fault(ctl, tmp_path):
    weak = tmp_path / "weak.toml"
    text = SHIPPED.read_text("utf-8").replace("commands_min = 3", "commands_min = 1")
    weak.write_text(text, encoding="utf-8")
    accepted = ctl.run("policy", "check", str(SHIPPED), data=False)
    refused = ctl.run("policy", "check", str(weak), data=False)
    early = ctl.run("policy", "check", str(SHIPPED), "--day", "2026-01-01", data=False)
    assert (accepted.exit_code, refused.exit_code, early.exit_code) == (0, 1, 1)
    assert "$.limits.commands_min" in one_line(refused)
    assert "not in force" in one_line(early)


@pytest.mark.parametrize(
    ("version", "state"),
    [
        ((3, 40, 1), "warning"),
        ((3, 44, 6), "good"),
        ((3, 45, 0), "warning"),
        ((3, 50, 6), "warning"),
        ((3, 50, 7), "good"),
        ((3, 51, 2), "warning"),
        ((3, 51, 3), "good"),
        ((3, 53, 0), "good"),
    ],
)
def test_the_doctor_knows_which_sqlite_has_the_wal_reset_bug(version, state):
    assert _sqlite(version).state == state


def test_the_doctor_tells_who_computes_gost_and_names_a_library_that_was_wrong(ctl):
    shown = ctl.run("doctor", data=False).stdout
    assert find_acceleration().integers in shown
    assert find_acceleration().hashes in shown
    assert _gost(REFERENCE).state == "good"
    doubted = _gost(replace(REFERENCE, differing=("libgcrypt 0.1",)))
    assert (doubted.state, "libgcrypt 0.1" in doubted.seen) == ("warning", True)


def test_the_doctor_is_content_with_this_installation(ctl):
    result = ctl.run("doctor", data=False)
    assert result.exit_code == 0
    assert "pinned SHA-256" in result.stdout


@pytest.fixture
def branch(tmp_path, monkeypatch):
    return Branch(tmp_path, monkeypatch).made()


def test_the_doctor_is_content_with_a_whole_station_and_shows_its_policy(branch):
    result = branch.line.run("doctor", "--moment", NOW.isoformat())
    assert result.exit_code == 0, result.stdout
    assert "kz-2026-07-12" in result.stdout
    assert branch.line.json("policy", "show")["id"] == "kz-2026-07-12"
    assert branch.line.run("log", "verify").exit_code == 0


def contents(folder):
    """Every file but the databases' own, which readers of a database make too."""
    files = (each for each in folder.rglob("*") if each.is_file() and "sqlite" not in each.name)
    return {each: each.read_bytes() for each in files}


def test_the_doctor_calls_no_station_ready_whose_models_are_not(branch, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    result = branch.line.run("doctor", "--moment", NOW.isoformat())

    assert result.exit_code == 4
    assert result.stdout.splitlines()[-1].split()[:2] == ["bad", "station"]


def test_the_doctor_says_whose_chips_are_believed(branch):
    (row,) = [each for each in branch.doctor()[0] if each["what"] == "documents"]
    assert (row["state"], row["seen"]) == ("good", "no country authority: no chip is believed")


def test_the_doctor_makes_nothing_by_looking(branch):
    (branch.data / "revocation.sqlite").unlink()
    before = contents(branch.data)
    assert branch.doctor()[1] == 4
    assert contents(branch.data) == before
    for made_by_the_desktop in ("vault", "permits", "outbox", "cool-down.sqlite"):
        assert not (branch.data / made_by_the_desktop).exists()
    assert not (branch.data / "revocation.sqlite").exists()


@pytest.mark.parametrize(
    ("damaged", "named"),
    [
        ("policy.toml", ["policy"]),
        ("trust/*.cer", ["trust", "ways to sign", *["charter"] * 4]),
        ("keys/permit.sealed", ["keys"]),
        ("keys/log.sealed", ["keys"]),
        ("log/log.sqlite", ["log"]),
        ("released/heads", ["log"]),
        ("operators.sqlite", ["operators"]),
        ("enrolment/trusted.vkeys", ["keys"]),
        ("enrolment/log.vkey", ["log"]),
        ("revocation.sqlite", ["revocation lists"]),
        ("../gateway.pem", ["registries", "charter"]),
    ],
)
def test_the_doctor_names_what_is_damaged(branch, damaged, named):
    for path in branch.data.glob(damaged) if "*" in damaged else [branch.data / damaged]:
        path.write_bytes(b"damaged")
    signs, code = branch.doctor()
    assert code == 4
    assert [each["what"] for each in signs if each["state"] == "bad"] == [*named, "station"]


@pytest.mark.parametrize("key", [b"no key", EC_KEY])
def test_a_permit_is_verified_by_an_ed25519_key_only(station, tmp_path, key):
    (tmp_path / "key.pem").write_bytes(key)
    result = station.run(
        "permit", "verify", permit_file(station, tmp_path), "--audience", "core-banking",
        "--key", str(tmp_path / "key.pem"), "--moment", ISSUED,
    )  # fmt: skip
    assert result.exit_code == 1
    assert "the key is not" in one_line(result)


def test_the_program_runs_where_qt_cannot_be_imported():
    blocked = (
        "import sys\n"
        "class NoQt:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in {'PySide6', 'shiboken6'}:\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, NoQt())\n"
        "from workstation.ctl import main\n"
        "sys.argv = ['workstation-ctl', 'policy', 'show']\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", blocked],
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "kz-2026-07-12" in done.stdout


def test_commands_that_need_no_face_load_no_image_library():
    listing = (
        "import sys; import workstation.ctl; "
        "print([name for name in ('cv2', 'dlib', 'reportlab', 'PySide6') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", listing], cwd=ROOT, capture_output=True, text=True, timeout=60,
        check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["recipient", "new-recipient"])
def test_head_office_makes_the_key_that_opens_what_stations_seal(ctl, tmp_path, name):
    file = tmp_path / "retention.pem"
    made = ctl.json("vault", name, "retention-2026", str(file), data=False)
    private = load_pem_private_key(file.read_bytes(), None)
    assert isinstance(private, X25519PrivateKey)
    assert private.public_key().public_bytes_raw().hex() == made["x25519"]
    assert tomllib.loads(made["settings"]) == {
        "recipients": [{"name": "retention-2026", "x25519": made["x25519"]}]
    }
    if sys.platform != "win32":
        assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    again = ctl.run("vault", name, "retention-2026", str(file), data=False)
    assert again.exit_code != 0
    assert "key_exists" in one_line(again)
    assert file.read_bytes() == before
