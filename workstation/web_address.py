"""Addresses in the settings: read once, strictly, so that nobody else has to guess a host."""

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from workstation.errors import SettingsRefused

__all__ = ["Scheme", "WebAddress", "require_address"]

_SHORT_IP = re.compile(r"(0[xX][0-9a-fA-F]*|[0-9]+)(\.(0[xX][0-9a-fA-F]*|[0-9]+)){0,2}|.*\.")
"""Hosts such as 127.1 or 2130706433, which resolvers take for addresses, and a trailing dot."""


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
    if not host or port == 0 or "@" in parts.netloc or _SHORT_IP.fullmatch(host):
        raise SettingsRefused(f"{place}: not a plain host")
    if parts.query or parts.fragment or "\\" in untrusted:
        raise SettingsRefused(f"{place}: query or fragment")
    return WebAddress(Scheme(parts.scheme), host, _is_loopback(host))


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    # 0.0.0.0 reaches this machine as well.
    return address.is_loopback or address.is_unspecified
