"""Paths of our own making: each comes out as RFC 5280 says, or as docs/conformance.md departs."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.conformance.paths import anchors, certificates, lists, names, policies, searches
from tests.conformance.paths.case import encode, judge
from tests.conformance.paths.writing import sign

CASES = [
    case
    for each in (anchors, certificates, names, policies, lists, searches)
    for case in each.CASES
]
DOCUMENT = Path(__file__).parents[3] / "docs" / "conformance.md"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_path_comes_out_as_the_standard_or_a_departure_says(case):
    accepted, against = judge(case)
    assert accepted is case.accepted, f"{case.clause}: {against or 'accepted'}"


def test_every_departure_is_documented_with_its_cases():
    section = DOCUMENT.read_text(encoding="utf-8").partition("### Departures in them")[2]
    rows = re.findall(r"^\| ([^|]+) \| (stricter|more lenient) \| (\d+) \|", section, re.MULTILINE)
    departed = Counter(
        (case.departure, "stricter" if case.valid else "more lenient")
        for case in CASES
        if case.departure
    )
    assert {(name, way): int(count) for name, way, count in rows} == departed


def test_no_case_is_stated_twice():
    assert [name for name, count in Counter(case.name for case in CASES).items() if count > 1] == []


def test_the_octets_are_the_same_in_every_run():
    first = [encode(case.signer) for case in CASES]
    sign.cache_clear()
    assert [encode(case.signer) for case in CASES] == first
