"""How a verification begins: what is known of the case before anybody is asked, and what to ask."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial

from crypto.x509.iin import count_full_years
from workstation.errors import OperatorRefused, PolicyRefused
from workstation.records.journal import SignedIn
from workstation.registries.birth_date import find_birth_date
from workstation.registries.person import Person
from workstation.rules.catalogue.phones import is_foreign_number
from workstation.rules.checks import CheckId, CheckStatus
from workstation.rules.conditions import CaseFacts
from workstation.rules.local_time import local_day
from workstation.session.events import PrechecksUnanswered
from workstation.session.evidence import Answer, Evidence
from workstation.session.session import VerificationSession
from workstation.verification.case import Case
from workstation.verification.move import Advance
from workstation.verification.prechecks import (
    PrecheckResult,
    Prechecks,
    ShownDocument,
    find_event,
)
from workstation.verification.record import answer_facts
from workstation.verification.reference.identity import (
    KnownCustomer,
    describe_customer,
    find_identity_fault,
)
from workstation.verification.retry import Retry
from workstation.verification.services import Services

__all__ = ["RegistryInquiry", "open_evidence"]


def open_evidence(services: Services, who: SignedIn, case: Case) -> Evidence:
    """Return the evidence of a case of which nothing was checked yet."""
    return Evidence(
        session=case.id,
        operation=case.operation,
        teller=who.operator.id,
        demo=services.facts.profile == "demo",
        simulated=services.simulated,
        subject=_find_subject(services, case),
    )


class RegistryInquiry:
    """Asks the registries until they answer; nothing that was answered is asked again.

    retry   when those that did not answer are asked again
    person  whom the person registry knows, None before it has answered
    client  the customer as registered; what the teller typed is a stopgap
    """

    def __init__(self, services: Services, who: SignedIn, case: Case) -> None:
        self._services = services
        self._who = who
        self._case = case
        self._result: PrecheckResult | None = None
        self.retry = Retry(services.clock)
        self.person: Person | None = None
        self.client = case.client

    @property
    def customer(self) -> KnownCustomer:
        """Return what is known of the customer, for a document to be held against."""
        return describe_customer(self.client, self.person, _shown_birth(self._case))

    def request(self) -> Callable[[], PrecheckResult]:
        """Return the job that asks."""
        questions = _build_prechecks(self._services, self._who, self._case)
        self.retry.begin()
        return partial(questions.run, self._services.registries, self._result)

    def answer(self, session: VerificationSession, result: PrecheckResult) -> Advance:
        """Take the answers: go on to consent, stop, or wait and ask again."""
        self._result, self.person = result, result.person
        if result.person is not None:
            self.client = replace(self.client, name=result.person.name)
        kind = find_event(session.policy, self._case.operation, result)
        event = kind(session.id, result.answers, result.subject)
        facts = answer_facts(result.answers)
        if kind is PrechecksUnanswered:
            self.retry.pause()
            return Advance(event, "prechecks.unanswered", facts, result.unanswered[0].reason)
        self.retry.end()
        return Advance(event, "prechecks", facts)


def _build_prechecks(services: Services, who: SignedIn, case: Case) -> Prechecks:
    """Return the questions of a case; raises sqlite3.Error when refusals cannot be counted."""
    since = services.clock.wall_ms() - services.policy.cool_down_ms
    return Prechecks(
        policy=services.policy,
        operation=case.operation,
        client=case.client,
        today=local_day(services.now()),
        refusals=partial(services.cool_down.refusals_since, case.client.iin.digits, since),
        attestations=case.attestations,
        subject=_find_subject(services, case),
        staff=_look_among_staff(services, who, case),
        place=(services.facts.branch, services.facts.station),
        shown=_weigh_document(services, case),
    )


def _weigh_document(services: Services, case: Case) -> ShownDocument | None:
    """Return the document that was read for the form, to be held against the one on file."""
    lines, today = case.document, local_day(services.now())
    if lines is None:
        return None

    def find_fault(person: Person) -> str:
        customer = describe_customer(case.client, person, lines.birth)
        return find_identity_fault(lines, customer, today)

    return ShownDocument((lines.expiry - today).days, lines.birth, find_fault)


def _shown_birth(case: Case) -> date | None:
    return None if case.document is None else case.document.birth


def _find_subject(services: Services, case: Case) -> CaseFacts:
    """Return what conditions of the policy may look at before anything was asked."""
    day = local_day(services.now())
    try:
        mci_kzt = services.policy.mci_on(day)
    except PolicyRefused:
        mci_kzt = None
    born = find_birth_date(case.client.iin, None, _shown_birth(case))
    age = None if born is None else count_full_years(born.day, day)
    amount, phone = case.definition.amount(case.operation), case.operation.value("new_phone")
    return CaseFacts(
        age,
        case.definition.tenge(case.operation),
        mci_kzt,
        foreign_number=is_foreign_number(phone) if phone else None,
        currency=None if amount is None else amount.currency,
    )


def _look_among_staff(services: Services, who: SignedIn, case: Case) -> Answer:
    """Look whether the customer works here, by the station's own accounts."""
    check, iin = CheckId.NOT_STAFF, case.client.iin.digits
    try:
        if not services.staff.is_staff_iin(iin):
            return Answer(check, CheckStatus.PASSED, f"{check}.clear")
        own = services.staff.is_staff_iin(iin, who.operator.id)
    except OperatorRefused:
        return Answer(check, CheckStatus.INDETERMINATE, f"{check}.unreadable")
    word = "teller" if own else "staff"
    return Answer(check, CheckStatus.FAILED, f"{check}.{word}")
