"""One HTTP exchange: every part of it ends in time, within its size, and at no other address."""

import socket
import sys
import threading
import time
from contextlib import contextmanager, suppress

import pytest

from crypto.carrier.errors import CarrierUnreachable
from crypto.carrier.web_service import WebService
from crypto.crl_store.fetch import FetchBounds, Fetcher
from crypto.net.connection import Dialling
from crypto.net.exchange import ExchangeFailed, ExchangeLimits, Failure, Request, exchange
from crypto.net.tls import pinned_context
from crypto.net.url import HttpUrl
from crypto.revocation.sources import FetchFailed
from tests.support.pki.certificates import world
from tests.support.system.http_server import serving
from workstation.registries.endpoint import RegistryEndpoint, ask

DEADLINE_S = 1
MOST_S = DEADLINE_S + 3
"""A little more than the deadline: these machines are busy."""

BOUNDS = FetchBounds(
    timeout_s=5, deadline_s=DEADLINE_S, answer_octets=2000, crl_octets=4000, crl_deadline_s=2
)
TLS_ROOT = world().root.der


@contextmanager
def speaking(serve):
    """A server whose one connection `serve` may hold until the test is over; yields its port."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run():
            with suppress(OSError):
                peer, _ = listener.accept()
                with peer:
                    serve(peer, over)

        thread = threading.Thread(target=run)
        thread.start()
        guard = threading.Timer(30, over.set)
        guard.start()
        try:
            yield listener.getsockname()[1]
            assert not over.is_set()
        finally:
            over.set()
            guard.cancel()
            listener.close()
            thread.join()


def silent(_peer, over):
    over.wait()


def dripping(first, drop):
    """Say `first`, then `drop` after every little while: no single read is ever late."""

    def serve(peer, over):
        peer.sendall(first)
        while not over.wait(0.05):
            peer.sendall(drop)

    return serve


def slow_hello(peer, over):
    """Answer the TLS hello octet by octet."""
    hello = b"\x16\x03\x03\x40\x00"
    for octet in hello + bytes(60_000):
        peer.sendall(bytes([octet]))
        if over.wait(0.05):
            return


HEADS = {
    "silent": silent,
    "status": dripping(b"", b"H"),
    "head": dripping(b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    "headers": dripping(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
    "continue": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"0"),
    "endless": dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"0"),
    "chunk": dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
}
HELLOS = {"silent": silent, "hello": slow_hello}


def slow(_host, _port):
    time.sleep(5)
    return [("127.0.0.1", 9)]


def request(url, method="GET", body=None):
    return Request(method, HttpUrl.parse(url), {}, body)


def failure(url, *, dialling=Dialling(), tls=None, is_cancelled=None, limits=None):  # noqa: B008
    """Say what an exchange failed at."""
    limits = limits or ExchangeLimits.within(DEADLINE_S, body_octets=4000)
    with pytest.raises(ExchangeFailed) as failed:
        answer(url, dialling=dialling, tls=tls, is_cancelled=is_cancelled, limits=limits)
    return failed.value.failure


def answer(url, *, limits=ExchangeLimits.within(DEADLINE_S, body_octets=4000), **options):  # noqa: B008
    with exchange(request(url), limits, **{"dialling": Dialling(), **options}) as response:
        return response.status, response.content_type, response.read()


def in_time(call):
    begun = time.monotonic()
    result = call()
    assert time.monotonic() - begun < MOST_S
    return result


@pytest.mark.parametrize("head", HEADS)
def test_an_answer_that_drips_ends_at_the_deadline(head):
    with speaking(HEADS[head]) as port:
        assert in_time(lambda: failure(f"http://127.0.0.1:{port}/")) is Failure.DEADLINE


@pytest.mark.parametrize("hello", HELLOS)
def test_a_handshake_that_drips_ends_at_the_deadline(hello):
    tls = pinned_context((TLS_ROOT,))
    with speaking(HELLOS[hello]) as port:
        found = in_time(lambda: failure(f"https://127.0.0.1:{port}/", tls=tls))
    assert found is Failure.DEADLINE


_ON_POSIX = pytest.mark.skipif(
    sys.platform == "win32", reason="a shutdown wakes nobody there: the time-out does"
)


@pytest.mark.parametrize("head", [pytest.param("silent", marks=_ON_POSIX), "endless"])
def test_a_wait_that_is_called_off_ends_at_once(head):
    limits = ExchangeLimits.within(60, body_octets=4000)
    with speaking(HEADS[head]) as port:
        found = in_time(
            lambda: failure(f"http://127.0.0.1:{port}/", limits=limits, is_cancelled=lambda: True)
        )
    assert found is Failure.CANCELLED


def test_a_peer_that_falls_silent_is_left_before_the_deadline():
    limits = ExchangeLimits(connect_s=60, silence_s=0.5, head_s=60, whole_s=60, body_octets=4000)
    with speaking(silent) as port:
        found = in_time(lambda: failure(f"http://127.0.0.1:{port}/", limits=limits))
    assert found is Failure.BROKEN


def saying(octets):
    def serve(peer, _over):
        peer.recv(65536)
        peer.sendall(octets)

    return serve


TYPED = b"HTTP/1.1 200 OK\r\nContent-Type: Application/JSON; charset=utf-8\r\n"


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 2\r\n\r\n{}",
        b"\r\n{}",
        b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    ],
)
def test_a_whole_answer_comes_with_its_status_and_type(framing):
    with speaking(saying(TYPED + framing)) as port:
        assert answer(f"http://127.0.0.1:{port}/") == (200, "application/json", b"{}")


@pytest.mark.parametrize(
    ("spoken", "found"),
    [
        (b"", Failure.BROKEN),
        (b"SSH-2.0-OpenSSH_9.6\r\n", Failure.BROKEN),
        (TYPED + b"A: b\r\n" * 200 + b"\r\n{}", Failure.BROKEN),
        (TYPED + b"Transfer-Encoding: chunked\r\n\r\n9\r\n{", Failure.BROKEN),
        (TYPED + b"Content-Length: 99\r\n\r\n{}", Failure.TRUNCATED),
        (TYPED + b"Content-Length: 4001\r\n\r\n", Failure.TOO_LARGE),
        (TYPED + b"\r\n" + b"x" * 4001, Failure.TOO_LARGE),
    ],
)
def test_an_answer_that_is_not_whole_or_too_large_is_none(spoken, found):
    with speaking(saying(spoken)) as port:
        assert failure(f"http://127.0.0.1:{port}/") is found


def test_a_redirect_is_an_answer_and_is_not_followed():
    asked = []

    def reply(method, path, _body, headers):
        asked.append((method, path, headers["Connection"], headers["Accept-Encoding"]))
        return 302, {"Location": "/elsewhere"}, b""

    with serving(reply) as host:
        assert answer(f"http://{host}/a?b=c")[0] == 302
    assert asked == [("GET", "/a?b=c", "close", "identity")]


def test_an_https_address_without_a_tls_context_is_a_fault_of_the_caller():
    with (
        pytest.raises(ValueError, match="TLS"),
        exchange(
            request("https://gw.test/"),
            ExchangeLimits.within(1, body_octets=1),
            dialling=Dialling(),
        ),
    ):
        pass


def test_nobody_there_is_said_apart_from_what_breaks_later():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert failure(f"http://127.0.0.1:{port}/") is Failure.UNREACHABLE
    found = in_time(lambda: failure("http://slow.test/", dialling=Dialling(resolver=slow)))
    assert found is Failure.CONNECT_TIMEOUT


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("http://gw.test/", "gw.test"),
        ("http://gw.test:8080/", "gw.test:8080"),
        ("http://[2001:db8::1]/", "[2001:db8::1]"),
    ],
)
def test_the_host_is_said_as_it_was_configured(url, sent):
    hosts = []

    def reply(_method, _path, _body, headers):
        hosts.append(headers["Host"])
        return 200, {}, b"x"

    with serving(reply) as host:
        there = [("127.0.0.1", int(host.rpartition(":")[2]))]
        answer(url, dialling=Dialling(resolver=lambda _host, _port: there))
    assert hosts == [sent]


# -- those who use it ----------------------------------------------------------------------------


def fetched(url, dialling=Dialling()):  # noqa: B008
    host = url.split("/")[2]
    with pytest.raises(FetchFailed) as failed:
        Fetcher(hosts=[host], bounds=BOUNDS, user_agent="t/1", dialling=dialling).get(url)
    return failed.value.detail


def asked(url, dialling=Dialling()):  # noqa: B008
    endpoint = RegistryEndpoint(url, "test", DEADLINE_S, (TLS_ROOT,), lambda: 0, dialling)
    return ask(endpoint, "/question", {}).untrusted_body


@pytest.mark.parametrize("head", ["head", "endless"])
def test_a_list_and_a_registry_that_drip_are_no_answer(head):
    with speaking(HEADS[head]) as port:
        assert in_time(lambda: fetched(f"http://127.0.0.1:{port}/")) == "deadline"
    with speaking(HEADS[head]) as port:
        assert in_time(lambda: asked(f"http://127.0.0.1:{port}")) is None


@pytest.mark.parametrize("hello", HELLOS)
def test_a_list_and_a_registry_whose_handshake_drips_are_no_answer(hello):
    with speaking(HELLOS[hello]) as port:
        assert in_time(lambda: fetched(f"https://127.0.0.1:{port}/")) == "deadline"
    with speaking(HELLOS[hello]) as port:
        assert in_time(lambda: asked(f"https://127.0.0.1:{port}")) is None


def test_a_resolver_that_does_not_answer_is_left_behind():
    dialling = Dialling(resolver=slow)
    bounds = FetchBounds(timeout_s=1, deadline_s=9, answer_octets=9, crl_octets=9)
    fetcher = Fetcher(hosts=["slow.test"], bounds=bounds, user_agent="t/1", dialling=dialling)

    def get():
        with pytest.raises(FetchFailed) as failed:
            fetcher.get("http://slow.test/")
        return failed.value.detail

    assert in_time(get) == "TimeoutError"
    assert in_time(lambda: asked("https://slow.test", dialling)) is None


def test_a_download_that_drips_ends_at_its_own_later_deadline(tmp_path):
    with speaking(HEADS["chunk"]) as port:
        host = f"127.0.0.1:{port}"
        fetcher = Fetcher(hosts=[host], bounds=BOUNDS, user_agent="t/1")
        begun = time.monotonic()
        with pytest.raises(FetchFailed) as failed:
            fetcher.download(f"http://{host}/", tmp_path / "list", lambda *_: None)
        took = time.monotonic() - begun
    assert failed.value.detail == "deadline"
    assert BOUNDS.crl_deadline_s - 0.1 < took < BOUNDS.crl_deadline_s + 1.5


BRANCH = Dialling(this_machine=False)


def test_lists_registries_and_the_signing_service_refuse_this_machine():
    spoken = []

    def reply(*request):
        spoken.append(request)
        return 200, {"Content-Type": "application/json"}, b"{}"

    with serving(reply) as host:
        assert fetched(f"http://{host}/", BRANCH) == "ThisMachineRefused"
        assert asked(f"http://{host}", BRANCH) is None
        service = WebService(f"http://{host}", (), max_reply_bytes=100, dialling=BRANCH)
        with pytest.raises(CarrierUnreachable) as refused:
            service.exchange("GET", service.join("/"), None, timeout_s=2, cancelled=lambda: False)
    assert refused.value.detail == "this_machine"
    assert spoken == []
