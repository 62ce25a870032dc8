import hmac
import sqlite3
from contextlib import closing

import pytest

from workstation.accounts.attempt_budget import AttemptCount
from workstation.accounts.cool_down import CoolDown
from workstation.errors import OperationRefused

IIN, OTHER = "920314400005", "880722300007"
KEY = b"k" * 32


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cool-down.sqlite"


@pytest.fixture
def counter(path):
    with closing(CoolDown(path, KEY)) as counter:
        yield counter


def fail(counter, at_ms, iin=IIN, teller="T-1"):
    counter.record(iin, at_ms, keep_ms=10_000, case=f"case-{at_ms}", teller=teller)


def test_failures_are_counted_per_person_and_forgotten_in_time(counter, path):
    for at_ms in (1_000, 2_000, 3_000):
        fail(counter, at_ms)

    assert counter.refusals_since(IIN, 2_000) == AttemptCount(2)
    assert counter.refusals_since(OTHER, 0) == AttemptCount(0)

    fail(counter, 12_500, OTHER)

    assert counter.refusals_since(IIN, 0) == AttemptCount(1)
    assert IIN.encode() not in path.read_bytes()


def test_a_lift_names_the_sessions_and_ends_with_the_next_failure(counter):
    fail(counter, 1_000)
    fail(counter, 2_000, teller="T-2")

    assert counter.lift(IIN, by="S-1", at_ms=2_500, since_ms=0) == ("case-1000", "case-2000")
    assert counter.refusals_since(IIN, 0) == AttemptCount(2, lifted=True)

    fail(counter, 3_000)

    assert counter.refusals_since(IIN, 0) == AttemptCount(3)


def test_a_lift_is_spent_by_the_session_it_was_for(counter):
    fail(counter, 1_000)
    counter.lift(IIN, by="S-1", at_ms=1_500, since_ms=0)
    counter.spend_lift(IIN, 1_500)

    assert counter.refusals_since(IIN, 0) == AttemptCount(1)


@pytest.mark.parametrize(
    ("by", "since_ms", "why"),
    [("T-1", 0, "cool_down.same_person"), ("S-1", 1_001, "cool_down.not_active")],
)
def test_the_teller_lifts_nothing_and_nobody_what_is_over(counter, by, since_ms, why):
    fail(counter, 1_000)
    with pytest.raises(OperationRefused) as refused:
        counter.lift(IIN, by=by, at_ms=2_000, since_ms=since_ms)

    assert refused.value.code == why
    assert counter.refusals_since(IIN, 0) == AttemptCount(1)


def test_a_file_of_before_goes_on_counting(path):
    subject = hmac.digest(KEY, b"cool-down/v1\n" + IIN.encode(), "sha256")
    with closing(sqlite3.connect(path)) as before, before:
        before.execute("CREATE TABLE refusal (subject BLOB NOT NULL, at_ms INTEGER NOT NULL)")
        before.execute("INSERT INTO refusal VALUES (?, 1000)", (subject,))
    with closing(CoolDown(path, KEY)) as counter:
        fail(counter, 2_000)

        assert counter.refusals_since(IIN, 0) == AttemptCount(2)
        assert counter.lift(IIN, by="S-1", at_ms=2_000, since_ms=0) == ("", "case-2000")


def test_what_is_no_counter_is_refused_and_let_go(path):
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        CoolDown(path, KEY)
