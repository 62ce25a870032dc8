"""Whose turn it is in a session, and the sides of that person."""

from workstation.rules.checks import CheckResult
from workstation.rules.parties import PartyRole
from workstation.session.decision import evaluate
from workstation.session.session import VerificationSession
from workstation.verification.authority import AuthorityInquiry
from workstation.verification.biometrics import Biometrics
from workstation.verification.people.sides import PersonSides
from workstation.verification.reference.capture import ReferenceCapture
from workstation.verification.reference.reading import DocumentReading
from workstation.verification.signing import Signing

__all__ = ["Seated"]


class Seated:
    """Holds the session and the sides of each person who is here."""

    session: VerificationSession
    sides: dict[PartyRole, PersonSides]
    _judged: tuple[VerificationSession, tuple[CheckResult, ...]] | None = None

    @property
    def checks(self) -> tuple[CheckResult, ...]:
        """Return the checks as they stand: screens ask at every frame, the session rarely moves."""
        if self._judged is None or self._judged[0] is not self.session:
            found = evaluate(self.session.policy, self.session.evidence)
            self._judged = (self.session, found)
        return self._judged[1]

    @property
    def turn(self) -> PersonSides:
        """Return the sides of the person whose turn it is."""
        return self.sides[self.session.evidence.role]

    @property
    def reference(self) -> ReferenceCapture:
        """Return the photo's side of the person whose turn it is."""
        return self.turn.reference

    @property
    def document(self) -> DocumentReading:
        """Return the document's side of the person whose turn it is."""
        return self.turn.document

    @property
    def biometrics(self) -> Biometrics:
        """Return the face's side of the person whose turn it is."""
        return self.turn.biometrics

    @property
    def authority(self) -> AuthorityInquiry:
        """Return the authority's side of the person whose turn it is."""
        return self.turn.authority

    @property
    def signing(self) -> Signing:
        """Return the signature's side of the person whose turn it is."""
        return self.turn.signing

    @property
    def _stating(self) -> Signing:
        """Return the side that issues the one statement of everybody."""
        return self.sides[self.session.evidence.roles[0]].signing
