"""The store of verified lists: nothing bad enters, nothing good is lost."""

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import SignatureOutcome
from crypto.crl_store.segment import file_digest, key_digest
from crypto.crl_store.store import CrlRefused, CrlStore, CrlStoreUnusable, open_repaired
from crypto.errors import CryptoError
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.crl_status import evaluate_crls
from crypto.revocation.status import RevocationStatus
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    NOW,
    SHA256,
    Sources,
    ca_name,
    issue,
    make_crl,
    world,
)
from tests.support.pki.contexts import CONTEXT, validation_context

W = world()
COMPROMISE = x509.ReasonFlags.key_compromise
HOLD = x509.ReasonFlags.certificate_hold
"""The one revocation that a newer list may leave out (RFC 5280 5.3.1)."""


@pytest.fixture(params=["memory", "file"])
def store(request, tmp_path):
    opened = CrlStore(None if request.param == "memory" else tmp_path / "revocation.sqlite")
    yield opened
    opened.close()


def signed_by(store, issuer):
    return tuple(("store", item) for item in store.current() if item.signer == key_digest(issuer))


def status(store, certificate=W.person):
    issuer = W.authority.parsed
    crls = signed_by(store, issuer)
    context, days = validation_context(), timedelta(days=2)
    return evaluate_crls(certificate.parsed, issuer, crls, context, days).status


def test_a_stored_crl_answers_as_the_crl_itself(store):
    store.put(make_crl(W.authority, [(1001, COMPROMISE), (7, None)]), W.authority.parsed, CONTEXT)
    assert status(store) is RevocationStatus.REVOKED
    assert status(store, W.stamper) is RevocationStatus.GOOD


def test_a_stored_crl_of_a_key_that_was_retired_since_says_nothing_any_more(store):
    stored = store.put(make_crl(W.authority), W.authority.parsed, CONTEXT)
    assert status(store) is RevocationStatus.GOOD
    retired = KeyPolicy({}, {"ec": NOW - timedelta(days=1)}, NOW)
    check = stored.verify(W.authority.parsed, CONTEXT.registry, retired)
    assert check.outcome is SignatureOutcome.WEAK
    after = validation_context(keys=retired)
    issuer = W.authority.parsed
    verdict = evaluate_crls(
        W.person.parsed, issuer, signed_by(store, issuer), after, timedelta(days=2)
    )
    assert verdict.status is RevocationStatus.NOT_ESTABLISHED
    assert verdict.reason == "algorithm_too_weak"


def test_a_newer_crl_replaces_the_older_one(store):
    store.put(make_crl(W.authority, [(1001, HOLD)]), W.authority.parsed, CONTEXT)
    stored = store.put(make_crl(W.authority, number=11), W.authority.parsed, CONTEXT)
    assert stored.number == 11
    assert len(signed_by(store, W.authority.parsed)) == 1
    assert status(store) is RevocationStatus.GOOD


def good():
    return make_crl(W.authority, [(1001, COMPROMISE)], number=10)


def false_authority():
    return issue(ca_name("NCA TEST"), "false-authority", None, CA_EXTENSIONS, serial=2)


UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
INDIRECT = x509.IssuingDistributionPoint(
    full_name=None,
    relative_name=None,
    only_contains_user_certs=False,
    only_contains_ca_certs=False,
    only_some_reasons=None,
    indirect_crl=True,
    only_contains_attribute_certs=False,
)


def extended(extension):
    return make_crl(W.authority, number=11, extensions=[(extension, True)])


def flipped(der):
    return der[:-1] + bytes([der[-1] ^ 1])


@pytest.mark.parametrize(
    ("offered", "why"),
    [
        (lambda: b"", "malformed:truncated"),
        (lambda: good()[:-10], "malformed:truncated"),
        (lambda: b"<html>portal</html>", "malformed:constructed_bit"),
        (lambda: flipped(make_crl(W.authority, number=11)), "signature_wrong"),
        (lambda: make_crl(false_authority(), number=11), "signature_wrong"),
        (lambda: make_crl(W.root, number=11), "other_issuer"),
        (lambda: make_crl(W.authority, number=9), "older_than_stored"),
        (
            lambda: make_crl(W.authority, number=11, this_update=NOW - timedelta(hours=5)),
            "older_than_stored",
        ),
        (
            lambda: make_crl(
                W.authority,
                number=11,
                this_update=NOW - timedelta(days=5),
                next_update=NOW - timedelta(days=4),
            ),
            "stale",
        ),
        (
            lambda: make_crl(W.authority, number=11, this_update=NOW + timedelta(hours=5)),
            "from_the_future",
        ),
        (lambda: extended(UNKNOWN), "unknown_critical:1.2.3.4"),
        (lambda: extended(INDIRECT), "indirect"),
    ],
)
def test_a_crl_that_is_not_good_changes_nothing(store, offered, why):
    store.put(good(), W.authority.parsed, CONTEXT)
    before = [item.sha256 for _, item in signed_by(store, W.authority.parsed)]
    with pytest.raises(CrlRefused) as refused:
        store.put(offered(), W.authority.parsed, CONTEXT)
    assert refused.value.detail == why
    assert [item.sha256 for _, item in signed_by(store, W.authority.parsed)] == before
    assert status(store) is RevocationStatus.REVOKED


def test_a_crl_whose_entries_are_malformed_is_rolled_back_whole(store):
    store.put(good(), W.authority.parsed, CONTEXT)
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    entry = (
        x509.RevokedCertificateBuilder()
        .serial_number(5)
        .revocation_date(NOW)
        .add_extension(unknown, True)
        .build()
    )
    der = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(W.authority.certificate.subject)
        .last_update(NOW)
        .next_update(NOW + timedelta(hours=1))
        .add_extension(x509.CRLNumber(12), False)
        .add_revoked_certificate(entry)
        .sign(W.authority.private, SHA256)
        .public_bytes(serialization.Encoding.DER)
    )
    with pytest.raises(CrlRefused):
        store.put(der, W.authority.parsed, CONTEXT)
    assert status(store) is RevocationStatus.REVOKED


def test_the_same_crl_again_is_no_change(store):
    first = store.put(good_der := good(), W.authority.parsed, CONTEXT)
    assert store.put(good_der, W.authority.parsed, CONTEXT).id == first.id
    assert store.raw(first.sha256) == good_der
    assert store.raw("00" * 32) is None


def test_full_and_delta_crls_stand_beside_each_other(store):
    store.put(make_crl(W.authority, number=10), W.authority.parsed, CONTEXT)
    amendment = make_crl(W.authority, [(1001, COMPROMISE)], base=10, number=11)
    store.put(amendment, W.authority.parsed, CONTEXT)
    assert status(store) is RevocationStatus.REVOKED


def test_crls_of_one_authority_do_not_answer_for_another(store):
    store.put(good(), W.authority.parsed, CONTEXT)
    assert signed_by(store, false_authority().parsed) == ()
    assert signed_by(store, W.root.parsed) == ()


def test_a_crl_survives_a_restart(tmp_path):
    path = tmp_path / "revocation.sqlite"
    first = CrlStore(path)
    first.put(good(), W.authority.parsed, CONTEXT)
    first.close()
    second = CrlStore(path)
    assert status(second) is RevocationStatus.REVOKED
    second.close()


def test_a_store_that_fails_leaves_revocation_unanswered_and_says_so(tmp_path):
    path = tmp_path / "revocation.sqlite"
    path.write_bytes(b"not a database, long enough to be looked at" * 20)
    with pytest.raises(CrlStoreUnusable):
        CrlStore(path)
    closed = CrlStore(None)
    closed.close()

    class Failing(Sources):
        def crls(self, issuer):
            return closed.crls_issued_by((issuer.subject,))

    report = W.report(sources=Failing(W.good))
    assert report.reason == "signature.no_revocation_answer"
    with pytest.raises(CryptoError):
        closed.crls_issued_by((W.authority.parsed.subject,))


def test_a_large_crl_is_looked_up_without_being_read_again(store):
    many = [(serial, None) for serial in range(2000, 4000)]
    stored = store.put(make_crl(W.authority, many), W.authority.parsed, CONTEXT)
    assert stored.find(3999, W.authority.parsed.subject) is not None
    assert stored.find(4000, W.authority.parsed.subject) is None
    assert isinstance(ParsedCrl.parse(store.raw(stored.sha256)), ParsedCrl)


def test_crls_are_found_by_the_name_of_their_issuer(store):
    store.put(good(), W.authority.parsed, CONTEXT)
    store.put(make_crl(W.root), W.root.parsed, CONTEXT)
    names = {W.authority.parsed.subject}
    assert [item.issuer for _, item in store.crls_issued_by(names)] == [W.authority.parsed.subject]
    assert len(store.crls_issued_by(names | {W.root.parsed.subject})) == 2
    assert store.crls_issued_by(()) == ()


# -- files ------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path):
    return tmp_path / "revocation.sqlite"


def segments(path):
    return sorted(path.with_name("revocation-lists").glob("*.list"))


@contextmanager
def opened(path):
    store = CrlStore(path)
    try:
        yield store
    finally:
        store.close()


def damage(file):
    octets = bytearray(file.read_bytes())
    octets[len(octets) // 2] ^= 1
    file.write_bytes(bytes(octets))


def test_the_generation_before_is_kept_for_who_holds_it_and_the_one_before_that_is_not(path):
    with opened(path) as store:
        held = [
            store.put(
                make_crl(W.authority, [(1001, COMPROMISE)], number=n),
                W.authority.parsed,
                CONTEXT,
            )
            for n in (10, 11, 12)
        ]
        assert len(segments(path)) == 2
        assert held[1].find(1001, W.authority.parsed.subject) is not None
        with pytest.raises(CryptoError):
            held[0].find(1001, W.authority.parsed.subject)
        assert [item.number for item in store.current()] == [12]
        assert store.raw(held[1].sha256) is not None
        assert store.raw(held[0].sha256) is None


def test_what_another_process_puts_in_or_takes_out_is_seen_at_the_next_question(path):
    with opened(path) as store, opened(path) as other:
        assert store.current() == ()
        for number in (10, 11, 12):
            crl = make_crl(W.authority, [(1001, HOLD)], number=number)
            other.put(crl, W.authority.parsed, CONTEXT)
            assert [item.number for item in store.current()] == [number]
        assert store.catalogue.generations() is store.catalogue.generations()
        with closing(sqlite3.connect(path)) as third:
            third.execute("DELETE FROM generation")
            third.commit()
        assert store.current() == ()


def test_what_is_rolled_back_is_not_remembered(path):
    with opened(path) as store:
        store.put(good(), W.authority.parsed, CONTEXT)
        catalogue = store.catalogue
        before = catalogue.generations()
        catalogue._db.execute("BEGIN IMMEDIATE")
        catalogue._db.execute("DELETE FROM generation")
        assert catalogue.generations() == ()
        catalogue._db.execute("ROLLBACK")
        assert catalogue.generations() == before


def test_a_damaged_segment_is_an_error_and_never_an_answer(path):
    with opened(path) as store:
        store.put(good(), W.authority.parsed, CONTEXT)
    damage(segments(path)[0])
    with opened(path) as store:
        assert status(store) is RevocationStatus.NOT_ESTABLISHED
        with pytest.raises(CrlStoreUnusable) as unusable:
            store.check_segments()
        assert unusable.value.detail.startswith("segment_damaged")


def test_a_segment_that_is_gone_is_an_error(path):
    with opened(path) as store:
        store.put(good(), W.authority.parsed, CONTEXT)
    segments(path)[0].unlink()
    with opened(path) as store:
        assert status(store) is RevocationStatus.NOT_ESTABLISHED


def test_the_same_crl_heals_a_damaged_segment(path):
    with opened(path) as store:
        store.put(good_der := good(), W.authority.parsed, CONTEXT)
        damage(segments(path)[0])
        store.put(good_der, W.authority.parsed, CONTEXT)
        assert status(store) is RevocationStatus.REVOKED
        store.check_segments()
        assert len(segments(path)) == 1


def test_a_damaged_catalogue_is_refused_until_somebody_fills_it_anew(path):
    with opened(path) as store:
        store.put(good(), W.authority.parsed, CONTEXT)
    path.write_bytes(b"not a database, long enough to be looked at" * 20)
    with pytest.raises(CrlStoreUnusable):
        CrlStore(path)
    repaired = open_repaired(path)
    assert repaired.current() == ()
    repaired.put(good(), W.authority.parsed, CONTEXT)
    assert status(repaired) is RevocationStatus.REVOKED
    repaired.close()
    assert path.with_name(path.name + ".damaged").exists()


def test_a_store_of_a_later_version_is_refused_and_left_alone(path):
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    for opener in (CrlStore, open_repaired):
        with pytest.raises(CrlStoreUnusable) as unusable:
            opener(path)
        assert unusable.value.detail == "schema_version:99"


def test_crls_of_the_first_version_are_taken_over(path):
    parsed = ParsedCrl.parse(good())
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            "CREATE TABLE list (id INTEGER PRIMARY KEY, signer TEXT, raw BLOB);"
            "CREATE TABLE entry (list_id INTEGER, serial TEXT);"
        )
        signer = hashlib.sha256(W.authority.parsed.key.raw).hexdigest()
        db.execute("INSERT INTO list VALUES (1, ?, ?)", (signer, parsed.raw))
        db.execute("INSERT INTO list VALUES (2, ?, ?)", (signer, b"broken"))
        db.commit()
    for _ in range(2):
        with opened(path) as store:
            assert [item.sha256 for item in store.current()] == [parsed.sha256]
            assert status(store) is RevocationStatus.REVOKED


def test_what_a_killed_process_left_is_removed_a_day_later(path):
    with opened(path) as store:
        store.put(good(), W.authority.parsed, CONTEXT)
        fresh, old = store.new_segment_path(), store.new_segment_path()
    for left in (fresh, old):
        left.write_bytes(b"half a segment")
    os.utime(old, (0, 0))
    with opened(path):
        assert fresh.exists()
        assert not old.exists()
        assert len(segments(path)) == 2


def test_two_processes_share_a_store(path):
    with opened(path) as one, opened(path) as other:
        one.put(make_crl(W.authority, [(1001, HOLD)], number=10), W.authority.parsed, CONTEXT)
        assert status(other) is RevocationStatus.REVOKED
        other.put(make_crl(W.authority, number=11), W.authority.parsed, CONTEXT)
        assert status(one) is RevocationStatus.GOOD
        with pytest.raises(CrlRefused):
            one.put(make_crl(W.authority, number=9), W.authority.parsed, CONTEXT)


def test_what_another_process_replaced_is_let_go(path):
    with opened(path) as one, opened(path) as other:
        held = one.put(good(), W.authority.parsed, CONTEXT)
        assert held.find(1001, W.authority.parsed.subject) is not None
        for number in (11, 12):
            other.put(make_crl(W.authority, number=number), W.authority.parsed, CONTEXT)
        # Two generations later it still answers whoever holds it, until the lists are asked for.
        assert held.find(1001, W.authority.parsed.subject) is not None
        assert status(one) is RevocationStatus.GOOD
        with pytest.raises(CrlRefused) as refused:
            held.find(1001, W.authority.parsed.subject)
        assert refused.value.detail == "replaced"


def test_of_two_entries_with_one_serial_number_the_later_counts(store):
    hold, lifted = x509.ReasonFlags.certificate_hold, x509.ReasonFlags.remove_from_crl
    for number, entries in enumerate([[(5, hold), (5, lifted)], [(5, lifted), (5, hold)]], 10):
        der = make_crl(W.authority, entries, number=number)
        stored = store.put(der, W.authority.parsed, CONTEXT)
        name = W.authority.parsed.subject
        assert stored.find(5, name).reason == ParsedCrl.parse(der).find(5, name).reason


def test_a_crl_answers_for_its_own_issuer_only(store):
    stored = store.put(good(), W.authority.parsed, CONTEXT)
    assert stored.find(1001, W.root.parsed.subject) is None


def test_a_segment_that_is_not_what_its_writer_said_is_not_adopted(path):
    with opened(path) as store:
        staged = store.new_segment_path()
        staged.write_bytes(b"something else")
        with pytest.raises(CrlStoreUnusable):
            store.adopt(staged, "00" * 32)
        assert not staged.exists()
        assert store.current() == ()


def test_a_segment_without_a_crl_is_let_go_and_removed(path):
    with opened(path) as store:
        store.put(good(), W.authority.parsed, CONTEXT)
        staged = store.new_segment_path()
        shutil.copy(segments(path)[0], staged)
        with closing(sqlite3.connect(staged, isolation_level=None)) as db:
            db.execute("DELETE FROM list")
        with pytest.raises(CrlStoreUnusable, match="segment_empty"):
            store.adopt(staged, file_digest(staged))
        assert not staged.exists()


def test_a_crl_in_memory_that_another_has_overtaken_is_let_go(monkeypatch):
    with closing(CrlStore(None)) as store:
        store.put(make_crl(W.authority, number=11), W.authority.parsed, CONTEXT)
        # Between the look and the flip another thread may have stored a newer one.
        monkeypatch.setattr(store.catalogue, "require_newer", lambda _: None)
        with pytest.raises(CrlRefused, match="older_than_stored"):
            store.put(make_crl(W.authority, number=10), W.authority.parsed, CONTEXT)
        assert len(store._segments._open) == 1


def test_what_is_known_of_an_address_is_kept(path):
    with opened(path) as store:
        store.catalogue.save_health("http://crl.test/", {"code": "updated"})
    with opened(path) as store:
        assert store.catalogue.load_health() == {"http://crl.test/": {"code": "updated"}}


def test_segments_are_opened_ahead_and_a_damaged_one_is_passed_over(path):
    with opened(path) as store:
        store.put(good(), W.authority.parsed, CONTEXT)
        store.put(make_crl(W.root), W.root.parsed, CONTEXT)
    damage(segments(path)[0])
    with opened(path) as store:
        store.open_ahead()
        answers = []
        for item in store.current():
            try:
                answers.append(item.find(5, item.issuer))
            except CrlStoreUnusable:
                answers.append("unusable")
    assert sorted(answers, key=str) == [None, "unusable"]


MUTABLE = make_crl(W.authority, [(1001, COMPROMISE), (1002, None)], number=20)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(MUTABLE) * 8 - 1))
def test_a_crl_with_one_bit_changed_is_never_stored(bit):
    mutant = bytearray(MUTABLE)
    mutant[bit // 8] ^= 1 << bit % 8
    store = CrlStore(None)
    with closing(store), pytest.raises(CrlRefused):
        store.put(bytes(mutant), W.authority.parsed, CONTEXT)
