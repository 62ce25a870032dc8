"""How many guesses anybody gets, whatever the clocks and whoever edits the counts."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from workstation.accounts.lockout import Lockout, PastFailure
from workstation.errors import OperatorLocked, OperatorRefused

KEY = bytes(32)
SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000
T0 = 50 * HOUR
"""How long the machine has been running when the tests begin."""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "operators.sqlite"
    path.touch()
    Lockout(path, KEY).create(T0)
    return path


@pytest.fixture
def lockout(path):
    return Lockout(path, KEY)


def wait_s(lockout, operator, mono_ms, source=""):
    """Try once; return how many seconds it says to wait, 0 when the try was let through."""
    try:
        lockout.count(operator, mono_ms, source)
    except OperatorLocked as locked:
        return int(locked.detail)
    return 0


def fail_thrice(lockout, operator="s-1", mono_ms=T0, source=""):
    for _ in range(3):
        lockout.count(operator, mono_ms, source)


def edit(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement, values)


@pytest.mark.parametrize("operator", ["s-1", "nobody", "", "'; drop table lockout; --", "\ud800"])
def test_the_third_failure_locks_whatever_was_typed(lockout, operator):
    fail_thrice(lockout, operator)
    assert wait_s(lockout, operator, T0 + 1) == 30


def test_letter_case_and_width_make_no_other_number(lockout):
    for spelling in ("s-1", "S-1", "Ｓ-1"):
        lockout.count(spelling, T0)
    assert wait_s(lockout, "s-1", T0) == 30


def test_the_wait_doubles_up_to_a_quarter_of_an_hour(lockout):
    fail_thrice(lockout)
    now, waits = T0, [wait_s(lockout, "s-1", T0)]
    for _ in range(10):
        now += waits[-1] * SECOND
        lockout.count("s-1", now)
        waits.append(wait_s(lockout, "s-1", now))
    assert waits == [30, 60, 120, 240, 480, *[900] * 6]


def test_an_administrator_may_choose_a_longer_or_shorter_longest_wait(path):
    lockout = Lockout(path, KEY, longest_ms=40 * SECOND)
    fail_thrice(lockout)
    lockout.count("s-1", T0 + 30 * SECOND)
    assert wait_s(lockout, "s-1", T0 + 30 * SECOND) == 40


def test_the_owner_gets_in_when_the_wait_is_over(lockout):
    fail_thrice(lockout)
    assert wait_s(lockout, "s-1", T0 + 29 * SECOND) == 1
    attempt = lockout.count("s-1", T0 + 30 * SECOND)
    assert attempt.count == 4
    lockout.succeed(attempt, T0 + 30 * SECOND)
    assert lockout.count("s-1", T0 + 30 * SECOND).count == 1


def test_a_teller_who_tries_a_supervisors_number_locks_it_at_his_own_session_only(lockout):
    fail_thrice(lockout, "s-1", source="T-0042")
    assert wait_s(lockout, "s-1", T0, "t-0042") == 30
    assert wait_s(lockout, "s-1", T0) == 0
    assert wait_s(lockout, "s-1", T0, "T-0043") == 0


def test_a_flood_of_numbers_locks_the_station_for_a_minute_at_the_most(lockout):
    for number in range(10):
        assert wait_s(lockout, f"x-{number}", T0) == 0
    lockout.count("x-10", T0)
    assert wait_s(lockout, "s-1", T0) == 5
    now, longest = T0, 0
    for number in range(40):
        waited = wait_s(lockout, f"y-{number}", now)
        now, longest = now + waited * SECOND, max(longest, waited)
    assert longest == 60
    assert wait_s(lockout, "s-1", now + MINUTE) == 0


def test_one_known_secret_buys_no_guesses_at_others(lockout):
    for number in range(10):
        lockout.count(f"x-{number}", T0)
        lockout.succeed(lockout.count("t-1", T0), T0)
    lockout.count("x-10", T0)
    assert wait_s(lockout, "x-11", T0) == 5


def test_people_who_know_their_secrets_lock_nobody(lockout):
    for _ in range(50):
        lockout.succeed(lockout.count("t-1", T0), T0)
    assert wait_s(lockout, "s-1", T0) == 0


def test_an_administrator_unlocks_a_number_everywhere(lockout):
    fail_thrice(lockout)
    fail_thrice(lockout, source="T-0042")
    lockout.unlock("S-1", T0)
    assert wait_s(lockout, "s-1", T0) == wait_s(lockout, "s-1", T0, "T-0042") == 0


def test_a_quiet_day_of_running_forgets(lockout):
    fail_thrice(lockout)
    assert lockout.count("s-1", T0 + 25 * HOUR).count == 1


def test_a_lock_survives_the_process_and_the_machine_but_not_for_ever(path, lockout):
    fail_thrice(lockout)
    assert wait_s(Lockout(path, KEY), "s-1", T0 + SECOND) == 29
    booted = Lockout(path, KEY)
    assert wait_s(booted, "s-1", 10 * SECOND) == 19
    assert wait_s(Lockout(path, KEY), "s-1", 29 * SECOND) == 0


def test_no_reboot_makes_time_pass_that_has_not(path, lockout):
    fail_thrice(lockout)
    for _ in range(20):
        assert wait_s(Lockout(path, KEY), "s-1", 1) > 0


def test_parallel_guesses_get_no_more_tries_than_serial_ones(lockout):
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda _: wait_s(lockout, "s-1", T0), range(16)))
    assert outcomes.count(0) == 3


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM lockout",
        "DROP TABLE lockout",
        "UPDATE lockout SET state = replace(state, '3', '0')",
        "UPDATE lockout SET state = ''",
        "UPDATE lockout SET state = 7, mac = 8",
        "INSERT INTO lockout SELECT * FROM lockout",
    ],
)
def test_counts_edited_under_the_running_station_gain_nothing(path, lockout, statement):
    fail_thrice(lockout)
    edit(path, statement)
    assert wait_s(lockout, "s-1", T0) == 30


def test_counts_put_back_from_a_copy_under_the_running_station_gain_nothing(path, lockout):
    lockout.count("s-1", T0)
    old = path.read_bytes()
    for _ in range(2):
        lockout.count("s-1", T0)
    path.write_bytes(old)
    assert wait_s(lockout, "s-1", T0) == 30


@pytest.mark.parametrize("deleted", [True, False])
def test_counts_deleted_or_put_back_before_a_start_are_taken_from_the_log(path, deleted):
    old = path.read_bytes()
    fail_thrice(Lockout(path, KEY))
    if deleted:
        edit(path, "DELETE FROM lockout")
    else:
        path.write_bytes(old)
    again = Lockout(path, KEY)
    assert again.recover(3, [PastFailure("S-1", "", 3)], T0 + SECOND)
    assert wait_s(again, "s-1", T0 + SECOND) == 30
    assert again.total == 3
    assert not Lockout(path, KEY).recover(3, [], T0 + SECOND)


def test_sound_counts_stay_at_a_start_and_may_be_ahead_of_the_log(path, lockout):
    fail_thrice(lockout)
    again = Lockout(path, KEY)
    assert not again.recover(2, iter(()), T0)
    assert wait_s(again, "s-1", T0) == 30


def test_another_stations_counts_are_not_this_ones(path, lockout):
    fail_thrice(lockout)
    assert Lockout(path, bytes([1]) * 32).recover(0, [], T0)


def test_what_was_typed_is_not_on_the_disk(path, lockout):
    lockout.count("my secret phrase", T0)
    assert b"my secret" not in path.read_bytes()


def test_a_damaged_file_is_our_error(path):
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(OperatorRefused, match="store"):
        Lockout(path, KEY).count("s-1", T0)
