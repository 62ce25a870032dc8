"""The documents in the hands of the demo's customers: held into the camera, laid on the reader."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from crypto.chip.access_keys import AccessKey
from crypto.chip.transport import Transport
from vision.camera.simulation.documents.drawing import draw_document
from vision.camera.simulation.documents.held import DocumentPresentation, HeldDocument
from vision.camera.simulation.photographs import SimulatedPerson
from vision.camera.simulation.portraits import print_portrait
from workstation.sandbox.identity_cards import DocumentContents, IssuedDocument, issue_document
from workstation.sandbox.people import FictionalCustomer
from workstation.sandbox.pki.credential import Credential
from workstation.sandbox.pki.travel_documents import (
    DOCUMENT_EXPIRES,
    DOCUMENT_ISSUED,
    issue_csca,
    issue_document_signer,
)
from workstation.sandbox.services.virtual_chip import CardFault, ChipContents, VirtualReader

__all__ = ["DocumentBehaviour", "SandboxDocuments"]


@dataclass(frozen=True, slots=True)
class DocumentBehaviour:
    """Which document the customer has along, and what becomes of it.

    owner           whose document it is; None: the customer's own
    presentation    how it is held into the camera
    passport        instead of an identity card
    expires         its last day
    issued          before it
    altered         the chip has another person's portrait, which nobody signed
    unknown_state   its chip is signed under an authority that no station trusts
    fault, after    of reader or chip, from a number of answered commands on
    """

    owner: FictionalCustomer | None = None
    presentation: DocumentPresentation = DocumentPresentation.IN_THE_HAND
    passport: bool = False
    expires: date = DOCUMENT_EXPIRES
    issued: date = DOCUMENT_ISSUED
    altered: bool = False
    unknown_state: bool = False
    fault: CardFault = CardFault.NONE
    after: int = 0


class SandboxDocuments:
    """Gives every customer an identity card; a `ChipReader` on which the chip of it lies.

    signer     signs the chips
    present    says who is at the desk
    behaviour  may be exchanged at any time; counts from the next question on
    """

    def __init__(self, signer: Credential, present: Callable[[], FictionalCustomer]) -> None:
        self._signer = signer
        self._present = present
        self._issued: tuple[object, IssuedDocument] | None = None
        self.behaviour = DocumentBehaviour()

    @property
    def contents(self) -> DocumentContents:
        """Return what the present customer's document states."""
        behaviour = self.behaviour
        return replace(
            DocumentContents.of_customer(behaviour.owner or self._present()),
            expires=behaviour.expires,
            issued=behaviour.issued,
        )

    def issue(self) -> IssuedDocument:
        """Return the document that the present customer has along; the same while they stay.

        Raises PhotographsMissing when the portraits are not installed.
        """
        behaviour, contents = self.behaviour, self.contents
        if self._issued is None or self._issued[0] != (behaviour, contents):
            signer = self._signer
            if behaviour.unknown_state:
                signer = issue_document_signer(issue_csca(), issued=behaviour.issued)
            document = issue_document(contents, signer, passport=behaviour.passport)
            if behaviour.altered:
                document = document.with_portrait(print_portrait(SimulatedPerson.HOPPER))
            self._issued = (behaviour, contents), document
        return self._issued[1]

    def hold(self) -> HeldDocument:
        """Return what the customer holds into the camera."""
        document = self.issue()
        return draw_document(
            document.lines,
            document.portrait,
            document.contents.words,
            self.behaviour.presentation,
        )

    @contextmanager
    def connect(self, *, wait_s: float, cancelled: Callable[[], bool]) -> Iterator[Transport]:
        """Power up the chip of the customer's document; see ChipReader."""
        document = self.issue()
        reader = VirtualReader(
            ChipContents(
                key=AccessKey.from_mrz(*document.access_key),
                security_object=document.security_object,
                data_groups=document.data_groups,
                com=document.common_data,
            ),
            self.behaviour.fault,
            self.behaviour.after,
        )
        with reader.connect(wait_s=wait_s, cancelled=cancelled) as transport:
            yield transport
