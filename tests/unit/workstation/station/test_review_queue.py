"""The queue: a review that is put aside, answered by a supervisor under the own sign-in."""

import shutil
from dataclasses import replace

import pytest

from tests.support.station.stations import (
    AUDITOR,
    OTHER_TELLER,
    SECOND_OFFICER,
    SECRET,
    SOFT_CHECK_OPEN,
    SUPERVISOR,
    TELLER,
    Desk,
)
from workstation.cases.parked_case import WaitsFor
from workstation.devices.signing_methods import SigningMethod
from workstation.errors import OperationRefused
from workstation.records.audit.session_rules import SessionRules
from workstation.registries.registry import AnswerStatus
from workstation.review.waiting_review import ReviewAnswer
from workstation.rules.checks import CheckId
from workstation.rules.parties import Operator, Role
from workstation.session.confirmation import HandOverReason
from workstation.session.overrides.reasons import OverrideReason
from workstation.session.states import State
from workstation.station import commands as c
from workstation.verification.parking.answering import answer_review
from workstation.verification.parking.starting import settle_cases

CHECK = CheckId.OLD_NUMBER_CALLED
WORDS = "I called the old number myself"


def give(case, answer=ReviewAnswer.ALLOW, *, words=WORDS, secret=SECRET, **reasons):
    given = {CHECK: OverrideReason.CALLED_OLD_NUMBER} if answer is ReviewAnswer.ALLOW else {}
    given |= {CheckId(name): reason for name, reason in reasons.items()}
    return c.GiveReview(case, answer, tuple(given.items()), words, secret=secret)


def answer(desk, command):
    """Open the case and answer it."""
    desk.do(c.OpenReview(command.case))
    desk.do(command)


@pytest.fixture
def queued(desk):
    """Return a desk at which a supervisor has signed in, and the one case of the queue."""
    desk.to(State.REVIEW, **SOFT_CHECK_OPEN)
    desk.park()
    desk.sign_in(SUPERVISOR)
    (waiting,) = desk.status.reviews
    return desk, waiting


def audit(site):
    rules = SessionRules()
    return [found for entry in site.entries() if (found := rules.check(entry)) is not None]


def finish(desk):
    desk.live()
    desk.do(c.Sign(SigningMethod.NCALAYER))


def test_a_supervisor_sees_both_photos_and_what_was_found_and_allows(queued, site):
    desk, waiting = queued
    assert (waiting.asked, waiting.tellers, waiting.barred) == ((CHECK,), (TELLER.id,), "")
    desk.do(c.OpenReview(waiting.case))
    opened = desk.status.review
    (person,) = opened.people
    assert person.reference_jpeg.startswith(b"\xff\xd8")
    assert person.live_jpeg.startswith(b"\xff\xd8")
    found = {each.check: each.reason for each in opened.checks}
    assert found[CheckId.MATCH] == "match.match"
    assert "silent" not in {each.hardness.value for each in opened.checks}
    answer(desk, give(waiting.case))
    assert (desk.status.message, desk.status.reviews, desk.status.review) == ("", (), None)
    (parked,) = desk.status.parked
    assert parked.waits_for is WaitsFor.CUSTOMER

    desk.sign_in(TELLER)
    desk.take_up()
    assert desk.now.match is None
    finish(desk)

    assert desk.outcome[0] == "approved"
    (given,) = site.results()[0]["overrides"]
    assert (given["by"], given["why"], given["reason"]) == (
        SUPERVISOR.id,
        "called_old_number",
        WORDS,
    )
    assert audit(site) == []


def test_the_live_photo_goes_with_the_answer(queued, site):
    desk, waiting = queued
    (before,) = (site.folder / "cases").glob("*.case")
    size = before.stat().st_size
    answer(desk, give(waiting.case))
    (after,) = (site.folder / "cases").glob("*.case")

    assert after != before
    assert after.stat().st_size < size


def test_what_was_allowed_is_asked_again_when_another_thing_is_found(queued, site):
    desk, waiting = queued
    answer(desk, give(waiting.case))
    site.registries.says["old_phone_owner"] = (AnswerStatus.FAILED, "old_phone_owner.another")
    desk.sign_in(TELLER)
    desk.take_up()
    finish(desk)

    assert (desk.now.state, desk.now.review) == (State.REVIEW, (CheckId.OLD_PHONE_OWNER,))


def test_a_hard_check_is_never_waived_from_the_queue(queued, site):
    desk, waiting = queued
    answer(desk, give(waiting.case, match=OverrideReason.OTHER))

    assert desk.status.message == "override.hard_check"
    (still,) = desk.status.reviews
    refused = [each.data for each in site.entries("review") if each.data["refused"]]
    assert [each["check"] for each in refused] == ["match"]
    assert audit(site) == []
    answer(desk, give(still.case, ReviewAnswer.REFUSE))
    assert [(each["outcome"], each["reason"]) for each in site.results()] == [
        ("rejected", "review.refused")
    ]
    assert (desk.status.reviews, desk.status.parked, site.permits()) == ((), (), [])
    assert audit(site) == []


def test_a_case_is_sent_back_with_a_question_that_the_teller_reads(queued, site):
    desk, waiting = queued
    answer(desk, give(waiting.case, ReviewAnswer.RETURN, words="Who owns the old number now?"))
    (parked,) = desk.status.parked
    assert (parked.question, parked.waits_for) == (
        "Who owns the old number now?",
        WaitsFor.CUSTOMER,
    )
    desk.sign_in(OTHER_TELLER)
    desk.take_up()
    assert desk.now.asked_back == "Who owns the old number now?"
    finish(desk)

    assert desk.now.state is State.REVIEW
    assert audit(site) == []


def test_a_case_that_was_handed_over_is_looked_at_from_the_queue(desk, site):
    desk.to(State.CONFIRMATION)
    desk.do(c.HandOver(HandOverReason.OTHER, "He reads the answers off his phone"))
    desk.park()
    desk.sign_in(SUPERVISOR)
    (waiting,) = desk.status.reviews
    assert (waiting.asked, waiting.handed_over) == ((), HandOverReason.OTHER)
    desk.do(c.OpenReview(waiting.case))
    assert desk.status.review.words == "He reads the answers off his phone"
    desk.do(c.GiveReview(waiting.case, ReviewAnswer.ALLOW, (), WORDS, secret=SECRET))
    desk.confirms = True
    desk.sign_in(TELLER)
    desk.take_up()
    finish(desk)

    assert desk.outcome[0] == "approved"
    assert site.results()[0]["second_look"] == {"by": SUPERVISOR.id, "reason": WORDS}
    assert audit(site) == []


def test_a_teller_who_has_no_answer_yet_confirms_nothing(desk, site):
    desk.to(State.CONFIRMATION)
    desk.do(c.HandOver(HandOverReason.UNUSUAL_OPERATION))
    desk.park()
    desk.take_up()
    finish(desk)
    assert desk.now.state is State.CONFIRMATION
    desk.do(c.Confirm())

    assert desk.now.state is State.CONFIRMATION
    assert site.results() == []


@pytest.mark.parametrize("who", [TELLER, OTHER_TELLER, AUDITOR])
def test_nobody_but_a_supervisor_sees_or_answers_the_queue(desk, site, who):
    desk.to(State.REVIEW, **SOFT_CHECK_OPEN)
    desk.park()
    case = desk.status.parked[0].case
    desk.sign_in(who)
    before = len(site.entries())
    for command in (c.OpenReview(case), give(case), give(case, ReviewAnswer.REFUSE)):
        desk.do(command)
        assert desk.status.message == "role_missing"

    assert (desk.status.reviews, desk.status.review) == ((), None)
    assert len(site.entries()) == before


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"secret": "guessed wrongly"}, "operator_refused"),
        ({"words": "."}, "words_short"),
        ({"words": "12345678901234567890"}, "words_short"),
        ({"words": "no, not him 123"}, "words_short"),
        ({"reasons": ()}, "override.reason_missing"),
        ({"reasons": ((CHECK, OverrideReason.TALKED_ALONE),)}, "override.reason_unlisted"),
    ],
)
def test_an_answer_without_secret_words_or_reason_is_not_taken(queued, site, changed, code):
    desk, waiting = queued
    answer(desk, replace(give(waiting.case), **changed))

    assert desk.status.message == code
    assert len(desk.status.reviews) == 1
    assert site.results() == []
    assert audit(site) == []


def test_a_supervisor_who_had_the_case_as_its_teller_is_refused(queued, site):
    desk, waiting = queued
    # As after a change of office: the same person, in another letter case, has another role now.
    office = Operator(TELLER.id.lower(), TELLER.name, Role.SUPERVISOR)
    session = desk.station._operator_session
    session.who = replace(session.who, operator=office)
    desk.station.publish()
    (shown,) = desk.status.reviews
    before = len(site.entries())
    with pytest.raises(OperationRefused) as refused:
        answer_review(
            site.services,
            site.services.journal.waiting[waiting.case],
            session.who,
            ReviewAnswer.REFUSE,
            {},
            WORDS,
        )

    assert (shown.barred, refused.value.code) == ("review.same_person", "review.same_person")
    assert len(site.entries()) == before


def test_an_old_copy_of_the_file_opens_nothing_and_is_an_alarm(queued, site):
    desk, waiting = queued
    (old,) = (site.folder / "cases").glob("*.case")
    copy = site.folder / old.name
    shutil.copy(old, copy)
    answer(desk, give(waiting.case, ReviewAnswer.RETURN))
    (new,) = (site.folder / "cases").glob("*.case")
    new.unlink()
    shutil.copy(copy, old)
    desk.do(c.OpenReview(waiting.case))

    assert (desk.status.message, desk.status.review) == ("case.put_back", None)
    desk.station.tick()
    assert [each.data["code"] for each in site.entries("security.alarm")] == ["case_put_back"]


def test_of_two_supervisors_the_second_finds_it_answered(queued, site):
    desk, waiting = queued
    desk.do(c.OpenReview(waiting.case))
    answer(desk, give(waiting.case))
    desk.sign_in(SECOND_OFFICER)
    answer(desk, give(waiting.case, ReviewAnswer.REFUSE))

    assert desk.status.message == "review.not_waiting"
    assert site.results() == []


def test_while_another_station_has_the_case_nothing_is_said_of_it(queued, site):
    desk, waiting = queued
    (site.folder / "cases" / f"{waiting.case}.claim").write_bytes(b"another/station")
    answer(desk, give(waiting.case))

    assert desk.status.message == "case.claimed"
    assert len(desk.status.reviews) == 1


def test_the_queue_outlives_the_program(desk, site):
    desk.to(State.REVIEW, **SOFT_CHECK_OPEN)
    desk.park()
    desk.do(c.SignOut())
    journal, services = site.services.journal, site.services
    journal.waiting.clear()
    settle_cases(journal, services.cases, services.clock.wall_ms(), services.alarms.report)
    again = Desk(site)
    again.sign_in(SUPERVISOR)
    (waiting,) = again.status.reviews
    answer(again, give(waiting.case))
    again.do(c.SignOut())
    journal.waiting.clear()
    settle_cases(journal, services.cases, services.clock.wall_ms(), services.alarms.report)
    last = Desk(site)
    last.sign_in(TELLER)
    last.take_up()
    finish(last)

    assert last.outcome[0] == "approved"
    assert audit(site) == []


def test_a_supervisor_who_is_forced_holds_the_case_and_sees_nothing_of_it(queued, site):
    desk, waiting = queued
    site.services.authenticator.set_duress_secret(SUPERVISOR.id, SECRET, "another long secret")
    answer(desk, give(waiting.case, secret="another long secret"))
    assert desk.status.message == ""
    desk.sign_in(TELLER)
    desk.take_up()
    finish(desk)

    assert desk.outcome[0] == "approved"
    assert (site.results()[0]["outcome"], site.results()[0]["reason"]) == (
        "indeterminate",
        "duress",
    )
    assert site.permits() == []


def test_nobody_answers_a_case_unseen(queued, site):
    desk, waiting = queued
    before = len(site.entries())
    for given in ReviewAnswer:
        desk.do(give(waiting.case, given))
        assert desk.status.message == "review.not_waiting"

    assert len(site.entries()) == before
    assert len(desk.status.reviews) == 1


def test_an_answer_is_about_the_file_that_was_looked_at(queued, site):
    desk, waiting = queued
    desk.do(c.OpenReview(waiting.case))
    known = site.services.journal.waiting
    # As where the case was taken up and put aside again meanwhile.
    known[waiting.case] = replace(known[waiting.case], sha256="0" * 64)
    desk.do(give(waiting.case))

    assert (desk.status.message, desk.status.review) == ("review.not_waiting", None)
    assert site.entries("review") == []


def test_who_signs_in_next_sees_no_case_that_another_has_opened(queued):
    desk, waiting = queued
    desk.do(c.OpenReview(waiting.case))
    assert desk.status.review is not None
    desk.do(c.SignIn(SECOND_OFFICER.id, SECRET))

    assert (desk.status.operator.id, desk.status.review) == (SECOND_OFFICER.id, None)
