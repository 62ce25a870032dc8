"""What witnesses cosign stands in the log; what they accuse it of, too."""

import shutil

import pytest

from crypto.errors import LogError
from tests.support.station.log import ORIGIN, LogSite
from tests.support.station.witnesses import TIME_S, WitnessSite, grow, reader
from workstation.witness.anchors import ALARM, Anchoring
from workstation.witness.ask import WitnessOutcome, WitnessResult
from workstation.witness.peers import WitnessPeer
from workstation.witness.requests import split_steps

REQUEST = ORIGIN.replace("/", "_") + ".request"


@pytest.fixture
def site(tmp_path):
    return LogSite(tmp_path / "site")


@pytest.fixture
def log(site):
    with site.create() as store:
        grow(store, 5)
        yield store


@pytest.fixture
def witness(tmp_path, site):
    made = WitnessSite(tmp_path / "witness")
    made.state.add(site.log_key.verifier)
    return made


def anchoring(site, log, *peers):
    return Anchoring(peers, log, site.path, site.log_key.vkey)


def over_network(witness):
    return WitnessPeer(witness.key.verifier, witness.post, None)


def by_folder(witness, folder):
    return WitnessPeer(witness.key.verifier, None, folder)


def ask(asked, log):
    """Ask every witness and record what they said."""
    results = asked.prepare()()
    asked.record(results, log)
    return [each.outcome for each in results]


def kinds(log):
    return [entry.kind for entry in log.entries()][6:]


def test_nobody_is_asked_where_no_witness_is_named(site, log):
    nobody = anchoring(site, log)

    assert not nobody.configured
    assert ask(nobody, log) == []
    assert (nobody.newest, nobody.alarm, log.size) == (None, "", 6)


def test_a_cosignature_is_written_into_the_log_and_found_again(site, log, witness):
    asked = anchoring(site, log, over_network(witness))

    assert ask(asked, log) == [WitnessOutcome.COSIGNED]
    assert kinds(log) == ["anchor.cosig"]
    assert (asked.newest.size, asked.newest.time_s) == (6, TIME_S)
    assert anchoring(site, log, over_network(witness)).newest == asked.newest


def test_a_log_that_is_only_watched_does_not_grow(site, log, witness):
    asked = anchoring(site, log, over_network(witness))
    for _ in range(5):
        ask(asked, log)

    assert kinds(log) == ["anchor.cosig"]
    assert asked.newest.size == 7
    assert witness.state.find(ORIGIN).size == 7
    grow(log, 1)
    ask(asked, log)
    assert kinds(log) == ["anchor.cosig", "heartbeat", "anchor.cosig"]


def test_two_witnesses_of_one_head_stand_in_one_entry(site, log, witness, tmp_path):
    other = WitnessSite(tmp_path / "other", "bank.example/witness/ho-2", 0x20)
    other.state.add(site.log_key.verifier)
    asked = anchoring(site, log, over_network(witness), over_network(other))

    assert ask(asked, log) == [WitnessOutcome.COSIGNED] * 2
    assert kinds(log) == ["anchor.cosig"]
    assert len(log.entry(6).data["lines"]) == 2
    ask(asked, log)
    assert kinds(log) == ["anchor.cosig"]


def test_an_accusation_is_written_once_and_stays_until_the_witness_cosigns(site, log, witness):
    peer = over_network(witness)
    asked = anchoring(site, log, peer)
    for outcome in (WitnessOutcome.ROLLED_BACK, WitnessOutcome.FORKED):
        result = WitnessResult(peer.key.name, outcome, 6, theirs=99)
        asked.record([result], log)
        asked.record([result], log)

    assert kinds(log) == [ALARM]
    assert log.entry(6).data == {
        "code": "rolled_back",
        "size": 6,
        "theirs": 99,
        "witness": peer.key.name,
    }
    assert asked.alarm == "witness_rolled_back"
    ask(asked, log)
    assert asked.alarm == ""


def test_a_witness_that_is_away_changes_nothing(site, log, witness):
    away = WitnessPeer(witness.key.verifier, lambda *_: None, None)

    assert ask(anchoring(site, log, away), log) == [WitnessOutcome.NO_ANSWER]
    assert log.size == 6


def test_a_log_that_cannot_be_read_is_not_asked_about(site, log, witness):
    asked = Anchoring((over_network(witness),), log, site.path / "x", site.log_key.vkey)

    with pytest.raises(LogError):
        asked.prepare()()


def cosign_files(witness, folder):
    """Do what `witness cosign` does."""
    request = folder / REQUEST
    for path, body in split_steps(request.read_bytes()):
        answer = witness.service.answer(path, body)
    target = folder / f"{REQUEST}.cosigned"
    if answer.status == 200:
        target.write_bytes(body.split(b"\n\n", 1)[1] + answer.body)
    else:
        target.write_bytes(f"refused {int(answer.status)} ".encode() + answer.body)


def test_a_folder_takes_requests_and_gives_answers(site, log, witness, tmp_path):
    disk = tmp_path / "disk"
    asked = anchoring(site, log, by_folder(witness, disk))
    assert ask(asked, log) == [WitnessOutcome.NO_ANSWER]
    disk.mkdir()

    assert ask(asked, log) == [WitnessOutcome.NO_ANSWER]
    cosign_files(witness, disk)
    grow(log, 2)
    assert ask(asked, log) == [WitnessOutcome.COSIGNED]
    assert kinds(log) == ["heartbeat", "heartbeat", "anchor.cosig"]
    assert asked.newest.size == 6
    assert ask(asked, log) == [WitnessOutcome.NO_ANSWER]
    cosign_files(witness, disk)
    assert ask(asked, log) == [WitnessOutcome.COSIGNED]
    assert asked.newest.size == 9


def test_a_witness_that_is_further_than_we_know_is_led_from_there(site, log, witness, tmp_path):
    ask(anchoring(site, log, over_network(witness)), log)
    forgotten = anchoring(site, log, by_folder(witness, tmp_path))
    forgotten._known.clear()
    ask(forgotten, log)
    cosign_files(witness, tmp_path)
    assert (tmp_path / f"{REQUEST}.cosigned").read_bytes() == b"refused 409 6\n"

    assert ask(forgotten, log) == [WitnessOutcome.NO_ANSWER]
    cosign_files(witness, tmp_path)
    assert ask(forgotten, log) == [WitnessOutcome.COSIGNED]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (b"refused 409 5000\n", WitnessOutcome.ROLLED_BACK),
        (b"refused 422 -\n", WitnessOutcome.FORKED),
        (b"refused 404 -\n", WitnessOutcome.REFUSED),
        (b"refused 409 x\n", WitnessOutcome.NO_ANSWER),
        ("refused 409 ж\n".encode(), WitnessOutcome.NO_ANSWER),
        (b"anything", WitnessOutcome.REFUSED),
    ],
)
def test_what_lies_in_the_folder_is_taken_as_it_is(site, log, witness, tmp_path, answer, outcome):
    (tmp_path / f"{REQUEST}.cosigned").write_bytes(answer)

    assert ask(anchoring(site, log, by_folder(witness, tmp_path)), log) == [outcome]


def test_a_head_without_this_witness_s_line_is_no_answer(site, log, witness, tmp_path):
    with reader(site) as opened:
        note = opened.checkpoint().text.encode()
    (tmp_path / f"{REQUEST}.cosigned").write_bytes(note)

    asked = anchoring(site, log, by_folder(witness, tmp_path))
    assert ask(asked, log) == [WitnessOutcome.REFUSED]


def test_an_answer_about_another_tree_is_no_answer(site, log, witness, tmp_path):
    other = LogSite(tmp_path / "other")
    other.clock.tick(5)
    with other.create() as store:
        grow(store, 3)
        note = store.checkpoint().text.encode()
    (tmp_path / f"{REQUEST}.cosigned").write_bytes(note)

    asked = anchoring(site, log, by_folder(witness, tmp_path))
    assert ask(asked, log) == [WitnessOutcome.NO_ANSWER]


def test_a_folder_that_cannot_be_written_is_no_answer(site, log, witness, tmp_path):
    (tmp_path / REQUEST).mkdir()

    asked = anchoring(site, log, by_folder(witness, tmp_path))
    assert ask(asked, log) == [WitnessOutcome.NO_ANSWER]
    shutil.rmtree(tmp_path / REQUEST)
