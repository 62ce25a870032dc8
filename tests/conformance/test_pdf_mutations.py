"""One-octet changes of what a PDF signature covers: none passes, none raises.

The suite makes 300 of them, `WORKSTATION_ALL_CONFORMANCE=1` two thousand.

Outside what is covered stands the value of the signature alone. A change of it passes only where
it says the same: the case of a hexadecimal digit.
"""

import os
import random
import re

import pytest

from crypto.report.report import Indication
from tests.support.containers.pdf_documents import Document, card, stream
from tests.support.pki.certificates import NOW, world

W = world()
ALL = bool(os.environ.get("WORKSTATION_ALL_CONFORMANCE"))
COUNT = 2000 if ALL else 300
DAMAGED = 3000 if ALL else 300


def sign(content):
    return W.cms(content, detached=True)


def judge(octets):
    return W.validator().validate_document(octets, content=None, moment=NOW)


def twice():
    document = Document()
    document.sign(sign)
    n = document.next_number()
    document.catalog = b"/DSS << /Certs [%d 0 R] >>" % n
    document.update({n: stream(W.authority.der), **document.form_objects()})
    return document.sign(sign)


SEEDS = {"once": Document().sign(sign), "twice": twice()}


def gaps(octets):
    return [range(m.start(1), m.end(1)) for m in re.finditer(rb"/Contents (<[0-9a-f]+>)", octets)]


@pytest.mark.parametrize("name", SEEDS)
def test_no_changed_octet_of_what_is_covered_passes(name):
    octets, chance = SEEDS[name], random.Random(14)
    assert judge(octets).indication is Indication.TOTAL_PASSED
    outside = gaps(octets)
    covered = [n for n in range(len(octets)) if not any(n in gap for gap in outside)]
    for _ in range(COUNT // len(SEEDS)):
        at = chance.choice(covered)
        spoilt = bytearray(octets)
        spoilt[at] ^= chance.randrange(1, 256)
        assert judge(bytes(spoilt)).indication is not Indication.TOTAL_PASSED, (at, spoilt[at])


def test_a_changed_octet_of_the_value_passes_only_where_it_says_the_same():
    octets, chance = SEEDS["once"], random.Random(15)
    (gap,) = gaps(octets)
    used = range(gap.start, gap.start + 2000)
    for _ in range(300):
        at = chance.choice(used)
        spoilt = bytearray(octets)
        spoilt[at] ^= chance.randrange(1, 256)
        same = bytes(spoilt).lower() == octets.lower()
        assert (judge(bytes(spoilt)).indication is Indication.TOTAL_PASSED) is same, at


@pytest.mark.parametrize("name", ["once", "twice", "card"])
def test_damaged_documents_are_read_or_refused(name):
    octets = SEEDS.get(name) or card(b"content", W.cms(b"content", detached=True))
    chance = random.Random(16)
    for _ in range(DAMAGED):
        spoilt = bytearray(octets)
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(spoilt))
            size = chance.randrange(1, 40)
            match chance.randrange(4):
                case 0:
                    del spoilt[at : at + size]
                case 1:
                    spoilt[at:at] = spoilt[at : at + size]
                case 2:
                    spoilt[at : at + size] = chance.randbytes(size)
                case _:
                    other = chance.randrange(len(spoilt))
                    spoilt[at : at + size] = spoilt[other : other + size]
        found = judge(bytes(spoilt))
        assert found.to_json()
        assert found.indication is not Indication.TOTAL_PASSED or bytes(spoilt) == octets
