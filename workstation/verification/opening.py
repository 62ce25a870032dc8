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
from workstation.rules.parties import PartyRole
from workstation.rules.people.party import OF_EVERYONE, PartyRule
from workstation.session.events import (
    PrechecksPassed,
    PrechecksRenewed,
    PrechecksStopped,
    PrechecksUnanswered,
)
from workstation.session.evidence import Answer, Evidence
from workstation.session.session import VerificationSession
from workstation.verification.case import Case
from workstation.verification.move import Advance
from workstation.verification.people.prechecks import (
    ADULT_AGES,
    SecondPrechecks,
    find_joint_event,
    gather_answers,
    request_both,
)
from workstation.verification.prechecks import (
    PrecheckResult,
    Prechecks,
    ShownDocument,
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
        roles=case.roles,
        duress=who.duress,
    )


_Prechecked = PrechecksPassed | PrechecksRenewed | PrechecksStopped | PrechecksUnanswered


class RegistryInquiry:
    """Asks the registries until they answer; nothing that was answered is asked again.

    retry   when those that did not answer are asked again
    people  whom the person registry knows by role, nobody before it has answered
    case    with everybody as registered; what the teller typed is a stopgap
    """

    def __init__(self, services: Services, who: SignedIn, case: Case) -> None:
        self._services = services
        self._who = who
        self._result: PrecheckResult | None = None
        self.retry = Retry(services.clock)
        self.people: dict[PartyRole, Person] = {}
        self.case = case

    def describe(self, role: PartyRole) -> KnownCustomer:
        """Return what is known of the person in a role, for a document to be held against."""
        own = self.case.for_person(role)
        return describe_customer(own.client, self.people.get(role), _shown_birth(own))

    def request(self) -> Callable[[], PrecheckResult]:
        """Return the job that asks."""
        services, case = self._services, self.case
        party = services.policy.operation(case.operation.kind).party(case.roles)
        customer = _build_prechecks(services, self._who, case, party)
        second = None if party is None else _build_second(services, self._who, case, party)
        self.retry.begin()
        return request_both(customer, second, services.registries, self._result)

    def answer(self, session: VerificationSession, result: PrecheckResult) -> Advance:
        """Take the answers: go on to consent, stop, or wait and ask again."""
        self._result = result
        self._learn(result)
        case = self.case
        party = session.policy.operation(case.operation.kind).party(case.roles)
        kind: type[_Prechecked] = find_joint_event(session.policy, case.operation, result, party)
        given = session.evidence
        if kind is PrechecksPassed and given.consent is not None and given.reference is not None:
            kind = PrechecksRenewed
        answers = gather_answers(result, case.second)
        event = kind(session.id, answers, result.subject)
        facts = answer_facts(answers)
        if kind is PrechecksUnanswered:
            self.retry.pause()
            waited = [*result.unanswered, *(result.second.unanswered if result.second else ())]
            return Advance(event, "prechecks.unanswered", facts, waited[0].reason)
        self.retry.end()
        return Advance(event, "prechecks", facts)

    def _learn(self, result: PrecheckResult) -> None:
        """Take the names that the register has of everybody."""
        if result.person is not None:
            self.people[PartyRole.CUSTOMER] = result.person
            client = replace(self.case.client, name=result.person.name)
            self.case = replace(self.case, client=client)
        known = None if result.second is None else result.second.person
        second = self.case.second
        if second is not None and known is not None:
            self.people[second.role] = known
            named = replace(second, client=replace(second.client, name=known.name))
            self.case = replace(self.case, second=named)


def _build_prechecks(
    services: Services, who: SignedIn, case: Case, party: PartyRule | None
) -> Prechecks:
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
        ages=None if party is None else party.customer_ages,
        left_out=None if party is None else party.answers,
    )


def _build_second(
    services: Services, who: SignedIn, case: Case, party: PartyRule
) -> SecondPrechecks | None:
    """Return the questions about the second person; sqlite3.Error as for the customer."""
    if case.second is None:
        return None
    own = _build_prechecks(services, who, case.for_person(party.role), None)
    return SecondPrechecks(
        own=replace(own, ages=ADULT_AGES, only=OF_EVERYONE, attestations=()),
        party=party,
        second=case.second,
        customer_iin=case.client.iin.digits,
        operation=case.operation,
        teller=own.staff.reason == f"{CheckId.NOT_STAFF}.teller",
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
