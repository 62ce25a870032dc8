"""The person registry asked for the form, before a session: who has the ИИН that was typed."""

from dataclasses import replace
from datetime import date

from crypto.errors import LogError
from crypto.x509.iin import Iin, IinRefused
from workstation.accounts.operators import Permission, require
from workstation.errors import OperationRefused
from workstation.records.journal import SignedIn
from workstation.registries.birth_date import find_birth_date
from workstation.registries.person import Person, PersonAnswer, PersonStatus
from workstation.registries.registry import AnswerStatus
from workstation.rules.catalogue.fields import FilledBy
from workstation.rules.catalogue.phones import mask_phone
from workstation.rules.local_time import local_day
from workstation.station.snapshot import PersonNote, PersonView
from workstation.station.task import Task
from workstation.verification.case import OperationForm
from workstation.verification.services import Services
from workstation.verification.verification import Verification

__all__ = ["WHAT", "PersonLookup"]

WHAT = "person"


class PersonLookup:
    """Holds the newest answer; the data of nobody is kept after the form is left.

    view  what the screens show of it, None while nobody was asked about
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._person: Person | None = None
        self.view: PersonView | None = None

    def begin(
        self, who: SignedIn | None, untrusted_iin: str, running: Verification | None
    ) -> Task | None:
        """Ask who has the ИИН; None when it is not one, or was asked about already.

        One that is none, such as that of a form that was left, forgets whoever was asked about.

        Raises OperationRefused when nobody is signed in or a session runs, RoleMissing for a role
        that may not.
        """
        iin = _read_iin(untrusted_iin)
        if not iin:
            self.clear()
            return None
        if running is not None and not running.ended:
            raise OperationRefused("session")
        if who is None:
            raise OperationRefused("operator")
        require(who.operator, Permission.RUN_SESSION)
        if self._is_known(iin):
            return None
        self._person = None
        asked = self.view = PersonView(iin, (PersonNote.ASKING,))

        def answered(answer: PersonAnswer) -> None:
            if self.view is asked:
                self._person = answer.person
                self.view = _show(iin, answer, local_day(self._services.now()))
            # Whoever looks at whose data stands in the log: the request leads to the registry's.
            try:
                self._services.journal.record_lookup(who, _describe(answer))
            except LogError:
                self._person, self.view = None, _show_silence(iin)

        def failed(_error: Exception) -> None:
            if self.view is asked:
                self.view = _show_silence(iin)

        return Task(WHAT, lambda: self._services.registries.person(iin), answered, failed)

    def complete(self, form: OperationForm) -> OperationForm:
        """Return the form with name and what the policy has the registry fill, if it is theirs."""
        person = self._person
        if person is None or person.iin != form.untrusted_iin.strip():
            return form
        registered = _registered(person)
        filled = {
            each.name
            for operation in self._services.policy.operations
            if operation.kind == form.kind
            for each in operation.definition.fields
            if each.filled_by is FilledBy.REGISTRY
        }
        values = tuple(
            (name, registered.get(name, typed) if name in filled else typed)
            for name, typed in form.untrusted_values
        )
        return replace(form, untrusted_name=person.name, untrusted_values=values)

    def clear(self) -> None:
        """Forget whoever was looked up."""
        self._person, self.view = None, None

    def _is_known(self, iin: str) -> bool:
        view = self.view
        return view is not None and view.iin == iin and PersonNote.NO_ANSWER not in view.notes


def _read_iin(untrusted: str) -> str:
    """Return the twelve digits of an ИИН that adds up, empty for anything else."""
    try:
        iin = Iin.parse(untrusted.strip())
    except IinRefused:
        return ""
    return iin.digits if iin.well_formed else ""


def _registered(person: Person) -> dict[str, str]:
    """Return what is registered of an operation's parameters, by name."""
    return {"old_phone": person.phone} if person.phone else {}


def _show_silence(iin: str) -> PersonView:
    return PersonView(iin, (PersonNote.NO_ANSWER,))


def _describe(answer: PersonAnswer) -> dict[str, str | int]:
    """Return the trace of the question; neither ИИН nor a digest of it."""
    trace = answer.answer
    return {
        "reason": trace.reason,
        "source": trace.source,
        "request": trace.request_id,
        "asked_ms": trace.asked_ms,
        "answered_ms": trace.answered_ms,
    }


def _show(iin: str, answer: PersonAnswer, today: date) -> PersonView:
    person = answer.person
    if person is None:
        unknown = answer.answer.status is AnswerStatus.FAILED
        return PersonView(iin, (PersonNote.NOT_FOUND if unknown else PersonNote.NO_ANSWER,))
    notes = {
        PersonNote.DECEASED: person.status is PersonStatus.DECEASED,
        PersonNote.BLOCKED: person.status is PersonStatus.BLOCKED,
        PersonNote.DOCUMENT_EXPIRED: person.document is not None
        and person.document.valid_until is not None
        and person.document.valid_until < today,
        PersonNote.BIRTH_UNKNOWN: find_birth_date(Iin.parse(iin), person, None) is None,
    }
    return PersonView(
        iin,
        tuple(note for note, holds in notes.items() if holds),
        name=person.name,
        sex="" if person.sex is None else person.sex.value,
        birth_date=person.birth_date,
        resident=person.resident,
        phone_masked=mask_phone(person.phone) if person.phone else "",
    )
