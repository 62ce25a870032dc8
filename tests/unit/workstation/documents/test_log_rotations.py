"""Whoever knows a log's key once knows what became of it, from the entries that rotated it."""

import json

import pytest

from crypto.log.format.entry import Header, seal_entry
from crypto.log.format.note import NoteSigner
from tests.support.station.log import LogSite, log_signer, private_key
from workstation.documents.log_rotations import describe_rotations, follow_log_keys
from workstation.errors import PermitRefused

FIRST = log_signer()
NEXT = tuple(NoteSigner(FIRST.name, private_key(each)) for each in (0x90, 0xA0, 0xB0))
KEYS = tuple(each.verifier for each in (FIRST, *NEXT))


@pytest.fixture
def rotations(tmp_path):
    with LogSite(tmp_path).create() as log:
        assert describe_rotations(log) is None
        for each in NEXT:
            log.rotate(each)
            log.append("heartbeat", {})
        return describe_rotations(log)


def refused(untrusted, known=KEYS[:1]):
    with pytest.raises(PermitRefused) as error:
        follow_log_keys(untrusted, known)
    return error.value.detail


def changed(rotations, **members):
    return json.dumps(json.loads(rotations) | members).encode()


def test_the_first_key_leads_to_todays(rotations):
    assert follow_log_keys(rotations, KEYS[:1]) == KEYS


def test_a_key_in_between_leads_on_from_there(rotations):
    assert follow_log_keys(rotations, KEYS[1:2]) == KEYS[1:]
    assert follow_log_keys(rotations, KEYS[3:]) == KEYS[3:]
    assert follow_log_keys(rotations, KEYS[:3]) == KEYS


def test_a_stranger_is_led_nowhere(rotations):
    stranger = NoteSigner(FIRST.name, private_key(0xC0)).verifier
    elsewhere = NoteSigner("bank.example/log/x/g1", private_key(0x00)).verifier
    for known in ((), (stranger,), (elsewhere,)):
        assert follow_log_keys(rotations, known) == known


def test_what_a_retired_key_rotates_to_is_refused(rotations, tmp_path):
    evil = NoteSigner(FIRST.name, private_key(0xD0))
    with LogSite(tmp_path / "thief").create() as log:
        log.rotate(evil)
        (forged,) = json.loads(describe_rotations(log))["entries"]
    entries = json.loads(rotations)["entries"]
    for order in ([*entries, forged], [entries[0], forged], [entries[0], entries[2]]):
        assert refused(changed(rotations, entries=order)) == "rotations"


@pytest.mark.parametrize(
    "members",
    [
        {"v": 2},
        {"entries": ["x"]},
        {"entries": 1},
        {"surprise": 1},
        {"origin": ""},
        {"entries": ["\ud800"]},
    ],
)
def test_a_file_of_another_form_is_refused(rotations, members):
    assert refused(changed(rotations, **members)) == "rotations"


def test_another_logs_rotations_lead_nowhere(rotations):
    other = changed(rotations, origin="bank.example/log/x/g1")
    assert follow_log_keys(other, KEYS[:1]) == KEYS[:1]


def test_an_entry_of_another_kind_brings_no_key(rotations, tmp_path):
    with LogSite(tmp_path / "other").create() as log:
        data = {"vkey": NEXT[0].vkey}
        other = log.append("note", data).entry.body.decode()
    entries = json.loads(rotations)["entries"]
    known = follow_log_keys(changed(rotations, entries=[other, *entries]), KEYS[:1])
    assert known == KEYS


ELSEWHERE = NoteSigner("bank.example/log/x/g1", private_key(0x90))


def rotation(new, signers, log=FIRST.name):
    """An entry that rotates, as somebody who keeps to no rule would sign it."""
    header = Header(log, 1, bytes(32), 1763803500000, 1000, "0a")
    entry = seal_entry(header, "key.rotate", {"vkey": new.vkey}, actor="", signers=signers)
    return entry.body.decode()


@pytest.mark.parametrize(
    "entry",
    [
        rotation(NEXT[0], (FIRST,)),
        rotation(NEXT[0], (NEXT[0],)),
        rotation(ELSEWHERE, (FIRST, ELSEWHERE)),
        rotation(NEXT[0], (FIRST, NEXT[0]), log=ELSEWHERE.name),
    ],
)
def test_a_rotation_is_of_this_log_and_signed_by_both_keys(rotations, entry):
    sound = rotation(NEXT[0], (FIRST, NEXT[0]))
    assert follow_log_keys(changed(rotations, entries=[sound]), KEYS[:1]) == KEYS[:2]
    assert follow_log_keys(changed(rotations, entries=[entry]), KEYS[:1]) == KEYS[:1]
