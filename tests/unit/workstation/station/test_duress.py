"""Somebody is forced: everything looks as ever, and nothing is let through."""

import json
from dataclasses import replace

import pytest

from tests.support.station.stations import (
    OTHER_TELLER,
    SECRET,
    SUPERVISOR,
    TELLER,
    Desk,
    a_site,
    form,
)
from workstation.devices.signing_methods import SigningMethod
from workstation.records.audit.session_rules import SessionRules
from workstation.session.confirmation import HandOverReason
from workstation.session.states import State
from workstation.station import commands as c

SECOND = "white birds over the steppe"
SIGN_IN = c.SignIn(TELLER.id, SECOND)


def arm(site, operator=TELLER):
    """Give an operator a second secret, as `workstation-ctl operator duress` does."""
    site.services.authenticator.set_duress_secret(operator.id, SECRET, SECOND)


def plain(checks):
    """Return the checks without the digest of the signature, which is new each time."""
    return tuple(
        replace(each, facts=tuple(fact for fact in each.facts if fact[0] != "cms_sha256"))
        for each in checks
    )


def shown(desk):
    """Return everything that the screens were told, but what every session has of its own."""
    told = []
    for each in desk.told.sessions:
        decision = each.decision
        if decision is not None:
            given = decision.permit is not None
            decision = replace(
                decision,
                root_base64="",
                permit=given,
                receipt=None,
                drawing=None,
                checks=plain(decision.checks),
            )
        told.append(
            replace(each, session="", statement="", decision=decision, checks=plain(each.checks))
        )
    return told


def to_confirmation(desk, first=SIGN_IN, **changes):
    """Go from the form to the confirmation; whoever signs in types this secret."""
    desk.confirms = False
    if desk.camera is None:
        desk.plug()
    desk.do(first)
    desk.do(c.BeginOperation(form(**changes)))
    desk.do(c.GiveConsent("ru"))
    desk.live()
    desk.do(c.Sign(SigningMethod.NCALAYER))
    return desk


def test_an_approval_is_shown_and_none_is_made(desk, site):
    arm(site)
    to_confirmation(desk).do(c.Confirm())

    assert desk.outcome == ("approved", "decision.approved")
    assert desk.now.decision.permit is not None
    assert not desk.now.decision.permit.exists()
    assert site.permits() == []
    (result,) = site.results()
    assert (result["outcome"], result["reason"], result["hold"]) == (
        "indeterminate",
        "duress",
        {"shown": "approved", "reason": "decision.approved"},
    )
    (hold,) = site.entries("verify.hold")
    assert hold.data["result"] == site.entries("verify.result")[0].seq
    assert hold.data["jti"] == desk.now.decision.permit.stem
    assert site.entries("verify.permit") == []
    assert len(site.receipts()) == 1


def test_the_log_has_as_many_entries_and_the_screens_are_told_the_same(tmp_path):
    told, kinds = {}, {}
    for name, secret in (("free", SECRET), ("forced", SECOND)):
        folder = tmp_path / name
        folder.mkdir()
        with a_site(folder) as site:
            arm(site)
            desk = Desk(site)
            to_confirmation(desk, c.SignIn(TELLER.id, secret)).do(c.Confirm())
            told[name] = shown(desk), desk.status.today
            kinds[name] = [each.kind for each in site.entries()]

    assert told["free"] == told["forced"]
    assert len(kinds["free"]) == len(kinds["forced"])
    different = {
        (free, forced)
        for free, forced in zip(kinds["free"], kinds["forced"], strict=True)
        if free != forced
    }
    assert different == {("verify.permit", "verify.hold")}


@pytest.mark.parametrize("secret", [SECRET, SECOND])
def test_a_folder_that_takes_no_permit_is_said_whoever_confirms(desk, site, secret):
    arm(site)
    to_confirmation(desk, c.SignIn(TELLER.id, secret))
    site.services.core_banking.rmdir()
    site.services.core_banking.write_text("no folder")
    desk.do(c.Confirm())

    assert desk.outcome == ("approved", "decision.approved")
    assert (desk.now.message, desk.now.decision.permit) == ("permit_unwritable", None)


def test_unlocking_with_the_second_secret_holds_the_case_at_the_counter(desk, site):
    arm(site)
    to_confirmation(desk, c.SignIn(TELLER.id, SECRET))
    size = site.services.journal.log.size
    desk.do(c.Lock())
    desk.do(SIGN_IN)
    assert (desk.now.state, site.services.journal.log.size) == (State.CONFIRMATION, size)
    desk.do(c.Confirm())

    assert desk.outcome[0] == "approved"
    assert (site.permits(), site.results()[0]["reason"]) == ([], "duress")


def test_who_unlocks_with_their_own_secret_again_is_free_for_the_next_case_only(desk, site):
    arm(site)
    to_confirmation(desk)
    desk.do(c.Lock())
    desk.do(c.SignIn(TELLER.id, SECRET))
    desk.do(c.Confirm())
    assert site.results()[0]["reason"] == "duress"
    desk.do(c.NewSession())
    to_confirmation(desk, c.SignIn(TELLER.id, SECRET)).do(c.Confirm())

    assert site.results()[1]["reason"] == "decision.approved"
    assert len(site.permits()) == 1


def test_a_supervisor_who_is_forced_at_the_tellers_desk_holds_the_case_too(desk, site):
    arm(site, SUPERVISOR)
    to_confirmation(desk, c.SignIn(TELLER.id, SECRET)).do(
        c.HandOver(HandOverReason.DOUBT_ABOUT_PERSON)
    )
    desk.do(c.AgreeReview(SUPERVISOR.id, "looked at both photos", secret=SECOND))
    desk.do(c.Confirm())

    assert desk.outcome[0] == "approved"
    assert (site.permits(), site.results()[0]["reason"]) == ([], "duress")


@pytest.mark.parametrize(
    "command",
    [c.Abort("customer_left"), c.RefuseConsent(), c.Confirm()],
    ids=lambda x: type(x).__name__,
)
def test_whatever_is_decided_is_held_and_shown_as_it_would_be(desk, site, command):
    arm(site)
    desk.plug()
    desk.do(SIGN_IN)
    desk.do(c.BeginOperation(form()))
    desk.do(command)
    if isinstance(command, c.Confirm):
        desk.do(c.Abort("changed_mind"))
    (result,) = site.results()

    assert (result["outcome"], result["reason"]) == ("indeterminate", "duress")
    assert desk.outcome[1] != "duress"
    assert site.entries("verify.hold") == []


def test_the_rules_of_an_audit_accept_a_hold_and_only_the_result_says_why(desk, site):
    arm(site)
    to_confirmation(desk).do(c.Confirm())
    desk.do(c.SignOut())
    rules = SessionRules()
    assert [rules.check(each) for each in site.entries()] == [None] * len(site.entries())

    said = json.dumps([dict(each.data) for each in site.entries()], ensure_ascii=False)
    assert said.count("duress") == 1


def test_nothing_a_sign_in_writes_tells_which_secret_was_typed(desk, site):
    arm(site)
    desk.do(c.SignIn(TELLER.id, SECRET))
    desk.do(c.SignOut())
    desk.do(SIGN_IN)
    first, second = site.entries("session.open")

    assert set(first.data) == set(second.data)
    assert first.data["auth"] == second.data["auth"]
    assert SECOND not in repr(desk.station.status) + repr(desk.told.stations[-1])


@pytest.mark.parametrize("secret", [SECRET, SECOND])
def test_a_case_stays_marked_while_it_waits_and_whoever_takes_it_up(desk, site, secret):
    arm(site)
    desk.to(State.SIGNATURE)
    desk.do(SIGN_IN)
    desk.park()
    desk.do(c.SignOut())
    desk.sign_in(OTHER_TELLER) if secret == SECRET else desk.do(SIGN_IN)
    desk.take_up()
    desk.live()
    desk.do(c.Sign(SigningMethod.NCALAYER))

    assert desk.outcome[0] == "approved"
    assert (site.permits(), site.results()[0]["reason"]) == ([], "duress")


def test_a_case_that_waits_is_as_large_whoever_parked_it(tmp_path):
    sizes = set()
    for name, secret in (("free", SECRET), ("forced", SECOND)):
        folder = tmp_path / name
        folder.mkdir()
        with a_site(folder) as site:
            arm(site)
            desk = Desk(site)
            desk.to(State.SIGNATURE)
            desk.do(c.SignIn(TELLER.id, secret))
            desk.park()
            sizes |= {each.stat().st_size for each in (folder / "cases").glob("*.case")}

    assert len(sizes) == 1


def test_a_lifted_wait_is_spent_by_what_is_shown(desk, site):
    arm(site)
    now_ms, wait_ms = site.clock.wall_ms(), site.services.policy.cool_down_ms
    iin = form().untrusted_iin
    for _ in range(site.services.policy.cool_down_attempts):
        site.services.cool_down.record(iin, now_ms, keep_ms=wait_ms, case="c", teller="T")
    site.services.cool_down.lift(iin, by=SUPERVISOR.id, at_ms=now_ms, since_ms=now_ms - wait_ms)
    to_confirmation(desk).do(c.Confirm())

    assert desk.outcome[0] == "approved"
    assert not site.services.cool_down.refusals_since(iin, now_ms - wait_ms).lifted
