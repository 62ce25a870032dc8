from dataclasses import replace
from datetime import date

import pytest

from tests.support.station import sessions
from vision.results import MatchVerdict
from workstation.rules.checks import CheckId, CheckStatus
from workstation.rules.reference import ReferenceSource
from workstation.session.decision import decide
from workstation.session.evidence import ConsentBy, GrantedOverride
from workstation.session.provenance import Provenance, trace_provenance

POLICY = sessions.policy()


def traced(evidence):
    return trace_provenance(decide(POLICY, evidence), evidence)


def test_a_registers_photo_is_vouched_for_by_the_register_and_compared_here():
    good = sessions.good_evidence()
    answers = tuple(
        replace(each, facts=(("body_sha256", "00" * 32), ("source", "gbdfl.gov.kz")))
        if each.check == CheckId.PERSON
        else each
        for each in good.answers
    )

    assert traced(replace(good, answers=answers)) == Provenance(
        source=ReferenceSource.REGISTRY,
        taken=date(2025, 10, 18),
        age_days=400,
        vouched_by="gbdfl.gov.kz",
        authority="local",
        reviewer="",
        review_reason="",
        consent_by="teller",
        customer_window=False,
    )


def test_a_source_that_gave_no_name_vouches_by_its_kind():
    edocument = replace(
        sessions.good_evidence(), reference=sessions.reference(ReferenceSource.EDOCUMENT)
    )

    assert traced(sessions.good_evidence()).vouched_by == "registry"
    assert traced(edocument).vouched_by == "edocument"


def test_a_chips_photo_is_vouched_for_by_the_state_and_the_authority_that_signed_it():
    photo = sessions.reference(ReferenceSource.CHIP)
    chip = replace(sessions.good_evidence(), reference=photo)

    assert traced(chip).vouched_by == f"KAZ {'ca' * 8}"


@pytest.mark.parametrize("source", [ReferenceSource.FILE, ReferenceSource.DOCUMENT_CAMERA])
def test_what_the_desk_brought_is_vouched_for_by_the_second_person(source):
    desk = replace(sessions.good_evidence(), reference=sessions.reference(source))
    others = GrantedOverride(CheckId.NAME, "S-0032", "an older spelling")
    by = GrantedOverride(CheckId.REFERENCE_CONFIRMED, sessions.SUPERVISOR, "as in the card I hold")

    assert traced(desk).vouched_by == ""
    assert traced(replace(desk, overrides=(others, by))).vouched_by == sessions.SUPERVISOR


@pytest.mark.parametrize("kind", POLICY.idec_required)
def test_the_authority_is_named_by_its_number_once_its_check_has_passed(kind):
    good = sessions.good_evidence(kind)
    denied = replace(good.authority, status=CheckStatus.FAILED)

    assert traced(good).authority == "IDEC-000731"
    assert traced(replace(good, authority=denied)).authority == "local"
    assert traced(replace(good, authority=None)).authority == "local"


def test_an_authority_that_vouches_for_the_photo_does_so_by_number():
    photo = sessions.reference(ReferenceSource.AUTHORITY, age_days=None)
    good = replace(sessions.good_evidence("loan_issue"), reference=photo)

    assert traced(good).vouched_by == "IDEC-000731"
    assert traced(replace(good, authority=None)).vouched_by == ""


def test_a_supervisors_comparison_is_named_with_its_reason():
    evidence = replace(
        sessions.good_evidence(),
        match=sessions.match(MatchVerdict.UNDECIDED),
        comparison=sessions.review(),
    )
    found = traced(sessions.signed(evidence))

    assert (found.reviewer, found.review_reason) == (sessions.SUPERVISOR, "features_agree")


def test_without_a_photo_nobody_vouches():
    found = traced(sessions.empty_evidence())

    assert (found.source, found.taken, found.vouched_by) == (None, None, "")


@pytest.mark.parametrize("window", [True, False])
@pytest.mark.parametrize("by", ConsentBy)
def test_it_says_by_whose_hand_the_consent_came_and_whether_it_could_be_read(by, window):
    good = sessions.good_evidence()
    found = traced(replace(good, consent=replace(good.consent, by=by, window=window)))

    assert (found.consent_by, found.customer_window) == (by, window)
