"""A thousand sessions in a log: the real Verification, journal and decision, on virtual time.

What would take minutes is scripted: frames (attempts and distances are numbers drawn by chance,
fused and judged by the vision room's own functions), the signature's validation, the sealing and
the receipt. Everything else that a session writes and decides is the program's own.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from crypto.log.audit.reader import LogReader
from crypto.report.report import Indication
from crypto.x509.iin import Bin, Iin
from tests.support.pki.certificates import IIN
from tests.support.station import sessions
from tests.support.station.scripted import photo
from tests.support.station.stations import (
    SECOND_OFFICER,
    SECRET,
    SUPERVISOR,
    TELLER,
    Site,
    build_site,
    close_site,
    customer,
)
from vision.liveness.fusion import fuse
from vision.liveness.plan import USUAL_PLAN
from vision.matching.comparison import SecondOpinion, judge_distance
from vision.results import CommandOutcome, PadResult, SignalResult, Status
from workstation.accounts.attempt_budget import AttemptCount
from workstation.cases.parked_case import WaitsFor
from workstation.records.journal import SignedIn
from workstation.registries.person import RegisteredPortrait
from workstation.registries.registry import AnswerStatus
from workstation.replay.reading import CaseReader
from workstation.replay.stored_case import StoredCase
from workstation.rules.catalogue.definition import OperationDefinition
from workstation.rules.catalogue.fields import FieldDefinition, FieldType
from workstation.rules.checks import CheckId, CheckStatus
from workstation.rules.policy import Policy
from workstation.rules.policy_vision import liveness_settings, match_settings
from workstation.rules.reference import ReferenceSource
from workstation.session.acts import ExceptionPhotoTaken
from workstation.session.comparison import ComparisonAnswer, ComparisonReason
from workstation.session.confirmation import HandOverReason, SuspicionReason
from workstation.session.decision import Decision, soft_checks_open
from workstation.session.events import ChallengeIssued
from workstation.session.evidence import Answer, Consent, ConsentBy, Evidence
from workstation.session.exception import ExceptionPhoto, ExceptionReason
from workstation.session.overrides.reasons import list_reasons
from workstation.session.states import State
from workstation.verification.biometrics import Biometrics, _attempt_event
from workstation.verification.case import OperationForm, case_from_form
from workstation.verification.findings.faces import find_match_event
from workstation.verification.move import Advance, Supervised
from workstation.verification.officers.closing import (
    agree_review,
    confirm_operation,
    hand_over,
    raise_suspicion,
)
from workstation.verification.officers.comparison import answer_comparison
from workstation.verification.officers.exception import approve_exception, request_exception
from workstation.verification.officers.review import override_check, refuse_operation
from workstation.verification.parking.waiting import park_case, take_up_case
from workstation.verification.record import answer_facts, attempt_facts, match_facts
from workstation.verification.services import Release, Services
from workstation.verification.verification import Verification

__all__ = ["Recorded", "RecordedLog", "recorded_cases", "recorded_log", "write_sessions"]

COUNT = 1_000
_SEED = 13
_TODAY = date(2026, 9, 1)
_WORDS = "the ears and the scar are the same"


@dataclass(frozen=True)
class Recorded:
    """A session as it was when it was decided: what replay has to find again."""

    number: int
    evidence: Evidence
    decision: Decision | None


@dataclass(frozen=True)
class RecordedLog:
    """A log of sessions, in the order of their results."""

    path: Path
    vkey: str
    policy: Policy
    sessions: tuple[Recorded, ...]


class Budget:
    """Counts as chance says."""

    def __init__(self) -> None:
        self.count = AttemptCount(0)

    def refusals_since(self, _iin: str, _since_ms: int) -> AttemptCount:
        """Return what chance has said."""
        return self.count

    def record(self, *_given: Any, **_named: Any) -> None:
        """Remember nothing."""

    def spend_lift(self, *_given: Any) -> None:
        """Remember nothing."""

    def close(self) -> None:
        """There is nothing to close."""


class Chance(random.Random):
    """Draws what happens in a session."""

    def happens(self, percent: int) -> bool:
        """Draw whether something does."""
        return self.randrange(100) < percent


class DrawnFace(Biometrics):
    """The face side with numbers drawn by chance in the place of pixels."""

    def __init__(self, services: Services, chance: Chance) -> None:
        super().__init__(services)
        self._chance = chance
        self._drawn = services

    def match(
        self, session: Any, reference: Any, iin: str, others: tuple[Answer, ...] = ()
    ) -> Advance:
        """Compare at a distance drawn by chance."""
        del iin, others
        chance, settings = self._chance, self._drawn.matching
        evidence = session.evidence
        far = chance.happens(20)
        distance = chance.randint(500_000, 720_000) if far else chance.randint(150_000, 549_000)
        second = SecondOpinion(90_000 if chance.happens(6) else 40_000, 85_000)
        verdict, reason = judge_distance(distance, settings, second)
        shot = evidence.exception_photo
        result = replace(
            sessions.match(reference=reference.photo.sha256),
            verdict=verdict,
            reason=reason,
            distance_ppm=distance,
            match_threshold_ppm=settings.match_ppm,
            review_threshold_ppm=settings.review_ppm,
            second_distance_ppm=second.distance_ppm,
            second_threshold_ppm=second.review_ppm,
            probe_sha256="ef" * 32 if shot is None else shot.probe_sha256,
        )
        required = {each.check for each in session.required}
        found = tuple(
            _near(check, chance, session.policy.faces.same_person_ppm)
            for check in (CheckId.NOT_STAFF_FACE, CheckId.ONE_IDENTITY)
            if check in required
        )
        event = find_match_event(session, result, found)
        return Advance(event, "match", match_facts(result) | answer_facts(found))

    def mean_template(self, session: Any) -> None:
        """There is no template to remember."""
        del session

    def attempt(self, session: Any) -> PadResult:
        """Draw an attempt; the vision room fuses its signals."""
        number = len(session.evidence.attempts) + session.evidence.earlier + 1
        signals = tuple(_signal(name, self._chance, self._drawn) for name in USUAL_PLAN.required)
        verdict, reason = fuse(signals, USUAL_PLAN.required)
        nonce = f"{self._chance.getrandbits(128):032x}"
        made = sessions.attempt(number=number, nonce=nonce)
        met = CommandOutcome.MET if signals[1].status is Status.PASSED else CommandOutcome.TIMED_OUT
        commands = (*made.commands[:-1], replace(made.commands[-1], outcome=met))
        return replace(made, verdict=verdict, reason=reason, signals=signals, commands=commands)


def _near(check: CheckId, chance: Chance, bound: int) -> Answer:
    if chance.happens(40):
        return Answer(check, CheckStatus.PASSED, f"{check}.clear")
    distance = chance.randint(300_000, 1_100_000)
    word = "other_iin" if check is CheckId.ONE_IDENTITY else "staff"
    facts = (("distance_ppm", distance), ("bound_ppm", bound))
    if distance >= bound:
        return Answer(check, CheckStatus.PASSED, f"{check}.clear", facts)
    return Answer(check, CheckStatus.FAILED, f"{check}.{word}", facts)


def _signal(name: str, chance: Chance, services: Services) -> SignalResult:
    settings = services.liveness
    if name == "loop":
        value = chance.randint(200_000 if chance.happens(8) else 320_000, 990_000)
        bad = value < settings.loop_ratio_ppm
        return _judged(name, value, settings.loop_ratio_ppm, "liveness.looped" if bad else "")
    if name == "freeze":
        value = chance.randint(0, 560_000)
        bad = value > settings.near_identical_ppm
        return _judged(name, value, settings.near_identical_ppm, "liveness.frozen" if bad else "")
    if name == "blink":
        blinks, wanted = chance.choice((0, 1, 1, 1, 2, 3)), settings.blinks
        reason = "liveness.no_blink" if blinks < wanted else ""
        return _judged(name, blinks * 1_000_000, wanted * 1_000_000, reason)
    if name == "commands" and chance.happens(10):
        return SignalResult(name, Status.FAILED, 666_666, 1_000_000, "liveness.timed_out")
    return SignalResult(name, Status.PASSED, 1_000_000, 1_000_000, "")


def _judged(name: str, value: int, bound: int, reason: str) -> SignalResult:
    status = Status.FAILED if reason else Status.PASSED
    return SignalResult(name, status, value, bound, reason)


@dataclass
class _Player:
    """Plays sessions one after another; chance says what the people do."""

    site: Site
    who: SignedIn
    officers: tuple[SignedIn, SignedIn]
    chance: Chance
    budget: Budget

    def play(self) -> Recorded:
        """Play one session to its record."""
        services, chance = self.site.services, self.chance
        operation = chance.choice(services.policy.operations)
        self._prepare()
        case = case_from_form(
            OperationForm(
                kind=operation.kind,
                untrusted_iin=self._iin(),
                untrusted_name="Тестов Тест",
                untrusted_values=tuple(fill_form(operation.definition, chance).items()),
                attestations=self._attest(),
                language=chance.choice(("kk", "ru", "en")),
            ),
            operation.definition,
            case_id=f"{chance.getrandbits(128):032x}",
            salt=chance.randbytes(16),
        )
        played = Verification(services, self.who, case)
        played.turn.biometrics = DrawnFace(services, chance)
        while not played.ended:
            if played.state is State.PARKED:
                played = take_up_case(services, services.journal.waiting[case.id], self.who)
                played.turn.biometrics = DrawnFace(services, chance)
            self._step(played)
        self.site.clock.tick(1_000)
        return Recorded(played.number, played.session.evidence, played.session.decision)

    def _iin(self) -> str:
        # Digit seven: men of the twentieth century, and of this one.
        assert self.site.registries.somebody is not None
        born = self.site.registries.somebody.birth_date
        assert born is not None
        century = "3" if born.year < 2000 else "5"
        while True:
            # One number of ten has no check digit (ИИН of Kazakhstan, both rows of weights).
            first = f"{born:%y%m%d}{century}{self.chance.randrange(1, 9999):04d}"
            for digit in "0123456789":
                if Iin.parse(first + digit).well_formed:
                    return first + digit

    def _prepare(self) -> None:
        """Let chance say who comes and what the registries know."""
        chance, registries = self.chance, self.site.registries
        age = chance.choice((15, 17, 18, 19, 20, 22, 24, 30, 40, 55, 56, 57, 70, 90))
        taken = _TODAY - timedelta(days=chance.randint(30, 3_600))
        portrait = RegisteredPortrait(photo(), taken, ReferenceSource.REGISTRY)
        registries.somebody = replace(
            customer(),
            birth_date=date(_TODAY.year - age, 1, 1 + chance.randrange(28)),
            married=chance.choice((True, False, None)),
            first_loan=chance.choice((True, False, None)),
            resident=chance.happens(90),
            staff=chance.happens(5),
            phone=chance.choice(("", "+77019999999")),
            portrait=None if chance.happens(3) else portrait,
        )
        registries.others = chance.choice((0, 0, 0, 0, 1, 2, 5))
        registries.says = {}
        for check in ("phone_owner", "antifraud", "loan_refusal", "spouse_consent", "person"):
            if chance.happens(4):
                failed = chance.happens(70)
                status = AnswerStatus.FAILED if failed else AnswerStatus.INDETERMINATE
                word = "hit" if failed else chance.choice(("malformed", "no_answer"))
                registries.says[check] = (status, f"{check}.{word}")
        refusals = chance.choice((0, 0, 0, 0, 1, 1, 2, 3))
        self.budget.count = AttemptCount(refusals, lifted=chance.happens(50))
        authority = self.site.authority
        authority.score = chance.randint(9_450, 9_990)
        below = authority.score < 9_500
        failed, passed = AnswerStatus.FAILED, AnswerStatus.PASSED
        authority.says = (failed, "authority.below") if below else (passed, "authority.match")
        if chance.happens(5):
            authority.says = (failed, "authority.no_match")

    def _attest(self) -> tuple[tuple[str, bool], ...]:
        asked = (each for one in self.site.services.policy.attestations for each in one.questions)
        given = (each for each in asked if self.chance.happens(99))
        return tuple((each.id, each.good is self.chance.happens(97)) for each in given)

    def _step(self, played: Verification) -> None:
        chance = self.chance
        last = {State.PRECHECKS, State.CONFIRMATION}
        if played.state not in last and chance.happens(1):
            chance.choice((played.abort, played.fault))("teller_aborted")
            return
        steps: dict[State, Callable[[Verification], None]] = {
            State.PRECHECKS: self._ask_registries,
            State.CONSENT: self._consent,
            State.REFERENCE: self._photograph,
            State.LIVENESS: self._attempt,
            State.EXCEPTION: self._vouch,
            State.COMPARISON: self._compare,
            State.AUTHORITY: self._ask_authority,
            State.SIGNATURE: self._sign,
            State.REVIEW: self._review,
            State.CONFIRMATION: self._close,
        }
        steps[played.state](played)

    def _ask_registries(self, played: Verification) -> None:
        played.registries_answered(played.registries.request()())
        if played.state is State.PRECHECKS:
            played.abort("registry_silent")

    def _consent(self, played: Verification) -> None:
        """Answer what customers are asked themselves, then agree nearly always."""
        # Drawn apart, as below.
        chance = Chance(f"{played.case.id} asked")
        while waiting := played.own_words.find_open(played.session):
            yes = waiting[0].good is chance.happens(95)
            played.take(
                played.own_words.answer(played.session, waiting[0].id, yes=yes, by=ConsentBy.TELLER)
            )
        played.consent(Consent(self.chance.happens(97), "ru", "99" * 32))

    def _photograph(self, played: Verification) -> None:
        """Bring the register's portrait where the rules have nobody ask for it."""
        somebody = self.site.registries.somebody
        if somebody is None or somebody.portrait is None:
            played.abort("no_photo")
        else:
            played.take(played.reference.take_portrait(played.session, somebody))

    @staticmethod
    def _ask_authority(played: Verification) -> None:
        request = played.authority.request(played.session, b"")
        played.take(played.authority.answer(played.session, request()))

    def _attempt(self, played: Verification) -> None:
        session, face = played.session, played.biometrics
        assert isinstance(face, DrawnFace)
        undecided = session.evidence.attempts and self.chance.happens(40)
        if undecided and session.policy.offers_exception:
            move = request_exception(session, ExceptionReason.NO_SET_FITS, _WORDS)
            played.take(move)
            if played.state is State.EXCEPTION:
                return
        result = face.attempt(session)
        nonce = result.challenge.nonce
        played.take(Advance(ChallengeIssued(session.id, nonce), "liveness.challenge", {}))
        event = _attempt_event(played.session, result)
        played.take(Advance(event, "liveness.attempt", attempt_facts(result)))

    def _vouch(self, played: Verification) -> None:
        session = played.session
        if session.evidence.exception_photo is None:
            shot = ExceptionPhoto(f"{self.chance.getrandbits(256):064x}", simulated=False)
            facts = {"sha256": shot.sha256}
            played.take(Advance(ExceptionPhotoTaken(session.id, shot), "exception.photo", facts))
        elif self.chance.happens(15):
            played.take(refuse_operation(session, self.officers[0], "not the person of the photo"))
        else:
            officer = self.officers[len(session.evidence.approvals)]
            played.take(approve_exception(session, officer, _WORDS))

    def _compare(self, played: Verification) -> None:
        same = self.chance.happens(75)
        answer = ComparisonAnswer.SAME if same else ComparisonAnswer.DIFFERENT
        agree, differ = ComparisonReason.FEATURES_AGREE, ComparisonReason.FEATURES_DIFFER
        reason = agree if same else differ
        played.take(answer_comparison(played.session, self.officers[0], answer, reason, _WORDS))

    def _sign(self, played: Verification) -> None:
        if self.chance.happens(4) and not played.session.evidence.earlier:
            park_case(played, WaitsFor.CUSTOMER)
            return
        statement = played.session.evidence.statement
        assert statement is not None
        drawn = self.chance.randrange(100)
        indication = Indication.TOTAL_PASSED
        if drawn < 10:
            indication = Indication.TOTAL_FAILED if drawn < 6 else Indication.INDETERMINATE
        report = sessions.report(
            indication, content=statement.sha256, at_ms=statement.issued_ms + 1
        )
        played.take(played.signing.validated(played.session, report, "Тестов Тест"))

    def _close(self, played: Verification) -> None:
        """Confirm nearly always; refuse on suspicion or hand over now and then."""
        # Drawn apart: what comes before it is what it was when nobody confirmed.
        session, chance = played.session, Chance(played.case.id)
        if chance.happens(2):
            played.take(raise_suspicion(session, chance.choice(tuple(SuspicionReason)[:-1]), ""))
        elif session.evidence.hand_over is None and chance.happens(3):
            played.take(hand_over(session, HandOverReason.KNOWN_TO_TELLER, ""))
        else:
            played.take(confirm_operation(session, ""))

    def _override(self, played: Verification, check: str) -> Supervised:
        why = list_reasons(check)[0]
        words = "seen and explained at the desk"
        return override_check(played.session, self.officers[0], check, why, words)

    def _review(self, played: Verification) -> None:
        if played.session.evidence.hand_over is not None:
            words = "looked at both photos and asked the customer"
            played.take(agree_review(played.session, self.officers[0], words))
            return
        open_now = soft_checks_open(played.session.policy, played.session.evidence)
        if self.chance.happens(15):
            played.take(refuse_operation(played.session, self.officers[0], "not without the check"))
        elif self.chance.happens(10):
            played.take(self._override(played, CheckId.MATCH))
        elif self.chance.happens(5):
            played.abort("teller_aborted")
        else:
            played.take(self._override(played, open_now[0]))


def fill_form(definition: OperationDefinition, chance: Chance) -> dict[str, str]:
    """Return values for every field of an operation, as a teller would type them."""
    return {each.name: _fill(each, chance) for each in definition.fields}


def _fill(field: FieldDefinition, chance: Chance) -> str:
    tail = f"{sum(map(ord, field.name)) % 1000:03d}{chance.randrange(10_000):04d}"
    values = {
        FieldType.PHONE: lambda: f"+7701{tail}",
        FieldType.MONEY: lambda: _fill_amount(field, chance),
        FieldType.IBAN: lambda: _fill_iban(chance),
        FieldType.IIN: lambda: IIN,
        FieldType.BIN: _fill_bin,
        FieldType.DATE: lambda: "2027-03-01",
        FieldType.CHOICE: lambda: chance.choice(field.choices).id,
        FieldType.COUNT: lambda: str(max(field.least, 1)),
        FieldType.DOCUMENT: lambda: "012345678",
        FieldType.TEXT: lambda: "Pixel 9".ljust(field.least, "x")[: field.most],
    }
    return values[field.type]()


def _fill_amount(field: FieldDefinition, chance: Chance) -> str:
    most = min(field.most, 8_000_000)
    exact = chance.choice((150, 255, 1_000)) * sessions.MCI_KZT
    drawn = exact if chance.happens(15) else chance.randint(max(field.least, 1), most)
    return str(min(max(drawn, field.least), most))


def _fill_iban(chance: Chance) -> str:
    account = f"125KZT{chance.randrange(10**10):010d}"
    digits = "".join(str(int(each, 36)) for each in f"{account}KZ00")
    return f"KZ{98 - int(digits) % 97:02d}{account}"


def _fill_bin() -> str:
    numbers = (f"99024000123{digit}" for digit in range(10))
    return next(each for each in numbers if Bin.parse(each).checksum_ok)


def _drawn_certificate(chance: Chance) -> Any:
    def find(session: Any, *_rest: Any) -> tuple[Answer, ...]:
        required = {each.check for each in session.required}
        drawn = chance.randrange(100)
        status, word = CheckStatus.PASSED, "same"
        if drawn < 8:
            status, word = CheckStatus.FAILED, "other"
        name = Answer(CheckId.NAME, status, f"name.{word}")
        hours, least = chance.choice((2, 23, 24, 40, 5_000)), session.policy.key_age_hours
        facts = (("hours", hours), ("least", least))
        young = hours < least
        age = Answer(
            CheckId.KEY_AGE,
            CheckStatus.FAILED if young else CheckStatus.PASSED,
            "key_age.young" if young else "key_age.old_enough",
            facts,
        )
        return tuple(each for each in (name, age) if each.check in required)

    return find


class _NoVault:
    """Seals nothing."""

    def keep(self, _plaintext: bytes) -> dict[str, Any]:
        """Say that it was sealed."""
        return {"pid": "00" * 16}

    def close(self) -> None:
        """There is nothing to close."""


@contextmanager
def _scripted(chance: Chance) -> Iterator[None]:
    verification = "workstation.verification"
    with ExitStack() as stack:
        for place, stand_in in (
            (f"{verification}.verification.release", lambda *_: Release(None, None, "")),
            (f"{verification}.people.seats.remember_face", lambda *_: None),
            (f"{verification}.signing.find_about_certificate", _drawn_certificate(chance)),
        ):
            stack.enter_context(mock.patch(place, stand_in))
        yield


def write_sessions(
    folder: Path, count: int, *, policy: Policy | None = None, day: date | None = None
) -> RecordedLog:
    """Write so many sessions into a new log, under the shipped policy or one of another day."""
    chance, budget = Chance(_SEED), Budget()
    site = build_site(folder, vault=_NoVault())
    site.services.cool_down.close()
    site.services = replace(site.services, cool_down=budget)
    if policy is not None:
        site.services = replace(
            site.services,
            policy=policy,
            liveness=liveness_settings(policy),
            matching=match_settings(policy, site.services.models.match),
        )
    if day is not None:
        site.clock.wall = int(datetime.combine(day, time(12), UTC).timestamp() * 1000)
    try:
        who = _sign_in(site, TELLER.id)
        officers = (_sign_in(site, SUPERVISOR.id), _sign_in(site, SECOND_OFFICER.id))
        player = _Player(site, who, officers, chance, budget)
        # What survives a power cut is nothing to these tests: a tenth of the time.
        site.services.journal.log._db.execute("PRAGMA synchronous=OFF")
        with _scripted(chance):
            played = tuple(player.play() for _ in range(count))
        key = site.services.log_key.vkey
        return RecordedLog(site.services.log_path, key, site.services.policy, played)
    finally:
        close_site(site)


def _sign_in(site: Site, number: str) -> SignedIn:
    services = site.services
    return services.authenticator.sign_in(services.authenticator.authenticate(number, SECRET))


@cache
def recorded_log() -> RecordedLog:
    """Return a log of a thousand sessions, written once for all tests of the run."""
    folder = TemporaryDirectory(prefix="recorded-")
    _KEPT.append(folder)
    return write_sessions(Path(folder.name), COUNT)


@cache
def recorded_cases() -> tuple[StoredCase, ...]:
    """Return the thousand sessions as replay reads them."""
    log = recorded_log()
    with LogReader(log.path, log.vkey) as reader, reader.snapshot() as view:
        cases = CaseReader(view, lambda *_: None, lambda: False)
        found = tuple(cases.cases())
    assert (cases.broken, cases.fault, cases.complete) == (0, "", True)
    return found


_KEPT: list["TemporaryDirectory[str]"] = []
