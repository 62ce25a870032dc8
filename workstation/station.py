"""The station: who is signed in, which verification runs, what the screens are told.

Knows no thread. A command that needs the network returns a Task; whoever drives the station (the
runtime's threads, or `workstation-ctl` inline) runs `task.run` wherever it likes and hands the
outcome to `finished` in the station's own thread.
"""

from dataclasses import replace

from crypto.errors import CryptoError
from vision.errors import VisionError
from vision.frame import Camera, Frame
from workstation import commands as c
from workstation.admission import Admission
from workstation.audit_trail import verify_log
from workstation.counter import Counter
from workstation.errors import OperationRefused, OperatorLocked, WorkstationError
from workstation.operators import Action, may, require
from workstation.parts import Parts
from workstation.snapshot import Listener, LogVerification, SessionSnapshot, StationStatus
from workstation.states import State
from workstation.task import Task
from workstation.verification import Verification
from workstation.view import picture

__all__ = ["Station"]


class Station:
    """Owned by one thread; tells the listener after every change."""

    def __init__(self, parts: Parts, listener: Listener) -> None:
        self._parts = parts
        self._listener = listener
        self._admission = Admission(parts)
        self._counter = Counter(parts)
        self._busy = ""
        self.status = StationStatus(
            profile=parts.facts.profile,
            station=parts.facts.station,
            simulated=parts.simulated,
            log_size=parts.journal.log.size,
            policy=parts.policy.id,
        )

    @property
    def verification(self) -> Verification | None:
        """Return the verification in progress or just ended."""
        return self._counter.verification

    @property
    def wants_frames(self) -> bool:
        """Whether camera frames are waited for."""
        return self._counter.wants_frames

    def handle(self, command: c.Command) -> Task | None:
        """Perform one command; troubles become notices, never exceptions of the teller's making."""
        task = None
        try:
            task = self._perform(command)
        except OperationRefused as error:
            self._notice(error.code, field=error.detail)
        except OperatorLocked as error:
            self._notice(error.code, seconds=int(error.detail) if error.detail.isdigit() else 0)
        except (WorkstationError, CryptoError, VisionError) as error:
            self._notice(error.code)
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

    def frame(self, frame: Frame, camera: Camera) -> None:
        """Take one camera frame."""
        self._counter.frame(frame, camera)
        self.publish()

    def camera_opened(self, camera: Camera) -> None:
        """Take note of a working camera."""
        self._counter.camera = identity = camera.identity
        shown = f"{identity.name} · {identity.width}×{identity.height}"
        self.status = replace(self.status, camera=shown, camera_notice="")
        self.publish()

    def camera_failed(self, code: str) -> None:
        """Take note of a missing or lost camera; a running attempt ends the session."""
        self.status = replace(self.status, camera="", camera_notice=code)
        self._counter.camera_failed(code)
        self.publish()

    def models_ready(self, code: str = "") -> None:
        """Take note that the face models are loaded, or of the code of what prevents it."""
        self.status = replace(self.status, models_ready=not code, notice=code)
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

    def _perform(self, command: c.Command) -> Task | None:
        match command:
            case c.SignIn(operator=operator, secret=secret):
                self._sign_in(operator, secret)
            case c.SignOut():
                self._sign_out("signed_out")
            case c.BeginOperation(form=form):
                self.status = replace(self.status, notice="", notice_field="", seconds=0)
                return self._counter.begin(self._admission.who, form)
            case c.Override() | c.RefuseReview():
                self._admission.review(self._counter.running(), command)
            case c.SelectLanguage(language=language):
                self.status = replace(self.status, language=language)
            case c.VerifyLog():
                return self._verify_log()
            case _:
                return self._counter.perform(command, busy=bool(self._busy))
        return None

    def _sign_in(self, operator_id: str, secret: str) -> None:
        """Sign in; the operator who is signed in already only unlocks the screen."""
        operator = self._admission.authenticated(operator_id, secret)
        who = self._admission.who
        if who is None or who.operator != operator:
            self._sign_out("another_operator")
            who = self._admission.admit(operator)
        self.status = replace(
            self.status,
            operator=who.operator,
            notice="",
            notice_field="",
            seconds=0,
            allowed=tuple(action.value for action in Action if may(who.operator.role, action)),
            sign_ins=self.status.sign_ins + 1,
        )

    def _sign_out(self, reason: str) -> None:
        self._counter.clear()
        trouble = self._admission.sign_out(reason)
        self.status = replace(self.status, operator=None, allowed=(), log_notice=trouble)

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
