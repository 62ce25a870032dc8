"""One budget of attempts for the stations of a branch, beside the station's own count."""

import secrets
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Final

from workstation.accounts.attempt_budget import AttemptCount, AttemptSource
from workstation.accounts.cool_down import CoolDown
from workstation.errors import OperationRefused
from workstation.registries.attempts import AttemptEvent, AttemptRegistry

__all__ = ["SharedBudget"]

_MOST_UNTOLD: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Untold:
    """An event that the branch does not know of yet."""

    iin: str = field(repr=False)
    event: AttemptEvent
    at_ms: int
    event_id: str


class SharedBudget:
    """An AttemptBudget that asks the branch, and counts alone while it does not answer.

    Events go out by a thread of their own, oldest first. Those that the branch has not taken are
    told with the next question; a restart forgets them, for their ИИН stands in no file. The
    station's own count holds them all the same.
    """

    def __init__(self, local: CoolDown, registry: AttemptRegistry) -> None:
        self._local = local
        self._registry = registry
        self._untold: deque[_Untold] = deque(maxlen=_MOST_UNTOLD)
        self._sending = threading.Lock()
        self._sender = ThreadPoolExecutor(1, thread_name_prefix="attempts")

    def refusals_since(self, iin: str, since_ms: int) -> AttemptCount:
        """Ask the branch, telling it first what it does not know; its count or ours, the larger."""
        own = self._local.refusals_since(iin, since_ms)
        tally = self._registry.count(iin, since_ms) if self._tell() else None
        if tally is None:
            return replace(own, source=AttemptSource.LOCAL_ALONE)
        refusals = max(own.refusals, tally.refusals)
        return AttemptCount(refusals, tally.lifted, AttemptSource.BRANCH)

    def record(
        self, iin: str, at_ms: int, *, keep_ms: int, case: str = "", teller: str = ""
    ) -> None:
        """Remember a failure here and send word of it."""
        self._local.record(iin, at_ms, keep_ms=keep_ms, case=case, teller=teller)
        self._send(iin, AttemptEvent.REFUSED, at_ms)

    def lift(self, iin: str, *, by: str, at_ms: int, since_ms: int) -> tuple[str, ...]:
        """Lift the wait for one more session anywhere in the branch.

        Failures at other stations are not known here, so that nobody's name is held against
        `by` for them, and a customer without a failure of ours may have one of theirs.
        """
        try:
            cases = self._local.lift(iin, by=by, at_ms=at_ms, since_ms=since_ms)
        except OperationRefused as refused:
            if refused.code != "cool_down.not_active":
                raise
            cases = ()
        self._send(iin, AttemptEvent.LIFTED, at_ms)
        return cases

    def spend_lift(self, iin: str, at_ms: int) -> None:
        """End what was lifted, here and in the branch."""
        self._local.spend_lift(iin, at_ms)
        self._send(iin, AttemptEvent.SPENT, at_ms)

    def close(self) -> None:
        """Try once more to tell what the branch does not know, then close the file."""
        self._sender.shutdown(cancel_futures=True)
        self._tell()
        self._local.close()

    def _send(self, iin: str, event: AttemptEvent, at_ms: int) -> None:
        self._untold.append(_Untold(iin, event, at_ms, secrets.token_hex(16)))
        self._sender.submit(self._tell)

    def _tell(self) -> bool:
        """Tell the branch what it does not know, oldest first; whether it knows all now."""
        with self._sending:
            while self._untold:
                first = self._untold[0]
                if not self._registry.report(first.iin, first.event, first.at_ms, first.event_id):
                    return False
                # What came in meanwhile may have pushed it out of a full queue.
                if self._untold and self._untold[0] is first:
                    self._untold.popleft()
            return True
