"""Sealed evidence opens at head office only, and goes by the order of two; its proofs stay."""

import hashlib
import json
import sqlite3
from contextlib import closing

import pytest

from crypto.errors import KeyRefused
from crypto.vault.payload_store import PayloadStore
from tests.support.pki.certificates import IIN
from tests.support.station.command_line import SECRET
from tests.support.station.days import work_a_day, worked_branch
from workstation import bootstrap

FIRST, SECOND = "a-001", "a-002"
OWN = "ключ от чужой двери 12"
BOTH = f"{SECRET}\n{OWN}\n"
ORDER = ("--order", "№ 12 от 2026-11-29", "--basis", "court")
BY_TWO = ("--by", FIRST, "--by", SECOND, "--secret-stdin")


@pytest.fixture
def branch(tmp_path, monkeypatch, worked):
    return worked_branch(tmp_path, monkeypatch, worked)


@pytest.fixture
def two(branch):
    """The station with a second administrator."""
    added = ("add", SECOND, "--name", "Б", "--role", "admin", "--secret-stdin")
    assert branch.line.run("operator", *added, stdin=f"{OWN}\n").exit_code == 0
    branch.sign()
    return branch


def entries(branch, kind):
    services = branch.opened()
    try:
        return [each for each in services.journal.log.entries() if each.kind == kind]
    finally:
        bootstrap.close(services)


def numbers(branch):
    return [each.seq for each in entries(branch, "verify.begin")]


def run(branch, *arguments, stdin=""):
    return branch.line.run("evidence", *map(str, arguments), stdin=stdin)


def unseal(branch, number, out, key=None):
    given = key or next(branch.folder.glob("retention*.pem"))
    return run(branch, "open", number, "--key", given, "--out", out)


def verdict(branch):
    """Return what `vault verify` and `log verify` say."""
    vault, log = branch.line.json("vault", "verify"), branch.line.json("log", "verify")
    return vault["verdict"], log["verdict"], log["evidence"]


def test_head_office_opens_what_was_sealed_out_of_a_copy(branch, tmp_path):
    number, out = numbers(branch)[0], tmp_path / "opened"
    for key in (branch.data / "keys").iterdir():
        key.unlink()
    result = unseal(branch, number, out)
    assert result.exit_code == 0, result.output
    found = {str(each.relative_to(out)) for each in out.rglob("*") if each.is_file()}
    assert {"statement.txt", "cms.p7s", "facts.json", "report.json", "opened.json"} <= found
    assert any(each.startswith("frames/") for each in found)
    assert any(each.startswith("lists/") for each in found)
    assert json.loads((out / "facts.json").read_text("utf-8"))["iin"] == IIN
    assert IIN not in result.output
    assert unseal(branch, number, out).exit_code == 1


def test_evidence_of_an_earlier_log_opens_under_that_logs_own_key(branch, tmp_path):
    number, elsewhere = numbers(branch)[0], tmp_path / "g1"
    elsewhere.mkdir()
    (branch.data / "log" / "log.sqlite").rename(elsewhere / "log.sqlite")
    (branch.data / "enrolment" / "log.vkey").rename(elsewhere / "log.vkey")
    of_then = ("--log", elsewhere / "log.sqlite", "--log-key", elsewhere / "log.vkey")
    key = next(branch.folder.glob("retention*.pem"))
    opened = run(branch, "open", number, "--key", key, "--out", tmp_path / "opened", *of_then)
    assert opened.exit_code == 0, opened.output


def test_another_key_and_a_changed_file_open_nothing(branch, tmp_path):
    number, out = numbers(branch)[0], tmp_path / "opened"
    stranger = tmp_path / "stranger.pem"
    made = branch.line.run("vault", "recipient", "stranger", str(stranger), data=False)
    assert made.exit_code == 0
    assert unseal(branch, number, out, stranger).exit_code == 2
    for each in (branch.data / "vault").glob("*.payload"):
        octets = bytearray(each.read_bytes())
        octets[-1] ^= 1
        each.write_bytes(octets)
    assert unseal(branch, number, out).exit_code == 2
    assert not out.exists()
    assert unseal(branch, 0, out).exit_code == 3


def test_two_administrators_erase_and_the_proofs_stay_valid(two, tmp_path):
    number, other = numbers(two)
    result = run(two, "erase", number, *ORDER, *BY_TWO, stdin=BOTH)
    assert result.exit_code == 0, result.output
    assert verdict(two) == ("whole", "passed", "complete")
    (order,) = entries(two, "payload.erase")
    assert dict(order.data) == {
        "pid": order.data["pid"],
        "number": number,
        "order": "№ 12 от 2026-11-29",
        "basis": "court",
    }
    said = two.line.json("vault", "verify")
    assert (said["payloads"], len(said["erased"])) == (1, 1)
    refused = unseal(two, number, tmp_path / "one")
    assert f"erased by the order of entry {order.seq}" in refused.stderr
    assert unseal(two, other, tmp_path / "other").exit_code == 0
    pack = tmp_path / "case.zip"
    assert two.line.run("courtpack", "build", str(number), "--out", str(pack)).exit_code == 0
    assert two.line.run("courtpack", "verify", str(pack)).exit_code == 0


def test_head_office_erases_alone(branch):
    office = ("--enrolment-keys", branch.line.enrolment_keys)
    assert run(branch, "erase", numbers(branch)[0], *ORDER, *office).exit_code == 0
    assert verdict(branch) == ("whole", "passed", "complete")


@pytest.mark.parametrize(
    ("people", "typed", "code"),
    [
        ((), "", 3),
        (("--by", FIRST), f"{SECRET}\n", 3),
        (("--by", FIRST, "--by", FIRST), f"{SECRET}\n{SECRET}\n", 3),
        (("--by", FIRST, "--by", FIRST.upper()), f"{SECRET}\n{SECRET}\n", 3),
        (("--by", FIRST, "--by", "S-0031"), f"{SECRET}\n{SECRET}\n", 1),
        (("--by", FIRST, "--by", SECOND), f"{SECRET}\nне тот секрет 99\n", 1),
    ],
)
def test_one_person_erases_nothing_whoever_else_is_named(two, people, typed, code):
    number = numbers(two)[0]
    result = run(two, "erase", number, *ORDER, *people, "--secret-stdin", stdin=typed)
    assert result.exit_code == code, result.output
    assert entries(two, "payload.erase") == []
    assert two.line.json("vault", "verify")["payloads"] == 2


def test_the_log_itself_refuses_an_erasure_by_the_station_alone(branch):
    services = branch.opened()
    try:
        with pytest.raises(KeyRefused):
            services.journal.log.append("payload.erase", {"pid": "0" * 32})
        with pytest.raises(KeyRefused):
            services.journal.log.append("legal_hold.lifted", {"pid": "0" * 32})
    finally:
        bootstrap.close(services)


def test_a_legal_hold_forbids_erasure_until_it_is_lifted(two):
    number, office = numbers(two)[0], ("--enrolment-keys", two.line.enrolment_keys)
    order = ("--order", "суд 7")
    assert run(two, "hold", number, *order, *BY_TWO, stdin=BOTH).exit_code == 0
    refused = run(two, "erase", number, *ORDER, *office)
    assert refused.exit_code == 1
    assert "erasure_refused: legal hold of entry" in refused.stderr
    assert run(two, "hold", number, *order, "--lift", *office).exit_code == 0
    assert run(two, "erase", number, *ORDER, *office).exit_code == 0
    assert verdict(two) == ("whole", "passed", "complete")


def test_an_erasure_that_was_broken_off_is_finished_by_the_next_start(branch, monkeypatch):
    number, office = numbers(branch)[0], ("--enrolment-keys", branch.line.enrolment_keys)
    with monkeypatch.context() as killed:
        killed.setattr(PayloadStore, "erase", lambda *_: None)
        assert run(branch, "erase", number, *ORDER, *office).exit_code == 0
    assert verdict(branch) == ("damaged", "passed", "incomplete")
    (cleaned,) = entries(branch, "cleaned")
    assert dict(cleaned.data) == {"payloads": 0, "erasures": 1}
    assert verdict(branch) == ("whole", "passed", "complete")


def test_keys_alone_that_came_back_from_a_backup_are_named_and_go_by_repeating(branch):
    number, office = numbers(branch)[0], ("--enrolment-keys", branch.line.enrolment_keys)
    vault = branch.data / "vault"
    with closing(sqlite3.connect(vault / "payload_keys.db")) as keys:
        rows = keys.execute("SELECT * FROM payload_key").fetchall()
    assert run(branch, "erase", number, *ORDER, *office).exit_code == 0
    with closing(sqlite3.connect(vault / "payload_keys.db")) as keys, keys:
        keys.executemany("INSERT OR REPLACE INTO payload_key VALUES (?, ?, ?, ?)", rows)
    assert verdict(branch)[0] == "damaged"
    assert run(branch, "erase", number, *ORDER, *office).exit_code == 0
    assert verdict(branch) == ("whole", "passed", "complete")
    assert len(entries(branch, "payload.erase")) == 1


def test_the_station_works_on_after_an_erasure(branch):
    office = ("--enrolment-keys", branch.line.enrolment_keys)
    assert run(branch, "erase", numbers(branch)[0], *ORDER, *office).exit_code == 0
    work_a_day(branch, None)
    assert branch.line.json("vault", "verify")["payloads"] == 2


def test_what_is_past_its_term_is_due_and_nothing_goes_before(branch):
    number, office = numbers(branch)[0], ("--enrolment-keys", branch.line.enrolment_keys)
    assert run(branch, "due", "--moment", "2032-08-31T12:00:00Z").stdout == ""
    late = ("--moment", "2033-06-01T12:00:00Z")
    rows = [
        json.loads(each)
        for each in branch.line.run("--json", "evidence", "due", *late).stdout.splitlines()
    ]
    assert [(each["number"], each["class"]) for each in rows] == [
        (each, "approved") for each in numbers(branch)
    ]
    for basis in ("term_past", "consent_withdrawn"):
        refused = run(branch, "erase", number, "--order", "1", "--basis", basis, *office)
        assert refused.exit_code == 1
        assert "erasure_refused: term of class approved ends on 2032-" in refused.stderr
    assert entries(branch, "payload.erase") == []
    assert run(branch, "hold", number, "--order", "суд 7", *office).exit_code == 0
    rows = branch.line.run("--json", "evidence", "due", *late).stdout.splitlines()
    assert [json.loads(each)["number"] for each in rows] == numbers(branch)[1:]
    assert '"state": "kept"' in branch.line.run("--json", "evidence", "due", "--all").stdout


def test_a_shorter_term_that_nobody_signed_erases_nothing(branch):
    number, office = numbers(branch)[0], ("--enrolment-keys", branch.line.enrolment_keys)
    policy = branch.data / "policy.toml"
    before = hashlib.sha256(policy.read_bytes()).hexdigest()
    policy.write_bytes(policy.read_bytes().replace(b"years = 6 ", b"years = 1 "))
    after = hashlib.sha256(policy.read_bytes()).hexdigest()
    assert before != after
    branch.set(before, after)
    refused = run(branch, "erase", number, "--order", "1", "--basis", "term_past", *office)
    assert refused.exit_code == 1
    assert "charter_refused: policy_changed" in refused.stderr
