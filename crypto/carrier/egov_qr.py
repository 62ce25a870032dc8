"""eGov Mobile: the customer scans a QR code and signs on their own phone.

The document goes through a service of the bank's choice that speaks SIGEX's protocol (see
crypto.carrier.egov_messages); nothing it answers is believed before the CMS is validated. It is
spoken to at its configured origin only, also where it names other addresses, and the code shown
is ours: made from an address that passed the same check, not the picture it sends.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from crypto.carrier.carrier import SignatureRequest
from crypto.carrier.egov_messages import (
    DocumentTitles,
    read_launch_link,
    read_next_address,
    read_registration,
    read_signature,
    write_documents,
    write_registration,
)
from crypto.carrier.errors import (
    CarrierCancelled,
    CarrierExpired,
    CarrierProtocol,
    CarrierRefused,
    CarrierUnreachable,
    RequestRefused,
)
from crypto.carrier.web_service import ExchangeDropped, WebAnswer, WebService
from crypto.net.connection import ANY_MACHINE, Dialling
from crypto.net.url import HttpUrl

__all__ = ["EgovPhase", "EgovProgress", "EgovQrCarrier", "EgovQrSettings"]

_PATH = "/api/egovQr"
_OK = 200
_GONE = frozenset({404, 410})
_LATER = frozenset({408, 425, 429, 502, 503, 504})
_LONG_POLL_S = 120.0
_PAUSE_S = 1.0
_POLL_S = 0.1
_MAX_SCANNED = 1024


class EgovPhase(StrEnum):
    """How far the customer is: the code waits to be scanned, or the phone has the document."""

    READY = "ready"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class EgovProgress:
    """What the screens are to show; `scanned` is the text for the QR code."""

    phase: EgovPhase
    scanned: str


@dataclass(frozen=True, slots=True)
class EgovQrSettings:
    """How to reach the service; RequestRefused names the first field that is not usable.

    url                base address: https, plain http for this machine only
    tls_anchors        DER certificates, one of which must have issued the service's chain
    titles             what the phone calls the document
    opening_timeout_s  for the registration
    signing_timeout_s  for the customer: from the code's appearance to the signature
    retries            how often a broken exchange is tried again, for each of the two waits
    max_reply_bytes    of any answer
    dialling           how it is reached, and whether it may be this machine
    """

    url: str
    tls_anchors: tuple[bytes, ...]
    titles: DocumentTitles
    opening_timeout_s: int
    signing_timeout_s: int
    retries: int
    max_reply_bytes: int
    dialling: Dialling = ANY_MACHINE

    def __post_init__(self) -> None:
        limits = (self.opening_timeout_s, self.signing_timeout_s, self.max_reply_bytes)
        if min(limits) < 1 or self.retries < 0:
            raise RequestRefused("limits")
        self.service()

    def service(self) -> WebService:
        """Return the service these settings name; RequestRefused."""
        return WebService(
            self.url,
            self.tls_anchors,
            max_reply_bytes=self.max_reply_bytes,
            dialling=self.dialling,
        )


class EgovQrCarrier:
    """One registration and one document per signature.

    on_progress  called at every change of phase, in the thread of `obtain`; must return at once
    """

    def __init__(
        self, settings: EgovQrSettings, on_progress: Callable[[EgovProgress], None]
    ) -> None:
        self._settings = settings
        self._service = settings.service()
        self._on_progress = on_progress

    def obtain(self, request: SignatureRequest, *, cancelled: Callable[[], bool]) -> bytes:
        """Return the untrusted CMS the customer's phone made; see SignatureCarrier.

        Raises CarrierExpired when the customer did not sign in time.
        """
        if cancelled():
            raise CarrierCancelled("teller")
        settings, service = self._settings, self._service
        registered = read_registration(self._register(request, cancelled))
        data_url = service.admit(registered.untrusted_data_url)
        service.admit(registered.untrusted_sign_url)
        scanned, inside = read_launch_link(
            registered.untrusted_launch_link, service_host=service.host
        )
        service.admit(inside)
        if len(scanned) > _MAX_SCANNED:
            raise CarrierProtocol("foreign_url")
        self._on_progress(EgovProgress(EgovPhase.READY, scanned))
        wait = _Wait(time.monotonic() + settings.signing_timeout_s, cancelled)
        # The service answers when the phone has asked for the document: that is the first wait.
        taken = self._poll("POST", data_url, write_documents(request, settings.titles), wait)
        sign_url = service.admit(read_next_address(taken, registered.untrusted_sign_url))
        self._on_progress(EgovProgress(EgovPhase.TAKEN, scanned))
        return read_signature(self._poll("GET", sign_url, None, wait))

    def _register(self, request: SignatureRequest, cancelled: Callable[[], bool]) -> bytes:
        settings = self._settings
        try:
            answer = self._service.exchange(
                "POST",
                self._service.join(_PATH),
                write_registration(settings.titles, request.language),
                timeout_s=settings.opening_timeout_s,
                cancelled=cancelled,
            )
        except ExchangeDropped:
            raise CarrierUnreachable("timeout") from None
        return _require_ok(answer)

    def _poll(self, method: str, url: HttpUrl, body: bytes | None, wait: "_Wait") -> bytes:
        """Return the body of a long poll; what breaks is tried again, what is said is not."""
        for _ in range(self._settings.retries + 1):
            left = wait.seconds_left()
            try:
                answer = self._service.exchange(
                    method,
                    url,
                    body,
                    timeout_s=min(left, _LONG_POLL_S),
                    cancelled=wait.cancelled,
                )
            except ExchangeDropped:
                pass
            except CarrierUnreachable as unreachable:
                if unreachable.detail in {"tls_refused", "this_machine"}:
                    raise
            else:
                if answer.status in _GONE:
                    raise CarrierExpired("service")
                if answer.status not in _LATER:
                    return _require_ok(answer)
            wait.pause()
        raise CarrierUnreachable("retries")


@dataclass(frozen=True, slots=True)
class _Wait:
    """The time a customer has, and the teller who may call it off."""

    deadline: float
    cancelled: Callable[[], bool]

    def seconds_left(self) -> float:
        """Return the seconds left; CarrierExpired, CarrierCancelled(`teller`)."""
        if self.cancelled():
            raise CarrierCancelled("teller")
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise CarrierExpired("timeout")
        return left

    def pause(self) -> None:
        """Wait a moment before the next try; CarrierExpired, CarrierCancelled as `seconds_left`."""
        until = time.monotonic() + _PAUSE_S
        while (now := time.monotonic()) < until:
            time.sleep(min(_POLL_S, until - now, self.seconds_left()))


def _require_ok(answer: WebAnswer) -> bytes:
    if 300 <= answer.status < 400:  # noqa: PLR2004 - the class of redirects, RFC 9110 15.4
        raise CarrierProtocol("redirect")
    if answer.status != _OK:
        raise CarrierRefused(f"http_{answer.status}")
    return answer.untrusted_body
