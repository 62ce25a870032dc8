"""Registries over real HTTP: a definite word is an answer, everything else is none."""

import hashlib
import json
import re
import socket
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.station.operations import shipped_policy
from tests.support.station.sandbox import person, raw_server
from tests.support.system.http_server import serving
from workstation.errors import SettingsRefused
from workstation.registries.endpoint import RegistryEndpoint, RegistryExchange, ask
from workstation.registries.gateways import Gateways
from workstation.registries.questions import ask_question, read_answer
from workstation.registries.registry import AnswerStatus
from workstation.rules.checks import CheckStatus
from workstation.rules.questions.definition import ClosedAnswer
from workstation.sandbox.people import CustomerKey, Family
from workstation.sandbox.services.ncalayer import _tls
from workstation.sandbox.services.registries import RegistryFault, RegistryRecord, SandboxRegistries

WORDS = st.one_of(
    st.sampled_from(["0" * 32, "this_person", "other_person", "perhaps"]),
    st.integers(-2, 100_002),
    st.booleans(),
    st.none(),
)
GOOD = person(CustomerKey.GOOD)
OTHER = person(CustomerKey.OTHER_PERSON)


def ticking():
    """A clock that tells 1000 ms, then 1001 ms, and so on."""
    ticks = iter(range(1000, 100_000))
    return lambda: next(ticks)


def endpoint(url, **changes):
    fields = {
        "base_url": url,
        "source": "sandbox",
        "timeout_s": 5,
        "tls_anchors": (),
        "clock_ms": ticking(),
    }
    return RegistryEndpoint(**(fields | changes))


@pytest.fixture
def registries():
    served = SandboxRegistries()
    served.start()
    yield served
    served.close()


SHIPPED = {each.check: each for each in shipped_policy().questions}
PHONE_OWNER = SHIPPED["phone_owner"]


def ask_all(registries, iin=GOOD.iin, phone=GOOD.new_phone, **changes):
    at = endpoint(registries.url, **changes)
    names = {each.registry for each in SHIPPED.values()}
    gateways = Gateways(dict.fromkeys(names, at), None, ticking())
    held = {"iin": iin, "phone": phone, "operation": "loan_issue", "amount_kzt": "4325000"}
    return tuple(
        gateways.ask(question, {name: held[name] for name, _ in question.asks})
        for name, question in SHIPPED.items()
        if name != "old_phone_owner"
    )


def ask_owner(host):
    return ask_question(
        endpoint(f"http://{host}"), PHONE_OWNER, {"iin": GOOD.iin, "phone": GOOD.new_phone}
    )


def test_a_customer_in_good_standing_passes_all_of_them(registries):
    answers = ask_all(registries)
    assert [a.status for a in answers] == [AnswerStatus.PASSED] * 4
    assert [a.reason for a in answers] == [
        "phone_owner.confirmed",
        "antifraud.clear",
        "loan_refusal.none",
        "spouse_consent.given",
    ]


def test_an_answer_carries_the_trace_of_its_question(registries):
    first, second, _, _ = ask_all(registries)
    assert re.fullmatch("[0-9a-f]{32}", first.request_id)
    assert first.request_id != second.request_id
    assert first.source == "sandbox"
    assert (first.asked_ms, first.answered_ms) == (1000, 1001)
    body = b'{"request_id":"%s","owner":"this_person","other_clients":0}' % (
        first.request_id.encode()
    )
    assert first.body_sha256 == hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize("twice", ["owner", "request_id"])
def test_an_answer_that_says_a_member_twice_is_none(twice):
    def reply(_method, _path, body, _headers):
        asked = json.loads(body)["request_id"]
        first = {"owner": "other_person", "request_id": "0" * 32}[twice]
        text = f'{{"{twice}":"{first}","request_id":"{asked}","owner":"this_person"}}'
        return 200, {"Content-Type": "application/json"}, text.encode()

    with serving(reply) as host:
        answer = ask_owner(host)
    assert (answer.status, answer.reason) == (
        AnswerStatus.INDETERMINATE,
        "phone_owner.no_answer",
    )
    assert answer.body_sha256


@pytest.mark.parametrize(
    ("phone", "reason"),
    [(OTHER.phone, "phone_owner.other_person"), ("+77770000000", "phone_owner.not_registered")],
)
def test_a_number_that_is_not_the_customers_fails(registries, phone, reason):
    owner, *_ = ask_all(registries, phone=phone)
    assert (owner.status, owner.reason) == (AnswerStatus.FAILED, reason)


def test_the_old_number_is_asked_about_as_the_new_one_is(registries):
    owner, *_ = ask_all(registries, phone=GOOD.phone)
    assert owner.reason == "phone_owner.confirmed"
    stolen, *_ = ask_all(registries, iin=OTHER.iin, phone=GOOD.phone)
    assert stolen.reason == "phone_owner.other_person"


def test_the_other_clients_on_a_number_are_a_fact_where_they_are_known(registries):
    unknown = RegistryRecord(phones=frozenset({GOOD.new_phone}), sharers=None)
    registries.put(GOOD.iin, unknown)
    assert ask_all(registries)[0].facts == ()
    known = RegistryRecord(phones=frozenset({GOOD.new_phone}), sharers=3)
    registries.put(GOOD.iin, known)
    assert ask_all(registries)[0].facts == (("other_clients", 3),)


@pytest.mark.parametrize("count", ["-1", "1.5", '"3"', "null", "true", "100001"])
def test_a_count_that_is_none_makes_the_answer_none(count):
    def reply(_method, _path, body, _headers):
        asked = json.loads(body)["request_id"]
        text = f'{{"request_id":"{asked}","owner":"this_person","other_clients":{count}}}'
        return 200, {"Content-Type": "application/json"}, text.encode()

    with serving(reply) as host:
        answer = ask_owner(host)
    assert answer.reason == "phone_owner.no_answer"


@pytest.mark.parametrize("alert", ["hit", "victim"])
def test_an_alert_fails(registries, alert):
    registries.put(GOOD.iin, RegistryRecord(alert=alert))
    _, antifraud, _, _ = ask_all(registries)
    assert (antifraud.status, antifraud.reason) == (AnswerStatus.FAILED, f"antifraud.{alert}")


def test_an_active_refusal_of_loans_fails(registries):
    registries.put(GOOD.iin, RegistryRecord(refusal="active"))
    _, _, refusal, _ = ask_all(registries)
    assert (refusal.status, refusal.reason) == (AnswerStatus.FAILED, "loan_refusal.active")


def test_a_spouse_who_has_not_consented_fails(registries):
    registries.put(GOOD.iin, RegistryRecord(spouse="not_given"))
    *_, consent = ask_all(registries)
    assert (consent.status, consent.reason) == (AnswerStatus.FAILED, "spouse_consent.not_given")


ANSWERED_BADLY = {
    RegistryFault.WRONG_REQUEST_ID,
    RegistryFault.UNKNOWN_WORD,
    RegistryFault.EXTRA_FIELD,
    RegistryFault.NOT_JSON,
}


@pytest.mark.parametrize("fault", [f for f in RegistryFault if f is not RegistryFault.NONE])
def test_every_way_of_not_answering_is_indeterminate(registries, fault):
    registries.put(GOOD.iin, RegistryRecord(phones=frozenset({GOOD.new_phone}), fault=fault))
    for answer in ask_all(registries, timeout_s=1):
        assert answer.status is AnswerStatus.INDETERMINATE
        assert answer.reason == f"{answer.check}.no_answer"
        # What was read but not understood is still traceable.
        assert bool(answer.body_sha256) is (fault in ANSWERED_BADLY)


def test_a_fault_about_one_person_leaves_others_alone(registries):
    registries.put(OTHER.iin, RegistryRecord(fault=RegistryFault.SERVER_ERROR))
    assert ask_all(registries)[2].status is AnswerStatus.PASSED
    assert ask_all(registries, iin=OTHER.iin)[2].status is AnswerStatus.INDETERMINATE


def test_nothing_listening_is_no_answer():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    answer = ask_question(
        endpoint(f"http://127.0.0.1:{port}"), SHIPPED["loan_refusal"], {"iin": GOOD.iin}
    )
    assert (answer.reason, answer.body_sha256) == ("loan_refusal.no_answer", "")


def heard(connection):
    """Read one whole request: its headers and its body may come in two segments."""
    text = b""
    while True:
        text += connection.recv(65536)
        head, found, body = text.partition(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", head)
        if found and length is not None and len(body) >= int(length.group(1)):
            return head, body


def drip(connection):
    """Send a header line now and then, for ever: every single read is in time."""
    heard(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    connection.settimeout(0.2)
    while True:
        connection.sendall(b"X-Drip: 1\r\n")
        try:
            if not connection.recv(1):
                return
        except TimeoutError:
            continue


@pytest.mark.timeout(20)
def test_a_server_that_drips_is_cut_off_at_the_deadline():
    with raw_server(drip) as port:
        exchange = ask(endpoint(f"http://127.0.0.1:{port}", timeout_s=1), "/antifraud", {})
    assert exchange.untrusted_body is None


TYPED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    "spoken",
    [
        b"",
        b"garbage\r\n\r\n",
        TYPED + b"Content-Length: 99\r\n\r\n{}",
        TYPED + b"Transfer-Encoding: chunked\r\n\r\n9\r\n{",
        TYPED + b"Content-Length: -5\r\n\r\n",
        TYPED + b"A: b\r\n" * 200 + b"\r\n{}",
        b"HTTP/1.1 204 No Content\r\n\r\n",
    ],
)
def test_a_broken_or_truncated_response_is_none(spoken):
    def serve(connection):
        heard(connection)
        connection.sendall(spoken)

    with raw_server(serve) as port:
        exchange = ask(endpoint(f"http://127.0.0.1:{port}"), "/antifraud", {})
    assert not exchange.untrusted_body


def test_the_question_is_posted_in_the_body_and_never_in_the_address():
    requests = []

    with raw_server(lambda connection: requests.append(heard(connection))) as port:
        ask(endpoint(f"http://127.0.0.1:{port}/base/"), "/phone-owner", {"iin": GOOD.iin})
    head, body = requests[0]
    assert head.startswith(b"POST /base/phone-owner HTTP/1.1\r\n")
    assert b"User-Agent: verification-workstation\r\n" in head
    assert GOOD.iin.encode() not in head
    assert GOOD.iin.encode() in body


@given(st.binary(max_size=200))
def test_any_body_is_an_answer_or_none(body):
    assert read_answer(PHONE_OWNER, ask_nobody(body)) == (None, ())


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"request_id":' * 9_000, b"\xff\xfe"])
def test_deep_and_misencoded_bodies_are_none(body):
    assert read_answer(PHONE_OWNER, ask_nobody(body)) == (None, ())


@given(st.dictionaries(st.sampled_from(["request_id", "owner", "other_clients", "x"]), WORDS))
def test_only_the_described_answer_is_one(reply):
    said, facts = read_answer(PHONE_OWNER, ask_nobody(json.dumps(reply).encode()))

    described = (
        reply.get("request_id") == "0" * 32
        and reply.get("owner") in {each.word for each in PHONE_OWNER.answers}
        and reply.keys() <= {"request_id", "owner", "other_clients"}
        and type(reply.get("other_clients", 0)) is int
        and 0 <= reply.get("other_clients", 0) <= 100_000
    )
    assert (said is not None) == described
    assert dict(facts) == (
        {name: reply[name] for name in reply if name == "other_clients"} if described else {}
    )


def test_a_question_of_the_banks_own_is_answered_as_any(registries):
    question = replace(
        PHONE_OWNER,
        check="powers",
        registry="powers",
        path="/employer",
        member="power",
        answers=(
            ClosedAnswer("valid", CheckStatus.PASSED, "valid"),
            ClosedAnswer("revoked", CheckStatus.FAILED, "revoked"),
        ),
    )
    registries.put(GOOD.iin, RegistryRecord(words=(("/employer", "power", "revoked"),)))
    gateways = Gateways({"powers": endpoint(registries.url)}, None, ticking())

    answer = gateways.ask(question, {"iin": GOOD.iin, "number": "A-1"})
    elsewhere = gateways.ask(replace(question, registry="elsewhere"), {"iin": GOOD.iin})

    assert (answer.status, answer.reason) == (AnswerStatus.FAILED, "powers.revoked")
    assert (elsewhere.status, elsewhere.reason) == (
        AnswerStatus.INDETERMINATE,
        "powers.no_answer",
    )
    assert (elsewhere.source, elsewhere.body_sha256) == ("elsewhere", "")


def ask_nobody(body):
    return RegistryExchange("0" * 32, 1, 2, body)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("base_url", {"base_url": "http://192.0.2.7"}),
        ("base_url", {"base_url": "ftp://127.0.0.1"}),
        ("base_url", {"base_url": "http://127.0.0.1:99999"}),
        ("base_url", {"base_url": "http://user@127.0.0.1"}),
        ("base_url", {"base_url": "http://127.0.0.1/?a=b"}),
        ("base_url", {"base_url": "https://"}),
        ("tls_anchors", {"base_url": "https://registry.example.invalid"}),
        (
            "tls_anchors",
            {"base_url": "https://registry.example.invalid", "tls_anchors": (b"junk",)},
        ),
        ("source", {"source": ""}),
        ("timeout_s", {"timeout_s": 0}),
        ("timeout_s", {"timeout_s": 61}),
    ],
)
def test_an_endpoint_that_would_leak_or_hang_is_refused(field, changes):
    with pytest.raises(SettingsRefused) as refused:
        endpoint("http://127.0.0.1:1", **changes)
    assert refused.value.detail == f"registry.{field}"


def https_server(sandbox, spoken):
    """Serve one TLS exchange with the sandbox's loopback certificate."""
    context = _tls(sandbox.pki)

    def serve(connection):
        with context.wrap_socket(connection, server_side=True) as secured:
            heard(secured)
            secured.sendall(spoken)

    return raw_server(serve)


WHOLE = TYPED + b"Content-Length: 2\r\n\r\n{}"


def test_https_is_verified_against_the_given_anchor_only(sandbox):
    with https_server(sandbox, WHOLE) as port:
        trusted = endpoint(f"https://127.0.0.1:{port}", tls_anchors=(sandbox.pki.tls_root.der,))
        assert ask(trusted, "/antifraud", {}).untrusted_body == b"{}"
    with https_server(sandbox, WHOLE) as port:
        foreign = endpoint(
            f"https://127.0.0.1:{port}", tls_anchors=(sandbox.pki.hierarchies[Family.RSA].root.der,)
        )
        assert ask(foreign, "/antifraud", {}).untrusted_body is None


def test_another_certificate_than_the_pinned_one_is_an_alarm_and_silence_is_none(sandbox):
    alarms = []
    with https_server(sandbox, WHOLE) as port:
        url = f"https://127.0.0.1:{port}"
        foreign = endpoint(
            url,
            tls_anchors=(sandbox.pki.hierarchies[Family.RSA].root.der,),
            report_alarm=alarms.append,
        )
        ask(foreign, "/antifraud", {})
    assert [(each.code.value, each.source) for each in alarms] == [("service_foreign", url)]
    ask(foreign, "/antifraud", {})
    with https_server(sandbox, WHOLE) as port:
        trusted = endpoint(
            f"https://127.0.0.1:{port}",
            tls_anchors=(sandbox.pki.tls_root.der,),
            report_alarm=alarms.append,
        )
        ask(trusted, "/antifraud", {})
    assert len(alarms) == 1


@pytest.mark.parametrize("path", ["/elsewhere", "/phone-owner/../antifraud"])
def test_the_sandbox_knows_no_other_registry_and_no_malformed_question(registries, path):
    at = endpoint(registries.url)
    assert ask(at, path, {"iin": GOOD.iin}).untrusted_body is None
    assert ask(at, "/antifraud", {"name": "x"}).untrusted_body is None
