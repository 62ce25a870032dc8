"""The station: who is signed in, which verification runs, what each command does to it.

Knows no thread. A command that needs the network returns a Task; whoever drives the station (the
runtime's threads, or `workstation-ctl` inline) runs `task.run` wherever it likes and hands the
outcome to `task.done` or `task.failed` in the station's own thread.
"""

import secrets
from dataclasses import replace
from pathlib import Path

from crypto.carrier.carrier import SignatureCarrier
from crypto.carrier.file import SignedFileCarrier
from crypto.errors import CryptoError
from vision.errors import VisionError
from vision.frame import Camera, CameraIdentity, Frame
from vision.liveness.evidence import encode
from vision.matching.reference import ReferenceProvenance
from workstation import commands as c
from workstation.admission import Admission
from workstation.audit_trail import verify_log
from workstation.case import case_from_form
from workstation.errors import OperationRefused, OperatorLocked, WorkstationError
from workstation.operators import Action, require
from workstation.parts import Parts
from workstation.snapshot import Listener, LogVerification, SessionSnapshot, StationStatus
from workstation.states import State
from workstation.task import Task, prechecks_task, signing_task
from workstation.verification import Verification
from workstation.view import consent_sha256, picture

__all__ = ["Station"]

_MAX_SIGNED_FILE = 1 << 20
_MAX_PHOTO = 20 << 20
_SALT_BYTES = 16


class Station:
    """Owned by one thread; tells the listener after every change."""

    def __init__(self, parts: Parts, listener: Listener) -> None:
        self._parts = parts
        self._listener = listener
        self._admission = Admission(parts)
        self._busy = ""
        self._stop_signing = False
        self._camera: CameraIdentity | None = None
        self._camera_for_reference = False
        self.verification: Verification | None = None
        self.status = StationStatus(
            profile=parts.facts.profile,
            station=parts.facts.station,
            simulated=parts.simulated,
            log_size=parts.journal.log.size,
            policy=parts.policy.id,
        )

    # -- what drives the station ------------------------------------------------------------

    def handle(self, command: c.Command) -> Task | None:
        """Perform one command; troubles become notices, never exceptions of the teller's making."""
        try:
            task = self._perform(command)
        except OperationRefused as error:
            self._notice(error.code, field=error.detail)
            task = None
        except OperatorLocked as error:
            seconds = int(error.detail) if error.detail.isdigit() else 0
            self._notice(error.code, seconds=seconds)
            task = None
        except (WorkstationError, CryptoError, VisionError) as error:
            self._notice(error.code)
            task = None
        if task is not None:
            self._busy = task.what
        self.publish()
        return task

    def finished(self, task: Task, outcome: object) -> Task | None:
        """Take a task's outcome; an exception instance is its failure."""
        self._busy = ""
        following = None
        if isinstance(outcome, Exception):
            task.failed(outcome)
        else:
            following = task.done(outcome)
        if following is not None:
            self._busy = following.what
        self.publish()
        return following

    @property
    def wants_frames(self) -> bool:
        """Whether a liveness attempt or a reference capture waits for camera frames."""
        verification = self.verification
        if verification is None:
            return False
        return verification.biometrics.running or self._camera_for_reference

    def frame(self, frame: Frame, camera: Camera) -> None:
        """Take one camera frame."""
        verification = self.verification
        if verification is None:
            return
        if self._camera_for_reference and verification.state is State.REFERENCE:
            self._camera_for_reference = False
            self._reference_from_camera(verification, frame)
        elif verification.biometrics.running:
            verification.biometrics.show_to(camera)
            verification.biometrics.feed(frame)
            verification.biometrics.show_to(camera)
        verification.check_deadline()
        self.publish()

    def camera_opened(self, camera: Camera) -> None:
        """Take note of a working camera."""
        self._camera = identity = camera.identity
        shown = f"{identity.name} · {identity.width}×{identity.height}"
        self.status = replace(self.status, camera=shown, camera_notice="")
        self.publish()

    def camera_failed(self, code: str) -> None:
        """Take note of a missing or lost camera; a running attempt ends the session."""
        self._camera = None
        self.status = replace(self.status, camera="", camera_notice=code)
        verification = self.verification
        if verification is not None and verification.biometrics.running:
            verification.fault(code)
        self._camera_for_reference = False
        self.publish()

    def models_ready(self) -> None:
        """Take note that the face models are loaded."""
        self.status = replace(self.status, models_ready=True)
        self.publish()

    def lists_updated(self) -> None:
        """Take note of the age of the revocation lists."""
        oldest = self._parts.revocation.oldest_this_update_ms()
        self.status = replace(self.status, crl_this_update_ms=oldest)
        self.publish()

    def fault(self, code: str) -> None:
        """End the running verification because something of ours failed."""
        if self.verification is not None:
            self.verification.fault(code)
        self._busy = ""
        self.publish()

    def tick(self) -> None:
        """Let time pass: deadlines."""
        verification = self.verification
        if verification is None:
            return
        before = verification.state
        verification.check_deadline()
        if verification.state is not before:
            self.publish()

    def close(self, reason: str) -> None:
        """End what runs and sign out; the log stays open for its owner."""
        self._sign_out(reason)

    def publish(self) -> None:
        """Tell the listener."""
        verification = self.verification
        snapshot = (
            SessionSnapshot(state=State.IDLE)
            if verification is None
            else picture(verification, busy=self._busy)
        )
        self.status = replace(self.status, log_size=self._parts.journal.log.size)
        self._listener.station_changed(self.status)
        self._listener.session_changed(snapshot)

    # -- commands ---------------------------------------------------------------------------

    def _perform(self, command: c.Command) -> Task | None:  # noqa: C901, PLR0912 - one arm a command
        match command:
            case c.SignIn(operator=operator, secret=secret):
                self._sign_in(operator, secret)
            case c.SignOut():
                self._sign_out("signed_out")
            case c.BeginOperation(form=form):
                return self._begin(form)
            case c.GiveConsent(language=language):
                self._consent(given=True, language=language)
            case c.RefuseConsent():
                self._consent(given=False, language="")
            case c.UseReferenceFile(path=path):
                self._reference_from_file(path)
            case c.UseReferenceCamera():
                self._camera_for_reference = self._running().state is State.REFERENCE
            case c.StartLiveness():
                self._start_liveness()
            case c.SignWithNcalayer():
                return self._sign_with(self._parts.carrier, "ncalayer")
            case c.SignWithFile(path=path):
                return self._sign_with(SignedFileCarrier(path, max_bytes=_MAX_SIGNED_FILE), "file")
            case c.StopSigning():
                self._stop_signing = True
            case c.ParkSession():
                self._stop_signing = True
                self._running().park()
            case c.CustomerReturned():
                self._running().came_back()
            case c.Override() | c.RefuseReview():
                self._admission.review(self._running(), command)
            case c.Abort(reason=reason):
                self._stop_signing = True
                self._running().abort(reason)
            case c.NewSession():
                self._new_session()
            case c.SelectLanguage(language=language):
                self.status = replace(self.status, language=language)
            case c.VerifyLog():
                return self._verify_log()
        return None

    def _running(self) -> Verification:
        if self.verification is None:
            raise OperationRefused("session")
        return self.verification

    def _sign_in(self, operator_id: str, secret: str) -> None:
        self._sign_out("another_operator")
        who = self._admission.sign_in(operator_id, secret)
        self.status = replace(self.status, operator=who.operator, notice="", seconds=0)

    def _sign_out(self, reason: str) -> None:
        self._stop_signing = True
        if self.verification is not None:
            self.verification.abort("teller_aborted")
            self.verification = None
        trouble = self._admission.sign_out(reason)
        self.status = replace(self.status, operator=None, log_notice=trouble)

    def _begin(self, form: c.OperationForm) -> Task:
        who = self._admission.who
        if who is None:
            raise OperationRefused("operator")
        require(who.operator, Action.RUN_SESSION)
        if self.verification is not None and not self.verification.ended:
            raise OperationRefused("session")
        case = case_from_form(
            form, case_id=secrets.token_hex(16), salt=secrets.token_bytes(_SALT_BYTES)
        )
        self.status = replace(self.status, notice="", seconds=0)
        self.verification = Verification(self._parts, who, case)
        return prechecks_task(self.verification)

    def _consent(self, *, given: bool, language: str) -> None:
        verification = self._running()
        shown = language or verification.case.language
        digest = consent_sha256(shown)
        verification.consent(given=given, language=shown, text_sha256=digest)

    def _reference_from_file(self, path: Path) -> None:
        verification = self._running()
        try:
            if path.stat().st_size > _MAX_PHOTO:
                verification.trouble("reference.refused", "reference.too_large")
                return
            untrusted = path.read_bytes()
        except OSError:
            verification.trouble("reference.refused", "reference.unreadable")
            return
        verification.biometrics.use_reference(untrusted, ReferenceProvenance.FILE)

    def _reference_from_camera(self, verification: Verification, frame: Frame) -> None:
        jpeg = encode(frame, "reference").jpeg
        verification.biometrics.use_reference(jpeg, ReferenceProvenance.CAMERA)

    def _start_liveness(self) -> None:
        verification = self._running()
        if self._camera is None:
            code = self.status.camera_notice or "camera_unavailable"
            verification.trouble("liveness.no_camera", code)
            return
        verification.biometrics.start_attempt(self._camera)

    def _sign_with(self, carrier: SignatureCarrier, what: str) -> Task | None:
        verification = self._running()
        if verification.state is not State.SIGNATURE or self._busy:
            return None
        self._stop_signing = False
        return signing_task(verification, carrier, what, cancelled=lambda: self._stop_signing)

    def _new_session(self) -> None:
        if self.verification is not None and self.verification.ended:
            self.verification = None

    def _verify_log(self) -> Task:
        if self._admission.who is not None:
            require(self._admission.who.operator, Action.VERIFY_LOG)
        running = LogVerification(
            running=True, ok=False, size=0, first_bad=-1, reason="", finished_ms=0
        )
        self.status = replace(self.status, verification=running)
        return Task(
            what="log",
            run=lambda: verify_log(self._parts),
            done=self._verified,
            failed=lambda _error: self._notice("internal"),
        )

    def _verified(self, verification: LogVerification) -> None:
        self.status = replace(self.status, verification=verification)

    def _notice(self, code: str, *, field: str = "", seconds: int = 0) -> None:
        """Show a trouble where the teller looks: in the session, or at the station."""
        verification = self.verification
        if verification is not None and not verification.ended and not field:
            verification.notice = code
        else:
            self.status = replace(self.status, notice=code, notice_field=field, seconds=seconds)
