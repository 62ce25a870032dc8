"""What customers agree to: only in the language, and in the window, in which they can read it."""

from resources import LANGUAGES
from workstation.errors import OperationRefused
from workstation.session.evidence import Consent
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.readiness import needs_window
from workstation.verification.move import Warn
from workstation.verification.verification import Verification

__all__ = ["lacks_window", "take_answer", "take_consent"]


def lacks_window(verification: Verification, *, shown: bool) -> bool:
    """Say, and write, that the customer has to read the own window and cannot now."""
    if shown or not needs_window(verification.services):
        return False
    verification.take(Warn("customer_window", "customer_window.needed"))
    return True


def take_answer(verification: Verification, command: c.AnswerQuestion, *, shown: bool) -> None:
    """Take the customer's answer to the question in the own window.

    Raises OperationRefused for a question that is not on the screen.
    """
    verification.require(State.CONSENT)
    if lacks_window(verification, shown=shown):
        return
    session, question = verification.session, command.question
    move = verification.own_words.answer(session, question, yes=command.yes, by=command.by)
    verification.take(move)


def take_consent(
    verification: Verification, command: c.GiveConsent | c.RefuseConsent, *, shown: bool
) -> None:
    """Take the customer's answer to the consent; whoever reads nothing may refuse, not agree.

    shown  the customer can read the own window now
    Raises OperationRefused for a language that the text is not in.
    """
    verification.require(State.CONSENT)
    given = isinstance(command, c.GiveConsent)
    if given and lacks_window(verification, shown=shown):
        return
    if given and verification.own_words.find_open(verification.session):
        # The page offers no consent before; whoever posts it all the same has asked nothing.
        verification.take(Warn("customer_question", "customer_question.open"))
        return
    language = command.language if isinstance(command, c.GiveConsent) else ""
    language = language or verification.case.language
    if language not in LANGUAGES:
        raise OperationRefused("language")
    digest = verification.session.policy.documents.consent.sha256(language)
    verification.consent(Consent(given, language, digest, command.by, shown))
