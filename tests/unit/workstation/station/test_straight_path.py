"""The straight path of every operation: one result, one permit, one receipt, in one order."""

import pytest

from crypto.log.format.note import NoteVerifier
from tests.support.station.operations import good_answers
from tests.support.station.stations import (
    TELLER,
)
from workstation.session.states import State


def test_the_straight_path_approves_with_one_result_one_permit_and_one_receipt(desk, site):
    desk.to(State.RECORDED)

    assert desk.outcome == ("approved", "decision.approved")
    assert len(site.results()) == len(site.permits()) == len(site.receipts()) == 1
    assert site.steps() == [
        "prechecks",
        "consent.given",
        "reference",
        "liveness.challenge",
        "liveness.attempt",
        "match",
        "statement",
        "signature",
        "confirmed",
    ]


def test_no_outcome_is_told_before_its_entry_is_in_the_log(desk, site):
    told_at = []
    inner = desk.told.session_changed

    def watch(snapshot):
        inner(snapshot)
        if snapshot.decision is not None:
            told_at.append((snapshot.decision.log_index, site.services.journal.log.size))

    desk.told.session_changed = watch
    desk.to(State.RECORDED)

    assert told_at
    assert all(index < size for index, size in told_at)


def test_every_step_is_signed_with_the_tellers_own_session_key(desk, site):
    desk.to(State.RECORDED)
    opened = NoteVerifier.parse(str(site.entries("session.open")[0].data["ses"]))

    for entry in site.entries():
        if entry.kind.startswith("verify."):
            assert entry.signers == (opened.name,)
            assert entry.actor == TELLER.id


@pytest.mark.parametrize("kind", ["app_registration", "loan_issue"])
def test_the_other_operations_are_approved_the_same_way(desk, site, kind):
    changes = {
        "kind": kind,
        "device": "Pixel 9",
        "amount": "500 000",
        "term_months": "12",
        "attestations": good_answers(),
    }
    desk.to(State.RECORDED, **changes)

    assert desk.outcome[0] == "approved"
    assert site.claims()["operation"] == kind
