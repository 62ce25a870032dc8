"""What one person who is here brings: photo, document, face, authority's answer and signature."""

from workstation.rules.parties import PartyRole
from workstation.verification.authority import AuthorityInquiry
from workstation.verification.biometrics import Biometrics
from workstation.verification.case import Case
from workstation.verification.reference.capture import ReferenceCapture
from workstation.verification.reference.reading import DocumentReading
from workstation.verification.services import Services
from workstation.verification.signing import Signing

__all__ = ["PersonSides"]


class PersonSides:
    """The sides of one person: nothing of one is ever another's."""

    def __init__(self, services: Services, case: Case, role: PartyRole) -> None:
        own = case.for_person(role)
        self.role = role
        self.iin = own.client.iin.digits
        self.reference = ReferenceCapture(services, own)
        self.document = DocumentReading(services, own, self.reference)
        self.biometrics = Biometrics(services)
        self.authority = AuthorityInquiry(services, own)
        self.signing = Signing(services, case, role)

    def stop_waiting(self) -> None:
        """Wait for nobody's answer and no document any more."""
        self.authority.stop()
        self.document.stop()

    def forget_live(self) -> None:
        """Forget what has to be done anew: the person left the branch."""
        self.biometrics.forget_live()
        self.authority.stop()
        self.signing.forget()
