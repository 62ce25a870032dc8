"""What the teller's commands about another way than the commands do to a verification."""

from resources import LANGUAGES
from workstation.errors import IllegalTransition, OperationRefused
from workstation.registries.identification import IdentificationAnswer
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.task import Task
from workstation.verification.move import Warn
from workstation.verification.officers.exception import request_exception
from workstation.verification.verification import Verification

__all__ = ["take_other_way"]


def take_other_way(
    verification: Verification,
    command: c.RequestException | c.RequestAlternative | c.AskCentre | c.LeaveAlternative,
    *,
    busy: bool,
) -> Task | None:
    """Perform the command; return the question to the centre as a task.

    Raises IllegalTransition where it is not wanted now, OperationRefused for an unknown language.
    """
    session, other = verification.session, verification.biometrics.other_way
    if isinstance(command, c.RequestException | c.RequestAlternative):
        verification.require(State.LIVENESS)
        if verification.biometrics.running:
            raise IllegalTransition("an attempt runs")
        if isinstance(command, c.RequestException):
            verification.take(request_exception(session, command.reason, command.words))
            return None
        consent = _find_consent(verification, command.consent)
        verification.take(other.request(session, command.way, command.reason, consent=consent))
        return None
    verification.require(State.ALTERNATIVE)
    if isinstance(command, c.LeaveAlternative):
        verification.take(other.leave(session))
        return None
    return None if busy else _ask_centre(verification, command.untrusted_number)


def _find_consent(verification: Verification, language: str) -> str:
    """Return the digest of the palm's consent that was shown, empty where none was given."""
    text = verification.session.policy.documents.palm_consent
    if not language or text is None:
        return ""
    if language not in LANGUAGES:
        raise OperationRefused("language")
    return text.sha256(language)


def _ask_centre(verification: Verification, untrusted_number: str) -> Task | None:
    session, other = verification.session, verification.biometrics.other_way
    iin = verification.turn.iin
    job = other.question(
        session, iin, since_ms=verification.started_ms, untrusted_number=untrusted_number
    )
    if isinstance(job, Warn):
        verification.take(job)
        return None

    def answered(answer: IdentificationAnswer) -> None:
        # An answer about a request or a photo that was left behind is nobody's.
        if verification.session is session:
            verification.take(other.answer(session, answer))

    def failed(_error: Exception) -> None:
        verification.fault("internal")

    return Task("identification", job, answered, failed)
