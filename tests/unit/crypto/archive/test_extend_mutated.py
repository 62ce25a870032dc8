"""Archived signatures with octets changed: what nobody signed takes nothing from who signed."""

import random

import pytest

from crypto.archive.extend import ArchiveLevel
from crypto.asn1.der import DerError
from crypto.cms.signed_data import SignedData
from crypto.errors import CryptoError
from crypto.report.report import Indication
from tests.support.pki.archives import Station
from tests.support.pki.certificates import CONTENT, NOW, world

W = world()
TIMES = 400


@pytest.fixture(scope="module")
def archived():
    return Station(authority=W.stamper).extend(W.cms(), ArchiveLevel.LTA).cms


def change(cms, place, seed):
    return cms[:place] + bytes((cms[place] ^ (1 << seed % 8),)) + cms[place + 1 :]


def list_places(archived):
    """Return the places of unsigned attributes, and of lists and of answers."""
    signed = SignedData.parse(archived)
    values = [value for each in signed.signers[0].unsigned for value in each.values]
    return [place for node in (*values, *signed.lists) for place in range(node.start, node.end)]


def test_a_change_of_what_nobody_signed_ends_passed_or_unreadable(archived):
    seeded = random.Random(14)
    validator = Station().validator()
    outcomes = set()
    for seed, place in enumerate(seeded.choices(list_places(archived), k=TIMES)):
        changed = change(archived, place, seed)
        try:
            SignedData.parse(changed)
        except DerError:
            continue
        report = validator.validate_document(changed, content=CONTENT, moment=NOW)
        outcomes.add(report.indication)
    assert outcomes == {Indication.TOTAL_PASSED}


def test_whatever_is_changed_is_extended_or_refused_by_name(archived):
    seeded = random.Random(41)
    details = set()
    for seed, place in enumerate(seeded.choices(range(len(archived)), k=TIMES // 4)):
        try:
            extended = Station().extend(change(archived, place, seed), ArchiveLevel.LTA)
        except CryptoError as error:
            details.add(error.detail)
        else:
            assert extended.report.indication is Indication.TOTAL_PASSED
    assert details
    assert "" not in details
