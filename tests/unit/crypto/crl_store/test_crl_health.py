"""When an address is asked again, and what a failure is called."""

import random

import pytest

from crypto.crl_store.catalogue import Catalogue
from crypto.crl_store.errors import CrlRefused, CrlStoreUnusable
from crypto.crl_store.health import AddressHealth, HealthCode, Pace, classify_failure
from crypto.crl_store.import_process import CrlImportFailed
from crypto.crl_store.responder_health import ResponderHealth, classify_answer
from crypto.revocation.sources import FetchFailed
from tests.support.pki.certificates import NOW, world

URL = "http://crl.test/a.crl"
NOW_MS = 1_788_264_000_000


def never() -> float:
    return 0.0


def always() -> float:
    return 1.0


def test_a_crl_in_force_is_asked_for_again_after_half_of_what_it_has_left():
    assert Pace(latest=86_400).wait_after_success(27 * 3600, always) == 27 * 1800
    assert Pace().wait_after_success(27 * 3600, always) == 3600
    assert Pace().wait_after_success(60, always) == 300


def test_after_failures_the_wait_doubles_up_to_a_bound():
    waits = [Pace().wait_after_failure(failures, always) for failures in range(1, 10)]
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    assert Pace().wait_after_failure(10_000, always) == 3600


def test_chance_spreads_branches_and_never_makes_them_faster_than_half():
    chance = random.Random(3).random
    waits = {Pace().wait_after_failure(3, chance) for _ in range(50)}
    assert len(waits) == 50
    assert all(120 <= wait <= 240 for wait in waits)
    assert Pace().wait_after_success(7200, never) == 3240


def test_a_failure_keeps_what_came_before_and_counts():
    good = AddressHealth(URL).record_success(HealthCode.UPDATED, NOW_MS, 60)
    worse = good.record_failure(HealthCode.EMPTY, "empty", NOW_MS + 1000, Pace(), always)
    worst = worse.record_failure(HealthCode.NOT_FOUND, "http_404", NOW_MS + 2000, Pace(), always)
    assert (worst.failures, worst.succeeded_ms, worst.code) == (2, NOW_MS, HealthCode.NOT_FOUND)
    assert worst.next_attempt_ms == NOW_MS + 2000 + 120_000
    assert not worst.good
    assert worst.record_success(HealthCode.UPDATED, NOW_MS, 60).failures == 0


def test_an_address_is_due_when_its_time_has_come_and_when_the_clock_was_set_back():
    waiting = AddressHealth(URL).record_success(HealthCode.UPDATED, NOW_MS, 60)
    assert not waiting.is_due(NOW_MS + 59_999)
    assert waiting.is_due(NOW_MS + 60_000)
    assert waiting.is_due(NOW_MS - 1)
    assert AddressHealth(URL).is_due(NOW_MS)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (FetchFailed("empty"), HealthCode.EMPTY),
        (FetchFailed("html"), HealthCode.CAPTIVE_PORTAL),
        (FetchFailed("http_404"), HealthCode.NOT_FOUND),
        (FetchFailed("http_303"), HealthCode.REDIRECTED),
        (FetchFailed("http_503"), HealthCode.HTTP_ERROR),
        (FetchFailed("too_large"), HealthCode.TOO_LARGE),
        (FetchFailed("truncated"), HealthCode.TRUNCATED),
        (FetchFailed("TimeoutError"), HealthCode.TIMED_OUT),
        (FetchFailed("host_not_configured"), HealthCode.NOT_CONFIGURED),
        (FetchFailed("ConnectionRefusedError"), HealthCode.UNREACHABLE),
        (CrlRefused("malformed:truncated"), HealthCode.NOT_A_LIST),
        (CrlRefused("entries_malformed:integer"), HealthCode.NOT_A_LIST),
        (CrlRefused("other_issuer"), HealthCode.FOREIGN),
        (CrlRefused("older_than_stored"), HealthCode.OLDER),
        (CrlRefused("stale"), HealthCode.STALE),
        (CrlRefused("signature_wrong"), HealthCode.REFUSED),
        (CrlImportFailed("out_of_time"), HealthCode.IMPORT_FAILED),
        (CrlStoreUnusable("SQLITE_FULL"), HealthCode.STORE_UNUSABLE),
    ],
)
def test_every_failure_has_a_name_of_its_own(error, code):
    assert classify_failure(error) is code


def test_health_is_read_back_as_it_was_written():
    written = AddressHealth(URL, HealthCode.UPDATED, number="12", entries=7, delta=True, etag='"x"')
    assert AddressHealth.read(URL, written.members()) == written


@pytest.mark.parametrize(
    "members", [{}, {"code": 5, "entries": "x", "delta": 1}, {"code": "new", "extra": []}]
)
def test_health_that_is_not_as_expected_is_as_if_there_was_none(members):
    assert AddressHealth.read(URL, members) == AddressHealth(URL)


def test_an_answer_tells_how_the_responder_is():
    w = world()
    assert classify_answer(w.good(None)) == (HealthCode.ANSWERED, "")
    assert classify_answer(bytes.fromhex("30030a0103")) == (HealthCode.TRY_LATER, "")
    assert classify_answer(bytes.fromhex("30030a0106")) == (
        HealthCode.RESPONDER_ERROR,
        "unauthorized",
    )
    assert classify_answer(b"<html>sign in</html>")[0] is HealthCode.CAPTIVE_PORTAL
    assert classify_answer(b"Try again")[0] is HealthCode.UNREADABLE


def test_the_responders_health_is_written_when_it_changes():
    catalogue = Catalogue(None)
    health = ResponderHealth("http://ocsp.test/", catalogue, lambda: NOW, always)
    health.record(world().good(None), None)
    assert catalogue.load_health()["http://ocsp.test/"]["code"] == "answered"
    health.record(None, FetchFailed("http_503"))
    health.record(None, FetchFailed("http_503"))
    noted = catalogue.load_health()["http://ocsp.test/"]
    assert (noted["code"], noted["detail"], noted["failures"]) == ("http_error", "http_503", 1)
    catalogue.close()
    health.record(world().good(None), None)  # a store that is closed costs no answer
