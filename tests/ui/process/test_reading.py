"""The thread that reads the log: newest question first, nothing answered to whoever is gone."""

import logging
import threading

import pytest
from PySide6.QtCore import QObject
from shiboken6 import delete

from ui.log_source import Reading


class Source:
    """Hands the thread a gate to wait at."""

    def __init__(self):
        self.gate = threading.Event()
        self.begun = threading.Event()
        self.interrupted = threading.Event()

    def wait(self):
        self.begun.set()
        self.gate.wait(30)
        return "first"

    def interrupt(self):
        self.interrupted.set()
        self.gate.set()


@pytest.fixture
def reading(qapp):
    made = Reading()
    yield made
    made.close()


def test_answers_come_in_the_gui_thread_and_questions_elsewhere(qtbot, reading):
    found = []
    owner = QObject()
    reading.ask(
        *(Source(), owner, "x", lambda _source: threading.current_thread()),
        lambda where: found.append((where, threading.current_thread())),
    )
    qtbot.waitUntil(lambda: bool(found))

    assert found[0][0] is not threading.main_thread()
    assert found[0][1] is threading.main_thread()


def test_a_newer_question_of_a_slot_replaces_the_one_that_was_not_begun(qtbot, reading):
    source, found, owner = Source(), [], QObject()
    reading.ask(source, owner, "gate", lambda log: log.wait(), found.append)
    source.begun.wait(30)
    for number in range(5):
        reading.ask(source, owner, "x", lambda _log, number=number: number, found.append)
    reading.ask(source, owner, "y", lambda _log: "newest", found.append)
    source.gate.set()
    qtbot.waitUntil(lambda: not reading.busy)

    assert found == ["first", "newest", 4]


def test_nothing_is_answered_to_whoever_is_gone(qtbot, reading):
    source, found, owner = Source(), [], QObject()
    reading.ask(source, owner, "gate", lambda log: log.wait(), found.append)
    source.begun.wait(30)
    delete(owner)
    source.gate.set()
    qtbot.waitUntil(lambda: not reading.busy)

    assert found == []


def test_a_read_that_fails_is_reported_and_the_next_is_answered(qtbot, reading, caplog):
    found, owner = [], QObject()

    def fail(_source):
        raise OSError("disk")

    with caplog.at_level(logging.ERROR):
        reading.ask(Source(), owner, "x", fail, found.append)
        qtbot.waitUntil(lambda: not reading.busy)
    reading.ask(Source(), owner, "x", lambda _log: "next", found.append)
    qtbot.waitUntil(lambda: not reading.busy)

    assert found == ["next"]
    assert "log not read" in caplog.text


def test_closing_interrupts_what_runs_and_takes_no_more(qtbot, reading):
    source, found, owner = Source(), [], QObject()
    reading.ask(source, owner, "gate", lambda log: log.wait(), found.append)
    source.begun.wait(30)
    reading.close()
    reading.ask(source, owner, "x", lambda _log: "late", found.append)

    assert source.interrupted.is_set()
    assert found == []
    assert not any(thread.name == "log" for thread in threading.enumerate())
