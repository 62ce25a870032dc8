"""Sockets to configured services: resolved once, bounded in time, and of this machine only on wish.

A name is resolved where its socket is opened and the socket goes to that very address: what was
judged is what is spoken to. In a branch no service of the bank's may be this machine itself, and
only the address says whether it is: `localtest.me`, a line of the hosts file and `0177.0.0.1` are
all loopback.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self, TypeAlias

__all__ = [
    "ANY_MACHINE",
    "Address",
    "CutOff",
    "Dialling",
    "Resolver",
    "ThisMachineRefused",
    "http_over",
    "is_this_machine",
    "system_resolver",
]

Address: TypeAlias = tuple[str, int] | tuple[str, int, int, int]
"""What `socket.connect` takes: host and port; for IPv6 flow and scope too."""

Resolver: TypeAlias = Callable[[str, int], Sequence[Address]]
_MAX_ADDRESSES: Final = 8
_SLACK_S: Final = 0.05
"""By how much a silent peer is left after the deadline, never before it: clocks tick in 16 ms."""


class ThisMachineRefused(OSError):
    """The name leads to this machine, which may not stand in for a service of the bank's."""


def system_resolver(host: str, port: int) -> Sequence[Address]:
    """Ask the system; OSError when it knows no address."""
    return [
        (str(address[0]), int(address[1]), *map(int, address[2:]))  # type: ignore[misc]
        for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ]


def is_this_machine(host: str) -> bool:
    """Whether an IP address is loopback, or unspecified, which reaches this machine as well."""
    address = ipaddress.ip_address(host.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped
        if inside is None and int(address) >> 32 == 0 and int(address) > 1:
            # ::127.0.0.1, the "IPv4-compatible" form (RFC 4291 2.5.5.1).
            inside = ipaddress.IPv4Address(int(address))
        address = inside or address
    return address.is_loopback or address.is_unspecified


@dataclass(frozen=True, slots=True)
class Dialling:
    """How a service is reached.

    this_machine  whether it may be on this machine: in the sandbox, never in production
    resolver      addresses of a host and port, in order of preference; may block
    """

    this_machine: bool = True
    resolver: Resolver = system_resolver

    def addresses(self, host: str, port: int, *, deadline: float) -> Sequence[Address]:
        """Return where the service is; ThisMachineRefused, TimeoutError, OSError.

        deadline  by `time.monotonic`; a resolver that does not answer is left behind
        """
        found = _within(deadline, lambda: self.resolver(host, port))[:_MAX_ADDRESSES]
        if not found:
            raise OSError("no address")
        # One address of several is enough to refuse: which one is taken must not decide.
        if not self.this_machine and any(is_this_machine(address[0]) for address in found):
            raise ThisMachineRefused(host)
        return found

    def connect(self, host: str, port: int, *, deadline: float) -> socket.socket:
        """Return a connected socket; ThisMachineRefused, TimeoutError, OSError."""
        failure: OSError = TimeoutError("deadline")
        for address in self.addresses(host, port, deadline=deadline):
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("deadline")
            family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
            opened = socket.socket(family, socket.SOCK_STREAM)
            try:
                opened.settimeout(left)
                opened.connect(address)
                self._require_elsewhere(opened, host)
            except OSError as error:
                opened.close()
                failure = error
                if isinstance(error, ThisMachineRefused):
                    raise
                continue
            return opened
        raise failure

    def _require_elsewhere(self, opened: socket.socket, host: str) -> None:
        # An address of this machine's own network card answers itself.
        own, peer = opened.getsockname()[0], opened.getpeername()[0]
        if not self.this_machine and own == peer:
            raise ThisMachineRefused(host)


ANY_MACHINE: Final = Dialling()
"""Any address, this machine's too."""


def _within(deadline: float, call: Callable[[], Sequence[Address]]) -> Sequence[Address]:
    found: list[Sequence[Address]] = []
    failed: list[OSError] = []

    def run() -> None:
        try:
            found.append(call())
        except OSError as error:
            failed.append(error)
        except (UnicodeError, ValueError) as error:
            failed.append(OSError(type(error).__name__))

    thread = threading.Thread(target=run, name="resolver", daemon=True)
    thread.start()
    thread.join(max(0.0, deadline - time.monotonic()))
    if failed:
        raise failed[0]
    if not found:
        raise TimeoutError("resolver")
    return found[0]


def http_over(opened: socket.socket, host: str, port: int) -> http.client.HTTPConnection:
    """Return HTTP over a socket that is connected already; the Host header as for its scheme."""
    # Never without a port: http.client would look for one in an IPv6 address.
    connection = http.client.HTTPConnection(host, port)
    if isinstance(opened, ssl.SSLSocket):
        connection.default_port = http.client.HTTPS_PORT
    connection.sock = opened
    return connection


class CutOff:
    """Shuts a connection down at its deadline, whatever it waits for.

    The time-out of a socket begins anew with every octet, so a peer that drips a handshake, a head
    or the line before a chunk never runs into it. What was cut short may look whole: ask `struck`.
    A peer that says nothing is left by the time-out, made shorter where the deadline is nearer:
    on Windows a shutdown does not wake a thread that waits.
    """

    def __init__(self, opened: socket.socket, deadline: float) -> None:
        self._opened = opened
        self._cut = False
        self._single_s = opened.gettimeout()
        self._timer: threading.Timer | None = None
        self._deadline = deadline

    @property
    def struck(self) -> bool:
        """Whether the connection was cut, even before it was given longer, or is too late now."""
        return self._cut or time.monotonic() >= self._deadline

    def __enter__(self) -> Self:
        self._arm()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._disarm()

    def extend(self, deadline: float) -> None:
        """Wait longer from here on: a large body may take what a head may not."""
        self._disarm()
        self._deadline = deadline
        self._arm()

    def _arm(self) -> None:
        left = max(0.0, self._deadline - time.monotonic())
        longest_s = left + _SLACK_S
        self._opened.settimeout(
            longest_s if self._single_s is None else min(self._single_s, longest_s)
        )
        self._timer = threading.Timer(left, self._strike)
        self._timer.daemon = True
        self._timer.start()

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()

    def _strike(self) -> None:
        self._cut = True
        with suppress(OSError):
            # The plain socket's: that of TLS would take the session from its reader.
            socket.socket.shutdown(self._opened, socket.SHUT_RDWR)
