"""Client of a time-stamping authority (RFC 3161 2.4.2 and 3.4): one request, one verified token.

The transport may be plain http: what comes back is signed. What is not signed by an authority that
the station trusts, over these very octets, for this very request, is never returned.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from crypto.algorithms.registry import AlgorithmRegistry, default_registry
from crypto.asn1.der import DerError
from crypto.cms.signed_data import SignedData
from crypto.cms.timestamp import (
    RequestRejected,
    ResponseMismatch,
    TimestampInfo,
    TimestampRequest,
    read_response,
)
from crypto.cms.token import verify_token
from crypto.errors import CryptoError
from crypto.net.connection import ANY_MACHINE, Dialling
from crypto.net.exchange import ExchangeFailed, ExchangeLimits, Failure, Request, exchange
from crypto.net.tls import TlsContext, system_context
from crypto.net.url import HttpUrl
from crypto.report.alarm import Alarm, AlarmCode
from crypto.revocation.context import ValidationContext

__all__ = ["TimestampFailed", "TimestampFault", "TimestampService", "request_timestamp"]

_QUERY: Final = "application/timestamp-query"
_REPLIES: Final = frozenset({"application/timestamp-reply", "application/octet-stream"})
"""RFC 3161 3.4; what a server states that does not know the type."""
_OK: Final = 200
_STATUS_UNKNOWN: Final = "authority_status:"
"""How the reason of `verify_token` begins."""
_ANSWER_OCTETS: Final = 256 << 10
_NONCE_OCTETS: Final = 16


class TimestampFault(StrEnum):
    """Why there is no time-stamp."""

    UNREACHABLE = "unreachable"
    """No whole answer within the limits; `detail` says what failed, as `http_503` or `deadline`."""
    CANCELLED = "cancelled"
    UNREADABLE = "unreadable"
    """What came is no answer of a time-stamping authority, such as the page of a portal."""
    REJECTED = "rejected"
    """The authority says no; `detail` is its PKIFailureInfo or PKIStatus."""
    NONCE_DIFFERS = "nonce_differs"
    """An answer to another request."""
    IMPRINT_DIFFERS = "imprint_differs"
    """A time-stamp of other octets."""
    POLICY_DIFFERS = "policy_differs"
    CLOCK_DIFFERS = "clock_differs"
    """`detail` is by how many seconds the authority's clock is ahead of ours, negative: behind."""
    STATUS_UNKNOWN = "status_unknown"
    """Whether the authority's certificate is revoked is not established; `detail` says why."""
    NOT_TRUSTED = "not_trusted"
    """The token does not verify; `detail` is what `verify_token` holds against it."""

    NOT_CONFIGURED = "not_configured"
    """No service is named; stated by whoever would have asked one."""


_ALARMS: Final = {
    TimestampFault.NONCE_DIFFERS: AlarmCode.TOKEN_REPLAYED,
    TimestampFault.IMPRINT_DIFFERS: AlarmCode.TOKEN_MISDIRECTED,
    TimestampFault.POLICY_DIFFERS: AlarmCode.TOKEN_MISDIRECTED,
    TimestampFault.NOT_TRUSTED: AlarmCode.TOKEN_FORGED,
}
"""What it is when somebody else answers, or the authority wrongly; the others are weather."""

_MISMATCHES: Final = {
    "tsp_nonce": TimestampFault.NONCE_DIFFERS,
    "tsp_imprint": TimestampFault.IMPRINT_DIFFERS,
    "tsp_policy": TimestampFault.POLICY_DIFFERS,
}


class TimestampFailed(CryptoError):
    """There is no time-stamp; `untrusted` are the octets that came, empty when none did.

    detail  what the fault alone does not say, mostly empty
    """

    code = "timestamp_failed"

    def __init__(self, fault: TimestampFault, detail: str = "", untrusted: bytes = b"") -> None:
        super().__init__(detail)
        self.fault = fault
        self.untrusted = untrusted

    def make_alarm(self, source: str) -> Alarm | None:
        """Return what a service's answer gives away; None: nothing. What is stamped names nobody.

        source  the configured address that was asked
        """
        code = _ALARMS.get(self.fault)
        if code is None:
            return None
        return Alarm.raise_about(code, source, f"{self.fault}:{self.detail}", self.untrusted)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampService:
    """A time-stamping authority and what is asked of it.

    digest_oid  digest of the imprint; at НУЦ РК it chooses which of its authorities signs
    policy_oid  the policy to ask for; empty: the authority's choice
    timeout_s   of the whole exchange
    tls         for an https address; the system's trust when not given
    """

    url: HttpUrl
    digest_oid: str
    policy_oid: str
    timeout_s: float
    dialling: Dialling = ANY_MACHINE
    tls: TlsContext | None = None
    registry: AlgorithmRegistry | None = None

    def build_request(self, stamped: bytes) -> TimestampRequest:
        """Return a request with a fresh nonce of 128 bits; AlgorithmUnknown."""
        registry = self.registry or default_registry()
        return TimestampRequest(
            self.digest_oid,
            registry.require_digest(self.digest_oid).hash(stamped),
            int.from_bytes(secrets.token_bytes(_NONCE_OCTETS)),
            certificate_wanted=True,
            policy=self.policy_oid,
        )

    def post(self, query: bytes, is_cancelled: Callable[[], bool] | None = None) -> bytes:
        """Send a query and return what came back, unread; TimestampFailed."""
        headers = {"Content-Type": _QUERY, "Accept": "application/timestamp-reply"}
        request = Request("POST", self.url, headers, query)
        limits = ExchangeLimits.within(self.timeout_s, body_octets=_ANSWER_OCTETS)
        tls = (self.tls or system_context()) if self.url.secure else None
        try:
            with exchange(
                request, limits, dialling=self.dialling, tls=tls, is_cancelled=is_cancelled
            ) as response:
                if response.status != _OK:
                    raise TimestampFailed(TimestampFault.UNREACHABLE, f"http_{response.status}")
                # A server that states no type is judged by what it sends.
                if response.header("Content-Type") and response.content_type not in _REPLIES:
                    raise TimestampFailed(TimestampFault.UNREADABLE, "content_type")
                return response.read()
        except ExchangeFailed as failed:
            cancelled = failed.failure is Failure.CANCELLED
            fault = TimestampFault.CANCELLED if cancelled else TimestampFault.UNREACHABLE
            raise TimestampFailed(fault, failed.failure.value) from failed


def request_timestamp(
    service: TimestampService,
    stamped: bytes,
    create_context: Callable[[], ValidationContext],
    *,
    is_cancelled: Callable[[], bool] | None = None,
) -> bytes:
    """Return a verified token over `stamped`; TimestampFailed.

    create_context  whom time-stamps must come from, by the clock once the answer is here
    is_cancelled    called ten times a second in another thread
    """
    request = service.build_request(stamped)
    untrusted = service.post(request.encode(), is_cancelled)
    try:
        token = read_response(untrusted, request)
        moment = TimestampInfo.parse(SignedData.parse(token).content or b"").moment
    except RequestRejected as rejected:
        raise TimestampFailed(TimestampFault.REJECTED, rejected.detail, untrusted) from rejected
    except ResponseMismatch as mismatch:
        fault = _MISMATCHES[mismatch.detail]
        raise TimestampFailed(fault, untrusted=untrusted) from mismatch
    except DerError as malformed:
        raise TimestampFailed(TimestampFault.UNREADABLE, malformed.detail, untrusted) from malformed
    refused = _judge(token, moment, stamped, create_context(), service.timeout_s)
    if refused is not None:
        raise TimestampFailed(*refused, untrusted)
    return token


def _judge(
    token: bytes, moment: datetime, stamped: bytes, context: ValidationContext, waited_s: float
) -> tuple[TimestampFault, str] | None:
    """Return what is held against a token that answers our request; None: it counts."""
    ahead = moment - context.moment
    apart = context.lies_ahead(moment) or -ahead > context.clock_tolerance + timedelta(
        seconds=waited_s
    )
    # A clock is spoken of only where the authority itself has stated the time: whoever is on the
    # line must not bring a teller to set this computer's clock.
    verified = verify_token(
        token, stamped, replace(context, moment=moment) if apart else context, fresh=True
    )
    reason = verified.evidence.reason
    status_unknown = reason.startswith(_STATUS_UNKNOWN)
    if apart and (verified.time is not None or status_unknown):
        return TimestampFault.CLOCK_DIFFERS, str(round(ahead.total_seconds()))
    if status_unknown:
        return TimestampFault.STATUS_UNKNOWN, reason.removeprefix(_STATUS_UNKNOWN)
    return (TimestampFault.NOT_TRUSTED, reason) if verified.time is None else None
