"""The entry's JSON profile: the writer is RFC 8785, the parser takes nothing else."""

import json
import unicodedata

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.canonical_json import MAX_INTEGER
from crypto.errors import CryptoError, EntryMalformed
from crypto.log.format.entry import (
    MAX_ENTRY_BYTES,
    Header,
    canonical,
    parse_canonical,
    parse_entry,
    seal_entry,
)
from tests.support.station.log import ORIGIN, log_signer, session_signer, sign_note

NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789_", min_size=1, max_size=8)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(
    lambda text: unicodedata.normalize("NFC", text)
)
SCALARS = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)
HEADER = Header(ORIGIN, 3, bytes(32), 1763803500000, 1000, "7f3c9a10")


def depth(value):
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    return 0


@settings(deadline=None)
@given(st.dictionaries(NAMES, VALUES, max_size=4).filter(lambda value: depth(value) <= 6))
def test_the_writer_gives_the_bytes_of_rfc_8785_and_the_parser_takes_them_back(members):
    encoded = canonical(members)
    assert encoded == rfc8785.dumps(members)
    assert parse_canonical(encoded) == members


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_canonical_json_or_malformed(untrusted):
    with pytest.raises(EntryMalformed):
        parse_canonical(untrusted + b"#")


def nested(levels):
    value = 1
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    "members",
    [
        {"a": 1.0},
        {"a": float("nan")},
        {"a": 2**53},
        {"a": -(2**53)},
        {"A": 1},
        {"": 1},
        {"a\nb": 1},
        {"a\nb": 1, "c": 2},
        {"a\n": 1},
        {"x" * 65: 1},
        {"ключ": 1},
        {"a": {1: 2}},
        {"a": "e\u0301"},
        {"a": "\ud800"},
        {"a": b"bytes"},
        {"a": {1, 2}},
        {"a": "x" * MAX_ENTRY_BYTES},
        nested(7),
        {"a": [[[[[[1]]]]]]},
    ],
)
def test_the_writer_refuses_what_is_outside_the_profile(members):
    with pytest.raises(EntryMalformed):
        canonical(members)


def test_six_levels_are_allowed():
    assert parse_canonical(canonical(nested(6))) == nested(6)


@pytest.mark.parametrize(
    "untrusted",
    [
        b'{"a":1,"a":1}',
        b'{"a":{"b":1,"b":2}}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-0}',
        b'{"a":01}',
        b'{"a":9007199254740993}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a": 1}',
        b'{"b":1,"a":1}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\/"}',
        b'{"a":"\\ud800"}',
        b'{"a":1}\n',
        b"\xef\xbb\xbf{}",
        b'{"a":"\xff"}',
        b"[1]",
        b"1",
        b"",
        b"[" * 8000,
        b'{"a":' * 1500,
        b" " * (MAX_ENTRY_BYTES + 1),
    ],
)
def test_the_parser_refuses_every_other_spelling(untrusted):
    with pytest.raises(EntryMalformed):
        parse_canonical(untrusted)


@settings(deadline=None)
@given(st.dictionaries(NAMES, SCALARS, max_size=4), TEXTS.filter(lambda text: text != ""))
def test_a_sealed_entry_parses_back_to_itself(data, actor):
    sealed = seal_entry(HEADER, "verify.result", data, actor=actor, signers=[log_signer()])
    assert parse_entry(sealed.body) == sealed


def test_an_entry_keeps_what_was_written_when_the_callers_mapping_changes():
    data = {"a": [1]}
    sealed = seal_entry(HEADER, "x", data, actor="", signers=[log_signer()])
    data["a"].append(2)
    assert sealed.data == {"a": [1]}
    assert (sealed.actor, sealed.signers) == ("", (ORIGIN,))


@pytest.mark.parametrize("kind", ["", "A", "a..b", ".a", "a b", "a.b.c.d.e", "x" * 65])
def test_a_kind_is_short_dotted_lower_case(kind):
    with pytest.raises(EntryMalformed):
        seal_entry(HEADER, kind, {}, actor="", signers=[log_signer()])


def test_an_entry_with_its_signatures_stays_within_8_kib():
    with pytest.raises(EntryMalformed):
        seal_entry(
            HEADER, "x", {"a": "x" * 8000}, actor="", signers=[log_signer(), session_signer()]
        )


GOOD = json.loads(seal_entry(HEADER, "x", {}, actor="T", signers=[log_signer()]).note.text.decode())


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"seq": -1},
        {"seq": "3"},
        {"seq": 0},
        {"prev": None},
        {"prev": ""},
        {"prev": "AB=="},
        {"prev": "AAAA"},
        {"t": True},
        {"mono": -1},
        {"boot": ""},
        {"log": 1},
        {"type": "X"},
        {"type": "x" * 65},
        {"data": []},
        {"actor": ""},
        {"extra": 1},
    ],
)
def test_an_entry_with_a_wrong_member_is_malformed(change):
    text = canonical(GOOD | change) + b"\n"
    with pytest.raises(EntryMalformed):
        parse_entry(sign_note(text, [log_signer()]))


@pytest.mark.parametrize("missing", sorted(GOOD.keys() - {"actor"}))
def test_an_entry_without_a_member_is_malformed(missing):
    members = {name: value for name, value in GOOD.items() if name != missing}
    with pytest.raises(EntryMalformed):
        parse_entry(sign_note(canonical(members) + b"\n", [log_signer()]))


@pytest.mark.parametrize("text", [b"{}\n{}\n", b"3\norigin\n", b"\n", b"[]\n"])
def test_an_entry_is_one_line_of_one_object(text):
    with pytest.raises(EntryMalformed):
        parse_entry(sign_note(text, [log_signer()]))


@given(st.binary(max_size=200))
def test_parsing_bytes_raises_only_our_error(untrusted):
    with pytest.raises(CryptoError):
        parse_entry(untrusted)


def test_an_overlong_entry_is_malformed():
    text = canonical(GOOD | {"data": {"a": "x" * 7900}}) + b"\n"
    with pytest.raises(EntryMalformed):
        parse_entry(sign_note(text, [log_signer(), session_signer()]))
