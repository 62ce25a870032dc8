"""A large GOST list from its address to a verdict: judged by a child, amended by deltas."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from crypto.crl_store.fetch import FetchBounds, Fetcher
from crypto.revocation.crl_status import evaluate_crls
from crypto.revocation.status import RevocationStatus
from tests.support.pki.certificates import NOW, trust_of
from tests.support.pki.contexts import validation_context
from tests.support.pki.gost_world import gost_world
from tests.support.pki.large_crl import LargeCrl, gost_signature
from tests.support.station.stations import revocation
from tests.support.system.http_server import serving

W = gost_world()
CA = W.authority.parsed
COUNT = 20_000
BOUNDS = FetchBounds(timeout_s=5, deadline_s=10, answer_octets=1 << 20, crl_octets=64 << 20)


def verdict(lists):
    person = W.person.parsed
    return evaluate_crls(
        person,
        CA,
        lists.store.crls_issued_by((CA.subject,)),
        validation_context(),
        timedelta(days=2),
    )


@pytest.fixture(scope="module")
def full():
    made = LargeCrl(CA.subject.raw, COUNT, also=((W.person.parsed.serial, 6),))
    return made.encode(gost_signature(W.authority))


def delta(reason, number):
    made = LargeCrl(CA.subject.raw, 500, number, 10, ((W.person.parsed.serial, reason),), seed=2)
    return made.encode(gost_signature(W.authority))


@pytest.fixture
def lists(tmp_path):
    opened = revocation(tmp_path, stocked=False)
    yield opened
    opened.store.close()


def listening(lists, host):
    return replace(
        lists,
        fetcher=Fetcher(hosts={host}, bounds=BOUNDS, user_agent="test"),
        urls=(f"http://{host}/full.crl", f"http://{host}/delta.crl"),
        trust=trust_of(W.root, intermediates=[W.authority]),
    )


def test_a_hold_in_the_full_crl_is_lifted_and_set_by_its_deltas(lists, full):
    bodies = {"/full.crl": full, "/delta.crl": b""}
    with serving(lambda _method, path, *_: (200, {}, bodies[path])) as host:
        lists = listening(lists, host)
        told = []
        assert [each.code for each in lists.update(NOW, lambda *w: told.append(w))] == [
            "updated",
            "empty",
        ]
        assert {"fetch", "verify", "index"} == {stage for stage, _, _ in told}
        held = verdict(lists)
        assert (held.status, held.crl_reason) == (RevocationStatus.REVOKED, 6)

        bodies["/delta.crl"] = delta(8, number=11)
        lists.update(NOW)
        assert verdict(lists).status is RevocationStatus.GOOD

        bodies["/delta.crl"] = delta(1, number=12)
        health = lists.update(NOW)
        assert [each.code for each in health] == ["unchanged", "updated"]
        assert health[0].entries == COUNT + 1
        compromised = verdict(lists)
        assert (compromised.status, compromised.crl_reason) == (RevocationStatus.REVOKED, 1)


def test_while_a_new_crl_is_imported_the_one_before_goes_on_answering(lists, full):
    newer = LargeCrl(CA.subject.raw, COUNT, 11).encode(gost_signature(W.authority))
    bodies = {"/full.crl": full}
    with serving(lambda _method, path, *_: (200, {}, bodies.get(path, b""))) as host:
        lists = listening(lists, host)
        lists.update(NOW)
        bodies["/full.crl"] = newer
        answers, during = [], threading.Event()

        def watch(stage, *_progress):
            if stage == "index":
                during.set()
                answers.append(verdict(lists).status)

        lists.update(NOW, watch)
        assert during.is_set()
        assert set(answers) == {RevocationStatus.REVOKED}
        assert verdict(lists).status is RevocationStatus.GOOD
        assert {each.number for each in lists.store.current()} == {11}


def test_a_station_that_stops_ends_the_import_and_keeps_what_it_had(lists, full):
    with serving(lambda *_: (200, {}, full)) as host:
        lists = listening(lists, host)

        def stop(stage, *_progress):
            if stage == "verify":
                lists.stop()

        (ended,) = lists.update(NOW, stop)
        assert (ended.code, ended.detail) == ("list_import_failed", "cancelled")
        assert lists.store.current() == ()
