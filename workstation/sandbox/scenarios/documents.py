"""Scenarios of the document in the customer's hand: its chip on the reader, its sides in view."""

from dataclasses import replace
from datetime import date

from vision.camera.simulated import SimulatedVariant as Before
from vision.camera.simulation.documents.held import DocumentPresentation
from workstation.sandbox.people import CustomerKey
from workstation.sandbox.scenarios.arranging import (
    APPROVED,
    NO_PORTRAIT,
    STOPPED,
    Arrange,
    left_open,
    rejected,
    remove_chip_reader,
)
from workstation.sandbox.scenarios.scenario import Expected, Scenario, Script, person
from workstation.sandbox.services.documents import DocumentBehaviour
from workstation.sandbox.services.virtual_chip import CardFault
from workstation.sandbox.world import Sandbox

__all__ = ["DOCUMENTS"]

_BORN_THE_SAME_DAY = replace(
    person(CustomerKey.GOOD), iin="920314400015", surname="Сейітова", given_name="Мадина"
)
"""Whose chip opens to the same birth date, so that only what it holds tells them apart."""

_LAST_YEAR = date(2025, 3, 14)


def _hand_over(behaviour: DocumentBehaviour) -> Arrange:
    """Let the registry have no portrait, and the customer a document."""

    def arrange(sandbox: Sandbox) -> None:
        NO_PORTRAIT(sandbox)
        sandbox.documents.behaviour = behaviour

    return arrange


def _chip(
    name: str, expected: Expected, behaviour: DocumentBehaviour, camera: Before = Before.GENUINE
) -> Scenario:
    """Return a scenario in which the document's chip is read."""
    return Scenario(
        name, expected, camera=camera, script=Script.READ_CHIP, arrange=_hand_over(behaviour)
    )


def _camera(
    name: str,
    expected: Expected,
    behaviour: DocumentBehaviour | None = None,
    script: Script = Script.READ_DOCUMENT,
    kind: str = "change_trusted_phone",
) -> Scenario:
    """Return a scenario at a station without a reader: only the camera sees the document."""
    return Scenario(
        name,
        expected,
        script=script,
        kind=kind,
        arrange=_hand_over(behaviour or DocumentBehaviour()),
        prepare=remove_chip_reader,
    )


_BY_CHIP = (
    # Signed by the state: good for the first sign-in in the app, where no camera's photo is.
    Scenario(
        "chip",
        APPROVED,
        kind="app_registration",
        script=Script.READ_CHIP,
        arrange=_hand_over(DocumentBehaviour()),
    ),
    _chip("chip_of_a_passport", APPROVED, DocumentBehaviour(passport=True)),
    _chip(
        "chip_of_another_person",
        left_open(STOPPED, "reference.other_iin"),
        DocumentBehaviour(owner=_BORN_THE_SAME_DAY),
    ),
    # A copy of the customer's chip with the impostor's portrait, who sits before the camera.
    _chip(
        "chip_copied_portrait_changed",
        left_open(STOPPED, "chip.data_group_changed"),
        DocumentBehaviour(altered=True),
        Before.OTHER_PERSON,
    ),
    _chip(
        "chip_expired",
        left_open(STOPPED, "reference.document_expired"),
        DocumentBehaviour(expires=_LAST_YEAR),
    ),
    _chip(
        "chip_without_anchor",
        left_open(STOPPED, "chip.no_csca"),
        DocumentBehaviour(unknown_state=True),
    ),
    _chip(
        "chip_pulled",
        replace(APPROVED, message="chip_card_removed"),
        DocumentBehaviour(fault=CardFault.REMOVED, after=30),
    ),
    *(
        _chip(name, left_open(STOPPED, reason), DocumentBehaviour(fault=fault, after=after))
        for name, reason, fault, after in (
            ("reader_missing", "chip_reader_missing", CardFault.READER_MISSING, 0),
            ("reader_busy", "chip_reader_busy", CardFault.READER_BUSY, 0),
            ("chip_of_another_kind", "chip_other_card", CardFault.OTHER_CARD, 0),
            ("chip_access_refused", "chip_access_refused", CardFault.ACCESS_REFUSED, 0),
            ("chip_too_large", "chip_too_large", CardFault.LARGE_PORTRAIT, 0),
            ("chip_tampered_on_the_way", "chip_malformed", CardFault.WRONG_MAC, 30),
        )
    ),
)

_BY_CAMERA = (
    # Nobody has signed what the camera sees, so a second person looks at the document itself.
    _camera("document_by_camera", APPROVED),
    _camera("passport_by_camera", APPROVED, DocumentBehaviour(passport=True)),
    # One frame of a telephone cannot be told from one of a card: the second person can.
    _camera(
        "document_on_a_phone",
        rejected("review.refused"),
        DocumentBehaviour(presentation=DocumentPresentation.ON_A_PHONE),
        Script.REFUSE_DOCUMENT,
    ),
    _camera(
        "expired_document",
        left_open(STOPPED, "reference.document_expired"),
        DocumentBehaviour(expires=_LAST_YEAR),
    ),
    _camera(
        "document_of_another_person",
        left_open(STOPPED, "reference.other_iin"),
        DocumentBehaviour(owner=_BORN_THE_SAME_DAY),
    ),
    _camera(
        "document_not_allowed",
        left_open(STOPPED, "reference.source_not_allowed"),
        kind="app_registration",
    ),
    # The camera reads what opens the chip, and the chip is read next: nothing is typed.
    Scenario(
        "chip_opened_by_camera",
        APPROVED,
        script=Script.READ_LINES_AND_CHIP,
        arrange=_hand_over(DocumentBehaviour()),
    ),
)

DOCUMENTS: tuple[Scenario, ...] = (*_BY_CHIP, *_BY_CAMERA)
