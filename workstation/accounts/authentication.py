"""Asking who somebody is: every attempt is counted, tried, and written to the log when it failed.

The typed text of a number that no account has never enters the log: people type their secret
into the wrong field.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from crypto.errors import KeyRefused
from crypto.log.file.clock import Clock
from crypto.log.file.store import LogStore
from workstation.accounts.lockout import Attempt, Lockout, PastFailure
from workstation.accounts.operators import Authenticated, Operators
from workstation.errors import AccountNotEnrolled, OperatorRefused
from workstation.records.journal import Journal, SignedIn
from workstation.rules.parties import Operator, Role, person_key

__all__ = ["Authenticator", "open_authenticator"]

_NEWEST = 1_024
"""Entries looked through for the newest count: it stands in every sign-in."""

_TAIL = 10_000
"""Entries that the counts are taken from when the station's own are gone."""


class Authenticator:
    """The one way to be somebody at this station; owned by the thread that owns the journal."""

    def __init__(
        self, operators: Operators, lockout: Lockout, journal: Journal, clock: Clock
    ) -> None:
        self._operators = operators
        self._lockout = lockout
        self._journal = journal
        self._clock = clock

    def recover(self) -> None:
        """Take the counts from the log where the station's own were deleted, edited or put back.

        Done at start. Raises OperatorRefused(`store`), LogError.
        """
        log, mono_ms = self._journal.log, self._clock.mono_ms()
        total = _read_total(log)
        if self._lockout.recover(total, _read_failures(log), mono_ms):
            self._journal.record_lost_counts(total)

    def authenticate(
        self, untrusted_id: str, untrusted_secret: str, *, source: str = ""
    ) -> Authenticated:
        """Return the person whose secret this is.

        source  id of who is signed in where it is typed; empty at the sign-in screen. Failures
                count apart: a teller who tries the supervisor's number locks it at his own session

        Raises OperatorLocked (detail: whole seconds to wait) while the number or the station is
        locked, whether or not there is such an account; OperatorRefused as `Operators`; LogError.
        """
        attempt = self._lockout.count(untrusted_id, self._clock.mono_ms(), source)
        if attempt.lost:
            self._journal.record_lost_counts(attempt.total)
        try:
            found = self._operators.authenticate(attempt, untrusted_secret)
        except OperatorRefused:
            self._record(attempt, "refused")
            raise
        self._lockout.succeed(attempt, self._clock.mono_ms())
        return found

    def sign_in(self, person: Authenticated) -> SignedIn:
        """Open the person's session in the log.

        Raises AccountNotEnrolled when the log does not know the credential for that number and
        role, or knows it as revoked: the account was not made the way accounts are made.
        """
        total = self._lockout.total
        try:
            who = self._journal.sign_in(
                person.operator, person.credential, authentication="password", attempts=total
            )
            return replace(who, duress=person.duress)
        except KeyRefused as error:
            self._journal.record_failed_sign_in(
                person.operator.id, source="", count=0, total=total, why="not_enrolled"
            )
            raise AccountNotEnrolled(error.detail) from error

    def read_names(self) -> dict[str, str]:
        """Return the operators' names by number, disabled ones too; raises OperatorRefused."""
        return {each.id: each.name for each in self._operators.accounts()}

    def is_in_force(self, operator: Operator) -> bool:
        """Whether the account is still there, enabled, and what it was at sign-in."""
        return self._operators.is_in_force(operator)

    def unlock(self, operator_id: str, by: SignedIn) -> str:
        """Forget an account's failures on an administrator's word; return its id as written.

        Raises OperatorRefused: `unknown`, or `admin_waits` for an administrator's number. Who
        tries the secret of the second pair of eyes would end each lock by the own word.
        """
        account = self._operators.find_id(operator_id)
        if not account:
            raise OperatorRefused("unknown")
        if any(
            each.id == account and each.role is Role.ADMIN for each in self._operators.accounts()
        ):
            raise OperatorRefused("admin_waits")
        self._journal.record_administration(by, "sign_in.unlocked", {"account": account})
        self._lockout.unlock(account, self._clock.mono_ms())
        return account

    def wait_s(self, operator_id: str) -> int:
        """Return for how many seconds failed sign-ins lock a number; any thread may ask."""
        return self._lockout.wait_s(operator_id, self._clock.mono_ms())

    def change_own_secret(self, untrusted_id: str, untrusted_secret: str, new_secret: str) -> None:
        """Let a person seal their credential under a new secret.

        Raises OperatorRefused as `authenticate`, or why the new secret is weak.
        """
        person = self.authenticate(untrusted_id, untrusted_secret)
        self._operators.change_own_secret(person, untrusted_secret, new_secret)

    def set_duress_secret(self, untrusted_id: str, untrusted_secret: str, duress: str) -> None:
        """Let a person have a second secret, which says that they are not free.

        Raises OperatorRefused as `authenticate`, or why the second secret is none.
        """
        person = self.authenticate(untrusted_id, untrusted_secret)
        self._operators.set_duress_secret(person, untrusted_secret, duress)

    def _record(self, attempt: Attempt, why: str) -> None:
        account = self._operators.find_id(attempt.untrusted_id)
        self._journal.record_failed_sign_in(
            account, source=attempt.source, count=attempt.count, total=attempt.total, why=why
        )
        if attempt.wait_ms:
            self._journal.record_lock(account, attempt.source, -(-attempt.wait_ms // 1000))


def open_authenticator(
    accounts: Path, secret: bytes, longest_lock_s: int, journal: Journal, clock: Clock
) -> Authenticator:
    """Return the authenticator of a station whose log is open, its counts compared with the log's.

    secret  32 bytes of the station, from its key store
    """
    lockout = Lockout(accounts, secret, longest_ms=longest_lock_s * 1000)
    authenticator = Authenticator(Operators(accounts), lockout, journal, clock)
    authenticator.recover()
    return authenticator


def _read_total(log: LogStore) -> int:
    """Return how many attempts were made, as the newest entry that says so has it."""
    for index in range(log.size - 1, max(-1, log.size - 1 - _NEWEST), -1):
        entry = log.entry(index)
        said = entry.data.get(_TOTAL.get(entry.kind, ""))
        if isinstance(said, int):
            return said
    return 0


_TOTAL = {"session.open": "attempts", "sign_in.failed": "total"}


def _read_failures(log: LogStore) -> Iterator[PastFailure]:
    """Yield the newest failure of each account and place since that account's last success."""
    found: dict[tuple[str, str], PastFailure] = {}
    for entry in log.entries(max(0, log.size - _TAIL)):
        account = str(entry.data.get("actor" if entry.kind == "session.open" else "account", ""))
        if entry.kind in {"session.open", "sign_in.unlocked"}:
            person = person_key(account)
            found = {key: each for key, each in found.items() if key[0] != person}
        count = entry.data.get("count")
        if entry.kind == "sign_in.failed" and account and isinstance(count, int):
            source = str(entry.data.get("source", ""))
            found[person_key(account), source] = PastFailure(account, source, count)
    yield from found.values()
