"""Parked cases: several beside the one at the counter, through sign-out, restart and tampering."""

import shutil
from dataclasses import replace

from tests.support.station.scripted import Behaviour
from tests.support.station.stations import SUPERVISOR, TELLER, Desk, form
from workstation.cases.parked_case import WaitsFor
from workstation.devices.signing_methods import SigningMethod
from workstation.registries.registry import AnswerStatus
from workstation.session.states import State
from workstation.station import commands as c
from workstation.verification.parking.starting import settle_cases


def restarted(site):
    """The same folder after the program was gone: what waits is read from log and files."""
    services = site.services
    services.journal.waiting.clear()
    settle_cases(services.journal, services.cases, services.clock.wall_ms(), services.alarms.report)
    return Desk(site)


def steps_of(site, name):
    return [each for each in site.entries("verify.step") if each.data["step"] == name]


def files(site):
    return sorted(path.name for path in (site.folder / "cases").glob("*.case"))


def test_two_wait_while_a_third_is_served_and_each_goes_on_from_where_it_was(desk, site):
    desk.to(State.PARKED)
    desk.to(State.PARKED)
    first, second = desk.status.parked
    desk.to(State.RECORDED)
    third = desk.outcome
    desk.do(c.NewSession())

    for case in (second, first):
        desk.do(c.TakeUpCase(case.case))
        assert desk.now.state is State.LIVENESS, desk.now.message
        desk.live()
        desk.do(c.Sign(SigningMethod.NCALAYER))
        assert desk.outcome[0] == "approved"
        desk.do(c.NewSession())
    assert third[0] == "approved"
    assert first.number < second.number
    assert (desk.status.parked, files(site)) == ((), [])
    assert len(site.results()) == 3


def test_the_list_says_who_waits_for_what_and_nothing_to_whoever_is_not_signed_in(desk, site):
    desk.to(State.PARKED)
    (case,) = desk.status.parked

    assert (case.waits_for, case.by) == (WaitsFor.CUSTOMER, TELLER.id)
    assert case.iin_masked.startswith("•")
    assert case.until_ms - case.parked_ms == 72 * 3_600_000
    desk.do(c.SignOut())
    assert desk.status.parked == ()
    desk.sign_in()
    assert desk.status.parked == (case,)


def test_a_case_survives_a_restart_with_its_photo_and_the_attempts_that_failed(desk, site):
    desk.to(State.LIVENESS)
    desk.live(Behaviour(obeys=False))
    desk.live()
    photo = desk.now.reference_jpeg
    desk.park()
    desk.do(c.SignOut())
    again = restarted(site)
    again.sign_in()
    again.take_up()

    assert (again.now.state, again.now.attempt) == (State.LIVENESS, 2)
    assert again.now.reference_jpeg == photo
    assert not steps_of(site, "consent.given")[1:]
    again.live(Behaviour(obeys=False))
    again.live(Behaviour(obeys=False))
    assert again.outcome == ("rejected", "liveness.attempts_exhausted")


def test_what_was_at_the_desk_when_the_program_died_is_closed_and_what_waits_is_not(desk, site):
    desk.to(State.PARKED)
    desk.to(State.LIVENESS)
    restarted(site)

    assert [each["reason"] for each in site.results()] == ["interrupted"]
    assert len(site.services.journal.waiting) == 1


def test_a_case_that_was_taken_up_and_left_by_a_kill_is_closed_not_given_back(desk, site):
    desk.to(State.PARKED)
    copy = site.folder / "copy"
    shutil.copytree(site.folder / "cases", copy)
    desk.take_up()
    again = restarted(site)
    again.sign_in()

    assert again.status.parked == ()
    assert [each["reason"] for each in site.results()] == ["interrupted"]


def test_an_older_copy_put_back_gives_no_attempts_back_and_raises_the_alarm(desk, site):
    desk.to(State.PARKED)
    copy = site.folder / "copy"
    shutil.copytree(site.folder / "cases", copy)
    case = desk.status.parked[0].case
    desk.take_up()
    desk.live(Behaviour(obeys=False))
    desk.live(Behaviour(obeys=False))
    desk.live()
    desk.park()
    shutil.rmtree(site.folder / "cases")
    shutil.copytree(copy, site.folder / "cases")
    desk.do(c.TakeUpCase(case))

    assert (desk.status.message, desk.now.state) == ("case.put_back", State.IDLE)
    again = restarted(site)
    again.sign_in()
    assert again.status.parked == ()
    assert [each["reason"] for each in site.results()] == ["case.lost"]
    again.station.tick()
    assert site.entries("security.alarm")[0].data["code"] == "case_put_back"
    assert files(site) == []


def test_a_start_that_finds_an_older_copy_in_the_place_of_a_case_raises_the_alarm(desk, site):
    desk.to(State.PARKED)
    copy = site.folder / "copy"
    shutil.copytree(site.folder / "cases", copy)
    desk.take_up()
    desk.park()
    shutil.rmtree(site.folder / "cases")
    shutil.copytree(copy, site.folder / "cases")
    restarted(site).station.tick()

    assert [each["reason"] for each in site.results()] == ["case.lost"]
    (alarm,) = site.entries("security.alarm")
    assert alarm.data["code"] == "case_put_back"
    assert files(site) == []


def test_a_case_whose_file_is_gone_is_closed_as_lost(desk, site):
    desk.to(State.PARKED)
    for path in (site.folder / "cases").glob("*.case"):
        path.unlink()
    restarted(site)

    assert [(each["outcome"], each["reason"]) for each in site.results()] == [
        ("indeterminate", "case.lost")
    ]


def test_a_case_that_waited_too_long_is_closed_while_the_station_runs(desk, site):
    desk.to(State.PARKED)
    site.clock.tick(72 * 3_600_000 + 60_000)
    desk.station.tick()

    assert [each["reason"] for each in site.results()] == ["case.expired"]
    assert (desk.status.parked, files(site)) == ((), [])


def test_a_case_that_waited_too_long_is_closed_by_the_next_start(desk, site):
    desk.to(State.PARKED)
    site.clock.tick(72 * 3_600_000 + 60_000)
    restarted(site)

    assert [each["reason"] for each in site.results()] == ["case.expired"]


def test_the_time_at_the_desk_is_counted_on_after_a_restart(desk, site):
    desk.to(State.LIVENESS)
    site.clock.tick(site.services.policy.session_deadline_ms - 60_000)
    desk.live()
    desk.park()
    site.clock.tick(3_600_000)
    again = restarted(site)
    again.sign_in()
    again.take_up()
    again.station.tick()
    assert again.now.state is State.LIVENESS
    site.clock.tick(61_000)
    again.station.tick()

    assert again.outcome == ("indeterminate", "deadline")


def test_a_case_is_closed_without_the_customer_with_its_evidence(desk, site):
    desk.to(State.PARKED)
    desk.do(c.CloseCase(desk.status.parked[0].case, "customer_left"))

    assert desk.outcome == ("indeterminate", "customer_left")
    assert site.results()[0]["pl"]
    assert (desk.status.parked, files(site)) == ((), [])


def test_a_case_that_is_closed_without_the_words_that_its_reason_needs_waits_on(desk, site):
    desk.to(State.PARKED)
    desk.do(c.CloseCase(desk.status.parked[0].case, "abort_other"))

    assert (desk.status.message, desk.status.message_field) == ("words_short", "words")
    assert (desk.now.state, len(desk.status.parked)) == (State.IDLE, 1)
    desk.take_up()
    assert desk.now.state is State.LIVENESS


def test_a_case_at_the_counter_is_not_thrown_away_for_one_that_waits(desk, site):
    desk.to(State.PARKED)
    case = desk.status.parked[0].case
    before = desk.to(State.CONSENT)
    for command in (c.TakeUpCase(case), c.CloseCase(case, "customer_left")):
        desk.do(command)

        assert (desk.status.message, desk.status.message_field) == ("operation_refused", "session")
        assert desk.now == before
    assert len(desk.status.parked) == 1


def test_a_case_that_nobody_parked_is_not_found(desk):
    desk.sign_in()
    desk.do(c.TakeUpCase("ab" * 16))

    assert desk.status.message == "case.not_found"


def test_who_may_run_no_session_takes_up_no_case(desk, site):
    desk.to(State.PARKED)
    case = desk.status.parked[0].case
    desk.do(c.SignOut())
    desk.sign_in(SUPERVISOR)
    desk.do(c.TakeUpCase(case))

    assert desk.status.message == "role_missing"
    assert len(desk.status.parked) == 1


def test_a_running_attempt_is_not_escaped_by_parking(desk):
    desk.to(State.LIVENESS)
    desk.do(c.StartLiveness())
    desk.do(c.ParkSession())

    assert (desk.now.message, desk.now.state) == ("illegal_transition", State.LIVENESS)


def test_a_hold_that_came_meanwhile_stops_the_case(desk, site):
    desk.to(State.PARKED)
    site.registries.says["antifraud"] = (AnswerStatus.FAILED, "antifraud.hold")
    desk.take_up()

    assert desk.now.state is State.RECORDED
    assert desk.outcome[0] == "rejected"


def test_a_case_that_cannot_be_kept_goes_on_at_the_desk(desk, site):
    desk.to(State.SIGNATURE)
    shutil.rmtree(site.folder / "cases")
    (site.folder / "cases").write_bytes(b"")
    desk.do(c.ParkSession())

    assert desk.now.state is State.SIGNATURE
    assert desk.status.message.startswith("case.un")
    assert not steps_of(site, "parked")
    desk.do(c.Sign(SigningMethod.NCALAYER))
    assert desk.outcome[0] == "approved"


def test_a_case_that_would_not_be_read_again_is_not_put_aside(desk, site):
    desk.to(State.SIGNATURE)
    verification = desk.station.verification
    operation = replace(verification.case.operation, parameters=(("note", "ә" * 5000),))
    verification.case = replace(verification.case, operation=operation)
    desk.do(c.ParkSession())

    assert (desk.now.state, desk.status.message) == (State.SIGNATURE, "case.unwritable")
    assert files(site) == []


def test_nothing_of_a_parked_case_stands_in_the_clear(desk, site):
    desk.to(State.PARKED)
    octets = b"".join(path.read_bytes() for path in (site.folder / "cases").iterdir())

    assert octets
    assert form().untrusted_iin.encode() not in octets


SILENT = (AnswerStatus.INDETERMINATE, "antifraud.no_answer")


def test_a_case_goes_on_by_itself_when_the_registry_answers_after_minutes(desk, site):
    site.registries.says["antifraud"] = SILENT
    desk.sign_in()
    desk.do(c.BeginOperation(form()))
    for _ in range(20):
        site.clock.tick(31_000)
        desk.pending = desk.station.tick()
        desk.settle()
        assert desk.now.state is State.PRECHECKS, desk.outcome
    del site.registries.says["antifraud"]
    site.clock.tick(31_000)
    desk.pending = desk.station.tick()
    desk.settle()

    assert (desk.now.state, desk.now.message) == (State.CONSENT, "")


def test_a_case_that_waits_for_a_registry_frees_the_seat_and_asks_it_again_when_taken_up(
    desk, site
):
    site.registries.says["antifraud"] = SILENT
    desk.sign_in()
    desk.do(c.BeginOperation(form()))
    desk.park()
    assert desk.status.parked[0].waits_for is WaitsFor.REGISTRY
    desk.take_up()
    assert desk.now.state is State.PRECHECKS
    desk.park()
    del site.registries.says["antifraud"]
    desk.take_up()

    assert desk.now.state is State.CONSENT


def test_a_case_that_was_had_under_duress_is_held_whoever_takes_it_up(desk, site):
    desk.to(State.SIGNATURE)
    running = desk.station.verification
    forced = replace(running.session.evidence, duress=True)
    running.session = replace(running.session, evidence=forced)
    desk.park()
    again = restarted(site)
    again.sign_in()
    again.take_up()

    assert again.station.verification.session.evidence.duress
