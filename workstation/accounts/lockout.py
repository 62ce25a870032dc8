"""Failed sign-ins: counted durably before a secret is checked, with a growing delay.

No delay for two failures, 30 s after the third, doubling up to an hour; a quiet day forgets.
"""

import hashlib

from sqlite_utils import Database

from workstation.accounts.small_database import transaction
from workstation.errors import OperatorLocked

__all__ = ["clear", "count_attempt", "create"]

_FREE_FAILURES = 2
_FIRST_DELAY_MS = 30_000
_LONGEST_DELAY_MS = 3_600_000
_FORGET_AFTER_MS = 86_400_000


def create(database: Database) -> None:
    """Create the table."""
    database.table("failures").create(
        {"id_sha256": str, "count": int, "last_ms": int, "locked_until_ms": int},
        pk="id_sha256",
        not_null={"count", "last_ms", "locked_until_ms"},
    )


def count_attempt(database: Database, untrusted_id: str, now_ms: int) -> None:
    """Count one attempt as failed; raises OperatorLocked (whole seconds) while the id is locked.

    Ids that do not exist are counted alike, so that a lock tells nothing about an id.
    """
    key = _key(untrusted_id)
    # Reading the count and raising it are one step for all processes.
    with transaction(database):
        _count(database, key, now_ms)


def clear(database: Database, untrusted_id: str) -> None:
    """Forget the failures of an id whose secret proved right."""
    database.table("failures").delete_where("id_sha256 = ?", [_key(untrusted_id)])


def _count(database: Database, key: str, now_ms: int) -> None:
    failures = database.table("failures")
    # Ids typed once and never again do not pile up; the locked ones are younger than this.
    failures.delete_where("last_ms < ?", [now_ms - _FORGET_AFTER_MS])
    row = next(failures.rows_where("id_sha256 = ?", [key]), None)
    if row is not None and row["locked_until_ms"] > now_ms:
        raise OperatorLocked(str(-(-(row["locked_until_ms"] - now_ms) // 1000)))
    count = 1 if row is None else row["count"] + 1
    failures.upsert(
        {
            "id_sha256": key,
            "count": count,
            "last_ms": now_ms,
            "locked_until_ms": now_ms + _delay_ms(count),
        },
        pk="id_sha256",
    )


def _delay_ms(failures: int) -> int:
    if failures <= _FREE_FAILURES:
        return 0
    # The exponent is capped so that a long attack cannot grow an endless integer.
    doubled = _FIRST_DELAY_MS * 2 ** min(failures - _FREE_FAILURES - 1, 16)
    return int(min(doubled, _LONGEST_DELAY_MS))


def _key(untrusted_id: str) -> str:
    # Digested because people type their secret into the wrong field.
    return hashlib.sha256(untrusted_id[:1024].encode("utf-8", "surrogatepass")).hexdigest()
