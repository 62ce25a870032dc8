"""Sockets: resolved once, never this machine in a branch, and ended at their deadline."""

import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest

from crypto.carrier.errors import CarrierUnreachable
from crypto.carrier.web_exchange import WebService
from crypto.crl_store.fetch import FetchBounds, Fetcher
from crypto.net.connection import (
    CutOff,
    Dialling,
    ThisMachineRefused,
    http_over,
    is_this_machine,
    system_resolver,
)
from crypto.revocation.sources import FetchFailed
from tests.support.pki.certificates import world
from tests.support.system.http_server import serving
from workstation.registries.exchange import RegistryEndpoint, ask

DEADLINE_S = 1
MOST_S = DEADLINE_S + 1.5
"""A little more than the deadline: these machines are busy."""

BOUNDS = FetchBounds(
    timeout_s=5, deadline_s=DEADLINE_S, answer_octets=2000, list_octets=4000, list_deadline_s=2
)
TLS_ROOT = world().root.der


def soon():
    return time.monotonic() + DEADLINE_S


# -- which machine ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.9.9.9", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1", "::127.0.0.1", "::1%1"],
)
def test_loopback_in_every_form_is_this_machine(address):
    assert is_this_machine(address)


@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "::ffff:10.0.0.1"])
def test_other_addresses_are_not(address):
    assert not is_this_machine(address)


@pytest.mark.parametrize(
    "found",
    [
        [("127.0.0.1", 80)],
        [("::1", 80, 0, 0)],
        [("::ffff:127.0.0.1", 80, 0, 0)],
        [("192.0.2.1", 80), ("127.0.0.1", 80)],
    ],
)
def test_a_name_that_leads_here_is_not_spoken_to_in_a_branch(found):
    asked = []

    def resolver(host, port):
        asked.append((host, port))
        return found

    with pytest.raises(ThisMachineRefused):
        Dialling(this_machine=False, resolver=resolver).connect(
            "gateway.bank.test", 80, deadline=soon()
        )
    assert asked == [("gateway.bank.test", 80)]


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0177.0.0.1", "0x7f.1", "127.1"])
def test_spellings_that_only_the_system_understands_are_seen_through(host):
    # All of these are numbers or in every hosts file: nobody is asked over a network.
    with suppress(socket.gaierror), pytest.raises(ThisMachineRefused):
        Dialling(this_machine=False).connect(host, 80, deadline=soon())


def test_the_socket_goes_to_the_address_that_was_judged_and_to_no_other():
    answers = iter([[("127.0.0.1", 0)], [("192.0.2.1", 0)]])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        dialling = Dialling(resolver=lambda _host, _port: [(next(answers)[0][0], port)])
        dialling.connect("rebound.test", port, deadline=soon()).close()
    assert next(answers) == [("192.0.2.1", 0)]


def test_an_address_that_answers_from_itself_is_this_machine_too(monkeypatch):
    monkeypatch.setattr("crypto.net.connection.is_this_machine", lambda _address: False)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(ThisMachineRefused):
            Dialling(this_machine=False).connect("127.0.0.1", port, deadline=soon())


def test_the_next_address_is_tried_when_one_does_not_answer():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = closed.getsockname()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        dialling = Dialling(resolver=lambda _host, _port: [nobody, listener.getsockname()])
        with dialling.connect("two.test", 80, deadline=soon()) as opened:
            assert opened.getpeername() == listener.getsockname()


def test_the_system_resolver_gives_what_connect_takes():
    assert system_resolver("127.0.0.1", 80) == [("127.0.0.1", 80)]


# -- deadlines ----------------------------------------------------------------------------------


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


def fetched(url, dialling=Dialling()):  # noqa: B008
    host = url.split("/")[2]
    with pytest.raises(FetchFailed) as failed:
        Fetcher(hosts=[host], bounds=BOUNDS, user_agent="t/1", dialling=dialling).get(url)
    return failed.value.detail


def asked(url, dialling=Dialling()):  # noqa: B008
    endpoint = RegistryEndpoint(url, "test", DEADLINE_S, (TLS_ROOT,), lambda: 0, dialling)
    return ask(endpoint, "/question", {}).untrusted_body


def in_time(call):
    begun = time.monotonic()
    result = call()
    assert time.monotonic() - begun < MOST_S
    return result


@pytest.mark.parametrize("head", HEADS)
def test_a_list_that_drips_ends_at_the_deadline(head):
    with speaking(HEADS[head]) as port:
        assert in_time(lambda: fetched(f"http://127.0.0.1:{port}/")) == "deadline"


@pytest.mark.parametrize("hello", HELLOS)
def test_a_handshake_that_drips_ends_at_the_deadline(hello):
    with speaking(HELLOS[hello]) as port:
        assert in_time(lambda: fetched(f"https://127.0.0.1:{port}/")) == "deadline"


@pytest.mark.parametrize("head", HEADS)
def test_a_registry_that_drips_is_no_answer(head):
    with speaking(HEADS[head]) as port:
        assert in_time(lambda: asked(f"http://127.0.0.1:{port}")) is None


@pytest.mark.parametrize("hello", HELLOS)
def test_a_registry_whose_handshake_drips_is_no_answer(hello):
    with speaking(HELLOS[hello]) as port:
        assert in_time(lambda: asked(f"https://127.0.0.1:{port}")) is None


def test_a_resolver_that_does_not_answer_is_left_behind():
    dialling = Dialling(resolver=slow)
    bounds = FetchBounds(timeout_s=1, deadline_s=9, answer_octets=9, list_octets=9)
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
    assert BOUNDS.list_deadline_s - 0.1 < took < BOUNDS.list_deadline_s + 1.5


def test_what_is_in_time_is_not_cut_off():
    left, right = socket.socketpair()
    with left, right:
        with CutOff(left, time.monotonic() + 30) as cut_off:
            cut_off.extend(time.monotonic() + 60)
            right.sendall(b"x")
            assert left.recv(1) == b"x"
        assert not cut_off.struck


def test_what_was_cut_before_it_was_given_longer_stays_cut():
    left, right = socket.socketpair()
    with left, right:
        with CutOff(left, time.monotonic()) as cut_off:
            cut_off._timer.join(30)
            cut_off.extend(time.monotonic() + 60)
        assert cut_off.struck


# -- nobody of ours speaks to this machine in a branch --------------------------------------------


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
            service.exchange("GET", service.below("/"), None, timeout_s=2, cancelled=lambda: False)
    assert refused.value.detail == "this_machine"
    assert spoken == []


@pytest.mark.parametrize(
    ("host", "port", "sent"),
    [
        ("gw.test", 80, b"Host: gw.test\r\n"),
        ("gw.test", 8080, b"Host: gw.test:8080\r\n"),
        ("2001:db8::1", 80, b"Host: [2001:db8::1]\r\n"),
    ],
)
def test_the_host_is_said_as_it_was_configured(host, port, sent):
    left, right = socket.socketpair()
    with left, right:
        http_over(left, host, port).request("GET", "/")
        assert sent in right.recv(4096)
