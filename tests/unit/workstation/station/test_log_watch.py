"""The station asks its witnesses in turn, shows what they said, and beats every hour."""

import pytest

from crypto.errors import LogUnwritable
from tests.support.station.stations import build_site, close_site
from tests.support.station.witnesses import WitnessSite
from workstation.station.anchoring import WHAT
from workstation.station.station import Station
from workstation.witness.anchors import Anchoring
from workstation.witness.peers import WitnessPeer


class Seen:
    """A listener that keeps the newest status."""

    def session_changed(self, _snapshot):
        """Take no note."""

    def station_changed(self, status):
        self.status = status

    def preview(self, _image):
        """Take no note."""


@pytest.fixture
def site(tmp_path):
    made = build_site(tmp_path)
    yield made
    close_site(made)


@pytest.fixture
def witness(tmp_path, site):
    made = WitnessSite(tmp_path / "witness")
    made.state.add(site.services.log_key)
    made.service._wall_s = lambda: site.clock.wall_ms() // 1000
    return made


def station(site, *peers):
    services = site.services
    log, key = services.journal.log, services.log_key.vkey
    object.__setattr__(services, "anchoring", Anchoring(peers, log, services.log_path, key))
    seen = Seen()
    made = Station(services, seen)
    made.publish()
    return made, seen


def tick(made):
    """Let the station tick and do what it asks for."""
    task = made.tick()
    if task is not None:
        assert task.what == WHAT
        try:
            outcome = task.run()
        except Exception as error:  # noqa: BLE001 - as the runtime hands it over
            outcome = error
        made.finish(task, outcome)
    return task is not None


@pytest.fixture
def begun(site):
    """How many entries the log has before the station is there."""
    return site.services.journal.log.size


def reachable(witness):
    return WitnessPeer(witness.key.verifier, witness.post, None)


def test_the_witnesses_are_asked_at_start_and_every_minute(site, witness, begun):
    made, seen = station(site, reachable(witness))

    assert (seen.status.witnessed, seen.status.anchored_size) == (True, 0)
    assert tick(made)
    assert not tick(made)
    assert seen.status.anchored_size == begun
    assert seen.status.anchored_ms == site.clock.wall_ms() // 1000 * 1000
    site.clock.tick(59_000)
    assert not tick(made)
    site.clock.tick(1_000)
    assert tick(made)


def test_what_was_written_is_cosigned_soon_and_not_at_once(site, witness, begun):
    made, seen = station(site, reachable(witness))
    tick(made)
    site.services.journal.log.append("note.x", {})

    assert not tick(made)
    site.clock.tick(5_000)
    assert tick(made)
    assert seen.status.anchored_size == begun + 2
    site.clock.tick(5_000)
    assert not tick(made)


def test_what_was_written_meanwhile_is_cosigned_soon_too(site, witness, begun):
    made, seen = station(site, reachable(witness))
    task = made.tick()
    asked = task.run()
    site.services.journal.log.append("note.x", {})
    made.finish(task, asked)
    site.clock.tick(5_000)

    assert tick(made)
    assert seen.status.anchored_size == begun + 2


def test_one_question_at_a_time(site, witness):
    made, _ = station(site, reachable(witness))
    task = made.tick()
    site.clock.tick(600_000)

    assert task is not None
    assert made.tick() is None


def test_witnesses_that_stay_away_are_said_after_ten_minutes(site, witness, begun):
    made, seen = station(site, reachable(witness))
    tick(made)
    witness.path.rename(witness.path.with_suffix(".away"))
    object.__setattr__(site.services.anchoring._peers[0], "post", lambda *_: None)
    site.clock.tick(540_000)
    tick(made)
    assert seen.status.anchor_message == ""
    site.clock.tick(120_000)
    tick(made)

    assert seen.status.anchor_message == "witness_silent"
    assert seen.status.anchored_size == begun


def test_a_witness_that_never_answered_is_said_at_once(site, witness):
    made, seen = station(site, WitnessPeer(witness.key.verifier, lambda *_: None, None))
    tick(made)

    assert seen.status.anchor_message == "witness_silent"


def test_without_witnesses_nobody_is_asked(site):
    made, seen = station(site)

    assert not tick(made)
    assert (seen.status.witnessed, seen.status.anchor_message) == (False, "")


@pytest.mark.parametrize(
    ("error", "code"), [(LogUnwritable("disk"), "log_unwritable"), (ValueError(), "internal")]
)
def test_a_question_that_fails_is_said_and_asked_again(site, witness, error, code):
    made, seen = station(site, reachable(witness))
    task = made.tick()
    made.finish(task, error)

    assert seen.status.message == code
    site.clock.tick(60_000)
    assert tick(made)


def test_an_anchor_that_cannot_be_written_is_said(site, witness, monkeypatch):
    def full(*_, **__):
        raise LogUnwritable("disk")

    made, seen = station(site, reachable(witness))
    monkeypatch.setattr(site.services.anchoring, "record", full)
    tick(made)

    assert seen.status.message == "log_unwritable"


def test_an_open_station_beats_every_hour_that_it_writes_nothing_else(site):
    made, _ = station(site)
    log = site.services.journal.log
    before = log.size
    tick(made)
    site.clock.tick(3_599_000)
    tick(made)
    assert log.size == before
    site.clock.tick(1_000)
    tick(made)
    tick(made)

    assert [entry.kind for entry in log.entries()][before:] == ["heartbeat"]
    assert log.entry(before).data == {"anchored": 0}
    site.clock.tick(1_800_000)
    log.append("note.x", {})
    tick(made)
    site.clock.tick(1_800_000)
    tick(made)
    assert log.size == before + 2


def test_a_heartbeat_that_cannot_be_written_is_said(site, monkeypatch):
    def full(*_, **__):
        raise LogUnwritable("disk")

    made, seen = station(site)
    tick(made)
    monkeypatch.setattr(site.services.journal.log, "append", full)
    site.clock.tick(3_600_000)
    tick(made)
    made.publish()

    assert seen.status.message == "log_unwritable"
