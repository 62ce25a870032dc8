"""The web service of a signing carrier: one origin of the bank's choice, spoken to in JSON.

A long poll blocks for minutes, so the teller may call off an exchange while it waits.
"""

from collections.abc import Callable
from dataclasses import dataclass

from crypto.carrier.errors import (
    CarrierCancelled,
    CarrierError,
    CarrierProtocol,
    CarrierUnreachable,
    RequestRefused,
)
from crypto.net.connection import ANY_MACHINE, Dialling
from crypto.net.exchange import ExchangeFailed, ExchangeLimits, Failure, Request, exchange
from crypto.net.tls import AnchorsRefused, pinned_context
from crypto.net.url import HttpUrl, UrlRefused

__all__ = ["ExchangeDropped", "WebAnswer", "WebService"]

_CONNECT_S = 10.0
_JSON = "application/json"


class ExchangeDropped(Exception):
    """The connection was lost or the exchange's own time was over; it may be tried again."""


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """Status and body; the body is whole and within the limit."""

    status: int
    untrusted_body: bytes


class WebService:
    """One origin: scheme, host and port. No other address is ever spoken to.

    url              https://host[:port][/path]; plain http for this machine only
    tls_anchors      DER certificates one of which must have issued the service's chain
    max_reply_bytes  of any answer's body
    dialling         how it is reached, and whether it may be this machine
    """

    def __init__(
        self,
        url: str,
        tls_anchors: tuple[bytes, ...],
        *,
        max_reply_bytes: int,
        dialling: Dialling = ANY_MACHINE,
    ) -> None:
        try:
            self._url = HttpUrl.parse(url)
        except UrlRefused:
            raise RequestRefused("url") from None
        if self._url.parts.query or self._url.leaves_in_clear:
            raise RequestRefused("url")
        try:
            self._tls = pinned_context(tls_anchors) if self._url.secure else None
        except AnchorsRefused:
            raise RequestRefused("tls_anchors") from None
        self._max_reply_bytes = max_reply_bytes
        self._dialling = dialling

    @property
    def host(self) -> str:
        """Return the service's host, without the port."""
        return self._url.host

    def join(self, path: str) -> HttpUrl:
        """Return the address of a path under the configured one."""
        return self._url.join(path)

    def admit(self, untrusted_url: str) -> HttpUrl:
        """Return the address if it is one of this service; CarrierProtocol(`foreign_url`)."""
        try:
            url = HttpUrl.parse(untrusted_url)
        except UrlRefused:
            raise CarrierProtocol("foreign_url") from None
        if url.origin != self._url.origin:
            raise CarrierProtocol("foreign_url")
        return url

    def exchange(
        self,
        method: str,
        url: HttpUrl,
        body: bytes | None,
        *,
        timeout_s: float,
        cancelled: Callable[[], bool],
    ) -> WebAnswer:
        """Send one request to an address of this service and return its answer.

        Raises ExchangeDropped, CarrierCancelled(`teller`), CarrierUnreachable when the service
        cannot be reached or its TLS is not the pinned one, CarrierProtocol(`oversize`).
        """
        if url.origin != self._url.origin:
            raise CarrierProtocol("foreign_url")
        headers = {"Accept": _JSON}
        if body is not None:
            headers["Content-Type"] = _JSON
        limits = ExchangeLimits(
            connect_s=_CONNECT_S,
            silence_s=timeout_s,
            head_s=timeout_s,
            whole_s=timeout_s,
            body_octets=self._max_reply_bytes,
        )
        try:
            with exchange(
                Request(method, url, headers, body),
                limits,
                dialling=self._dialling,
                tls=self._tls,
                is_cancelled=cancelled,
            ) as response:
                return WebAnswer(response.status, response.read())
        except ExchangeFailed as failed:
            raise _failure(failed.failure) from None


def _failure(failure: Failure) -> CarrierError | ExchangeDropped:
    match failure:
        case Failure.THIS_MACHINE:
            return CarrierUnreachable("this_machine")
        case Failure.CONNECT_TIMEOUT:
            return CarrierUnreachable("timeout")
        case Failure.UNREACHABLE:
            return CarrierUnreachable("not_listening")
        case Failure.CERTIFICATE:
            return CarrierUnreachable("tls_refused")
        case Failure.CANCELLED:
            return CarrierCancelled("teller")
        case Failure.TOO_LARGE:
            return CarrierProtocol("oversize")
        case Failure.BROKEN | Failure.DEADLINE | Failure.TRUNCATED:
            return ExchangeDropped()
