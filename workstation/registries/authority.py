"""Comparison of the live face by an authority (ЦОИД): a hard check of its own, never ours.

Nothing but a result of the authority's that is bound to this session by ИИН, nonce and digest of
the evidence, is new to this station and reaches the policy's bar is PASSED.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from workstation.errors import WorkstationError
from workstation.registries.authority_wire import (
    ANSWER_FORM,
    COMPARE_PATH,
    OPEN_PATH,
    RESULT_PATH,
    ComparisonResult,
    Verdict,
    WireRefused,
    read_poll,
    read_result,
    read_session,
    write_comparison,
    write_opening,
    write_poll,
)
from workstation.registries.endpoint import RegistryEndpoint, RegistryExchange, ask
from workstation.registries.registry import AnswerStatus

__all__ = [
    "Authority",
    "AuthorityAnswer",
    "ComparisonRequest",
    "Invitation",
    "PushAuthority",
    "SessionAuthority",
]

Claim = Callable[[str, str], bool]
"""Takes reference number and nonce; whether both are new, and keeps them. WorkstationError."""

_PASSED, _FAILED, _NONE = AnswerStatus.PASSED, AnswerStatus.FAILED, AnswerStatus.INDETERMINATE
_POLL_S: Final = 2.0
_TICK_S: Final = 0.05


@dataclass(frozen=True, slots=True, repr=False)
class ComparisonRequest:
    """Whom to compare and what the answer has to be bound to.

    nonce            128 random bits in hex, new for each try
    evidence_sha256  digest of this session's biometric evidence
    image            the best live frame, JPEG
    bar_percent      the policy's, on the authority's scale
    clock_tolerance_s  between the authority's clock and ours
    """

    iin: str
    nonce: str
    evidence_sha256: str
    image: bytes
    bar_percent: int
    clock_tolerance_s: int


@dataclass(frozen=True, slots=True)
class Invitation:
    """Where the authority itself looks at the customer: an address or a code, the other empty."""

    address: str
    code: str


@dataclass(frozen=True, slots=True)
class AuthorityAnswer:
    """What came of a comparison.

    reason   passed `authority.match`; failed `authority.no_match`, `.below`; indeterminate
             `authority.no_answer`, `.cancelled`, `.malformed`, `.other_iin`, `.other_nonce`,
             `.other_evidence`, `.other_time`, `.replayed`, `.unrecorded`
    score    hundredths of the authority's own scale; 0 where it did not say
    reference, evidence_sha256  as the authority states them; empty where it did not
    facts    for the record, no personal data
    body     the octets that it sent, for the sealed evidence: they hold the ИИН
    """

    status: AnswerStatus
    reason: str
    score: int
    reference: str
    evidence_sha256: str
    facts: tuple[tuple[str, str | int], ...]
    body: bytes


class Authority(Protocol):
    """An authority in one of its two shapes."""

    def compare(
        self,
        request: ComparisonRequest,
        *,
        cancelled: Callable[[], bool],
        on_invitation: Callable[[Invitation], None],
    ) -> AuthorityAnswer:
        """Return what the authority says; waits for it, never raises.

        cancelled      called from several threads, ten times a second and more
        on_invitation  called at most once, in the thread of the call, and must return at once
        """
        ...


class PushAuthority:
    """One question with the best live frame, answered at once."""

    def __init__(self, endpoint: RegistryEndpoint, claim: Claim) -> None:
        self._endpoint = endpoint
        self._claim = claim

    @property
    def endpoint(self) -> RegistryEndpoint:
        """Return where it answers."""
        return self._endpoint

    def compare(
        self,
        request: ComparisonRequest,
        *,
        cancelled: Callable[[], bool],
        on_invitation: Callable[[Invitation], None],
    ) -> AuthorityAnswer:
        """Send the frame and return the result; nobody is invited."""
        del on_invitation
        question = write_comparison(
            request.iin, request.nonce, request.evidence_sha256, request.image
        )
        comparison = _Comparison(self._endpoint, self._claim, request)
        exchange = ask(self._endpoint, COMPARE_PATH, question, ANSWER_FORM, cancelled)
        comparison.add(exchange)
        if exchange.untrusted_body is None:
            return comparison.give_up(cancelled=cancelled())
        try:
            result = read_result(self._endpoint, exchange.untrusted_body)
        except WireRefused:
            return comparison.refuse("authority.malformed")
        return comparison.conclude(result)


class SessionAuthority:
    """A session in which the authority looks at the customer itself; its result is asked for.

    session_s  from the opening to the result
    poll_s     between two questions for it
    """

    def __init__(
        self, endpoint: RegistryEndpoint, claim: Claim, *, session_s: int, poll_s: float = _POLL_S
    ) -> None:
        self._endpoint = endpoint
        self._claim = claim
        self._session_s = session_s
        self._poll_s = poll_s

    @property
    def endpoint(self) -> RegistryEndpoint:
        """Return where it answers."""
        return self._endpoint

    def compare(
        self,
        request: ComparisonRequest,
        *,
        cancelled: Callable[[], bool],
        on_invitation: Callable[[Invitation], None],
    ) -> AuthorityAnswer:
        """Open a session, invite the customer and wait for the result."""
        wait = _Wait(time.monotonic() + self._session_s, cancelled)
        comparison = _Comparison(self._endpoint, self._claim, request)
        question = write_opening(request.iin, request.nonce, request.evidence_sha256)
        exchange = ask(self._endpoint, OPEN_PATH, question, ANSWER_FORM, cancelled)
        comparison.add(exchange)
        if exchange.untrusted_body is None:
            return comparison.give_up(cancelled=cancelled())
        try:
            opened = read_session(self._endpoint, exchange.untrusted_body, exchange.request_id)
            on_invitation(Invitation(opened.address or "", opened.code or ""))
            result = self._poll(comparison, opened.session, wait)
        except WireRefused:
            return comparison.refuse("authority.malformed")
        if result is None:
            return comparison.give_up(cancelled=cancelled())
        return comparison.conclude(result)

    def _poll(
        self, comparison: "_Comparison", session: str, wait: "_Wait"
    ) -> ComparisonResult | None:
        """Return the result, None when it does not come in time or nobody waits; WireRefused.

        An exchange that breaks is tried again: the customer may be in the middle of it.
        """
        while wait.pause(self._poll_s):
            exchange = ask(
                self._endpoint, RESULT_PATH, write_poll(session), ANSWER_FORM, wait.cancelled
            )
            comparison.add(exchange)
            if exchange.untrusted_body is None:
                continue
            result = read_poll(self._endpoint, exchange.untrusted_body, exchange.request_id)
            if result is not None:
                return result
        return None


@dataclass(frozen=True, slots=True)
class _Wait:
    """The time that a result may take, by `time.monotonic`, and whether somebody waits for it."""

    deadline: float
    cancelled: Callable[[], bool]

    def pause(self, seconds: float) -> bool:
        """Wait a moment; False when nobody waits any more or the time is up."""
        until = time.monotonic() + seconds
        while not self.cancelled():
            now = time.monotonic()
            if now >= min(until, self.deadline):
                return now < self.deadline
            time.sleep(min(_TICK_S, until - now))
        return False


class _Comparison:
    """The exchanges of one comparison, and what their result is worth."""

    def __init__(
        self, endpoint: RegistryEndpoint, claim: Claim, request: ComparisonRequest
    ) -> None:
        self._endpoint = endpoint
        self._claim = claim
        self._request = request
        self._exchanges: list[RegistryExchange] = []

    def add(self, exchange: RegistryExchange) -> None:
        """Take one more exchange into the record."""
        self._exchanges = [*self._exchanges[:1], exchange]

    def refuse(self, reason: str, result: ComparisonResult | None = None) -> AuthorityAnswer:
        """Return an answer that decides nothing."""
        return self._answer(_NONE, reason, result)

    def give_up(self, *, cancelled: bool) -> AuthorityAnswer:
        """Return the answer of an authority that has not answered while somebody waited."""
        return self.refuse("authority.cancelled" if cancelled else "authority.no_answer")

    def conclude(self, result: ComparisonResult) -> AuthorityAnswer:
        """Return what a genuine result says about this request."""
        fault = self._find_fault(result)
        if fault:
            return self.refuse(fault, result)
        if result.verdict is not Verdict.MATCH:
            return self._answer(_FAILED, "authority.no_match", result)
        if result.score < self._request.bar_percent * 100:
            return self._answer(_FAILED, "authority.below", result)
        return self._answer(_PASSED, "authority.match", result)

    def _find_fault(self, result: ComparisonResult) -> str:
        """Return why the result is not one about this request, empty when it is."""
        request = self._request
        if result.iin != request.iin:
            return "authority.other_iin"
        # Claimed before the nonce is compared: a result that this station has had is told from
        # one that is another station's.
        try:
            new = self._claim(result.reference, result.nonce)
        except WorkstationError:
            return "authority.unrecorded"
        if not new:
            return "authority.replayed"
        if result.nonce != request.nonce:
            return "authority.other_nonce"
        if result.evidence_sha256 != request.evidence_sha256:
            return "authority.other_evidence"
        return "" if self._is_timely(result.answered_ms) else "authority.other_time"

    def _is_timely(self, answered_ms: int) -> bool:
        tolerance_ms = self._request.clock_tolerance_s * 1000
        first, last = self._exchanges[0], self._exchanges[-1]
        return first.asked_ms - tolerance_ms <= answered_ms <= last.answered_ms + tolerance_ms

    def _answer(
        self, status: AnswerStatus, reason: str, result: ComparisonResult | None
    ) -> AuthorityAnswer:
        first, last = self._exchanges[0], self._exchanges[-1]
        facts: tuple[tuple[str, str | int], ...] = (
            ("source", self._endpoint.source),
            ("asked_ms", first.asked_ms),
            ("answered_ms", last.answered_ms),
            ("request", last.request_id),
            ("body_sha256", last.body_sha256),
            ("nonce", self._request.nonce),
            ("bar_percent", self._request.bar_percent),
            ("vouched_by", self._endpoint.voucher),
        )
        if result is not None:
            facts += (("authority_ms", result.answered_ms),)
        return AuthorityAnswer(
            status=status,
            reason=reason,
            score=0 if result is None else result.score,
            reference="" if result is None else result.reference,
            evidence_sha256="" if result is None else result.evidence_sha256,
            facts=facts,
            body=last.untrusted_body or b"",
        )
