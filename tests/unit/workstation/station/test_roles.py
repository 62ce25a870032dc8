"""What each role may do at the station, and what its screens are told of it."""

import pytest

from tests.support.station.stations import (
    AUDITOR,
    SUPERVISOR,
    TELLER,
    form,
)
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.log_view import LogVerification


@pytest.mark.parametrize("who", [SUPERVISOR, AUDITOR])
def test_only_a_teller_begins_a_session(desk, site, who):
    desk.sign_in(who)
    desk.do(c.BeginOperation(form()))

    assert desk.status.message == "role_missing"
    assert desk.now.state is State.IDLE
    assert site.entries("verify.begin") == []


@pytest.mark.parametrize(
    ("who", "allowed"), [(TELLER, "run_session"), (AUDITOR, "read_log"), (SUPERVISOR, "override")]
)
def test_the_screens_are_told_what_the_role_allows_and_nothing_after_signing_out(
    desk, who, allowed
):
    desk.sign_in(who)
    assert allowed in desk.status.allowed
    assert ("run_session" in desk.status.allowed) is (who is TELLER)
    desk.do(c.SignOut())
    assert desk.status.allowed == ()


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        (TELLER, {"run_session"}),
        (SUPERVISOR, {"override", "read_log", "verify_log", "export_log", "close_shift"}),
        (AUDITOR, {"read_log", "verify_log", "export_log"}),
    ],
)
def test_the_screens_are_told_what_the_role_allows(desk, who, allowed):
    desk.sign_in(who)
    assert set(desk.status.allowed) == allowed
    desk.do(c.SignOut())

    assert (desk.status.operator, desk.status.allowed) == (None, ())


def test_nobody_begins_a_session_without_signing_in(desk, site):
    desk.do(c.BeginOperation(form()))

    assert (desk.status.message, desk.status.message_field) == ("operation_refused", "operator")
    assert {each.kind for each in site.entries()} == {"log.genesis", "key.enrol"}


@pytest.mark.parametrize("who", [None, TELLER])
def test_the_log_is_verified_only_for_a_role_that_may(desk, who):
    if who is not None:
        desk.sign_in(who)
    desk.do(c.VerifyLog())

    assert desk.status.message == ("role_missing" if who else "operation_refused")
    assert desk.status.verification is None


def test_an_auditor_is_told_that_the_log_is_whole(desk):
    desk.sign_in(AUDITOR)
    desk.ask(c.VerifyLog())
    assert desk.status.verification.running
    assert desk.station.handle(c.VerifyLog()) is None  # once at a time
    desk.settle()

    found = desk.status.verification
    assert (found.running, found.ok, found.first_bad) == (False, True, -1)


def test_a_verification_of_the_log_that_breaks_does_not_run_for_ever(desk):
    desk.sign_in(AUDITOR)
    task = desk.station.handle(c.VerifyLog())
    desk.station.finish(task, RuntimeError("broken"))

    assert desk.status.verification is None
    assert desk.status.message == "internal"


def test_verifying_the_log_is_not_what_a_session_waits_for(desk):
    desk.sign_in(AUDITOR)
    desk.ask(c.VerifyLog())

    assert desk.now.busy == ""


def test_how_far_the_verification_is_is_shown_and_it_can_be_ended(desk):
    desk.sign_in(AUDITOR)
    task = desk.station.handle(c.VerifyLog())
    run = desk.station._back_office._log_check._run
    run.tell(256, 1024)
    desk.station.tick()

    assert (desk.status.verification.size, desk.status.verification.total) == (256, 1024)
    desk.do(c.StopVerifyingLog())
    desk.station.finish(task, task.run())

    assert desk.status.verification is None
    desk.ask(c.VerifyLog())
    desk.settle()
    assert desk.status.verification.ok


def test_a_log_found_broken_stays_so_until_it_is_found_whole(desk):
    desk.sign_in(AUDITOR)
    broken = LogVerification(
        running=False, ok=False, size=3, first_bad=1, reason="leaf", finished_ms=1
    )
    desk.station._publisher.change(verification=broken)

    task = desk.station.handle(c.VerifyLog())
    assert (desk.status.verification.running, desk.status.verification.reason) == (True, "leaf")
    desk.do(c.StopVerifyingLog())
    desk.station.finish(task, task.run())

    assert desk.status.verification == broken


@pytest.mark.parametrize("who", [None, TELLER])
def test_the_verification_is_ended_only_by_a_role_that_may(desk, who):
    if who is not None:
        desk.sign_in(who)
    desk.do(c.StopVerifyingLog())

    assert desk.status.message == ("role_missing" if who else "operation_refused")
