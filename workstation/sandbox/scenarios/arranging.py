"""How scenarios set the sandbox and the station, and how they end."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import resources
from vision.matching.image import decode_image
from workstation.rules.local_time import local_day
from workstation.rules.policy import Policy
from workstation.rules.policy_file import read_policy
from workstation.sandbox.demo import TELLER, DemoStation
from workstation.sandbox.people import CustomerKey
from workstation.sandbox.pki.authority import AuthorityFaults
from workstation.sandbox.pki.crl_writer import CrlMode
from workstation.sandbox.pki.responder import OcspMode
from workstation.sandbox.pki.timestamps import TsaMode
from workstation.sandbox.scenarios.scenario import REFUSED, Expected, person
from workstation.sandbox.services.face_authority import ComparisonFault
from workstation.sandbox.services.ncalayer import NcaLayerBehaviour, NcaLayerMode, ReplyForm
from workstation.sandbox.services.person_registry import PersonRecord
from workstation.sandbox.services.registries import RegistryRecord
from workstation.sandbox.world import Sandbox

__all__ = [
    "APPROVED",
    "NO_PORTRAIT",
    "STOPPED",
    "Arrange",
    "Prepare",
    "change_person_record",
    "change_policy",
    "change_registry_record",
    "employ_customer",
    "end_policy",
    "give_new_number_away",
    "give_old_number_away",
    "left_open",
    "refused",
    "rejected",
    "remember_under_another_iin",
    "remove_authority",
    "remove_chip_reader",
    "set_face_authority",
    "set_ncalayer",
    "set_reply_form",
    "set_revocation",
    "set_timestamps",
    "stop_ncalayer",
]

Arrange = Callable[[Sandbox], None]
Prepare = Callable[[DemoStation], None]


def set_ncalayer(mode: NcaLayerMode, key: CustomerKey | None = None) -> Arrange:
    """Let NCALayer behave like this, or sign with another customer's key."""

    def arrange(sandbox: Sandbox) -> None:
        sandbox.ncalayer.behaviour = NcaLayerBehaviour(mode=mode, key=key)

    return arrange


def set_reply_form(form: ReplyForm) -> Arrange:
    """Let NCALayer answer in this form."""

    def arrange(sandbox: Sandbox) -> None:
        sandbox.ncalayer.behaviour = NcaLayerBehaviour(form=form)

    return arrange


def set_revocation(ocsp: OcspMode, crl: CrlMode) -> Arrange:
    """Let responder and lists behave like this."""

    def arrange(sandbox: Sandbox) -> None:
        sandbox.authority.faults = AuthorityFaults(ocsp=ocsp, crl=crl)

    return arrange


def set_timestamps(mode: TsaMode) -> Arrange:
    """Let the time-stamping service behave like this."""

    def arrange(sandbox: Sandbox) -> None:
        sandbox.authority.faults = AuthorityFaults(tsa=mode)

    return arrange


def change_registry_record(change: Callable[[RegistryRecord], RegistryRecord]) -> Arrange:
    """Change what the registries hold about the customer."""

    def arrange(sandbox: Sandbox) -> None:
        iin = person(CustomerKey.GOOD).iin
        sandbox.registries.put(iin, change(sandbox.registries.record(iin)))

    return arrange


def give_new_number_away(sandbox: Sandbox) -> None:
    """Let the new number be another person's."""
    good, other = person(CustomerKey.GOOD), person(CustomerKey.OTHER_PERSON)
    for iin, change in ((good.iin, frozenset()), (other.iin, frozenset({good.new_phone}))):
        record = sandbox.registries.record(iin)
        sandbox.registries.put(iin, replace(record, phones=change))


def change_person_record(change: Callable[[PersonRecord], PersonRecord]) -> Arrange:
    """Change what the person registry holds about the customer."""

    def arrange(sandbox: Sandbox) -> None:
        iin = person(CustomerKey.GOOD).iin
        record = sandbox.persons.record(iin)
        sandbox.persons.put(iin, None if record is None else change(record))

    return arrange


def set_face_authority(fault: ComparisonFault) -> Arrange:
    """Let the comparing authority fail like this."""

    def arrange(sandbox: Sandbox) -> None:
        sandbox.face_authority.fault = fault

    return arrange


NO_PORTRAIT = change_person_record(lambda record: replace(record, faces=()))


def change_policy(change: Callable[[Policy], Policy]) -> Prepare:
    """Change the policy of the running station."""

    def prepare(demo: DemoStation) -> None:
        demo.replace_services(policy=change(demo.services.policy))

    return prepare


def edit_policy(*changes: tuple[str, str]) -> Prepare:
    """Give the running station the shipped policy with other words in the place of some."""

    def change(policy: Policy) -> Policy:
        text = resources.path("policies", "kz-2026-07-12.toml").read_text(encoding="utf-8")
        for old, new in changes:
            if old not in text:
                raise AssertionError(old)
            text = text.replace(old, new)
        # Under its own digest the station's calendar would put the shipped one back.
        return replace(read_policy(text.encode()), sha256=policy.sha256)

    return change_policy(change)


def remove_authority(demo: DemoStation) -> None:
    """Let the settings name no authority."""
    demo.replace_services(authority=None)


def remove_chip_reader(demo: DemoStation) -> None:
    """Let the settings name no reader for documents' chips."""
    demo.replace_services(chips=None)


def end_policy(demo: DemoStation) -> None:
    """Let the policy's last day have been yesterday: the program ran over midnight."""
    yesterday = local_day(demo.services.now()) - timedelta(days=1)
    change_policy(lambda policy: replace(policy, valid_to=yesterday))(demo)


def employ_customer(demo: DemoStation) -> None:
    """Let the customer be the teller."""
    demo.services.staff.set_iin(TELLER, person(CustomerKey.GOOD).iin)


def remember_under_another_iin(demo: DemoStation) -> None:
    """Let the customer's face have been approved here under another ИИН an hour ago."""
    services = demo.services
    seen = services.analysis.describe(decode_image(demo.reference_photo.read_bytes()))
    if seen.template is None:
        raise AssertionError("no face in the reference photo")
    before = services.clock.wall_ms() - 3_600_000
    iin = person(CustomerKey.OTHER_PERSON).iin
    services.gallery.remember(iin, seen.template, before, 7 * 86_400_000)


def give_old_number_away(sandbox: Sandbox) -> None:
    """Let the old number be another person's."""
    good, other = person(CustomerKey.GOOD), person(CustomerKey.OTHER_PERSON)
    phones = ((good.iin, {good.new_phone}), (other.iin, {other.phone, good.phone}))
    for iin, numbers in phones:
        record = sandbox.registries.record(iin)
        sandbox.registries.put(iin, replace(record, phones=frozenset(numbers)))


def stop_ncalayer(sandbox: Sandbox) -> None:
    """Let NCALayer not run."""
    sandbox.ncalayer.close()


def refused(message: str, *, log_ok: bool = True) -> Expected:
    """Return the end of a form that begins no session."""
    return Expected(REFUSED, message, log_ok=log_ok)


def rejected(reason: str, message: str = "") -> Expected:
    """Return the end of a session that speaks against the customer."""
    return Expected("rejected", reason, message)


def left_open(reason: str, message: str = "") -> Expected:
    """Return the end of a session that decides nothing."""
    return Expected("indeterminate", reason, message)


APPROVED = Expected("approved", "decision.approved")
STOPPED = "teller_aborted"
