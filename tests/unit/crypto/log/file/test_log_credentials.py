"""Whose credential may do what in a log under today's rules, and what one stolen key may not."""

import pytest

from crypto.errors import EntryMalformed, KeyRefused, LogTampered
from crypto.log.audit.audit import Expectations, audit
from crypto.log.file.faults import AuditStatus, LogFault, Tier
from crypto.log.file.signers import SignerKeys
from crypto.log.file.store import LogStore
from crypto.log.format import key_record
from crypto.log.format.key_record import RULES, read_rules
from crypto.log.format.note import NoteSigner
from tests.support.station.log import LogSite, private_key, vandalise

TELLER = NoteSigner("bank.example/op/t-0042", private_key(0x70))
OTHER = NoteSigner("bank.example/op/s-0031", private_key(0x71))
FIRST_ADMIN = NoteSigner("bank.example/op/adm-01", private_key(0x72))
SECOND_ADMIN = NoteSigner("bank.example/op/adm-02", private_key(0x73))
STRANGER = NoteSigner("bank.example/op/x-9", private_key(0x74))


@pytest.fixture(name="site")
def log_site(tmp_path):
    site = LogSite(tmp_path)
    site.genesis["rules"] = RULES
    return site


def enrolment(signer, account, role):
    return {"vkey": signer.vkey, "id": account, "role": role}


@pytest.fixture(name="store")
def staffed_log(site):
    """A log under today's rules in which two administrators, a teller and a supervisor work."""
    with site.create() as store:
        for signer, account, role in (
            (FIRST_ADMIN, "ADM-01", "admin"),
            (SECOND_ADMIN, "ADM-02", "admin"),
            (TELLER, "T-0042", "teller"),
            (OTHER, "S-0031", "supervisor"),
        ):
            data = enrolment(signer, account, role)
            store.append("key.enrol", data, cosigners=[site.supervisor])
        yield store


def refusal(store: LogStore, kind, data, **signed):
    with pytest.raises(KeyRefused) as refused:
        store.append(kind, data, **signed)
    return refused.value.detail


def opening(site, actor="T-0042", role="teller"):
    return {"ses": site.session_key.vkey, "actor": actor, "role": role}


def expectations(site):
    return Expectations(site.log_key.verifier, (site.supervisor.verifier,))


def test_the_log_key_alone_opens_no_session(site, store):
    assert refusal(store, "session.open", opening(site)) == "wrong_signer"
    store.append("session.open", opening(site), cosigners=[TELLER])
    store.append("verify.begin", {}, signers=[site.session_key])


@pytest.mark.parametrize(
    ("actor", "role", "cosigners", "code"),
    [
        ("S-0031", "supervisor", [TELLER], "wrong_signer"),
        ("T-0042", "supervisor", [TELLER], "wrong_signer"),
        ("T-0042", "teller", [FIRST_ADMIN], "wrong_signer"),
        ("T-0042", "teller", [TELLER, OTHER], "wrong_signer"),
        ("T-0042", "teller", [STRANGER], "unknown_signer"),
        (42, "teller", [TELLER], "wrong_signer"),
    ],
)
def test_a_credential_opens_only_its_own_persons_session(site, store, actor, role, cosigners, code):
    assert refusal(store, "session.open", opening(site, actor, role), cosigners=cosigners) == code


def test_letter_case_of_the_number_makes_no_other_person(site, store):
    store.append("session.open", opening(site, "t-0042"), cosigners=[TELLER])
    other_spelling = enrolment(STRANGER, "t-0042", "supervisor")
    assert refusal(store, "key.enrol", other_spelling, cosigners=[site.supervisor]) == "key_invalid"


def test_an_operators_credential_signs_nothing_but_openings(site, store):
    for kind in ("review", "verify.result", "x", "payload.erase"):
        assert refusal(store, kind, {}, cosigners=[TELLER]) == "wrong_signer"
    assert refusal(store, "review", {}, signers=[FIRST_ADMIN]) == "wrong_signer"
    store.append("session.open", opening(site), cosigners=[TELLER])
    store.append("review", {}, signers=[site.session_key])
    store.append("x", {}, signers=[FIRST_ADMIN])


ORDERS = [
    ("charter.change", {"number": 2}),
    ("payload.erase", {}),
    ("key.enrol", enrolment(STRANGER, "X-9", "teller")),
    ("key.revoke", {"vkey": TELLER.vkey, "why": "left"}),
    ("log.close", {"reason": "moved"}),
]


@pytest.mark.parametrize(("kind", "data"), ORDERS)
def test_an_order_needs_two_administrators_or_head_office(site, store, kind, data):
    for signed in (
        {},
        {"cosigners": [FIRST_ADMIN]},
        {"cosigners": [FIRST_ADMIN, TELLER]},
        {"signers": [FIRST_ADMIN, SECOND_ADMIN]},
        {"signers": [site.supervisor]},
    ):
        assert refusal(store, kind, data, **signed) == "wrong_signer"
    store.append(kind, data, cosigners=[FIRST_ADMIN, SECOND_ADMIN])


@pytest.mark.parametrize(("kind", "data"), ORDERS)
def test_head_office_orders_alone(site, store, kind, data):
    store.append(kind, data, cosigners=[site.supervisor])


def test_a_revoked_credential_opens_nothing_also_after_a_restart(site, store):
    revocation = {"vkey": TELLER.vkey, "why": "left"}
    store.append("key.revoke", revocation, cosigners=[site.supervisor])
    assert refusal(store, "session.open", opening(site), cosigners=[TELLER]) == "retired_key"
    assert refusal(store, "key.revoke", revocation, cosigners=[site.supervisor]) == "key_invalid"
    store.close()
    with site.open() as again:
        assert refusal(again, "session.open", opening(site), cosigners=[TELLER]) == "retired_key"
        renewed = enrolment(STRANGER, "X-9", "teller")
        again.append("key.enrol", renewed, cosigners=[FIRST_ADMIN, SECOND_ADMIN])


def test_a_new_credential_follows_the_revocation_of_the_old_one(site, store):
    new = NoteSigner(TELLER.name, private_key(0x75))
    data = enrolment(new, "T-0042", "teller")
    assert refusal(store, "key.enrol", data, cosigners=[site.supervisor]) == "key_invalid"
    store.append("key.revoke", {"vkey": TELLER.vkey, "why": "x"}, cosigners=[site.supervisor])
    store.append("key.enrol", data, cosigners=[site.supervisor])
    store.append("session.open", opening(site), cosigners=[new])


@pytest.mark.parametrize(
    "data",
    [
        {"vkey": STRANGER.vkey},
        {"vkey": STRANGER.vkey, "id": "X-9"},
        {"vkey": STRANGER.vkey, "id": 9, "role": "teller"},
        {"vkey": STRANGER.vkey, "id": "X-8", "role": "teller"},
        {"vkey": STRANGER.vkey, "id": "X-9", "role": ""},
        {"vkey": "nonsense", "id": "X-9", "role": "teller"},
        {"vkey": TELLER.vkey, "id": "T-0042", "role": "supervisor"},
    ],
)
def test_an_enrolment_names_a_new_account_and_its_key(site, store, data):
    assert refusal(store, "key.enrol", data, cosigners=[site.supervisor]) == "key_invalid"


def test_only_peoples_credentials_can_be_revoked(site, store):
    store.append("session.open", opening(site), cosigners=[TELLER])
    for key in (site.supervisor, site.log_key, site.session_key, STRANGER):
        data = {"vkey": key.vkey, "why": "x"}
        assert refusal(store, "key.revoke", data, cosigners=[site.supervisor]) == "key_invalid"
    assert refusal(store, "session.close", {"ses": TELLER.vkey, "n": 0}) == "key_invalid"


def test_credentials_stand_after_a_restart_and_pass_the_audit(site, store):
    store.append("session.open", opening(site), cosigners=[TELLER])
    store.close()
    with site.open() as again:
        data = opening(site, "S-0031", "supervisor") | {
            "ses": NoteSigner("bank.example/ses/2", private_key(0x76)).vkey
        }
        again.append("session.open", data, cosigners=[OTHER])
        again.append("charter.change", {}, cosigners=[FIRST_ADMIN, SECOND_ADMIN])
    report = audit(site.path, expectations(site), Tier.EVERY_HEAD)
    assert (report.status, report.fault) == (AuditStatus.PASSED, None)


@pytest.mark.parametrize("role", ["enrolled", "session"])
def test_a_role_edited_in_the_key_records_is_refused_at_start(site, store, role):
    store.close()
    vandalise(site.path, ("UPDATE keyrec SET role = ? WHERE vkey = ?", (role, TELLER.vkey)))
    with pytest.raises(LogTampered) as tampered:
        site.open()
    assert tampered.value.reason == LogFault.KEY_RECORD


@pytest.mark.parametrize("rules", [0, 3, "2", True, None])
def test_a_log_under_rules_that_nobody_knows_is_neither_made_nor_read(site, rules):
    site.genesis["rules"] = rules
    assert read_rules(site.genesis) == 0
    with pytest.raises(KeyRefused, match="genesis"):
        site.create()


def test_a_log_of_a_later_edition_is_refused_by_name(site, monkeypatch):
    site.genesis["rules"] = RULES + 1
    monkeypatch.setattr(key_record, "RULES", RULES + 1)
    site.create().close()
    monkeypatch.undo()
    with pytest.raises(LogTampered) as tampered:
        site.open()
    assert tampered.value.reason == LogFault.GENESIS
    report = audit(site.path, expectations(site), Tier.SEMANTIC)
    assert (report.fault, report.index) == (LogFault.GENESIS, 0)


def test_the_rules_of_before_still_bind_logs_of_before(site):
    del site.genesis["rules"]
    with site.create() as store:
        store.append("session.open", {"ses": site.session_key.vkey, "actor": "T-0042"})
        store.append("key.revoke", {"vkey": site.supervisor.vkey})
        data = enrolment(STRANGER, "X-8", "teller")
        store.append("key.enrol", data, cosigners=[site.supervisor])
        store.append("payload.erase", {}, signers=[STRANGER])
    report = audit(site.path, expectations(site), Tier.EVERY_HEAD)
    assert report.status is AuditStatus.PASSED


def test_cosigners_stand_beside_the_log_key_and_not_instead_of_it(site, store):
    appended = store.append("session.open", opening(site), cosigners=[TELLER])
    assert appended.entry.signers == (site.log_key.name, TELLER.name)


def test_a_rules_edition_is_nothing_that_a_caller_adds_later(store):
    with pytest.raises(EntryMalformed):
        store.append("log.genesis", {"rules": 1})
    assert SignerKeys([]).rules == 1


def test_a_revoked_credential_that_the_key_records_call_usable_is_refused_at_start(site, store):
    revocation = {"vkey": TELLER.vkey, "why": "left"}
    store.append("key.revoke", revocation, cosigners=[site.supervisor])
    store.close()
    vandalise(site.path, ("UPDATE keyrec SET to_seq = NULL WHERE vkey = ?", (TELLER.vkey,)))
    with pytest.raises(LogTampered) as tampered:
        site.open()
    assert tampered.value.reason == LogFault.KEY_RECORD


def test_the_credentials_in_force_are_told_with_account_and_role(site, store):
    store.append("key.revoke", {"vkey": OTHER.vkey, "why": "left"}, cosigners=[site.supervisor])
    assert [(each.account, each.account_role) for each in store.credentials] == [
        ("ADM-01", "admin"),
        ("ADM-02", "admin"),
        ("T-0042", "teller"),
    ]
