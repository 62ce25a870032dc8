"""A connection ends at its deadline or when it is cancelled, and what was cut stays cut."""

import contextlib
import socket
import sys
import time

import pytest

from crypto.net.cut_off import CutOff


@pytest.fixture
def pair():
    left, right = socket.socketpair()
    with left, right:
        yield left, right


def test_what_is_in_time_is_not_cut_off(pair):
    left, right = pair
    with CutOff(left, time.monotonic() + 30) as cut_off:
        cut_off.extend(time.monotonic() + 60)
        right.sendall(b"x")
        assert left.recv(1) == b"x"
    assert not cut_off.late
    assert not cut_off.cancelled


def test_what_was_cut_before_it_was_given_longer_stays_cut(pair):
    with CutOff(pair[0], time.monotonic()) as cut_off:
        cut_off._watch.join(30)
        cut_off.extend(time.monotonic() + 60)
    assert cut_off.late


@pytest.mark.skipif(
    sys.platform == "win32", reason="a shutdown wakes nobody there: the time-out does"
)
def test_a_wait_that_is_cancelled_ends_at_once_and_is_not_called_late(pair):
    left, _ = pair
    begun = time.monotonic()
    with CutOff(left, begun + 30, lambda: True) as cut_off:
        assert left.recv(1) == b""
    assert time.monotonic() - begun < 5
    assert (cut_off.cancelled, cut_off.late) == (True, False)


def test_a_wait_that_is_not_cancelled_ends_at_its_deadline(pair):
    left, _ = pair
    # On Windows a shutdown wakes nobody, and the time-out ends the wait a moment later.
    with (
        CutOff(left, time.monotonic() + 0.3, lambda: False) as cut_off,
        contextlib.suppress(TimeoutError),
    ):
        assert left.recv(1) == b""
    assert (cut_off.cancelled, cut_off.late) == (False, True)
