"""The authority's side of a session: what it is asked about the face, and what its answer leads to.

It is asked by itself, with the best live frame, under a fresh nonce each time; one that does not
answer is asked again. Nothing of what it says is PASSED but by `workstation.registries.authority`.
"""

import threading
from collections.abc import Callable
from functools import partial

from crypto.canonical_json import JsonValue
from workstation.registries.authority import AuthorityAnswer, ComparisonRequest, Invitation
from workstation.rules.checks import CheckStatus
from workstation.session.binding import biometric_sha256
from workstation.session.events import AuthorityConfirmed, AuthorityRefused, AuthoritySilent
from workstation.session.evidence import AuthorityEvidence
from workstation.session.session import VerificationSession
from workstation.verification.case import Case
from workstation.verification.move import Advance
from workstation.verification.retry import Retry
from workstation.verification.services import Services

__all__ = ["AuthorityInquiry"]

_NONCE_BITS = 128
_SILENT = frozenset({"authority.no_answer", "authority.cancelled"})


class AuthorityInquiry:
    """Asks the authority until it answers; methods return moves or jobs.

    retry       when it is asked again
    invitation  where it wants to see the customer itself, None when it does not
    body        the octets of its last answer, for the sealed payload
    """

    def __init__(self, services: Services, case: Case) -> None:
        self._services = services
        self._case = case
        self._stopped = threading.Event()
        self.retry = Retry(services.clock)
        self.invitation: Invitation | None = None
        self.body = b""

    @property
    def wanted(self) -> bool:
        """Whether it has to be asked now: it never was, or the pause has passed."""
        return self.retry.since_ms is None or self.retry.due

    def request(self, session: VerificationSession, image: bytes) -> Callable[[], AuthorityAnswer]:
        """Return the job that asks; answer with `answer`.

        image  the best live frame, JPEG
        """
        authority, evidence = self._services.authority, session.evidence
        if authority is None or evidence.match is None:
            raise AssertionError("asked without an authority or a comparison")
        self._stopped = stopped = threading.Event()
        self.retry.begin()
        request = ComparisonRequest(
            iin=self._case.client.iin.digits,
            nonce=f"{self._services.rng.getrandbits(_NONCE_BITS):032x}",
            evidence_sha256=biometric_sha256(evidence, evidence.last_attempt, evidence.match),
            image=image,
            bar_percent=session.policy.idec_match_percent,
            clock_tolerance_s=session.policy.clock_tolerance_s,
        )
        return partial(
            authority.compare, request, cancelled=stopped.is_set, on_invitation=self._invite
        )

    def answer(self, session: VerificationSession, answer: AuthorityAnswer) -> Advance:
        """Take what came of it: confirmed, refused, or to be asked again."""
        self.invitation, self.body = None, answer.body
        evidence = AuthorityEvidence(
            status=CheckStatus(answer.status.value),
            reason=answer.reason,
            score=answer.score,
            reference=answer.reference,
            evidence_sha256=answer.evidence_sha256,
            facts=answer.facts,
        )
        facts: dict[str, JsonValue] = {
            "status": evidence.status.value,
            "reason": evidence.reason,
            "score": evidence.score,
            "reference": evidence.reference,
            "evidence_sha256": evidence.evidence_sha256,
            "facts": dict(evidence.facts),
        }
        if evidence.reason in _SILENT:
            self.retry.pause()
            silent = AuthoritySilent(session.id, evidence)
            return Advance(silent, "authority", facts, evidence.reason)
        self.retry.end()
        passed = evidence.status is CheckStatus.PASSED
        kind = AuthorityConfirmed if passed else AuthorityRefused
        return Advance(kind(session.id, evidence), "authority", facts)

    def refuse_unconfigured(self, session: VerificationSession) -> Advance:
        """Return the end of a session that nobody can be asked about."""
        reason = "authority.not_configured"
        nobody = AuthorityEvidence(CheckStatus.INDETERMINATE, reason, 0, "", "")
        facts: dict[str, JsonValue] = {"status": nobody.status.value, "reason": reason}
        return Advance(AuthorityRefused(session.id, nobody), "authority", facts)

    def stop(self) -> None:
        """Wait for no answer any more."""
        self._stopped.set()
        self.retry.end()
        self.invitation = None

    def _invite(self, invitation: Invitation) -> None:
        """Take where the customer is invited to; called in the thread of the question."""
        self.invitation = invitation
