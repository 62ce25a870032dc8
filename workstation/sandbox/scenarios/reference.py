"""What the customer offers as a reference photo where the registry has none that could be used."""

from dataclasses import replace

from workstation.sandbox.demo import DemoStation
from workstation.sandbox.scenarios.driver import InlineDriver
from workstation.sandbox.scenarios.scenario import Scenario, Script, person
from workstation.sandbox.services.virtual_chip import CardFault
from workstation.session.states import State
from workstation.station import commands as c

__all__ = ["offer_reference"]


def offer_reference(scenario: Scenario, driver: InlineDriver, demo: DemoStation) -> None:
    """Take a photo from where the script says, until it is accepted or nothing more is offered."""
    match scenario.script:
        case Script.READ_CHIP:
            _read_chip(driver, demo)
        case Script.TAKE_SELF_AS_DOCUMENT:
            _take_self(scenario, driver, demo)
        case Script.OFFER_FOREIGN_FILE:
            driver.do(c.UseReferenceFile(demo.foreign_photo()))
        case _:
            driver.do(c.UseReferenceFile(demo.reference_photo))


def _read_chip(driver: InlineDriver, demo: DemoStation) -> None:
    """Type what is printed on the document; a card that was pulled is put back once."""
    documents = demo.sandbox.documents
    key = documents.issue().access_key
    driver.do(c.ReadChip(*key))
    if documents.behaviour.fault is CardFault.REMOVED:
        documents.behaviour = replace(documents.behaviour, fault=CardFault.NONE)
        driver.do(c.ReadChip(*key))


def _take_self(scenario: Scenario, driver: InlineDriver, demo: DemoStation) -> None:
    """Hold no document into the camera but the face, as often as the station lets."""
    iin = person(scenario.customer).iin
    record = demo.sandbox.persons.record(iin)
    number = "" if record is None else record.document_number
    while driver.snapshot.state is State.REFERENCE:
        driver.do(c.UseDocumentPhoto(iin, number))
        driver.feed_frames()
