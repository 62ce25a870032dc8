"""A local administrator makes people of his own; the start, the sign-in and the log refuse them."""

import re
import sqlite3

import pytest

from tests.support.station.branch import Branch, start
from tests.support.station.command_line import SECRET
from tests.support.station.stations import Desk
from workstation import bootstrap
from workstation.station import commands as c

FIRST, SECOND = "a-001", "a-002"
OWN = "ключ от чужой двери 12"


@pytest.fixture
def branch(tmp_path, monkeypatch):
    made = Branch(tmp_path, monkeypatch).made()
    made.signs = False
    return made


@pytest.fixture
def two(branch):
    """A station with a second administrator, whom head office signed."""
    assert operate(branch, "add", SECOND, "--name", "Б", "--role", "admin").exit_code == 0
    branch.sign()
    return branch


def signs_in(branch, operator_id, secret):
    """Start, type number and secret, and return what the screen says; empty when it opens."""
    services = branch.opened()
    try:
        desk = Desk(branch.site(services))
        desk.do(c.SignIn(operator_id, secret))
        return "" if desk.status.operator else desk.status.message
    finally:
        bootstrap.close(services)


def rows(branch, *statements):
    """Edit the accounts as somebody with SQLite would."""
    database = sqlite3.connect(branch.data / "operators.sqlite")
    for statement in statements:
        assert database.execute(statement).rowcount
    database.commit()
    database.close()


def operate(branch, *arguments, secret=OWN):
    return branch.line.run("operator", *arguments, "--secret-stdin", stdin=f"{secret}\n")


def order(branch, *arguments, secrets=(SECRET,)):
    typed = "".join(f"{each}\n" for each in secrets)
    return branch.line.run("charter", *arguments, "--secret-stdin", stdin=typed)


def kinds(branch):
    services = branch.opened()
    try:
        return [each.kind for each in services.journal.log.entries()]
    finally:
        bootstrap.close(services)


COPY = (
    "INSERT INTO operators SELECT 'T-0666', name, role, vkey, credential, 0, created_ms, changed_ms"
    " FROM operators WHERE id = 'T-0042'"
)


MOVE = (
    "UPDATE operators SET credential = t.credential, vkey = t.vkey"
    " FROM (SELECT * FROM operators WHERE id = 'T-0042') AS t WHERE operators.id = 'S-0031'"
)


@pytest.mark.parametrize(
    ("statement", "place", "words"),
    [
        (COPY, "account_added: T-0666", "account T-0666 added (Teller)"),
        (
            "UPDATE operators SET role = 'supervisor' WHERE id = 'T-0042'",
            "account_role_changed: T-0042",
            "role of T-0042: Supervisor in place of Teller",
        ),
        (
            MOVE,
            "account_key_replaced: S-0031",
            "account S-0031 has a new secret: its key was replaced",
        ),
        (
            "UPDATE operators SET disabled = 1 WHERE id = 'S-0031'",
            "account_disabled: S-0031",
            "account S-0031 disabled",
        ),
        (
            "DELETE FROM operators WHERE id = 'a-001'",
            "account_removed: a-001",
            "account a-001 removed",
        ),
    ],
)
def test_an_account_changed_by_sql_refuses_the_start_and_is_named(branch, statement, place, words):
    rows(branch, statement)
    assert start(branch) == f"charter_refused {place}"
    signs = branch.doctor()[0]
    assert {"type": "check", "state": "bad", "what": "charter", "seen": words} in signs


@pytest.mark.parametrize("role", ["teller", "supervisor"])
def test_an_account_that_one_person_adds_lets_nobody_in(branch, role):
    assert operate(branch, "add", "T-0666", "--name", "Я", "--role", role).exit_code == 0
    assert start(branch) == ""
    assert signs_in(branch, "T-0666", OWN) == "operator_refused"
    status = branch.line.run("charter", "status")
    assert f"account T-0666 added ({role.capitalize()})" in status.stdout


def test_a_staged_account_moved_among_the_accounts_refuses_the_start(branch):
    operate(branch, "add", "T-0666", "--name", "Я", "--role", "teller")
    rows(branch, "INSERT INTO operators SELECT * FROM staged")
    assert start(branch) == "charter_refused account_added: T-0666"


@pytest.mark.parametrize("spelling", ["a-001", "A-001", "a-\uff10\uff10\uff11"])
def test_nobody_countersigns_his_own_proposal_in_any_spelling(branch, spelling):
    operate(branch, "add", "T-0666", "--name", "Я", "--role", "teller")
    assert order(branch, "propose", "--by", FIRST).exit_code == 0
    again = order(branch, "countersign", "--by", spelling, secrets=(SECRET, SECRET))
    assert (again.exit_code, "signature: one person twice" in again.stderr) == (1, True)
    assert signs_in(branch, "T-0666", OWN) == "operator_refused"
    assert "charter.change" not in kinds(branch)[-6:]


def test_two_administrators_put_a_change_in_force_and_the_log_says_so(two):
    operate(two, "add", "T-0043", "--name", "Г", "--role", "teller", secret=OWN)
    two.set("index = 0", "index = 1")
    proposed = order(two, "propose", "--by", FIRST)
    assert "account T-0043 added (Teller)" in proposed.stdout
    assert "setting “Camera: index” ($.camera.index): was 0, is 1" in proposed.stdout
    assert start(two) == "charter_refused setting_changed: $.camera.index"
    shown = two.line.run("charter", "status").stdout
    assert re.search(r"number 4 by bank\.kz/op/a-001", shown)
    done = order(two, "countersign", "--by", SECOND, secrets=(OWN, SECRET))
    assert done.exit_code == 0, done.output
    assert start(two) == ""
    assert signs_in(two, "T-0043", OWN) == ""
    assert two.line.run("charter", "status").exit_code == 0
    assert two.line.run("log", "verify").exit_code == 0
    services = two.opened()
    try:
        entries = list(services.journal.log.entries())
    finally:
        bootstrap.close(services)
    change = [each for each in entries if each.kind == "charter.change"][-1]
    assert {*change.signers} == {
        "bank.kz/log/almaty1-ws07/g1",
        "bank.kz/op/a-001",
        "bank.kz/op/a-002",
    }
    assert "Г" not in change.body.decode()


def test_what_was_changed_after_the_proposal_is_not_countersigned(two):
    two.set("index = 0", "index = 1")
    order(two, "propose", "--by", FIRST)
    two.set("index = 1", "index = 2")
    result = order(two, "countersign", "--by", SECOND, secrets=(OWN, SECRET))
    assert (result.exit_code, "changed since" in result.stderr) == (1, True)


def test_an_account_staged_after_the_proposal_is_not_countersigned(two):
    two.set("index = 0", "index = 1")
    order(two, "propose", "--by", FIRST)
    operate(two, "add", "T-0666", "--name", "Я", "--role", "teller")
    result = order(two, "countersign", "--by", SECOND, secrets=(OWN, SECRET))
    assert (result.exit_code, "changed since" in result.stderr) == (1, True)
    assert signs_in_after_restoring(two) == "operator_refused"


def signs_in_after_restoring(branch):
    """Undo the settings and try to sign in as the staged account."""
    branch.set("index = 1", "index = 0")
    return signs_in(branch, "T-0666", OWN)


def test_an_old_proposal_is_not_countersigned(two, monkeypatch):
    two.set("index = 0", "index = 1")
    order(two, "propose", "--by", FIRST)
    monkeypatch.setattr("workstation.charter.change.PROPOSAL_LIFE_MS", -1)
    result = order(two, "countersign", "--by", SECOND, secrets=(OWN, SECRET))
    assert (result.exit_code, "older than a week" in result.stderr) == (1, True)


@pytest.mark.parametrize(
    ("by", "secrets", "code"),
    [
        (FIRST, ("wrong secret 12 34",), "operator_refused"),
        ("T-0042", (SECRET,), "role_missing"),
        ("nobody", (SECRET,), "operator_refused"),
    ],
)
def test_only_an_administrator_who_proves_it_proposes(branch, by, secrets, code):
    branch.set("index = 0", "index = 1")
    result = order(branch, "propose", "--by", by, secrets=secrets)
    assert (result.exit_code, code in result.stderr) == (1, True)
    assert branch.line.json("charter", "status")["proposal"] == []


def test_wrong_secrets_at_the_command_line_are_entries_of_the_log(branch):
    branch.set("index = 0", "index = 1")
    order(branch, "propose", "--by", FIRST, secrets=("wrong secret 12 34",))
    branch.set("index = 1", "index = 0")
    assert "sign_in.failed" in kinds(branch)


def test_a_withdrawn_proposal_leaves_the_station_as_it_was_signed(two):
    before = two.settings.read_bytes()
    two.set("index = 0", "index = 1")
    operate(two, "add", "T-0666", "--name", "Я", "--role", "teller")
    order(two, "propose", "--by", FIRST)
    gone = two.line.json("charter", "withdraw", "--restore")
    assert (gone["withdrawn"], gone["accounts"]) == (4, ["T-0666"])
    assert two.settings.read_bytes() == before
    assert start(two) == ""
    result = order(two, "countersign", "--by", SECOND, secrets=(OWN, SECRET))
    assert "there is none" in result.stderr


def test_a_disabled_administrator_countersigns_nothing(two):
    assert two.line.run("operator", "disable", SECOND).exit_code == 0
    two.sign()
    two.set("index = 0", "index = 1")
    order(two, "propose", "--by", FIRST)
    result = order(two, "countersign", "--by", SECOND, secrets=(OWN, SECRET))
    assert (result.exit_code, "operator_refused" in result.stderr) == (1, True)


def test_a_change_that_was_broken_off_goes_on(two, monkeypatch):
    operate(two, "add", "T-0043", "--name", "Г", "--role", "teller")
    with monkeypatch.context() as broken:
        broken.setattr(
            "workstation.charter.change.StagedAccounts.adopt",
            lambda *_given: (_ for _ in ()).throw(OSError("power")),
        )
        keys = str(two.line.enrolment_keys)
        assert two.line.run("charter", "sign", "--enrolment-keys", keys).exit_code != 0
    # The entry is there, the account is not yet: the start makes it one.
    assert signs_in(two, "T-0043", OWN) == ""


def test_the_charter_before_is_needed_whose_administrators_signed_this_one(two):
    two.set("index = 0", "index = 1")
    order(two, "propose", "--by", FIRST)
    assert order(two, "countersign", "--by", SECOND, secrets=(OWN, SECRET)).exit_code == 0
    assert start(two) == ""
    (two.data / "charter" / "000003.note").unlink()
    assert start(two).startswith("charter_refused missing: ")


def test_every_sign_in_names_the_charter_in_force(branch):
    assert signs_in(branch, "T-0042", SECRET) == ""
    services = branch.opened()
    try:
        entries = list(services.journal.log.entries())
    finally:
        bootstrap.close(services)
    (opened,) = [each for each in entries if each.kind == "session.open"]
    assert opened.data["charter"] == branch.line.json("charter", "status")["sha256"]
