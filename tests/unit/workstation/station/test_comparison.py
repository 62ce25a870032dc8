"""An undecided comparison goes to a supervisor, who compares both photos blind."""

from dataclasses import replace

import pytest

from tests.support.station.scripted import photo
from tests.support.station.stations import SECRET, SUPERVISOR, TELLER, Desk, a_site, customer
from workstation.devices.signing_methods import SigningMethod
from workstation.session.comparison import ComparisonAnswer, ComparisonReason
from workstation.session.states import State
from workstation.station import commands as c

WORDS = "the ears and the scar above the brow agree"


@pytest.fixture
def undecided(tmp_path):
    """A station whose bounds leave the photo of years ago undecided."""
    with a_site(tmp_path) as site:
        between = replace(site.services.matching, match_ppm=200_000, review_ppm=400_000)
        site.services = replace(site.services, matching=between)
        yield Desk(site)


def answer(
    answered=ComparisonAnswer.SAME,
    reason=ComparisonReason.FEATURES_AGREE,
    *,
    by=SUPERVISOR,
    words=WORDS,
    secret=SECRET,
):
    return c.AnswerComparison(by.id, answered, reason, words, secret)


def compare(desk, **changes):
    desk.to(State.LIVENESS, **changes)
    desk.live()
    assert desk.now.state is State.COMPARISON
    return desk.now


def test_a_supervisor_who_sees_one_person_lets_the_customer_sign(undecided):
    compare(undecided)
    undecided.do(answer())
    assert undecided.now.state is State.SIGNATURE
    undecided.do(c.Sign(SigningMethod.NCALAYER))

    assert undecided.outcome == ("approved", "decision.approved")
    (act,) = undecided.site.entries("review")
    assert (act.actor, act.data["answer"], act.data["reason"]) == (SUPERVISOR.id, "same", WORDS)
    reasons = {item["check"]: item["reason"] for item in undecided.site.results()[0]["checks"]}
    assert reasons["match"] == "match.reviewed"


def test_eyes_are_located_in_both_photos_so_that_they_can_be_laid_level(undecided):
    shown = compare(undecided).comparison
    face = undecided.station.verification.biometrics

    assert len(shown.eyes) == 2
    assert all(0 < share < 1 for pair in shown.eyes for eye in pair for share in eye)
    assert shown.live_jpeg == face.best_frame(undecided.station.verification.session)


def test_until_the_answer_nothing_on_the_screen_tells_what_the_machine_made_of_it(undecided):
    shown = compare(undecided)

    assert shown.match is None
    assert "match" not in {check.check for check in shown.checks}
    assert shown.comparison.photo_jpeg
    assert shown.comparison.live_jpeg
    undecided.do(answer())
    assert undecided.now.match is not None


def test_two_people_reject(undecided):
    compare(undecided)
    undecided.do(answer(ComparisonAnswer.DIFFERENT, ComparisonReason.FEATURES_DIFFER))

    assert undecided.outcome == ("rejected", "match.review_denied")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (answer(words="the same"), "comparison.too_few_words"),
        (answer(reason=ComparisonReason.FEATURES_DIFFER), "comparison.reason_contradicts"),
        (answer(ComparisonAnswer.DIFFERENT), "comparison.reason_contradicts"),
        (answer(by=TELLER), "role_missing"),
        (answer(secret="wrong"), "operator_refused"),
    ],
)
def test_an_answer_that_does_not_count_changes_nothing(undecided, given, message):
    compare(undecided)
    undecided.do(given)

    assert (undecided.now.state, undecided.now.message) == (State.COMPARISON, message)
    assert undecided.site.permits() == []


def test_an_operation_that_needs_the_authority_asks_no_supervisor(undecided):
    undecided.to(State.LIVENESS, kind="app_registration", device="Pixel 9")
    undecided.live()
    undecided.do(c.Sign(SigningMethod.NCALAYER))

    assert undecided.outcome == ("approved", "decision.approved")
    reasons = {item["check"]: item["reason"] for item in undecided.site.results()[0]["checks"]}
    assert reasons["match"] == "match.by_authority"


def test_a_face_that_is_another_is_nobodys_to_settle(undecided):
    undecided.site.registries.somebody = replace(
        customer(), portrait=replace(customer().portrait, octets=photo(person=2))
    )
    undecided.to(State.LIVENESS)
    undecided.live()

    assert undecided.outcome == ("rejected", "match.non_match")
