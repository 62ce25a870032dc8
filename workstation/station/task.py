"""Work that may block: run in any thread, finished in the station's."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from crypto.carrier.carrier import SignatureCarrier
from crypto.chip.access_keys import AccessKey
from crypto.errors import CryptoError
from crypto.report.report import SignatureReport
from workstation.devices.phone import PhoneProgress
from workstation.devices.signing_methods import SigningMethod
from workstation.documents.statement import Statement
from workstation.registries.authority import AuthorityAnswer
from workstation.session.states import State
from workstation.verification.prechecks import PrecheckResult
from workstation.verification.reference.chip import ChipReading
from workstation.verification.signature_evidence import StampedSignature
from workstation.verification.verification import Verification

__all__ = ["Task", "chip_task", "find_question", "registries_task", "signing_task"]


@dataclass(frozen=True, slots=True)
class Task:
    """Work that may block: `run` in any thread, then `done(result)` or `failed(error)` back here.

    what  stable code of what is waited for, shown to the teller
    """

    what: str
    run: Callable[[], Any]
    done: Callable[[Any], "Task | None"]
    failed: Callable[[Exception], None]


def find_question(verification: Verification, *, now: bool = False) -> Task | None:
    """Return the question to whoever has not answered, if it is time; None when nobody is due.

    now  the teller does not want to wait for the end of the pause
    """
    if verification.state is State.REFERENCE:
        key = verification.document.take_wanted_key()
        return None if key is None else chip_task(verification, key)
    registries, authority = verification.registries.retry, verification.authority
    if verification.state is State.PRECHECKS and (registries.due or (now and registries.again_ms)):
        return registries_task(verification)
    if verification.state is State.AUTHORITY and (
        authority.wanted or (now and authority.retry.again_ms)
    ):
        return authority_task(verification)
    return None


def registries_task(verification: Verification) -> Task:
    """Return the questions to the registries as a task."""
    registries = verification.registries

    def answered(result: PrecheckResult) -> None:
        # A case that was parked and taken up in between asks anew.
        if verification.state is State.PRECHECKS and verification.registries is registries:
            verification.registries_answered(result)

    job = registries.request()
    return Task("registries", job, answered, _internal(verification))


def authority_task(verification: Verification) -> Task:
    """Return the question to the authority as a task."""
    session, authority = verification.session, verification.authority
    job = authority.request(session, verification.biometrics.best_frame(session))

    def answered(answer: AuthorityAnswer) -> None:
        # An answer about a face that was left behind, or that came twice, is nobody's.
        if verification.session is session:
            verification.take(authority.answer(session, answer))

    return Task("authority", job, answered, _internal(verification))


def chip_task(verification: Verification, key: AccessKey) -> Task:
    """Return the reading of the chip on the reader as a task."""
    document = verification.document
    job = document.request_chip(key)

    def answered(reading: ChipReading) -> None:
        # A chip that was called off, or whose session has gone on, is nobody's.
        if document.is_reading(job):
            session, customer = verification.session, verification.person
            verification.take(document.take_chip(session, reading, customer))

    def failed(error: Exception) -> None:
        if document.is_reading(job):
            verification.take(document.fail_chip(error))

    return Task("chip", job, answered, failed)


def signing_task(
    verification: Verification,
    carrier: SignatureCarrier,
    method: SigningMethod,
    phone: PhoneProgress,
    *,
    cancelled: Callable[[], bool],
) -> Task:
    """Return the request to a carrier as a task; its answer is validated, then time-stamped.

    phone  what the carrier tells of the customer's phone, if the method has one
    """
    statement = verification.renew_statement()
    if statement is None:
        return Task(method.value, bytes, lambda _nothing: None, _internal(verification))
    verification.message = ""
    request = verification.signing.request(statement, carrier, method, phone, cancelled=cancelled)
    steps = _SigningSteps(verification, statement, cancelled)
    return Task(method.value, request, steps.obtained, steps.failed)


@dataclass(frozen=True, slots=True)
class _SigningSteps:
    """What follows a carrier's answer over one statement."""

    verification: Verification
    statement: Statement
    cancelled: Callable[[], bool]

    @property
    def stale(self) -> bool:
        """Whether the session has gone on: what arrives late belongs to another statement."""
        verification = self.verification
        return (
            verification.state is not State.SIGNATURE
            or verification.statement is not self.statement
        )

    def obtained(self, cms: bytes) -> Task | None:
        if self.stale:
            return None
        job = self.verification.signing.validation(self.statement, cms)
        return Task("validation", job, self.validated, _internal(self.verification))

    def validated(self, report: SignatureReport) -> Task | None:
        if self.stale:
            return None
        verification = self.verification
        signing, session = verification.signing, verification.session
        job = signing.stamping(session, self.statement, report, cancelled=self.cancelled)
        if job is not None:
            return Task("timestamp", job, self.stamped, _internal(verification))
        verification.take(signing.validated(session, report, verification.person.client.name))
        return None

    def stamped(self, found: StampedSignature) -> None:
        if not self.stale:
            verification = self.verification
            name = verification.person.client.name
            verification.take(verification.signing.stamped(verification.session, found, name))

    def failed(self, error: Exception) -> None:
        if self.stale:
            return
        if isinstance(error, CryptoError):
            self.verification.take(self.verification.signing.carrier_failed(error))
        else:
            self.verification.fault("internal")


def _internal(verification: Verification) -> Callable[[Exception], None]:
    return lambda _error: verification.fault("internal")
