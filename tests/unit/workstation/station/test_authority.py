"""The authority's comparison: asked by itself, waited for, and never passed over."""

import pytest

from tests.support.station.stations import Desk, a_site, form
from workstation.cases.parked_case import WaitsFor
from workstation.devices.signing_methods import SigningMethod
from workstation.registries.registry import AnswerStatus
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.snapshot import WaitingFor

REGISTRATION = {"kind": "app_registration", "device": "Pixel 9"}
NO_ANSWER = (AnswerStatus.INDETERMINATE, "authority.no_answer")


def compared(desk, **changes):
    """Begin what the law wants the authority for, and show the live face."""
    desk.to(State.LIVENESS, **(REGISTRATION | changes))
    desk.live()
    return desk.now


def test_the_authority_is_asked_by_itself_and_named_in_the_result(desk, site):
    assert compared(desk).state is State.SIGNATURE
    assert desk.now.authority_number == "A-0001"
    (request,) = site.authority.asked
    desk.do(c.Sign(SigningMethod.NCALAYER))

    assert desk.outcome == ("approved", "decision.approved")
    assert (request.bar_percent, request.image[:2]) == (95, b"\xff\xd8")
    payload = site.opened_payload(site.entries("verify.result")[0])
    assert payload["authority"]


def test_a_silent_authority_is_asked_again_under_another_nonce(desk, site):
    site.authority.says = NO_ANSWER
    compared(desk)
    assert (desk.now.state, desk.now.message) == (State.AUTHORITY, "authority.no_answer")
    assert desk.now.waiting_for.source is WaitingFor.AUTHORITY
    desk.wait()
    assert len(site.authority.asked) == 1
    site.clock.tick(2_000)
    desk.wait()
    site.authority.says = (AnswerStatus.PASSED, "authority.match")
    desk.do(c.AskAuthorityAgain())

    assert desk.now.state is State.SIGNATURE
    nonces = [request.nonce for request in site.authority.asked]
    assert len(set(nonces)) == len(nonces) == 3


def test_nothing_is_approved_while_the_authority_is_silent(desk, site):
    site.authority.says = NO_ANSWER
    compared(desk)
    desk.do(c.Sign(SigningMethod.NCALAYER))
    assert desk.now.state is State.AUTHORITY
    desk.do(c.Abort("teller_aborted"))

    assert desk.outcome == ("indeterminate", "teller_aborted")
    assert site.permits() == []


@pytest.mark.parametrize(
    ("says", "outcome"),
    [
        ((AnswerStatus.FAILED, "authority.no_match"), "rejected"),
        ((AnswerStatus.FAILED, "authority.below"), "rejected"),
        ((AnswerStatus.INDETERMINATE, "authority.malformed"), "indeterminate"),
        ((AnswerStatus.INDETERMINATE, "authority.other_nonce"), "indeterminate"),
        ((AnswerStatus.INDETERMINATE, "authority.replayed"), "indeterminate"),
    ],
)
def test_an_answer_that_is_not_a_match_of_this_session_ends_it(desk, site, says, outcome):
    site.authority.says = says
    compared(desk)

    assert desk.outcome == (outcome, says[1])
    assert site.permits() == []


def test_an_answer_about_other_evidence_is_refused_whatever_it_says(desk, site):
    site.authority.evidence_sha256 = "0" * 64
    compared(desk)
    desk.do(c.Sign(SigningMethod.NCALAYER))

    assert desk.outcome == ("rejected", "authority.foreign_evidence")


def test_a_score_below_the_bar_of_the_policy_is_refused_whatever_it_says(desk, site):
    site.authority.score = 9_499
    compared(desk)
    desk.do(c.Sign(SigningMethod.NCALAYER))

    assert desk.outcome == ("rejected", "authority.below")


def test_a_station_without_an_authority_approves_nothing_that_needs_one(tmp_path):
    with a_site(tmp_path, authority=None) as site:
        desk = Desk(site)
        compared(desk)

        assert desk.outcome == ("indeterminate", "authority.not_configured")


def test_an_answer_that_comes_after_an_abort_is_ignored(desk, site):
    desk.sign_in()
    desk.to(State.LIVENESS, **REGISTRATION)
    desk.plug()
    desk.do(c.StartLiveness())
    while desk.station.wants_frames:
        desk.station.take_frame(desk.camera.read(), desk.camera)
    late = desk.station.tick()
    desk.do(c.Abort("teller_aborted"))
    desk.pending = late
    desk.settle()

    assert desk.outcome == ("indeterminate", "teller_aborted")
    assert len(site.results()) == 1


def test_where_the_law_does_not_want_it_nobody_is_asked(desk, site):
    desk.to(State.SIGNATURE)

    assert site.authority.asked == []


def test_the_operation_after_is_asked_about_anew(desk, site):
    compared(desk)
    desk.do(c.Sign(SigningMethod.NCALAYER))
    desk.do(c.NewSession())
    desk.do(c.BeginOperation(form(**REGISTRATION)))
    desk.do(c.GiveConsent("ru"))
    desk.live()

    assert len({request.evidence_sha256 for request in site.authority.asked}) == 2


def test_a_case_that_waits_for_the_authority_frees_the_seat_and_is_looked_at_anew(desk, site):
    site.authority.says = NO_ANSWER
    compared(desk)
    desk.park()
    assert desk.status.parked[0].waits_for is WaitsFor.AUTHORITY
    site.authority.says = (AnswerStatus.PASSED, "authority.match")
    desk.take_up()
    assert desk.now.state is State.LIVENESS
    desk.live()
    desk.do(c.Sign(SigningMethod.NCALAYER))

    assert desk.outcome == ("approved", "decision.approved")
    nonces = [request.nonce for request in site.authority.asked]
    assert len(set(nonces)) == len(nonces)
