"""A time-stamp is asked for over HTTP, and what is not the authority's own word is not kept."""

import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509

from crypto.algorithms.registry import default_registry
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.cms.timestamp import TimestampRequest, create_rejection, create_response
from crypto.cms.token import verify_token
from crypto.gost.private_key import GostKind
from crypto.net.connection import Dialling
from crypto.net.url import HttpUrl
from crypto.revocation.crl import ParsedCrl
from crypto.tsp.client import TimestampFailed, TimestampFault, TimestampService, request_timestamp
from tests.support.pki.certificates import (
    NOW,
    Sources,
    ca_name,
    digest_oid,
    make_crl,
    signature_oid,
    signer,
    trust_of,
    usage,
    world,
)
from tests.support.pki.contexts import validation_context
from tests.support.pki.gost_world import gost_crl, gost_issue, gost_key, gost_world
from workstation.sandbox.loopback import HttpAnswer, LoopbackServer

W = world()
GOST = gost_world(GostKind.GOST3410_2015_512)
GOST_STAMPER = gost_issue(
    ca_name("TSA GOST"),
    gost_key(GostKind.GOST3410_2015_512, "stamper"),
    GOST.root,
    (
        (usage("digital_signature"), True),
        (x509.ExtendedKeyUsage([x509.ObjectIdentifier(oids.TIME_STAMPING)]), True),
    ),
    serial=102,
)
POLICY_OID = "1.2.398.3.3.2.6.2"
STAMPED = b"signature value"
REPLY = "application/timestamp-reply"
STREEBOG_512 = digest_oid(GOST_STAMPER.private)


def respond(untrusted, *, change=lambda request: request, holder=W.stamper, key=None, **options):
    request = change(TimestampRequest.parse(untrusted))
    made = {
        "certificate": holder.der,
        "sign": signer(key or holder.private),
        "digest_oid": digest_oid(holder.private),
        "signature_oid": signature_oid(holder.private),
        "policy": request.policy or POLICY_OID,
        "serial": 9,
        "moment": NOW,
    }
    return create_response(request, **(made | options))


@contextmanager
def serving(respond_to, *, status=200, content_type=REPLY, seen=None):
    def answer(question):
        if seen is not None:
            seen.append(question)
        body = respond_to(question.body)
        return None if body is None else HttpAnswer(status, content_type, body)

    server = LoopbackServer(answer, "test-tsa")
    server.start()
    try:
        yield service_at(server.url)
    finally:
        server.close()


def service_at(url, **changes):
    service = TimestampService(
        url=HttpUrl.parse(f"{url}/tsp/"), digest_oid=oids.SHA256, policy_oid="", timeout_s=5
    )
    return replace(service, **changes)


def create_context(moment=NOW, trust=None, lists=None):
    held = [W.root_crl(), ParsedCrl.parse(make_crl(W.authority))] if lists is None else lists
    return validation_context(trust or W.trust(), Sources(None, held), moment=moment)


def failure_of(respond_to, *, context=create_context, service=lambda each: each, **options):
    with serving(respond_to, **options) as there, pytest.raises(TimestampFailed) as failed:
        request_timestamp(service(there), STAMPED, context)
    return failed.value.fault, failed.value.detail


@pytest.mark.parametrize("digest", [oids.SHA256, oids.SHA512])
def test_a_verified_token_over_the_octets_comes_back(digest):
    seen = []
    with serving(respond, seen=seen) as service:
        token = request_timestamp(replace(service, digest_oid=digest), STAMPED, create_context)
    assert verify_token(token, STAMPED, create_context(), fresh=True).time == NOW
    (question,) = seen
    assert question.headers["Content-Type"] == "application/timestamp-query"
    asked = TimestampRequest.parse(question.body)
    assert (asked.digest_oid, asked.certificate_wanted) == (digest, True)
    assert asked.imprint == default_registry().require_digest(digest).hash(STAMPED)


def test_a_gost_authority_stamps_with_its_own_digest():
    held = [ParsedCrl.parse(gost_crl(GOST.root))]
    with serving(lambda body: respond(body, holder=GOST_STAMPER)) as service:
        token = request_timestamp(
            replace(service, digest_oid=STREEBOG_512),
            STAMPED,
            lambda: create_context(trust=trust_of(GOST.root), lists=held),
        )
    assert token


def test_every_request_has_a_nonce_of_its_own_of_128_bits():
    service = service_at("http://127.0.0.1:9")
    nonces = {service.build_request(STAMPED).nonce for _ in range(64)}
    assert len(nonces) == 64
    assert max(nonces).bit_length() > 120


def test_a_policy_that_is_wanted_is_asked_for_and_must_be_the_tokens():
    wanted = "1.2.398.3.3.2.6.4"
    with serving(respond) as service:
        assert request_timestamp(replace(service, policy_oid=wanted), STAMPED, create_context)
    other = failure_of(
        lambda body: respond(body, policy=POLICY_OID),
        service=lambda each: replace(each, policy_oid=wanted),
    )
    assert other == (TimestampFault.POLICY_DIFFERS, "")


def strange_imprint(request):
    return replace(request, imprint=bytes(32))


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (
            lambda body: respond(body, change=lambda r: replace(r, nonce=r.nonce ^ 1)),
            TimestampFault.NONCE_DIFFERS,
        ),
        (
            lambda body: respond(body, change=lambda r: replace(r, nonce=None)),
            TimestampFault.NONCE_DIFFERS,
        ),
        (lambda body: respond(body, change=strange_imprint), TimestampFault.IMPRINT_DIFFERS),
        (lambda body: respond(body, key=W.person.private), TimestampFault.NOT_TRUSTED),
        (lambda body: respond(body, holder=W.person), TimestampFault.NOT_TRUSTED),
        (lambda body: respond(body, holder=GOST_STAMPER), TimestampFault.NOT_TRUSTED),
    ],
)
def test_whoever_answers_in_the_authoritys_place_is_told_from_bad_weather(answer, fault):
    assert failure_of(answer)[0] is fault
    assert TimestampFailed(fault).make_alarm("source") is not None


def test_an_answer_that_was_recorded_is_no_answer_to_the_next_request():
    recorded = []

    def replay(body):
        recorded.append(respond(body))
        return recorded[0]

    with serving(replay) as service:
        assert request_timestamp(service, STAMPED, create_context)
        with pytest.raises(TimestampFailed) as failed:
            request_timestamp(service, STAMPED, create_context)
    assert failed.value.fault is TimestampFault.NONCE_DIFFERS
    assert failed.value.untrusted == recorded[0]


@pytest.mark.parametrize(
    ("answer", "options", "fault", "detail"),
    [
        (lambda _: b"busy", {"status": 503}, TimestampFault.UNREACHABLE, "http_503"),
        (lambda _: b"moved", {"status": 302}, TimestampFault.UNREACHABLE, "http_302"),
        (lambda _: None, {}, TimestampFault.UNREACHABLE, "broken"),
        (lambda _: bytes(300_000), {}, TimestampFault.UNREACHABLE, "too_large"),
        (
            lambda _: b"<html>",
            {"content_type": "text/html"},
            TimestampFault.UNREADABLE,
            "content_type",
        ),
        (lambda _: b"<html>", {}, TimestampFault.UNREADABLE, None),
        (lambda _: b"", {}, TimestampFault.UNREADABLE, None),
        (lambda _: w.sequence(), {}, TimestampFault.UNREADABLE, None),
        (
            lambda _: create_rejection("unaccepted_policy"),
            {},
            TimestampFault.REJECTED,
            "unaccepted_policy",
        ),
        (lambda _: create_rejection("system_failure"), {}, TimestampFault.REJECTED, None),
        (lambda _: w.sequence(w.sequence(w.integer(3))), {}, TimestampFault.REJECTED, "waiting"),
    ],
)
def test_weather_is_named_and_alarms_nobody(answer, options, fault, detail):
    found = failure_of(answer, **options)
    assert found[0] is fault
    assert detail in {None, found[1]}
    assert TimestampFailed(fault).make_alarm("source") is None


@pytest.mark.parametrize(
    ("moment", "detail"),
    [(NOW - timedelta(minutes=10), "600"), (NOW + timedelta(hours=1), "-3600")],
)
def test_a_clock_that_is_wrong_is_told_as_a_clock_with_the_seconds(moment, detail):
    found = failure_of(respond, context=lambda: create_context(moment))
    assert found == (TimestampFault.CLOCK_DIFFERS, detail)


def test_a_stranger_brings_nobody_to_set_the_clock():
    stranger = GOST_STAMPER
    found = failure_of(lambda body: respond(body, holder=stranger, moment=NOW + timedelta(hours=2)))
    assert found[0] is TimestampFault.NOT_TRUSTED


def test_an_authority_whose_status_is_not_known_is_no_alarm():
    fault, detail = failure_of(respond, context=lambda: create_context(lists=[]))
    assert (fault, detail) == (TimestampFault.STATUS_UNKNOWN, "no_list")
    assert TimestampFailed(fault).make_alarm("source") is None


def test_a_silent_service_ends_at_its_time_and_a_cancelled_wait_at_once():
    asked_enough = threading.Event()

    def silent(_):
        asked_enough.wait(10)
        return b""

    with serving(silent) as service:
        begun = time.monotonic()
        with pytest.raises(TimestampFailed) as late:
            request_timestamp(replace(service, timeout_s=0.3), STAMPED, create_context)
        with pytest.raises(TimestampFailed) as cancelled:
            request_timestamp(service, STAMPED, create_context, is_cancelled=lambda: True)
        waited = time.monotonic() - begun
        asked_enough.set()
    assert late.value.fault is TimestampFault.UNREACHABLE
    assert cancelled.value.fault is TimestampFault.CANCELLED
    if sys.platform != "win32":  # a shutdown wakes nobody there: the time-out does
        assert waited < service.timeout_s


def test_a_service_on_this_machine_is_refused_where_none_may_be():
    nowhere = Dialling(this_machine=False)
    found = failure_of(respond, service=lambda each: replace(each, dialling=nowhere))
    assert found == (TimestampFault.UNREACHABLE, "this_machine")
