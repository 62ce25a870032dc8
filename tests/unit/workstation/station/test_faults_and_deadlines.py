"""Faults, aborts and deadlines end a session once; the next one runs."""

import pytest

from tests.support.station.stations import (
    form,
)
from workstation.session.states import State
from workstation.station import commands as c


def test_models_that_do_not_load_are_told(desk):
    desk.station.models_ready("model_missing")

    assert (desk.status.models_ready, desk.status.message) == (False, "model_missing")


def test_models_that_do_not_load_are_said_after_a_sign_in_too(desk):
    desk.station.models_ready("model_tampered")
    desk.sign_in()

    assert (desk.status.models_message, desk.status.message) == ("model_tampered", "")
    desk.station.models_ready()
    assert (desk.status.models_ready, desk.status.models_message) == (True, "")


@pytest.mark.parametrize(
    "state", [State.PRECHECKS, State.CONSENT, State.REFERENCE, State.LIVENESS, State.SIGNATURE]
)
def test_a_session_that_takes_too_long_ends_with_one_record(desk, site, state):
    desk.to(state)
    site.clock.tick(site.services.policy.session_deadline_ms + 1)
    desk.station.tick()
    desk.station.tick()

    assert desk.outcome == ("indeterminate", "deadline")
    assert len(site.results()) == 1


@pytest.mark.parametrize("state", [State.PRECHECKS, State.CONSENT, State.LIVENESS, State.SIGNATURE])
def test_a_fault_ends_any_state_with_one_record_and_the_next_session_runs(desk, site, state):
    desk.to(state)
    desk.station.fault("internal")
    desk.station.fault("internal")
    assert desk.outcome == ("indeterminate", "internal")
    assert len(site.results()) == 1
    desk.do(c.NewSession())
    desk.do(c.BeginOperation(form()))

    assert desk.now.state is State.CONSENT


def test_a_fault_without_a_session_changes_nothing(desk, site):
    desk.station.fault("internal")

    assert desk.now.state is State.IDLE
    assert {each.kind for each in site.entries()} == {"log.genesis", "key.enrol"}


@pytest.mark.parametrize("reason", ["Иванов И. 900101300423", "x" * 65, "a b", "e\u0301"])
def test_an_abort_reason_that_is_no_code_never_reaches_the_log(desk, site, reason):
    desk.to(State.CONSENT)
    desk.do(c.Abort(reason))

    assert desk.outcome == ("indeterminate", "teller_aborted")


def test_revocation_lists_that_cannot_be_read_end_no_session(desk, site):
    desk.to(State.CONSENT)
    site.services.revocation.store.close()
    desk.station.lists_updated()

    assert desk.status.crl_this_update_ms == 0
    assert desk.now.state is State.CONSENT


def test_closing_the_station_ends_the_session_in_the_log(desk, site):
    desk.to(State.SIGNATURE)
    desk.station.close("closed")

    assert [item["outcome"] for item in site.results()] == ["indeterminate"]
    assert site.entries()[-1].data["reason"] == "closed"
