"""Second looks: decisions drawn at random, looked at by a supervisor who had no part in them."""

from dataclasses import replace

import pytest

from tests.support.station.stations import (
    AUDITOR,
    SECOND_OFFICER,
    SECRET,
    SOFT_CHECK_OPEN,
    SUPERVISOR,
    TELLER,
    Desk,
    form,
)
from workstation.devices.signing_methods import SigningMethod
from workstation.records.audit.session_rules import SessionRules
from workstation.records.shifts.count import ShiftTally
from workstation.review.drawn_look import DoubtReason, LookAnswer
from workstation.rules.checks import CheckId
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.audit_trail import verify_log
from workstation.station.log_view import LogNotice

WORDS = "The photo shows another man"
UNFREE = "another secret of mine"
HOUR_MS = 3_600_000


def give(number, answer=LookAnswer.AGREE, reason=None, words="", secret=SECRET):
    return c.GiveLook(number, answer, reason, words, secret=secret)


def doubt(number, words=WORDS):
    return give(number, LookAnswer.DOUBT, DoubtReason.ANOTHER_PERSON, words)


def photos(site):
    return sorted((site.folder / "looks").glob("*.case"))


def draw_share(site, share):
    site.services.policy = replace(site.services.policy, second_look_share=share)


def approve(desk):
    desk.to(State.RECORDED)
    assert desk.outcome[0] == "approved"


def audit(site):
    rules = SessionRules()
    return [found for entry in site.entries() if (found := rules.check(entry)) is not None]


def count(site):
    tally = ShiftTally()
    for entry in site.entries():
        tally.take(entry)
    return tally.count().state.looks


@pytest.fixture
def drawn(desk, site):
    """Return a desk at which a supervisor has signed in, and the one decision that was drawn."""
    draw_share(site, 1.0)
    approve(desk)
    desk.sign_in(SUPERVISOR)
    (look,) = desk.status.looks
    return desk, look


def test_nothing_is_written_and_every_photo_is_kept_until_a_supervisor_signs_in(desk, site):
    sizes = []
    desk.sign_in()
    for share in (1.0, 1e-9):
        draw_share(site, share)
        before = site.services.journal.log.size
        approve(desk)
        sizes.append(site.services.journal.log.size - before)

    assert sizes[0] == sizes[1]
    assert (len(photos(site)), site.entries("review.drawn")) == (2, [])


def test_a_draw_passes_over_each_decision_once_and_erases_what_was_not_drawn(desk, site):
    draw_share(site, 1e-9)
    approve(desk)
    desk.sign_in(SUPERVISOR)
    desk.sign_in(SECOND_OFFICER)

    (entry,) = site.entries("review.drawn")
    assert (entry.actor, entry.data["results"], entry.data["drawn"]) == ("log", 1, [])
    assert (photos(site), desk.status.looks, audit(site)) == ([], (), [])


def test_a_policy_that_draws_nothing_keeps_no_photo(desk, site):
    draw_share(site, 0.0)
    approve(desk)
    desk.sign_in(SUPERVISOR)

    assert (photos(site), site.entries("review.drawn")) == ([], [])


def test_a_supervisor_sees_both_faces_and_agrees_and_the_photos_are_erased(drawn, site):
    desk, look = drawn
    (result,) = site.entries("verify.result")
    assert (look.number, look.barred, count(site)) == (result.seq, "", (result.seq,))
    desk.do(c.OpenLook(look.number))
    opened = desk.status.look
    ((photo, live, _eyes),) = opened.faces
    assert (photo[:2], live[:2], opened.outcome) == (b"\xff\xd8", b"\xff\xd8", "approved")
    assert CheckId.MATCH in {each.check for each in opened.checks}
    assert "silent" not in {each.hardness.value for each in opened.checks}
    desk.do(give(look.number))

    (entry,) = site.entries("review.look")
    assert (entry.actor, entry.data["result"], entry.data["answer"]) == (
        SUPERVISOR.id,
        result.seq,
        "agree",
    )
    assert (entry.data.get("case"), entry.data["cases"]) == (None, [result.data["case"]])
    assert (desk.status.looks, desk.status.look, photos(site)) == ((), None, [])
    assert (count(site), audit(site)) == ((), [])
    desk.do(c.VerifyLog())
    assert desk.status.verification.ok


@pytest.mark.parametrize("words", ["", ".", "not he", "1234567890 1234567890"])
def test_a_doubt_needs_words_and_an_answer_needs_a_look_and_the_own_secret(drawn, site, words):
    desk, look = drawn
    desk.do(give(look.number))  # nobody has looked
    assert desk.status.message == "second_look.not_waiting"
    desk.do(c.OpenLook(look.number))
    desk.do(doubt(look.number, words))
    assert desk.status.message == "words_short"
    desk.do(replace(doubt(look.number), reason=None))
    assert desk.status.message == "words_short"
    desk.do(replace(doubt(look.number), secret="guessed wrongly"))

    assert desk.status.message == "operator_refused"
    assert (site.entries("review.look"), len(photos(site))) == ([], 1)


def test_a_doubt_is_in_the_log_with_its_reason_and_words(drawn, site):
    desk, look = drawn
    desk.do(c.OpenLook(look.number))
    desk.do(doubt(look.number))

    (entry,) = site.entries("review.look")
    assert (entry.data["answer"], entry.data["reason"]) == ("doubt", "another_person")
    assert entry.data["words"] == WORDS


def test_who_took_part_in_the_case_looks_at_nothing_of_it(desk, site):
    draw_share(site, 1.0)
    desk.to(State.REVIEW, **SOFT_CHECK_OPEN)
    desk.do(c.RefuseReview(SUPERVISOR.id, "not without the check", secret=SECRET))
    desk.sign_in(SUPERVISOR)
    (look,) = desk.status.looks
    assert look.barred == "review.same_person"
    desk.do(c.OpenLook(look.number))
    assert (desk.status.look, desk.status.message) == (None, "review.same_person")
    desk.sign_in(SECOND_OFFICER)

    assert [each.barred for each in desk.status.looks] == [""]


@pytest.mark.parametrize("who", [TELLER, AUDITOR])
def test_nobody_else_is_told_what_was_drawn(drawn, who):
    desk, look = drawn
    desk.sign_in(who)
    desk.do(c.OpenLook(look.number))

    assert (desk.status.looks, desk.status.look) == ((), None)


def test_what_a_supervisor_has_opened_is_not_shown_to_the_next_one(drawn, site):
    desk, look = drawn
    desk.do(c.OpenLook(look.number))
    desk.sign_in(SECOND_OFFICER)
    assert desk.status.look is None
    desk.do(give(look.number))

    assert (desk.status.message, site.entries("review.look")) == ("second_look.not_waiting", [])


def test_photos_are_erased_past_their_time_and_the_look_is_still_owed(drawn, site):
    desk, look = drawn
    hours = site.services.policy.look_within_hours
    assert look.until_ms == look.decided_ms + hours * HOUR_MS
    site.clock.tick(hours * HOUR_MS + 60_000)
    desk.station.tick()
    assert photos(site) == []
    desk.sign_in(SECOND_OFFICER)
    desk.do(c.OpenLook(look.number))

    assert (desk.status.look.faces, desk.status.look.missing) == ((), False)
    assert count(site) == (look.number,)


def test_a_restart_draws_nothing_twice_and_forgets_nothing(drawn, site):
    desk, look = drawn
    desk.do(c.SignOut())
    again = Desk(site)
    again.station.tick()
    again.sign_in(SUPERVISOR)

    assert again.status.looks == (look,)
    assert len(site.entries("review.drawn")) == 1
    again.do(c.OpenLook(look.number))
    assert again.status.look.faces != ()


def test_a_start_draws_what_a_dead_process_had_not(desk, site):
    draw_share(site, 1.0)
    approve(desk)
    desk.do(c.SignOut())
    Desk(site).station.tick()

    (entry,) = site.entries("review.drawn")
    assert entry.data["drawn"] == [site.entries("verify.result")[0].seq]


def test_changed_photos_are_not_shown(drawn, site):
    desk, look = drawn
    (path,) = photos(site)
    octets = bytearray(path.read_bytes())
    octets[-1] ^= 1
    path.write_bytes(octets)
    desk.do(c.OpenLook(look.number))

    assert desk.status.look.faces == ()


@pytest.mark.parametrize("taken", [False, True])
def test_photos_that_somebody_took_away_before_their_time_are_missed(drawn, site, taken):
    desk, look = drawn
    for path in photos(site) if taken else ():
        path.unlink()
    desk.do(c.OpenLook(look.number))
    assert desk.status.look.missing is taken
    desk.do(give(look.number))

    (entry,) = site.entries("review.look")
    assert (entry.data["photos_missing"], desk.status.looks) == (taken, ())


def test_a_decision_before_anybody_was_looked_at_misses_no_photo(desk, site):
    draw_share(site, 1.0)
    desk.to(State.CONSENT)
    desk.do(c.Abort("left"))
    desk.sign_in(SUPERVISOR)
    (look,) = desk.status.looks
    desk.do(c.OpenLook(look.number))

    assert (desk.status.look.faces, desk.status.look.missing) == ((), False)


def test_a_look_by_who_took_part_is_found_by_the_audit(desk, site):
    draw_share(site, 1.0)
    desk.to(State.REVIEW, **SOFT_CHECK_OPEN)
    desk.do(c.RefuseReview(SUPERVISOR.id, "not without the check", secret=SECRET))
    desk.sign_in(SUPERVISOR)
    (look,) = desk.status.looks
    journal, who = site.services.journal, desk.station._operator_session.who
    facts = {"result": look.number, "answer": "agree", "reason": "", "words": ""}
    for _ in range(2):
        journal.record_administration(who, "review.look", facts)

    assert [found.code for found in audit(site)] == ["rule.self_look", "rule.look"]


def test_a_decision_that_nobody_looked_at_for_thirty_days_is_worth_a_look(drawn, site):
    desk, look = drawn

    def unseen(days, who):
        site.clock.tick(days * 24 * HOUR_MS)
        desk.sign_in(who)
        rules = SessionRules()
        assert [found for entry in site.entries() if (found := rules.check(entry))] == []
        return [each.index for each in rules.findings if each.code == "look.unseen"]

    assert unseen(29, AUDITOR) == []
    assert unseen(2, SECOND_OFFICER) == [look.number]
    assert verify_log(site.services).notices == (LogNotice("look.unseen", 1, look.number),)
    desk.do(c.OpenLook(look.number))
    desk.do(give(look.number, secret=SECRET))
    assert unseen(40, AUDITOR) == []


@pytest.mark.parametrize("changed", [{"results": 0}, {"drawn": [0]}, {"size": 0}, {"start": -1}])
def test_a_draw_that_is_not_of_the_log_is_found_by_the_audit(drawn, site, changed):
    facts = {**site.entries("review.drawn")[0].data, **changed}
    rules = SessionRules()
    found = [
        rules.check(replace(each, data=facts) if each.kind == "review.drawn" else each)
        for each in site.entries()
    ]

    assert "rule.drawn" in [each.code for each in found if each is not None]


def test_a_case_of_who_was_not_free_is_shown_as_any_other(desk, site):
    draw_share(site, 1.0)
    site.services.authenticator.set_duress_secret(TELLER.id, SECRET, UNFREE)
    desk.plug()
    desk.do(c.SignIn(TELLER.id, UNFREE))
    desk.do(c.BeginOperation(form()))
    desk.do(c.GiveConsent("ru"))
    desk.live()
    desk.do(c.Sign(SigningMethod.NCALAYER))
    assert site.results()[0]["reason"] == "duress"
    shown = desk.outcome
    desk.sign_in(SUPERVISOR)
    (look,) = desk.status.looks
    desk.do(c.OpenLook(look.number))
    opened = desk.status.look

    assert (opened.outcome, opened.reason) == shown
    assert "duress" not in repr((opened.checks, opened.reason, look))
