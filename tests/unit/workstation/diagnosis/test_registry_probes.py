"""What a gateway that differs from the protocol is told by, over real sockets."""

import json
import socket
import threading
import time
from contextlib import contextmanager

import pytest

from tests.support.station.operations import shipped_policy
from tests.support.station.settings import demo_tables, toml_of
from tests.support.system.http_server import serving
from workstation.diagnosis.probe import ProbeKind, ProbeRunner, ProbeState
from workstation.diagnosis.registries import Inquiry, registry_probes
from workstation.settings.settings import LoadedSettings, read_settings

IIN, PHONE = "920314400005", "+77011234567"
OTHER = b'{"request_id": "0", "refusal": "none"}'


def probe_of(folder, address, name="loan_refusal", timeout_s=2, inquiry=None):
    tables = demo_tables()
    url = f"http://{address}"
    tables["registries"] |= {
        "tls_anchors": [],
        "timeout_s": timeout_s,
        **{f"{each}_url": url for each in ("phone_owner", "antifraud", "loan_refusal")},
    }
    loaded = LoadedSettings(folder, "ab" * 32, read_settings(toml_of(tables)))
    given = Inquiry(IIN, PHONE) if inquiry is None else inquiry
    probes = registry_probes(loaded, shipped_policy().questions, lambda: 0, given)
    (found,) = [each for each in probes if (each.kind, each.subject) == (ProbeKind.REGISTRY, name)]
    return found


def tried(folder, reply, **options):
    with serving(reply) as address:
        return ProbeRunner().run(probe_of(folder, address, **options))


def answering(status=200, media_type="application/json", raw=None, **members):
    """Reply with the question's own id and these members, or with other octets."""

    def reply(_method, _path, body, _headers):
        echoed = {"request_id": json.loads(body)["request_id"]} | members
        content = json.dumps(echoed).encode() if raw is None else raw
        return status, {"Content-Type": media_type, "Content-Length": str(len(content))}, content

    return reply


def test_a_gateway_that_speaks_the_protocol_answers(tmp_path):
    found = tried(tmp_path, answering(refusal="none"))

    assert (found.code, found.state) == ("probe.answers", ProbeState.OK)


@pytest.mark.parametrize(
    ("reply", "code", "expected"),
    [
        (answering(404, refusal="none"), "probe.http_status", "200"),
        (answering(media_type="text/html", refusal="none"), "probe.media_type", "application/json"),
        (answering(raw=b"{"), "probe.not_json", ""),
        (answering(raw=b'{"a": 1, "a": 2}'), "probe.not_json", ""),
        (
            answering(raw=b'{"request_id": "0", "refusal": "none"}'),
            "probe.other_question",
            "request_id",
        ),
        (answering(refusal="none", name="Нурланов"), "probe.other_members", "refusal, request_id"),
        (answering(refusal="Нурланов"), "probe.other_word", "refusal: none | active"),
    ],
)
def test_what_differs_is_said_and_nothing_of_the_answer_is_shown(tmp_path, reply, code, expected):
    found = tried(tmp_path, reply)

    assert (found.code, found.state) == (code, ProbeState.BAD)
    assert dict(found.facts).get("expected", "") == expected
    assert "Нурланов" not in repr(found)
    assert IIN not in repr(found)


def test_without_an_iin_a_gateway_is_reached_and_asked_about_nobody(tmp_path):
    seen = []

    def reply(method, _path, body, _headers):
        seen.append((method, body))
        return 405, {"Content-Length": "0"}, b""

    # The server of these tests knows no OPTIONS and says so: that is an answer, too.
    with serving(reply) as address:
        found = ProbeRunner().run(probe_of(tmp_path, address, inquiry=Inquiry()))

    assert found.code == "probe.reached"
    assert seen == []


def test_a_question_that_needs_more_than_an_iin_is_not_put_with_half_of_it(tmp_path):
    found = tried(
        tmp_path, answering(owner="this_person"), name="phone_owner", inquiry=Inquiry(IIN)
    )

    assert found.code == "probe.reached"


def test_a_number_goes_with_it_where_one_is_given(tmp_path):
    found = tried(tmp_path, answering(owner="this_person"), name="phone_owner")

    assert found.code == "probe.answers"


def test_a_hundred_megabytes_are_not_read(tmp_path):
    read = []

    def reply(_method, _path, _body, _headers):
        read.append(1)
        announced = {"Content-Type": "application/json", "Content-Length": str(100 << 20)}
        return 200, announced, b"{" * 100_000

    found = tried(tmp_path, reply)

    assert (found.code, read) == ("probe.too_large", [1])


@contextmanager
def dripping():
    """A server that sends one octet of an answer's head now and then, for ever."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def drip():
        taken, _ = listener.accept()
        with taken:
            while not ended.wait(0.05):
                try:
                    taken.sendall(b"X")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        ended.set()
        thread.join()
        listener.close()


def test_one_that_drips_for_ever_is_left_at_its_deadline(tmp_path):
    with dripping() as address:
        begun = time.monotonic()
        found = ProbeRunner().run(probe_of(tmp_path, address, timeout_s=1))
        took = time.monotonic() - begun

    assert found.code in {"probe.deadline", "probe.broken"}
    assert took < 4


def test_nobody_there_is_said(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"

    found = ProbeRunner().run(probe_of(tmp_path, address))

    assert (found.code, found.next_step) == ("probe.unreachable", "probe_next.unreachable")
