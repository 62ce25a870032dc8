"""The supervisor's review: soft checks only, with a reason, under their own name."""

from dataclasses import replace

import pytest

from crypto.log.format.note import NoteVerifier
from tests.support.station.stations import (
    AUDITOR,
    OTHER_TELLER,
    SECRET,
    SOFT_CHECK_OPEN,
    SUPERVISOR,
    TELLER,
    override,
)
from workstation.rules.checks import CheckId
from workstation.session.overrides.reasons import OverrideReason
from workstation.session.states import State
from workstation.station import commands as c


def test_an_open_soft_check_goes_to_a_supervisor_and_both_names_to_the_permit(desk, site):
    desk.to(State.REVIEW, **SOFT_CHECK_OPEN)
    assert desk.now.review == (CheckId.OLD_NUMBER_CALLED,)
    desk.do(override())

    assert desk.outcome[0] == "approved"
    claims = site.claims()
    assert (claims["teller"], claims["supervisor"]) == (TELLER.id, SUPERVISOR.id)
    assert site.results()[0]["overrides"] == [
        {
            "check": "old_number_called",
            "by": SUPERVISOR.id,
            "why": "called_old_number",
            "reason": "the number is dead",
            "found": site.entries("review")[0].data["found"],
        }
    ]


def test_a_hard_check_is_never_waived_and_the_wish_is_signed_by_the_supervisor(desk, site):
    desk.to(State.REVIEW, **SOFT_CHECK_OPEN)
    desk.do(override(CheckId.MATCH))

    assert (desk.now.state, desk.now.message) == (State.REVIEW, "override.hard_check")
    (review,) = site.entries("review")
    assert review.actor == SUPERVISOR.id
    assert review.data["refused"] == "override.hard_check"
    opened = [e for e in site.entries("session.open") if e.data["actor"] == SUPERVISOR.id]
    assert review.signers == (NoteVerifier.parse(str(opened[0].data["ses"])).name,)
    closed = site.entries("session.close")
    assert closed[-1].data["ses"] == opened[0].data["ses"]
    desk.do(c.RefuseReview(SUPERVISOR.id, "not without the check", secret=SECRET))
    assert desk.outcome == ("rejected", "review.refused")
    assert site.permits() == []


@pytest.mark.parametrize("who", [TELLER, OTHER_TELLER, AUDITOR])
def test_only_a_supervisor_reviews(desk, site, who):
    desk.to(State.REVIEW, **SOFT_CHECK_OPEN)
    size = site.services.journal.log.size
    desk.do(override(by=who))

    assert (desk.now.state, desk.now.message) == (State.REVIEW, "role_missing")
    assert site.services.journal.log.size == size


@pytest.mark.parametrize("words", ["", ".", "no", "nonono 12345 nono", "·" * 40])
def test_a_refusal_without_words_enough_refuses_nothing(desk, site, words):
    desk.to(State.REVIEW, **SOFT_CHECK_OPEN)
    desk.do(c.RefuseReview(SUPERVISOR.id, words, secret=SECRET))

    assert (desk.now.state, desk.status.message) == (State.REVIEW, "words_short")
    assert (site.entries("review"), site.results()) == ([], [])


def test_a_supervisor_with_the_wrong_secret_reviews_nothing(desk, site):
    desk.to(State.REVIEW, **SOFT_CHECK_OPEN)
    desk.do(replace(override(), secret="guessed wrongly"))

    assert (desk.now.state, desk.now.message) == (State.REVIEW, "operator_refused")
    assert site.entries("review") == []


@pytest.mark.parametrize(
    ("words", "why", "code"),
    [
        (" \n\t", None, "override.reason_short"),
        (".", None, "override.reason_short"),
        ("нет связи сейчас"[:14], None, "override.reason_short"),
        ("- - - 1234 - - - ........", None, "override.reason_short"),
        ("the number is dead", OverrideReason.TALKED_ALONE, "override.reason_unlisted"),
    ],
)
def test_an_override_without_a_listed_reason_and_words_is_not_granted(desk, site, words, why, code):
    desk.to(State.REVIEW, **SOFT_CHECK_OPEN)
    desk.do(override(reason=words, why=why))

    assert (desk.now.state, desk.now.message) == (State.REVIEW, code)
    assert site.permits() == []
