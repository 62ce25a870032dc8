"""A court pack over entries that the station would never write, by whoever stole keys of its log.

Each pack is sound in itself: every digest, every proof and every signature is right.
"""

import pytest

from crypto.log.format.note import NoteSigner
from resources.court.verify_pack import ENTRY, Verified, Wrong
from tests.support.court.forged import ForgedLog
from tests.support.station.log import private_key

STRANGER = NoteSigner("bank.example/op/x-9", private_key(0x21))


@pytest.fixture
def log():
    made = ForgedLog()
    made.open(made.log_key, made.teller)
    return made


def named(log, entry, code, *without):
    with pytest.raises(Wrong) as refused:
        Verified(log.pack(*without), log.log_key.vkey)
    return refused.value.args == (ENTRY.format(entry.seq), code)


def test_an_honest_log_of_todays_rules_verifies(log):
    log.play()
    assert Verified(log.pack(), log.log_key.vkey).notes == []


def test_keys_rotated_before_in_and_after_the_case_are_followed(log):
    log.rotate(0x10)
    log.act("verify.begin")
    log.rotate(0x11)
    log.act("verify.result", outcome="rejected", checks=[])
    log.add("boot", {}, log.rotate(0x12))
    verified = Verified(log.pack(), log.log_key.vkey)
    assert len(verified.keys.logs) == 4


def test_a_pack_without_a_rotation_ends_at_a_key_that_nobody_brought(log):
    rotation = len(log.entries)
    log.rotate(0x10)
    log.play()
    with pytest.raises(Wrong) as refused:
        Verified(log.pack(rotation), log.log_key.vkey)
    assert refused.value.args == ("log/head.note", "not_signed_by_the_log")


def test_a_retired_log_key_signs_nothing_more(log):
    log.rotate(0x10)
    late = log.add("boot", {}, log.log_key)
    log.play()
    assert named(log, late, "retired_key")


@pytest.mark.parametrize(
    ("actor", "role", "who"),
    [
        ("T-0042", "teller", []),
        ("S-0031", "supervisor", ["teller"]),
        ("T-0042", "supervisor", ["teller"]),
        ("T-0042", "teller", ["teller", "supervisor"]),
    ],
    ids=["log key alone", "another's credential", "another role", "two credentials"],
)
def test_the_log_key_opens_no_session_without_the_persons_credential(actor, role, who):
    log = ForgedLog()
    opened = log.open(log.log_key, *(getattr(log, each) for each in who), actor=actor, role=role)
    log.play()
    assert named(log, opened, "wrong_signer")


def test_a_stranger_is_enrolled_by_nobody_but_head_office_or_two_administrators(log):
    refused = log.enrol(STRANGER, "X-9", "teller", log.teller)
    log.play()
    assert named(log, refused, "wrong_signer")


def test_a_key_that_did_not_cosign_the_first_entry_is_no_head_office(log):
    log.trusted.append(STRANGER)
    refused = log.enrol(log.admins[0], "ADM-01", "admin", STRANGER)
    log.play()
    assert named(log, refused, "unknown_signer")


def test_two_administrators_enrol_and_one_does_not(log):
    for number, admin in enumerate(log.admins, 1):
        log.enrol(admin, f"ADM-0{number}", "admin", log.office)
    log.enrol(STRANGER, "X-9", "teller", *log.admins)
    log.play()
    Verified(log.pack(), log.log_key.vkey)
    late = ForgedLog()
    late.enrol(late.admins[0], "ADM-01", "admin", late.office)
    alone = late.enrol(STRANGER, "X-9", "teller", late.admins[0])
    late.open(late.log_key, late.teller)
    late.play()
    assert named(late, alone, "wrong_signer")


def test_a_revoked_credential_opens_no_session():
    log = ForgedLog()
    log.add("key.revoke", {"vkey": log.teller.vkey, "why": "left"}, log.log_key, log.office)
    opened = log.open(log.log_key, log.teller)
    log.play()
    assert named(log, opened, "retired_key")


def test_a_step_signed_by_the_log_key_is_no_tellers(log):
    begin = log.act("verify.begin", by=log.log_key)
    assert named(log, begin, "wrong_signer")


def test_a_step_after_the_result_is_out_of_order(log):
    log.play()
    late = log.act("verify.step", step="match")
    assert named(log, late, "order")


def test_a_second_result_is_out_of_order(log):
    log.play()
    second = log.act("verify.result", outcome="approved", checks=[])
    assert named(log, second, "order")


def test_a_permit_needs_a_result_of_an_approval(log):
    result = log.play()
    permit = log.act("verify.permit", jti="cd" * 16, result=result.seq)
    assert named(log, permit, "permit")


def test_a_hold_beside_a_refusal_opens_no_way_to_a_permit(log):
    log.act("verify.begin")
    forged = {"outcome": "approved", "shown": "rejected"}
    result = log.act("verify.result", outcome="rejected", hold=forged, checks=[])
    permit = log.act("verify.permit", jti="cd" * 16, result=result.seq)
    assert named(log, permit, "permit")


def test_a_permit_names_its_result(log):
    log.play("approved")
    permit = log.act("verify.permit", jti="cd" * 16, result=1)
    assert named(log, permit, "permit")


def test_a_permit_before_the_result_is_out_of_order(log):
    log.act("verify.begin")
    early = log.act("verify.permit", jti="cd" * 16, result=9)
    assert named(log, early, "order")


def test_nobody_reviews_their_own_case(log):
    log.act("verify.begin")
    review = log.act("review", act="override")
    assert named(log, review, "wrong_signer")


def test_a_tellers_session_is_no_supervisors(log):
    other = NoteSigner("bank.example/ses/other", private_key(0x22))
    log.session, first = other, log.session
    colleague = NoteSigner("bank.example/op/t-0043", private_key(0x23))
    log.enrol(colleague, "T-0043", "teller", log.office)
    log.open(log.log_key, colleague, actor="T-0043")
    log.session = first
    log.act("verify.begin")
    review = log.act("review", by=other, actor="T-0043", act="override")
    assert named(log, review, "wrong_signer")


def test_another_persons_step_is_named(log):
    other = NoteSigner("bank.example/ses/other", private_key(0x22))
    first, log.session = log.session, other
    log.open(log.log_key, log.supervisor, actor="S-0031", role="supervisor")
    log.session = first
    log.act("verify.begin")
    step = log.act("verify.step", by=other, actor="S-0031", step="consent.given")
    assert named(log, step, "another_person")


def test_an_interrupted_case_is_ended_by_the_log_and_only_so(log):
    begin = log.act("verify.begin")
    log.act("verify.result", by=log.log_key, actor="log", reason="interrupted", begin=begin.seq)
    Verified(log.pack(), log.log_key.vkey)
    forged = ForgedLog()
    forged.open(forged.log_key, forged.teller)
    forged.act("verify.begin")
    result = forged.act("verify.result", by=forged.log_key, actor="log", outcome="approved")
    assert named(forged, result, "wrong_signer")
