"""Palm and video identification: how they are asked for, asked about, and what an answer leads to.

For a customer who cannot follow commands (docs/alternatives.md). The policy offers a way, the
settings name its centre, and the photo that is taken has to match the reference all the same.
"""

import re
import threading
from collections.abc import Callable
from functools import partial

from crypto.canonical_json import JsonValue
from vision.results import PadVerdict
from workstation.registries.identification import IdentificationAnswer, IdentificationRequest
from workstation.rules.alternatives import LivenessWay
from workstation.rules.checks import CheckStatus
from workstation.session.alternative import (
    ANSWERED_OUTSIDE,
    MOST_FAILURES,
    REFUSING,
    WayAnswer,
    WayReason,
    WayRequest,
)
from workstation.session.other_way import (
    WayConfirmed,
    WayFailed,
    WayLeft,
    WayRefused,
    WayRequested,
    WaySilent,
    count_failures,
)
from workstation.session.session import VerificationSession
from workstation.session.states import State
from workstation.verification.move import Advance, Warn
from workstation.verification.services import Services

__all__ = ["OtherWay", "find_offered"]

_NONCE_BITS = 128
_SILENT = ".no_answer"
_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z./-]{3,63}")
_LEADING_BACK = frozenset({"palm.not_enrolled"})


def find_offered(session: VerificationSession, services: Services) -> tuple[LivenessWay, ...]:
    """Return the ways that may be asked for now: offered by the policy, with a centre, not used up.

    An attempt that decided nothing may lie before it; an attack may not.
    """
    verdicts = {attempt.verdict for attempt in session.evidence.attempts}
    if session.state is not State.LIVENESS or verdicts - {PadVerdict.UNDECIDED}:
        return ()
    operation = session.policy.operation(session.evidence.operation.kind)
    return tuple(
        way
        for way in ANSWERED_OUTSIDE
        if operation.offers(way)
        and way in services.centres
        and count_failures(session.evidence, way) < MOST_FAILURES
    )


class OtherWay:
    """The other way of one session; methods return moves or jobs.

    body  the octets of the last answer, for the sealed payload
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._stopped = threading.Event()
        self.body = b""

    def request(
        self, session: VerificationSession, way: LivenessWay, reason: WayReason, *, consent: str
    ) -> Advance | Warn:
        """Ask for the way in the place of an attempt.

        consent  SHA-256 of the text by which the customer agreed to the palm, empty without
        """
        if way not in find_offered(session, self._services):
            return Warn("way.refused", "liveness.way_not_offered", {"way": way.value})
        palm = way is LivenessWay.PALM
        if palm and not consent:
            return Warn("way.refused", "palm.no_consent", {"way": way.value})
        nonce = f"{self._services.rng.getrandbits(_NONCE_BITS):032x}"
        request = WayRequest(way, reason, nonce, consent if palm else "")
        facts: dict[str, JsonValue] = {
            "way": way.value,
            "reason": reason.value,
            "nonce": nonce,
            "consent": request.consent_sha256,
        }
        return Advance(WayRequested(session.id, request), "way.requested", facts)

    def question(
        self, session: VerificationSession, iin: str, *, since_ms: int, untrusted_number: str
    ) -> Callable[[], IdentificationAnswer] | Warn:
        """Return the job that asks; answer with `answer`. A Warn when nothing can be asked yet.

        since_ms  when the session began
        """
        request, photo = session.evidence.way, session.evidence.exception_photo
        if request is None:
            raise AssertionError("asked about a way that nobody asked for")
        way, number = request.way, untrusted_number.strip()
        if photo is None:
            return Warn("way.refused", "way.no_photo", {"way": way.value})
        if way is LivenessWay.VIDEO_IDENTIFICATION and _NUMBER.fullmatch(number) is None:
            return Warn("way.refused", "way.no_number", {"way": way.value})
        self._stopped = stopped = threading.Event()
        asked = IdentificationRequest(
            iin=iin,
            nonce=request.nonce,
            operation_sha256=session.evidence.operation.sha256(),
            photo_sha256=photo.sha256,
            since_ms=since_ms,
            clock_tolerance_s=session.policy.clock_tolerance_s,
            number="" if way is LivenessWay.PALM else number,
        )
        return partial(self._services.centres[way].identify, asked, cancelled=stopped.is_set)

    def answer(self, session: VerificationSession, answer: IdentificationAnswer) -> Advance:
        """Take what came of it: on to the comparison, once more, back to the face, or the end."""
        request, photo = session.evidence.way, session.evidence.exception_photo
        if request is None or photo is None:
            raise AssertionError("answered without a request and a photo")
        self.body = answer.body
        facts: dict[str, JsonValue] = {
            "way": answer.way.value,
            "status": answer.status.value,
            "reason": answer.reason,
            "reference": answer.reference,
            "nonce": request.nonce,
            "photo": photo.sha256,
            "facts": dict(answer.facts),
        }
        if answer.reason.endswith(_SILENT):
            silent = WaySilent(session.id, answer.reason)
            return Advance(silent, "way.answer", facts, answer.reason)
        evidence = WayAnswer(
            way=answer.way,
            status=CheckStatus(answer.status.value),
            reason=answer.reason,
            reference=answer.reference,
            nonce=request.nonce,
            operation_sha256=session.evidence.operation.sha256(),
            photo_sha256=photo.sha256,
            facts=answer.facts,
        )
        kind = _find_event(session, evidence)
        message = "" if kind is WayConfirmed else answer.reason
        return Advance(kind(session.id, evidence), "way.answer", facts, message)

    def leave(self, session: VerificationSession) -> Advance:
        """Go back to the face on the teller's wish; what has failed still counts."""
        self.stop()
        return Advance(WayLeft(session.id), "way.left", {})

    def stop(self) -> None:
        """Wait for no answer any more."""
        self._stopped.set()


def _find_event(
    session: VerificationSession, answer: WayAnswer
) -> type[WayConfirmed | WayRefused | WayLeft | WayFailed]:
    if answer.status is CheckStatus.PASSED:
        return WayConfirmed
    if answer.reason in REFUSING:
        return WayRefused
    last = count_failures(session.evidence, answer.way) + 1 >= MOST_FAILURES
    return WayLeft if last or answer.reason in _LEADING_BACK else WayFailed
