"""The log's entries about which version of the rules was put in force, and when."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from crypto.canonical_json import JsonValue
from crypto.log.file.store import LogStore
from workstation.errors import PolicyRefused
from workstation.rules.calendar.calendar import PolicyVersion

__all__ = ["POLICY_IN_FORCE", "PolicyOrder", "record_policy_in_force", "require_no_earlier"]

POLICY_IN_FORCE: Final = "policy.in_force"
_PAGE: Final = 64
_Named = tuple[str, str]
"""Id and digest of a version."""


def record_policy_in_force(log: LogStore, version: PolicyVersion, day: date) -> None:
    """Write that a version binds here from now on, because of the day in Kazakhstan; LogError."""
    policy = version.policy
    data: dict[str, JsonValue] = {
        "id": policy.id,
        "sha256": policy.sha256,
        "signers": list(version.signers),
        "valid_from": policy.valid_from.isoformat(),
        "valid_to": None if policy.valid_to is None else policy.valid_to.isoformat(),
        "day": day.isoformat(),
    }
    log.append(POLICY_IN_FORCE, data, actor="log")


def require_no_earlier(log: LogStore, version: PolicyVersion, day: date) -> None:
    """Raise PolicyRefused when the log has put a later version in force that has begun by `day`.

    Whoever can write the folder could take a newer version away and put back the one before, with
    signatures that were right then.
    """
    stated = _find_newest(log)
    if stated is None:
        return
    begun = str(stated.get("valid_from", ""))
    if version.policy.valid_from.isoformat() < begun <= day.isoformat():
        raise PolicyRefused(
            f"{version.policy.id}: {stated.get('id')}, in force from {begun}, was here before it"
        )


def _find_newest(log: LogStore) -> dict[str, JsonValue] | None:
    """Return what the newest such entry says, from the end back: every start writes one."""
    end = log.size
    while end > 0:
        start = max(0, end - _PAGE)
        for entry in reversed(tuple(log.entries(start, end))):
            if entry.kind == POLICY_IN_FORCE:
                return dict(entry.data)
        end = start
    return None


class PolicyOrder:
    """Follows which version a log put in force last, and which one each case began under.

    Logs of before have no such entries: nothing is asked of their cases.
    """

    def __init__(self) -> None:
        self._newest: _Named | None = None
        self._cases: dict[str, _Named] = {}

    def put_in_force(self, data: Mapping[str, JsonValue]) -> bool:
        """Take note of a `policy.in_force` entry; False when its days contradict its day."""
        self._newest = str(data.get("id")), str(data.get("sha256"))
        try:
            begins, day = (
                date.fromisoformat(str(data.get(name))) for name in ("valid_from", "day")
            )
            last = data.get("valid_to")
            ends = None if last is None else date.fromisoformat(str(last))
        except ValueError:
            return False
        return begins <= day and (ends is None or day <= ends)

    def begin(self, case: str, data: Mapping[str, JsonValue]) -> bool:
        """Take note of a case's begin; False unless it names the version in force."""
        named = _name(data)
        self._cases[case] = named
        return self._newest in {None, named}

    def end(self, case: str, data: Mapping[str, JsonValue]) -> bool:
        """Take a case's result; False when it was decided under another version than it began."""
        began = self._cases.pop(case, None)
        stated = data.get("policy")
        return self._newest is None or stated is None or began in {None, _name(data)}


def _name(data: Mapping[str, JsonValue]) -> _Named:
    return str(data.get("policy")), str(data.get("policy_sha256"))
