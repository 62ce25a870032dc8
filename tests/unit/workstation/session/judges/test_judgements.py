"""How a session judges its own checks: reference photo, undecided face, authority."""

from dataclasses import replace

import pytest

from crypto.report.report import Indication
from tests.support.station import sessions
from vision.results import MatchVerdict
from workstation.rules.checks import CheckId, CheckStatus
from workstation.rules.reference import ReferenceSource, SourceRule, UndecidedRule
from workstation.session.comparison import ComparisonAnswer
from workstation.session.decision import Outcome, decide, evaluate, soft_checks_open

POLICY = sessions.policy()
PHONE = "change_trusted_phone"
REGISTRATION = "app_registration"
PASSED, FAILED, INDETERMINATE = CheckStatus.PASSED, CheckStatus.FAILED, CheckStatus.INDETERMINATE


def changed(kind, policy=POLICY, **fields):
    """Return the policy with one operation changed."""
    operations = tuple(
        replace(each, **fields) if each.kind == kind else each for each in policy.operations
    )
    return replace(policy, operations=operations)


def judged(check, evidence, policy=POLICY):
    (found,) = [each for each in evaluate(policy, evidence) if each.check == check]
    return found.status, found.reason


# -- the reference photo -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "age_days", "expected"),
    [
        (ReferenceSource.REGISTRY, 0, "reference.accepted"),
        (ReferenceSource.REGISTRY, 3_650, "reference.accepted"),
        (ReferenceSource.REGISTRY, 3_651, "reference.too_old"),
        (ReferenceSource.REGISTRY, None, "reference.age_unknown"),
        (ReferenceSource.REGISTRY, -1, "reference.from_the_future"),
        (ReferenceSource.BANK, 1_825, "reference.accepted"),
        (ReferenceSource.BANK, 1_826, "reference.too_old"),
        (ReferenceSource.FILE, None, "reference.accepted"),
        (ReferenceSource.FILE, 20_000, "reference.accepted"),
        (ReferenceSource.FILE, -1, "reference.from_the_future"),
        (ReferenceSource.AUTHORITY, None, "reference.authority_silent"),
    ],
)
def test_a_photo_counts_by_its_source_and_age(source, age_days, expected):
    evidence = replace(
        sessions.good_evidence(), reference=sessions.reference(source, age_days=age_days)
    )

    status, reason = judged(CheckId.REFERENCE, evidence)

    assert reason == expected
    assert (status is PASSED) is (expected == "reference.accepted")


@pytest.mark.parametrize("source", [ReferenceSource.FILE, ReferenceSource.DOCUMENT_CAMERA])
@pytest.mark.parametrize("kind", [REGISTRATION, "loan_issue"])
def test_what_the_operation_does_not_list_is_no_reference(kind, source):
    evidence = replace(sessions.good_evidence(kind), reference=sessions.reference(source))

    assert judged(CheckId.REFERENCE, evidence) == (INDETERMINATE, "reference.source_not_allowed")
    assert decide(POLICY, evidence).outcome is Outcome.INDETERMINATE


def from_document(source, **document):
    """Evidence whose photo came out of a document."""
    photo = sessions.reference(source, age_days=None)
    changed = replace(photo.document, **document)
    return replace(sessions.good_evidence(), reference=replace(photo, document=changed))


@pytest.mark.parametrize("source", [ReferenceSource.CHIP, ReferenceSource.DOCUMENT_CAMERA])
def test_a_documents_photo_counts_until_its_last_day_and_only_if_it_was_read(source):
    photo = sessions.reference(source, age_days=None)
    unread = replace(sessions.good_evidence(), reference=replace(photo, document=None))

    assert judged(CheckId.REFERENCE, from_document(source, days_left=0))[0] is PASSED
    assert judged(CheckId.REFERENCE, from_document(source, days_left=-1)) == (
        INDETERMINATE,
        "reference.document_expired",
    )
    assert judged(CheckId.REFERENCE, unread) == (INDETERMINATE, "reference.document_unread")


@pytest.mark.parametrize("indication", [Indication.INDETERMINATE, Indication.TOTAL_FAILED])
def test_a_chip_counts_only_with_the_states_signature_over_this_portrait(indication):
    chip = sessions.chip()
    for found, reason in (
        (None, "reference.unsigned"),
        (replace(chip, indication=indication), "reference.unsigned"),
        (replace(chip, portrait_sha256="00" * 32), "reference.foreign_portrait"),
    ):
        evidence = from_document(ReferenceSource.CHIP, chip=found)
        assert judged(CheckId.REFERENCE, evidence) == (INDETERMINATE, reason)
        assert decide(POLICY, evidence).outcome is Outcome.INDETERMINATE


def test_who_signed_the_chip_and_whether_it_may_be_a_copy_stand_among_the_facts():
    evidence = from_document(ReferenceSource.CHIP, days_left=12)
    (check,) = [each for each in evaluate(POLICY, evidence) if each.check == CheckId.REFERENCE]

    assert dict(check.facts) | {"sha256": "", "source": "", "taken": ""} == {
        "sha256": "",
        "source": "",
        "taken": "",
        "days_left": 12,
        "signer": "d5" * 32,
        "anchor": "ca" * 32,
        "country": "KAZ",
        "copy_possible": 1,
    }


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (PASSED, "document_name.same"),
        (INDETERMINATE, "document_name.alike"),
        (FAILED, "document_name.other"),
    ],
)
def test_another_name_in_the_document_waits_for_a_second_person(name, reason):
    evidence = from_document(ReferenceSource.DOCUMENT_CAMERA, name=name)

    assert judged(CheckId.DOCUMENT_NAME, evidence) == (name, reason)
    assert (CheckId.DOCUMENT_NAME in soft_checks_open(POLICY, evidence)) is (name is not PASSED)


def test_a_photo_of_the_register_needs_no_name_of_a_document():
    checks = {each.check for each in evaluate(POLICY, sessions.good_evidence())}
    nothing = replace(sessions.good_evidence(), reference=None)

    assert CheckId.DOCUMENT_NAME not in checks
    assert judged(CheckId.DOCUMENT_NAME, nothing) == (INDETERMINATE, "document_name.missing")


def test_the_authority_vouches_for_a_photo_by_its_verdict_alone():
    photo = sessions.reference(ReferenceSource.AUTHORITY, age_days=None)
    evidence = replace(sessions.good_evidence(REGISTRATION), reference=photo)

    assert judged(CheckId.REFERENCE, evidence) == (PASSED, "reference.accepted")
    assert judged(CheckId.REFERENCE, replace(evidence, authority=None)) == (
        INDETERMINATE,
        "reference.authority_silent",
    )


def test_a_photo_that_was_refused_for_good_stays_refused_whatever_follows():
    accepted = replace(sessions.good_evidence(), reference_refused="reference.live_person")
    decision = decide(POLICY, accepted)

    assert (decision.outcome, decision.reason) == (Outcome.REJECTED, "reference.live_person")


# -- an undecided comparison -------------------------------------------------------------------


def undecided(kind=PHONE, review=None):
    """Evidence whose faces are neither alike nor unlike, bound to its statement."""
    evidence = replace(
        sessions.good_evidence(kind),
        match=sessions.match(MatchVerdict.UNDECIDED),
        comparison=review,
    )
    return sessions.signed(evidence)


def test_an_undecided_comparison_that_nobody_settled_has_not_passed():
    assert judged(CheckId.MATCH, undecided()) == (INDETERMINATE, "match.undecided")


def test_a_supervisor_settles_it_where_the_policy_says_so():
    evidence = undecided(review=sessions.review())
    (check,) = [each for each in evaluate(POLICY, evidence) if each.check == CheckId.MATCH]

    assert (check.status, check.reason) == (PASSED, "match.reviewed")
    assert dict(check.facts)["officer"] == sessions.SUPERVISOR
    assert decide(POLICY, evidence).outcome is Outcome.APPROVED


@pytest.mark.parametrize(
    "review",
    [
        sessions.review(ComparisonAnswer.DIFFERENT),
        sessions.review(officer=sessions.TELLER),
        sessions.review(officer=sessions.TELLER.lower()),
        replace(sessions.review(), words="too short"),
        replace(sessions.review(), reference_sha256="00" * 32),
    ],
)
def test_a_review_that_does_not_count_refuses(review):
    assert judged(CheckId.MATCH, undecided(review=review)) == (FAILED, "match.review_denied")


def test_a_supervisor_who_refuses_to_compare_refuses():
    refused = replace(undecided(), review_refused="it is another man")

    assert judged(CheckId.MATCH, refused) == (FAILED, "match.review_denied")


@pytest.mark.parametrize("rule", [UndecidedRule.REFUSE, UndecidedRule.AUTHORITY])
def test_no_supervisor_settles_it_where_the_policy_does_not_say_so(rule):
    policy = changed(PHONE, undecided=rule)

    assert judged(CheckId.MATCH, undecided(review=sessions.review()), policy) == (
        INDETERMINATE,
        "match.undecided",
    )


def test_no_review_lifts_another_face():
    evidence = sessions.signed(
        replace(
            sessions.good_evidence(),
            match=sessions.match(MatchVerdict.NON_MATCH),
            comparison=sessions.review(),
        )
    )

    assert judged(CheckId.MATCH, evidence) == (FAILED, "match.non_match")


def test_no_authority_lifts_another_face():
    evidence = sessions.signed(
        replace(sessions.good_evidence(REGISTRATION), match=sessions.match(MatchVerdict.NON_MATCH))
    )

    assert judged(CheckId.AUTHORITY, evidence)[0] is PASSED
    assert judged(CheckId.MATCH, evidence) == (FAILED, "match.non_match")


def test_the_authority_settles_it_where_the_policy_says_so():
    evidence = undecided(REGISTRATION)

    assert judged(CheckId.MATCH, evidence) == (PASSED, "match.by_authority")
    assert decide(POLICY, evidence).outcome is Outcome.APPROVED


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (FAILED, (FAILED, "authority.no_match")),
        (INDETERMINATE, (INDETERMINATE, "match.undecided")),
    ],
)
def test_an_authority_that_does_not_confirm_settles_nothing(status, expected):
    evidence = undecided(REGISTRATION)
    answer = replace(
        sessions.authority(evidence.authority.evidence_sha256, status), reference="R-1"
    )

    assert judged(CheckId.MATCH, replace(evidence, authority=answer)) == expected


# -- the authority -----------------------------------------------------------------------------


def answering(**changes):
    good = sessions.good_evidence(REGISTRATION)
    return replace(good, authority=replace(good.authority, **changes))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (PASSED, "authority.match")),
        ({"score": 9_500}, (PASSED, "authority.match")),
        ({"score": 9_499}, (FAILED, "authority.below")),
        ({"score": 0}, (FAILED, "authority.below")),
        ({"score": -1}, (FAILED, "authority.below")),
        ({"score": 10_000}, (PASSED, "authority.match")),
        ({"score": 10_001}, (INDETERMINATE, "authority.malformed")),
        ({"reference": ""}, (INDETERMINATE, "authority.unnumbered")),
        ({"evidence_sha256": "00" * 32}, (FAILED, "authority.foreign_evidence")),
        ({"evidence_sha256": ""}, (FAILED, "authority.foreign_evidence")),
        ({"status": FAILED, "reason": "authority.other_iin"}, (FAILED, "authority.other_iin")),
        (
            {"status": INDETERMINATE, "reason": "authority.no_answer"},
            (INDETERMINATE, "authority.no_answer"),
        ),
    ],
)
def test_the_authority_counts_by_its_bar_its_number_and_this_sessions_evidence(changes, expected):
    evidence = answering(**changes)

    assert judged(CheckId.AUTHORITY, evidence) == expected
    assert (decide(POLICY, evidence).outcome is Outcome.APPROVED) is (expected[0] is PASSED)


def test_an_answer_about_another_session_is_foreign():
    here = sessions.good_evidence(REGISTRATION)
    there = sessions.signed(replace(here, session="0" * 30))

    assert judged(CheckId.AUTHORITY, replace(here, authority=there.authority)) == (
        FAILED,
        "authority.foreign_evidence",
    )


def test_an_answer_from_before_the_supervisors_comparison_is_foreign_after_it():
    before = undecided(REGISTRATION)
    after = replace(before, comparison=sessions.review())

    assert judged(CheckId.AUTHORITY, after) == (FAILED, "authority.foreign_evidence")


@pytest.mark.parametrize("missing", [{"attempts": ()}, {"match": None}])
def test_an_answer_without_a_face_has_nothing_to_be_bound_to(missing):
    evidence = replace(sessions.good_evidence(REGISTRATION), **missing)

    assert judged(CheckId.AUTHORITY, evidence) == (INDETERMINATE, "authority.unbound")


def test_no_fact_of_the_adapter_stands_for_the_number_or_the_score():
    evidence = answering(facts=(("reference", "forged"), ("score", 10_000), ("shape", "push")))
    (check,) = [each for each in evaluate(POLICY, evidence) if each.check == CheckId.AUTHORITY]

    assert dict(check.facts) == {"reference": "IDEC-000731", "score": 9_731, "shape": "push"}


def test_a_photo_may_be_older_where_the_policy_says_so():
    policy = changed(PHONE, sources=(SourceRule(ReferenceSource.REGISTRY, 0),))
    photo = sessions.reference(age_days=None)

    assert judged(
        CheckId.REFERENCE, replace(sessions.good_evidence(), reference=photo), policy
    ) == (PASSED, "reference.accepted")
