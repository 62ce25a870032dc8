"""BER in, definite form out: what needs no change keeps its octets, everything has a bound."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.asn1 import writer as w
from crypto.asn1.ber import definite, joined_octets
from crypto.asn1.der import OCTET_STRING, SEQUENCE, DerError, Limits, Node, context, parse

_LIMITS = Limits(octets=4096, depth=12, elements=200)
_END = b"\x00\x00"
_SKELETON = (SEQUENCE, context(0))


def _indefinite(tag: int, *content: bytes) -> bytes:
    return bytes((tag, 0x80)) + b"".join(content) + _END


def _long_length(tag: int, content: bytes, octets: int) -> bytes:
    return bytes((tag, 0x80 | octets)) + len(content).to_bytes(octets, "big") + content


def test_der_comes_back_as_the_very_bytes_it_was() -> None:
    der = w.sequence(w.integer(1), w.set_of((w.octet_string(b"x" * 300),)))
    found = definite(der, _LIMITS)
    assert found.der is der
    assert not found.was_ber


def test_indefinite_lengths_become_definite_and_der_inside_keeps_its_octets() -> None:
    inside = w.sequence(w.integer(5), w.octet_string(b"z" * 200))
    found = definite(_indefinite(SEQUENCE, _indefinite(context(0), inside)), _LIMITS)
    assert found.was_ber
    assert found.der == w.sequence(w.explicit(0, inside))


@pytest.mark.parametrize("octets", [1, 2, 4, 8])
def test_lengths_longer_than_needed_become_minimal(octets: int) -> None:
    assert definite(_long_length(SEQUENCE, w.integer(1), octets), _LIMITS).der == (
        w.sequence(w.integer(1))
    )


def test_a_string_in_nested_pieces_is_their_concatenation() -> None:
    pieces = _indefinite(
        0x24,
        w.octet_string(b"ab"),
        w.tlv(0x24, w.octet_string(b"c"), _indefinite(0x24)),
        w.octet_string(b""),
        _long_length(OCTET_STRING, b"de", 2),
    )
    assert definite(pieces, _LIMITS).der == w.octet_string(b"abcde")


def test_an_implicitly_tagged_string_in_pieces_is_joined_by_who_knows_the_schema() -> None:
    ber = _indefinite(context(0), w.octet_string(b"ab"), _indefinite(0x24, w.octet_string(b"c")))
    root = parse(definite(ber, _LIMITS).der, _LIMITS)
    assert joined_octets(root, 0x80) == b"abc"
    assert joined_octets(parse(b"\x80\x01z", _LIMITS), 0x80) == b"z"
    with pytest.raises(DerError):
        joined_octets(parse(w.explicit(0, w.integer(1)), _LIMITS), 0x80)


def test_what_lies_below_an_opaque_path_is_copied_unread_and_costs_one_element() -> None:
    heavy = w.sequence(*[w.null()] * 500)
    der = w.sequence(w.explicit(0, heavy))
    with pytest.raises(DerError, match="too_many"):
        definite(der, _LIMITS)
    assert definite(der, _LIMITS, opaque=[_SKELETON]).der is der
    ber = _indefinite(SEQUENCE, _indefinite(context(0), heavy))
    assert definite(ber, _LIMITS, opaque=[_SKELETON]).der == der


def test_an_opaque_element_of_indefinite_length_is_read_for_only_that_finds_its_end() -> None:
    ber = _indefinite(SEQUENCE, w.explicit(0, _indefinite(SEQUENCE, w.integer(7))))
    found = definite(ber, _LIMITS, opaque=[_SKELETON])
    assert found.der == w.sequence(w.explicit(0, w.sequence(w.integer(7))))


@pytest.mark.parametrize(
    ("hostile", "reason"),
    [
        (b"", "truncated"),
        (b"\x30", "truncated"),
        (b"\x30\x80", "truncated"),
        (b"\x30\x80\x00", "truncated"),
        (b"\x30\x05\x02\x01\x01", "truncated"),
        (w.sequence() + b"\x00", "trailing_bytes"),
        (_indefinite(SEQUENCE) + b"\x00", "trailing_bytes"),
        (b"\x30\x02\x00\x00", "end_of_contents"),
        (b"\x04\x80ab\x00\x00", "length"),
        (b"\x30\xff" + b"\x01" * 16, "length"),
        (b"\x30\x89" + b"\x00" * 9, "length"),
        (b"\x02\x84\xff\xff\xff\xff\x01", "truncated"),
        (b"\x10\x00", "constructed_bit"),
        (b"\x22\x03\x02\x01\x01", "constructed_bit"),
        (b"\x2c\x80\x0c\x01a\x00\x00", "constructed_bit"),
        (b"\x1f\x81\x01\x00", "high_tag_number"),
        (_indefinite(0x24, w.integer(1)), "string_piece"),
        (_indefinite(0x24, _indefinite(SEQUENCE)), "string_piece"),
        (b"\x04\x82\x20\x00" + b"a" * 0x2000, "too_large"),
        (b"\x30\x80" * 13 + _END * 13, "too_deep"),
        (b"\x24\x80" * 13 + _END * 13, "too_deep"),
        (w.tlv(0x24, *[w.octet_string(b"")] * 201), "too_many"),
    ],
)
def test_what_breaks_the_rules_or_a_limit_is_refused_by_name(hostile: bytes, reason: str) -> None:
    with pytest.raises(DerError, match=f"^{reason}$"):
        definite(hostile, _LIMITS)


def test_a_length_that_ends_outside_its_parent_is_refused_even_where_nothing_is_read() -> None:
    der = w.sequence(b"\xa0\x03" + b"\x30\x05\x05")
    with pytest.raises(DerError, match="truncated"):
        definite(der, _LIMITS, opaque=[_SKELETON])


_leaves = st.binary(max_size=300).map(w.octet_string) | st.integers(-9, 9).map(w.integer)
_trees = st.recursive(
    _leaves, lambda inner: st.lists(inner, max_size=4).map(lambda x: w.sequence(*x)), max_leaves=12
)


@given(tree=_trees, data=st.data())
@settings(max_examples=150, deadline=None)
def test_every_way_to_write_an_object_in_ber_has_one_definite_form(
    tree: bytes, data: st.DataObject
) -> None:
    limits = Limits(octets=1 << 20, depth=64, elements=100_000)

    def written(node: Node) -> bytes:
        form = data.draw(st.sampled_from(["der", "indefinite", "long"]))
        if node.tag == OCTET_STRING and form != "der":
            cut = data.draw(st.integers(0, len(node.content)))
            pieces = (w.octet_string(node.content[:cut]), w.octet_string(node.content[cut:]))
            return _indefinite(0x24, *pieces) if form == "indefinite" else w.tlv(0x24, *pieces)
        content = node.content
        if node.constructed:
            content = b"".join(written(child) for child in node.children())
        if form == "indefinite" and node.constructed:
            return _indefinite(node.tag, content)
        return _long_length(node.tag, content, 4) if form == "long" else w.tlv(node.tag, content)

    root = parse(tree, limits)
    assert definite(written(root), limits).der == tree


@given(untrusted=st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_octets_of_any_kind_raise_only_dererror(untrusted: bytes) -> None:
    try:
        found = definite(b"\x30\x80" + untrusted, _LIMITS)
    except DerError:
        return
    assert definite(found.der, Limits(4 * 4096, 12, 200)).der == found.der
