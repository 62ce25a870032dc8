"""The comparing authority over real HTTP, in both shapes: bound to this session, or no pass."""

import json
import secrets
import sys
import threading
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.pki.mutual_tls import MutualTls
from tests.support.station.sandbox import person
from tests.support.system.http_server import serving
from workstation.accounts.authority_register import AuthorityRegister
from workstation.errors import SettingsRefused
from workstation.registries.authority import (
    ComparisonRequest,
    Invitation,
    PushAuthority,
    SessionAuthority,
)
from workstation.registries.authority_wire import RESULT_TYPE, WireRefused, read_poll, read_result
from workstation.registries.endpoint import RegistryEndpoint
from workstation.registries.registry import AnswerStatus
from workstation.sandbox.people import CustomerKey
from workstation.sandbox.services.answer_signer import AnswerSigner
from workstation.sandbox.services.face_authority import ComparisonFault, SandboxFaceAuthority

GOOD = person(CustomerKey.GOOD)
NOW_MS = int(datetime(2026, 9, 1, 9, 0, tzinfo=UTC).timestamp() * 1000)
EVIDENCE = "ab" * 32
PASSED, FAILED, NONE = AnswerStatus.PASSED, AnswerStatus.FAILED, AnswerStatus.INDETERMINATE


@pytest.fixture(scope="module")
def signer(tmp_path_factory):
    return AnswerSigner.open(tmp_path_factory.mktemp("signer"))


@pytest.fixture
def sandbox(signer):
    served = SandboxFaceAuthority(signer, lambda: NOW_MS)
    served.start()
    yield served
    served.close()


@pytest.fixture
def register(tmp_path):
    return AuthorityRegister(tmp_path / "authority.sqlite")


def endpoint(url, **changes):
    fields = {
        "base_url": url,
        "source": "authority",
        "timeout_s": 1,
        "tls_anchors": (),
        "clock_ms": lambda: NOW_MS,
    }
    return RegistryEndpoint(**(fields | changes))


def request(**changes):
    fields = {
        "iin": GOOD.iin,
        "nonce": secrets.token_hex(16),
        "evidence_sha256": EVIDENCE,
        "image": b"\xff\xd8\xff live",
        "bar_percent": 95,
        "clock_tolerance_s": 60,
    }
    return ComparisonRequest(**(fields | changes))


def push(at, register):
    return PushAuthority(at, register.claim)


def session(at, register, *, session_s=2):
    return SessionAuthority(at, register.claim, session_s=session_s, poll_s=0.02)


SHAPES = [push, session]


def compare(authority, asked=None, cancelled=lambda: False):
    invited = []
    answer = authority.compare(
        asked or request(), cancelled=cancelled, on_invitation=invited.append
    )
    return answer, invited


@pytest.fixture(params=SHAPES)
def authority(request, sandbox, signer, register):
    return request.param(endpoint(sandbox.url, keys=(signer.public,)), register)


def test_a_match_above_the_bar_passes_and_says_where_it_is_kept(authority):
    asked = request()
    answer, _ = compare(authority, asked)
    assert (answer.status, answer.reason, answer.score) == (PASSED, "authority.match", 9731)
    assert answer.reference.startswith("SANDBOX-")
    assert answer.evidence_sha256 == EVIDENCE
    facts = dict(answer.facts)
    assert (facts["nonce"], facts["bar_percent"]) == (asked.nonce, 95)
    assert (facts["vouched_by"], facts["authority_ms"]) == ("jws", NOW_MS)


def test_the_record_names_nobody_and_the_sealed_octets_do(authority):
    answer, _ = compare(authority)
    assert GOOD.iin not in str((answer.reason, answer.reference, answer.facts))
    assert GOOD.iin not in repr(request())
    assert answer.body.count(b".") == 2


FAULTS = {
    ComparisonFault.NO_MATCH: (FAILED, "no_match"),
    ComparisonFault.BELOW: (FAILED, "below"),
    ComparisonFault.SILENT: (NONE, "no_answer"),
    ComparisonFault.LATE: (NONE, "no_answer"),
    ComparisonFault.DOWN: (NONE, "no_answer"),
    ComparisonFault.SERVER_ERROR: (NONE, "no_answer"),
    ComparisonFault.OTHER_IIN: (NONE, "other_iin"),
    ComparisonFault.OTHER_NONCE: (NONE, "other_nonce"),
    ComparisonFault.OTHER_EVIDENCE: (NONE, "other_evidence"),
    ComparisonFault.OTHER_TIME: (NONE, "other_time"),
    ComparisonFault.MALFORMED: (NONE, "malformed"),
    ComparisonFault.DUPLICATE_MEMBER: (NONE, "malformed"),
    ComparisonFault.UNSIGNED: (NONE, "malformed"),
    ComparisonFault.FOREIGN_KEY: (NONE, "malformed"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_has_its_reason_and_none_passes(sandbox, authority, fault):
    sandbox.fault = fault
    status, reason = FAULTS[fault]
    answer, _ = compare(authority)
    assert (answer.status, answer.reason) == (status, f"authority.{reason}")


def test_every_fault_of_the_sandbox_is_judged_here():
    elsewhere = {ComparisonFault.NONE, ComparisonFault.REPLAYED, ComparisonFault.PENDING}
    assert set(ComparisonFault) == {*FAULTS, *elsewhere}


def test_a_result_that_was_had_before_is_replayed(sandbox, authority):
    assert compare(authority)[0].status is PASSED
    sandbox.fault = ComparisonFault.REPLAYED
    assert [compare(authority)[0].reason for _ in range(2)] == ["authority.replayed"] * 2


def test_a_replayed_result_that_this_station_never_had_is_anothers(sandbox, authority):
    sandbox.fault = ComparisonFault.REPLAYED
    reasons = [compare(authority)[0].reason for _ in range(2)]
    assert reasons == ["authority.other_nonce", "authority.replayed"]


def test_a_nonce_that_is_used_again_is_replayed(authority):
    asked = request()
    answers = [compare(authority, asked)[0] for _ in range(2)]
    assert [each.reason for each in answers] == ["authority.match", "authority.replayed"]


def test_a_result_that_cannot_be_kept_is_not_used(sandbox, signer):
    def claim(_reference, _nonce):
        raise SettingsRefused("authority.sqlite")

    answer, _ = compare(PushAuthority(endpoint(sandbox.url, keys=(signer.public,)), claim))
    assert (answer.status, answer.reason) == (NONE, "authority.unrecorded")


@pytest.mark.parametrize(("bar", "status"), [(97, PASSED), (98, FAILED), (100, FAILED)])
def test_the_bar_is_the_policys_and_not_the_authoritys(authority, bar, status):
    assert compare(authority, request(bar_percent=bar))[0].status is status


def result(**changes):
    fields = {
        "iin": GOOD.iin,
        "nonce": "ab" * 16,
        "evidence_sha256": EVIDENCE,
        "verdict": "match",
        "score": 9500,
        "reference": "N-0001",
        "answered_ms": NOW_MS,
    }
    return fields | changes


def judge(body, register_seen=()):
    """Judge an answer as an unsigned push, without a server."""
    seen = set(register_seen)

    def claim(reference, nonce):
        new = not seen & {reference, nonce}
        seen.update((reference, nonce))
        return new

    asked = request(nonce="ab" * 16)
    with serving(lambda *_: (200, {"Content-Type": "application/json"}, body)) as host:
        return compare(PushAuthority(endpoint(f"http://{host}"), claim), asked)[0]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, "match"),
        ({"score": 9499}, "below"),
        ({"score": 10_000}, "match"),
        ({"score": 10_001}, "malformed"),
        ({"score": -1}, "malformed"),
        ({"score": 95.0}, "malformed"),
        ({"score": "9500"}, "malformed"),
        ({"score": None}, "malformed"),
        ({"verdict": "MATCH"}, "malformed"),
        ({"verdict": "no_match", "score": 10_000}, "no_match"),
        ({"reference": ""}, "malformed"),
        ({"reference": "N 0001"}, "malformed"),
        ({"nonce": "AB" * 16}, "malformed"),
        ({"nonce": "ab" * 15}, "malformed"),
        ({"evidence_sha256": "ab"}, "malformed"),
        ({"iin": "000000000000"}, "other_iin"),
        ({"iin": 920314400005}, "malformed"),
        ({"answered_ms": NOW_MS - 60_000}, "match"),
        ({"answered_ms": NOW_MS - 60_001}, "other_time"),
        ({"answered_ms": NOW_MS + 60_001}, "other_time"),
        ({"surplus": 1}, "malformed"),
    ],
)
def test_a_result_is_taken_by_the_letter(changes, reason):
    assert judge(json.dumps(result(**changes)).encode()).reason == f"authority.{reason}"


@pytest.mark.parametrize("missing", sorted(result()))
def test_a_result_without_one_of_its_members_is_malformed(missing):
    body = {name: value for name, value in result().items() if name != missing}
    assert judge(json.dumps(body).encode()).reason == "authority.malformed"


AT = endpoint("http://127.0.0.1:1")


@given(st.binary(max_size=300))
def test_any_octets_are_refused(body):
    with pytest.raises(WireRefused):
        read_result(AT, body)
    with pytest.raises(WireRefused):
        read_poll(AT, body, "0" * 32)


# Under Wine some process-wide switch flushes subnormal numbers to zero, which Hypothesis refuses.
FLOATS = st.floats(allow_subnormal=False)
JSON = st.none() | st.booleans() | st.integers() | FLOATS | st.text(max_size=70)


@given(st.dictionaries(st.sampled_from(sorted(result())), JSON, min_size=1))
def test_any_values_are_read_as_they_stand_or_refused(changes):
    body = json.dumps(result(**changes)).encode()
    try:
        read = read_result(AT, body)
    except WireRefused:
        return
    assert {name: getattr(read, name) for name in changes} == changes


@given(
    st.dictionaries(
        st.sampled_from(["iin", "nonce", "evidence_sha256", "verdict", "score", "answered_ms"]),
        st.sampled_from(
            ["000000000000", "cd" * 16, "cd" * 32, "match", "no_match", 0, 9499, 9500, 2**50]
        ),
        min_size=1,
    )
)
def test_no_result_about_anything_else_passes(signed_results, changes):
    changed = result(**changes)
    answer = signed_results(changed)
    assert (answer.status is PASSED) is (changed == result())


@pytest.fixture(scope="module")
def signed_results(signer):
    """Answer one push with a signed result, over one server for all examples."""
    bodies = []
    reply = lambda *_: (200, {"Content-Type": "application/jose"}, bodies[-1])  # noqa: E731
    with serving(reply) as host:

        def ask(said):
            bodies.append(signer.sign(json.dumps(said).encode(), RESULT_TYPE))
            at = endpoint(f"http://{host}", keys=(signer.public,))
            authority = PushAuthority(at, lambda _reference, _nonce: True)
            return compare(authority, request(nonce="ab" * 16))[0]

        yield ask


def test_a_signed_answer_of_another_kind_is_malformed(signer, register):
    signed = signer.sign(json.dumps(result()).encode(), "person-answer+jwt")
    with serving(lambda *_: (200, {"Content-Type": "application/jose"}, signed)) as host:
        at = endpoint(f"http://{host}", keys=(signer.public,))
        answer, _ = compare(push(at, register), request(nonce="ab" * 16))
    assert answer.reason == "authority.malformed"


@pytest.mark.parametrize("by_code", [False, True])
def test_a_session_invites_the_customer_once(sandbox, signer, register, by_code):
    sandbox.by_code = by_code
    answer, invited = compare(session(endpoint(sandbox.url, keys=(signer.public,)), register))
    assert answer.status is PASSED
    (invitation,) = invited
    assert bool(invitation.code) is by_code
    assert invitation.address.startswith("" if by_code else f"{sandbox.url}/visit/")


def test_a_push_invites_nobody(sandbox, signer, register):
    _, invited = compare(push(endpoint(sandbox.url, keys=(signer.public,)), register))
    assert invited == []


def test_a_session_whose_result_does_not_come_ends_at_its_deadline(sandbox, signer, register):
    sandbox.fault = ComparisonFault.PENDING
    begun = time.monotonic()
    at = endpoint(sandbox.url, keys=(signer.public,))
    answer, invited = compare(session(at, register, session_s=1))
    assert (answer.status, answer.reason) == (NONE, "authority.no_answer")
    assert len(invited) == 1
    assert 0.9 < time.monotonic() - begun < 3


def test_a_session_outlives_a_gateway_that_is_away_for_a_moment(sandbox, signer, register):
    sandbox.fault = ComparisonFault.DOWN

    def come_back(_invitation: Invitation):
        pytest.fail("nobody can be invited by a gateway that is away")

    at = endpoint(sandbox.url, keys=(signer.public,))
    waiting = session(at, register)
    asked = request()
    assert (
        waiting.compare(asked, cancelled=lambda: False, on_invitation=come_back).reason
        == "authority.no_answer"
    )
    sandbox.fault = ComparisonFault.NONE

    def go_away(_invitation: Invitation):
        sandbox.fault = ComparisonFault.DOWN
        timer = threading.Timer(0.2, lambda: setattr(sandbox, "fault", ComparisonFault.NONE))
        timer.start()

    answer = waiting.compare(asked, cancelled=lambda: False, on_invitation=go_away)
    assert answer.reason == "authority.match"


@pytest.mark.parametrize(
    ("shape", "fault"),
    [
        (push, ComparisonFault.SILENT),
        (session, ComparisonFault.SILENT),
        (session, ComparisonFault.PENDING),
    ],
)
def test_who_cancels_does_not_wait(sandbox, signer, register, shape, fault):
    sandbox.fault = fault
    begun = time.monotonic()
    at = endpoint(sandbox.url, keys=(signer.public,), timeout_s=10)
    answer, _ = compare(shape(at, register), cancelled=lambda: time.monotonic() - begun > 0.3)
    assert (answer.status, answer.reason) == (NONE, "authority.cancelled")
    # On Windows a shutdown wakes nobody who waits for a silent service: the time-out does.
    silent = sys.platform == "win32" and fault is ComparisonFault.SILENT
    assert time.monotonic() - begun < (13 if silent else 3)


@pytest.mark.parametrize(
    "changes",
    [
        {"address": None, "code": None},
        {"address": "https://a.example/visit", "code": "1234"},
        {"address": "http://a.example/visit"},
        {"address": "javascript:alert(1)"},
        {"address": "https://user@a.example/"},
        {"address": "https://a.example/" + "a" * 400},
        {"address": None, "code": "<b>"},
        {"session": "short"},
        {"request_id": "0" * 32},
    ],
)
def test_a_session_that_leads_the_customer_astray_is_malformed(signer, register, changes):
    def reply(_method, _path, body, _headers):
        opened = {
            "request_id": json.loads(body)["request_id"],
            "session": "session-1",
            "address": "https://a.example/visit",
        }
        signed = signer.sign(json.dumps(opened | changes).encode(), "comparison-session+jwt")
        return 200, {"Content-Type": "application/jose"}, signed

    with serving(reply) as host:
        at = endpoint(f"http://{host}", keys=(signer.public,))
        answer, invited = compare(session(at, register))
    assert (answer.reason, invited) == ("authority.malformed", [])


def test_over_mutual_tls_an_unsigned_result_counts(tmp_path, register):
    bank = MutualTls.make(tmp_path)
    asked = request(nonce="ab" * 16)
    body = json.dumps(result()).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    with bank.server(lambda _request: head % len(body) + body) as url:
        at = endpoint(url, tls_anchors=(bank.anchor,), identity=bank.identity("ws-07"), timeout_s=5)
        answer, _ = compare(push(at, register), asked)
    assert (answer.reason, dict(answer.facts)["vouched_by"]) == ("authority.match", "mutual_tls")


def test_without_the_certificate_such_an_authority_is_silent(tmp_path, register):
    bank = MutualTls.make(tmp_path)
    with bank.server(lambda _request: b"HTTP/1.1 200 OK\r\n\r\n") as url:
        at = endpoint(url, tls_anchors=(bank.anchor,))
        answer, _ = compare(push(at, register))
    assert answer.reason == "authority.no_answer"


def test_a_certificate_that_is_gone_at_the_counter_is_no_answer_and_no_exception(
    tmp_path, register
):
    bank = MutualTls.make(tmp_path)
    identity = bank.identity("ws-07")
    at = endpoint("https://127.0.0.1:1", tls_anchors=(bank.anchor,), identity=identity)
    identity.key.unlink()
    assert compare(push(at, register))[0].reason == "authority.no_answer"
    with pytest.raises(SettingsRefused, match="identity"):
        endpoint("https://127.0.0.1:1", tls_anchors=(bank.anchor,), identity=identity)
