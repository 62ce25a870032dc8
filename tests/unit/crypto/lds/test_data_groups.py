"""Files of a chip: read within limits, and whatever is wrong has its word."""

import struct
from datetime import UTC, datetime

import pytest

from crypto.lds.data_groups import MalformedData, parse_com, parse_dg1, parse_dg2, parse_issue_date
from tests.support.lds.documents import CARD_LINES, JPEG
from workstation.sandbox.pki.data_group_writer import (
    FacialImageType,
    tag_length_value,
    write_common_data,
    write_facial_record,
    write_mrz_file,
    write_portrait_file,
)

JP2 = b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(40)
CODESTREAM = b"\xff\x4f\xff\x51" + bytes(40)
RECORD = write_facial_record(JPEG, FacialImageType.JPEG, 480, 640)


def template(block, *, tag=0x5F2E, kind=b"\x02", more=()):
    header = tag_length_value(0xA1, tag_length_value(0x81, kind), *more)
    return tag_length_value(0x7F60, header, tag_length_value(tag, block))


def dg2(*templates, stated=None):
    count = len(templates) if stated is None else stated
    number = tag_length_value(0x02, bytes((count,)))
    return tag_length_value(0x75, tag_length_value(0x7F61, number, *templates))


def modern(image, *, kind=b"\x02"):
    """Return FaceImageDataBlock of ISO/IEC 39794-5 with one representation."""
    version = tag_length_value(
        0xA0, tag_length_value(0x80, b"\x03"), tag_length_value(0x81, b"\x07")
    )
    described = tag_length_value(0xA1, tag_length_value(0xA0, tag_length_value(0x80, kind)))
    picture = tag_length_value(0xA0, tag_length_value(0x80, image), described)
    chosen = tag_length_value(0xA1, tag_length_value(0xA0, picture))
    one = tag_length_value(0x30, tag_length_value(0x80, b"\x00"), chosen)
    return tag_length_value(0x65, version, tag_length_value(0xA1, one))


def refusal(read, octets):
    with pytest.raises(MalformedData) as refused:
        read(octets)
    return refused.value.detail


@pytest.mark.parametrize("length", [90, 72, 88])
def test_the_zone_is_returned_as_it_stands(length):
    text = ("P<KAZIVANOV<<IVAN" + "<" * 90)[:length]
    assert parse_dg1(write_mrz_file([text])) == text


@pytest.mark.parametrize(
    ("octets", "detail"),
    [
        (write_mrz_file(["A" * 89]), "mrz_length"),
        (write_mrz_file(["a" * 90]), "mrz_characters"),
        (tag_length_value(0x61, tag_length_value(0x5F1F, b"\xc0" * 90)), "characters"),
        (tag_length_value(0x61), "tag_5f1f_missing"),
        (tag_length_value(0x61, *[tag_length_value(0x5F1F, b"A" * 72)] * 2), "tag_5f1f_repeated"),
        (tag_length_value(0x75, tag_length_value(0x5F1F, b"A" * 90)), "tag_75_for_61"),
        (write_mrz_file(CARD_LINES) + b"\x00", "trailing_bytes"),
        (write_mrz_file(CARD_LINES)[:-1], "truncated"),
        (b"", "tag"),
        (b"\x61", "truncated"),
        (b"\x61\x80\x00\x00", "indefinite_length"),
        (b"\x61\x85\x00\x00\x00\x00\x00", "length"),
        (b"\x61\x82\x01", "length"),
        (b"\x61\x84\xff\xff\xff\xff", "truncated"),
        (b"\x5f\x9f\x9f\x9f\x01\x00", "tag"),
        (write_mrz_file(["A" * 9999]), "too_large"),
    ],
)
def test_what_is_no_zone_is_refused_by_its_word(octets, detail):
    assert refusal(parse_dg1, octets) == detail


@pytest.mark.parametrize(
    ("image", "kind"), [(JPEG, "jpeg"), (JP2, "jp2"), (CODESTREAM, "jp2")], ids=str
)
def test_the_portrait_is_found_and_its_kind_is_what_its_octets_say(image, kind):
    # Issuers state JPEG for JPEG 2000 and the other way round.
    for stated in FacialImageType:
        record = write_facial_record(image, stated, 480, 640)
        found = parse_dg2(write_portrait_file(record))
        assert (found.octets, found.kind) == (image, kind)
        assert (found.width, found.height) == (480, 640)


@pytest.mark.parametrize("tag", [0x5F2E, 0x7F2E])
def test_the_portrait_is_found_in_the_newer_form(tag):
    for image, kind in ((JPEG, "jpeg"), (JP2, "jp2")):
        found = parse_dg2(dg2(template(modern(image), tag=tag)))
        assert (found.octets, found.kind) == (image, kind)


def test_of_several_portraits_the_first_is_taken():
    other = write_facial_record(JPEG + b"other", FacialImageType.JPEG, 1, 1)
    assert parse_dg2(dg2(template(RECORD), template(other))).octets == JPEG
    twice = write_facial_record(JPEG, FacialImageType.JPEG, 480, 640, count=2)
    assert parse_dg2(dg2(template(twice))).octets == JPEG


def test_points_of_the_face_stand_before_the_image():
    image = bytearray(RECORD)
    struct.pack_into(">I", image, 8, len(RECORD) + 16)
    struct.pack_into(">IH", image, 14, len(RECORD) - 14 + 16, 2)
    assert (
        parse_dg2(dg2(template(bytes(image[:34]) + bytes(16) + bytes(image[34:])))).octets == JPEG
    )


def test_the_day_of_the_portrait_is_read_where_it_is_stated():
    stated = tag_length_value(0x83, bytes.fromhex("20240314120000"))
    found = parse_dg2(dg2(template(RECORD, more=(stated,))))
    assert found.created == datetime(2024, 3, 14, 12, tzinfo=UTC)
    for unknown in (b"", b"\x00" * 7, b"\xff" * 7):
        stated = tag_length_value(0x83, unknown)
        assert parse_dg2(dg2(template(RECORD, more=(stated,)))).created is None


def changed(at, octets):
    return RECORD[:at] + octets + RECORD[at + len(octets) :]


@pytest.mark.parametrize(
    ("octets", "detail"),
    [
        (dg2(), "no_face"),
        (dg2(stated=1), "no_face"),
        (dg2(template(RECORD), stated=0), "no_face"),
        (dg2(template(RECORD, kind=b"\x08")), "no_face"),
        (dg2(template(RECORD, tag=0x5F2F)), "no_face"),
        (dg2(template(write_facial_record(b"", FacialImageType.JPEG, 1, 1))), "no_face"),
        (dg2(template(modern(b""))), "no_face"),
        (dg2(template(changed(12, b"\x00\x00"))), "no_face"),
        (dg2(template(RECORD), stated=2), "template_count"),
        (dg2(*[template(RECORD)] * 10), "template_count"),
        (dg2(template(b"")), "face_record"),
        (dg2(template(b"FAC")), "face_record"),
        (dg2(template(changed(0, b"FIR"))), "face_record"),
        (dg2(template(changed(4, b"030"))), "face_record_version"),
        (dg2(template(changed(8, b"\x00\x00\x00\x0e"))), "face_record_length"),
        (dg2(template(changed(14, b"\xff\xff\xff\xff"))), "face_record_length"),
        (dg2(template(changed(14, b"\x00\x00\x00\x00"))), "face_record_length"),
        (dg2(template(changed(18, b"\xff\xff"))), "face_record_length"),
        (dg2(template(RECORD[:14])), "face_record_length"),
        (dg2(template(write_facial_record(b"GIF89a", FacialImageType.JPEG, 1, 1))), "image_kind"),
        (dg2(template(b"\x65\x80")), "indefinite_length"),
        (dg2(template(b"\x65\x02\xa1\x00")), "no_face"),
        (dg2(template(b"\x65\x04\xa1\x02\x30\x00")), "tag_a1_missing"),
        (dg2(template(bytes(1 << 20) + b"\x00")), "too_large"),
        (dg2(template(RECORD + bytes(10_000_000))), "too_large"),
        (tag_length_value(0x75, b"\x02\x00" * 65), "too_many"),
    ],
)
def test_a_portrait_that_is_none_is_refused_by_its_word(octets, detail):
    assert refusal(parse_dg2, octets) == detail


def test_nested_objects_cost_no_stack():
    deep = b""
    for _ in range(3000):
        deep = tag_length_value(0x7F61, deep)
    assert refusal(parse_dg2, tag_length_value(0x75, deep)) == "tag_02_missing"


def test_the_list_of_files_is_read():
    found = parse_com(write_common_data([1, 2, 14]))
    assert (found.version, found.data_groups, found.unknown) == ("0107", {1, 2, 14}, ())
    strange = tag_length_value(
        0x60, tag_length_value(0x5F01, b"0107"), tag_length_value(0x5C, b"\x61\x42")
    )
    assert parse_com(strange).unknown == (0x42,)
    assert refusal(parse_com, b"\x60\x00") == "tag_5f01_missing"


@pytest.mark.parametrize("written", [b"20240314", bytes.fromhex("20240314")])
def test_the_date_of_issue_is_read_in_both_spellings(written):
    details = tag_length_value(0x6C, tag_length_value(0x5F26, written))
    assert parse_issue_date(details) == datetime(2024, 3, 14, tzinfo=UTC)


def test_a_date_of_issue_that_is_none_is_refused():
    assert parse_issue_date(b"\x6c\x00") is None
    for wrong in (b"20241314", b"\xff" * 4, b"2024"):
        details = tag_length_value(0x6C, tag_length_value(0x5F26, wrong))
        assert refusal(parse_issue_date, details) == "issue_date"
