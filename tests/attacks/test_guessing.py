"""Guesses at other people's secrets: bounded, in the log, and no weapon against their owner."""

import sqlite3
from contextlib import closing

import pytest

from tests.support.accounts.staged import disable_account
from tests.support.station.stations import (
    AUDITOR,
    SECRET,
    SOFT_CHECK_OPEN,
    SUPERVISOR,
    TELLER,
    Desk,
    a_site,
    form,
    override,
)
from workstation.accounts.authentication import Authenticator
from workstation.accounts.lockout import Lockout
from workstation.accounts.operators import Operators
from workstation.accounts.secret import SecretCost
from workstation.session.states import State
from workstation.station import commands as c

YEAR = 365 * 86_400_000
FILE = "operators.sqlite"


@pytest.fixture
def site(tmp_path):
    with a_site(tmp_path) as made:
        yield made


@pytest.fixture
def desk(site):
    return Desk(site)


def guess(desk, operator=SUPERVISOR.id, times=1):
    for _ in range(times):
        desk.ask(c.SignIn(operator, "wrong wrong wrong"))
    return desk.status.message


def change(site, statement):
    with closing(sqlite3.connect(site.folder / FILE)) as database, database:
        database.execute(statement)


def restart(site):
    """Return the authenticator of a station that starts anew on the same folder."""
    operators = Operators(site.folder / FILE, SecretCost(64, 1, 1))
    lockout = Lockout(site.folder / FILE, bytes(32))
    again = Authenticator(operators, lockout, site.services.journal, site.clock)
    again.recover()
    return again


def test_every_failure_and_every_lock_is_an_entry(desk, site):
    guess(desk, times=4)
    failed, locked = site.entries("sign_in.failed"), site.entries("sign_in.locked")
    assert [each.data["account"] for each in failed] == [SUPERVISOR.id] * 3
    assert [each.data["wait_s"] for each in locked] == [30]


def test_what_was_typed_as_an_unknown_number_is_nowhere(desk, site):
    guess(desk, operator="correct horse battery")
    (failed,) = site.entries("sign_in.failed")
    assert failed.data["account"] == ""
    stored = b"".join(each.read_bytes() for each in site.folder.rglob("*") if each.is_file())
    assert b"correct horse" not in stored


@pytest.mark.parametrize("step_ms", [5 * YEAR, -5 * YEAR])
def test_a_clock_that_is_set_neither_opens_nor_prolongs_a_lock(desk, site, step_ms):
    guess(desk, times=3)
    site.clock.wall += step_ms
    assert guess(desk) == "operator_locked"
    site.clock.mono += 30_000
    desk.sign_in(SUPERVISOR)
    assert desk.status.operator == SUPERVISOR


def test_a_tellers_tries_do_not_keep_the_supervisor_out(desk, site):
    desk.sign_in(TELLER)
    attempts = site.services.authenticator
    for _ in range(16):
        with pytest.raises(Exception, match=r"refused|\d+"):
            attempts.authenticate(SUPERVISOR.id, "wrong wrong wrong", source=TELLER.id)
        site.clock.tick(60_000)
    assert attempts.authenticate(SUPERVISOR.id, SECRET).operator == SUPERVISOR
    assert {each.data["source"] for each in site.entries("sign_in.failed")} == {TELLER.id}


@pytest.mark.parametrize(
    "statement", ["DELETE FROM lockout", "DROP TABLE lockout", "UPDATE lockout SET mac = x'00'"]
)
def test_deleting_the_counts_gains_nothing_and_is_named(desk, site, statement):
    guess(desk, times=3)
    change(site, statement)
    assert guess(desk) == "operator_locked"
    change(site, statement)
    again = restart(site)
    with pytest.raises(Exception, match="30"):
        again.authenticate(SUPERVISOR.id, SECRET)
    assert site.entries("sign_in.counts_lost")


def test_counts_put_back_from_a_copy_are_named_at_the_next_start(desk, site):
    copy = (site.folder / FILE).read_bytes()
    guess(desk, times=3)
    (site.folder / FILE).write_bytes(copy)
    restart(site)
    (lost,) = site.entries("sign_in.counts_lost")
    assert lost.data["total"] == 3


def test_an_ordinary_restart_names_nothing(desk, site):
    guess(desk, times=2)
    desk.sign_in(SUPERVISOR)
    restart(site)
    assert site.entries("sign_in.counts_lost") == []
    (opened,) = site.entries("session.open")
    assert opened.data["attempts"] == 3


def test_an_account_added_by_hand_signs_in_nowhere(desk, site):
    accounts = Operators(site.folder / FILE, SecretCost(64, 1, 1))
    accounts.add(type(SUPERVISOR)("S-0666", "Ghost", SUPERVISOR.role), SECRET, 1)
    desk.ask(c.SignIn("S-0666", SECRET))
    assert desk.status.message == "account_not_enrolled"
    assert site.entries("session.open") == []
    (failed,) = site.entries("sign_in.failed")
    assert failed.data["why"] == "not_enrolled"


def test_a_role_edited_in_a_row_opens_nothing(desk, site):
    change(site, f"UPDATE operators SET role = 'supervisor' WHERE id = '{AUDITOR.id}'")
    desk.ask(c.SignIn(AUDITOR.id, SECRET))
    assert desk.status.message == "operator_refused"


def test_a_teller_disabled_in_mid_session_begins_nothing_and_approves_nothing(desk, site):
    desk.to(State.REVIEW, **SOFT_CHECK_OPEN)
    disable_account(site.folder / FILE, TELLER.id)
    desk.do(override())
    assert (desk.now.state, desk.now.message) == (State.REVIEW, "account_changed")
    desk.do(c.Abort("teller_aborted"))
    desk.do(c.NewSession())
    desk.do(c.BeginOperation(form()))
    assert desk.status.message == "account_changed"
    assert site.permits() == []


def test_a_teller_disabled_before_the_signature_gets_no_approval(desk, site):
    desk.to(State.SIGNATURE)
    disable_account(site.folder / FILE, TELLER.id)
    desk.do(c.Sign(c.SigningMethod.NCALAYER))
    assert desk.outcome == ("indeterminate", "account_changed")
    assert site.permits() == []
