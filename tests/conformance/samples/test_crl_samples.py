"""The published test lists of НУЦ РК in the store: each in its own time, one of them in ours."""

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crypto.algorithms.registry import default_registry
from crypto.crl_store.importer import CrlImporter
from crypto.crl_store.store import CrlRefused, CrlStore
from crypto.crl_store.verify import verify_crl
from crypto.revocation.crl import ParsedCrl
from crypto.x509.certificate import Certificate
from tests.support.pki.contexts import CONTEXT

NOW = datetime(2026, 9, 1, tzinfo=UTC)
IN_FORCE = "gost2015_test_20260811.crl"
REGISTRY = default_registry()


@pytest.fixture
def lists(samples):
    return sorted((samples / "eds" / "crl").glob("*.crl"))


@pytest.fixture
def authorities(samples):
    files = sorted((samples / "eds" / "ca" / "test").glob("*"))
    return [Certificate.parse(der(path)) for path in files if path.is_file()]


def der(path):
    octets = path.read_bytes()
    found = re.search(rb"-----BEGIN [^-]+-----(.*?)-----END", octets, re.DOTALL)
    return base64.b64decode(found.group(1)) if found else octets


def context(moment):
    return replace(CONTEXT, keys=CONTEXT.keys.at(moment), moment=moment)


@pytest.fixture
def store(tmp_path):
    opened = CrlStore(tmp_path / "lists.sqlite")
    yield opened
    opened.close()


def test_every_crl_is_stored_in_its_own_time_and_answers_as_its_octets_do(
    lists, authorities, store
):
    assert len(lists) == 12
    for path in sorted(lists, key=lambda each: each.stem[-8:]):
        parsed = ParsedCrl.parse(path.read_bytes())
        moment = parsed.this_update + timedelta(hours=1)
        stored = store.put_verified(*verify_crl(parsed.raw, authorities, context(moment)))
        entries = list(parsed.entries())
        assert stored.entries == len(entries)
        assert stored.number == parsed.number
        for entry in entries:
            assert stored.find(entry.serial, parsed.issuer) == entry
        assert stored.find(1, parsed.issuer) is None
        assert store.raw(parsed.sha256) == parsed.raw
    full = [each.signer for each in store.current() if each.base_number is None]
    deltas = [each.signer for each in store.current() if each.base_number is not None]
    # Two of the three CAs changed their key between their lists.
    assert (len(set(full)), len(full)) == (5, 5)
    assert (len(set(deltas)), len(deltas)) == (3, 3)


def test_today_only_the_crl_in_force_is_stored(lists, authorities, store):
    outcomes = {}
    for path in lists:
        try:
            outcomes[path.name] = (
                CrlImporter(store).import_file(path, authorities, context(NOW)).number
            )
        except CrlRefused as refused:
            outcomes[path.name] = refused.detail
    assert outcomes == {path.name: "stale" for path in lists} | {IN_FORCE: 0xA6}


def test_a_child_process_takes_a_published_crl(lists, authorities, store):
    path = next(each for each in lists if each.name == IN_FORCE)
    stored = CrlImporter(store, in_process=0).import_file(path, authorities, context(NOW))
    assert (stored.entries, stored.number) == (195, 0xA6)
