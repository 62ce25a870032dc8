"""The structure of a PDF file: what is read, and what is refused within bounds."""

import time
import zlib

import pytest

from crypto.containers.errors import ContainerMalformed, ContainerUnsupported
from crypto.containers.pdf.cross_reference import CrossReferences
from crypto.containers.pdf.filters import decode_stream
from crypto.containers.pdf.revision import Revision
from crypto.containers.pdf.syntax import Parser, PdfName, Reference
from crypto.report.report import Indication
from tests.support.containers.pdf_documents import BASE, Document, last_start, stream, write
from tests.support.pki.certificates import NOW, world

W = world()


def parse(octets):
    value, end = Parser(octets, len(octets)).read_value(0)
    assert end <= len(octets)
    return value


def open_revision(octets):
    return Revision.open(CrossReferences(octets), len(octets))


def judge(octets):
    return W.validator().validate_document(octets, content=None, moment=NOW)


def sign(content):
    return W.cms(content, detached=True)


# --- objects


@pytest.mark.parametrize(
    ("octets", "value"),
    [
        (b"<</A 1/B[true null -2 +3.5 .5]>>", {"A": 1, "B": [True, None, -2, 3.5, 0.5]}),
        (b"<< /A#42c (x) >>", {"ABc": b"x"}),
        (b"% comment\n/Name", "Name"),
        (b"12 0 R ", Reference(12, 0)),
        (b"[1 2 0 R 3]", [1, Reference(2, 0), 3]),
        (b"(a\\(b\\)\\n\\101(c) \\\nd)", b"a(b)\nA(c) d"),
        (b"<48 65 6>", b"He`"),
        (b"()", b""),
        (b"[]", []),
    ],
)
def test_objects_are_read(octets, value):
    assert parse(octets) == value


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"<< /A 1 /A 2 >>",
        b"<< /A 1 /#41 2 >>",
        b"<< /A >>",
        b"<< 1 2 >>",
        b"(open",
        b"(open\\",
        b"<4G>",
        b"[1 2",
        b"<< /A 1",
        b"[" * 100,
        b"<</A" * 100,
        b"nul",
        b"truex",
        b"1.2.3",
        b"R",
        b"]",
        b">>",
    ],
)
def test_what_is_no_object_is_refused(octets):
    with pytest.raises(ContainerMalformed):
        parse(octets)


def test_a_name_is_the_same_however_it_is_written():
    # Else a reader that resolves escapes would find a signature where we see none.
    signed = Document().sign(sign)
    escaped = signed.replace(b"/SubFilter", b"/SubFilte#72"[:10])
    assert judge(escaped).indication is not Indication.TOTAL_PASSED
    assert parse(b"/Byte#52ange") == PdfName("ByteRange")


# --- streams


def test_predictors_are_restored():
    rows = [bytes((0, 1, 2, 3)), bytes((1, 1, 1, 1)), bytes((2, 1, 1, 1)), bytes((3, 4, 4, 4))]
    rows.append(bytes((4, 1, 1, 1)))
    parameters = {"Predictor": 12, "Columns": 3}
    found = decode_stream(
        {"Filter": PdfName("FlateDecode"), "DecodeParms": parameters},
        zlib.compress(b"".join(rows)),
        1000,
    )
    assert found == bytes((1, 2, 3, 1, 2, 3, 2, 3, 4, 5, 8, 10, 6, 9, 11))


@pytest.mark.parametrize(
    ("dictionary", "error"),
    [
        ({"Filter": PdfName("LZWDecode")}, ContainerUnsupported),
        ({"Filter": [PdfName("FlateDecode"), PdfName("FlateDecode")]}, ContainerUnsupported),
        ({"F": b"other.bin"}, ContainerUnsupported),
        ({"Filter": PdfName("FlateDecode")}, ContainerMalformed),
    ],
)
def test_streams_that_are_not_read_are_named(dictionary, error):
    with pytest.raises(error):
        decode_stream(dictionary, b"no stream", 1000)


def test_other_predictors_are_named():
    parameters = {"Predictor": 2}
    dictionary = {"Filter": PdfName("FlateDecode"), "DecodeParms": parameters}
    with pytest.raises(ContainerUnsupported, match="predictor"):
        decode_stream(dictionary, zlib.compress(b"x"), 1000)


def test_a_stream_inflates_to_its_bound_and_no_further():
    bomb = zlib.compress(bytes(50 << 20))
    begun = time.process_time()
    with pytest.raises(ContainerMalformed, match="stream_too_large"):
        decode_stream({"Filter": PdfName("FlateDecode")}, bomb, 1 << 20)
    assert time.process_time() - begun < 1


# --- cross-references


def test_sections_that_lead_in_a_circle_are_refused():
    octets = write(BASE)
    start = last_start(octets)
    circle = octets.replace(b"/Root 1 0 R", b"/Prev %d /Root 1 0 R" % start)
    with pytest.raises(ContainerMalformed, match="circular"):
        open_revision(circle)


def test_too_many_sections_are_refused():
    octets = write(BASE)
    for _ in range(300):
        octets = write({4: BASE[4]}, before=octets)
    with pytest.raises(ContainerMalformed, match="circular"):
        open_revision(octets)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"startxref\n", b"startxref\n9"),
        (b"xref\n0 1", b"xref\n0 9999999999"),
        (b"4 1\n", b"3 1\n"),
        (b" 00000 n", b" 00000 x"),
        (b"trailer", b"trailor"),
        (b"%%EOF", b"%%EOG"),
        (b"/Root 1 0 R", b"/Root 9 0 R"),
        (b"1 0 obj", b"1 1 obj"),
        (b"/Prev", b"/Prev -"),
    ],
)
def test_what_contradicts_itself_is_not_repaired(old, new):
    document = Document()
    document.sign(sign)
    octets = document.octets
    assert judge(octets.replace(old, new)).indication is not Indication.TOTAL_PASSED


def test_a_length_that_refers_to_itself_is_refused():
    octets = write(BASE | {4: b"<< /Length 4 0 R >>\nstream\nx\nendstream"})
    with pytest.raises(ContainerMalformed, match="circular"):
        open_revision(octets).get(4)


def test_lengths_that_refer_to_each_other_in_a_long_row_are_refused():
    row = {n: b"<< /Length %d 0 R >>\nstream\nx\nendstream" % (n + 1) for n in range(10, 1010)}
    octets = write(BASE | row)
    with pytest.raises(ContainerMalformed, match="circular"):
        open_revision(octets).get(10)
    names = b"/Names << /EmbeddedFiles << /Names [(a) << /EF << /F 10 0 R >> >>] >> >> >>"
    objects = BASE | row | {1: BASE[1].removesuffix(b">>") + names}
    assert judge(write(objects)).indication is Indication.INDETERMINATE


def compressed(objects, *, container=b"/ObjStm"):
    """A document whose objects beyond the first lie in an object stream."""
    body = bytearray(b"%PDF-1.7\n")
    places = {1: len(body)}
    body += b"1 0 obj\n" + objects[1] + b"\nendobj\n"
    heads, parts, at = [], [], 0
    inside = [n for n in sorted(objects) if n != 1]
    for number in inside:
        heads.append(b"%d %d" % (number, at))
        parts.append(objects[number])
        at += len(objects[number]) + 1
    head = b" ".join(heads) + b" "
    data = zlib.compress(head + b" ".join(parts))
    places[30] = len(body)
    body += (
        b"30 0 obj\n<< /Type %s /N %d /First %d /Filter /FlateDecode /Length %d >>\nstream\n"
        % (container, len(inside), len(head), len(data))
    )
    body += data + b"\nendstream\nendobj\n"
    start = len(body)
    places[31] = start
    rows = []
    for number in range(32):
        if number in places:
            rows.append(b"\x01" + places[number].to_bytes(4, "big") + b"\x00")
        elif number in inside:
            rows.append(b"\x02" + (30).to_bytes(4, "big") + bytes([inside.index(number)]))
        else:
            rows.append(bytes(6))
    table = zlib.compress(b"".join(rows))
    body += (
        b"31 0 obj\n<< /Type /XRef /Size 32 /W [1 4 1] /Root 1 0 R /Filter /FlateDecode "
        b"/Length %d >>\nstream\n" % len(table)
    )
    return bytes(body + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % start)


SMALL = {n: BASE[n] for n in (1, 2)} | {3: b"<< /Type /Page /Parent 2 0 R >>"}


def test_objects_in_object_streams_are_read():
    revision = open_revision(compressed(SMALL))
    assert revision.get(3)["Parent"] == Reference(2, 0)
    assert revision.dictionary(Reference(2, 0))["Count"] == 1


def test_an_object_stream_is_what_it_says():
    with pytest.raises(ContainerMalformed, match="object_stream"):
        open_revision(compressed(SMALL, container=b"/Other_")).get(3)


def test_a_signature_in_an_object_stream_is_refused():
    # Its value would stand in no octets of the file.
    form = b"/AcroForm << /Fields [5 0 R] >> >>"
    signature = b"<< /ByteRange [0 1 2 3] /Contents <00> /SubFilter /ETSI.CAdES.detached >>"
    objects = SMALL | {
        1: BASE[1].removesuffix(b">>") + form,
        5: b"<< /FT /Sig /T (a) /V 6 0 R >>",
        6: signature,
    }
    (report,) = judge(compressed(objects)).signatures
    assert report.reason in {"signature.malformed", "signature.pdf_not_signed"}


def test_a_later_object_stream_changes_what_it_held():
    document = Document(objects=dict(BASE), octets=compressed(SMALL))
    document.sign(sign)
    assert judge(document.octets).indication is Indication.TOTAL_PASSED
    data = b"2 0 3 60 " + BASE[2].ljust(60) + b"<< /Type /Page /Parent 2 0 R /Contents 9 0 R >>"
    evil = b"<< /Type /ObjStm /N 2 /First 9 /Length %d >>\nstream\n%s\nendstream" % (
        len(data),
        data,
    )
    (report,) = judge(document.update({30: evil, 9: stream(b"x")})).signatures
    assert report.reason == "signature.changed_after_signing"


@pytest.mark.parametrize("key", [b"TS", b"TU"])
def test_an_object_stream_is_no_part_of_the_security_store(key):
    # A page that nobody saw lies ready in what is signed; then the page tree is exchanged, in the
    # object stream that the store calls a time-stamp.
    document = Document(objects=dict(BASE), octets=compressed(SMALL))
    document.update({9: BASE[3].replace(b"4 0 R", b"12 0 R"), 12: stream(b"BT (pay 999) Tj ET")})
    document.catalog = b"/DSS << /VRI << /%s << /%s 30 0 R >> >> >>" % (b"0" * 40, key)
    document.sign(sign)
    assert judge(document.octets).indication is Indication.TOTAL_PASSED
    data = b"2 0 3 60 " + BASE[2].replace(b"3 0 R", b"9 0 R").ljust(60) + SMALL[3]
    evil = b"<< /Type /ObjStm /N 2 /First 9 /Length %d >>\nstream\n%s\nendstream"
    (report,) = judge(document.update({30: evil % (len(data), data)})).signatures
    assert report.reason == "signature.changed_after_signing"


def test_fields_that_lead_in_a_circle_are_refused():
    form = b"/AcroForm << /Fields [5 0 R] >> >>"
    objects = BASE | {
        1: BASE[1].removesuffix(b">>") + form,
        5: b"<< /T (a) /Kids [6 0 R] >>",
        6: b"<< /T (b) /Kids [5 0 R] >>",
    }
    (report,) = judge(write(objects)).signatures
    assert report.indication is Indication.INDETERMINATE
    assert "fields_circular" in report.findings[-1].detail


def test_thousands_of_fields_and_signatures_are_refused_quickly():
    n = 5000
    kids = b" ".join(b"%d 0 R" % (10 + i) for i in range(n))
    form = b"/AcroForm << /Fields [%s] >> >>" % kids
    one = b"<< /FT /Sig /V << /ByteRange [0 1 2 3] /Contents <00> /SubFilter /a >> >>"
    objects = BASE | {1: BASE[1].removesuffix(b">>") + form}
    objects |= {10 + i: one for i in range(n)}
    begun = time.process_time()
    (report,) = judge(write(objects)).signatures
    assert report.reason == "signature.container_not_supported"
    assert report.findings[-1].detail == "too_many_signatures"
    assert time.process_time() - begun < 3


def test_a_hybrid_section_that_is_appended_does_not_pass():
    document = Document()
    document.sign(sign)
    table = b"xref\n0 0\ntrailer\n<< /Size 9 /Root 1 0 R /Prev %d /XRefStm 9 >>\n" % last_start(
        document.octets
    )
    start = len(document.octets)
    late = document.octets + table + b"startxref\n%d\n%%%%EOF\n" % start
    assert judge(late).indication is not Indication.TOTAL_PASSED
