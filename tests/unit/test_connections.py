"""The guard of every test: a database that is left open is told of under the test's own name."""

import sqlite3
from contextlib import closing

import pytest
from sqlite_utils import Database

from tests.support.system.connections import OpenConnections


@pytest.fixture
def opened(monkeypatch):
    counted = OpenConnections(sqlite3.connect)
    monkeypatch.setattr(sqlite3, "connect", counted.connect)
    return counted


def test_what_is_closed_is_forgotten(opened, tmp_path):
    with closing(sqlite3.connect(tmp_path / "one.db", isolation_level=None)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    Database(memory=True, execute_plugins=False).close()
    assert opened.left() == []


def test_what_is_left_open_is_named_with_who_opened_it(opened, tmp_path):
    before = opened.mark()
    connection = sqlite3.connect(tmp_path / "left.db")
    (left,) = opened.left(since=before)
    assert "left.db" in left
    assert "test_what_is_left_open_is_named_with_who_opened_it" in left
    assert opened.left() == []
    connection.close()


def test_the_guard_is_on_for_every_test(connections):
    assert sqlite3.connect.__self__ is connections
