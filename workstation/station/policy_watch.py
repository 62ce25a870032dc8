"""Which version of the rules the station works under: changed at midnight, between two cases.

What was loaded stays until its last day, whatever becomes of the files.
"""

import logging
import os
from datetime import date
from pathlib import Path
from typing import Final

from crypto.errors import LogError
from workstation.errors import PolicyRefused, SettingsRefused
from workstation.records.policy_in_force import record_policy_in_force
from workstation.rules.calendar.calendar import PolicyCalendar, PolicyVersion
from workstation.rules.local_time import local_day
from workstation.station.publisher import Publisher
from workstation.verification.rules.built import RuleSource
from workstation.verification.services import Services

__all__ = ["PolicyWatch"]

_UNREADABLE: Final = "station.policy_unreadable"
_LOOK_MS: Final = 60_000
"""How often the folder is looked at for what an administrator has put there."""

_log = logging.getLogger(__name__)
_Seen = tuple[tuple[str, int, int], ...]


class PolicyWatch:
    """Owned by the station's thread; asked while no case runs."""

    def __init__(self, services: Services, publisher: Publisher) -> None:
        self._services = services
        self._publisher = publisher
        self._source = services.rules
        self._calendar = None if self._source is None else self._source.calendar
        self._seen = _look(self._source)
        self._next_look_ms = services.clock.mono_ms() + _LOOK_MS
        self._day: date | None = None
        self._message = ""

    def look(self) -> bool:
        """Put in force what the calendar says of today; return whether the status has changed."""
        if self._source is None or self._calendar is None:
            return False
        day = local_day(self._services.now())
        reread = self._reread(self._source, self._calendar, day)
        if day == self._day and not reread:
            return False
        version = self._calendar.find(day)
        if version is not None and not self._put_in_force(
            self._source, version, day, reread=reread
        ):
            return False
        self._day = day
        before = self._publisher.status
        self._publisher.show_policy(self._calendar.days_left(day), self._message)
        return self._publisher.status != before

    def _reread(self, source: RuleSource, calendar: PolicyCalendar, day: date) -> bool:
        """Read the folder anew where its files have changed; return whether something followed.

        One that was refused is read at every look: a file that another program held (Windows), or a
        share that was away, comes back with the same sizes and times.
        """
        now_ms = self._services.clock.mono_ms()
        if source.folder is None or now_ms < self._next_look_ms:
            return False
        self._next_look_ms = now_ms + _LOOK_MS
        seen = _look(source)
        changed, self._seen = seen != self._seen, seen
        if not changed and not self._message:
            return False
        try:
            found = source.read(self._services.now())
            _require_no_earlier(calendar.find(day), found.find(day))
        except (PolicyRefused, SettingsRefused) as refused:
            if changed:
                _log.error("policies not read anew: %s", refused.detail)
            self._message = _UNREADABLE
            return changed
        self._calendar, self._message = found, ""
        return True

    def _put_in_force(
        self, source: RuleSource, version: PolicyVersion, day: date, *, reread: bool
    ) -> bool:
        """Work under a version; False when the log cannot say so: then it is tried again."""
        policy, current = version.policy, self._services.policy
        if policy.sha256 == current.sha256 and not (reread and policy != current):
            return True
        built = source.build(policy)
        try:
            record_policy_in_force(self._services.journal.log, version, day)
        except LogError as error:
            _log.error("policy not put in force: %s", error.code)
            return False
        self._services.put_in_force(built)
        return True


def _require_no_earlier(current: PolicyVersion | None, found: PolicyVersion | None) -> None:
    """Refuse a folder that has lost today's version, or would go back to one before it."""
    if current is None:
        return
    if found is None or found.policy.valid_from < current.policy.valid_from:
        raise PolicyRefused(f"{current.policy.id} was here before")


def _look(source: RuleSource | None) -> _Seen:
    """Return names, sizes and times of the folder's files; nothing where there is none."""
    if source is None or source.folder is None:
        return ()
    return tuple(_list(source.folder))


def _list(folder: Path) -> list[tuple[str, int, int]]:
    try:
        with os.scandir(folder) as entries:
            found = [(each.name, each.stat()) for each in entries if each.is_file()]
    except OSError:
        return []
    return sorted((name, stat.st_size, stat.st_mtime_ns) for name, stat in found)
