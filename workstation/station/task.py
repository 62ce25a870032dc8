"""Work that may block: run in any thread, finished in the station's."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from crypto.carrier.carrier import SignatureCarrier
from crypto.errors import CryptoError
from crypto.report.report import SignatureReport
from workstation.devices.phone import PhoneProgress
from workstation.devices.signing_methods import SigningMethod
from workstation.session.states import State
from workstation.verification.verification import Verification

__all__ = ["Task", "prechecks_task", "signing_task"]


@dataclass(frozen=True, slots=True)
class Task:
    """Work that may block: `run` in any thread, then `done(result)` or `failed(error)` back here.

    what  stable code of what is waited for, shown to the teller
    """

    what: str
    run: Callable[[], Any]
    done: Callable[[Any], "Task | None"]
    failed: Callable[[Exception], None]


def prechecks_task(verification: Verification) -> Task:
    """Return the questions to the registries as a task."""

    def answered(answers: Any) -> None:
        if verification.state is State.PRECHECKS:
            verification.prechecks_answered(answers)

    return Task("registries", verification.prechecks(), answered, _internal(verification))


def signing_task(
    verification: Verification,
    carrier: SignatureCarrier,
    method: SigningMethod,
    phone: PhoneProgress,
    *,
    cancelled: Callable[[], bool],
) -> Task:
    """Return the request to a carrier as a task, followed by the validation of its answer.

    phone  what the carrier tells of the customer's phone, if the method has one
    """
    request = verification.request_signature(carrier, method, phone, cancelled=cancelled)
    statement = verification.statement

    def stale() -> bool:
        """Whether the session has gone on: what arrives late belongs to another statement."""
        return verification.state is not State.SIGNATURE or verification.statement is not statement

    def obtained(cms: bytes) -> Task | None:
        if statement is None or stale():
            return None
        job = verification.signing.validation(statement, cms)
        return Task("validation", job, validated, _internal(verification))

    def validated(report: SignatureReport) -> None:
        if not stale():
            verification.take(verification.signing.validated(verification.session, report))

    def failed(error: Exception) -> None:
        if stale():
            return
        if isinstance(error, CryptoError):
            verification.take(verification.signing.carrier_failed(error))
        else:
            verification.fault("internal")

    return Task(method.value, request, obtained, failed)


def _internal(verification: Verification) -> Callable[[Exception], None]:
    return lambda _error: verification.fault("internal")
