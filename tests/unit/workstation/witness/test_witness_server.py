"""A witness's service has an end to everything: size, time and the number of connections."""

import contextlib
import socket
import time

import pytest

from crypto.net.connection import ANY_MACHINE
from crypto.net.url import HttpUrl
from tests.support.station.log import ORIGIN
from tests.support.station.witnesses import reader
from workstation.witness.ask import WitnessOutcome, ask_witness, http_post
from workstation.witness.requests import ADD_CHECKPOINT, MAX_REQUEST_BYTES
from workstation.witness.server import WitnessServer


@pytest.fixture
def server(witness):
    with WitnessServer(witness.service, "127.0.0.1", 0, whole_s=1.0) as running:
        yield running


def way(server, **changes):
    host, port = server.address
    limits = {"dialling": ANY_MACHINE, "timeout_s": 5}
    return http_post(HttpUrl.parse(f"http://{host}:{port}"), **(limits | changes))


def ask(site, witness, server, known=0):
    with reader(site) as log:
        return ask_witness(log, witness.key.verifier, way(server), known)


def send(server, data, *, wait_s=5.0):
    """Send octets and return what comes until the end, and after how many seconds."""
    begun = time.monotonic()
    with socket.create_connection(server.address, timeout=wait_s) as opened:
        opened.sendall(data)
        received = b""
        with contextlib.suppress(ConnectionError):
            while piece := opened.recv(4096):
                received += piece
    return received, time.monotonic() - begun


def test_a_witness_answers_over_a_socket(site, witness, server):
    assert ask(site, witness, server).outcome is WitnessOutcome.COSIGNED
    assert witness.state.find(ORIGIN).size == 10


def test_a_service_that_was_restarted_goes_on_where_it_was(site, witness):
    for _ in range(2):
        with WitnessServer(witness.service, "127.0.0.1", 0) as running:
            assert ask(site, witness, running).outcome is WitnessOutcome.COSIGNED


def test_a_witness_that_is_away_does_not_answer(site, witness):
    with WitnessServer(witness.service, "127.0.0.1", 0) as running:
        pass
    assert ask(site, witness, running).outcome is WitnessOutcome.NO_ANSWER


def test_what_is_too_large_is_not_read(server):
    head = f"POST {ADD_CHECKPOINT} HTTP/1.1\r\nContent-Length: {MAX_REQUEST_BYTES + 1}\r\n\r\n"
    received, _ = send(server, head.encode())

    assert received.startswith(b"HTTP/1.0 413")


@pytest.mark.parametrize("length", ["", "-1", "many", "9" * 30])
def test_a_length_that_is_none_is_refused(server, length):
    head = f"POST {ADD_CHECKPOINT} HTTP/1.1\r\nContent-Length: {length}\r\n\r\n"
    received, _ = send(server, head.encode())

    assert received.startswith(b"HTTP/1.0 411")


def test_only_posts_are_answered(server):
    received, _ = send(server, b"GET / HTTP/1.1\r\n\r\n")

    assert received.startswith(b"HTTP/1.0 501")


def test_a_body_that_ends_early_is_no_request(site, witness, server):
    with socket.create_connection(server.address) as opened:
        opened.sendall(f"POST {ADD_CHECKPOINT} HTTP/1.1\r\nContent-Length: 50\r\n\r\nold".encode())
        opened.shutdown(socket.SHUT_WR)
        assert opened.recv(100) == b""


def test_a_client_that_drips_is_left(site, witness, server):
    begun = time.monotonic()
    with socket.create_connection(server.address) as opened:
        opened.settimeout(5)
        with contextlib.suppress(ConnectionError):
            while time.monotonic() - begun < 5:
                opened.sendall(b"P")
                time.sleep(0.1)

    assert time.monotonic() - begun < 4
    assert ask(site, witness, server).outcome is WitnessOutcome.COSIGNED


def test_silent_clients_do_not_keep_the_others_out_for_long(site, witness, server):
    with contextlib.ExitStack() as silent:
        for _ in range(40):
            silent.enter_context(socket.create_connection(server.address))
        # Each is hung up on after a second; a busy PC takes longer to notice.
        last = time.monotonic() + 30
        outcome = WitnessOutcome.NO_ANSWER
        while outcome is WitnessOutcome.NO_ANSWER and time.monotonic() < last:
            time.sleep(0.5)
            outcome = ask(site, witness, server).outcome

        assert outcome is WitnessOutcome.COSIGNED


def test_one_connection_too_many_is_hung_up_on(site, witness, server):
    with contextlib.ExitStack() as silent:
        opened = [silent.enter_context(socket.create_connection(server.address)) for _ in range(33)]
        opened[-1].settimeout(5)
        with contextlib.suppress(ConnectionError):
            assert opened[-1].recv(1) == b""


def test_a_state_that_cannot_be_kept_is_no_cosignature(site, witness, server):
    witness.path.unlink()

    assert ask(site, witness, server).outcome is WitnessOutcome.REFUSED
