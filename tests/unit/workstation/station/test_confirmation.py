"""The end of a case at the station: confirmed, refused on suspicion, or handed over."""

import pytest

from tests.support.station.stations import (
    AUDITOR,
    OTHER_TELLER,
    SECRET,
    SOFT_CHECK_OPEN,
    SUPERVISOR,
    TELLER,
    override,
)
from workstation.session.confirmation import AbortReason, HandOverReason, SuspicionReason
from workstation.session.states import State
from workstation.station import commands as c

SEEN = "both photos and the document are hers"
LOOK = c.AgreeReview(SUPERVISOR.id, SEEN, secret=SECRET)
HAND_OVER = c.HandOver(HandOverReason.DOUBT_ABOUT_PERSON)
RUNNING = (State.CONSENT, State.REFERENCE, State.LIVENESS, State.SIGNATURE, State.CONFIRMATION)


def waiting(desk, **changes):
    desk.to(State.CONFIRMATION, **changes)
    return desk


def steps(site, name):
    return [dict(each.data) for each in site.entries("verify.step") if each.data["step"] == name]


def test_nothing_is_recorded_and_no_permit_is_made_before_the_teller_confirms(desk, site):
    waiting(desk)
    assert (desk.now.decision, site.results(), site.permits()) == (None, [], [])
    assert all(check.status.value == "passed" for check in desk.now.checks)

    desk.do(c.Confirm("the customer read it aloud"))
    assert desk.outcome == ("approved", "decision.approved")
    assert len(site.permits()) == 1
    (confirmed,) = steps(site, "confirmed")
    assert confirmed["comment"] == "the customer read it aloud"


def test_a_second_press_confirms_nothing_twice(desk, site):
    waiting(desk).do(c.Confirm())
    desk.do(c.Confirm())

    assert len(site.results()) == len(site.permits()) == len(steps(site, "confirmed")) == 1


@pytest.mark.parametrize("state", [*RUNNING[:-1], State.REVIEW])
@pytest.mark.parametrize("command", [c.Confirm(), HAND_OVER])
def test_a_word_that_comes_too_early_is_refused(desk, site, state, command):
    desk.to(state, **(SOFT_CHECK_OPEN if state is State.REVIEW else {}))
    desk.do(command)

    assert (desk.now.state, site.results()) == (state, [])
    assert steps(site, "confirmed") == steps(site, "handed_over") == []


@pytest.mark.parametrize(
    "command", [c.Confirm(), HAND_OVER, c.RefuseOnSuspicion(SuspicionReason.SPOKEN_FOR), LOOK]
)
def test_a_locked_station_takes_no_word(desk, site, command):
    waiting(desk).do(c.Lock())
    desk.do(command)

    assert (desk.now.state, site.results()) == (State.CONFIRMATION, [])


def test_who_was_disabled_meanwhile_confirms_nothing(desk, site, monkeypatch):
    waiting(desk)
    monkeypatch.setattr(site.services.authenticator, "is_in_force", lambda _operator: False)
    desk.do(c.Confirm())

    assert desk.outcome == ("indeterminate", "account_changed")
    assert site.permits() == []


def test_a_word_after_the_deadline_finds_the_case_ended_by_it(desk, site):
    waiting(desk)
    site.clock.tick(site.services.policy.session_deadline_ms + 1)
    desk.do(c.Confirm())

    assert desk.outcome == ("indeterminate", "deadline")
    assert site.permits() == []


def test_a_statement_that_expires_while_the_teller_looks_was_signed_in_time(desk, site):
    waiting(desk)
    site.clock.tick(site.services.policy.statement_ttl_ms + 1)
    desk.do(c.Confirm())

    assert desk.outcome == ("approved", "decision.approved")


# -- suspicion --------------------------------------------------------------------------------


@pytest.mark.parametrize("state", RUNNING)
def test_a_teller_refuses_on_suspicion_from_the_consent_on(desk, site, state):
    desk.to(state)
    desk.do(c.RefuseOnSuspicion(SuspicionReason.GUIDED_BY_PHONE))

    assert desk.outcome == ("rejected", "suspicion.guided_by_phone")
    assert site.permits() == []
    assert len(site.receipts()) == 1


def test_a_suspicion_before_the_registries_have_answered_is_refused(desk, site):
    desk.to(State.PRECHECKS)
    desk.ask(c.RefuseOnSuspicion(SuspicionReason.SPOKEN_FOR))

    assert (desk.now.state, steps(site, "suspicion")) == (State.PRECHECKS, [])


def test_a_suspicion_after_the_decision_changes_nothing(desk, site):
    waiting(desk).do(c.Confirm())
    desk.do(c.RefuseOnSuspicion(SuspicionReason.SPOKEN_FOR))

    assert desk.outcome == ("approved", "decision.approved")
    assert steps(site, "suspicion") == []


def test_another_reason_needs_words_and_nobodys_numbers_are_kept_of_them(desk, site):
    waiting(desk).do(c.RefuseOnSuspicion(SuspicionReason.OTHER, "nervous"))
    assert (desk.now.state, desk.status.message) == (State.CONFIRMATION, "words_short")
    desk.do(
        c.RefuseOnSuspicion(
            SuspicionReason.OTHER, "somebody calls from +7 (701) 123-45-67\nabout 920314400005"
        )
    )

    assert desk.outcome == ("rejected", "suspicion.other")
    (said,) = steps(site, "suspicion")
    assert said["words"] == "somebody calls from +• about •"


def test_a_suspicion_counts_as_a_failure_of_this_customer(desk, site):
    waiting(desk).do(c.RefuseOnSuspicion(SuspicionReason.NOT_THE_DOCUMENT))
    since = site.clock.wall_ms() - site.services.policy.cool_down_ms
    iin = desk.station.verification.case.client.iin.digits

    assert site.services.cool_down.refusals_since(iin, since).refusals == 1


def test_a_running_attempt_is_stopped_by_a_suspicion(desk, site):
    desk.to(State.LIVENESS)
    desk.plug()
    desk.do(c.StartLiveness())
    desk.do(c.RefuseOnSuspicion(SuspicionReason.DOES_NOT_UNDERSTAND))

    assert desk.outcome == ("rejected", "suspicion.does_not_understand")
    assert not desk.station.wants_frames


# -- hand over and second look ----------------------------------------------------------------


def test_a_supervisor_looks_and_the_teller_confirms(desk, site):
    waiting(desk).do(HAND_OVER)
    assert desk.now.state is State.REVIEW
    assert desk.now.handed_over.reason is HandOverReason.DOUBT_ABOUT_PERSON
    desk.do(LOOK)
    assert desk.now.state is State.CONFIRMATION
    assert desk.now.second_look.supervisor == SUPERVISOR.id
    desk.do(c.Confirm())

    assert desk.outcome[0] == "approved"
    (result,) = site.results()
    assert result["second_look"] == {"by": SUPERVISOR.id, "reason": SEEN}
    (review,) = site.entries("review")
    assert (review.actor, review.data["act"]) == (SUPERVISOR.id, "second_look")


def test_a_supervisor_who_looks_may_refuse(desk, site):
    waiting(desk).do(HAND_OVER)
    desk.do(c.RefuseReview(SUPERVISOR.id, "not the person in the photo", secret=SECRET))

    assert desk.outcome == ("rejected", "review.refused")
    assert site.permits() == []


@pytest.mark.parametrize("who", [TELLER.id, TELLER.id.lower(), OTHER_TELLER.id, AUDITOR.id])
def test_nobody_but_a_supervisor_looks(desk, site, who):
    waiting(desk).do(HAND_OVER)
    desk.do(c.AgreeReview(who, SEEN, secret=SECRET))

    assert (desk.now.state, desk.now.message) == (State.REVIEW, "role_missing")


@pytest.mark.parametrize("earlier", [False, True])
def test_whoever_has_had_the_case_is_never_the_one_who_looks(desk, site, earlier):
    """Were a teller made a supervisor meanwhile, in another spelling: the case remembers."""
    from dataclasses import replace

    from workstation.rules.parties import Role
    from workstation.verification.officers.closing import agree_review

    waiting(desk).do(HAND_OVER)
    verification = desk.station.verification
    session, who = verification.session, verification.who
    if earlier:
        handed = session.evidence.hand_to(OTHER_TELLER.id)
        verification.session = replace(session, evidence=handed)
    promoted = replace(who.operator, id=TELLER.id.lower(), role=Role.SUPERVISOR)
    same = replace(who, operator=promoted)
    verification.take(agree_review(verification.session, same, SEEN))

    assert (verification.state, verification.message) == (
        State.REVIEW,
        "second_look.same_person",
    )


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (c.AgreeReview(SUPERVISOR.id, "fine", secret=SECRET), "second_look.reason_short"),
        (c.AgreeReview(SUPERVISOR.id, SEEN, secret="guessed wrongly"), "operator_refused"),
    ],
)
def test_a_look_without_words_or_secret_is_none(desk, site, command, message):
    waiting(desk).do(HAND_OVER)
    desk.do(command)

    assert (desk.now.state, desk.now.message) == (State.REVIEW, message)
    desk.do(c.Confirm())
    assert (desk.now.state, site.permits()) == (State.REVIEW, [])


def test_nobodys_numbers_are_kept_of_what_a_supervisor_says(desk, site):
    waiting(desk).do(HAND_OVER)
    desk.do(c.AgreeReview(SUPERVISOR.id, "called back 8/701/123-45-67, it is hers", secret=SECRET))
    desk.do(c.Confirm())

    assert site.entries("review")[0].data["reason"] == "called back •, it is hers"
    assert site.results()[0]["second_look"]["reason"] == "called back •, it is hers"


@pytest.mark.parametrize(
    "number",
    [
        "8/701/123/45/67",
        "8,701,123,45,67",
        "920314_400005",
        "9203\u201114\u201340\u20140005",
        "9.2:0.3:1.4",
    ],
)
def test_a_number_is_one_however_it_is_written(desk, site, number):
    waiting(desk).do(c.RefuseOnSuspicion(SuspicionReason.GUIDED_BY_PHONE, f"said {number} aloud"))

    (said,) = steps(site, "suspicion")
    assert not any(char.isdigit() for char in said["words"])


def test_words_without_end_and_broken_characters_are_one_short_line(desk, site):
    words = "\ud800\x00\u202e пугается \r\n" * 100_000
    waiting(desk).do(c.RefuseOnSuspicion(SuspicionReason.OTHER, words))

    assert desk.outcome == ("rejected", "suspicion.other")
    (said,) = steps(site, "suspicion")
    assert said["words"].isprintable()
    assert len(said["words"]) <= 200


def test_a_look_is_no_override(desk, site):
    desk.to(State.REVIEW, **SOFT_CHECK_OPEN)
    desk.confirms = False
    desk.do(LOOK)
    assert (desk.now.state, desk.now.message) == (State.REVIEW, "second_look.not_open")
    desk.do(override())

    assert desk.now.state is State.CONFIRMATION


def test_who_is_not_in_force_any_more_confirms_nothing_after_a_look_either(desk, site, monkeypatch):
    waiting(desk).do(HAND_OVER)
    desk.do(LOOK)
    monkeypatch.setattr(site.services.authenticator, "is_in_force", lambda _operator: False)
    desk.do(c.Confirm())

    assert desk.outcome == ("indeterminate", "account_changed")


# -- ends -------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", list(AbortReason))
def test_an_end_is_recorded_with_its_reason(desk, site, reason):
    waiting(desk).do(c.Abort(reason, "the branch is being closed for today"))

    assert desk.outcome == ("indeterminate", reason.value)
    assert steps(site, "aborted")[0]["words"] == "the branch is being closed for today"


def test_another_end_needs_words(desk, site):
    waiting(desk).do(c.Abort(AbortReason.OTHER))

    assert (desk.now.state, desk.status.message) == (State.CONFIRMATION, "words_short")
