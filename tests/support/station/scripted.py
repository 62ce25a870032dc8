"""Camera, face analysis, carrier and registries that follow a script: whole sessions without dlib.

Each implements the real Protocol. The camera draws what the customer does as grey blocks into its
small frames, the analysis reads the blocks back, so nothing is shared behind the station's back
and a frame means the same in any thread or process.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np

from crypto.carrier.carrier import SignatureRequest
from crypto.carrier.errors import CarrierCancelled
from tests.support.vision import observations as o
from tests.support.vision.documents import NO_DOCUMENT, seen_at
from vision.document.observation import DocumentObservation
from vision.errors import AnalysisLost, CameraLost
from vision.frame import CameraIdentity, CameraKind, Frame, Pixels
from vision.liveness.plan import TURNS
from vision.results import Colour, FaceObservation, FaceTemplate, LivenessCommand, ModelReference
from workstation.registries.authority import AuthorityAnswer, ComparisonRequest, Invitation
from workstation.registries.identification import IdentificationAnswer, IdentificationRequest
from workstation.registries.person import Person, PersonAnswer, not_configured
from workstation.registries.registry import AnswerStatus, RegistryAnswer
from workstation.rules.alternatives import LivenessWay
from workstation.rules.questions.definition import RegistryQuestion

__all__ = [
    "Behaviour",
    "ScriptedAnalysis",
    "ScriptedAuthority",
    "ScriptedCamera",
    "ScriptedCarrier",
    "ScriptedRegistries",
    "photo",
]

FRAME_MS = 66
"""Fifteen frames a second keep a session short and a blink of 130 ms visible."""

_BLOCK, _COLUMNS, _ROWS = 16, 6, 4
MODELS = (ModelReference("descriptor", "scripted.dat", "5c" * 32),)


@dataclass(frozen=True)
class Behaviour:
    """Who sits before the camera and what they do.

    aged     the person as a photo of years ago shows them
    flat     a picture of a face; it waves without depth
    frozen   one image for ever, as a still picture fed into the camera
    lost_at  the camera is unplugged at that frame
    """

    person: int = 1
    obeys: bool = True
    blinks: bool = True
    flat: bool = False
    frozen: bool = False
    faces: int = 1
    aged: bool = False
    lost_at: int | None = None


def _drawn(does: Behaviour, pose: o.Pose) -> Pixels:
    values = [
        does.person * 10,
        round(pose.yaw) + 128,
        round(pose.pitch) + 128,
        round(pose.mouth * 200),
        round(pose.eyes * 200),
        does.faces * 40,
        200 if does.flat else 0,
        200 if does.frozen else 0,
        200 if does.aged else 0,
    ]
    grid = np.zeros(_COLUMNS * _ROWS, np.uint8)
    grid[: len(values)] = values
    blocks = grid.reshape(_ROWS, _COLUMNS).repeat(_BLOCK, axis=0).repeat(_BLOCK, axis=1)
    pixels = np.repeat(blocks[:, :, None], 3, axis=2)
    pixels.flags.writeable = False
    return pixels


def _read(pixels: Pixels) -> tuple[Behaviour, o.Pose]:
    if pixels.shape[:2] != (_ROWS * _BLOCK, _COLUMNS * _BLOCK):
        return Behaviour(faces=0), o.Pose()
    half = _BLOCK // 2
    # A JPEG moves a level by one or two at most; the steps between codes are wider.
    person, yaw, pitch, mouth, eyes, faces, flat, frozen, aged = (
        int(pixels[half + _BLOCK * (i // _COLUMNS), half + _BLOCK * (i % _COLUMNS), 0])
        for i in range(9)
    )
    shown = Behaviour(
        person=round(person / 10),
        faces=round(faces / 40),
        flat=flat > 100,
        frozen=frozen > 100,
        aged=aged > 100,
    )
    return shown, o.Pose(yaw - 128, pitch - 128, mouth / 200, eyes / 200)


@cache
def _seen(pose: o.Pose, flat: bool, faces: int) -> FaceObservation:  # noqa: FBT001 - a cache key
    return o.seen(0, pose, flat=flat, faces=faces, thumbnail=b"")


def _template(shown: Behaviour) -> FaceTemplate | None:
    if not shown.faces:
        return None
    # Years between two photos move a template as far as other light and another camera do.
    return o.person(shown.person, years=0.3) if shown.aged else o.person(shown.person)


def photo(person: int = 1, *, faces: int = 1, aged: bool = True) -> bytes:
    """Return a reference photo of a person as PNG bytes; `aged`: not one of today."""
    shown = Behaviour(person=person, faces=faces, aged=aged)
    done, png = cv2.imencode(".png", _drawn(shown, o.Pose()))
    assert done
    return bytes(png)


class ScriptedCamera:
    """A Camera that obeys commands with a human delay, in virtual time of FRAME_MS per frame.

    consumed  with threads: an event that the analysis sets; the next frame waits for it, at most
              a quarter of a second, so that the camera neither spins nor runs away
    """

    def __init__(
        self,
        behaviour: Behaviour = Behaviour(),
        *,
        kind: CameraKind = CameraKind.SIMULATED,
        name: str = "Scripted customer",
        consumed: threading.Event | None = None,
    ) -> None:
        self.behaviour = behaviour
        self.closed = False
        self.frames = 0
        self._consumed = consumed
        self._identity = CameraIdentity(kind, name, "scripted", "none", 96, 64, 15)
        self._asked: list[tuple[int, LivenessCommand | None]] = [(0, None)]
        self._pose = o.Pose()

    @property
    def identity(self) -> CameraIdentity:
        """Return what the device is."""
        return self._identity

    def show(self, command: LivenessCommand | None, light: Colour | None = None) -> None:
        """Show a command; None asks to look straight."""
        del light
        self._asked.append((self.frames * FRAME_MS, command))

    def read(self) -> Frame:
        """Return the next image; raises CameraLost when the script says so."""
        if self._consumed is not None:
            self._consumed.wait(0.25)
            self._consumed.clear()
        does = self.behaviour
        if self.closed or (does.lost_at is not None and self.frames >= does.lost_at):
            raise CameraLost("scripted")
        at_ms = self.frames * FRAME_MS
        self._move(at_ms)
        pose = o.blinking(at_ms, self._pose) if does.blinks else self._pose
        pixels = _drawn(does, pose)
        frame = Frame(self.frames, at_ms * 1_000_000, pixels)
        self.frames += 1
        return frame

    def close(self) -> None:
        """Release the device."""
        self.closed = True

    def _move(self, at_ms: int) -> None:
        while len(self._asked) > 1 and self._asked[1][0] <= at_ms - 300:
            self._asked.pop(0)
        asked = self._asked[0][1]
        goal, now = _goal(asked, obeys=self.behaviour.obeys), self._pose
        self._pose = o.Pose(
            yaw=now.yaw + max(-5, min(5, goal.yaw - now.yaw)),
            pitch=now.pitch + max(-5, min(5, goal.pitch - now.pitch)),
            mouth=now.mouth + max(-0.2, min(0.2, goal.mouth - now.mouth)),
        )


def _goal(asked: LivenessCommand | None, *, obeys: bool) -> o.Pose:
    if asked is None:
        return o.Pose()
    if obeys:
        return o.performing(asked)
    # Somebody who does something else: turns when asked to speak, speaks when asked to turn.
    return o.Pose(mouth=0.9) if asked in TURNS else o.performing(LivenessCommand.TURN_LEFT)


class ScriptedAnalysis:
    """A FaceAnalysis that reads the blocks; `lost` and `breaks` make the next questions fail.

    document  what it sees of a document in every frame
    """

    def __init__(self, consumed: threading.Event | None = None) -> None:
        self.lost = False
        self.breaks: Exception | None = None
        self.started = 0
        self.closed = False
        self.live = 0
        self.document = NO_DOCUMENT
        self.held: Callable[[Frame], DocumentObservation] | None = None
        self._consumed = consumed

    @property
    def models(self) -> tuple[ModelReference, ...]:
        """Return the models that take part."""
        return MODELS

    def start(self) -> None:
        """There is nothing to load."""
        self.started += 1

    def analyse(self, frame: Frame, *, embed: bool) -> FaceObservation:
        """Read a live frame."""
        if self._consumed is not None:
            self._consumed.set()
        self.live += 1
        shown, pose = self._answer(frame.pixels)
        return replace(
            _seen(pose, shown.flat, shown.faces),
            sequence=frame.sequence,
            captured_ns=frame.captured_ns,
            thumbnail=o.noise(0 if shown.frozen else frame.sequence),
            template=_template(shown) if embed else None,
        )

    def describe(self, image: Pixels) -> FaceObservation:
        """Read a still photo."""
        shown, pose = self._answer(image)
        template = _template(shown)
        # A photo taken in a blink would be refused.
        seen = _seen(replace(pose, eyes=1.0), shown.flat, shown.faces)
        # A document held up fills less of the picture than the person who holds it.
        box = (260, 180, 400, 320) if shown.faces and shown.aged else seen.box
        return replace(seen, box=box, thumbnail=o.noise(0), template=template)

    @property
    def alive(self) -> bool:
        """Whether the child would live; a test says that it was killed."""
        return not self.killed

    killed = False

    def describe_second(self, image: Pixels) -> FaceTemplate | None:
        """Read a still photo as another model would."""
        shown, _ = self._answer(image)
        return o.person(shown.person) if shown.faces else None

    def observe_document(self, frame: Frame) -> DocumentObservation:
        """See what is `held`, without it `document` in whatever frame."""
        self._answer(frame.pixels)
        return seen_at(frame, self.document) if self.held is None else self.held(frame)

    def close(self) -> None:
        """Let the models go."""
        self.closed = True

    def _answer(self, pixels: Pixels) -> tuple[Behaviour, o.Pose]:
        if self.breaks is not None:
            raise self.breaks
        if self.lost:
            raise AnalysisLost("scripted")
        return _read(pixels)


Answering = Callable[[SignatureRequest, Callable[[], bool]], bytes]


class ScriptedCarrier:
    """A SignatureCarrier whose `answer` may be replaced at any time; keeps what it was asked."""

    def __init__(self, answer: Answering) -> None:
        self.answer = answer
        self.asked: list[SignatureRequest] = []

    def obtain(self, request: SignatureRequest, *, cancelled: Callable[[], bool]) -> bytes:
        """Return the CMS, or raise what the script says."""
        self.asked.append(request)
        return self.answer(request, cancelled)


def failing(error: Exception) -> Answering:
    """Answer every request with this failure."""

    def answer(_request: SignatureRequest, _cancelled: Callable[[], bool]) -> bytes:
        raise error

    return answer


def waiting(begun: threading.Event) -> Answering:
    """Wait for the customer until cancelled, as NCALayer's dialog does; sets `begun`."""
    pause = threading.Event()

    def answer(_request: SignatureRequest, cancelled: Callable[[], bool]) -> bytes:
        begun.set()
        while not cancelled():
            pause.wait(0.02)
        raise CarrierCancelled("teller")

    return answer


class ScriptedAuthority:
    """An Authority that confirms, or answers what `says` states; keeps what it was asked."""

    def __init__(self) -> None:
        self.says: tuple[AnswerStatus, str] = (AnswerStatus.PASSED, "authority.match")
        self.score = 9_700
        self.asked: list[ComparisonRequest] = []
        self.evidence_sha256 = ""

    def compare(
        self,
        request: ComparisonRequest,
        *,
        cancelled: Callable[[], bool],
        on_invitation: Callable[[Invitation], None],
    ) -> AuthorityAnswer:
        """Answer about the request; of other evidence where the script says so."""
        del cancelled, on_invitation
        self.asked.append(request)
        status, reason = self.says
        answered = status is not AnswerStatus.INDETERMINATE
        return AuthorityAnswer(
            status=status,
            reason=reason,
            score=self.score if answered else 0,
            reference=f"A-{len(self.asked):04d}" if answered else "",
            evidence_sha256=self.evidence_sha256 or request.evidence_sha256,
            facts=(("source", "scripted"), ("nonce", request.nonce)),
            body=b"scripted answer",
        )


class ScriptedCentre:
    """A Centre of one way that identifies, or answers what `says` states; keeps its questions."""

    def __init__(self, way: LivenessWay) -> None:
        self.way = way
        self.says: tuple[AnswerStatus, str] = (AnswerStatus.PASSED, "identified")
        self.asked: list[IdentificationRequest] = []

    def identify(
        self, request: IdentificationRequest, *, cancelled: Callable[[], bool]
    ) -> IdentificationAnswer:
        """Answer about the request."""
        del cancelled
        self.asked.append(request)
        status, finding = self.says
        passed = status is AnswerStatus.PASSED
        return IdentificationAnswer(
            way=self.way,
            status=status,
            reason=f"{self.way}.{finding}",
            reference=(request.number or f"P-{len(self.asked):04d}") if passed else "",
            facts=(("source", "scripted"),),
            body=b"scripted identification",
        )


class ScriptedRegistries:
    """The registries; `says` maps a check to what it answers instead of PASSED.

    somebody  whom the person registry knows; None: nobody is configured
    others    how many other customers have a number on file
    """

    def __init__(self) -> None:
        self.says: dict[str, tuple[AnswerStatus, str]] = {}
        self.breaks: Exception | None = None
        self.asked: list[str] = []
        self.somebody: Person | None = None
        self.others = 0

    def person(self, iin: str) -> PersonAnswer:
        """Answer with the person, under the ИИН that was asked about."""
        if self.somebody is None:
            return not_configured(1)
        return PersonAnswer(self._answer("person"), replace(self.somebody, iin=iin))

    def ask(self, question: RegistryQuestion, members: Mapping[str, str]) -> RegistryAnswer:
        """Answer a question of the policy; without words of its own the old number's as any."""
        del members
        check = question.check
        if check != "old_phone_owner" or check in self.says:
            asked = self._answer(check)
        else:
            asked = self._answer("phone_owner")
        counted = tuple((each.name, self.others) for each in question.facts)
        return replace(asked, facts=counted)

    def _answer(self, check: str) -> RegistryAnswer:
        if self.breaks is not None:
            raise self.breaks
        self.asked.append(check)
        status, reason = self.says.get(check, (AnswerStatus.PASSED, f"{check}.ok"))
        return RegistryAnswer(check, status, reason, "scripted", 1, 2, "ab" * 16, "cd" * 32)
