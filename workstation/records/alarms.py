"""The station's alarms: each in the signed log, on the home page until a supervisor has seen it.

Kinds of entries written here (docs/formats/log.md, section 2):

security.alarm         what gives away that somebody speaks in an authority's name, or is in the way
security.acknowledged  a supervisor has seen alarms, signed by the supervisor's own key

Whoever is in the way can offer a forged answer as often as he likes. So one code of one source is
written at most once in ten minutes, with the number of times it was seen meanwhile, and the octets
of a few sightings only are kept. `alarms/` in the data folder holds them for the security service,
and `open.json`, what is not acknowledged yet; when that file is gone the log is read again.
"""

import hashlib
import re
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

import msgspec

from crypto.canonical_json import MAX_INTEGER, JsonValue, canonical_json
from crypto.errors import LogError
from crypto.files.durable import write_durably
from crypto.log.audit.reader import LogReader
from crypto.log.file.store import LogStore
from crypto.log.format.entry import LogEntry
from crypto.report.alarm import Alarm, AlarmCode, OpenAlarm
from crypto.strict_json import JsonRefused, strict_decoded
from workstation.records.journal import Journal, SignedIn

__all__ = [
    "ACKNOWLEDGED",
    "ALARM",
    "ALARM_FOLDER",
    "AlarmRegister",
    "list_acknowledged",
    "read_open_alarms",
]

ALARM: Final = "security.alarm"
ACKNOWLEDGED: Final = "security.acknowledged"
ALARM_FOLDER: Final = "alarms"
_OPEN_NAME: Final = "open.json"
_SEEN_NAME: Final = "seen"
_DEFERRED: Final = "deferred-"
_LONGEST_DEFERRED: Final = 4096
_LONGEST_OPEN: Final = 256 << 10
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_QUIET_MS: Final = 600_000
_MOST_OPEN: Final = 64
"""Codes and configured addresses are few; more would be a mistake of ours, not a flood."""

_OTHERS: Final = "others"
_MOST_COUNTED: Final = 1_000_000
_MOST_FILES: Final = 32
_MOST_OCTETS: Final = 64 << 20
_LONGEST_SOURCE: Final = 200
_Key = tuple[str, str]


@dataclass(slots=True)
class _Pending:
    """A sighting that is not written yet, and how many there were of its kind."""

    alarm: Alarm
    count: int = 1


class _Deferred(msgspec.Struct):
    """A sighting that another program left."""

    code: str
    source: str
    detail: str
    sha256: str
    count: int


class AlarmRegister:
    """Takes alarms in any thread; the rest belongs to the log's owner.

    folder  the station's data folder
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / ALARM_FOLDER
        self._lock = threading.Lock()
        self._pending: dict[_Key, _Pending] = {}
        self._open: dict[_Key, OpenAlarm] = {}

    @property
    def open(self) -> tuple[OpenAlarm, ...]:
        """Return the alarms that nobody has acknowledged, the one seen last first."""
        return tuple(sorted(self._open.values(), key=lambda each: -each.last_ms))

    def report(self, alarm: Alarm) -> None:
        """Take a sighting, to be written by `write`; never raises."""
        self._take(alarm, 1)

    def _take(self, alarm: Alarm, count: int) -> None:
        # What the log refuses to hold would keep every later alarm out of it.
        shown = replace(alarm, source=_bound(alarm.source), detail=_bound(alarm.detail))
        key = shown.code.value, shown.source
        with self._lock:
            known = self._pending.get(key)
            if known is not None:
                known.count = min(known.count + count, _MOST_COUNTED)
            elif len(self._pending) < _MOST_OPEN:
                self._pending[key] = _Pending(shown, max(1, min(count, _MOST_COUNTED)))

    def defer(self) -> tuple[Alarm, ...]:
        """Leave what was reported to the next owner of the log, and return it.

        For a program beside a station that runs. What cannot be left is lost, not the command.
        """
        with self._lock:
            taken, self._pending = self._pending, {}
        for pending in taken.values():
            alarm, kept = pending.alarm, self._keep(pending.alarm)
            members: dict[str, JsonValue] = {
                "code": alarm.code.value,
                "source": alarm.source,
                "detail": alarm.detail,
                "sha256": alarm.sha256 if kept else "",
                "count": pending.count,
            }
            key = canonical_json([alarm.code.value, alarm.source])
            name = f"{_DEFERRED}{hashlib.sha256(key).hexdigest()[:16]}.json"
            with suppress(OSError):
                self._folder.mkdir(mode=0o700, exist_ok=True)
                write_durably(self._folder / name, canonical_json(members))
        return tuple(each.alarm for each in taken.values())

    def collect(self) -> None:
        """Take what other programs left."""
        for path in sorted(self._folder.glob(f"{_DEFERRED}*.json"))[:_MOST_OPEN]:
            with suppress(OSError, JsonRefused, ValueError):
                left = strict_decoded(_read_start(path, _LONGEST_DEFERRED), _Deferred)
                sha256 = left.sha256 if _SHA256.fullmatch(left.sha256) else ""
                alarm = Alarm(AlarmCode(left.code), left.source, left.detail, sha256)
                self._take(alarm, left.count)
            with suppress(OSError):
                path.unlink()

    def load(self, log_path: Path, vkey: str) -> None:
        """Read what is not acknowledged, as `read_open_alarms`, and keep it; LogError."""
        found = read_open_alarms(self._folder.parent, log_path, vkey)
        self._open = {each.key: each for each in found}
        with suppress(OSError):
            self._save()

    def write(self, log: LogStore, now_ms: int) -> bool:
        """Write what was reported since; return whether anything was. LogError keeps it for later.

        A sighting within ten minutes of the last entry of its kind is counted only.
        """
        with self._lock:
            taken, self._pending = self._pending, {}
        if not taken:
            return False
        while taken:
            key = next(iter(taken))
            try:
                written = self._write_one(log, self._fold(taken[key]), now_ms)
                self._open[written.key] = written
            except LogError:
                with self._lock:
                    for known, each in self._pending.items():
                        if known in taken:
                            each.count += taken[known].count
                    self._pending = {**taken, **self._pending}
                raise
            del taken[key]
        with suppress(OSError):  # the entries are durable; the file is made again from them
            self._save()
        return True

    def acknowledge(self, journal: Journal, who: SignedIn) -> tuple[OpenAlarm, ...]:
        """Write under the supervisor's key that every open alarm was seen; LogError."""
        seen = self.open
        if seen:
            journal.record_acknowledgement(
                who, [{"entry": each.entry, "count": each.count} for each in seen]
            )
            self._open = {}
            with suppress(OSError):
                self._save()
                self._set_aside()
        return seen

    def _set_aside(self) -> None:
        """Make room for the octets of the next alarms; of those that were seen the newest stay."""
        aside = self._folder / _SEEN_NAME
        aside.mkdir(mode=0o700, exist_ok=True)
        for path in self._folder.glob("*.bin"):
            path.replace(aside / path.name)
        kept = octets = 0
        for path in sorted(aside.glob("*.bin"), key=lambda each: -each.stat().st_mtime_ns):
            kept, octets = kept + 1, octets + path.stat().st_size
            if kept > _MOST_FILES or octets > _MOST_OCTETS:
                path.unlink()

    def _fold(self, pending: _Pending) -> _Pending:
        """Count what comes from ever new sources as one: only who writes the folder has them."""
        alarm = pending.alarm
        if len(self._open) < _MOST_OPEN or (alarm.code.value, alarm.source) in self._open:
            return pending
        return _Pending(replace(alarm, source=_OTHERS), pending.count)

    def _write_one(self, log: LogStore, pending: _Pending, now_ms: int) -> OpenAlarm:
        alarm, before = pending.alarm, self._open.get((pending.alarm.code, pending.alarm.source))
        if before is not None and 0 <= now_ms - before.written_ms < _QUIET_MS:
            return replace(
                before,
                count=before.count + pending.count,
                last_ms=now_ms,
                unwritten=before.unwritten + pending.count,
            )
        unwritten = pending.count + (0 if before is None else before.unwritten)
        data: dict[str, JsonValue] = {
            "code": alarm.code.value,
            "source": alarm.source,
            "detail": alarm.detail,
            "sha256": alarm.sha256,
            "kept": "file" if self._keep(alarm) else alarm.kept_in,
            "count": unwritten,
        }
        if before is not None:
            data["first"] = before.entry
        entry = log.append(ALARM, data, actor="log").entry
        if before is None:
            return OpenAlarm(
                *(alarm.code.value, alarm.source, pending.count),
                *(now_ms, now_ms, entry.seq, now_ms),
            )
        count = before.count + pending.count
        return replace(before, count=count, last_ms=now_ms, written_ms=now_ms, unwritten=0)

    def _keep(self, alarm: Alarm) -> bool:
        """Keep the octets offered, while there is room; return whether they are kept."""
        if not _SHA256.fullmatch(alarm.sha256):
            return False
        path = self._folder / f"{alarm.sha256}.bin"
        try:
            if path.is_file() or not alarm.octets:
                return path.is_file()
            self._folder.mkdir(mode=0o700, exist_ok=True)
            sizes = [each.stat().st_size for each in self._folder.glob("*.bin")]
            if len(sizes) >= _MOST_FILES or sum(sizes) + len(alarm.octets) > _MOST_OCTETS:
                return False
            write_durably(path, alarm.octets)
        except OSError:
            return False
        return True

    def _save(self) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        members: list[JsonValue] = [asdict(each) for each in self.open]
        write_durably(self._folder / _OPEN_NAME, canonical_json(members))


def read_open_alarms(folder: Path, log_path: Path, vkey: str) -> list[OpenAlarm]:
    """Read what nobody has acknowledged; out of the log where the file is gone or damaged.

    folder  the station's data folder

    LogError where the log has to be read and cannot be.
    """
    try:
        text = _read_start(folder / ALARM_FOLDER / _OPEN_NAME, _LONGEST_OPEN)
        found = strict_decoded(text, list[OpenAlarm])
        for each in found:
            _require_sound(each)
    except (OSError, ValueError):
        return _find_open(log_path, vkey)
    return found


def _require_sound(alarm: OpenAlarm) -> None:
    """Refuse what the register never writes; ValueError."""
    AlarmCode(alarm.code)
    numbers = [getattr(alarm, name) for name in OpenAlarm.__slots__[2:]]
    if not all(0 <= each <= MAX_INTEGER for each in numbers):
        raise ValueError(alarm.code)


def _read_start(path: Path, octets: int) -> bytes:
    """Read the beginning of a file: what is longer is none of ours, and is refused as JSON."""
    with path.open("rb") as file:
        return file.read(octets)


def _find_open(log_path: Path, vkey: str) -> list[OpenAlarm]:
    """Find the alarms of a log that no acknowledgement names; reads every row."""
    found: dict[int, OpenAlarm] = {}
    with LogReader(log_path, vkey) as reader, reader.snapshot() as view:
        for seq in view.find(b'"type":"security.'):
            entry = view.entry(seq)
            if entry.kind == ALARM:
                _take_entry(found, entry)
            elif entry.kind == ACKNOWLEDGED:
                for number in list_acknowledged(entry.data):
                    found.pop(number, None)
    return list({each.key: each for each in found.values()}.values())


def _take_entry(found: dict[int, OpenAlarm], entry: LogEntry) -> None:
    data = entry.data
    count, first = _number(data.get("count")), _number(data.get("first"))
    before = found.get(first) if "first" in data else None
    if before is None:
        code, source = str(data.get("code")), str(data.get("source"))
        if code in set(AlarmCode):
            found[entry.seq] = OpenAlarm(
                code, source, count, entry.t_ms, entry.t_ms, entry.seq, entry.t_ms
            )
    else:
        found[first] = replace(
            before, count=before.count + count, last_ms=entry.t_ms, written_ms=entry.t_ms
        )


def list_acknowledged(data: Mapping[str, JsonValue]) -> Sequence[int]:
    """List the first entries of the alarms that the data of an entry of ACKNOWLEDGED names."""
    alarms = data.get("alarms")
    if not isinstance(alarms, Sequence):
        return ()
    return [_number(each.get("entry")) for each in alarms if isinstance(each, Mapping)]


def _bound(text: str) -> str:
    """Return what an entry can hold of a text: printable ASCII, not endless."""
    plain = text[:_LONGEST_SOURCE].encode("ascii", "replace").decode("ascii")
    return "".join(each if each.isprintable() else "?" for each in plain)


def _number(value: JsonValue) -> int:
    return value if isinstance(value, int) else -1
