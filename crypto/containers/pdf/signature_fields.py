"""Signature fields of the interactive form and their signatures (ISO 32000-2 12.7.5.5, 12.8)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crypto.containers.errors import ContainerMalformed, ContainerUnsupported
from crypto.containers.pdf.cross_reference import IN_USE
from crypto.containers.pdf.revision import Revision
from crypto.containers.pdf.syntax import (
    Dictionary,
    HexString,
    PdfName,
    Reference,
    Stream,
    Value,
)

__all__ = ["PdfSignature", "count_byte_ranges", "find_signatures", "is_invisible", "read_form"]

_MAX_FIELDS = 4000
_MAX_DEPTH = 16
_MAX_SIGNATURES = 64
_MAX_SIGNED_OCTETS = 512 << 20
"""Of all signatures together: each revision is read, hashed and compared by itself."""

_WIDGET = PdfName("Widget")
_CORNERS = 4
_BYTE_RANGE = re.compile(rb"/ByteRange(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class PdfSignature:
    """A signature dictionary as a field of the form shows it.

    holder      number of the indirect object that it stands in
    byte_range  as stated: offset and length, twice
    contents    the hexadecimal string, which knows where it stands in the file
    """

    holder: int
    dictionary: Dictionary
    sub_filter: str
    byte_range: tuple[int, int, int, int]
    contents: HexString

    @property
    def end(self) -> int:
        """Where the octets end that it says it covers."""
        return self.byte_range[2] + self.byte_range[3]


def read_form(revision: Revision) -> Dictionary:
    """Return the interactive form, empty when there is none; ContainerMalformed.

    ContainerUnsupported (`xfa`): what such a form shows is not what is looked at here.
    """
    stated = revision.catalog.get("AcroForm")
    if stated is None:
        return {}
    form = revision.dictionary(stated)
    if revision.resolve(form.get("XFA")) is not None:
        raise ContainerUnsupported("xfa")
    return form


def find_signatures(revision: Revision) -> tuple[PdfSignature, ...]:
    """Return the signatures of the form, each once, in the order of what they cover.

    Raises ContainerMalformed, ContainerUnsupported (`too_many_signatures`, `xfa`).
    """
    found: dict[int, PdfSignature] = {}
    for holder, dictionary in _walk(revision):
        if holder in found:
            continue
        if len(found) >= _MAX_SIGNATURES:
            raise ContainerUnsupported("too_many_signatures")
        found[holder] = _read_signature(revision, holder, dictionary)
    if sum(min(each.end, revision.end) for each in found.values()) > _MAX_SIGNED_OCTETS:
        raise ContainerUnsupported("too_many_signatures")
    return tuple(sorted(found.values(), key=lambda each: each.end))


def is_invisible(revision: Revision, found: Dictionary) -> bool:
    """Tell whether it has no area and no border that could give it one.

    Hidden by a flag is not enough: scripts take flags away.
    """
    if found.get("Subtype", _WIDGET) != _WIDGET:
        return False  # a note shows its sign, however small its place
    if not all(_is_thin(revision.resolve(each)) for each in _list_borders(revision, found)):
        return False
    corners = revision.resolve(found.get("Rect"))
    if corners is None:
        return "Subtype" not in found
    if not isinstance(corners, list) or len(corners) != _CORNERS:
        return False
    if not all(isinstance(each, int | float) for each in corners):
        return False
    left, bottom, right, top = corners
    return left == right or bottom == top


def _list_borders(revision: Revision, found: Dictionary) -> list[Value]:
    """Return the widths of the border that an annotation states (12.5.2, table 168)."""
    border, style = revision.resolve(found.get("Border")), revision.resolve(found.get("BS"))
    widths = border[2:3] if isinstance(border, list) else []
    return [*widths, style["W"]] if isinstance(style, dict) and "W" in style else widths


def _is_thin(width: "Value | Stream") -> bool:
    return isinstance(width, int | float) and not isinstance(width, bool) and 0 <= width <= 1


def count_byte_ranges(octets: bytes) -> int:
    """Count the names ByteRange in the octets of a file, in use or not."""
    return sum(1 for _ in _BYTE_RANGE.finditer(octets))


def _walk(revision: Revision) -> Iterator[tuple[int, Dictionary]]:
    """Yield the value of every signature field that has one, with the object it stands in."""
    form = read_form(revision)
    left: list[tuple[Value, int, Value, int]] = [
        (each, 0, None, 0) for each in reversed(revision.array(form.get("Fields")))
    ]
    seen: set[int] = set()
    count = 0
    while left:
        value, holder, kind, depth = left.pop()
        count += 1
        if count > _MAX_FIELDS or depth > _MAX_DEPTH:
            raise ContainerMalformed("too_many_fields")
        if isinstance(value, Reference):
            if value.number in seen:
                raise ContainerMalformed("fields_circular")
            seen.add(value.number)
            holder = value.number
        node = revision.resolve(value)
        if not isinstance(node, dict):
            continue  # a reference to nothing: no field
        kind = node.get("FT", kind)
        if revision.resolve(kind) == PdfName("Sig") and (signature := node.get("V")) is not None:
            place = signature.number if isinstance(signature, Reference) else holder
            stated = revision.resolve(signature)
            if isinstance(stated, dict):
                yield place, stated
        kids = revision.array(node.get("Kids"))
        left += [(each, holder, kind, depth + 1) for each in reversed(kids)]


def _read_signature(revision: Revision, holder: int, stated: Dictionary) -> PdfSignature:
    entry = revision.find(holder)
    if entry is None or entry[0] != IN_USE:
        raise ContainerMalformed("signature_compressed")
    spans, contents, sub_filter = (stated.get(n) for n in ("ByteRange", "Contents", "SubFilter"))
    if not isinstance(spans, list) or len(spans) != 4:  # noqa: PLR2004 - two spans
        raise ContainerMalformed("byte_range")
    numbers = [each for each in spans if isinstance(each, int) and not isinstance(each, bool)]
    if len(numbers) != len(spans) or any(each < 0 for each in numbers):
        raise ContainerMalformed("byte_range")
    if not isinstance(contents, HexString):
        raise ContainerMalformed("signature_contents")
    if not isinstance(sub_filter, PdfName):
        raise ContainerMalformed("sub_filter")
    first, second, third, fourth = numbers
    return PdfSignature(holder, stated, str(sub_filter), (first, second, third, fourth), contents)
