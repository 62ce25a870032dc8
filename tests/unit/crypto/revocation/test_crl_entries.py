"""Entries walked fast say what the general reader says, and refuse what it refuses."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import DerError, Node
from crypto.revocation.crl import to_moment
from crypto.revocation.crl_entries import encode_serial, read_entry, walk
from tests.support.pki.certificates import world

NAME = world().authority.parsed.subject
WHEN = w.utc_time(datetime(2026, 8, 1, 10, 20, 30, tzinfo=UTC))


def series(*entries: bytes) -> Node:
    der = w.sequence(*entries) + b"\x03\x02\x00\x00"  # a signature always follows
    return Node.at(der, 0, len(der))


def reason(code: int, *, critical: bytes = b"") -> bytes:
    value = w.octet_string(w.tlv(0x0A, bytes((code,))))
    return w.sequence(w.sequence(w.oid(oids.REASON_CODE), critical, value))


def entry(serial: int = 5, when: bytes = WHEN, tail: bytes = b"") -> bytes:
    return w.sequence(w.integer(serial), when, tail)


def walked(*entries: bytes):
    return list(walk(series(*entries), NAME))


def generally(*entries: bytes):
    found = []
    for node in series(*entries).children():
        read = read_entry(node, NAME)
        seconds = int(read.revoked_at.timestamp())
        found.append((encode_serial(read.serial), seconds, read.reason))
    return found


@pytest.mark.parametrize("serial", [0, 1, 127, 128, 255, 256, -1, -128, -129, 1 << 158, 1 << 900])
def test_a_serial_number_of_any_size_is_kept_as_its_octets(serial):
    ((octets, _, _),) = walked(entry(serial))
    assert octets == encode_serial(serial)
    assert int.from_bytes(octets, "big", signed=True) == serial


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (b"\x17\x0d260801102030Z", datetime(2026, 8, 1, 10, 20, 30, tzinfo=UTC)),
        (b"\x17\x0d491231235959Z", datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (b"\x17\x0d500101000000Z", datetime(1950, 1, 1, tzinfo=UTC)),
        (b"\x18\x0f20510228010203Z", datetime(2051, 2, 28, 1, 2, 3, tzinfo=UTC)),
    ],
)
def test_a_date_means_what_rfc_5280_says(when, expected):
    ((_, seconds, _),) = walked(entry(when=when))
    assert to_moment(seconds) == expected


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        (b"", None),
        (reason(0), 0),
        (reason(10), 10),
        (reason(1, critical=w.boolean(True)), 1),
        (reason(1, critical=w.boolean(False)), 1),
    ],
)
def test_a_reason_is_read_in_the_usual_and_in_unusual_shapes(tail, expected):
    assert walked(entry(tail=tail), entry(6)) == generally(entry(tail=tail), entry(6))
    assert walked(entry(tail=tail))[0][2] == expected


@pytest.mark.parametrize(
    ("invalid", "expected"),
    [(b"20260701000000Z", (2026, 7, 1)), (b"20260901000000Z", (2026, 8, 1, 10, 20, 30))],
)
def test_an_entry_counts_since_its_invalidity_date_where_that_is_earlier(invalid, expected):
    value = w.octet_string(w.tlv(0x18, invalid))
    tail = w.sequence(w.sequence(w.oid(oids.INVALIDITY_DATE), value))
    assert walked(entry(tail=tail)) == generally(entry(tail=tail))
    assert to_moment(walked(entry(tail=tail))[0][1]) == datetime(*expected, tzinfo=UTC)


@pytest.mark.parametrize(
    "bad",
    [
        w.sequence(w.integer(1)),
        w.sequence(WHEN, w.integer(1)),
        w.sequence(b"\x02\x00", WHEN),
        w.sequence(b"\x02\x02\x00\x01", WHEN),
        w.sequence(b"\x02\x02\xff\x80", WHEN),
        entry(when=b"\x17\x0d261301102030Z"),
        entry(when=b"\x17\x0d260801242030Z"),
        entry(when=b"\x17\x0d260801106030Z"),
        entry(when=b"\x17\x0d260801102060Z"),
        entry(when=b"\x17\x0d2608011020303"),
        entry(when=b"\x17\x0d26080110203 Z"),
        entry(when=b"\x17\x0d+60801102030Z"),
        entry(when=b"\x17\x0d2608_1102030Z"),
        entry(when=b"\x17\x0b2608011020Z"),
        entry(tail=reason(11)),
        entry(tail=w.sequence()),
        entry(tail=b"\x05\x00"),
        entry(tail=w.sequence(w.sequence(w.oid("1.2.3"), w.boolean(True), w.octet_string(b"")))),
        b"\x31\x03\x02\x01\x05",
        b"\x30\x80",
        b"\x30\x7f\x02\x01\x05",
    ],
)
def test_an_entry_that_is_not_sound_is_refused_as_by_the_general_reader(bad):
    with pytest.raises(DerError):
        generally(entry(), bad)
    with pytest.raises(DerError):
        walked(entry(), bad, entry())


def test_an_entry_of_another_issuer_is_refused():
    other = w.tlv(0xA4, world().root.parsed.subject.raw)
    named = w.sequence(
        w.sequence(
            w.oid(oids.CERTIFICATE_ISSUER), w.boolean(True), w.octet_string(w.sequence(other))
        )
    )
    with pytest.raises(DerError):
        walked(entry(tail=named))


def outcome(read, node):
    try:
        return read(node)
    except DerError:
        return "refused"


@settings(max_examples=300)
@given(
    st.lists(
        st.tuples(st.integers(-(1 << 160), 1 << 160), st.sampled_from([b"", reason(1), reason(8)]))
    ),
    st.integers(0, 5000),
    st.integers(0, 7),
)
def test_with_any_bit_changed_both_readers_agree(shapes, place, bit):
    der = bytearray(w.sequence(*(entry(serial, tail=tail) for serial, tail in shapes)))
    first = 2 if der[1] < 0x80 else 2 + (der[1] & 0x7F)
    if len(der) > first:
        der[first + place % (len(der) - first)] ^= 1 << bit
    data = bytes(der) + b"\x03\x02\x00\x00"
    node = Node.at(data, 0, len(data))

    def fast(whole):
        return list(walk(whole, NAME))

    def general(whole):
        read = [read_entry(each, NAME) for each in whole.children()]
        return [(encode_serial(e.serial), int(e.revoked_at.timestamp()), e.reason) for e in read]

    assert outcome(fast, node) == outcome(general, node)
