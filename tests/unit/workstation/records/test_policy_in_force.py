"""An audit binds every case to the version of the rules that was put in force before it."""

import pytest

from workstation.records.policy_in_force import PolicyOrder

FIRST = {"policy": "kz-1", "policy_sha256": "aa"}
SECOND = {"policy": "kz-2", "policy_sha256": "bb"}


def put(order, named, day="2026-07-12", begins="2026-07-12", ends=None):
    return order.put_in_force(
        {
            "id": named["policy"],
            "sha256": named["policy_sha256"],
            "valid_from": begins,
            "valid_to": ends,
            "day": day,
        }
    )


def test_a_log_of_before_is_not_asked():
    order = PolicyOrder()
    assert order.begin("a", FIRST)
    assert order.end("a", SECOND)


def test_a_case_begins_under_the_version_put_in_force_last():
    order = PolicyOrder()
    assert put(order, FIRST)
    assert order.begin("a", FIRST)
    assert not order.begin("b", SECOND)
    assert not order.begin("c", FIRST | {"policy_sha256": "cc"})
    assert put(order, SECOND)
    assert not order.begin("d", FIRST)
    assert order.begin("e", SECOND)


def test_a_case_ends_under_what_it_began_with_whatever_midnight_brought():
    order = PolicyOrder()
    put(order, FIRST)
    order.begin("a", FIRST)
    order.begin("b", FIRST)
    put(order, SECOND)
    assert order.end("a", FIRST)
    assert not order.end("b", SECOND)


def test_a_start_that_ends_what_was_left_open_names_no_version():
    order = PolicyOrder()
    put(order, FIRST)
    order.begin("a", FIRST)
    assert order.end("a", {"reason": "interrupted"})


@pytest.mark.parametrize(
    ("days", "holds"),
    [
        ({}, True),
        ({"ends": "2026-07-12"}, True),
        ({"ends": "2026-07-11"}, False),
        ({"begins": "2026-07-13"}, False),
        ({"day": "yesterday"}, False),
    ],
)
def test_a_version_is_put_in_force_on_one_of_its_days(days, holds):
    assert put(PolicyOrder(), FIRST, **days) is holds
