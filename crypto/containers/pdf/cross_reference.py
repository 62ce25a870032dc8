"""Cross-reference tables and streams, and the chain they form (ISO 32000-2 7.5.4 to 7.5.8).

Nothing is repaired: a reader that repairs sees another document than one that does not.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeGuard

from crypto.containers.errors import ContainerMalformed, ContainerUnsupported
from crypto.containers.pdf.filters import decode_stream
from crypto.containers.pdf.syntax import Dictionary, Parser, PdfName, Reference

__all__ = ["COMPRESSED", "FREE", "IN_USE", "CrossReferences", "Entry", "Section"]

Entry: TypeAlias = tuple[int, int, int]
"""Kind, then offset and generation, or the number of the object stream and an index in it."""

FREE, IN_USE, COMPRESSED = 0, 1, 2

_MAX_SECTIONS = 256
_MAX_ENTRIES = 300_000
_MAX_STREAM = 16 << 20
_MAX_WIDTH = 8
_TAIL = 4096
_BLANK = rb"[\x00\t\n\f\r ]"
_LAST = re.compile(
    rb"startxref" + _BLANK + rb"++(\d{1,12})" + _BLANK + rb"++%%EOF" + _BLANK + rb"*\Z"
)
# Offsets that point at the line end before what they mean are common; all readers agree on them.
_TABLE = re.compile(_BLANK + rb"*+xref" + _BLANK + rb"++")
_RANGE = re.compile(rb"(\d{1,10}) ++(\d{1,10})" + _BLANK + rb"++")
_ROW = re.compile(rb"(\d{10}) (\d{5}) ([nf])[\r\n ]{1,2}")
_TRAILER = re.compile(_BLANK + rb"*trailer")
_HEADER = re.compile(_BLANK + rb"*+(\d{1,10})" + _BLANK + rb"++(\d{1,5})" + _BLANK + rb"++obj")


@dataclass(frozen=True, slots=True, repr=False)
class Section:
    """One cross-reference section with its trailer; `start` and `end` in the file."""

    start: int
    end: int
    entries: dict[int, Entry]
    trailer: Dictionary


@dataclass(slots=True)
class CrossReferences:
    """The sections of a file, each read once; every bound holds for all of them together."""

    octets: bytes
    decoded_left: int = 256 << 20
    """Octets of streams that may still be decoded, in all revisions together."""

    _sections: dict[int, Section] = field(default_factory=dict)
    _entries: int = 0

    def find_start(self, end: int) -> int | None:
        """Return where the last section of the file cut at `end` begins; None without its mark."""
        found = _LAST.search(self.octets[max(0, end - _TAIL) : end])
        return int(found[1]) if found is not None else None

    def read_chain(self, end: int) -> tuple[Section, ...]:
        """Return the sections of the file cut at `end`, newest first; ContainerMalformed."""
        start = self.find_start(end)
        if start is None:
            raise ContainerMalformed("no_end_mark")
        found: dict[int, Section] = {}
        following: int | None = start
        while following is not None:
            if following in found or len(found) >= _MAX_SECTIONS:
                raise ContainerMalformed("cross_references_circular")
            section = self._read(following)
            if section.end > end:
                raise ContainerMalformed("cross_reference_outside")
            found[following] = section
            following = _read_offset(section.trailer, "Prev")
        return tuple(found.values())

    def _read(self, start: int) -> Section:
        if start not in self._sections:
            section = self._read_section(start)
            self._entries += len(section.entries)
            if self._entries > _MAX_ENTRIES:
                raise ContainerMalformed("too_many_objects")
            self._sections[start] = section
        return self._sections[start]

    def _read_section(self, start: int) -> Section:
        table = _TABLE.match(self.octets, start)
        if table is None:
            return self._read_stream(start)
        entries, at = self._read_table(table.end())
        begun = _TRAILER.match(self.octets, at)
        if begun is None:
            raise ContainerMalformed("no_trailer")
        trailer, end = Parser(self.octets, len(self.octets)).read_value(begun.end())
        if not isinstance(trailer, dict):
            raise ContainerMalformed("no_trailer")
        hybrid = _read_offset(trailer, "XRefStm")
        if hybrid is not None:  # 7.5.8.4: looked at after the table and before what Prev names
            hidden = self._read_stream(hybrid)
            entries = hidden.entries | entries
            end = max(end, hidden.end)
        return Section(start, end, entries, trailer)

    def _read_table(self, at: int) -> tuple[dict[int, Entry], int]:
        found: dict[int, Entry] = {}
        while (head := _RANGE.match(self.octets, at)) is not None:
            first, count = int(head[1]), int(head[2])
            if count > _MAX_ENTRIES or first > _MAX_ENTRIES * 100:
                raise ContainerMalformed("too_many_objects")
            at = head.end()
            for number in range(first, first + count):
                row = _ROW.match(self.octets, at)
                if row is None or number in found:
                    raise ContainerMalformed("cross_reference_row")
                kind = IN_USE if row[3] == b"n" else FREE
                found[number] = (kind, int(row[1]), int(row[2]))
                at = row.end()
        return found, at

    def _read_stream(self, start: int) -> Section:
        header = _HEADER.match(self.octets, start)
        if header is None:
            raise ContainerMalformed("no_cross_reference")
        parser = Parser(self.octets, len(self.octets))
        reference = Reference(int(header[1]), int(header[2]))
        dictionary, begun = parser.read_indirect(start, reference)
        if begun is None or not isinstance(dictionary, dict):
            raise ContainerMalformed("no_cross_reference")
        length = dictionary.get("Length")
        if dictionary.get("Type") != PdfName("XRef") or not _is_count(length):
            raise ContainerMalformed("no_cross_reference")
        parser.check_stream_end(begun + length)
        octets = decode_stream(dictionary, self.octets[begun : begun + length], _MAX_STREAM)
        entries = dict(_read_entries(dictionary, octets))
        return Section(start, begun + length, entries, dictionary)


def _read_entries(dictionary: Dictionary, octets: bytes) -> Iterator[tuple[int, Entry]]:
    widths, size = dictionary.get("W"), dictionary.get("Size")
    if not isinstance(widths, list) or len(widths) != 3 or not _is_count(size):  # noqa: PLR2004 - by 7.5.8.2
        raise ContainerMalformed("cross_reference_widths")
    fields = [each for each in widths if isinstance(each, int) and 0 <= each <= _MAX_WIDTH]
    index = dictionary.get("Index", [0, size])
    if len(fields) != len(widths) or not isinstance(index, list) or len(index) % 2:
        raise ContainerMalformed("cross_reference_widths")
    kind_width, middle = fields[0], fields[0] + fields[1]
    row = sum(fields)
    numbers = _expand(index, len(octets) // row if row else 0)
    seen: set[int] = set()
    for at, number in zip(range(0, len(octets), row), numbers, strict=False):
        kind = int.from_bytes(octets[at : at + kind_width], "big") if kind_width else IN_USE
        second = int.from_bytes(octets[at + kind_width : at + middle], "big")
        third = int.from_bytes(octets[at + middle : at + row], "big")
        if number in seen or kind not in {FREE, IN_USE, COMPRESSED}:
            raise ContainerMalformed("cross_reference_row")
        seen.add(number)
        yield number, (kind, second, third)


def _expand(index: Sequence[object], rows: int) -> list[int]:
    """Return the object numbers that the rows are about, which must be as many."""
    found: list[int] = []
    for first, count in zip(index[::2], index[1::2], strict=True):
        if not _is_count(first) or not _is_count(count):
            raise ContainerMalformed("cross_reference_index")
        if count > _MAX_ENTRIES or len(found) + count > _MAX_ENTRIES:
            raise ContainerMalformed("too_many_objects")
        found += range(first, first + count)
    if len(found) != rows:
        raise ContainerMalformed("cross_reference_index")
    return found


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _read_offset(trailer: Dictionary, name: str) -> int | None:
    value = trailer.get(name)
    if value is None:
        return None
    if not _is_count(value):
        raise ContainerUnsupported("cross_reference_offset")
    return value
