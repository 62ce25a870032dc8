"""Objects of a PDF file (ISO 32000-2 7.2, 7.3), read strictly and within bounds.

What two readers could take for two things is refused: a name twice in a dictionary, a string that
does not end, an object that is not where its reference says.
"""

import re
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from crypto.containers.errors import ContainerMalformed

__all__ = ["Dictionary", "HexString", "Parser", "PdfName", "Reference", "Stream", "Value"]

_MAX_DEPTH = 48
_MAX_STRING = 8 << 20
_MAX_ELEMENTS = 400_000
"""Elements that one parser reads."""

_SPACE = rb"(?:[\x00\t\n\f\r ]|%[^\r\n]*)*+"
_REGULAR = rb"[^\x00\t\n\f\r ()<>\[\]{}/%]"
_SKIP = re.compile(_SPACE)
_NAME = re.compile(rb"/(" + _REGULAR + rb"*+)")
_HEX_PAIR = re.compile(rb"#([0-9A-Fa-f]{2})")
_REFERENCE = re.compile(
    rb"(\d{1,10})[\x00\t\n\f\r ]++(\d{1,5})[\x00\t\n\f\r ]++R(?!" + _REGULAR + rb")"
)
_NUMBER = re.compile(rb"[+-]?(?:\d{1,20}(?:\.\d{0,40})?|\.\d{1,40})(?!" + _REGULAR + rb")")
_WORD = re.compile(rb"(true|false|null)(?!" + _REGULAR + rb")")
_HEX = re.compile(rb"<([0-9A-Fa-f\x00\t\n\f\r ]*+)>")
_LITERAL = re.compile(rb"[()\\]")
_BLANK = rb"[\x00\t\n\f\r ]"
_HEADER = re.compile(
    _BLANK + rb"*+(\d{1,10})" + _BLANK + rb"++(\d{1,5})" + _BLANK + rb"++obj(?!" + _REGULAR + rb")"
)
_STREAM = re.compile(_SPACE + rb"stream(\r\n|\n)")
_END_STREAM = re.compile(rb"(?:\r\n|\n|\r)?endstream(?!" + _REGULAR + rb")" + _SPACE + rb"endobj")
_END_OBJECT = re.compile(_SPACE + rb"endobj(?!" + _REGULAR + rb")")
_ESCAPES = {ord(k): v for k, v in zip("nrtbf()\\", b"\n\r\t\b\f()\\", strict=True)}
_OCTAL = re.compile(rb"[0-7]{1,3}")
_BLANKS: Final = b"\x00\t\n\f\r "


class PdfName(str):
    """A name object, decoded as Latin-1 with its #xx escapes resolved."""

    __slots__ = ()


class HexString(bytes):
    """A hexadecimal string; `start` and `end` of its delimiters included, in what was parsed."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reference:
    """An indirect reference."""

    number: int
    generation: int


@dataclass(frozen=True, slots=True, repr=False)
class Stream:
    """A stream: its dictionary and where its octets lie, encoded, in the file."""

    dictionary: "Dictionary"
    start: int
    end: int


Value: TypeAlias = (
    "bool | int | float | bytes | PdfName | Reference | list[Value] | Dictionary | None"
)
Dictionary: TypeAlias = "dict[str, Value]"


@dataclass(slots=True)
class Parser:
    """Reads objects out of octets, which are the file or a decoded object stream.

    Raises ContainerMalformed on whatever is not exactly an object, or beyond a bound.
    """

    octets: bytes
    end: int
    elements: int = field(default=0)

    def read_indirect(
        self, start: int, reference: Reference
    ) -> tuple["Value | Stream", int | None]:
        """Read `number generation obj` and its value.

        Returns the value and None, or the dictionary of a stream and where its octets begin.
        """
        header = _HEADER.match(self.octets, start, self.end)
        if header is None or (int(header[1]), int(header[2])) != (
            reference.number,
            reference.generation,
        ):
            raise ContainerMalformed("object_not_found")
        value, after = self.read_value(header.end(), 0)
        if isinstance(value, dict) and (begun := _STREAM.match(self.octets, after, self.end)):
            return value, begun.end()
        if _END_OBJECT.match(self.octets, after, self.end) is None:
            raise ContainerMalformed("object_not_ended")
        return value, None

    def check_stream_end(self, end: int) -> None:
        """Raise unless the stream whose octets end here says so."""
        if _END_STREAM.match(self.octets, end, self.end) is None:
            raise ContainerMalformed("stream_not_ended")

    def read_value(self, start: int, depth: int = 0) -> tuple[Value, int]:
        """Read one value that begins at or after `start`; also where it ends."""
        at = self._skip(start)
        self.elements += 1
        if depth > _MAX_DEPTH or self.elements > _MAX_ELEMENTS:
            raise ContainerMalformed("too_many_elements")
        match self.octets[at : at + 1]:
            case b"/":
                return self._read_name(at)
            case b"<" if self.octets[at + 1 : at + 2] == b"<":
                return self._read_dictionary(at + 2, depth + 1)
            case b"<":
                return self._read_hex(at)
            case b"(":
                return self._read_literal(at)
            case b"[":
                return self._read_array(at + 1, depth + 1)
            case _:
                return self._read_plain(at)

    def _skip(self, start: int) -> int:
        found = _SKIP.match(self.octets, start, self.end)
        return found.end() if found is not None else start

    def _read_plain(self, at: int) -> tuple[Value, int]:
        if found := _REFERENCE.match(self.octets, at, self.end):
            return Reference(int(found[1]), int(found[2])), found.end()
        if found := _NUMBER.match(self.octets, at, self.end):
            text = found[0]
            return float(text) if b"." in text else int(text), found.end()
        if found := _WORD.match(self.octets, at, self.end):
            return {b"true": True, b"false": False, b"null": None}[found[1]], found.end()
        raise ContainerMalformed("syntax")

    def _read_name(self, at: int) -> tuple[PdfName, int]:
        found = _NAME.match(self.octets, at, self.end)
        if found is None:
            raise ContainerMalformed("syntax")
        octets = _HEX_PAIR.sub(lambda pair: bytes.fromhex(pair[1].decode("ascii")), found[1])
        return PdfName(octets.decode("latin-1")), found.end()

    def _read_hex(self, at: int) -> tuple[HexString, int]:
        found = _HEX.match(self.octets, at, self.end)
        if found is None or found.end() - at > 2 * _MAX_STRING:
            raise ContainerMalformed("hexadecimal_string")
        digits = found[1].translate(None, _BLANKS)
        if len(digits) % 2:
            digits += b"0"
        value = HexString(bytes.fromhex(digits.decode("ascii")))
        value.start, value.end = at, found.end()
        return value, found.end()

    def _read_literal(self, at: int) -> tuple[bytes, int]:
        octets, parts, level, position = self.octets, [], 0, at
        while True:
            found = _LITERAL.search(octets, position, self.end)
            if found is None or found.end() - at > _MAX_STRING:
                raise ContainerMalformed("string_not_ended")
            parts.append(octets[position : found.start()])
            position = found.end()
            if found[0] == b"\\":
                escaped, position = self._read_escape(position)
                parts.append(escaped)
                continue
            level += 1 if found[0] == b"(" else -1
            if level == 0:
                return b"".join(parts), position
            if position - 1 > at:
                parts.append(found[0])

    def _read_escape(self, at: int) -> tuple[bytes, int]:
        if found := _OCTAL.match(self.octets, at, self.end):
            return bytes((int(found[0], 8) & 0xFF,)), found.end()
        follows = self.octets[at : at + 2]
        if follows[:1] in {b"\r", b"\n"}:
            return b"", at + (2 if follows == b"\r\n" else 1)
        if not follows:
            raise ContainerMalformed("string_not_ended")
        return bytes((_ESCAPES.get(follows[0], follows[0]),)), at + 1

    def _read_array(self, at: int, depth: int) -> tuple[list[Value], int]:
        found: list[Value] = []
        at = self._skip(at)
        while self.octets[at : at + 1] != b"]":
            value, at = self.read_value(at, depth)
            found.append(value)
            at = self._skip(at)
        return found, at + 1

    def _read_dictionary(self, at: int, depth: int) -> tuple[Dictionary, int]:
        found: Dictionary = {}
        at = self._skip(at)
        while self.octets[at : at + 2] != b">>":
            key, at = self._read_name(at)
            value, at = self.read_value(at, depth)
            if key in found:
                raise ContainerMalformed("name_repeated")
            found[str(key)] = value
            at = self._skip(at)
        return found, at + 2
