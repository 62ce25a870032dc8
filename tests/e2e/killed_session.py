"""The process that is killed: plays whole sessions and says, line by line, how far it has come.

Started once as a server, since importing takes longer than a session: every order on standard
input is played by a forked process of its own, which is the one to be killed. Windows cannot fork:
there the process says that it is ready, plays one order itself and ends. Lines of JSON out:

{"pid"}                 a process took the order
{"point"}               it has reached a point; at the order's `hold` it stops there for ever
{"ack", "size", "root"} an entry was acknowledged: its index and the signed head over it
{"permit"}              a permit is where core banking takes it from
{"stopped"}             the station took no further command on a failing disk: by which error
{"seen"}                how many calls the failing disk was asked
{"ended"}               the process is gone: its wait status (where it can be forked)
"""

import base64
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from crypto.canonical_json import JsonValue
from crypto.errors import CryptoError
from crypto.log.file.clock import SystemClock
from crypto.log.file.store import Appended
from crypto.log.format.note import NoteSigner
from tests.support.station.scripted import Behaviour, ScriptedAnalysis, ScriptedCamera
from tests.support.system.faults import arm, count_seen
from vision.results import ModelReference
from workstation.accounts.authentication import Authenticator
from workstation.accounts.lockout import Lockout
from workstation.accounts.operators import Operators
from workstation.accounts.secret import SecretCost
from workstation.bootstrap import Overrides, build, close
from workstation.devices.signing_methods import SigningMethod
from workstation.errors import WorkstationError
from workstation.initialisation import OPERATORS_NAME
from workstation.records.journal import Journal, SignedIn
from workstation.records.keys import load_accounts_secret, open_key_store
from workstation.rules.alternatives import LivenessWay
from workstation.rules.parties import Operator
from workstation.sandbox.demo_folder import DEMO_SECRET, SECOND_SUPERVISOR, SUPERVISOR, TELLER
from workstation.sandbox.scenarios.catalogue import scenario
from workstation.sandbox.scenarios.driver import InlineDriver, Recorder
from workstation.sandbox.scenarios.scenario import Scenario, Script, form_for
from workstation.session.alternative import WayReason
from workstation.session.comparison import ComparisonAnswer, ComparisonReason
from workstation.session.exception import ExceptionReason
from workstation.session.overrides.reasons import OverrideReason
from workstation.session.states import State
from workstation.settings.settings import load_settings
from workstation.station import commands as c
from workstation.station.snapshot import SessionSnapshot
from workstation.station.station import Station
from workstation.verification.services import Services, Vault

PROMPT = SecretCost(memory_kib=8 * 1024, iterations=1, lanes=1)
"""What the demo folder was made with: a sign-in then costs milliseconds instead of a quarter."""


class Teller:
    """Tells the parent where the session stands, and stops at the point it was asked to."""

    def __init__(self, hold: str) -> None:
        self._hold = hold
        self._met: Counter[str] = Counter()

    def say(self, **facts: object) -> None:
        # One write below PIPE_BUF: a line is out as a whole before anything else happens.
        os.write(1, json.dumps(facts).encode() + b"\n")

    def reach(self, point: str) -> None:
        """Say that the n-th arrival at a point is here; `hold` is written `point#n`."""
        self._met[point] += 1
        here = f"{point}#{self._met[point]}"
        self.say(point=here)
        if here == self._hold:
            while True:
                time.sleep(60)


class WatchedJournal(Journal):
    """Says what is about to be written and what was acknowledged."""

    def __init__(self, journal: Journal, origin: str, teller: Teller) -> None:
        super().__init__(journal.log, origin=origin)
        self.waiting = journal.waiting
        self._teller = teller

    def sign_in(
        self, operator: Operator, credential: NoteSigner, *, authentication: str, attempts: int = 0
    ) -> SignedIn:
        self._teller.reach("writing:session.open")
        who = super().sign_in(
            operator, credential, authentication=authentication, attempts=attempts
        )
        head = self.log.checkpoint(who.opened + 1)
        self._acknowledged("session.open", Appended(self.log.entry(who.opened), head))
        return who

    def _write(self, who: SignedIn, kind: str, data: Mapping[str, JsonValue]) -> Appended:
        label = str(data.get("step", kind))
        self._teller.reach(f"writing:{label}")
        written = super()._write(who, kind, data)
        self._acknowledged(label, written)
        return written

    def _acknowledged(self, label: str, written: Appended) -> None:
        head = written.checkpoint
        root = base64.b64encode(head.root).decode()
        self._teller.say(ack=written.entry.seq, size=head.size, root=root)
        self._teller.reach(f"wrote:{label}")


class WatchedVault:
    """The payload is sealed between the decision and its entry: the state DECIDED."""

    def __init__(self, vault: Vault, teller: Teller) -> None:
        self._vault = vault
        self._teller = teller

    def keep(self, plaintext: bytes) -> Mapping[str, JsonValue]:
        self._teller.reach("state:decided")
        return self._vault.keep(plaintext)

    def close(self) -> None:
        self._vault.close()


class WatchedClock(SystemClock):
    """Every entry asks for the time before it is committed, those of the start included."""

    def __init__(self, teller: Teller) -> None:
        super().__init__()
        self._teller = teller
        self.starting = True

    def wall_ms(self) -> int:
        if self.starting:
            self._teller.reach("starting")
        return super().wall_ms()


class WatchedAnalysis(ScriptedAnalysis):
    """The models are named when an attempt begins and, in MATCHING, when faces are compared."""

    def __init__(self, consulted: Callable[[], None]) -> None:
        super().__init__()
        self._consulted = consulted

    @property
    def models(self) -> tuple[ModelReference, ...]:
        self._consulted()
        return super().models


class WatchedRecorder(Recorder):
    """Says every state that the screens are shown."""

    def __init__(self, teller: Teller) -> None:
        super().__init__()
        self._teller = teller
        self._state: State | None = None

    def session_changed(self, snapshot: SessionSnapshot) -> None:
        super().session_changed(snapshot)
        if snapshot.decision is not None and snapshot.decision.permit is not None:
            self._teller.say(permit=str(snapshot.decision.permit))
        if snapshot.state is not self._state:
            self._state = snapshot.state
            self._teller.reach(f"state:{snapshot.state.value}")


class WatchedDriver(InlineDriver):
    def __init__(self, services: Services, teller: Teller) -> None:
        super().__init__(services)
        self.recorder = WatchedRecorder(teller)
        self.station = Station(services, self.recorder)
        self.station.handle(c.ReportCustomerWindow(shown=True))


def _story() -> Scenario:
    """Return the session that needs a supervisor's review and is approved."""
    approve = scenario("approve")
    assert approve is not None
    answers = (("old_number_called", False),)
    return replace(approve, script=Script.OVERRIDE_SOFT, answers=answers)


def _lead_through(services: Services, through: str) -> Services:
    """Return the station whose policy and bounds lead the session through a state aside."""
    if through == "comparison":
        between = replace(services.matching, match_ppm=200_000, review_ppm=400_000)
        return replace(services, matching=between)
    if through == "authority":
        wanted = (*services.policy.idec_required, "change_trusted_phone")
        return replace(services, policy=replace(services.policy, idec_required=wanted))
    return services


def _station(folder: Path, teller: Teller, through: str) -> WatchedDriver:
    clock = WatchedClock(teller)
    drivers: list[WatchedDriver] = []

    def consulted() -> None:
        verification = drivers[0].station.verification
        if verification is not None and verification.state is State.MATCHING:
            teller.reach("state:matching")

    camera = ScriptedCamera()
    analysis = WatchedAnalysis(consulted)
    services = build(folder, Overrides(open_camera=lambda: camera, analysis=analysis, clock=clock))
    clock.starting = False
    journal = WatchedJournal(services.journal, services.facts.origin, teller)
    operators = Operators(folder / OPERATORS_NAME, PROMPT)
    secret = load_accounts_secret(open_key_store(load_settings(folder)))
    lockout = Lockout(folder / OPERATORS_NAME, secret)
    watched = replace(
        services,
        journal=journal,
        vault=WatchedVault(services.vault, teller),
        authenticator=Authenticator(operators, lockout, journal, clock),
    )
    drivers.append(WatchedDriver(_lead_through(watched, through), teller))
    return drivers[0]


def _liveness(driver: WatchedDriver) -> None:
    while driver.snapshot.state is State.LIVENESS:
        driver.do(c.StartLiveness())
        driver.feed_frames()


def _exception(driver: WatchedDriver) -> None:
    """Let the customer, who cannot blink, be vouched for by two officers."""
    driver.camera.behaviour = Behaviour(blinks=False)
    driver.do(c.StartLiveness())
    driver.feed_frames()
    words = "the customer cannot move the face"
    driver.do(c.RequestException(ExceptionReason.NO_SET_FITS, words))
    driver.do(c.TakeExceptionPhoto())
    driver.feed_frames()
    for officer in (SUPERVISOR, SECOND_SUPERVISOR):
        driver.do(c.ApproveException(officer, words, secret=DEMO_SECRET))


def _find_parked(driver: WatchedDriver, at: int) -> str:
    status = driver.recorder.status
    assert status is not None
    return status.parked[at].case


def _to_signature(driver: WatchedDriver, folder: Path) -> None:
    driver.do(c.BeginOperation(form_for(_story(), "ru")))
    driver.do(c.GiveConsent("ru"))
    driver.do(c.UseReferenceFile(folder / "reference.png"))
    _liveness(driver)


def _sign(driver: WatchedDriver) -> None:
    driver.do(c.Sign(SigningMethod.NCALAYER))
    for check in driver.snapshot.review:
        reason = "looked into at the desk"
        driver.do(c.Override(SUPERVISOR, check, OverrideReason.OTHER, reason, secret=DEMO_SECRET))
    driver.do(c.Confirm())
    driver.do(c.NewSession())


def _play_cases(driver: WatchedDriver, folder: Path) -> None:
    """Let two wait, take the older one up and let it wait again, serve a third."""
    driver.connect_camera()
    driver.do(c.SignIn(TELLER, DEMO_SECRET))
    status = driver.recorder.status
    for _ in range(2 - len(status.parked if status is not None else ())):
        _to_signature(driver, folder)
        driver.do(c.ParkSession())
    driver.do(c.TakeUpCase(_find_parked(driver, 0)))
    _liveness(driver)
    driver.do(c.ParkSession())
    _to_signature(driver, folder)
    _sign(driver)
    driver.do(c.TakeUpCase(_find_parked(driver, 0)))
    _liveness(driver)
    _sign(driver)
    driver.close()


def _play(driver: WatchedDriver, folder: Path, *, through: str) -> None:
    driver.connect_camera()
    driver.do(c.SignIn(TELLER, DEMO_SECRET))
    driver.do(c.BeginOperation(form_for(_story(), "ru")))
    driver.do(c.GiveConsent("ru"))
    driver.do(c.UseReferenceFile(folder / "reference.png"))
    if through == "exception":
        _exception(driver)
    if through == "alternative":
        palm, why = LivenessWay.PALM, WayReason.COMMANDS_DO_NOT_FIT
        driver.do(c.RequestAlternative(palm, why, driver.snapshot.language))
    _liveness(driver)
    if through == "parked":
        driver.do(c.ParkSession())
        driver.do(c.TakeUpCase(_find_parked(driver, -1)))
        _liveness(driver)
    if through == "comparison":
        same, why = ComparisonAnswer.SAME, ComparisonReason.OLDER_PHOTO
        words = "years older, the same ears and chin"
        driver.do(c.AnswerComparison(SUPERVISOR, same, why, words, secret=DEMO_SECRET))
    if through == "authority":
        driver.wait()
    driver.do(c.Sign(SigningMethod.NCALAYER))
    for check in driver.snapshot.review:
        reason = "looked into at the desk"
        driver.do(c.Override(SUPERVISOR, check, OverrideReason.OTHER, reason, secret=DEMO_SECRET))
    driver.do(c.Confirm())
    driver.close()


def _watch_files(teller: Teller) -> None:
    """Say when a permit, a receipt or a payload is opened for writing, and when it is named."""
    kinds = {".jws": "permit", ".pdf": "receipt", ".payload": "payload", ".case": "case"}

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event not in {"open", "os.rename"}:
            return
        name = str(arguments[0])
        for suffix, kind in kinds.items():
            if suffix in name:
                teller.reach(f"{kind}:{'create' if event == 'open' else 'rename'}")

    sys.addaudithook(hook)


def _perform(order: dict[str, Any]) -> None:
    folder, hold, through = Path(order["folder"]), order["hold"], order["through"]
    teller = Teller(hold)
    _watch_files(teller)
    driver = _station(folder, teller, through)
    if "fault" in order:
        _play_on_a_failing_disk(driver, folder, teller, order["fault"])
    elif through == "cases":
        _play_cases(driver, folder)
    elif not hold.startswith("starting"):
        _play(driver, folder, through=through)
    close(driver.services)


def _play_on_a_failing_disk(
    driver: WatchedDriver, folder: Path, teller: Teller, fault: dict[str, object]
) -> None:
    """Play until the end or until the station takes no further command."""
    arm(folder, fault)
    try:
        _play(driver, folder, through="")
    except (WorkstationError, CryptoError, OSError, AssertionError) as error:
        teller.say(stopped=type(error).__name__)
    teller.say(seen=count_seen())


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        if sys.platform == "win32":
            _perform(order)
            return
        child = os.fork()
        if child == 0:
            # Without the interpreter's farewell: it belongs to the server.
            try:
                _perform(order)
            finally:
                os._exit(0)
        os.write(1, json.dumps({"pid": child}).encode() + b"\n")
        _, status = os.waitpid(child, 0)
        os.write(1, json.dumps({"ended": status}).encode() + b"\n")


if __name__ == "__main__":
    main()
