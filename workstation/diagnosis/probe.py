"""The one shape of whatever is tried, and the thread in which it is: a probe that hangs says so.

A result holds codes and values that name devices, addresses and numbers. What a registry says of a
person, an ИИН that was asked about and the text of an exception never stand in one.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from crypto.errors import CryptoError
from vision.errors import VisionError
from workstation.errors import WorkstationError

__all__ = [
    "Probe",
    "ProbeFact",
    "ProbeFinding",
    "ProbeKind",
    "ProbeResult",
    "ProbeRunner",
    "ProbeState",
    "conclude",
]

_log = logging.getLogger(__name__)

_LONGEST: Final = 200
_MOST_FACTS: Final = 24
_POLL_S: Final = 0.1
_AT_ONCE: Final = 4


class ProbeKind(StrEnum):
    """What is tried; the words of a kind are `probe_kind.<kind>`."""

    CAMERA = "camera"
    NCALAYER = "ncalayer"
    EGOV = "egov"
    TOKEN = "token"  # noqa: S105 - a device, not a secret
    CARD_READER = "card_reader"
    REGISTRY = "registry"
    AUTHORITY = "authority"
    CENTRE = "centre"
    ATTEMPTS = "attempts"
    TIMESTAMPS = "timestamps"
    RESPONDER = "responder"
    WITNESS = "witness"
    ANCHOR = "anchor"
    LIST = "list"
    PROGRAM = "program"
    CLOCK = "clock"
    DISK = "disk"
    LOG = "log"
    MEMORY = "memory"
    PARTS = "parts"


class ProbeState(StrEnum):
    """How it stands; the words of a state are `probe_state.<state>`."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


class ProbeFinding(StrEnum):
    """What was found: words `probe.<finding>`, what to do `probe_next.<finding>` unless it is OK.

    REACHED   the service is there and proves who it is; it was asked nothing
    """

    ANSWERS = "answers"
    REACHED = "reached"
    DELIVERS = "delivers"
    THERE = "there"
    FRESH = "fresh"
    IN_USE = "in_use"
    NOT_CONFIGURED = "not_configured"
    NOT_INSTALLED = "not_installed"
    NOT_THERE = "not_there"
    NOT_ALLOWED = "not_allowed"
    THIS_MACHINE = "this_machine"
    CONNECT_TIMEOUT = "connect_timeout"
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    FOREIGN = "foreign"
    BROKEN = "broken"
    DEADLINE = "deadline"
    CANCELLED = "cancelled"
    TOO_LARGE = "too_large"
    TRUNCATED = "truncated"
    HTTP_STATUS = "http_status"
    MEDIA_TYPE = "media_type"
    NOT_JSON = "not_json"
    OTHER_MEMBERS = "other_members"
    OTHER_WORD = "other_word"
    OTHER_QUESTION = "other_question"
    OTHER_PERSON = "other_person"
    UNSIGNED = "unsigned"
    SIGNATURE = "signature"
    CLOCK_DIFFERS = "clock_differs"
    ENDS_SOON = "ends_soon"
    ENDED = "ended"
    STALE = "stale"
    LOW = "low"
    SHORT_BOUND = "short_bound"
    FAILED = "failed"
    HANGS = "hangs"


class ProbeFact(StrEnum):
    """What a value beside a finding is; the words are `probe_fact.<fact>`."""

    NAME = "name"
    ADDRESS = "address"
    HARDWARE_ID = "hardware_id"
    PATH = "path"
    BACKEND = "backend"
    FORMAT = "format"
    SIZE = "size"
    RATE = "rate"
    LUMA = "luma"
    CHALLENGE = "challenge"
    LATENCY = "latency"
    VERSION = "version"
    READERS = "readers"
    SLOTS = "slots"
    ISSUER = "issuer"
    FINGERPRINT = "fingerprint"
    ENDS = "ends"
    AGE = "age"
    ENTRIES = "entries"
    NEXT_UPDATE = "next_update"
    LAST_OUTCOME = "last_outcome"
    LAST_ATTEMPT = "last_attempt"
    STATUS = "status"
    EXPECTED = "expected"
    CODE = "code"
    AHEAD = "ahead"
    FREE = "free"
    COUNT = "count"
    WAITED = "waited"
    SIGNED_BY = "signed_by"
    VOUCHED = "vouched"
    DROPPED = "dropped"
    RESTARTS = "restarts"
    MEGABYTES = "megabytes"


_FINE: Final = frozenset(
    {
        ProbeFinding.ANSWERS,
        ProbeFinding.REACHED,
        ProbeFinding.DELIVERS,
        ProbeFinding.THERE,
        ProbeFinding.FRESH,
        ProbeFinding.IN_USE,
    }
)
_WORTH_A_LOOK: Final = frozenset(
    {
        ProbeFinding.NOT_CONFIGURED,
        ProbeFinding.NOT_INSTALLED,
        ProbeFinding.ENDS_SOON,
        ProbeFinding.CANCELLED,
        ProbeFinding.LOW,
        ProbeFinding.SHORT_BOUND,
    }
)


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What came of one probe; the texts of its codes are in the catalogues.

    subject    which one of its kind: a registry's name, an index, a certificate's name
    code       what was found: `probe.<finding>`, or a code of a device such as `camera_busy`
    next_step  code of what to do; empty for nothing
    facts      names (`ProbeFact`) and values, foreign ones cleaned
    took_ms    how long it took
    at_ms      when it ended, Unix milliseconds; 0 before somebody has noted it
    """

    kind: ProbeKind
    subject: str
    code: str
    state: ProbeState
    facts: tuple[tuple[ProbeFact, str], ...] = ()
    next_step: str = ""
    took_ms: int = 0
    at_ms: int = 0

    def __post_init__(self) -> None:
        """Clean what comes from outside: it may steer no terminal and no reader's eye."""
        object.__setattr__(self, "subject", _clean(self.subject))
        cleaned = ((name, _clean(value)) for name, value in self.facts[:_MOST_FACTS])
        object.__setattr__(self, "facts", tuple(cleaned))

    @property
    def name(self) -> str:
        """Return what it is found by: kind and subject."""
        return f"{self.kind.value}:{self.subject}"


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing to try.

    run         does it in a thread of its own; takes what says that nobody waits any more
    deadline_s  after which it is said to hang
    """

    kind: ProbeKind
    subject: str
    run: Callable[[Callable[[], bool]], ProbeResult]
    deadline_s: float = 20.0

    @property
    def name(self) -> str:
        """Return what it is found by: kind and subject."""
        return f"{self.kind.value}:{_clean(self.subject)}"


def conclude(
    kind: ProbeKind,
    subject: str,
    finding: ProbeFinding,
    *facts: tuple[ProbeFact, str],
    state: ProbeState | None = None,
) -> ProbeResult:
    """Return the result of a finding, with its usual state and what to do about it.

    state  another than the usual one of this finding
    """
    usual = ProbeState.BAD
    if finding in _FINE:
        usual = ProbeState.OK
    elif finding in _WORTH_A_LOOK:
        usual = ProbeState.WARN
    step = "" if finding in _FINE else f"probe_next.{finding.value}"
    return ProbeResult(kind, subject, f"probe.{finding.value}", state or usual, facts, step)


class ProbeRunner:
    """Runs probes, each in a thread of its own; one that still hangs is not begun again.

    Any thread may call; a probe that ignores its end costs one thread, however often it is tried.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._hanging: dict[str, threading.Thread] = {}

    def run_all(
        self,
        probes: Sequence[Probe],
        take: Callable[[ProbeResult], None],
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Run probes, a few at once, and hand over each result as it ends."""
        with ThreadPoolExecutor(_AT_ONCE, "probes") as pool:
            for each in probes:
                pool.submit(self._run_and_hand_over, each, take, cancelled)

    def _run_and_hand_over(
        self,
        probe: Probe,
        take: Callable[[ProbeResult], None],
        cancelled: Callable[[], bool],
    ) -> None:
        take(self.run(probe, cancelled))

    def run(self, probe: Probe, cancelled: Callable[[], bool] = lambda: False) -> ProbeResult:
        """Return what came of a probe; never raises, and takes no longer than its deadline."""
        with self._guard:
            before = self._hanging.get(probe.name)
            if before is not None and before.is_alive():
                return _say_hanging(probe, 0.0)
            self._hanging.pop(probe.name, None)
        ended, box = threading.Event(), list[ProbeResult]()
        begun = time.monotonic()
        thread = threading.Thread(
            target=lambda: box.append(_try(probe, ended.is_set)), name="probe", daemon=True
        )
        thread.start()
        stopped = False
        while thread.is_alive() and time.monotonic() - begun < probe.deadline_s:
            thread.join(_POLL_S)
            if cancelled():
                stopped = True
                break
        ended.set()
        took_s = time.monotonic() - begun
        if box:
            return replace(box[0], took_ms=round(took_s * 1000))
        with self._guard:
            self._hanging[probe.name] = thread
        if stopped:
            return conclude(probe.kind, probe.subject, ProbeFinding.CANCELLED)
        return _say_hanging(probe, took_s)


def _say_hanging(probe: Probe, waited_s: float) -> ProbeResult:
    waited = (ProbeFact.WAITED, f"{waited_s:.0f}")
    found = conclude(probe.kind, probe.subject, ProbeFinding.HANGS, waited)
    return replace(found, took_ms=round(waited_s * 1000))


def _try(probe: Probe, stopped: Callable[[], bool]) -> ProbeResult:
    """Run a probe; an error becomes its code, never its text, which may name a person."""
    try:
        return probe.run(stopped)
    except (WorkstationError, CryptoError, VisionError) as error:
        code = error.code
    except OSError as error:
        code = type(error).__name__
    except Exception as error:  # noqa: BLE001 - a probe's bug is told as such and costs nothing else
        _log.warning("probe failed: %s %s", probe.kind, type(error).__name__)
        code = "internal"
    return conclude(probe.kind, probe.subject, ProbeFinding.FAILED, (ProbeFact.CODE, code))


def _clean(untrusted: str) -> str:
    """Return at most 200 letters of one line; what cannot be printed is made visible as �."""
    return "".join(each if each.isprintable() else "\ufffd" for each in untrusted[:_LONGEST])
