"""The strict DER reader and writer: one form per value, limits kept, one kind of error."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.asn1 import values as v
from crypto.asn1 import writer as w
from crypto.asn1.der import DerError, Limits, Node, parse

LIMITS = Limits(octets=4096, depth=8, elements=64)


def read(data):
    return parse(data, LIMITS)


@given(st.integers(-(1 << 200), 1 << 200))
def test_integers_survive_a_round_trip(value):
    assert v.integer(read(w.integer(value))) == value


@given(st.lists(st.integers(0, 1 << 70), max_size=8), st.integers(0, 2), st.integers(0, 39))
def test_identifiers_survive_a_round_trip(arcs, first, second):
    dotted = ".".join(map(str, [first, second, *arcs]))
    encoded = w.oid(dotted)
    if len(encoded) - 2 > 64:
        with pytest.raises(DerError):
            v.oid(read(encoded))
    else:
        assert v.oid(read(encoded)) == dotted


@given(st.datetimes(datetime(1950, 1, 1), datetime(9999, 1, 1)))  # noqa: DTZ001 - made aware below
def test_times_survive_a_round_trip(moment):
    whole = moment.replace(microsecond=0, tzinfo=UTC)
    assert v.time(read(w.utc_time(whole))) == whole
    assert v.generalized_time(read(w.generalized_time(whole))) == (whole, False)


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "30",
        "3081",
        "308000000000",  # indefinite length
        "30810100",  # length not minimal
        "3082000100",
        "3085000000000100",  # more than four length octets
        "300100",  # content shorter than it says
        "3003020100ff",  # something after the object
        "1f0100",  # high tag number
        "100100",  # SEQUENCE that is not constructed
        "220302010a",  # INTEGER that is constructed
        "30020201",
    ],
)
def test_anything_but_strict_der_is_refused(broken):
    with pytest.raises(DerError):
        read(bytes.fromhex(broken))


@pytest.mark.parametrize(
    ("reader", "broken"),
    [
        (v.integer, "0200"),
        (v.integer, "02020001"),
        (v.integer, "0202ffff"),
        (v.integer, "040101"),
        (v.small_integer, "0201ff"),
        (v.boolean, "010101"),
        (v.boolean, "01020000"),
        (v.oid, "0600"),
        (v.oid, "060180"),
        (v.oid, "06028001"),
        (v.bit_octets, "030101"),
        (v.bit_octets, "0300"),
        (v.bit_set, "030108"),
        (v.bit_set, "03020301"),
        (v.is_null, "050100"),
        (v.time, "170b3236303930313132305a"),
        (v.time, "170d3236303933313132303030305a"),
        (v.time, "1811323032363039303131323030303030302b"),
        (v.generalized_time, "1812323032363039303131323030303030302e5a"),
        (v.generalized_time, "181332303236303930313132303030302e31305a"),
    ],
)
def test_values_have_one_form_only(reader, broken):
    with pytest.raises(DerError):
        reader(Node.at(bytes.fromhex(broken), 0, len(broken) // 2))


def test_fractions_are_read_and_reported():
    moment, fraction = v.generalized_time(read(b"\x18\x1120260901120000.5Z"))
    assert fraction
    assert moment == datetime(2026, 9, 1, 12, 0, 0, 500_000, tzinfo=UTC)


def test_limits_are_kept():
    deep = w.null()
    for _ in range(8):
        deep = w.sequence(deep)
    for data in (deep, w.sequence(*[w.null()] * 64), w.octet_string(bytes(4096))):
        with pytest.raises(DerError):
            read(data)


@given(st.binary(max_size=64))
def test_any_bytes_are_read_or_refused(data):
    try:
        root = read(data)
    except DerError:
        return
    assert root.raw == data


def test_left_over_fields_are_refused():
    fields = read(w.sequence(w.null(), w.null())).fields()
    fields.any()
    with pytest.raises(DerError):
        fields.end()
    fields.any()
    fields.end()
    with pytest.raises(DerError):
        fields.any()


def test_sets_are_written_in_order():
    assert w.set_of([b"\x02\x01\x02", b"\x02\x01\x01"]) == bytes.fromhex("3106020101020102")


@pytest.mark.parametrize(
    ("text", "micros"), [("20260901120000.5Z", 500_000), ("20260901120000.0000001Z", 1)]
)
def test_a_fraction_in_a_certificate_time_is_read_and_shows(text, micros):
    # RFC 5280 4.1.2.5 forbids it; however small, it must not vanish from the report.
    content = text.encode()
    moment = v.time(read(bytes((0x18, len(content))) + content))
    assert moment == datetime(2026, 9, 1, 12, 0, 0, micros, tzinfo=UTC)


@pytest.mark.parametrize("text", ["20260901120000.50Z", "20260901120000.Z", "20260901120000,5Z"])
def test_a_fraction_that_is_not_canonical_is_refused(text):
    content = text.encode()
    with pytest.raises(DerError):
        v.time(read(bytes((0x18, len(content))) + content))


def test_a_utc_time_has_no_fraction():
    content = b"260901120000.5Z"
    with pytest.raises(DerError):
        v.time(read(bytes((0x17, len(content))) + content))
