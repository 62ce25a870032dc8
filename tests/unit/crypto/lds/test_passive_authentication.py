"""Passive authentication: only what a pinned state signed is genuine, and each refusal says why."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from crypto.lds.passive_authentication import authenticate
from crypto.report.chip import ChipReason, DataGroupResult
from crypto.report.report import Indication
from tests.support.lds.documents import NOW, document, make_files, trust_of
from workstation.sandbox.pki.travel_documents import issue_csca, issue_document_signer

PASSED, UNDECIDED, FAILED = (
    Indication.TOTAL_PASSED,
    Indication.INDETERMINATE,
    Indication.TOTAL_FAILED,
)


def judge(files, trust=None, moment=NOW, **more):
    return authenticate(files, trust or document().trust(), moment, **more)


def with_groups(groups):
    return replace(document().files, data_groups=groups)


def test_what_the_state_signed_is_genuine_and_the_chip_may_be_a_copy():
    made = document()
    report = judge(made.files)

    assert (report.indication, report.reason) == (PASSED, ChipReason.PASSED)
    assert report.genuine_data
    assert report.chip_may_be_copy
    assert not report.authenticity_offered
    assert dict(report.data_groups) == {
        1: DataGroupResult.GENUINE,
        2: DataGroupResult.GENUINE,
    }
    assert report.csca_sha256 == made.csca.parsed.sha256
    assert report.signer_sha256 == made.signer.parsed.sha256
    assert (report.country, report.hash_algorithm) == ("KZ", "SHA-256")


CHANGES = 500
"""Of each of four parts: 2,000 in all."""


def change_bits(octets, start, end):
    """Yield the octets with one bit between two places changed, seeded."""
    dice = random.Random(9303)
    for _ in range(CHANGES):
        place = dice.randrange(start * 8, end * 8)
        changed = bytearray(octets)
        changed[place // 8] ^= 0x80 >> place % 8
        yield place, bytes(changed)


@pytest.mark.parametrize("part", ["security object", "signer's certificate"])
def test_a_security_object_with_any_one_bit_changed_is_refused(part):
    made = document()
    octets, trust = made.files.security_object, made.trust()
    start = octets.index(made.signer.der)
    between = (start, start + len(made.signer.der)) if "'s" in part else (0, len(octets))

    for place, changed in change_bits(octets, *between):
        report = judge(replace(made.files, security_object=changed), trust)
        assert report.indication is not PASSED, place
        assert report.reason is not ChipReason.PASSED, place


@pytest.mark.parametrize("number", [1, 2])
def test_a_data_group_with_any_one_bit_changed_is_refused(number):
    files, trust = document().files, document().trust()
    octets = files.data_groups[number]

    for place, changed in change_bits(octets, 0, len(octets)):
        report = judge(with_groups({**files.data_groups, number: changed}), trust)
        assert (report.indication, report.reason) == (FAILED, ChipReason.DATA_GROUP_CHANGED), place


def test_data_groups_in_each_others_place_are_refused_as_swapped():
    files = document().files
    one, two = files.data_groups[1], files.data_groups[2]
    report = judge(with_groups({1: two, 2: one}))

    assert (report.indication, report.reason) == (FAILED, ChipReason.DATA_GROUPS_SWAPPED)


def test_a_security_object_of_another_document_is_refused():
    made = document()
    other = make_files(made.signer, image=b"\xff\xd8\xff\xe0another\xff\xd9")
    report = judge(replace(made.files, security_object=other.security_object))

    assert (report.indication, report.reason) == (FAILED, ChipReason.DATA_GROUP_CHANGED)


def test_a_data_group_that_nobody_signed_is_refused():
    report = judge(with_groups({**document().files.data_groups, 11: b"\x6b\x00"}))

    assert (report.indication, report.reason) == (FAILED, ChipReason.DATA_GROUP_NOT_SIGNED)


def test_without_the_zone_nothing_is_genuine():
    report = judge(with_groups({2: document().files.data_groups[2]}))

    assert (report.indication, report.reason) == (FAILED, ChipReason.DATA_GROUP_MISSING)


def test_a_signer_without_a_pinned_authority_is_undecided():
    nobody, stranger = trust_of(), trust_of(issue_csca("UT"))

    for trust in (nobody, stranger):
        report = judge(document().files, trust)
        assert (report.indication, report.reason) == (UNDECIDED, ChipReason.NO_CSCA)


def test_an_authority_of_the_same_name_with_another_key_is_none():
    report = judge(document().files, trust_of(issue_csca()))

    assert (report.indication, report.reason) == (UNDECIDED, ChipReason.NO_CSCA)


def test_a_signer_of_another_country_vouches_for_no_document_of_ours():
    utopia = issue_csca("UT")
    for country in ("UT", "KZ"):
        files = make_files(issue_document_signer(utopia, country=country))
        report = judge(files, trust_of(utopia, document().csca))

        assert (report.indication, report.reason) == (FAILED, ChipReason.OTHER_COUNTRY)


def test_a_signer_that_may_not_sign_this_kind_of_document_is_refused():
    files = make_files(issue_document_signer(document().csca, kinds=("P",)))
    report = judge(files)

    assert (report.indication, report.reason) == (FAILED, ChipReason.CERTIFICATE_REFUSED)


def test_a_signer_that_expired_since_speaks_against_no_document():
    files = make_files(issue_document_signer(document().csca, life=timedelta(days=90)))

    assert judge(files).genuine_data


def test_a_document_signed_in_the_future_is_refused():
    report = judge(document().files, moment=NOW - timedelta(days=4 * 365))

    assert (report.indication, report.reason) == (FAILED, ChipReason.SIGNING_TIME_WRONG)


@pytest.mark.parametrize(
    "hostile", [b"", b"\x77", b"\x77\x80", b"\x77\x84\xff\xff\xff\xff", b"\x30\x80" * 9000]
)
def test_octets_that_are_no_security_object_are_refused(hostile):
    report = judge(replace(document().files, security_object=hostile))

    assert (report.indication, report.reason) == (FAILED, ChipReason.SOD_MALFORMED)
