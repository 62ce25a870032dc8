"""One question to one registry over HTTP: bounded in time and size, never redirected.

Only the configured address is spoken to. Plain HTTP is for loopback: an ИИН does not cross a
network in clear.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Self

import msgspec

from crypto.jws import JwsKey, JwsRefused, verify_jws
from crypto.net.connection import ANY_MACHINE, Dialling
from crypto.net.exchange import ExchangeFailed, ExchangeLimits, Failure, Request, exchange
from crypto.net.tls import (
    AnchorsRefused,
    ClientIdentity,
    IdentityRefused,
    TlsContext,
    pinned_context,
)
from crypto.net.url import HttpUrl, UrlRefused
from crypto.report.alarm import Alarm, AlarmCode, ReportAlarm, ignore_alarm
from workstation.errors import SettingsRefused

__all__ = [
    "WORD",
    "AnswerForm",
    "PostTrial",
    "RegistryEndpoint",
    "RegistryExchange",
    "ask",
    "try_ask",
]

_OK: Final = 200
_MAX_TIMEOUT_S: Final = 60
_JSON: Final = "application/json"
_JOSE: Final = "application/jose"
"""A JWS in compact form (RFC 7515 9.2.1)."""


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """What is read of an answer.

    octets       of the body, at most
    media_types  that it may have
    """

    octets: int
    media_types: tuple[str, ...] = (_JSON,)

    @classmethod
    def signed(cls, octets: int) -> Self:
        """Take a JWS, and JSON too: what is unsigned is told apart from what never came."""
        return cls(octets, (_JSON, _JOSE))


WORD: Final = AnswerForm(64 * 1024)
"""A word of a closed list and a few more members."""


@dataclass(frozen=True, slots=True)
class PostTrial:
    """What came of one exchange, for whoever looks for the fault in it.

    untrusted_body  of a whole answer of status 200 and the form asked for
    status, media_type  of the answer's head; 0 and empty where none came
    failure         why there is no whole answer
    foreign         another certificate was shown than one that is trusted for this name
    """

    untrusted_body: bytes | None = None
    status: int = 0
    media_type: str = ""
    failure: Failure | None = None
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class RegistryEndpoint:
    """Where a registry answers; SettingsRefused names the first field that is not usable.

    base_url     https://host[:port][/path]; http only for loopback
    source       name for the record
    timeout_s    for the whole question, connection to last byte; 1..60
    tls_anchors  DER certificates that must have issued an https registry's chain
    clock_ms     Unix milliseconds
    dialling     how it is reached, and whether it may be this machine
    identity     what the station proves who it is with; https only
    keys         one of which must have signed an answer that is to be signed; none: unsigned
    report_alarm takes that somebody shows another certificate in the registry's place
    """

    base_url: str
    source: str
    timeout_s: int
    tls_anchors: tuple[bytes, ...]
    clock_ms: Callable[[], int]
    dialling: Dialling = ANY_MACHINE
    identity: ClientIdentity | None = None
    keys: tuple[JwsKey, ...] = ()
    report_alarm: ReportAlarm = ignore_alarm

    def __post_init__(self) -> None:
        if self._url.parts.query or self._url.leaves_in_clear:
            raise SettingsRefused("registry.base_url")
        _ = self._tls
        if not self.source:
            raise SettingsRefused("registry.source")
        if not 1 <= self.timeout_s <= _MAX_TIMEOUT_S:
            raise SettingsRefused("registry.timeout_s")

    def post(
        self,
        path: str,
        question: bytes,
        request_id: str,
        form: AnswerForm,
        is_cancelled: Callable[[], bool] | None = None,
    ) -> bytes | None:
        """Post JSON; return the body of a whole answer of status 200 and this form, or None."""
        return self.try_post(path, question, request_id, form, is_cancelled).untrusted_body

    def try_post(
        self,
        path: str,
        question: bytes,
        request_id: str,
        form: AnswerForm,
        is_cancelled: Callable[[], bool] | None = None,
    ) -> PostTrial:
        """Post JSON as `post` does, and say what failed where there is no answer of this form."""
        headers = {
            "Content-Type": _JSON,
            "Accept": ", ".join(form.media_types),
            "X-Request-Id": request_id,
        }
        try:
            with exchange(
                Request("POST", self._url.join(path), headers, question),
                ExchangeLimits.within(self.timeout_s, body_octets=form.octets),
                dialling=self.dialling,
                tls=self._tls,
                is_cancelled=is_cancelled,
            ) as response:
                status, media_type = response.status, response.content_type
                usable = status == _OK and media_type in form.media_types
                return PostTrial(response.read() if usable else None, status, media_type)
        except ExchangeFailed as failed:
            if failed.is_foreign:
                self.report_alarm(Alarm(AlarmCode.SERVICE_FOREIGN, self.base_url, "tls"))
            return PostTrial(failure=failed.failure, foreign=failed.is_foreign)
        except SettingsRefused:
            # Files of the settings were good when the endpoint was built and are gone since.
            return PostTrial(failure=Failure.CERTIFICATE)

    def reach(self, is_cancelled: Callable[[], bool] | None = None) -> PostTrial:
        """See whether the registry is there and proves who it is: it is told and asked nothing."""
        try:
            with exchange(
                Request("OPTIONS", self._url, {"Accept": _JSON}),
                ExchangeLimits.within(self.timeout_s, body_octets=WORD.octets),
                dialling=self.dialling,
                tls=self._tls,
                is_cancelled=is_cancelled,
            ) as response:
                return PostTrial(None, response.status, response.content_type)
        except ExchangeFailed as failed:
            return PostTrial(failure=failed.failure, foreign=failed.is_foreign)

    def verify(self, untrusted: bytes, typ: str) -> bytes:
        """Return what one of the keys signed; the octets themselves where none is required.

        typ  of the JWS. Raises JwsRefused.
        """
        if not self.keys:
            return untrusted
        try:
            text = untrusted.decode("ascii")
        except UnicodeDecodeError:
            raise JwsRefused("form") from None
        return verify_jws(text, self.keys, typ=typ).payload

    @property
    def voucher(self) -> str:
        """What an answer is believed for: `jws`, `mutual_tls`, `tls` (the server), `nothing`."""
        if self.keys:
            return "jws"
        if not self._url.secure:
            return "nothing"
        return "tls" if self.identity is None else "mutual_tls"

    @property
    def _url(self) -> HttpUrl:
        try:
            return HttpUrl.parse(self.base_url)
        except UrlRefused:
            raise SettingsRefused("registry.base_url") from None

    @property
    def _tls(self) -> TlsContext | None:
        try:
            if not self._url.secure:
                return None
            return pinned_context(self.tls_anchors, self.identity)
        except AnchorsRefused:
            raise SettingsRefused("registry.tls_anchors") from None
        except IdentityRefused:
            raise SettingsRefused("registry.identity") from None


@dataclass(frozen=True, slots=True)
class RegistryExchange:
    """A question that was put and what came back.

    untrusted_body  None when no complete answer of status 200 and type JSON came in time
    """

    request_id: str
    asked_ms: int
    answered_ms: int
    untrusted_body: bytes | None

    @property
    def body_sha256(self) -> str:
        """Return the hex digest of the body, "" when there is none."""
        body = self.untrusted_body
        return "" if body is None else hashlib.sha256(body).hexdigest()


def ask(
    endpoint: RegistryEndpoint,
    path: str,
    question: Mapping[str, str],
    form: AnswerForm = WORD,
    is_cancelled: Callable[[], bool] | None = None,
) -> RegistryExchange:
    """Post the question as JSON under a fresh `request_id` and return what came of it.

    The ИИН travels in the body: addresses end up in the logs of proxies and servers.
    """
    request_id, asked, content = _write(endpoint, question)
    body = endpoint.post(path, content, request_id, form, is_cancelled)
    return RegistryExchange(request_id, asked, endpoint.clock_ms(), body)


def try_ask(
    endpoint: RegistryEndpoint,
    path: str,
    question: Mapping[str, str],
    form: AnswerForm = WORD,
    is_cancelled: Callable[[], bool] | None = None,
) -> tuple[RegistryExchange, PostTrial]:
    """Ask as `ask` does; return beside it what failed where there is no answer."""
    request_id, asked, content = _write(endpoint, question)
    trial = endpoint.try_post(path, content, request_id, form, is_cancelled)
    answered = endpoint.clock_ms()
    return RegistryExchange(request_id, asked, answered, trial.untrusted_body), trial


def _write(endpoint: RegistryEndpoint, question: Mapping[str, str]) -> tuple[str, int, bytes]:
    """Return a fresh id, the time, and the question's octets."""
    request_id = secrets.token_hex(16)
    content = msgspec.json.encode({"request_id": request_id, **question})
    return request_id, endpoint.clock_ms(), content
