"""`operator unlock` and `operator secret --own`: who may, and what the log says of it."""

import pytest

from tests.support.station.branch import Branch
from tests.support.station.command_line import SECRET
from tests.support.station.passphrases import give_passphrase
from workstation import bootstrap
from workstation.errors import OperatorLocked, OperatorRefused

ADMIN, TELLER = "a-001", "T-0042"
NEW = "река у дома 84 Ишим"


@pytest.fixture
def branch(tmp_path, monkeypatch):
    return Branch(tmp_path, monkeypatch).made()


def try_secret(branch, secret, operator=TELLER):
    """Try a secret at the station's own authenticator; return what it says, or nothing."""
    services = bootstrap.build(branch.data, None, give_passphrase)
    try:
        services.authenticator.authenticate(operator, secret)
    except OperatorRefused as refused:
        return refused.code
    finally:
        bootstrap.close(services)
    return ""


def lock(branch, operator=TELLER):
    services = bootstrap.build(branch.data, None, give_passphrase)
    for _ in range(3):
        with pytest.raises(OperatorRefused):
            services.authenticator.authenticate(operator, "wrong wrong wrong")
    with pytest.raises(OperatorLocked):
        services.authenticator.authenticate(operator, SECRET)
    bootstrap.close(services)


def unlock(branch, by, secret=SECRET, operator=TELLER):
    return branch.line.run(
        "operator", "unlock", operator, "--by", by, "--secret-stdin", stdin=secret + "\n"
    )


def test_an_administrator_unlocks_a_number_and_the_log_names_it(branch):
    lock(branch)
    done = unlock(branch, ADMIN, operator="t-0042")

    assert (done.exit_code, TELLER in done.stdout) == (0, True), done.stderr
    assert try_secret(branch, SECRET) == ""
    assert branch.line.run("log", "verify").exit_code == 0


def test_nobody_else_unlocks_and_a_wrong_secret_counts(branch):
    lock(branch)

    assert "role_missing" in unlock(branch, "S-0031").stderr
    assert "operator_refused" in unlock(branch, ADMIN, "wrong wrong wrong").stderr
    assert "unknown" in unlock(branch, ADMIN, operator="nobody").stderr
    assert try_secret(branch, SECRET) == "operator_locked"


def test_a_person_changes_their_own_secret_and_signs_in_without_a_new_charter(branch):
    changed = branch.line.run(
        "operator", "secret", TELLER, "--own", "--secret-stdin", stdin=f"{SECRET}\n{NEW}\n"
    )

    assert changed.exit_code == 0, changed.stderr
    assert try_secret(branch, NEW) == ""
    assert try_secret(branch, SECRET) == "operator_refused"


def test_a_secret_that_an_administrator_sets_needs_the_charter_signed(branch):
    branch.line.run("operator", "secret", TELLER, "--secret-stdin", stdin=f"{NEW}\n")

    assert f"account {TELLER} has a new secret" in branch.line.run("charter", "status").stdout
    assert try_secret(branch, NEW) == "operator_refused"
    branch.sign()
    assert try_secret(branch, NEW) == ""


def test_a_sign_in_here_leaves_no_dead_session_behind(branch):
    lock(branch)
    services = bootstrap.build(branch.data, None, give_passphrase)
    person = services.authenticator.authenticate("S-0031", SECRET)
    services.journal.record_begin(services.authenticator.sign_in(person), "9b2d7c1e5f", {})
    bootstrap.close(services)

    assert unlock(branch, ADMIN).exit_code == 0
    assert try_secret(branch, SECRET) == ""
    shown = branch.line.run("--json", "log", "show", "--count", "40").stdout
    assert shown.count('"indeterminate"') == 1, shown


SECOND = "white birds over the steppe"


def set_second(branch, own=SECRET, second=SECOND):
    return branch.line.run(
        "operator", "duress", TELLER, "--secret-stdin", stdin=f"{own}\n{second}\n"
    )


def test_a_person_sets_a_second_secret_that_nothing_of_the_station_names(branch):
    before = branch.line.run("operator", "list", "--json").stdout
    done = set_second(branch)

    assert (done.exit_code, SECOND in done.stdout) == (0, False), done.stderr
    assert branch.line.run("operator", "list", "--json").stdout == before
    services = bootstrap.build(branch.data, None, give_passphrase)
    try:
        found = [services.authenticator.authenticate(TELLER, each) for each in (SECRET, SECOND)]
        assert [each.duress for each in found] == [False, True]
        assert "duress" not in str([dict(each.data) for each in services.journal.log.entries()])
    finally:
        bootstrap.close(services)
    assert branch.line.run("charter", "status").exit_code == 0
    assert branch.line.run("log", "verify").exit_code == 0


def test_a_second_secret_is_another_one_and_needs_the_own_one(branch):
    assert "secret_taken" in set_second(branch, second=SECRET).stderr
    assert "secret_too_short" in set_second(branch, second="short").stderr
    assert "operator_refused" in set_second(branch, own="wrong wrong wrong").stderr
    assert try_secret(branch, SECOND) == "operator_refused"
