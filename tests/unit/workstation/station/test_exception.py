"""The officers' exception: two people vouch, each under their own key, and the face must match."""

from dataclasses import replace

import pytest

from crypto.log.format.note import NoteVerifier
from tests.support.station import sessions
from tests.support.station.scripted import Behaviour
from tests.support.station.stations import (
    AUDITOR,
    CHEAP,
    OTHER_TELLER,
    SECOND_OFFICER,
    SECRET,
    SOFT_CHECK_OPEN,
    SUPERVISOR,
    TELLER,
    Desk,
    a_site,
    approve,
    override,
)
from vision.camera.delivery import Delivery
from vision.camera.watchdog import CameraTrouble
from vision.results import LivenessCommand
from workstation.accounts.operators import Operators
from workstation.charter.contents import describe_accounts
from workstation.charter.enrolment import enrol_accounts
from workstation.devices.signing_methods import SigningMethod
from workstation.errors import OperatorRefused
from workstation.rules.parties import Operator, Role
from workstation.session.exception import ExceptionReason
from workstation.session.states import State
from workstation.station import commands as c

REQUEST = c.RequestException(ExceptionReason.NO_SET_FITS, sessions.WORDS)


def acts(site):
    return [entry.data for entry in site.entries("review")]


def test_two_officers_and_a_matching_photo_lead_on_to_the_signature(desk, site):
    desk.to_exception()
    desk.do(approve())
    assert (desk.now.state, desk.now.exception.officers) == (State.EXCEPTION, (SUPERVISOR.id,))
    desk.do(approve(SECOND_OFFICER))
    assert desk.now.state is State.SIGNATURE
    desk.do(c.Sign(SigningMethod.NCALAYER))

    assert desk.outcome == ("approved", "decision.approved")
    claims = site.claims()
    assert claims["officers"] == [SUPERVISOR.id, SECOND_OFFICER.id]
    liveness = next(each for each in claims["checks"] if each["check"] == "liveness")
    assert (liveness["status"], liveness["reason"]) == ("passed", "liveness.exception")
    stated = site.results()[0]
    check = next(each for each in stated["checks"] if each["check"] == "liveness")
    assert check["reason"] == "liveness.exception"
    assert [each["by"] for each in stated["exception"]] == claims["officers"]


def test_the_photo_is_sealed_beside_the_frames_and_the_log_has_its_digest(desk, site):
    desk.to_exception()
    desk.do(approve())
    desk.do(approve(SECOND_OFFICER))
    desk.do(c.Sign(SigningMethod.NCALAYER))
    (result,) = site.entries("verify.result")
    frames = site.opened_payload(result)["frames"]
    steps = {e.data["step"]: e.data for e in site.entries("verify.step")}

    assert frames[-1]["label"] == "exception"
    assert frames[-1]["sha256"] == steps["exception.photo"]["sha256"]
    assert steps["exception.photo"]["camera"].startswith("simulated:")
    assert steps["match"]["frames"] == 1
    assert steps["exception.requested"]["reason"] == "no_set_fits"
    assert steps["exception.requested"]["words"] == sessions.WORDS


def test_each_officer_signs_with_their_own_key_before_the_session_moves(desk, site):
    desk.to_exception()
    desk.do(approve())
    desk.do(approve(SECOND_OFFICER, "seen her passport and her face"))
    opened = {e.data["actor"]: e.data["ses"] for e in site.entries("session.open")}
    photo = next(e for e in site.entries("verify.step") if e.data["step"] == "exception.photo")

    for officer, entry in zip((SUPERVISOR, SECOND_OFFICER), site.entries("review"), strict=True):
        assert entry.actor == officer.id
        assert entry.signers == (NoteVerifier.parse(str(opened[officer.id])).name,)
        assert entry.data["photo"] == photo.data["sha256"]
        assert entry.data["refused"] == ""
    order = [(e.kind, e.data.get("step")) for e in site.entries() if e.seq >= photo.seq]
    assert order[:9] == [
        ("verify.step", "exception.photo"),
        ("session.open", None),
        ("review", None),
        ("verify.step", "exception.approved"),
        ("session.close", None),
        ("session.open", None),
        ("review", None),
        ("verify.step", "exception.approved"),
        ("verify.step", "match"),
    ]


@pytest.mark.parametrize("who", [TELLER, OTHER_TELLER, AUDITOR])
def test_only_supervisors_vouch_and_the_teller_is_none(desk, site, who):
    desk.to_exception()
    size = site.services.journal.log.size
    desk.do(approve(who))

    assert (desk.now.state, desk.now.message) == (State.EXCEPTION, "role_missing")
    assert site.services.journal.log.size == size


def test_one_officer_does_not_count_twice(desk, site):
    desk.to_exception()
    desk.do(approve())
    desk.do(approve(reason="and I say it a second time"))

    assert (desk.now.state, desk.now.message) == (State.EXCEPTION, "exception.same_officer")
    assert [act["refused"] for act in acts(site)] == ["", "exception.same_officer"]
    assert desk.now.exception.officers == (SUPERVISOR.id,)
    desk.do(c.Abort("teller_aborted"))
    assert desk.outcome == ("indeterminate", "teller_aborted")
    assert site.permits() == []


def test_nor_when_the_number_is_typed_in_another_case(tmp_path):
    with a_site(tmp_path) as site:
        again = Operator("s-0031", "Смирнова Ольга", Role.SUPERVISOR)
        desk = Desk(site)
        desk.to_exception()
        desk.do(approve())
        desk.do(approve(again))

        assert (desk.now.state, desk.now.message) == (State.EXCEPTION, "exception.same_officer")


def test_nor_has_the_teller_a_second_account_that_differs_in_case(tmp_path):
    with a_site(tmp_path) as site:
        again = Operator("t-0042", "Ахметов Ерлан", Role.SUPERVISOR)
        with pytest.raises(OperatorRefused, match="exists"):
            Operators(tmp_path / "operators.sqlite", CHEAP).add(again, SECRET, 1)
        desk = Desk(site)
        desk.to_exception()
        desk.do(approve(again))

        assert (desk.now.state, desk.now.message) == (State.EXCEPTION, "role_missing")
        assert acts(site) == []


@pytest.mark.parametrize("number", ["\uff33-0031", "\u0405-0031", "S-0031 "])
def test_a_number_in_other_letters_is_nobodys(desk, site, number):
    desk.to_exception()
    desk.do(replace(approve(), officer=number))

    assert (desk.now.state, desk.now.message) == (State.EXCEPTION, "operator_refused")
    assert acts(site) == []


def test_a_wrong_secret_vouches_for_nobody(desk, site):
    desk.to_exception()
    desk.do(replace(approve(), secret="guessed wrongly"))

    assert (desk.now.state, desk.now.message) == (State.EXCEPTION, "operator_refused")
    assert acts(site) == []


@pytest.mark.parametrize("reason", ["", "I know her", "123456789012345 !!! 12"])
def test_fifteen_letters_are_the_least_reason(desk, reason):
    desk.to_exception()
    desk.do(approve(reason=reason))

    assert (desk.now.state, desk.now.message) == (State.EXCEPTION, "exception.too_few_words")
    assert desk.now.exception.officers == ()


def test_nobody_vouches_before_there_is_a_photo(desk):
    desk.to_exception(photo=False)
    desk.do(approve())

    assert (desk.now.state, desk.now.message) == (State.EXCEPTION, "exception.no_photo")


def test_a_photo_taken_again_needs_every_officer_again(desk):
    desk.to_exception()
    desk.do(approve())
    first = desk.now.exception.jpeg
    camera = desk.plug()
    camera.show(LivenessCommand.TURN_LEFT)
    for _ in range(6):
        camera.read()
    desk.do(c.TakeExceptionPhoto())
    desk.look()
    assert desk.now.exception.jpeg != first
    assert desk.now.exception.officers == ()
    desk.do(approve(SECOND_OFFICER))
    assert desk.now.state is State.EXCEPTION
    desk.do(approve())

    assert desk.now.state is State.SIGNATURE


@pytest.mark.parametrize("approved", [0, 1])
def test_either_officer_may_refuse(desk, site, approved):
    desk.to_exception()
    for _ in range(approved):
        desk.do(approve())
    desk.do(c.RefuseReview(SECOND_OFFICER.id, "he is told what to say", secret=SECRET))

    assert desk.outcome == ("rejected", "liveness.exception_refused")
    assert site.entries("review")[-1].actor == SECOND_OFFICER.id
    assert site.permits() == []


def test_the_photo_of_somebody_else_is_refused_whoever_vouches(desk, site):
    desk.to_exception(photo=False)
    desk.photograph(Behaviour(person=2))
    desk.do(approve())
    desk.do(approve(SECOND_OFFICER))

    assert desk.outcome == ("rejected", "match.non_match")
    assert site.permits() == []


@pytest.mark.parametrize("faces", [0, 2])
def test_a_frame_without_exactly_one_usable_face_is_no_photo(desk, faces):
    desk.to_exception(photo=False)
    desk.plug(Behaviour(faces=faces))
    desk.do(c.TakeExceptionPhoto())
    desk.look(most=30)

    assert (desk.now.state, desk.now.exception.awaited) == (State.EXCEPTION, True)
    assert desk.now.exception.jpeg == b""
    assert desk.now.conditions != ()


def test_a_camera_without_an_image_is_a_message_and_the_photo_is_taken_later(desk):
    desk.to_exception(photo=False)
    desk.station.camera_failed("camera_lost")
    desk.do(c.TakeExceptionPhoto())
    assert (desk.now.message, desk.now.exception.awaited) == ("camera_lost", False)
    for failing in (
        lambda: desk.station.camera_failed("camera_lost"),
        lambda: desk.station.camera_watched(Delivery((CameraTrouble.BLACK,), None)),
    ):
        desk.plug(Behaviour(faces=0))
        desk.do(c.TakeExceptionPhoto())
        failing()
        assert (desk.now.state, desk.now.exception.awaited) == (State.EXCEPTION, False)
        desk.station.camera_watched(Delivery((), None))
    desk.photograph(Behaviour())

    assert desk.now.exception.jpeg != b""


def test_an_officer_who_acts_while_another_photo_is_awaited_leaves_nothing_that_wants_frames(desk):
    desk.to_exception()
    desk.do(approve())
    desk.plug(Behaviour(faces=0))
    desk.do(c.TakeExceptionPhoto())
    desk.look(most=5)
    assert desk.station.wants_frames
    desk.do(approve(SECOND_OFFICER))

    assert (desk.now.state, desk.station.wants_frames) == (State.SIGNATURE, False)
    assert not desk.now.exception.awaited


def test_photos_are_taken_again_a_few_times_only(desk, site):
    desk.to_exception()
    for _ in range(7):
        desk.photograph()
    assert site.steps().count("exception.photo") == 8
    desk.photograph()

    assert (desk.now.message, desk.now.exception.awaited) == ("exception.too_many_photos", False)
    assert site.steps().count("exception.photo") == 8


def test_four_officers_with_long_reasons_fit_into_the_entry(tmp_path):
    policy = replace(sessions.policy(), exception_officers=4)
    with a_site(tmp_path, policy=policy) as site:
        accounts = Operators(tmp_path / "operators.sqlite", CHEAP)
        officers = [Operator("S" + "0" * 30 + str(n), "Officer", Role.SUPERVISOR) for n in range(4)]
        for officer in officers:
            accounts.add(officer, SECRET, 1)
        log, everybody = site.services.journal.log, describe_accounts(accounts.accounts())
        enrol_accounts(log, everybody, [site.log_site.supervisor])
        desk = Desk(site)
        desk.to_exception()
        for officer in officers:
            desk.do(approve(officer, "ұ" * 200))
        desk.do(c.Sign(SigningMethod.NCALAYER))

        assert desk.outcome == ("approved", "decision.approved")
        assert len(site.claims()["officers"]) == 4


def test_an_analysis_that_is_lost_ends_the_session(desk, site):
    desk.to_exception(photo=False)
    desk.plug()
    desk.do(c.TakeExceptionPhoto())
    site.analysis.lost = True
    desk.look()

    assert desk.outcome == ("indeterminate", "analysis_lost")


def test_an_abort_leaves_nothing_that_wants_frames(desk):
    desk.to_exception(photo=False)
    desk.plug(Behaviour(faces=0))
    desk.do(c.TakeExceptionPhoto())
    desk.do(c.Abort("teller_aborted"))

    assert not desk.station.wants_frames


def test_it_is_not_asked_for_before_an_attempt_was_undecided(desk, site):
    desk.to(State.LIVENESS)
    assert not desk.now.exception.offered
    desk.do(REQUEST)

    assert (desk.now.state, desk.now.message) == (State.LIVENESS, "exception.not_offered")
    assert "exception.refused" in site.steps()
    assert desk.now.attempt == 1


def test_nor_while_an_attempt_runs(desk):
    desk.to(State.LIVENESS)
    desk.live(Behaviour(blinks=False))
    assert desk.now.exception.offered
    desk.do(c.StartLiveness())
    desk.look(most=20)
    assert not desk.now.exception.offered
    desk.do(REQUEST)

    assert (desk.now.state, desk.now.attempt_running) == (State.LIVENESS, True)


def test_nor_with_few_words(desk):
    desk.to(State.LIVENESS)
    desk.live(Behaviour(blinks=False))
    desk.do(replace(REQUEST, words="she cannot"))

    assert (desk.now.state, desk.now.message) == (State.LIVENESS, "exception.too_few_words")


def test_nor_where_the_policy_does_not_offer_it(tmp_path):
    policy = replace(sessions.policy(), exception_officers=0)
    with a_site(tmp_path, policy=policy) as site:
        desk = Desk(site)
        desk.to(State.LIVENESS)
        desk.live(Behaviour(blinks=False))
        desk.do(REQUEST)

        assert not desk.now.exception.offered
        assert (desk.now.state, desk.now.message) == (State.LIVENESS, "exception.not_offered")


def test_nor_after_an_attack(desk, site):
    desk.to(State.LIVENESS)
    desk.live(Behaviour(blinks=False))
    desk.live(Behaviour(frozen=True))
    assert desk.outcome == ("rejected", "liveness.frozen")
    desk.do(REQUEST)

    assert desk.now.state is State.RECORDED
    assert site.steps().count("exception.requested") == 0


def test_nor_after_the_last_attempt(desk):
    desk.to(State.LIVENESS)
    for _ in range(3):
        desk.live(Behaviour(blinks=False))

    assert desk.outcome == ("rejected", "liveness.attempts_exhausted")


@pytest.mark.parametrize(
    "command", [c.StartLiveness(), REQUEST, override(), c.Sign(SigningMethod.NCALAYER)]
)
def test_nothing_else_is_done_while_officers_are_waited_for(desk, site, command):
    desk.to_exception()
    size = site.services.journal.log.size
    desk.do(command)

    assert desk.now.state is State.EXCEPTION
    assert site.services.journal.log.size == size


def test_an_approval_on_the_page_of_soft_checks_is_none(desk, site):
    desk.to(State.REVIEW, **SOFT_CHECK_OPEN)
    desk.do(approve())

    assert desk.now.state is State.REVIEW
    assert acts(site) == []


def test_who_comes_back_from_the_pause_is_asked_for_everything_anew(desk):
    desk.to_exception()
    desk.do(approve())
    desk.do(approve(SECOND_OFFICER))
    desk.park()
    desk.take_up()

    assert (desk.now.state, desk.now.exception.offered) == (State.LIVENESS, False)
    assert (desk.now.exception.officers, desk.now.exception.jpeg, desk.now.attempt) == ((), b"", 2)
    desk.live(Behaviour())
    assert desk.now.state is State.SIGNATURE


def test_an_open_soft_check_still_goes_to_review_and_both_stand_in_the_permit(desk, site):
    desk.to_exception(**SOFT_CHECK_OPEN)
    desk.do(approve())
    desk.do(approve(SECOND_OFFICER))
    desk.do(c.Sign(SigningMethod.NCALAYER))
    assert desk.now.state is State.REVIEW
    desk.do(override())

    assert desk.outcome == ("approved", "decision.approved")
    claims = site.claims()
    assert claims["supervisor"] == SUPERVISOR.id
    assert claims["officers"] == [SUPERVISOR.id, SECOND_OFFICER.id]


def test_a_soft_check_that_is_refused_afterwards_leaves_the_exception_as_it_was(desk, site):
    desk.to_exception(**SOFT_CHECK_OPEN)
    desk.do(approve())
    desk.do(approve(SECOND_OFFICER))
    desk.do(c.Sign(SigningMethod.NCALAYER))
    desk.do(c.RefuseReview(SUPERVISOR.id, "not without the check", secret=SECRET))

    assert desk.outcome == ("rejected", "review.refused")
    checks = {each["check"]: each for each in site.results()[0]["checks"]}
    assert checks["liveness"]["reason"] == "liveness.exception"
