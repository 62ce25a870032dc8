"""Sockets: resolved once, and never this machine in a branch."""

import socket
import time
from contextlib import suppress

import pytest

from crypto.net.connection import (
    Dialling,
    ThisMachineRefused,
    is_this_machine,
    system_resolver,
)

DEADLINE_S = 1


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
