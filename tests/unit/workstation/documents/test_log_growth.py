"""What a station shows a register that has missed its permits."""

import json

import pytest

from crypto.log.audit.reader import LogReader
from crypto.log.format.note import NoteSigner
from tests.support.station.log import LogSite, private_key
from tests.support.station.log import log_signer as signer
from workstation.documents.log_growth import describe_growth, read_growth
from workstation.errors import PermitRefused

KEYS = (signer().verifier,)


@pytest.fixture
def proof(tmp_path):
    site = LogSite(tmp_path)
    site.fill(20)
    with LogReader(site.path, KEYS[0].vkey) as reader:
        return describe_growth(reader, 7, 20)


def refused(untrusted, keys=KEYS):
    with pytest.raises(PermitRefused) as error:
        read_growth(untrusted, keys)
    return error.value.detail


def changed(proof, **members):
    whole = json.loads(proof)
    whole["earlier"] |= members.pop("earlier", {})
    return json.dumps(whole | members).encode()


def test_the_log_proves_how_it_grew(proof):
    head, earlier = read_growth(proof, KEYS)
    assert (head.size, earlier.size) == (20, 7)


def test_only_the_logs_own_head_is_taken(proof):
    stranger = signer("bank.example/log/x/g1").verifier
    for keys in ((), (stranger,)):
        assert refused(proof, keys) == "head"
    assert refused(changed(proof, head="x")) == "head"


@pytest.mark.parametrize(
    "members",
    [
        {"v": 2},
        {"surprise": 1},
        {"earlier": {"size": 8}},
        {"earlier": {"size": 0}},
        {"earlier": {"size": 20}},
        {"earlier": {"root": "AA" * 21 + "A="}},
        {"earlier": {"root": "AA" * 21 + "B="}},
        {"earlier": {"path": []}},
    ],
)
def test_a_proof_that_does_not_hold_is_refused(proof, members):
    assert refused(changed(proof, **members)) == "growth"


def test_another_key_of_the_same_name_is_a_stranger(proof):
    other = NoteSigner(KEYS[0].name, private_key(0x90)).verifier
    assert refused(proof, (other,)) == "head"
    assert read_growth(proof, (other, *KEYS))[0].size == 20
