"""A list that is forged or older than the one held is an alarm; whatever else is refused is not."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509

from crypto.crl_store.errors import CrlRefused
from crypto.crl_store.importer import FROM_A_FILE, CrlImporter
from crypto.crl_store.store import CrlStore
from crypto.report.alarm import AlarmCode
from crypto.revocation.crl_status import check_crls
from crypto.revocation.sources import crl_issuers
from crypto.revocation.status import RevocationStatus
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    NOW,
    ca_name,
    issue,
    make_crl,
    world,
)
from tests.support.pki.contexts import CONTEXT, validation_context

W = world()
CAS = (W.authority.parsed,)
ADDRESS = "http://crl.example/nca.crl"
IMPOSTOR = issue(ca_name("NCA TEST"), "impostor", None, CA_EXTENSIONS, serial=1)
HOUR = timedelta(hours=1)


def forged(der):
    return der[:-1] + bytes([der[-1] ^ 1])


@pytest.fixture
def store(tmp_path):
    made = CrlStore(tmp_path / "lists.sqlite")
    yield made
    made.close()


def offer(store, tmp_path, der, in_process=1 << 20):
    """Offer a list from an address to a store that holds number 10; the alarms it raises."""
    alarms, path = [], tmp_path / "offered.crl"
    importer = CrlImporter(store, in_process=in_process, report_alarm=alarms.append)
    path.write_bytes(make_crl(W.authority, number=10))
    importer.import_file(path, CAS, CONTEXT, source=ADDRESS)
    path.write_bytes(der)
    with pytest.raises(CrlRefused):
        importer.import_file(path, CAS, CONTEXT, source=ADDRESS)
    assert [each.number for each in store.current()] == [10]
    return alarms


@pytest.mark.parametrize("in_process", [1 << 20, 0], ids=["here", "by a child"])
@pytest.mark.parametrize(
    ("der", "code"),
    [
        (forged(make_crl(W.authority, number=11)), AlarmCode.LIST_FORGED),
        (make_crl(IMPOSTOR, number=11), AlarmCode.LIST_FORGED),
        (make_crl(W.authority, number=9), AlarmCode.LIST_OLDER),
        (
            make_crl(
                W.authority, number=9, this_update=NOW - 30 * HOUR, next_update=NOW - 3 * HOUR
            ),
            AlarmCode.LIST_OLDER,
        ),
    ],
)
def test_whoever_offers_such_a_list_is_reported_with_it(store, tmp_path, der, code, in_process):
    (alarm,) = offer(store, tmp_path, der, in_process)
    assert (alarm.code, alarm.source, alarm.octets) == (code, ADDRESS, der)


@pytest.mark.parametrize(
    "der",
    [
        b"",
        b"<html>sign in</html>",
        make_crl(W.authority, number=11)[:-9],
        make_crl(issue(ca_name("STRANGER"), "stranger", None, CA_EXTENSIONS, serial=9)),
        make_crl(W.authority, number=11, this_update=NOW + HOUR),
    ],
)
def test_what_is_damaged_foreign_or_of_another_clock_is_none(store, tmp_path, der):
    assert offer(store, tmp_path, der) == []


def test_a_list_that_merely_was_not_renewed_is_none(store, tmp_path):
    """The authority's site goes on offering the list that is held."""
    alarms, path = [], tmp_path / "a.crl"
    path.write_bytes(make_crl(W.authority, number=10, next_update=NOW + HOUR))
    importer = CrlImporter(store, report_alarm=alarms.append)
    importer.import_file(path, CAS, CONTEXT)
    later = replace(CONTEXT, moment=NOW + 2 * HOUR)
    with pytest.raises(CrlRefused, match="stale"):
        importer.import_file(path, CAS, later)
    assert alarms == []


def test_a_list_that_an_administrator_brings_says_so(store, tmp_path):
    alarms, path = [], tmp_path / "a.crl"
    path.write_bytes(make_crl(IMPOSTOR))
    with pytest.raises(CrlRefused):
        CrlImporter(store, report_alarm=alarms.append).import_file(path, CAS, CONTEXT)
    assert [each.source for each in alarms] == [FROM_A_FILE]


def take(store, tmp_path, *ders, cas=CAS):
    alarms, path = [], tmp_path / "offered.crl"
    importer = CrlImporter(store, report_alarm=alarms.append)
    for der in ders:
        path.write_bytes(der)
        importer.import_file(path, cas, CONTEXT, source=ADDRESS)
    return alarms


def status_by_lists(store, subject):
    context = validation_context(sources=StoredLists(store))
    return check_crls(subject.parsed, W.authority.parsed, context, 24 * HOUR)


class StoredLists:
    def __init__(self, store):
        self.store = store

    def crls(self, certificate):
        return self.store.crls_issued_by(crl_issuers(certificate))


def revoking(number, *entries):
    return make_crl(W.authority, entries, number=number)


COMPROMISED, HELD = x509.ReasonFlags.key_compromise, x509.ReasonFlags.certificate_hold


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        (None, RevocationStatus.NOT_ESTABLISHED),
        (COMPROMISED, RevocationStatus.NOT_ESTABLISHED),
        (HELD, RevocationStatus.GOOD),
    ],
)
def test_a_newer_list_makes_nobody_good_whom_the_one_before_revoked(
    store, tmp_path, reason, status
):
    serial = W.person.parsed.serial
    take(store, tmp_path, revoking(10, (serial, reason)), revoking(11))
    found = status_by_lists(store, W.person)
    assert found.status is status
    unrevoked = status is not RevocationStatus.GOOD
    assert found.alarm is (AlarmCode.LIST_UNREVOKES if unrevoked else None)
    assert found.reason == ("unrevokes" if unrevoked else "good")


def test_whoever_both_lists_revoke_or_neither_is_as_before(store, tmp_path):
    serial = W.person.parsed.serial
    take(store, tmp_path, revoking(10, (7, None)), revoking(11))
    assert status_by_lists(store, W.person).status is RevocationStatus.GOOD
    take(store, tmp_path, revoking(12, (serial, None)), revoking(13, (serial, None)))
    assert status_by_lists(store, W.person).status is RevocationStatus.REVOKED


def test_a_damaged_list_of_before_does_not_stop_the_one_in_force(store, tmp_path):
    serial = W.person.parsed.serial
    take(store, tmp_path, revoking(10, (serial, None)))
    (before,) = (tmp_path / "lists-lists").iterdir()
    take(store, tmp_path, revoking(11))
    before.write_bytes(b"damaged")
    assert status_by_lists(store, W.person).status is RevocationStatus.GOOD


def test_a_list_that_no_longer_revokes_a_ca_is_reported_when_it_is_taken(store, tmp_path):
    cas = (W.root.parsed, W.authority.parsed)
    serial = W.authority.parsed.serial
    first = make_crl(W.root, [(serial, None)], number=10)
    alarms = take(store, tmp_path, first, make_crl(W.root, number=11), cas=cas)
    assert [(each.code, each.source) for each in alarms] == [(AlarmCode.LIST_UNREVOKES, ADDRESS)]
