"""A supervisor and an administrator together begin the generation after another, nobody alone."""

import pytest

from crypto.errors import KeyRefused
from crypto.log.audit.audit import Expectations, audit
from crypto.log.file.faults import AuditStatus, LogFault, Tier
from crypto.log.file.released import ReleasedHead
from crypto.log.file.store import LogStore
from crypto.log.format.key_record import Kind
from crypto.log.format.note import NoteSigner
from tests.support.station.log import ToldClock, log_signer, private_key, supervisor_signer

ADMIN = NoteSigner("bank.example/op/a-1", private_key(0x70))
SUPERVISOR = NoteSigner("bank.example/op/s-1", private_key(0x80))
SECOND_ADMIN = NoteSigner("bank.example/op/a-2", private_key(0x90))
TELLER = NoteSigner("bank.example/op/t-1", private_key(0xA0))
OFFICE = supervisor_signer()

PEOPLE = {ADMIN: ("a-1", "admin"), SUPERVISOR: ("s-1", "supervisor"), TELLER: ("t-1", "teller")}
PREVIOUS = {"origin": "bank.example/log/b0421-w07/g0", "size": 7}


def describe(signer, account=None, role=None):
    named, duty = PEOPLE.get(signer, ("a-2", "admin"))
    return {"vkey": signer.vkey, "id": account or named, "role": role or duty}


def genesis(*founders, **changed):
    data = {"rules": 2, "prev_gen": PREVIOUS, "head_office": [OFFICE.vkey]}
    return {**data, "founders": list(founders), **changed}


def begin(tmp_path, data, *cosigners):
    return LogStore.create(
        tmp_path / "log.sqlite",
        origin=log_signer().name,
        log_key=log_signer(),
        genesis=data,
        cosigners=cosigners,
        clock=ToldClock(),
        released=ReleasedHead(tmp_path / "heads"),
    )


def begin_rightly(tmp_path):
    return begin(tmp_path, genesis(describe(ADMIN), describe(SUPERVISOR)), ADMIN, SUPERVISOR)


def reopen(tmp_path):
    return LogStore.open(
        tmp_path / "log.sqlite",
        log_key=log_signer(),
        clock=ToldClock(mono_ms=9000),
        released=ReleasedHead(tmp_path / "heads"),
    )


def examine(tmp_path, *trusted):
    keys = tuple(each.verifier for each in trusted or (OFFICE, ADMIN, SUPERVISOR))
    expected = Expectations(log_key=log_signer().verifier, trusted=keys)
    return audit(tmp_path / "log.sqlite", expected, Tier.EVERY_HEAD)


def test_both_begin_it_and_enrol_everybody_and_the_audit_agrees(tmp_path):
    with begin_rightly(tmp_path) as log:
        log.append(Kind.KEY_ENROL, describe(TELLER), cosigners=[ADMIN, SUPERVISOR])
    with reopen(tmp_path) as log:
        assert {each.account for each in log.credentials} == {"a-1", "s-1", "t-1"}
    assert examine(tmp_path).status is AuditStatus.PASSED


@pytest.mark.parametrize(
    ("data", "cosigners"),
    [
        (genesis(describe(ADMIN)), [ADMIN]),
        (genesis(describe(SUPERVISOR)), [SUPERVISOR]),
        (genesis(describe(ADMIN), describe(SUPERVISOR)), [ADMIN]),
        (genesis(describe(ADMIN), describe(SECOND_ADMIN)), [ADMIN, SECOND_ADMIN]),
        (genesis(describe(TELLER), describe(SUPERVISOR)), [TELLER, SUPERVISOR]),
        (genesis(describe(ADMIN), describe(SUPERVISOR), prev_gen=None), [ADMIN, SUPERVISOR]),
        (genesis(describe(ADMIN), describe(SUPERVISOR), rules=1), [ADMIN, SUPERVISOR]),
        (genesis(), [ADMIN, SUPERVISOR]),
        (genesis(describe(ADMIN), "s-1", {"vkey": 7}), [ADMIN, SUPERVISOR]),
    ],
    ids=[
        "an administrator alone",
        "a supervisor alone",
        "one of the two",
        "no supervisor",
        "no administrator",
        "nothing before",
        "rules of before",
        "not named",
        "named by nothing",
    ],
)
def test_nothing_less_begins_a_log(tmp_path, data, cosigners):
    with pytest.raises(KeyRefused):
        begin(tmp_path, data, *cosigners)


def test_one_person_is_not_two_in_another_spelling(tmp_path):
    twice = NoteSigner("bank.example/op/a-1", private_key(0xB0))
    data = genesis(describe(ADMIN), describe(twice, account="A-1", role="supervisor"))
    with pytest.raises(KeyRefused):
        begin(tmp_path, data, ADMIN, twice)


def test_they_enrol_until_the_first_start_only(tmp_path):
    with begin_rightly(tmp_path):
        pass
    with reopen(tmp_path) as log:
        with pytest.raises(KeyRefused):
            log.append(Kind.KEY_ENROL, describe(TELLER), cosigners=[ADMIN, SUPERVISOR])
        log.append(Kind.KEY_ENROL, describe(TELLER), cosigners=[OFFICE])


def test_none_of_them_is_head_office_afterwards(tmp_path):
    with begin_rightly(tmp_path) as log:
        for order in ([ADMIN], [SUPERVISOR], [ADMIN, SUPERVISOR]):
            with pytest.raises(KeyRefused):
                log.append(Kind.CHARTER_CHANGE, {}, cosigners=order)
        log.append(Kind.CHARTER_CHANGE, {}, cosigners=[OFFICE])
        with pytest.raises(KeyRefused):
            log.append(Kind.KEY_ENROL, describe(TELLER), cosigners=[ADMIN, SUPERVISOR])
    assert examine(tmp_path).status is AuditStatus.PASSED


def test_an_auditor_who_does_not_know_them_does_not_believe_them(tmp_path):
    with begin_rightly(tmp_path):
        pass
    report = examine(tmp_path, OFFICE, ADMIN)
    assert (report.fault, report.index) == (LogFault.UNKNOWN_SIGNER, 0)
