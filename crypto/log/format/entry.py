"""One log entry: a signed note whose text is one line of canonical JSON (docs/formats/log.md).

Beside what canonical JSON asks of every value, an entry has short lower-case member names, text in
Unicode's form C, at most six levels and 8 KiB.
"""

import base64
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import msgspec

from crypto.canonical_json import (
    MAX_INTEGER,
    JsonNotCanonical,
    JsonValue,
    canonical_json,
    encode_plain,
)
from crypto.errors import EntryMalformed, NoteMalformed
from crypto.log.format.merkle import HASH_BYTES, leaf_hash
from crypto.log.format.note import (
    Note,
    NoteSigner,
    SignatureLine,
    parse_note,
    parse_signature_line,
    strict_base64,
)

__all__ = [
    "MAX_DEPTH",
    "MAX_ENTRY_BYTES",
    "Header",
    "LogEntry",
    "canonical",
    "parse_canonical",
    "parse_entry",
    "reread_entry",
    "seal_entry",
]

MAX_ENTRY_BYTES = 8 * 1024
MAX_DEPTH = 6
FORMAT_VERSION = 1

_NAMES = re.compile(r"[a-z0-9_]{1,64}(?:\n[a-z0-9_]{1,64})*", re.ASCII)
_KIND = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+){0,3}", re.ASCII)
_MAX_KIND = 64
_REQUIRED = frozenset({"v", "log", "seq", "t", "mono", "boot", "type", "data"})
_OPTIONAL = frozenset({"actor", "prev"})


def _require_profile(value: object, depth: int) -> bool:
    """Refuse what canonical JSON allows and an entry does not; the depth bounds the recursion.

    Returns whether there is nothing that is for `canonical_json` to judge or to make plain.
    """
    match value:
        case str():
            _require_composed(value)
            return type(value) is str
        case dict() | Mapping():
            deeper = _deeper(depth)
            _require_names(value)
            return _require_each(value.values(), deeper) and type(value) is dict
        case list() | tuple():
            return _require_each(value, _deeper(depth))
        case _:
            return value is None or type(value) is bool


def _require_each(values: Iterable[object], depth: int) -> bool:
    plain = True
    for each in values:
        # By exact type, for most are text or numbers: a pattern asks one class after another.
        if type(each) is str:
            _require_composed(each)
        elif type(each) is int:
            plain = plain and -MAX_INTEGER <= each <= MAX_INTEGER
        else:
            plain = _require_profile(each, depth) and plain
    return plain


def _require_composed(text: str) -> None:
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        raise EntryMalformed("not NFC")


def _deeper(depth: int) -> int:
    if depth >= MAX_DEPTH:
        raise EntryMalformed("too deep")
    return depth + 1


def _require_names(members: Mapping[str, object]) -> None:
    """Check all names of an object in one match, which halves the cost of encoding."""
    try:
        joined = "\n".join(members)
    except TypeError:
        raise EntryMalformed("member name") from None
    if members and (joined.count("\n") >= len(members) or not _NAMES.fullmatch(joined)):
        raise EntryMalformed("member name")


def canonical(members: Mapping[str, JsonValue]) -> bytes:
    """Encode an object as canonical JSON; EntryMalformed on anything outside the profile."""
    plain = _require_profile(members, 0)
    try:
        encoded = encode_plain(members) if plain else canonical_json(members)
    except JsonNotCanonical as refused:
        raise EntryMalformed(str(refused)) from refused
    except UnicodeEncodeError:
        raise EntryMalformed("lone surrogate") from None
    if len(encoded) > MAX_ENTRY_BYTES:
        raise EntryMalformed("too long")
    return encoded


def parse_canonical(untrusted: bytes) -> dict[str, JsonValue]:
    """Parse an object strictly: duplicates, floats and any other spelling are EntryMalformed.

    Whatever two readers could understand differently is not spelled in the one canonical way, so
    writing the value again and comparing the octets refuses it.
    """
    if len(untrusted) > MAX_ENTRY_BYTES:
        raise EntryMalformed("too long")
    try:
        value = json.loads(untrusted.decode("utf-8"))
    except (ValueError, RecursionError) as refused:
        raise EntryMalformed("not JSON") from refused
    if not isinstance(value, dict):
        raise EntryMalformed("not an object")
    if canonical(value) != untrusted:
        raise EntryMalformed("not canonical")
    return value


@dataclass(frozen=True, slots=True)
class Header:
    """What the log itself says about an entry. Times are ms; `prev` is None only at seq 0."""

    log: str
    seq: int
    prev: bytes | None
    t_ms: int
    mono_ms: int
    boot: str


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry as stored. `signers` are key names in line order; `leaf` is its RFC 6962 hash."""

    seq: int
    kind: str
    t_ms: int
    actor: str
    data: Mapping[str, JsonValue]
    body: bytes
    leaf: bytes
    signers: tuple[str, ...]
    header: Header
    note: Note

    @property
    def lines(self) -> tuple[SignatureLine, ...]:
        """The signature lines, unverified."""
        return self.note.lines


@lru_cache(maxsize=256)
def _check_kind(kind: str) -> None:
    if len(kind) > _MAX_KIND or not _KIND.fullmatch(kind):
        raise EntryMalformed("kind")


def seal_entry(
    header: Header,
    kind: str,
    data: Mapping[str, JsonValue],
    *,
    actor: str,
    signers: Sequence[NoteSigner],
) -> LogEntry:
    """Write and sign an entry; EntryMalformed when a member breaks the profile."""
    _check_kind(kind)
    members: dict[str, JsonValue] = {
        "boot": header.boot,
        "data": data,
        "log": header.log,
        "mono": header.mono_ms,
        "seq": header.seq,
        "t": header.t_ms,
        "type": kind,
        "v": FORMAT_VERSION,
    }
    if actor:
        members["actor"] = actor
    if header.prev is not None:
        members["prev"] = base64.b64encode(header.prev).decode("ascii")
    text = canonical(members) + b"\n"
    note = Note(text, tuple(signer.sign_line(text) for signer in signers))
    # The data as written, not the caller's mapping, which may change later.
    written = msgspec.json.decode(text)["data"]
    return _entry(header, kind, actor, written, note, note.encode())


def _entry(
    header: Header,
    kind: str,
    actor: str,
    data: dict[str, JsonValue],
    note: Note,
    body: bytes,
) -> LogEntry:
    if len(body) > MAX_ENTRY_BYTES:
        raise EntryMalformed("too long")
    return LogEntry(
        seq=header.seq,
        kind=kind,
        t_ms=header.t_ms,
        actor=actor,
        data=MappingProxyType(data),
        body=body,
        leaf=leaf_hash(body),
        signers=tuple(line.name for line in note.lines),
        header=header,
        note=note,
    )


def _integer(members: Mapping[str, JsonValue], name: str) -> int:
    value = members[name]
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise EntryMalformed(name)
    return value


def _text(members: Mapping[str, JsonValue], name: str) -> str:
    value = members[name]
    if not isinstance(value, str) or not value:
        raise EntryMalformed(name)
    return value


def _prev(members: Mapping[str, JsonValue], seq: int) -> bytes | None:
    if (seq == 0) != ("prev" not in members):
        raise EntryMalformed("prev")
    if seq == 0:
        return None
    prev = strict_base64(_text(members, "prev"))
    if len(prev) != HASH_BYTES:
        raise EntryMalformed("prev")
    return prev


def reread_entry(body: bytes) -> LogEntry:
    """Return what `parse_entry` returned once for these very bytes, at a third of its cost.

    Anything may come of bytes that it has not passed.
    """
    text, _, tail = body.rpartition(b"\n\n")
    members = json.loads(text)
    prev = members.get("prev")
    header = Header(
        log=members["log"],
        seq=members["seq"],
        prev=None if prev is None else base64.b64decode(prev),
        t_ms=members["t"],
        mono_ms=members["mono"],
        boot=members["boot"],
    )
    lines = tuple(parse_signature_line(line) for line in tail.decode()[:-1].split("\n"))
    note = Note(text + b"\n", lines)
    return _entry(header, members["type"], members.get("actor", ""), members["data"], note, body)


def parse_entry(untrusted_body: bytes) -> LogEntry:
    """Parse an entry's bytes strictly, else EntryMalformed; signatures stay unverified."""
    try:
        note = parse_note(untrusted_body)
        members = parse_canonical(note.text[:-1])
        if not members.keys() >= _REQUIRED or members.keys() - _REQUIRED - _OPTIONAL:
            raise EntryMalformed("members")
        seq = _integer(members, "seq")
        header = Header(
            log=_text(members, "log"),
            seq=seq,
            prev=_prev(members, seq),
            t_ms=_integer(members, "t"),
            mono_ms=_integer(members, "mono"),
            boot=_text(members, "boot"),
        )
    except NoteMalformed as error:
        raise EntryMalformed(error.detail) from error
    kind, data = _text(members, "type"), members["data"]
    _check_kind(kind)
    if _integer(members, "v") != FORMAT_VERSION:
        raise EntryMalformed("version")
    if not isinstance(data, dict):
        raise EntryMalformed("data")
    actor = _text(members, "actor") if "actor" in members else ""
    return _entry(header, kind, actor, data, note, untrusted_body)
