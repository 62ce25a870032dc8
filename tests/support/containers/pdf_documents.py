"""PDF documents written by hand: one page, revisions appended, signed by any of our test worlds.

What they are made of is plain text, so that a test can say which octet of which object it changes.
"""

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def stream(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


BASE = {
    1: b"<< /Type /Catalog /Pages 2 0 R >>",
    2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources << >> >>",
    4: stream(b"BT /F1 12 Tf (pay 100 tenge) Tj ET"),
}
INVISIBLE, VISIBLE = b"[0 0 0 0]", b"[10 10 190 60]"
CADES, PKCS7, STAMP = b"ETSI.CAdES.detached", b"adbe.pkcs7.detached", b"ETSI.RFC3161"
_SIZE = 12_000


def write(objects: Mapping[int, bytes], *, before: bytes = b"", trailer: bytes = b"") -> bytes:
    """Append objects with a cross-reference table and a trailer to what stands before."""
    body = bytearray(before or b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    rows = {}
    for number, text in objects.items():
        rows[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    start = len(body)
    body += b"xref\n" + (b"" if before else b"0 1\n0000000000 65535 f \n")
    for number, offset in sorted(rows.items()):
        body += b"%d 1\n%010d 00000 n \n" % (number, offset)
    size = max([*rows, *([] if not before else [99])]) + 1
    previous = b" /Prev %d" % last_start(before) if before else b""
    body += b"trailer\n<< /Size %d /Root 1 0 R%s%s >>\n" % (size, previous, trailer)
    return bytes(body + b"startxref\n%d\n%%%%EOF\n" % start)


def last_start(octets: bytes) -> int:
    return int(re.findall(rb"startxref\s+(\d+)", octets)[-1])


@dataclass
class Document:
    """A document that grows by revisions; `objects` holds the newest text of each object."""

    objects: dict[int, bytes] = field(default_factory=lambda: dict(BASE))
    octets: bytes = b""
    fields: list[int] = field(default_factory=list)
    catalog: bytes = b""
    """More keys of the catalogue."""

    def __post_init__(self) -> None:
        if not self.octets:
            self.octets = write(self.objects)

    def next_number(self) -> int:
        return max(self.objects) + 1

    def update(self, changed: Mapping[int, bytes], *, trailer: bytes = b"") -> bytes:
        """Append a revision; return the whole."""
        self.objects |= changed
        self.octets = write(changed, before=self.octets, trailer=trailer)
        return self.octets

    def form_objects(self) -> dict[int, bytes]:
        """Return catalogue and page with the fields there are."""
        listed = b" ".join(b"%d 0 R" % each for each in self.fields)
        page = BASE[3].removesuffix(b">>") + b"/Annots [%s] >>" % listed
        form = b"/AcroForm << /SigFlags 3 /Fields [%s] >>" % listed
        return {
            1: BASE[1].removesuffix(b">>") + form + self.catalog + b" >>",
            3: page,
        }

    def sign(
        self,
        make: Callable[[bytes], bytes],
        *,
        sub_filter: bytes = CADES,
        rect: bytes = INVISIBLE,
        extra: bytes = b"/M (D:20260901170000+05'00')",
        more: Mapping[int, bytes] | None = None,
        size: int = _SIZE,
    ) -> bytes:
        """Append a signature made by `make` over everything but its value; return the whole."""
        number = self.next_number()
        self.fields.append(number + 1)
        kind = b"DocTimeStamp" if sub_filter == STAMP else b"Sig"
        signature = b"<< /Type /%s /Filter /Adobe.PPKLite /SubFilter /%s %s /ByteRange [%s] " % (
            kind,
            sub_filter,
            extra,
            b"0".ljust(60),
        ) + b"/Contents <%s> >>" % (b"0" * size)
        widget = (
            b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (S%d) /V %d 0 R /P 3 0 R /F 132 "
            b"/Rect %s >>" % (number, number, rect)
        )
        changed = {number: signature, number + 1: widget, **self.form_objects(), **(more or {})}
        self.octets = seal(self.update(changed), make)
        return self.octets


def seal(octets: bytes, make: Callable[[bytes], bytes]) -> bytes:
    """Fill in ByteRange and Contents of the last signature in the octets."""
    start = octets.rindex(b"/Contents <") + len(b"/Contents ")
    end = octets.index(b">", start) + 1
    at = octets.rindex(b"/ByteRange [", 0, start) + len(b"/ByteRange [")
    stated = (b"0 %d %d %d" % (start, end, len(octets) - end)).ljust(60)
    octets = octets[:at] + stated + octets[at + 60 :]
    message = make(octets[:start] + octets[end:]).hex().encode()
    assert len(message) <= end - start - 2
    filled = message.ljust(end - start - 2, b"0")
    return octets[: start + 1] + filled + octets[end - 1 :]


def embedded(number, octets, *, flate=True, name=b"(file)"):
    """A file specification and its stream, from object `number` on."""
    data = zlib.compress(octets) if flate else octets
    head = b"/Filter /FlateDecode " if flate else b""
    return {
        number: b"<< /Type /Filespec /F %s /EF << /F %d 0 R >> >>" % (name, number + 1),
        number + 1: b"<< /Type /EmbeddedFile %s/Length %d >>\nstream\n%s\nendstream"
        % (head, len(data), data),
    }


def card(*files, before=b"", names=()):
    objects = {} if before else dict(BASE)
    listed = b""
    for index, each in enumerate(files):
        name = names[index] if names else b"(f%d)" % index
        objects |= embedded(40 + 2 * index, each, name=name)
        listed += b"(f%d) %d 0 R " % (index, 40 + 2 * index)
    tree = b"/Names << /EmbeddedFiles << /Names [%s] >> >> >>" % listed
    objects[1] = BASE[1].removesuffix(b">>") + tree
    return write(objects, before=before)
