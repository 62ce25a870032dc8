"""Addresses of HTTP services, read in one way: what two readers could split differently is refused.

The generic syntax is RFC 3986; what is taken of it is scheme, host, port, path and query in ASCII.
"""

from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import SplitResult, urlsplit

__all__ = ["HttpUrl", "UrlRefused"]

_MAX_LENGTH: Final = 2048
_PORTS: Final = {"http": 80, "https": 443}
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class UrlRefused(ValueError):
    """No plain address of an HTTP service."""


@dataclass(frozen=True, slots=True)
class HttpUrl:
    """An http or https address with a host, without a user name or a fragment."""

    parts: SplitResult

    @classmethod
    def parse(cls, untrusted: str) -> Self:
        """Read an address of at most 2048 letters; UrlRefused."""
        if len(untrusted) > _MAX_LENGTH or not untrusted.isascii():
            raise UrlRefused
        # RFC 3986 appendix C: these delimit an address and are never a part of one.
        if any(letter <= " " or letter in '"<>\\^`{|}\x7f' for letter in untrusted):
            raise UrlRefused
        try:
            parts = urlsplit(untrusted)
            port = parts.port
        except ValueError:
            raise UrlRefused from None
        if parts.scheme not in _PORTS or not parts.hostname or port == 0:
            raise UrlRefused
        if "@" in parts.netloc or parts.fragment:
            raise UrlRefused
        return cls(parts)

    @property
    def secure(self) -> bool:
        """Whether TLS is spoken."""
        return self.parts.scheme == "https"

    @property
    def host(self) -> str:
        """The host in lower case; an IPv6 address without its brackets."""
        return self.parts.hostname or ""

    @property
    def port(self) -> int:
        """The port, also where the address leaves it to the scheme."""
        return self.parts.port or _PORTS[self.parts.scheme]

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: who is spoken to (RFC 6454 section 4)."""
        return self.parts.scheme, self.host, self.port

    @property
    def target(self) -> str:
        """Path and query as the request line carries them (RFC 9112 3.2.1)."""
        return (self.parts.path or "/") + (f"?{self.parts.query}" if self.parts.query else "")

    @property
    def leaves_in_clear(self) -> bool:
        """Whether what is sent crosses a network unencrypted: plain http to another machine."""
        return not self.secure and self.host not in _LOOPBACK

    def join(self, path: str) -> Self:
        """Return the address of a path below this one."""
        return type(self)(self.parts._replace(path=self.parts.path.rstrip("/") + path))

    def __str__(self) -> str:
        return self.parts.geturl()
