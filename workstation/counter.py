"""The teller's counter: the one verification in progress and what each command does to it.

Knows no thread and no listener; `workstation.station` puts it on the air.
"""

import secrets
from pathlib import Path

from crypto.carrier.carrier import SignatureCarrier
from crypto.carrier.file import SignedFileCarrier
from vision.frame import Camera, CameraIdentity, Frame
from vision.liveness.evidence import encode
from vision.matching.reference import ReferenceProvenance
from workstation import commands as c
from workstation.case import case_from_form
from workstation.errors import OperationRefused
from workstation.journal import SignedIn
from workstation.operators import Action, require
from workstation.parts import Parts
from workstation.states import State
from workstation.task import Task, prechecks_task, signing_task
from workstation.verification import Verification
from workstation.view import consent_sha256

__all__ = ["Counter"]

_MAX_SIGNED_FILE = 1 << 20
_MAX_PHOTO = 20 << 20
_SALT_BYTES = 16


class Counter:
    """Holds at most one verification; `camera` is the working camera, if there is one."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._stop_signing = False
        self._camera_for_reference = False
        self.verification: Verification | None = None
        self.camera: CameraIdentity | None = None
        self.camera_notice = "camera_unavailable"

    @property
    def wants_frames(self) -> bool:
        """Whether a liveness attempt or a reference capture waits for camera frames."""
        verification = self.verification
        if verification is None:
            return False
        return verification.biometrics.running or self._camera_for_reference

    def begin(self, who: SignedIn | None, form: c.OperationForm) -> Task:
        """Start a verification; raises OperationRefused naming the field, or RoleMissing."""
        if who is None:
            raise OperationRefused("operator")
        require(who.operator, Action.RUN_SESSION)
        if self.verification is not None and not self.verification.ended:
            raise OperationRefused("session")
        case = case_from_form(
            form, case_id=secrets.token_hex(16), salt=secrets.token_bytes(_SALT_BYTES)
        )
        self.verification = Verification(self._parts, who, case)
        return prechecks_task(self.verification)

    def perform(self, command: c.Command, *, busy: bool) -> Task | None:  # noqa: C901, PLR0912 - one arm a command
        """Perform a command of the running verification; others are not for the counter."""
        match command:
            case c.GiveConsent(language=language):
                self._consent(given=True, language=language)
            case c.RefuseConsent():
                self._consent(given=False, language="")
            case c.UseReferenceFile(path=path):
                self._reference_from_file(path)
            case c.UseReferenceCamera():
                self._camera_for_reference = self.running().state is State.REFERENCE
            case c.StartLiveness():
                self._start_liveness()
            case c.SignWithNcalayer() if not busy:
                return self._sign_with(self._parts.carrier, "ncalayer")
            case c.SignWithFile(path=path) if not busy:
                return self._sign_with(SignedFileCarrier(path, max_bytes=_MAX_SIGNED_FILE), "file")
            case c.StopSigning():
                self._stop_signing = True
            case c.ParkSession():
                self._stop_signing = True
                self.running().park()
            case c.CustomerReturned():
                self.running().came_back()
            case c.Abort(reason=reason):
                self.leave(reason)
            case c.NewSession():
                self._new_session()
            case _:
                pass
        return None

    def running(self) -> Verification:
        """Return the verification; OperationRefused when there is none."""
        if self.verification is None:
            raise OperationRefused("session")
        return self.verification

    def leave(self, reason: str) -> None:
        """Abort what runs; harmless when nothing does."""
        self._stop_signing = True
        if self.verification is not None:
            self.verification.abort(reason)

    def clear(self) -> None:
        """Forget the verification: the operator has left."""
        self.leave("teller_aborted")
        self.verification = None

    def frame(self, frame: Frame, camera: Camera) -> None:
        """Take one camera frame."""
        verification = self.verification
        if verification is None:
            return
        if self._camera_for_reference and verification.state is State.REFERENCE:
            self._camera_for_reference = False
            jpeg = encode(frame, "reference").jpeg
            verification.biometrics.use_reference(jpeg, ReferenceProvenance.CAMERA)
        elif verification.biometrics.running:
            verification.biometrics.show_to(camera)
            verification.biometrics.feed(frame)
            verification.biometrics.show_to(camera)
        verification.check_deadline()

    def camera_failed(self, code: str) -> None:
        """Take note of a missing or lost camera; a running attempt ends the session."""
        self.camera, self.camera_notice = None, code
        self._camera_for_reference = False
        verification = self.verification
        if verification is not None and verification.biometrics.running:
            verification.fault(code)

    def _consent(self, *, given: bool, language: str) -> None:
        verification = self.running()
        shown = language or verification.case.language
        digest = consent_sha256(shown)
        verification.consent(given=given, language=shown, text_sha256=digest)

    def _reference_from_file(self, path: Path) -> None:
        verification = self.running()
        try:
            if path.stat().st_size > _MAX_PHOTO:
                verification.trouble("reference.refused", "reference.too_large")
                return
            untrusted = path.read_bytes()
        except OSError:
            verification.trouble("reference.refused", "reference.unreadable")
            return
        verification.biometrics.use_reference(untrusted, ReferenceProvenance.FILE)

    def _start_liveness(self) -> None:
        verification = self.running()
        if verification.biometrics.running:
            return
        if self.camera is None:
            verification.trouble("liveness.no_camera", self.camera_notice)
            return
        verification.biometrics.start_attempt(self.camera)

    def _sign_with(self, carrier: SignatureCarrier, what: str) -> Task | None:
        verification = self.running()
        if verification.state is not State.SIGNATURE:
            return None
        self._stop_signing = False
        return signing_task(verification, carrier, what, cancelled=lambda: self._stop_signing)

    def _new_session(self) -> None:
        if self.verification is not None and self.verification.ended:
            self.verification = None
