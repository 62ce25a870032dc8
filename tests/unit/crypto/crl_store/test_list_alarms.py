"""A list that is forged or older than the one held is an alarm; whatever else is refused is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from crypto.crl_store.errors import CrlRefused
from crypto.crl_store.importer import FROM_A_FILE, CrlImporter
from crypto.crl_store.store import CrlStore
from crypto.report.alarm import AlarmCode
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    NOW,
    ca_name,
    issue,
    make_crl,
    world,
)
from tests.support.pki.contexts import CONTEXT

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
