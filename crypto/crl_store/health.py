"""How each published CRL and responder is doing, and when it is fetched again.

Pure: the moment and the chance come from outside. Times are milliseconds since 1970, 0: never.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Final, Self

from crypto.crl_store.errors import CrlRefused, CrlStoreUnusable
from crypto.errors import CryptoError
from crypto.revocation.sources import FetchFailed

__all__ = ["AddressHealth", "Chance", "HealthCode", "Pace", "classify_failure"]

Chance = Callable[[], float]
"""A number in [0, 1), as `random.Random.random`."""

_SECOND: Final = 1000


class HealthCode(StrEnum):
    """Outcome of the last attempt at one address."""

    NEVER = "never"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    ANSWERED = "answered"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    NOT_CONFIGURED = "host_not_configured"
    NOT_FOUND = "not_found"
    REDIRECTED = "redirected"
    HTTP_ERROR = "http_error"
    EMPTY = "empty"
    CAPTIVE_PORTAL = "captive_portal"
    TOO_LARGE = "too_large"
    TRUNCATED = "truncated"
    NOT_A_LIST = "not_a_list"
    FOREIGN = "foreign_list"
    OLDER = "older_list"
    STALE = "stale_list"
    REFUSED = "list_refused"
    IMPORT_FAILED = "list_import_failed"
    TRY_LATER = "try_later"
    RESPONDER_ERROR = "responder_error"
    UNREADABLE = "unreadable_answer"
    STORE_UNUSABLE = "evidence_unusable"


_GOOD: Final = frozenset({HealthCode.UPDATED, HealthCode.UNCHANGED, HealthCode.ANSWERED})
_FETCH: Final = (
    ("empty", HealthCode.EMPTY),
    ("html", HealthCode.CAPTIVE_PORTAL),
    ("http_404", HealthCode.NOT_FOUND),
    ("http_410", HealthCode.NOT_FOUND),
    ("http_3", HealthCode.REDIRECTED),
    ("http_", HealthCode.HTTP_ERROR),
    ("too_large", HealthCode.TOO_LARGE),
    ("truncated", HealthCode.TRUNCATED),
    ("IncompleteRead", HealthCode.TRUNCATED),
    ("deadline", HealthCode.TIMED_OUT),
    ("TimeoutError", HealthCode.TIMED_OUT),
    ("host_not_configured", HealthCode.NOT_CONFIGURED),
    ("address", HealthCode.NOT_CONFIGURED),
)
_REFUSALS: Final = (
    ("malformed:", HealthCode.NOT_A_LIST),
    ("entries_malformed:", HealthCode.NOT_A_LIST),
    ("no_issuer", HealthCode.FOREIGN),
    ("other_issuer", HealthCode.FOREIGN),
    ("older_than_stored", HealthCode.OLDER),
    ("stale", HealthCode.STALE),
)


def classify_failure(error: CryptoError) -> HealthCode:
    """Return what a failure means for an address; the first beginning of its detail decides."""
    if isinstance(error, CrlStoreUnusable):
        return HealthCode.STORE_UNUSABLE
    if isinstance(error, FetchFailed):
        return _first(_FETCH, error.detail, HealthCode.UNREACHABLE)
    if isinstance(error, CrlRefused):
        return _first(_REFUSALS, error.detail, HealthCode.REFUSED)
    return HealthCode.IMPORT_FAILED


def _first(
    table: tuple[tuple[str, HealthCode], ...], detail: str, otherwise: HealthCode
) -> HealthCode:
    return next((code for start, code in table if detail.startswith(start)), otherwise)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between attempts.

    A CRL that is in force is fetched again after half of the time it has left, within
    `soonest` and `latest`; after failures the wait doubles from `first_retry` to `last_retry`.
    """

    soonest: int = 300
    latest: int = 3600
    first_retry: int = 60
    last_retry: int = 3600

    def wait_after_success(self, left_s: float, chance: Chance) -> float:
        """Return the wait; a tenth of it is chance, so that branches do not all come at once."""
        wait = min(max(left_s / 2, self.soonest), self.latest)
        return wait * (0.9 + 0.1 * chance())

    def wait_after_failure(self, failures: int, chance: Chance) -> float:
        """Return the wait after so many failures in a row; half of it is chance."""
        doubled = self.first_retry << min(max(failures - 1, 0), 20)
        return min(doubled, self.last_retry) * (0.5 + 0.5 * chance())


@dataclass(frozen=True, slots=True)
class AddressHealth:
    """What is known about one address.

    code, detail   outcome of the last attempt
    failures       in a row
    sha256 .. next_update_ms  the CRL that came from there last
    etag, last_modified  validators of HTTP, as the server gave them
    """

    url: str
    code: HealthCode = HealthCode.NEVER
    detail: str = ""
    attempted_ms: int = 0
    succeeded_ms: int = 0
    next_attempt_ms: int = 0
    failures: int = 0
    sha256: str = ""
    number: str = ""
    entries: int = 0
    delta: bool = False
    this_update_ms: int = 0
    next_update_ms: int = 0
    etag: str = ""
    last_modified: str = ""

    @property
    def good(self) -> bool:
        """Whether the last attempt succeeded."""
        return self.code in _GOOD

    def record_success(self, code: HealthCode, now_ms: int, wait_s: float) -> Self:
        """Return the health after an attempt that succeeded."""
        return replace(
            self,
            code=code,
            detail="",
            attempted_ms=now_ms,
            succeeded_ms=now_ms,
            next_attempt_ms=now_ms + int(wait_s * _SECOND),
            failures=0,
        )

    def record_failure(
        self, code: HealthCode, detail: str, now_ms: int, pace: Pace, chance: Chance
    ) -> Self:
        """Return the health after an attempt that failed; what came before is still known."""
        failures = self.failures + 1
        wait_s = pace.wait_after_failure(failures, chance)
        return replace(
            self,
            code=code,
            detail=detail,
            attempted_ms=now_ms,
            next_attempt_ms=now_ms + int(wait_s * _SECOND),
            failures=failures,
        )

    def is_due(self, now_ms: int) -> bool:
        """Whether it is time; a clock set back does not put an attempt off for ever."""
        return now_ms >= self.next_attempt_ms or now_ms < self.attempted_ms

    def members(self) -> dict[str, object]:
        """Return the members for JSON."""
        return asdict(self)

    @classmethod
    def read(cls, url: str, members: Mapping[str, object]) -> Self:
        """Read the members back; one that is not as expected is as if it had not been saved."""
        known: dict[str, object] = {}
        plain = cls(url)
        for each in fields(cls):
            value = members.get(each.name)
            if each.name == "code":
                if isinstance(value, str) and value in set(HealthCode):
                    known["code"] = HealthCode(value)
            elif each.name != "url" and type(value) is type(getattr(plain, each.name)):
                known[each.name] = value
        return replace(plain, **known)  # type: ignore[arg-type]
