"""One session as its entries in the log state it: codes, numbers and digests.

Shapes of docs/session.md. What a member does not name is passed over, so that an entry may come to
state more; what it states in another shape makes the record a broken one.
"""

from dataclasses import dataclass, field

import msgspec

from vision.results import (
    Accommodation,
    CommandOutcome,
    LivenessCommand,
    MatchVerdict,
    PadVerdict,
    Status,
)
from workstation.rules.checks import CheckStatus
from workstation.rules.reference import ReferenceSource
from workstation.session.comparison import ComparisonAnswer, ComparisonReason
from workstation.session.decision import Outcome
from workstation.session.exception import ExceptionReason

__all__ = [
    "StoredApproval",
    "StoredAttempt",
    "StoredAuthority",
    "StoredBasis",
    "StoredBegin",
    "StoredCase",
    "StoredCheck",
    "StoredCommand",
    "StoredComparison",
    "StoredMatch",
    "StoredOverride",
    "StoredPhoto",
    "StoredProvenance",
    "StoredRefusal",
    "StoredRequest",
    "StoredResult",
    "StoredSignal",
]


_read_facts = msgspec.json.Decoder(dict[str, str | int]).decode


class StoredBegin(msgspec.Struct, frozen=True):
    """`verify.begin`: what the session is about."""

    operation: str
    profile: str = ""
    policy: str = ""
    policy_sha256: str = ""
    simulated: bool = False


class StoredSignal(msgspec.Struct, frozen=True, array_like=True):
    """A presentation-attack signal as it was judged then."""

    name: str
    status: Status
    value_ppm: int
    threshold_ppm: int
    reason: str


class StoredCommand(msgspec.Struct, frozen=True, array_like=True):
    """A liveness command; `threshold_ppm` is None in a record of before."""

    command: LivenessCommand
    outcome: CommandOutcome
    ms: int
    peak_ppm: int
    frame_sha256: str
    threshold_ppm: int | None = None


class StoredAttempt(msgspec.Struct, frozen=True):
    """The step `liveness.attempt`."""

    verdict: PadVerdict
    reason: str
    nonce: str
    signals: tuple[StoredSignal, ...]
    commands: tuple[StoredCommand, ...] = ()
    accommodations: tuple[Accommodation, ...] = ()


class StoredMatch(msgspec.Struct, frozen=True):
    """The step `match`."""

    verdict: MatchVerdict
    reason: str
    distance_ppm: int
    match_threshold_ppm: int
    review_threshold_ppm: int
    second_distance_ppm: int
    second_threshold_ppm: int
    frames: int
    probe: str
    reference: str


class StoredComparison(msgspec.Struct, frozen=True):
    """A supervisor's `review` entry about two photos; `refused` is why it did not count."""

    answer: ComparisonAnswer
    why: ComparisonReason
    reason: str
    probe: str
    reference: str
    refused: str = ""


class StoredAuthority(msgspec.Struct, frozen=True):
    """The step `authority`."""

    status: CheckStatus
    reason: str
    score: int = 0
    reference: str = ""


class StoredRequest(msgspec.Struct, frozen=True):
    """The step `exception.requested`."""

    reason: ExceptionReason
    words: str


class StoredApproval(msgspec.Struct, frozen=True):
    """An officer's word for the person in one photo."""

    by: str
    photo: str
    reason: str


class StoredOverride(msgspec.Struct, frozen=True):
    """A supervisor's override of a soft check."""

    check: str
    by: str
    reason: str


class StoredRefusal(msgspec.Struct, frozen=True):
    """The step `override.refused`: the check and the code of the refusal."""

    check: str
    reason: str


class StoredCheck(msgspec.Struct, frozen=True):
    """A check of a result, with the numbers that it was judged by."""

    check: str
    status: CheckStatus
    reason: str
    rule: str = ""
    facts_json: msgspec.Raw = msgspec.field(default=msgspec.Raw(b"{}"), name="facts")

    @property
    def facts(self) -> dict[str, str | int]:
        """Return the numbers and words by name; few checks' are asked for, so they wait encoded.

        Raises msgspec.ValidationError where they are something else.
        """
        return _read_facts(self.facts_json)

    def number(self, name: str) -> int | None:
        """Return a fact that is a number, None where there is none."""
        found = self.facts.get(name)
        return found if isinstance(found, int) else None


class StoredPhoto(msgspec.Struct, frozen=True):
    """The reference photo; `document`: still valid, how the name agrees, the chip's indication."""

    source: ReferenceSource
    age_days: int | None = None
    document: tuple[bool, CheckStatus, str] | None = None


class StoredProvenance(msgspec.Struct, frozen=True):
    """Where the photo came from, as a record of before states it; empty without one."""

    source: str = ""
    age_days: int | None = None


class StoredBasis(msgspec.Struct, frozen=True):
    """The facts of the case in bands (`workstation.session.basis`)."""

    v: int
    age: tuple[int, int] | None
    amount: tuple[int, int | None] | None
    mci: int | None
    facts: dict[str, bool | str | None]
    photo: StoredPhoto | None
    ending: tuple[str, str] | None
    cool_down_ms: int
    liveness: str
    signature: str
    roles: tuple[str, ...] = ()
    way: str = ""


class StoredResult(msgspec.Struct, frozen=True):
    """`verify.result`: what was decided, and on what."""

    outcome: Outcome
    reason: str
    checks: tuple[StoredCheck, ...]
    begin: int = -1
    wait_hours: int = 0
    second_confirmation: str = ""
    simulated: bool | None = None
    overrides: tuple[StoredOverride, ...] = ()
    exception: tuple[StoredApproval, ...] = ()
    provenance: StoredProvenance = StoredProvenance()
    basis: StoredBasis | None = None


@dataclass(slots=True)
class StoredCase:
    """What is known of one session; complete with its `result`.

    teller     personnel number of who wrote the entries
    attempts   since the customer sat down, or came back
    earlier    undecided attempts of before
    waits      it is parked; refused_aside: a supervisor refused it then
    ending     the step that ended it early, empty while none did
    """

    begin: StoredBegin
    teller: str
    attempts: list[StoredAttempt] = field(default_factory=list)
    earlier: int = 0
    match: StoredMatch | None = None
    reviewer: str = ""
    comparison: StoredComparison | None = None
    authority: StoredAuthority | None = None
    request: StoredRequest | None = None
    photo_sha256: str = ""
    refused_overrides: list[StoredRefusal] = field(default_factory=list)
    review_refused: bool = False
    waits: bool = False
    refused_aside: bool = False
    ending: str = ""
    decided_ms: int = 0
    result: StoredResult | None = None

    def wait(self, *, waits: bool) -> None:
        """Let it wait, or go on with another face."""
        self.waits = waits
        if not waits:
            self.forget_face()

    def forget_face(self) -> None:
        """Forget the face of before the pause, as the session does when the customer is back."""
        self.earlier += sum(each.verdict is PadVerdict.UNDECIDED for each in self.attempts)
        self.attempts, self.match, self.comparison, self.authority = [], None, None, None
        self.request, self.photo_sha256, self.reviewer = None, "", ""
