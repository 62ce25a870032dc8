"""Addresses in the settings: read once, strictly, so that nobody else has to guess a host."""

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from crypto.net.connection import is_this_machine
from workstation.errors import SettingsRefused

__all__ = ["Scheme", "WebAddress", "require_address"]

_ENDS_IN_NUMBER = re.compile(r"(.*\.)?(0[xX][0-9a-fA-F]*|[0-9]+)?")
"""A host whose last label is a number, or nothing: resolvers take it for an address."""

_LOCAL_NAMES = frozenset(
    {"localhost", "localhost4", "localhost6", "localhost.localdomain", "ip6-localhost"}
    | {"ip6-loopback"}
)
"""Names that hosts files give this machine; what else leads here is seen when it is resolved."""


class Scheme(StrEnum):
    """Schemes an address may have."""

    HTTP = "http"
    HTTPS = "https"
    WSS = "wss"


@dataclass(frozen=True, slots=True)
class WebAddress:
    """Scheme and host of an address; `loopback` when the host is this machine."""

    scheme: Scheme
    host: str
    loopback: bool


def require_address(place: str, untrusted: str, *schemes: Scheme) -> WebAddress:
    """Return the address; SettingsRefused names `place` when it is not plain.

    Refused: another scheme, no host, a bad port, a user name, a query, a fragment.
    """
    try:
        parts = urlsplit(untrusted)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise SettingsRefused(f"{place}: not an address") from None
    if parts.scheme not in {scheme.value for scheme in schemes}:
        allowed = ", ".join(scheme.value for scheme in schemes)
        raise SettingsRefused(f"{place}: scheme must be one of {allowed}")
    if not host or port == 0 or "@" in parts.netloc or _odd_number(host):
        raise SettingsRefused(f"{place}: not a plain host")
    if parts.query or parts.fragment or "\\" in untrusted:
        raise SettingsRefused(f"{place}: query or fragment")
    return WebAddress(Scheme(parts.scheme), host, _is_loopback(host))


def _is_loopback(host: str) -> bool:
    if host in _LOCAL_NAMES or host.endswith(".localhost"):
        return True
    try:
        return is_this_machine(host)
    except ValueError:
        return False


def _odd_number(host: str) -> bool:
    """Whether it is a number in another spelling: 127.1, 2130706433, 0x7f000001, 0177.0.0.1."""
    if not _ENDS_IN_NUMBER.fullmatch(host):
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return False
