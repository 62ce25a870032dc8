"""Head office says whose permits count: enrolled, suspended, replaced, and until when."""

import json
from datetime import UTC, datetime

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace as changed

from crypto.canonical_json import canonical_json
from crypto.jws import sign_jws
from crypto.log.format.note import NoteSigner
from tests.support.station.permits import ISSUED_S, LOG_KEY, ORIGIN, station_key
from workstation.documents.permit import key_id
from workstation.documents.station_list import (
    ListedStation,
    StationList,
    StationState,
    sign_station_list,
    verify_station_list,
)
from workstation.errors import PermitRefused

HEAD_OFFICE = Ed25519PrivateKey.from_private_bytes(b"\x51" * 32)
KID = key_id(station_key().public_key())
STATION = ListedStation(ORIGIN, StationState.ENROLLED, (KID,), (LOG_KEY.vkey,))
LIST = StationList(
    v=1, number=7, issued=ISSUED_S - 60, valid_until=ISSUED_S + 86_400, stations=(STATION,)
)


def at(seconds):
    return datetime.fromtimestamp(seconds, UTC)


NOW = at(ISSUED_S)


def signed(listed=LIST, key=HEAD_OFFICE):
    return sign_station_list(listed, key)


def read(untrusted, *keys):
    return verify_station_list(untrusted, keys or (HEAD_OFFICE.public_key(),))


def refusal(action):
    with pytest.raises(PermitRefused) as refused:
        action()
    return refused.value.detail


def test_an_enrolled_station_is_admitted_with_its_log_keys():
    station = read(signed()).admit(ORIGIN, KID, NOW)
    assert station.verifiers() == (LOG_KEY.verifier,)


@pytest.mark.parametrize(
    ("listed", "origin", "kid", "why"),
    [
        (changed(STATION, state=StationState.SUSPENDED), ORIGIN, KID, "suspended"),
        (changed(STATION, state=StationState.REPLACED), ORIGIN, KID, "replaced"),
        (STATION, ORIGIN.replace("ws-7", "ws-8"), KID, "unknown_station"),
        (STATION, ORIGIN, "A" * 43, "station_key"),
    ],
)
def test_no_other_station_and_no_other_key_is_admitted(listed, origin, kid, why):
    found = read(signed(changed(LIST, stations=(listed,))))
    assert refusal(lambda: found.admit(origin, kid, NOW)) == why


@pytest.mark.parametrize("seconds", [ISSUED_S - 66, ISSUED_S + 86_400, ISSUED_S + 10**6])
def test_a_list_counts_from_its_issue_to_its_end(seconds):
    found = read(signed())
    assert refusal(lambda: found.admit(ORIGIN, KID, at(seconds))) == "stations_stale"
    assert found.admit(ORIGIN, KID, at(ISSUED_S - 65)) == STATION
    assert found.admit(ORIGIN, KID, at(ISSUED_S + 86_399)) == STATION


def test_only_head_office_signs_a_list():
    stranger = Ed25519PrivateKey.from_private_bytes(b"\x52" * 32)
    assert refusal(lambda: read(signed(key=stranger))) == "stations"
    both = (stranger.public_key(), HEAD_OFFICE.public_key())
    assert read(signed(), *both).signer == key_id(HEAD_OFFICE.public_key())


def test_a_permit_is_no_list_and_a_list_of_another_type_neither():
    payload = json.dumps({"v": 1}).encode()
    kid = key_id(HEAD_OFFICE.public_key())
    for typ in ("verification-permit+jwt", "station-list+jwt"):
        assert refusal(lambda typ=typ: read(sign_jws(payload, HEAD_OFFICE, kid=kid, typ=typ)))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:-1],
        lambda text: text + "A",
        lambda text: text + "\N{CYRILLIC SMALL LETTER A}",
        lambda text: text * 20_000,
        lambda _: "",
    ],
)
def test_a_changed_list_is_refused(change):
    assert refusal(lambda: read(change(signed()))) == "stations"


OTHER = NoteSigner("bank.kz/log/ws-8/g1", Ed25519PrivateKey.from_private_bytes(b"\x53" * 32))
NEIGHBOUR = ListedStation(OTHER.name, StationState.ENROLLED, ("A" * 43,), (OTHER.vkey,))
SAME_KEY = NoteSigner(OTHER.name, Ed25519PrivateKey.from_private_bytes(b"\x31" * 32))


@pytest.mark.parametrize(
    "members",
    [
        {"valid_until": LIST.issued},
        {"stations": (STATION, changed(NEIGHBOUR, origin=ORIGIN, log_keys=()))},
        {"stations": (STATION, changed(NEIGHBOUR, permit_keys=(KID,)))},
        {"stations": (STATION, changed(NEIGHBOUR, log_keys=(SAME_KEY.vkey,)))},
        {"stations": (changed(STATION, log_keys=(OTHER.vkey,)),)},
        {"stations": (changed(STATION, log_keys=("x",)),)},
    ],
)
def test_a_list_in_which_two_stations_could_be_one_is_neither_made_nor_read(members):
    assert refusal(lambda: signed(changed(LIST, **members))) == "stations"


def test_a_list_of_two_stations_is_read():
    both = changed(LIST, stations=(STATION, NEIGHBOUR))
    assert read(signed(both)).admit(OTHER.name, "A" * 43, NOW) == NEIGHBOUR


@pytest.mark.parametrize(
    "members", [{"number": 0}, {"v": 2}, {"number": True}, {"surprise": 1}, {"stations": {}}]
)
def test_a_list_has_one_form(members):
    payload = canonical_json(msgspec.to_builtins(LIST) | members)
    kid = key_id(HEAD_OFFICE.public_key())
    text = sign_jws(payload, HEAD_OFFICE, kid=kid, typ="station-list+jwt")
    assert refusal(lambda: read(text)) == "stations"


def test_another_spelling_of_the_same_list_is_refused():
    payload = json.dumps(msgspec.to_builtins(LIST)).encode()
    kid = key_id(HEAD_OFFICE.public_key())
    text = sign_jws(payload, HEAD_OFFICE, kid=kid, typ="station-list+jwt")
    assert refusal(lambda: read(text)) == "stations"
