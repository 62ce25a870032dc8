"""The log's side: a witness is led to the newest head, and what it answers is checked."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from crypto.errors import NoteMalformed
from crypto.log.audit.reader import LogReader
from crypto.log.format.checkpoint import Checkpoint, parse_size
from crypto.log.format.cosignature import cosigned_at
from crypto.log.format.note import NoteVerifier, SignatureLine, parse_signature_line
from crypto.net.connection import Dialling
from crypto.net.exchange import ExchangeFailed, ExchangeLimits, Request, exchange
from crypto.net.tls import TlsContext
from crypto.net.url import HttpUrl
from workstation.witness.requests import ADD_CHECKPOINT, WitnessRequest, plan_steps
from workstation.witness.witness import WitnessStatus

__all__ = [
    "Post",
    "Reply",
    "WitnessOutcome",
    "WitnessResult",
    "ask_witness",
    "http_post",
    "read_cosignature",
]

_MAX_ANSWER: Final = 16 * 1024
_MAX_LINES: Final = 64
_MAX_TRIES: Final = 3
"""From where we believe it is, from the beginning, and from where it says that it is."""


class WitnessOutcome(StrEnum):
    """What became of a question; the last two accuse this log."""

    COSIGNED = "cosigned"
    UNCHANGED = "unchanged"
    """The witness knows all there is: the last entry is the one that ended the log's key."""
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    """The witness does not know this log or its key, or answers what is no answer."""
    ROLLED_BACK = "rolled_back"
    """The witness has cosigned a longer log than this one."""
    FORKED = "forked"
    """The witness has cosigned a head that is not the beginning of this log."""


@dataclass(frozen=True, slots=True)
class WitnessResult:
    """The answer of one witness.

    size    of the tree: cosigned, or of this log
    line    the cosignature of that head by the witness's key, which has been verified
    time_s  when it was made, by the witness's clock (seconds since 1970)
    theirs  the size that the witness says it has cosigned, where it refused
    """

    witness: str
    outcome: WitnessOutcome
    size: int
    line: SignatureLine | None = None
    time_s: int = 0
    theirs: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """Status and body as they came."""

    status: int
    body: bytes


Post = Callable[[str, bytes], Reply | None]
"""Post a body to a path of the witness; None when there is no whole answer."""


def http_post(
    base: HttpUrl, *, dialling: Dialling, timeout_s: float, tls: TlsContext | None = None
) -> Post:
    """Return the way to a witness over HTTP, whatever happens within these seconds a request."""
    limits = ExchangeLimits.within(timeout_s, body_octets=_MAX_ANSWER)

    def post(path: str, body: bytes) -> Reply | None:
        request = Request(
            "POST", base.join(path), {"Content-Type": "application/octet-stream"}, body
        )
        try:
            with exchange(request, limits, dialling=dialling, tls=tls) as response:
                return Reply(response.status, response.read())
        except ExchangeFailed:
            return None

    return post


def ask_witness(reader: LogReader, witness: NoteVerifier, post: Post, known: int) -> WitnessResult:
    """Lead a witness to the newest head and return its verified cosignature, or why there is none.

    known  the size that it cosigned last as far as we know; it says so when it is another
    """
    old, stated = known, False
    for _ in range(_MAX_TRIES):
        with reader.snapshot() as view:
            size = view.size
            if old > size:
                return WitnessResult(witness.name, WitnessOutcome.ROLLED_BACK, size, theirs=old)
            steps = plan_steps(view, old)
            heads = {step.size: view.checkpoint(step.size).checkpoint for step in steps}
        answer = _walk_steps(steps, heads, witness, post, size)
        match answer:
            case WitnessResult():
                return answer
            case int() if not (stated and answer == old):
                old, stated = answer, True
            case None if old and not stated:
                # A witness that was made anew knows the log by its first key alone.
                old = 0
            case None if not old:
                return WitnessResult(witness.name, WitnessOutcome.REFUSED, size)
            case _:
                # It stated what it has cosigned, and neither key nor tree of that size is ours.
                return WitnessResult(witness.name, WitnessOutcome.FORKED, size, theirs=old)
    # Another size each time: somebody asks at the same moment.
    return WitnessResult(witness.name, WitnessOutcome.NO_ANSWER, 0, theirs=old)


def _walk_steps(
    steps: tuple[WitnessRequest, ...],
    heads: dict[int, Checkpoint],
    witness: NoteVerifier,
    post: Post,
    size: int,
) -> WitnessResult | int | None:
    """Make the requests; the size that the witness states where it is another, None for 403."""
    asked = WitnessResult(witness.name, WitnessOutcome.UNCHANGED, size)
    for step in steps:
        reply = post(step.path, step.body)
        if reply is None:
            return WitnessResult(witness.name, WitnessOutcome.NO_ANSWER, size)
        match reply.status:
            case WitnessStatus.OK if step.path != ADD_CHECKPOINT:
                continue
            case WitnessStatus.OK:
                asked = read_cosignature(reply.body, heads[step.size], witness)
            case WitnessStatus.CONFLICT if (theirs := _read_size(reply.body)) is not None:
                return theirs
            case WitnessStatus.FORBIDDEN:
                return None
            case WitnessStatus.UNPROCESSABLE:
                return WitnessResult(witness.name, WitnessOutcome.FORKED, size)
            case _:
                return WitnessResult(witness.name, WitnessOutcome.REFUSED, size)
        if asked.outcome is WitnessOutcome.REFUSED:
            break
    return asked


def _read_size(untrusted: bytes) -> int | None:
    try:
        return parse_size(untrusted.decode("ascii").removesuffix("\n"))
    except (UnicodeDecodeError, NoteMalformed):
        return None


def read_cosignature(untrusted: bytes, head: Checkpoint, witness: NoteVerifier) -> WitnessResult:
    """Find this witness's cosignature of the head among the lines of an answer, else REFUSED.

    Lines of other keys are passed over (c2sp.org/tlog-witness).
    """
    try:
        texts = untrusted.decode("utf-8").removesuffix("\n").split("\n")
        lines = [parse_signature_line(text) for text in texts[:_MAX_LINES]]
    except (UnicodeDecodeError, NoteMalformed):
        lines = []
    for line in lines:
        time_s = cosigned_at(head, line, witness)
        if time_s is not None:
            return WitnessResult(witness.name, WitnessOutcome.COSIGNED, head.size, line, time_s)
    return WitnessResult(witness.name, WitnessOutcome.REFUSED, head.size)
