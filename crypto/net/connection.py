"""Sockets to configured services: resolved once, bounded in time, and of this machine only on wish.

A name is resolved where its socket is opened and the socket goes to that very address: what was
judged is what is spoken to. In a branch no service of the bank's may be this machine itself, and
only the address says whether it is: `localtest.me`, a line of the hosts file and `0177.0.0.1` are
all loopback.
"""

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

__all__ = [
    "ANY_MACHINE",
    "Address",
    "Dialling",
    "Resolver",
    "ThisMachineRefused",
    "is_this_machine",
    "system_resolver",
]

Address: TypeAlias = tuple[str, int] | tuple[str, int, int, int]
"""What `socket.connect` takes: host and port; for IPv6 flow and scope too."""

Resolver: TypeAlias = Callable[[str, int], Sequence[Address]]
_MAX_ADDRESSES: Final = 8


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
