"""A PDF as it stood at the end of one of its revisions: objects by number (ISO 32000-2 7.5.6)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

from crypto.containers.errors import ContainerMalformed, ContainerUnsupported
from crypto.containers.pdf.cross_reference import (
    COMPRESSED,
    FREE,
    IN_USE,
    CrossReferences,
    Entry,
    Section,
)
from crypto.containers.pdf.filters import decode_stream
from crypto.containers.pdf.syntax import Dictionary, Parser, PdfName, Reference, Stream, Value

__all__ = ["Revision"]

_MAX_OBJECT_STREAM = 16 << 20
_MAX_DECODED = 64 << 20
"""Of all streams of one revision that are decoded, together."""

_MAX_HOPS = 8
_MAX_NUMBERS = 200_000


@dataclass(slots=True, repr=False)
class _ObjectStream:
    numbers: list[int]
    offsets: list[int]
    parser: Parser


@dataclass(slots=True, repr=False)
class Revision:
    """The document that the octets up to `end` are.

    sections  newest first
    entries   of every object number that is spoken of, the newest of each
    """

    octets: bytes
    end: int
    sections: tuple[Section, ...]
    entries: dict[int, Entry]
    _references: CrossReferences
    _parser: Parser
    _values: "dict[int, Value | Stream]" = field(default_factory=dict)
    _streams: dict[int, _ObjectStream] = field(default_factory=dict)
    _pending: set[int] = field(default_factory=set)
    _decoded: int = 0

    @classmethod
    def open(cls, references: CrossReferences, end: int) -> Self:
        """Open the revision that ends at `end`; ContainerMalformed, ContainerUnsupported."""
        sections = references.read_chain(end)
        if any("Encrypt" in section.trailer for section in sections):
            raise ContainerUnsupported("encrypted")
        entries: dict[int, Entry] = {}
        for section in reversed(sections):
            entries |= section.entries
        parser = Parser(references.octets, end)
        return cls(references.octets, end, sections, entries, references, parser)

    @property
    def trailer(self) -> Dictionary:
        """The newest trailer."""
        return self.sections[0].trailer

    @property
    def catalog(self) -> Dictionary:
        """The document catalogue; ContainerMalformed without one."""
        return self.dictionary(self.trailer.get("Root"))

    def find(self, number: int) -> Entry | None:
        """Return the entry of an object in use; None for one that is free or not spoken of."""
        entry = self.entries.get(number)
        return None if entry is None or entry[0] == FREE else entry

    def get(self, number: int) -> "Value | Stream":
        """Return the object of this number, whatever its generation; None when there is none."""
        if number not in self._values:
            if number in self._pending or len(self._pending) > _MAX_HOPS:
                raise ContainerMalformed("objects_circular")
            self._pending.add(number)
            try:
                self._values[number] = self._load(number)
            finally:
                self._pending.discard(number)
        return self._values[number]

    def resolve(self, value: "Value | Stream") -> "Value | Stream":
        """Follow references to what is referred to; None where it leads nowhere (7.3.10)."""
        for _ in range(_MAX_HOPS):
            if not isinstance(value, Reference):
                return value
            entry = self.find(value.number)
            if entry is None:
                return None
            generation = entry[2] if entry[0] == IN_USE else 0
            if generation != value.generation:
                return None
            value = self.get(value.number)
        raise ContainerMalformed("objects_circular")

    def dictionary(self, value: "Value | Stream") -> Dictionary:
        """Resolve what must be a dictionary; ContainerMalformed."""
        found = self.resolve(value)
        if not isinstance(found, dict):
            raise ContainerMalformed("not_a_dictionary")
        return found

    def array(self, value: "Value | Stream") -> list[Value]:
        """Resolve what must be an array, or absent, which is an empty one; ContainerMalformed."""
        found = self.resolve(value)
        if found is None:
            return []
        if not isinstance(found, list):
            raise ContainerMalformed("not_an_array")
        return found

    def decode(self, stream: Stream, maximum: int) -> bytes:
        """Decode a stream; ContainerMalformed, ContainerUnsupported."""
        encoded = self.octets[stream.start : stream.end]
        left = min(_MAX_DECODED - self._decoded, self._references.decoded_left)
        try:
            octets = decode_stream(stream.dictionary, encoded, min(maximum, left))
        except ContainerMalformed:
            self._decoded = _MAX_DECODED
            self._references.decoded_left -= min(
                maximum, left
            )  # bombs: the work has been done, whatever came of it
            raise
        self._decoded += len(octets)
        self._references.decoded_left -= len(octets)
        return octets

    def object_streams(self) -> Iterator[tuple[int, bytes]]:
        """Yield where every object stream that is in use begins, and its octets decoded."""
        for number in sorted({e[1] for e in self.entries.values() if e[0] == COMPRESSED}):
            octets = self._open_stream(number).parser.octets
            stream = self.get(number)
            if isinstance(stream, Stream):
                yield stream.start, octets

    def _load(self, number: int) -> "Value | Stream":
        entry = self.find(number)
        if entry is None:
            return None
        kind, place, third = entry
        if kind == COMPRESSED:
            return self._read_compressed(number, place, third)
        value, begun = self._parser.read_indirect(place, Reference(number, third))
        if begun is None:
            return value
        assert isinstance(value, dict)  # noqa: S101 - for the type checker
        length = self.resolve(value.get("Length"))
        if not isinstance(length, int) or not 0 <= length <= self.end - begun:
            raise ContainerMalformed("stream_length")
        self._parser.check_stream_end(begun + length)
        return Stream(value, begun, begun + length)

    def _read_compressed(self, number: int, container: int, index: int) -> Value:
        stream = self._open_stream(container)
        if index >= len(stream.numbers) or stream.numbers[index] != number:
            raise ContainerMalformed("object_not_found")
        return stream.parser.read_value(stream.offsets[index])[0]

    def _open_stream(self, number: int) -> _ObjectStream:
        if number not in self._streams:
            entry = self.find(number)
            if entry is None or entry[0] != IN_USE:  # 7.5.7: never inside another one
                raise ContainerMalformed("object_stream")
            found = self.get(number)
            if not isinstance(found, Stream) or found.dictionary.get("Type") != PdfName("ObjStm"):
                raise ContainerMalformed("object_stream")
            count, first = found.dictionary.get("N"), found.dictionary.get("First")
            octets = self.decode(found, _MAX_OBJECT_STREAM)
            self._streams[number] = _read_object_stream(octets, count, first)
        return self._streams[number]


def _read_object_stream(octets: bytes, count: Value, first: Value) -> _ObjectStream:
    if not isinstance(count, int) or not isinstance(first, int):
        raise ContainerMalformed("object_stream")
    if not 0 <= count <= _MAX_NUMBERS or not 0 <= first <= len(octets):
        raise ContainerMalformed("object_stream")
    words = octets[:first].split()
    if len(words) != 2 * count or not all(word.isdigit() and len(word) <= 10 for word in words):  # noqa: PLR2004 - digits of 2**32
        raise ContainerMalformed("object_stream")
    offsets = [first + int(word) for word in words[1::2]]
    return _ObjectStream([int(w) for w in words[::2]], offsets, Parser(octets, len(octets)))
