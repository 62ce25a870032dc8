"""The station: who is signed in, which verification runs, what is published.

Knows no thread. A command that needs the network returns a Task; whoever drives the station (the
runtime's threads, or `workstation-ctl` inline) runs `task.run` wherever it likes and hands the
outcome to `finish` in the station's own thread.
"""

from crypto.errors import CryptoError
from resources import LANGUAGES
from vision.camera.control import ControlResponse
from vision.camera.delivery import Delivery
from vision.errors import VisionError
from vision.frame import Camera, Frame
from workstation.devices.signing_methods import PhoneView
from workstation.errors import OperationRefused, WorkstationError
from workstation.registries.authority import Invitation
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.administering import WHAT as ADMINISTRATION
from workstation.station.anchoring import WHAT as WITNESS
from workstation.station.anchoring import LogWatch
from workstation.station.back_office import BackOffice
from workstation.station.break_watch import BreakWatch
from workstation.station.case_list import CaseList
from workstation.station.desk import Desk
from workstation.station.health_watch import HealthWatch
from workstation.station.log_check import WHAT as LOG_CHECK
from workstation.station.log_exports import WHAT as EXPORT
from workstation.station.person_lookup import WHAT as PERSON_LOOKUP
from workstation.station.policy_watch import PolicyWatch
from workstation.station.probing import WHAT as PROBES
from workstation.station.publisher import Publisher
from workstation.station.readiness import require_screen
from workstation.station.review_desk import ReviewDesk
from workstation.station.shift_desk import WHAT as SHIFT
from workstation.station.sign_in import OperatorSession
from workstation.station.snapshot import DocumentView, Listener, StationStatus
from workstation.station.task import Task, find_question
from workstation.station.teller_statistics import WHAT as STATISTICS
from workstation.verification.services import Services
from workstation.verification.verification import Verification

__all__ = ["Station"]

_BESIDE = frozenset(
    {ADMINISTRATION, EXPORT, LOG_CHECK, PERSON_LOOKUP, PROBES, SHIFT, STATISTICS, WITNESS}
)
"""Tasks that no session waits for."""

_OF_THE_STATION = (
    *(c.SignIn, c.SelectLanguage),
    *(each for each in BackOffice.COMMANDS if each is not c.LiftCoolDown),
)
"""Commands whose errors are no matter of a running session."""

_Changing = tuple[State | None, PhoneView | None, Invitation | None, DocumentView | None]
"""What changes by itself, without a command or a frame."""


class Station:
    """Owned by one thread; tells the listener after every change."""

    def __init__(self, services: Services, listener: Listener) -> None:
        self._services = services
        self._operator_session = OperatorSession(services)
        self._desk = Desk(services)
        self._cases = CaseList(services, self._desk)
        self._publisher = Publisher(services, listener)
        self._policy_watch = PolicyWatch(services, self._publisher)
        self._policy_watch.look()
        self._log_watch = LogWatch(services, self._publisher)
        reviews = ReviewDesk(services, self._cases, self._desk, self._operator_session)
        self._back_office = BackOffice(services, self._publisher, self._operator_session, reviews)
        self.note_index = self._back_office.note_index
        self._health_watch = HealthWatch(services, self._publisher)
        self.breaks = BreakWatch(services, self._desk, self._publisher)
        # What the session waits for; the log's verification is not the session's business.
        self._waited: Task | None = None
        self._changing: _Changing = (None, None, None, None)

    @property
    def status(self) -> StationStatus:
        """Return the status as it is published."""
        return self._publisher.status

    @property
    def verification(self) -> Verification | None:
        """Return the verification in progress or just ended."""
        return self._desk.verification

    @property
    def wants_frames(self) -> bool:
        """Whether camera frames are waited for."""
        return self._desk.wants_frames or self._desk.form_document.is_awaited

    def handle(self, command: c.Command) -> Task | None:
        """Perform one command; errors become messages, never exceptions of the teller's making."""
        task = None
        # What lasted before an attempt began is none of its gaps.
        self.breaks.look()
        try:
            task = self._perform(command)
        except (WorkstationError, CryptoError, VisionError) as error:
            here = isinstance(command, _OF_THE_STATION)
            self._publisher.show_error(error, None if here else self.verification)
            if isinstance(command, c.SignIn):
                self._publisher.count_refused_sign_in()
        if task is not None and task.what not in _BESIDE:
            self._waited = task
        self.publish()
        return task

    def finish(self, task: Task, outcome: object) -> Task | None:
        """Take a task's outcome; an exception instance is its failure."""
        waited = task is self._waited
        if waited:
            self._waited = None
        following = None
        if isinstance(outcome, Exception):
            task.failed(outcome)
        else:
            following = task.done(outcome)
        if waited:
            self._waited = following
        self._back_office.alarms.look()
        self.publish()
        return following

    def take_frame(self, frame: Frame, camera: Camera) -> None:
        """Take one camera frame."""
        self.breaks.look()
        self._desk.form_document.look(frame, camera)
        self._desk.take_frame(frame, camera)
        self._publisher.publish_session(
            self.verification, self._busy, self._desk.lookup.view, self._desk.form_document.view
        )

    def camera_opened(self, camera: Camera) -> None:
        """Take note of a working camera."""
        self._desk.camera, self._desk.delivery = camera.identity, None
        self._publisher.show_camera(camera.identity)
        self.publish()

    def camera_challenged(self, response: ControlResponse) -> None:
        """Take note of how the device answered when its settings were changed."""
        self._desk.note_response(response)

    def camera_watched(self, delivery: Delivery) -> None:
        """Take note of how a working camera delivers; a black image ends a running attempt."""
        worst = delivery.troubles[0].value if delivery.troubles else ""
        self._desk.watch_camera(delivery)
        if unusable := self._desk.unusable:
            self._desk.form_document.interrupt(unusable)
        if worst != self.status.camera_message:
            self._publisher.change(camera_message=worst)
            self.publish()

    def camera_failed(self, code: str) -> None:
        """Take note of a missing or lost camera; a running attempt breaks off."""
        self._publisher.change(camera="", camera_message=code)
        self._desk.camera_failed(code)
        self._desk.form_document.interrupt(code)
        self.publish()

    def models_ready(self, code: str = "") -> None:
        """Take note that the face models are loaded, or of the code of what prevents it."""
        self._publisher.change(models_ready=not code, models_message=code)
        if code:
            self._publisher.show_message(code)
        self.publish()

    def lists_updated(self, percent: int = 0) -> None:
        """Take note of the age of the revocation lists, or how much of a large one is done."""
        self._publisher.show_lists(percent)
        self._back_office.alarms.collect()
        self.publish()

    def fault(self, code: str) -> None:
        """End the running verification because something of ours failed."""
        self._waited = None
        self._desk.form_document.interrupt(code)
        if self.verification is not None:
            self.verification.fault(code)
        self.publish()

    def tick(self) -> Task | None:
        """Let time pass: deadlines, what the customer's phone has done, who is asked again."""
        task = self._tick_session()
        running = self.verification is not None and not self.verification.ended
        watches = (
            self.breaks.look,
            self._cases.expire,
            self._back_office.alarms.look,
            self._health_watch.look,
        )
        changed = [look() for look in (*watches, self._renew_policy)]
        if any(changed):
            self.publish()
        return task or self._log_watch.find_task(busy=running)

    def _renew_policy(self) -> bool:
        """Work under the rules of today, between two cases; return whether the status changed."""
        return (self.verification is None or self.verification.ended) and self._policy_watch.look()

    def _tick_session(self) -> Task | None:
        verification, looked = self.verification, self._back_office.look()
        if verification is None:
            if self._desk.form_document.expire() or looked:
                self.publish()
            return None
        verification.check_deadline()
        task = None
        if self._waited is None:
            task = self._waited = find_question(verification)
        changing = _find_changing(verification)
        if task is not None or looked or changing != self._changing:
            self._changing = changing
            self.publish()
        return task

    def close(self, reason: str) -> None:
        """End what runs and sign out; the log stays open for its owner."""
        self._sign_out(reason)

    def publish(self) -> None:
        """Tell the listener; whose cases wait is told to nobody who is not signed in."""
        self._publisher.change(**self._back_office.reviews.describe())
        self._publisher.publish(
            self.verification, self._busy, self._desk.lookup.view, self._desk.form_document.view
        )

    @property
    def _busy(self) -> str:
        return "" if self._waited is None else self._waited.what

    def _perform(self, command: c.Command) -> Task | None:
        self._operator_session.require_unlocked(command, self.verification)
        match command:
            case c.Lock():
                self._operator_session.lock()
                self._desk.form_document.interrupt("")
            case c.SignIn(operator=operator, secret=secret):
                self._sign_in(operator, secret)
            case c.SignOut():
                self._sign_out("signed_out")
            case c.BeginOperation(form=form):
                self._publisher.show_message("")
                log = self.status.verification
                self._operator_session.require_in_force()
                self._renew_policy()
                require_screen(self._services, shown=self._desk.window_shown)
                return self._desk.begin(self._operator_session.who, form, log)
            case c.LookUpPerson(untrusted_iin=iin):
                self._desk.form_document.keep_for(iin)
                return self._desk.lookup.begin(self._operator_session.who, iin, self.verification)
            case _ if isinstance(command, c.ReviewCommand):
                self._operator_session.review(self._desk.require_verification(), command)
            case c.SelectLanguage(language=language):
                self._select_language(language)
            case _ if isinstance(command, BackOffice.COMMANDS):
                return self._back_office.perform(command)
            case _:
                return self._perform_at_desk(command)
        return None

    def _perform_at_desk(self, command: c.Command) -> Task | None:
        """Perform a command of the session; without one a document is read for the form."""
        match command:
            case c.ParkSession() | c.TakeUpCase() | c.CloseCase():
                self._publisher.show_message("")
                self._operator_session.require_in_force()
                log = self.status.verification
                task = self._cases.perform(command, self._operator_session.who, log)
                # What the case before waited for is not waited for any more.
                self._waited = None
                return task
            case c.ReadDocument() if self.verification is None:
                self._publisher.show_message("")
                self._desk.form_document.begin(self._operator_session.who, self._desk.unusable)
            case c.CancelDocument() if self.verification is None:
                self._desk.form_document.clear()
            case c.ReportCustomerWindow(shown=shown):
                self._desk.window_shown = shown
                self._publisher.change(customer_window=shown)
            case _:
                return self._desk.perform(command, busy=self._waited is not None)
        return None

    def _select_language(self, language: str) -> None:
        if language not in LANGUAGES:
            raise OperationRefused("language")
        self._publisher.change(language=language)

    def _sign_in(self, operator_id: str, secret: str) -> None:
        """Sign in; the operator who is signed in already only unlocks the screen."""
        person = self._operator_session.authenticate(operator_id, secret)
        if (who := self._operator_session.who) is None or who.operator != person.operator:
            self._sign_out("another_operator")
            who = self._operator_session.sign_in(person)
        else:
            self._operator_session.unlock(person, self.verification)
        self._publisher.show_signed_in(who.operator)
        self._back_office.reviews.looks.draw_for(who)

    def _sign_out(self, reason: str) -> None:
        self._desk.clear()
        self._back_office.clear()
        self._waited = None
        self._publisher.show_signed_out(self._operator_session.sign_out(reason))


def _find_changing(verification: Verification) -> _Changing:
    return (
        verification.state,
        verification.signing.phone_view,
        verification.authority.invitation,
        verification.document.view,
    )
