"""A place for one thing: the newest wins."""

from workstation.station.mailbox import Mailbox


def test_the_newest_thing_replaces_the_one_that_waits():
    box = Mailbox()
    box.put("old")
    box.put("new")

    assert box.take() == "new"


def test_a_thing_is_taken_once():
    box = Mailbox()
    box.put("thing")
    box.take()

    assert box.take() is None


def test_the_reader_is_woken_once_for_what_waits():
    box = Mailbox()

    assert [box.put(1), box.put(2), box.put(3)] == [True, False, False]
    box.take()
    assert box.put(4)


def test_a_thing_that_is_falsy_is_a_thing():
    box = Mailbox()

    assert box.put(0)
    assert not box.put(0)
    assert box.take() == 0
