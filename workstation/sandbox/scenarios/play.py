"""Plays a scenario on a real station, command by command, and says how it ended."""

import random
from dataclasses import dataclass, field, replace
from pathlib import Path

from vision.camera.simulated import SimulatedVariant
from vision.results import AccommodationReason
from vision.worker import FaceAnalysis
from workstation.devices.signing_methods import SigningMethod
from workstation.rules.checks import CheckId
from workstation.sandbox.broken_log import change_entry
from workstation.sandbox.demo import (
    AUDITOR,
    DEMO_SECRET,
    SECOND_SUPERVISOR,
    SUPERVISOR,
    TELLER,
    DemoStation,
    DemoWorld,
)
from workstation.sandbox.full_disk import no_room_left
from workstation.sandbox.pki.authority import AuthorityFaults
from workstation.sandbox.scenarios.driver import InlineDriver, waive_check
from workstation.sandbox.scenarios.other_way import take_other_way
from workstation.sandbox.scenarios.reference import offer_reference
from workstation.sandbox.scenarios.scenario import (
    REFUSED,
    Expected,
    Scenario,
    Script,
    form_for,
    person,
)
from workstation.sandbox.scenarios.timing import StepTiming, Timer
from workstation.sandbox.services.face_authority import ComparisonFault
from workstation.sandbox.services.registries import RegistryFault
from workstation.session.comparison import ComparisonAnswer, ComparisonReason
from workstation.session.evidence import ConsentBy
from workstation.session.exception import ExceptionReason
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.snapshot import SessionSnapshot

__all__ = ["Played", "play"]

_FAILING = (
    SimulatedVariant.NO_BLINK,
    SimulatedVariant.SCREEN_REPLAY,
    SimulatedVariant.NO_BLINK,
)
"""Who fails which attempt, somebody who does not blink or a recording; a stall costs none."""

_OFFICERS = {
    Script.EXCEPTION_TWO_OFFICERS: (SUPERVISOR, SECOND_SUPERVISOR),
    Script.EXCEPTION_SAME_OFFICER: (SUPERVISOR, SUPERVISOR),
}
"""Who vouches for the customer after one undecided attempt."""

_COMPARING = {
    Script.COMPARE_AS_SUPERVISOR: SUPERVISOR,
    Script.COMPARE_AS_TELLER: TELLER,
}
"""Who compares both photos where the machine is undecided."""

_SETTLING = {
    Script.OVERRIDE_SOFT: "the old number is disconnected",
    Script.OVERRIDE_FINDING: "looked into and explained by the customer",
    Script.READ_DOCUMENT: "compared the photo with the document in the customer's hand",
}
"""Why a supervisor lets soft checks pass."""

_REFUSING = frozenset({Script.REFUSE_FINDING, Script.REFUSE_DOCUMENT})
"""Scripts in which a supervisor looks and does not let soft checks pass."""

_HOUR_MS = 3_600_000
_STALLED_FRAMES = 90
"""Three seconds; the policy allows two."""


@dataclass(slots=True)
class Played:
    """How a scenario ended.

    findings  about the signature, as the log has them: step to status
    """

    name: str
    expected: Expected
    outcome: str = ""
    reason: str = ""
    fault: str = ""
    messages: list[str] = field(default_factory=list)
    steps: list[StepTiming] = field(default_factory=list)
    log_index: int = -1
    log_size: int = 0
    results_in_log: int = 0
    findings: dict[str, str] = field(default_factory=dict)
    wait_hours: int = 0
    permit: Path | None = None
    receipt: Path | None = None
    log_ok: bool = False
    log_reason: str = ""

    @property
    def as_expected(self) -> bool:
        """Whether outcome, reason and messages are the scenario's, and the log verifies."""
        told = self.expected.message in {"", *self.messages}
        released = (self.permit is not None) is (self.outcome == "approved")
        if not self.expected.outcome:
            faulted = (self.outcome, self.fault) == ("", self.expected.reason)
            return faulted and self.permit is None and self.receipt is None and self.log_ok
        ended = (self.outcome, self.reason) == (self.expected.outcome, self.expected.reason)
        ended = ended and self.wait_hours == self.expected.wait_hours
        recorded = self.results_in_log == (0 if self.outcome == REFUSED else 1)
        verified = self.log_ok is self.expected.log_ok
        return ended and told and released and verified and recorded


class _Stage:
    """One scenario being played."""

    def __init__(self, scenario: Scenario, driver: InlineDriver, demo: DemoStation) -> None:
        self.scenario = scenario
        self.driver = driver
        self.demo = demo
        self.played = Played(scenario.name, scenario.expected)

    def timed(self, name: str) -> Timer:
        return Timer(self.played.steps, name, self.demo.world)

    @property
    def state(self) -> State:
        return self.driver.snapshot.state

    def perform(self, language: str) -> None:
        """Go as far as the session goes."""
        driver, scenario = self.driver, self.scenario
        with self.timed("sign_in"):
            if scenario.script is not Script.CAMERA_UNAVAILABLE:
                driver.connect_camera()
            if scenario.script is Script.BREAK_THE_LOG:
                self._break_log()
            driver.do(c.SignIn(TELLER, DEMO_SECRET))
        if scenario.script is Script.REPLAY_THE_AUTHORITY:
            self._hold(language)
            driver.do(c.NewSession())
            self.demo.sandbox.face_authority.fault = ComparisonFault.REPLAYED
        self._hold(language)

    def _break_log(self) -> None:
        """Change an entry behind the program's back; an auditor at the counter finds it."""
        change_entry(self.demo.log_file, 1)
        self.driver.do(c.SignIn(AUDITOR, DEMO_SECRET))
        self.driver.do(c.VerifyLog())
        self.driver.do(c.SignOut())

    def _hold(self, language: str) -> None:
        """Hold one session, as far as it goes."""
        driver, scenario = self.driver, self.scenario
        with self.timed("prechecks"):
            form = form_for(scenario, language)
            if scenario.script is Script.MISTYPE_TWICE:
                for mistyped in _mistype(form.untrusted_iin):
                    driver.do(c.BeginOperation(replace(form, untrusted_iin=mistyped)))
            driver.do(c.BeginOperation(form))
            self._wait_for_registries()
        self._look_at_face(language)
        companion = scenario.companion
        if companion is not None and self.state is State.CONSENT:
            self.demo.seat(companion.camera)
            driver.connect_camera()
            self._look_at_face(language)
        if scenario.script is Script.LOG_UNWRITABLE:
            with no_room_left(self.demo.log_file):
                self._sign_and_review()
        else:
            self._sign_and_review()

    def _look_at_face(self, language: str) -> None:
        """Take one person from consent to a face that is settled, as far as it goes."""
        driver, scenario = self.driver, self.scenario
        with self.timed("consent"):
            self._consent(language)
        with self.timed("reference"):
            if self.state is State.REFERENCE:
                offer_reference(scenario, driver, self.demo)
        with self.timed("liveness"):
            self._liveness()
            self._compare()
        with self.timed("authority"):
            if self.state is State.AUTHORITY:
                driver.wait()

    def _consent(self, language: str) -> None:
        if self.state is not State.CONSENT:
            return
        said = dict(form_for(self.scenario, language).attestations)
        while question := self.driver.snapshot.question:
            self.driver.do(c.AnswerQuestion(question, said[question], ConsentBy.TOUCH))
        refused = self.scenario.script is Script.REFUSE_CONSENT
        self.driver.do(c.RefuseConsent() if refused else c.GiveConsent(language))

    def _wait_for_registries(self) -> None:
        if self.state is not State.PRECHECKS:
            return
        if self.scenario.script is Script.REGISTRY_BACK:
            iin = person(self.scenario.customer).iin
            registries = self.demo.sandbox.registries
            registries.put(iin, replace(registries.record(iin), fault=RegistryFault.NONE))
        self.driver.do(c.AskRegistriesAgain())

    def _compare(self) -> None:
        """Have both photos compared, by whom the script says."""
        by = _COMPARING.get(self.scenario.script)
        if self.state is State.COMPARISON and by is not None:
            same, why = ComparisonAnswer.SAME, ComparisonReason.FEATURES_AGREE
            words = "ears, chin and the line of the brows agree"
            self.driver.do(c.AnswerComparison(by, same, why, words, secret=DEMO_SECRET))

    def _sign_and_review(self) -> None:
        with self.timed("signature"):
            self._signature()
        with self.timed("review"):
            self._review()
        with self.timed("confirmation"):
            if self.state is State.CONFIRMATION:
                self.driver.do(c.Confirm())
        if self.state not in {State.RECORDED, State.DECIDED, State.IDLE}:
            self.driver.do(c.Abort("teller_aborted"))

    def _liveness(self) -> None:
        driver, script = self.driver, self.scenario.script
        if self.state is not State.LIVENESS:
            return
        if script is not Script.CAMERA_UNAVAILABLE:
            driver.connect_camera()
        take_other_way(driver, self.demo, self.scenario)
        while self.state is State.LIVENESS:
            attempt, breaks = driver.snapshot.attempt, driver.snapshot.breaks
            self._attempt(attempt)
            self._request_exception()
            again = script is Script.THREE_FAILURES and driver.snapshot.breaks > breaks
            if driver.snapshot.attempt == attempt and not again:
                return

    def _attempt(self, number: int) -> None:
        driver, script = self.driver, self.scenario.script
        if script is Script.THREE_FAILURES:
            self.demo.seat(_FAILING[number - 1])
            driver.connect_camera()
        usual = script is Script.EASE_SECOND_ATTEMPT and number == 1
        eased = () if usual else self.scenario.accommodations
        reason = AccommodationReason.CUSTOMER_WISH if eased else None
        driver.do(c.StartLiveness(eased, reason, screen=True))
        if script is Script.ABORT_IN_LIVENESS:
            driver.feed_frames(until=_is_commanding)
            driver.do(c.Abort("teller_aborted"))
        elif script is Script.KILL_ANALYSIS:
            driver.feed_frames(until=_is_commanding)
            self.demo.kill_analysis()
        elif script is Script.THREE_FAILURES and not driver.snapshot.breaks:
            driver.feed_frames(until=_is_commanding)
            self._lose_frames()
        driver.feed_frames()

    def _request_exception(self) -> None:
        """Ask for officers after an undecided attempt, where the script says who comes."""
        driver, officers = self.driver, _OFFICERS.get(self.scenario.script, ())
        if self.state is not State.LIVENESS or not officers:
            return
        words = "no set of commands fits the customer"
        driver.do(c.RequestException(ExceptionReason.NO_SET_FITS, words))
        driver.do(c.TakeExceptionPhoto())
        driver.feed_frames()
        for officer in officers:
            reason = "compared the face with the document"
            driver.do(c.ApproveException(officer, reason, secret=DEMO_SECRET))

    def _lose_frames(self) -> None:
        camera = self.driver.camera
        if camera is None:
            return
        last = camera.read().sequence + _STALLED_FRAMES - 1
        while camera.read().sequence < last:
            pass

    def _signature(self) -> None:
        driver = self.driver
        if self.state is State.SIGNATURE and self.scenario.script is Script.PARK_AND_RETURN:
            driver.do(c.ParkSession())
            (parked,) = driver.recorder.status.parked if driver.recorder.status else ()
            driver.do(c.TakeUpCase(parked.case))
            self._liveness()
        if self.state is not State.SIGNATURE:
            return
        if self.scenario.script is Script.SIGN_ON_THE_PHONE:
            driver.do(c.Sign(SigningMethod.EGOV_QR))
        elif self.scenario.script is Script.SIGN_ELSEWHERE:
            driver.do(c.Sign(SigningMethod.FILE, self._sign_elsewhere()))
        elif self.scenario.script is Script.TSA_BACK:
            driver.do(c.Sign(SigningMethod.NCALAYER))
            self.demo.sandbox.authority.faults = AuthorityFaults()
            driver.do(c.Sign(SigningMethod.NCALAYER))
        else:
            # Each who is here signs with the own key, one after the other.
            for _ in range(1 if self.scenario.companion is None else 2):
                if self.state is State.SIGNATURE:
                    driver.do(c.Sign(SigningMethod.NCALAYER))

    def _sign_elsewhere(self) -> Path:
        """Return the file the customer brings: the saved text, signed on a device of their own."""
        text = self.demo.services.outbox / "statement.txt"
        # Of the day before: a statement takes no name that is taken.
        text.unlink(missing_ok=True)
        self.driver.do(c.SaveStatement(text))
        signed = text.with_suffix(".cms")
        sandbox = self.demo.sandbox
        customer = sandbox.pki.customers[self.scenario.customer]
        signed.write_bytes(customer.sign_cms(text.read_bytes(), self.demo.services.now()))
        return signed

    def _review(self) -> None:
        driver = self.driver
        if self.state is not State.REVIEW:
            return
        if self.scenario.script is Script.WAIVE_HARD:
            driver.do(waive_check(CheckId.MATCH, "I have known her for years"))
            driver.do(c.RefuseReview(SUPERVISOR, "not without the check", secret=DEMO_SECRET))
            return
        if self.scenario.script in _REFUSING:
            driver.do(c.RefuseReview(SUPERVISOR, "cannot be explained", secret=DEMO_SECRET))
            return
        reason = _SETTLING.get(self.scenario.script, "")
        for check in driver.snapshot.review if reason else ():
            driver.do(waive_check(check, reason))


def play(
    scenario: Scenario,
    folder: Path,
    *,
    analysis: FaceAnalysis | None,
    language: str,
    rng: random.Random | None = None,
    world: DemoWorld | None = None,
) -> Played:
    """Play one scenario in a data folder of its own.

    analysis  None uses a child process
    rng       repeats the challenges of another play; None: unpredictable
    world     what surrounds the station; None: keys of its own, the computer's time
    """
    with DemoStation(
        folder, variant=scenario.camera, analysis=analysis, rng=rng, world=world
    ) as demo:
        scenario.arrange(demo.sandbox)
        demo.services.revocation.update(demo.services.now())
        scenario.prepare(demo)
        driver = InlineDriver(demo.services)
        stage = _Stage(scenario, driver, demo)
        try:
            stage.perform(language)
            played = _describe_end(stage.played, driver, driver.snapshot)
            case = driver.last_case
        finally:
            driver.close()
        with stage.timed("log_verify"):
            verification = demo.verify_log()
        played.log_ok, played.log_reason = verification.ok, verification.reason
        played.log_size = verification.size
        if case:
            played.results_in_log = demo.results_of(case)
            played.findings = demo.findings_of(case)
        return played


def _describe_end(played: Played, driver: InlineDriver, snapshot: SessionSnapshot) -> Played:
    played.messages = list(driver.recorder.messages)
    played.fault = snapshot.fault
    decision = snapshot.decision
    if not driver.last_case and driver.recorder.status is not None:
        played.outcome, played.reason = REFUSED, driver.recorder.status.message
    if decision is not None:
        played.outcome, played.reason = decision.outcome, decision.reason
        played.log_index = decision.log_index
        played.permit, played.receipt = decision.permit, decision.receipt
        waited_ms = snapshot.not_before_ms - decision.decided_ms if snapshot.not_before_ms else 0
        played.wait_hours = round(waited_ms / _HOUR_MS)
    return played


def _mistype(iin: str) -> tuple[str, str]:
    """Return an ИИН with its last digit wrong, and with two neighbours exchanged."""
    last = str((int(iin[-1]) + 1) % 10)
    return iin[:-1] + last, iin[:3] + iin[4] + iin[3] + iin[5:]


def _is_commanding(snapshot: SessionSnapshot) -> bool:
    return snapshot.prompt is not None and snapshot.prompt.command is not None
