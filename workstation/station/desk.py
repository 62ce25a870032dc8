"""The teller's desk: the one verification in progress and what each command does to it.

Knows no thread and no listener; `workstation.station.station` publishes it.
"""

import secrets
import threading
from dataclasses import replace
from pathlib import Path

from vision.camera.control import ControlResponse
from vision.camera.delivery import Delivery
from vision.camera.watchdog import CameraTrouble
from vision.frame import Camera, CameraIdentity, Frame
from workstation.accounts.operators import Permission, require
from workstation.devices.phone import PhoneProgress
from workstation.devices.signing_methods import SigningMethod
from workstation.errors import IllegalTransition, OperationRefused
from workstation.records.journal import SignedIn
from workstation.session.confirmation import AbortReason
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.closing import close_case, read_abort
from workstation.station.consent import lacks_window, take_answer, take_consent
from workstation.station.document import read_chip, read_document
from workstation.station.form_document import FormDocument
from workstation.station.liveness import start_liveness
from workstation.station.log_view import LogVerification
from workstation.station.other_way import take_other_way
from workstation.station.person_lookup import PersonLookup
from workstation.station.readiness import read_clocks, require_ready, require_trusted
from workstation.station.task import (
    Task,
    find_question,
    registries_task,
    signing_task,
)
from workstation.verification.case import Case, OperationForm, case_from_form
from workstation.verification.record import delivery_facts
from workstation.verification.services import Services
from workstation.verification.verification import Verification

__all__ = ["Desk"]

_SALT_BYTES = 16


class Desk:
    """Holds at most one verification; `camera` is the working camera, if there is one.

    window_shown  the customer can read the own window now
    delivery, response  how it delivers and answered its last challenge, None until that is known
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        # One for each request, so that the one that was stopped never starts again.
        self._stop_signing = threading.Event()
        self.verification: Verification | None = None
        self._started = read_clocks(services.clock)
        self.lookup = PersonLookup(services)
        self.form_document = FormDocument(services)
        self.window_shown = False
        self.camera: CameraIdentity | None = None
        self.camera_message = "camera_unavailable"
        self.delivery: Delivery | None = None
        self.response: ControlResponse | None = None

    @property
    def wants_frames(self) -> bool:
        """Whether a liveness attempt or a photo waits for camera frames."""
        running = self.verification
        return running is not None and (
            running.biometrics.running
            or _awaits_document(running)
            or _awaits_exception_photo(running)
        )

    def begin(self, who: SignedIn | None, form: OperationForm, log: LogVerification | None) -> Task:
        """Start a verification; raises OperationRefused naming the field, or RoleMissing.

        log  the newest verification of the log
        """
        if who is None:
            raise OperationRefused("operator")
        require(who.operator, Permission.RUN_SESSION)
        self.require_free_seat()
        case = case_from_form(
            self.lookup.complete(form),
            self._services.policy.operation(form.kind).definition,
            case_id=secrets.token_hex(16),
            salt=secrets.token_bytes(_SALT_BYTES),
            document=self.form_document.find_lines(form.untrusted_iin),
        )
        _require_party(self._services, case)
        require_ready(
            self._services, form.kind, started=self._started, log=log, camera=self.unusable
        )
        # A copy of its own: it ends under the rules it began with, whatever midnight changes.
        self.verification = Verification(replace(self._services), who, case)
        self.lookup.clear()
        self.form_document.clear()
        return registries_task(self.verification)

    def perform(self, command: c.Command, *, busy: bool) -> Task | None:  # noqa: C901, PLR0912 - one arm a command
        """Perform a command of the running verification; others are not for the desk."""
        match command:
            case c.AnswerQuestion():
                take_answer(self.require_verification(), command, shown=self.window_shown)
            case c.GiveConsent() | c.RefuseConsent():
                take_consent(self.require_verification(), command, shown=self.window_shown)
            case c.UseReferenceFile(path=path):
                verification = self._require_state(State.REFERENCE)
                verification.take(verification.reference.take_file(verification.session, path))
            case c.ReadDocument():
                read_document(self._require_state(State.REFERENCE), self.unusable, busy=busy)
            case c.ReadChip():
                verification = self._require_state(State.REFERENCE)
                return read_chip(verification, command, self.unusable, busy=busy)
            case c.CancelDocument():
                self.require_verification().document.cancel()
            case c.StartLiveness():
                verification = self.require_verification()
                face = verification.biometrics
                if not face.running:
                    face.delivery, face.response = self.delivery, self.response
                start_liveness(verification, command, self.camera, self.unusable)
            case (
                c.RequestException() | c.RequestAlternative() | c.AskCentre() | c.LeaveAlternative()
            ):
                return take_other_way(self.require_verification(), command, busy=busy)
            case c.TakeExceptionPhoto():
                self._await_exception_photo()
            case c.SaveStatement(path=path):
                self.require_verification().save_statement(path)
            case c.StopSigning():
                self.stop_signing()
            case c.Confirm() | c.RefuseOnSuspicion() | c.HandOver():
                close_case(self.require_verification(), command, shown=self.window_shown)
                self.stop_signing()
            case c.Abort(reason=reason, words=words):
                self.leave(reason, words)
            case c.NewSession():
                self._new_session()
            case c.AskRegistriesAgain() if not busy:
                return find_question(self._require_state(State.PRECHECKS), now=True)
            case c.AskAuthorityAgain() if not busy:
                return find_question(self._require_state(State.AUTHORITY), now=True)
            case c.Sign(method=method, path=path):
                return self._sign(method, path, busy=busy)
            case _:
                pass
        return None

    def require_verification(self) -> Verification:
        """Return the verification; OperationRefused when there is none."""
        if self.verification is None:
            raise OperationRefused("session")
        return self.verification

    def require_free_seat(self) -> None:
        """Raise OperationRefused while a case runs here."""
        if self.verification is not None and not self.verification.ended:
            raise OperationRefused("session")

    def require_trusted(self, log: LogVerification | None) -> None:
        """Raise OperationRefused where no case goes on: the clock was changed, the log is broken.

        log  the newest verification of the log
        """
        require_trusted(self._services, started=self._started, log=log)

    def stop_signing(self) -> None:
        """Wait for the customer's signature no more."""
        self._stop_signing.set()

    def leave(self, untrusted_reason: str, untrusted_words: str = "") -> None:
        """Abort what runs; harmless when nothing does. OperationRefused without the words."""
        code, words = read_abort(untrusted_reason, untrusted_words)
        self._stop_signing.set()
        if self.verification is not None:
            self.verification.abort(code, words)

    def clear(self) -> None:
        """Forget the verification: the operator has left."""
        self.leave(AbortReason.TELLER_ABORTED)
        self.verification = None
        self.lookup.clear()
        self.form_document.clear()

    def take_frame(self, frame: Frame, camera: Camera) -> None:
        """Take one camera frame."""
        verification = self.verification
        if verification is None:
            return
        face, document = verification.biometrics, verification.document
        document.show_to(camera, verification.session)
        if _awaits_document(verification):
            customer = verification.person
            verification.take(document.look(verification.session, frame, customer))
            document.show_to(camera, verification.session)
        elif _awaits_exception_photo(verification):
            session, delivered = verification.session, delivery_facts(face.delivery, face.response)
            verification.take(face.exception.take_frame(session, frame, camera.identity, delivered))
        elif face.running:
            face.show_to(camera)
            verification.take(face.feed(verification.session, frame))
            face.show_to(camera)
            if advice := face.advice:
                verification.message = advice
        verification.check_deadline()

    def note_response(self, response: ControlResponse) -> None:
        """Take note of how the device answered a challenge."""
        self.response = response
        if self.verification is not None:
            self.verification.biometrics.response = response

    def watch_camera(self, delivery: Delivery) -> None:
        """Take note of how the camera delivers; without an image nothing can be judged."""
        self.delivery = delivery
        verification = self.verification
        if verification is None:
            return
        face = verification.biometrics
        face.delivery = delivery
        if CameraTrouble.BLACK not in delivery.troubles:
            return
        if _awaits_document(verification):
            verification.take(verification.document.lose_camera(CameraTrouble.BLACK.value))
        if _awaits_exception_photo(verification):
            verification.take(face.exception.await_frame(CameraTrouble.BLACK.value))
        verification.take(face.interrupt(verification.session, CameraTrouble.BLACK.value))

    def camera_failed(self, code: str) -> None:
        """Take note of a missing or lost camera; a running attempt breaks off."""
        self.camera, self.camera_message, self.delivery = None, code, None
        verification = self.verification
        if verification is None:
            return
        if _awaits_document(verification):
            verification.take(verification.document.lose_camera(code))
        if _awaits_exception_photo(verification):
            verification.take(verification.biometrics.exception.await_frame(code))
        self.break_attempt(code)

    def break_attempt(self, code: str) -> None:
        """Break a running attempt off because of something of ours: it is not counted."""
        if (verification := self.verification) is not None:
            session = verification.session
            verification.take(verification.biometrics.interrupt(session, code))

    @property
    def unusable(self) -> str:
        """The code of why the camera gives no image, empty while it does."""
        if self.camera is None:
            return self.camera_message
        black = self.delivery is not None and CameraTrouble.BLACK in self.delivery.troubles
        return CameraTrouble.BLACK.value if black else ""

    def _require_state(self, state: State) -> Verification:
        verification = self.require_verification()
        verification.require(state)
        return verification

    def _await_exception_photo(self) -> None:
        """Let the next usable frame be the photo that officers vouch for."""
        verification = self.require_verification()
        verification.require(State.EXCEPTION, State.ALTERNATIVE)
        face = verification.biometrics
        face.delivery, face.response = self.delivery, self.response
        verification.take(face.exception.await_frame(self.unusable))

    def _sign(self, method: SigningMethod, path: Path | None, *, busy: bool) -> Task | None:
        verification = self.require_verification()
        verification.require(State.SIGNATURE)
        if busy:
            raise IllegalTransition("the customer is asked already")
        if lacks_window(verification, shown=self.window_shown):
            return None
        phone = PhoneProgress()
        carrier = self._services.carriers.carrier(method, path, phone.update)
        self._stop_signing = stop = threading.Event()
        return signing_task(verification, carrier, method, phone, cancelled=stop.is_set)

    def _new_session(self) -> None:
        if self.verification is not None and not self.verification.ended:
            raise IllegalTransition("a session runs")
        self.verification = None


def _require_party(services: Services, case: Case) -> None:
    """Refuse a second person in a role that the policy does not offer for the operation (A-02)."""
    parties = services.policy.operation(case.operation.kind).parties
    offered = [(each.role, each.presence) for each in parties]
    second = case.second
    if second is not None and (second.role, second.presence) not in offered:
        raise OperationRefused("second_role", "second_person.not_offered")


def _awaits_document(verification: Verification) -> bool:
    return verification.document.is_awaited(verification.session)


def _awaits_exception_photo(verification: Verification) -> bool:
    # An officer may act while another photo is awaited: then the state has gone on without it.
    awaited = verification.biometrics.exception.awaited
    return awaited and verification.state in {State.EXCEPTION, State.ALTERNATIVE}
