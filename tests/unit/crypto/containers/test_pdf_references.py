"""References to objects, in whatever way the octets of a document write them."""

import time

import pytest

from crypto.containers.pdf.references import ReferenceIndex, find_reference_keys


@pytest.mark.parametrize(
    ("octets", "keys"),
    [
        (b"/Contents 77 0 R", {"Contents"}),
        (b"/Contents 0077\r\n00 R", {"Contents"}),
        (b"[4 0 R 77 0 R]", {""}),
        (b"/Certs [77 0 R]", {""}),
        (b"<</A 77 0 R/B 77 0 R>>", {"A", "B"}),
        (b"/A +77 0 R", {"A"}),
        (b"/A 77 0R", {"A"}),
        (b"/A 77. 0 R", {"A"}),
        (b"/A 77.0 -0. R", {"A"}),
        (b"/A 7-7 0 R", {"A"}),
        (b"/A 7.7E1 0 R", {"A"}),
        (b"/A 76." + b"9" * 200 + b" 0 R", {"A"}),
        (b"/A " + b"0" * 5000 + b"77 0 R", {"A"}),
        (b"/A 77 %x\n0R", {""}),
        (b"/A 77. %x\n0 R", {""}),
        (b"/A 77 %x\n" + b"0" * 200 + b"R", {""}),
        (b"/A 77 %x\n0 R ", {""}),
        (b"/A 77%x\n0 R]", {""}),
        (b"/A 77 0%x\r\nR/", {""}),
        (b"(100%) /A 77 0 %x\n%y\n\n%z\nR ", {""}),
        (b"/A 77 %x\n0 %y\nR ", {""}),
        (b"/A 77 %x\n%y\n0 %y\n%z\nR ", {""}),
        (b"/A 77 %c\n0\nR ", {""}),
        (b"/A 77 %c\n0" + b" " * 200 + b"R ", {""}),
        (b"x" * 200 + b"77 %c\n" + b"\n" * 200 + b"0 R ", {""}),
        (b"\n/Contents %/Certs\n77 0 R", {""}),
        (b"\n/Contents %x /Certs \r 77 0 R", {""}),
        (b"\n/Contents %" + b"x" * 200 + b" /Certs \r 77 0 R", {""}),
        (b"\n/Type /DSS /Certs\r\n77 0 R", {"Certs"}),
        (b"/A 78 0 R 7 7 0 R", None),
        (b"/Length 77", None),
    ],
)
def test_every_reference_is_found_with_the_name_before_it(octets, keys):
    found = find_reference_keys(octets, {77}).get(77)
    assert found == keys or (keys is None and found is None)


@pytest.mark.parametrize(
    "octets",
    [
        b"1%" * 500_000,
        b"1" * 1_000_000,
        b"1." * 500_000,
        b"1R" * 500_000,
        b"1 " * 500_000,
        b"1 0%\nR " * 100_000,
        b"\n" * 1_000_000,
        b"R " * 500_000,
    ],
)
def test_the_search_takes_linear_time(octets):
    begun = time.process_time()
    find_reference_keys(octets, {77})
    assert time.process_time() - begun < 5


def test_an_index_tells_what_each_revision_refers_to():
    octets = b"/A 77 0 R /B 77 0 R [77 0 R] /A 78 0 R"
    index = ReferenceIndex(octets, {77, 78})
    assert index.find(octets.index(b"/B"), ()) == {77: {"A"}}
    assert index.find(len(octets), ()) == {77: {"A", "B", ""}, 78: {"A"}}
    assert index.find(0, [(5, b"/C 78 0 R ")]) == {78: {"C"}}
