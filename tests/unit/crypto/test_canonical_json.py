"""Canonical JSON: the octets of RFC 8785, whatever shape a value comes in, or a refusal."""

import json
from types import MappingProxyType

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.canonical_json import MAX_INTEGER, JsonNotCanonical, canonical_json

NAMES = st.text(st.characters(max_codepoint=127), max_size=8)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(VALUES)
def test_the_octets_are_those_of_rfc_8785(value):
    assert canonical_json(value) == rfc8785.dumps(value)


@settings(deadline=None)
@given(VALUES)
def test_logs_and_permits_written_before_this_writer_have_the_same_octets(value):
    spelled = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical_json(value) == spelled.encode()


def test_any_mapping_is_an_object_and_a_tuple_is_an_array():
    assert canonical_json(MappingProxyType({"b": (1, 2), "a": None})) == b'{"a":null,"b":[1,2]}'


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (1.0, "float"),
        ([float("nan")], "float"),
        (2**53, "integer"),
        ({"a": -(2**53)}, "integer"),
        ({1: 2}, "member name"),
        ({"ключ": 1}, "member name"),
        ({"a": "\ud800"}, "lone surrogate"),
        (b"octets", "bytes"),
        ({1, 2}, "set"),
    ],
)
def test_what_has_no_single_spelling_is_refused(value, why):
    with pytest.raises(JsonNotCanonical, match=why):
        canonical_json(value)


def test_what_is_nested_without_end_is_refused():
    endless = []
    endless.append(endless)
    with pytest.raises(JsonNotCanonical, match="too deep"):
        canonical_json(endless)
