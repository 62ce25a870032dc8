"""What the customer offers as a reference photo where the registry has none that could be used."""

from dataclasses import replace

from workstation.sandbox.demo import DemoStation
from workstation.sandbox.scenarios.driver import InlineDriver
from workstation.sandbox.scenarios.scenario import Scenario, Script
from workstation.sandbox.services.virtual_chip import CardFault
from workstation.station import commands as c

__all__ = ["offer_reference"]

_LOOKED_AT = 6
"""Five images a second: what a station manages of documents, which it looks at for 0.2 s."""


def offer_reference(scenario: Scenario, driver: InlineDriver, demo: DemoStation) -> None:
    """Take a photo from where the script says, until it is accepted or nothing more is offered."""
    match scenario.script:
        case Script.READ_CHIP:
            _read_chip(driver, demo)
        case Script.READ_LINES_AND_CHIP:
            _show_document(driver, c.ReadChip())
        case Script.READ_DOCUMENT | Script.REFUSE_DOCUMENT:
            _show_document(driver, c.ReadDocument())
        case Script.TAKE_SELF_AS_DOCUMENT:
            driver.do(c.UseReferenceFile(demo.live_photo()))
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


def _show_document(driver: InlineDriver, command: c.Command) -> None:
    """Hold the document into the camera as the screen advises; a chip is read once it is open."""
    driver.do(command)
    driver.feed_frames(every=_LOOKED_AT)
    driver.wait()
