"""Parked cases before a teller, an administrator and a thief who has the disk."""

import os
import shutil
from dataclasses import replace

import pytest

from tests.support.station.scripted import Behaviour
from tests.support.station.stations import form
from workstation.cases.case_sealer import CaseSealer
from workstation.cases.case_store import CaseStore
from workstation.devices.signing_methods import SigningMethod
from workstation.session.states import State
from workstation.station import commands as c


def cases(site):
    return site.folder / "cases"


def test_no_case_is_taken_up_while_the_clock_is_wrong(desk, site):
    desk.to(State.PARKED)
    site.clock.wall -= 48 * 3_600_000
    desk.take_up()

    assert desk.status.message == "begin.clock_stepped"
    assert (desk.now.state, len(desk.status.parked)) == (State.IDLE, 1)


def test_a_case_that_has_waited_too_long_is_not_taken_up_before_the_next_look(desk, site):
    desk.to(State.PARKED)
    site.clock.tick(72 * 3_600_000)
    desk.take_up()

    assert desk.now.state is State.IDLE
    assert [each["reason"] for each in site.results()] == ["case.expired"]


def test_what_the_customers_phone_answers_after_parking_is_nobodys(desk, site):
    desk.to(State.SIGNATURE)
    desk.ask(c.Sign(SigningMethod.NCALAYER))
    late = desk.pending
    desk.park()
    before = len(site.entries())
    desk.pending = late
    desk.settle()
    desk.take_up()
    desk.pending = late
    desk.settle()

    assert desk.now.state is State.LIVENESS
    assert [each for each in site.steps() if each.startswith("signature")] == []
    assert before < len(site.entries())


def test_what_a_registry_answers_after_parking_is_nobodys(desk, site):
    desk.sign_in()
    desk.ask(c.BeginOperation(form()))
    late = desk.pending
    desk.park()
    before = len(site.entries())
    desk.pending = late
    desk.settle()

    assert len(site.entries()) == before
    assert desk.now.state is State.IDLE
    assert site.services.journal.waiting


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.timeout(20)
def test_a_pipe_in_the_place_of_a_claim_stops_nobody(desk, site):
    desk.to(State.PARKED)
    case = desk.status.parked[0].case
    os.mkfifo(cases(site) / f"{case}.claim")
    desk.take_up()

    assert desk.status.message == "case.claimed"


@pytest.mark.parametrize("what", ["folder", "pipe", "link", "truncated", "huge", "owner"])
@pytest.mark.timeout(60)
def test_what_lies_in_the_place_of_a_case_opens_nothing_and_stops_nobody(desk, site, what):
    desk.to(State.PARKED)
    case = desk.status.parked[0].case
    (path,) = cases(site).glob("*.case")
    octets = path.read_bytes()
    path.unlink()
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "link":
        other = site.folder / "elsewhere"
        other.write_bytes(octets)
        path.symlink_to(other)
    elif what == "truncated":
        path.write_bytes(octets[:-1])
    elif what == "huge":
        with path.open("wb") as file:
            file.truncate(2 << 30)
    else:
        path.write_bytes(octets)
        path.chmod(0)
        if os.geteuid() == 0:
            pytest.skip("root reads everything")
    desk.do(c.TakeUpCase(case))

    assert desk.now.state is State.IDLE
    assert desk.status.message in {"case.lost", "case.unreadable"}
    desk.do(c.CloseCase(case, "customer_left"))
    assert site.results()[0]["reason"] in {"case.lost", "case.unreadable"}
    assert desk.status.parked == ()


def test_a_folder_that_is_gone_ends_no_case_and_stops_nobody(desk, site):
    desk.to(State.PARKED)
    case = desk.status.parked[0].case
    shutil.move(cases(site), site.folder / "away")
    site.clock.tick(73 * 3_600_000)
    desk.station.tick()
    assert site.results() == []
    desk.do(c.CloseCase(case, "customer_left"))
    assert (desk.status.message, site.results()) == ("case.unwritable", [])
    shutil.move(site.folder / "away", cases(site))
    site.clock.tick(60_000)
    desk.station.tick()

    assert [each["reason"] for each in site.results()] == ["case.expired"]
    assert (desk.now.state, desk.status.parked) == (State.IDLE, ())


def test_a_claim_of_another_seat_keeps_the_case_where_it_is(desk, site):
    desk.to(State.PARKED)
    case = desk.status.parked[0].case
    other = CaseStore(cases(site), CaseSealer(bytes(32), "o"), "w08")
    other.claim(case)
    desk.take_up()
    assert desk.status.message == "case.claimed"
    desk.do(c.CloseCase(case, "customer_left"))
    assert (desk.status.message, site.results()) == ("case.claimed", [])
    other.release(case)
    desk.take_up()

    assert desk.now.state is State.LIVENESS


def test_failures_parked_again_and_again_still_add_up(desk):
    desk.to(State.LIVENESS)
    for _ in range(2):
        desk.live(Behaviour(obeys=False))
        desk.live()
        desk.park()
        desk.take_up()
    desk.live(Behaviour(obeys=False))

    assert desk.outcome == ("rejected", "liveness.attempts_exhausted")


def test_a_case_whose_rules_are_gone_waits_and_can_only_be_closed(desk, site):
    desk.to(State.PARKED)
    case = desk.status.parked[0].case
    site.services.policy = replace(site.services.policy, sha256="cd" * 32)
    desk.take_up()
    assert (desk.status.message, len(desk.status.parked)) == ("case.policy_gone", 1)
    desk.do(c.CloseCase(case, "customer_left"))

    assert [each["reason"] for each in site.results()] == ["case.policy_gone"]
    assert (desk.status.parked, list(cases(site).iterdir())) == ((), [])


def test_what_the_log_refuses_is_neither_parked_nor_taken_up(desk, site):
    desk.to(State.SIGNATURE)
    site.clock.full_at = site.clock.appends + 1
    desk.do(c.ParkSession())
    assert (desk.now.state, list(cases(site).iterdir())) == (State.DECIDED, [])
    site.clock.recover()
    desk.do(c.NewSession())
    desk.to(State.PARKED)
    site.clock.full_at = site.clock.appends + 1
    desk.take_up()
    assert (desk.now.state, len(desk.status.parked)) == (State.DECIDED, 1)
    site.clock.recover()
    desk.do(c.NewSession())
    desk.take_up()

    assert desk.now.state is State.LIVENESS
    assert list(cases(site).iterdir()) == []
