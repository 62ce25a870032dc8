"""Failed sign-ins: counted durably before a secret is tried, with a delay that grows.

Per number and place it is tried from: no delay for two failures, 30 s after the third, doubling
up to the longest. Per station, against a flood of numbers: ten are free, then 5 s up to a minute,
for everybody. A quiet day of running forgets a number's, a quiet half hour the station's.

No wall clock: time is what the machine has surely been running, so a clock that is set neither
opens a lock nor prolongs one. The counts stand in one row under a MAC, with the number of attempts
ever; the log remembers that number too, so a row that was deleted, edited or put back shows.
"""

import copy
import hashlib
import hmac
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec
from sqlite_utils import Database

from workstation.accounts.small_database import connect, transaction
from workstation.errors import OperatorLocked, OperatorRefused
from workstation.rules.parties import person_key

__all__ = ["LONGEST_LOCK_MS", "Attempt", "Lockout", "PastFailure"]

LONGEST_LOCK_MS: Final = 900_000
"""However often a stranger tries somebody's number, the owner waits this long at the most."""

_FREE = 2
_FIRST_DELAY_MS = 30_000
_FORGET_AFTER_MS = 86_400_000
_STATION_FREE = 10
_STATION_FIRST_DELAY_MS = 5_000
_STATION_LONGEST_MS = 60_000
_STATION_FORGET_AFTER_MS = 1_800_000
_PURPOSE = b"lockout/v1"
_LONGEST_ID = 1024
_DIGEST_BYTES = 16
_TABLE = "CREATE TABLE IF NOT EXISTS lockout (state TEXT NOT NULL, mac BLOB NOT NULL)"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt, counted as failed until `Lockout.succeed` says that it was not.

    source   who was signed in where it was made; empty at the sign-in screen
    count    failures in a row of this number from there, this one included
    total    attempts ever made at this station
    wait_ms  how long this number is locked there from now on
    lost     whether the counts on the disk were not those that were written
    """

    untrusted_id: str = field(repr=False)
    source: str
    count: int
    total: int
    wait_ms: int
    lost: bool


@dataclass(frozen=True, slots=True)
class PastFailure:
    """What the log says of an account's newest failure from one place."""

    account: str
    source: str
    count: int


class _Count(msgspec.Struct, array_like=True):
    count: int = 0
    last_ms: int = 0
    until_ms: int = 0


class _State(msgspec.Struct, forbid_unknown_fields=True):
    """mono_ms was read when `elapsed_ms` had run, both of the machine."""

    mono_ms: int = 0
    elapsed_ms: int = 0
    total: int = 0
    station: _Count = msgspec.field(default_factory=_Count)
    people: dict[str, _Count] = msgspec.field(default_factory=dict)

    def forget(self) -> None:
        """Drop whose last failure is long ago; numbers typed once do not pile up."""
        since_ms = self.elapsed_ms - _FORGET_AFTER_MS
        self.people = {key: each for key, each in self.people.items() if each.last_ms >= since_ms}

    def advance(self, mono_ms: int) -> None:
        """Let the time pass that has passed at the least.

        `mono_ms` starts at each boot, so a smaller one than before is the time since that boot,
        and a larger one has passed at least by the difference whether there was a boot or not.
        """
        passed = mono_ms - self.mono_ms
        self.elapsed_ms += passed if passed >= 0 else mono_ms
        self.mono_ms = mono_ms


class Lockout:
    """The counts of one station; every call opens its own connection.

    While it lives it remembers what it wrote, so changing the file under it gains nothing.
    """

    def __init__(self, path: Path, secret: bytes, *, longest_ms: int = LONGEST_LOCK_MS) -> None:
        """Use the file of accounts at `path`.

        secret      32 bytes of the station
        longest_ms  the longest lock, an administrator's choice
        """
        self._path = path
        self._key = hmac.digest(secret, _PURPOSE, hashlib.sha256)
        self._longest_ms = longest_ms
        self._known: _State | None = None

    def create(self, mono_ms: int) -> None:
        """Begin to count, at a new station; counts that are missing later have been deleted."""
        with connect(self._path, OperatorRefused("store")) as database, transaction(database):
            database.execute(_TABLE)
            self._write(database, _State(mono_ms))

    def count(self, untrusted_id: str, mono_ms: int, source: str = "") -> Attempt:
        """Count one attempt as failed; raises OperatorLocked (whole seconds to wait).

        Numbers that do not exist are counted alike, so that a lock tells nothing about one.
        """
        with self._change(mono_ms) as (state, lost):
            person = state.people.setdefault(self._place(untrusted_id, source), _Count())
            wait_ms = max(person.until_ms, state.station.until_ms) - state.elapsed_ms
            if wait_ms <= 0:
                state.total += 1
                _add(person, state.elapsed_ms, _delay_ms(person.count + 1, self._longest_ms))
                if state.elapsed_ms - state.station.last_ms > _STATION_FORGET_AFTER_MS:
                    state.station.count = 0
                _add(state.station, state.elapsed_ms, _station_delay_ms(state.station.count + 1))
        # Outside: how long it has been waited is kept also for whoever is still refused.
        if wait_ms > 0:
            raise OperatorLocked(str(-(-wait_ms // 1000)))
        locked_ms = person.until_ms - person.last_ms
        return Attempt(untrusted_id, source, person.count, state.total, locked_ms, lost)

    def succeed(self, attempt: Attempt, mono_ms: int) -> None:
        """Take back an attempt that proved right, and forget the failures of its number.

        The station's other ones stay: whoever knows one secret would otherwise try those of
        others for nothing.
        """
        with self._change(mono_ms) as (state, _):
            self._forget(state, attempt.untrusted_id)
            state.station.count = max(0, state.station.count - 1)
            # It was let through, so no lock was left from before it.
            state.station.until_ms = state.elapsed_ms

    def unlock(self, operator_id: str, mono_ms: int) -> None:
        """Forget the failures of a number, from everywhere, on an administrator's word."""
        with self._change(mono_ms) as (state, _):
            self._forget(state, operator_id)

    def wait_s(self, operator_id: str, mono_ms: int) -> int:
        """Return for how many seconds a number is locked from anywhere; nothing is changed."""
        with connect(self._path, OperatorRefused("store")) as database:
            database.execute(_TABLE)
            state, _ = self._read(database)
        state.advance(mono_ms)
        mine = self._digest(operator_id)
        until = [each.until_ms for key, each in state.people.items() if key.startswith(mine)]
        return max(0, -(-(max(until, default=0) - state.elapsed_ms) // 1000))

    def recover(self, total: int, past: Iterable[PastFailure], mono_ms: int) -> bool:
        """Compare the counts with the log's at start; return whether they had to be taken from it.

        total  how many attempts the log says were made
        past   newest failure of each account and place since that account's last success; read
               only where it is needed. Its locks begin anew
        """
        with connect(self._path, OperatorRefused("store")) as database:
            database.execute(_TABLE)
            state, sound = self._read(database)
            if sound and state.total >= total:
                return False
            elapsed_ms = max(state.elapsed_ms, 0)
            taken = _State(mono_ms, elapsed_ms, total, _Count(_STATION_FREE + 1, elapsed_ms))
            taken.station.until_ms = elapsed_ms + _station_delay_ms(taken.station.count)
            for each in past:
                until_ms = elapsed_ms + _delay_ms(each.count, self._longest_ms)
                place = self._place(each.account, each.source)
                taken.people[place] = _Count(each.count, elapsed_ms, until_ms)
            with transaction(database):
                self._write(database, taken)
        return True

    @property
    def total(self) -> int:
        """How many attempts were ever made at this station, as far as is known here."""
        return 0 if self._known is None else self._known.total

    @contextmanager
    def _change(self, mono_ms: int) -> Iterator[tuple[_State, bool]]:
        """Read the counts, let them be changed and write them, alone among all processes.

        Yields them and whether those on the disk were not the ones that were written.
        """
        with connect(self._path, OperatorRefused("store")) as database, transaction(database):
            database.execute(_TABLE)
            state, sound = self._read(database)
            known = self._known
            lost = not sound or (known is not None and state.total < known.total)
            if lost and known is not None:
                state = copy.deepcopy(known)
            state.advance(mono_ms)
            state.forget()
            yield state, lost
            self._write(database, state)

    def _forget(self, state: _State, untrusted_id: str) -> None:
        mine = self._digest(untrusted_id)
        state.people = {key: v for key, v in state.people.items() if not key.startswith(mine)}

    def _read(self, database: Database) -> tuple[_State, bool]:
        """Return the counts on the disk and whether they are what was written."""
        rows = database.execute("SELECT state, mac FROM lockout").fetchall()
        if len(rows) != 1:
            return _State(), False
        text, mac = rows[0]
        try:
            state = msgspec.json.decode(text, type=_State)
            right = hmac.compare_digest(mac, self._mac(text))
        except (TypeError, ValueError, msgspec.MsgspecError):
            return _State(), False
        return (state, True) if right else (_State(), False)

    def _write(self, database: Database, state: _State) -> None:
        text = msgspec.json.encode(state).decode()
        database.execute("DELETE FROM lockout")
        database.execute("INSERT INTO lockout VALUES (?, ?)", (text, self._mac(text)))
        self._known = state

    def _mac(self, text: str) -> bytes:
        return hmac.digest(self._key, text.encode(), hashlib.sha256)

    def _place(self, untrusted_id: str, source: str) -> str:
        return f"{self._digest(untrusted_id)}.{self._digest(source)}"

    def _digest(self, untrusted_id: str) -> str:
        # Keyed, because people type their secret into the wrong field.
        folded = person_key(untrusted_id[:_LONGEST_ID]).encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, folded, hashlib.sha256)[:_DIGEST_BYTES].hex()


def _add(to: _Count, elapsed_ms: int, delay_ms: int) -> None:
    to.count += 1
    to.last_ms = elapsed_ms
    to.until_ms = elapsed_ms + delay_ms


def _delay_ms(failures: int, longest_ms: int) -> int:
    return _double(_FIRST_DELAY_MS, failures - _FREE, longest_ms)


def _station_delay_ms(failures: int) -> int:
    return _double(_STATION_FIRST_DELAY_MS, failures - _STATION_FREE, _STATION_LONGEST_MS)


def _double(first_ms: int, beyond: int, longest_ms: int) -> int:
    # The exponent is capped so that a long attack cannot grow an endless integer.
    return int(min(first_ms * 2 ** min(beyond - 1, 16), longest_ms)) if beyond > 0 else 0
