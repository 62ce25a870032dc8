"""Reads the sessions of a log: the entries of each brought together, nothing else decoded."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import msgspec

from crypto.errors import LogTampered
from crypto.log.file.view import TreeView
from workstation.replay.stored_case import (
    StoredAttempt,
    StoredAuthority,
    StoredBegin,
    StoredCase,
    StoredComparison,
    StoredMatch,
    StoredRefusal,
    StoredRequest,
    StoredResult,
)

__all__ = ["CaseReader"]

_AT_ONCE: Final = 512
"""Entries between two looks at whether to stop, and two words about how far it is."""

_TYPE, _STEP = b'"type":"', b'"step":"'
_KINDS: Final = (b'verify.begin"', b'verify.step"', b'verify.result"', b'review"')
_PASSED_OVER: Final = (
    b'prechecks"',
    b'consent.given"',
    b'reference"',
    b'liveness.challenge"',
    b'statement"',
    b'signature"',
    b'comparison"',
    b'exception.approved"',
    b'override.granted"',
)
"""Steps that say nothing which the result does not say, too: two thirds of a session's entries."""


class _Entry(msgspec.Struct):
    type: str
    t: int
    data: msgspec.Raw
    actor: str = ""


class _Named(msgspec.Struct):
    case: str = ""
    step: str = ""
    act: str = ""


class _Photograph(msgspec.Struct):
    sha256: str


_read_entry = msgspec.json.Decoder(_Entry).decode
_read_name = msgspec.json.Decoder(_Named).decode
_read_begin = msgspec.json.Decoder(StoredBegin).decode
_read_attempt = msgspec.json.Decoder(StoredAttempt).decode
_read_match = msgspec.json.Decoder(StoredMatch).decode
_read_comparison = msgspec.json.Decoder(StoredComparison).decode
_read_authority = msgspec.json.Decoder(StoredAuthority).decode
_read_request = msgspec.json.Decoder(StoredRequest).decode
_read_photograph = msgspec.json.Decoder(_Photograph).decode
_read_refused = msgspec.json.Decoder(StoredRefusal).decode
_read_result = msgspec.json.Decoder(StoredResult).decode


@dataclass
class CaseReader:
    """Yields the decided sessions of a log in the order of their results.

    progress   told how many entries are read, and of how many
    cancelled  asked now and then whether to stop
    broken     results that could not be read, or that belong to no session
    fault, fault_at  what of the log does not verify, and where: nothing behind it is read
    complete   whether every entry was read
    """

    view: TreeView
    progress: Callable[[int, int], None]
    cancelled: Callable[[], bool]
    broken: int = 0
    fault: str = ""
    fault_at: int | None = None
    complete: bool = False
    _open: dict[str, StoredCase] = field(default_factory=dict)
    _spoiled: set[str] = field(default_factory=set)

    def cases(self) -> Iterator[StoredCase]:
        """Yield each session when its result has been read."""
        size, start = self.view.size, 0
        while start < size:
            if self.cancelled():
                return
            stop = min(start + _AT_ONCE, size)
            try:
                for body in self.view.bodies(start, stop):
                    case = self._take(body)
                    if case is not None:
                        yield case
            except LogTampered as tampered:
                self.fault, self.fault_at = tampered.reason, tampered.index
                return
            start = stop
            self.progress(start, size)
        self.complete = True

    def _take(self, body: bytes) -> StoredCase | None:
        """Take one entry; return the session that it decides."""
        if _is_passed_over(body):
            return None
        named = _Named()
        try:
            entry = _read_entry(body[: body.index(b"\n")])
            named = _read_name(entry.data)
            return self._absorb(entry, named)
        except (msgspec.MsgspecError, ValueError):
            self._spoil(named.case)
            return None

    def _spoil(self, case: str) -> None:
        """Count a session one of whose entries cannot be read; its others say too little."""
        self._open.pop(case, None)
        if case not in self._spoiled:
            self._spoiled.add(case)
            self.broken += 1

    def _absorb(self, entry: _Entry, named: _Named) -> StoredCase | None:
        if entry.type == "verify.begin":
            self._open[named.case] = StoredCase(_read_begin(entry.data), entry.actor)
            return None
        case = self._open.get(named.case)
        if case is None:
            if entry.type == "verify.result":
                self._spoil(named.case)
            return None
        match entry.type:
            case "verify.step":
                _absorb_step(case, named.step, entry.data)
            case "review" if named.act == "comparison":
                _absorb_comparison(case, entry)
            case "verify.result":
                del self._open[named.case]
                case.result, case.decided_ms = _read_result(entry.data), entry.t
                return case
            case _:
                pass
        return None


def _is_passed_over(body: bytes) -> bool:
    """Whether an entry is known by its kind and step to be of no use here, without decoding it.

    Members are in the order of their names: the last `type` is the entry's, the last `step` its
    data's; a quote within a text is written with a backslash.
    """
    kind = body.rfind(_TYPE) + len(_TYPE)
    if not body.startswith(_KINDS, kind):
        return True
    step = body.rfind(_STEP, 0, kind)
    return step >= 0 and body.startswith(_PASSED_OVER, step + len(_STEP))


def _absorb_comparison(case: StoredCase, entry: _Entry) -> None:
    """Take a supervisor's answer that counted."""
    said = _read_comparison(entry.data)
    if not said.refused:
        case.comparison, case.reviewer = said, entry.actor


def _absorb_step(case: StoredCase, step: str, data: msgspec.Raw) -> None:
    match step:
        case "liveness.attempt":
            case.attempts.append(_read_attempt(data))
        case "match":
            case.match = _read_match(data)
        case "authority":
            case.authority = _read_authority(data)
        case "exception.requested":
            case.request = _read_request(data)
        case "exception.photo":
            case.photo_sha256 = _read_photograph(data).sha256
        case "override.refused":
            case.refused_overrides.append(_read_refused(data))
        case "review.refused":
            case.review_refused, case.refused_aside = True, case.waits
        case "parked" | "came_back":
            case.wait(waits=step == "parked")
        case "aborted" | "deadline" | "fault":
            case.ending = step
        case _:
            pass
