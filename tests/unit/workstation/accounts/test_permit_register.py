"""What core banking remembers: single use, and that each station's log only grows."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace as changed

from crypto.log.format.note import NoteSigner
from tests.support.station.permits import ISSUED_S, LOG_KEY, ORIGIN, PermitLog, facts, numbered
from workstation.accounts.permit_register import PermitRegister, RefusedHead
from workstation.documents.station_list import (
    ListedStation,
    StationList,
    StationState,
    sign_station_list,
    verify_station_list,
)
from workstation.errors import PermitRefused

NOW = datetime.fromtimestamp(ISSUED_S + 10, UTC)
HOUR_S = 3_600


@pytest.fixture
def register(tmp_path):
    return PermitRegister(tmp_path / "redeemed.sqlite")


def redeemed(register, permit, moment=NOW):
    """How redeeming ends: `redeemed`, or the code of the refusal."""
    try:
        register.redeem(permit, moment)
    except PermitRefused as refused:
        return refused.detail
    return "redeemed"


def sizes(register):
    return [mark.size for mark in register.heads()]


def test_permits_of_a_growing_log_are_redeemed_one_after_another(register):
    log = PermitLog()
    for number in range(5):
        log.add(number)
        assert redeemed(register, log.permit(numbered(number))) == "redeemed"
    assert len(sizes(register)) == 5
    assert register.refused_heads() == ()


def test_the_heads_are_kept_as_the_log_signed_them(register):
    log = PermitLog()
    permits = [log.permit(numbered(number)) for number in range(2)]
    other = PermitLog(NoteSigner("bank.kz/log/a/g1", Ed25519PrivateKey.generate()))
    for permit in (*permits, other.permit(facts())):
        register.redeem(permit, NOW)

    assert [mark.size for mark in register.heads(ORIGIN)] == [each.log_size for each in permits]
    assert all(mark.is_signed(ORIGIN, (LOG_KEY.verifier,)) for mark in register.heads(ORIGIN))
    assert [mark.origin for mark in register.heads()] == ["bank.kz/log/a/g1", ORIGIN, ORIGIN]


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_permits_that_are_lost_on_the_way_break_nothing(register, lost):
    log = PermitLog()
    register.redeem(log.permit(numbered(0)), NOW)
    for number in range(lost):
        log.permit(numbered(10 + number))
    assert redeemed(register, log.permit(numbered(1))) == "redeemed"


def test_a_permit_that_comes_late_is_known_by_the_proof_of_a_later_one(register):
    log = PermitLog()
    permits = [log.permit(numbered(number)) for number in range(4)]
    for number in (0, 3, 1, 2):
        assert redeemed(register, permits[number]) == "redeemed"
    assert sizes(register) == [each.log_size for each in permits]


def test_a_log_that_does_not_prove_its_growth_is_refused(register):
    log = PermitLog()
    register.redeem(log.permit(numbered(0)), NOW)
    for number in range(4):
        log.permit(numbered(10 + number))
    assert redeemed(register, log.permit(numbered(1))) == "growth"
    assert redeemed(register, log.permit(numbered(2), earlier=0)) == "growth"


def test_another_root_of_the_same_size_is_a_fork(register):
    log = PermitLog()
    other = log.fork(41, b"two")
    register.redeem(log.permit(numbered(0)), NOW)
    forked = other.permit(numbered(1))

    assert redeemed(register, forked) == "fork"
    (found,) = register.refused_heads()
    now_ms = (ISSUED_S + 10) * 1000
    expected = (ORIGIN, forked.log_size, forked.log_root, "fork", forked.jti, now_ms)
    assert found == RefusedHead(*expected)


def test_a_rewritten_log_that_grew_on_is_a_fork_by_the_head_it_says_was_before(register):
    log = PermitLog()
    rewritten = log.fork(20, b"two")
    rewritten.add(21)
    register.redeem(log.permit(numbered(0)), NOW)
    # Two entries of the permit and its result: the same size, another history.
    rewritten.permit(numbered(0))
    assert redeemed(register, rewritten.permit(numbered(1))) == "fork"


def test_a_rewritten_log_that_names_no_head_before_is_refused(register):
    log = PermitLog()
    register.redeem(log.permit(numbered(0)), NOW)
    rewritten = log.fork(20, b"two")
    rewritten.add(100)
    assert redeemed(register, rewritten.permit(numbered(1), earlier=0)) == "growth"


def test_a_shorter_log_is_rolled_back(register):
    log = PermitLog()
    backup = log.fork(30, b"two")
    register.redeem(log.permit(numbered(0)), NOW)
    assert redeemed(register, backup.permit(numbered(1))) == "rolled_back"
    assert [each.why for each in register.refused_heads()] == ["rolled_back"]


def test_after_a_fork_no_permit_of_this_log_is_redeemed_and_others_are(register, tmp_path):
    log = PermitLog()
    other = log.fork(41, b"two")
    register.redeem(log.permit(numbered(0)), NOW)
    assert redeemed(register, other.permit(numbered(1))) == "fork"

    again = PermitRegister(tmp_path / "redeemed.sqlite")
    assert redeemed(again, log.permit(numbered(2))) == "fork"
    neighbour = NoteSigner("bank.kz/log/b/g1", Ed25519PrivateKey.generate())
    assert redeemed(again, PermitLog(neighbour).permit(numbered(3))) == "redeemed"


def test_what_is_rolled_back_or_unproven_does_not_stop_the_honest_log(register):
    log = PermitLog()
    backup = log.fork(30, b"two")
    register.redeem(log.permit(numbered(0)), NOW)
    assert redeemed(register, backup.permit(numbered(1))) == "rolled_back"
    assert redeemed(register, log.permit(numbered(2))) == "redeemed"


def test_a_refused_head_redeems_nothing(register):
    log = PermitLog()
    for number in range(1, 6):
        log.permit(numbered(number))
    lost = log.permit(numbered(6))
    register.redeem(PermitLog().permit(numbered(0)), NOW)
    assert redeemed(register, lost) in {"growth", "fork"}
    fresh = PermitRegister(register._path.with_name("other.sqlite"))
    assert redeemed(fresh, lost) == "redeemed"


def test_the_head_of_a_permit_that_waits_is_remembered_before_it_is_redeemed(register):
    log = PermitLog()
    from_s = ISSUED_S + 8 * HOUR_S
    waiting = log.permit(numbered(0, nbf=from_s, exp=from_s + 60, wait_rule="L-02"))
    assert redeemed(register, waiting) == "not_yet"
    for number in range(1, 9):
        assert redeemed(register, log.permit(numbered(number))) == "redeemed"
    assert redeemed(register, waiting, datetime.fromtimestamp(from_s, UTC)) == "redeemed"


def test_a_head_without_a_signature_of_its_log_is_not_listed(register):
    permit = PermitLog().permit(facts())
    stranger = NoteSigner("bank.kz/log/b/g1", Ed25519PrivateKey.generate())
    text, _, _ = permit.log_head.rpartition("\n\n")
    line = stranger.sign_line(f"{text}\n".encode()).encode().decode()
    register.redeem(changed(permit, log_head=f"{text}\n\n{line}"), NOW)
    assert register.heads() == ()


def test_of_a_fork_shown_at_once_one_side_is_redeemed(register):
    log = PermitLog()
    sides = [log.fork(41, str(side).encode()).permit(numbered(side)) for side in range(8)]
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda permit: redeemed(register, permit), sides))
    assert sorted(outcomes) == ["fork"] * 7 + ["redeemed"]


def test_a_register_of_before_goes_on(tmp_path):
    path = tmp_path / "redeemed.sqlite"
    with closing(sqlite3.connect(path)) as old, old:
        old.execute(
            "CREATE TABLE redeemed (jti TEXT PRIMARY KEY, redeemed_ms INTEGER NOT NULL, "
            "exp INTEGER NOT NULL, operation_sha256 TEXT NOT NULL)"
        )
        old.execute("INSERT INTO redeemed VALUES (?, 1, 2, 'ab')", [numbered(0).jti])
    log, register = PermitLog(), PermitRegister(path)
    assert redeemed(register, log.permit(numbered(0))) == "used"
    assert redeemed(register, log.permit(numbered(1))) == "redeemed"


# -- the list of stations -----------------------------------------------------------------------


def listed(number, valid_until=ISSUED_S + 86_400, key=b"\x51"):
    stations = (ListedStation(ORIGIN, StationState.ENROLLED, (), ()),)
    made = StationList(
        v=1, number=number, issued=ISSUED_S, valid_until=valid_until, stations=stations
    )
    head_office = Ed25519PrivateKey.from_private_bytes(key * 32)
    signed = sign_station_list(made, head_office)
    return verify_station_list(signed, [head_office.public_key()])


def test_a_list_never_goes_back(register):
    log = PermitLog()
    register.redeem(log.permit(numbered(0)), NOW, stations=listed(7))
    register.redeem(log.permit(numbered(1)), NOW, stations=listed(7))
    register.redeem(log.permit(numbered(2)), NOW, stations=listed(9))
    third = log.permit(numbered(3))
    for stations, why in (
        (listed(8), "stations_rolled_back"),
        (listed(9, ISSUED_S + 1), "stations_forked"),
    ):
        with pytest.raises(PermitRefused, match=why):
            register.redeem(third, NOW, stations=stations)
    register.redeem(third, NOW, stations=listed(10))


def test_another_key_of_head_office_counts_its_own_lists(register):
    log = PermitLog()
    register.redeem(log.permit(numbered(0)), NOW, stations=listed(9))
    register.redeem(log.permit(numbered(1)), NOW, stations=listed(1, key=b"\x52"))


# -- rotation of the log's key ------------------------------------------------------------------

LATER_KEY = NoteSigner(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x61" * 32))


def test_a_key_that_another_has_followed_signs_no_newer_head(register):
    log = PermitLog()
    register.redeem(log.permit(numbered(0)), NOW)
    register.redeem(log.permit(numbered(1)), NOW)
    late = log.permit(numbered(2))
    log.rotate(LATER_KEY)
    register.redeem(log.permit(numbered(3)), NOW)
    log.rotate(LOG_KEY)

    assert redeemed(register, log.permit(numbered(4))) == "retired_key"
    log.rotate(LATER_KEY)
    assert redeemed(register, log.permit(numbered(5))) == "redeemed"
    # One of before the rotation, whose head the later permits have proven.
    assert redeemed(register, late) == "redeemed"


# -- after many lost permits --------------------------------------------------------------------


def growth(log, old, new):
    """What `read_growth` returns: a head of the log, and what it grew from."""
    return log.head(new), log.earlier(old, new)


def after_five_lost(register):
    log = PermitLog()
    first = log.permit(numbered(0))
    register.redeem(first, NOW)
    lost = [log.permit(numbered(10 + number)) for number in range(5)][-1]
    return log, first.log_size, lost.log_size


def test_a_register_that_missed_many_permits_follows_by_a_proof(register):
    log, known, last = after_five_lost(register)
    register.admit(*growth(log, known, last), NOW)
    assert sizes(register) == [known, last]
    assert redeemed(register, log.permit(numbered(1))) == "redeemed"


@pytest.mark.parametrize("old", ["other", "forked"])
def test_a_proof_begins_at_the_largest_head_that_is_known(register, old):
    log, known, last = after_five_lost(register)
    other = log.fork(20, b"two")
    other.add(last)
    shown = growth(log, known - 1, last) if old == "other" else growth(other, known, last)
    with pytest.raises(PermitRefused, match="growth" if old == "other" else "fork"):
        register.admit(*shown, NOW)
    assert [each.jti for each in register.refused_heads()] == [""]


def test_a_log_that_no_permit_has_named_is_not_admitted(register):
    log = PermitLog()
    with pytest.raises(PermitRefused, match="growth"):
        register.admit(*growth(log, 3, 5), NOW)
    assert register.heads() == ()
