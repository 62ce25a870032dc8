"""Liveness by the way that was taken last: whole, bound to this case, or not at all."""

from dataclasses import replace

import pytest

from tests.support.station import sessions
from vision.results import Accommodation, PadVerdict
from workstation.rules.alternatives import LivenessWay
from workstation.rules.checks import CheckId, CheckStatus
from workstation.session.alternative import WayReason
from workstation.session.decision import Outcome, decide, evaluate
from workstation.session.judges.liveness import find_way

POLICY = sessions.policy()
PASSED, FAILED, INDETERMINATE = CheckStatus.PASSED, CheckStatus.FAILED, CheckStatus.INDETERMINATE
OUTSIDE = [LivenessWay.PALM, LivenessWay.VIDEO_IDENTIFICATION]
RULES = {LivenessWay.PALM: "B-07", LivenessWay.VIDEO_IDENTIFICATION: "B-08"}


def liveness(evidence, policy=POLICY):
    (found,) = [each for each in evaluate(policy, evidence) if each.check == CheckId.LIVENESS]
    return found


def judged(evidence, policy=POLICY):
    found = liveness(evidence, policy)
    return found.status, found.reason


def without(way, policy=POLICY):
    """Return the policy in which no operation offers this way."""

    def change(required):
        ways = tuple(each for each in required.any_of if each.id != way)
        return replace(required, any_of=ways)

    operations = tuple(
        replace(each, required=tuple(change(item) for item in each.required))
        for each in policy.operations
    )
    return replace(policy, operations=operations)


@pytest.mark.parametrize("way", OUTSIDE)
def test_another_way_with_a_matching_photo_is_as_good_and_the_result_names_it(way):
    evidence = sessions.other_way_evidence(way)
    found = liveness(evidence)

    assert decide(POLICY, evidence).outcome is Outcome.APPROVED
    assert (found.status, found.reason, found.rule) == (PASSED, f"liveness.{way}", RULES[way])
    assert dict(found.facts)["way"] == way
    assert dict(found.facts)["photo"] == sessions.PHOTO
    assert find_way(evidence) is way


@pytest.mark.parametrize("way", OUTSIDE)
def test_it_may_be_taken_before_any_attempt_and_after_one_that_decided_nothing(way):
    failed = sessions.attempt(PadVerdict.UNDECIDED)
    for attempts in ((), (failed,), (failed, failed)):
        evidence = sessions.signed(replace(sessions.other_way_evidence(way), attempts=attempts))
        assert decide(POLICY, evidence).outcome is Outcome.APPROVED


@pytest.mark.parametrize("way", OUTSIDE)
def test_it_is_no_way_round_an_attack_nor_round_attempts_that_were_used_up(way):
    evidence = sessions.other_way_evidence(way)
    attack = sessions.attempt(PadVerdict.ATTACK)
    failed = sessions.attempt(PadVerdict.UNDECIDED)

    assert judged(replace(evidence, attempts=(attack,))) == (FAILED, "liveness.flat")
    exhausted = (FAILED, "liveness.attempts_exhausted")
    assert judged(replace(evidence, attempts=(failed,) * 3)) == exhausted
    assert judged(replace(evidence, attempts=(failed,), earlier=2)) == exhausted


@pytest.mark.parametrize("way", OUTSIDE)
def test_a_way_that_the_operation_does_not_offer_is_refused(way):
    evidence = sessions.other_way_evidence(way)

    assert judged(evidence, without(way)) == (FAILED, "liveness.way_not_offered")
    assert decide(without(way), evidence).outcome is Outcome.REJECTED


@pytest.mark.parametrize("way", OUTSIDE)
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": FAILED, "reason": "test.refused"}, (FAILED, "test.refused")),
        ({"status": INDETERMINATE, "reason": "test.silent"}, (INDETERMINATE, "test.silent")),
        ({"operation_sha256": "00" * 32}, (FAILED, "other_operation")),
        ({"photo_sha256": "00" * 32}, (FAILED, "other_photo")),
        ({"reference": ""}, (FAILED, "unnumbered")),
        ({"nonce": "00" * 16}, (INDETERMINATE, "open")),
    ],
)
def test_only_a_good_answer_to_this_request_about_this_case_counts(way, changes, expected):
    evidence = sessions.other_way_evidence(way)
    answer = replace(evidence.way_answers[0], **changes)
    status, reason = expected
    said = reason if reason.startswith("test.") else f"{way}.{reason}"

    assert judged(replace(evidence, way_answers=(answer,))) == (status, said)
    assert judged(replace(evidence, way_answers=())) == (INDETERMINATE, f"{way}.open")


def test_the_answer_of_one_way_does_not_count_for_another():
    palm = sessions.other_way_evidence(LivenessWay.PALM)
    video = sessions.other_way_evidence(LivenessWay.VIDEO_IDENTIFICATION)

    assert judged(replace(video, way_answers=palm.way_answers)) == (
        FAILED,
        "video_identification.other_way",
    )


def test_the_last_answer_counts_not_the_best():
    evidence = sessions.other_way_evidence(LivenessWay.PALM)
    good = evidence.way_answers[0]
    bad = replace(good, status=FAILED, reason="palm.no_match")

    assert judged(replace(evidence, way_answers=(bad, good))) == (PASSED, "liveness.palm")
    assert judged(replace(evidence, way_answers=(good, bad))) == (FAILED, "palm.no_match")


@pytest.mark.parametrize("way", OUTSIDE)
def test_without_a_photo_of_the_customer_it_is_nothing(way):
    evidence = replace(sessions.other_way_evidence(way), exception_photo=None)
    assert judged(evidence) == (FAILED, f"{way}.other_photo")
    nothing = replace(evidence, way_answers=())
    assert judged(nothing) == (INDETERMINATE, f"{way}.open")


def test_a_palm_needs_the_customers_own_consent_and_a_video_that_of_the_session():
    palm = sessions.other_way_evidence(LivenessWay.PALM)
    unasked = replace(palm.way, consent_sha256="")
    assert judged(replace(palm, way=unasked)) == (FAILED, "palm.no_consent")

    video = sessions.other_way_evidence(LivenessWay.VIDEO_IDENTIFICATION)
    assert video.way.consent_sha256 == ""
    assert judged(video)[0] is PASSED


def test_two_ways_that_are_half_done_do_not_add_up():
    failed = sessions.attempt(PadVerdict.UNDECIDED)
    palm = sessions.other_way_evidence(LivenessWay.PALM, attempts=(failed,))
    one_officer = replace(
        palm,
        way_answers=(),
        exception_request=sessions.excepted_evidence().exception_request,
        approvals=(sessions.approval("S-0031"),),
    )
    assert judged(one_officer) == (INDETERMINATE, "palm.open")
    left = replace(one_officer, way=None)
    assert judged(left) == (INDETERMINATE, "liveness.exception_open")
    assert decide(POLICY, sessions.signed(left)).outcome is Outcome.INDETERMINATE


def test_eased_commands_are_a_way_of_their_own_and_have_to_be_offered():
    eased = replace(sessions.attempt(), accommodations=(Accommodation.WITHOUT_BLINKING,))
    evidence = sessions.signed(replace(sessions.good_evidence(), attempts=(eased,)))
    found = liveness(evidence)

    assert decide(POLICY, evidence).outcome is Outcome.APPROVED
    assert (found.rule, dict(found.facts)["way"]) == ("B-08", "accessible_set")
    barred = without(LivenessWay.ACCESSIBLE_SET)
    assert judged(evidence, barred) == (FAILED, "liveness.way_not_offered")
    assert judged(sessions.good_evidence(), barred)[0] is PASSED


def test_officers_count_only_where_the_operation_offers_them():
    evidence = sessions.excepted_evidence()
    barred = without(LivenessWay.TWO_OFFICERS)
    assert judged(evidence, barred) == (FAILED, "liveness.exception_not_offered")


def test_the_signature_covers_the_way_and_every_answer_about_it():
    evidence = sessions.other_way_evidence(LivenessWay.PALM)
    request, (answer,) = evidence.way, evidence.way_answers
    for changed in (
        replace(evidence, way=replace(request, reason=WayReason.CUSTOMER_WISH)),
        replace(evidence, way=replace(request, consent_sha256="c1" * 32)),
        replace(evidence, way_answers=(replace(answer, reference="PALM-2"),)),
        replace(evidence, way_answers=(answer, answer)),
    ):
        decision = decide(POLICY, changed)
        assert (decision.outcome, decision.reason) == (
            Outcome.REJECTED,
            "signature.foreign_evidence",
        )


def test_before_anything_was_done_there_is_no_way():
    assert find_way(sessions.empty_evidence()) is None
    assert judged(sessions.empty_evidence()) == (INDETERMINATE, "liveness.missing")
    assert find_way(sessions.good_evidence()) is LivenessWay.COMMANDS
    assert find_way(sessions.excepted_evidence()) is LivenessWay.TWO_OFFICERS
