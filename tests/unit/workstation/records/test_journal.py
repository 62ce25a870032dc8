"""What the journal writes, and how a dead process's sessions are closed."""

import pytest

from crypto.errors import LogLocked
from crypto.log.file.store import LogStore
from crypto.log.format.note import NoteVerifier
from tests.support.station.credentials import create_staffed, credential_of
from tests.support.station.log import LogSite
from tests.support.station.stations import SUPERVISOR, TELLER
from workstation.records.journal import Journal, open_cases
from workstation.session.decision import Decision, Outcome

DECISION = Decision(Outcome.REJECTED, "consent.refused", ())


@pytest.fixture
def site(tmp_path):
    return LogSite(tmp_path)


def journal_of(log):
    return Journal(log, origin="bank.example/log/b0421-w07/g1")


def sign_in(journal, operator):
    return journal.sign_in(operator, credential_of(operator), authentication="password")


def started(site):
    """Start as the workstation does: open, then close what was left open."""
    log = site.open()
    journal = journal_of(log)
    return journal, journal.close_interrupted()


def test_each_sign_in_has_a_key_of_its_own_named_after_the_bank(site):
    with create_staffed(site, TELLER, SUPERVISOR) as log:
        journal = journal_of(log)
        one = sign_in(journal, TELLER)
        two = sign_in(journal, TELLER)

        assert one.signer.vkey != two.signer.vkey
        assert one.signer.name.startswith("bank.example/ses/")
        data = log.entry(one.opened).data
        assert (data["actor"], data["role"], data["auth"]) == (TELLER.id, "teller", "password")
        assert NoteVerifier.parse(str(data["ses"])).name == one.signer.name


def test_the_closing_entry_counts_what_the_key_has_signed(site):
    with create_staffed(site, TELLER, SUPERVISOR) as log:
        journal = journal_of(log)
        who = sign_in(journal, TELLER)
        journal.record_begin(who, "one", {})
        journal.record_step(who, "one", "consent.given", {})
        journal.sign_out(who, reason="signed_out")

        last = log.entry(log.size - 1)
        assert (last.kind, last.data["n"], last.data["reason"]) == (
            "session.close",
            2,
            "signed_out",
        )


def test_a_supervisors_act_is_signed_by_the_supervisor(site):
    with create_staffed(site, TELLER, SUPERVISOR) as log:
        journal = journal_of(log)
        teller = sign_in(journal, TELLER)
        supervisor = sign_in(journal, SUPERVISOR)
        journal.record_begin(teller, "one", {})
        entry = journal.record_review(supervisor, "one", {"act": "refuse"}).entry

        assert entry.signers == (supervisor.signer.name,)
        assert entry.actor == SUPERVISOR.id


def test_a_session_that_died_gets_its_result_from_the_next_start(site):
    with create_staffed(site, TELLER, SUPERVISOR) as log:
        journal = journal_of(log)
        journal.record_begin(sign_in(journal, TELLER), "one", {})
    journal, found = started(site)

    with journal.log as log:
        assert [case.case for case in found] == ["one"]
        last = log.entry(log.size - 1)
        assert (last.kind, last.data["outcome"], last.data["reason"]) == (
            "verify.result",
            "indeterminate",
            "interrupted",
        )
        assert list(open_cases(log)) == []


def test_a_session_with_a_result_is_not_closed_again(site):
    with create_staffed(site, TELLER, SUPERVISOR) as log:
        journal = journal_of(log)
        who = sign_in(journal, TELLER)
        journal.record_begin(who, "one", {})
        journal.record_result(who, "one", DECISION, {})
    journal, found = started(site)

    with journal.log:
        assert found == ()


def test_a_start_that_died_before_closing_does_not_hide_what_was_open(site):
    with create_staffed(site, TELLER, SUPERVISOR) as log:
        journal = journal_of(log)
        journal.record_begin(sign_in(journal, TELLER), "one", {})
    for _ in range(3):
        site.open().close()  # boots, and dies before it closes anything
    journal, found = started(site)

    with journal.log:
        assert [case.case for case in found] == ["one"]


def test_every_open_session_of_a_run_is_closed_once(site):
    with create_staffed(site, TELLER, SUPERVISOR) as log:
        journal = journal_of(log)
        who = sign_in(journal, TELLER)
        for case in ("one", "two", "three"):
            journal.record_begin(who, case, {})
        journal.record_result(who, "two", DECISION, {})
    journal, found = started(site)
    with journal.log:
        assert {case.case for case in found} == {"one", "three"}
    journal, found = started(site)
    with journal.log:
        assert found == ()


def test_looking_for_open_sessions_does_not_read_the_whole_log(site):
    with create_staffed(site, TELLER, SUPERVISOR) as log:
        journal = journal_of(log)
        sign_in(journal, TELLER)
        for _ in range(300):
            log.append("faces.replaced", {})
    journal, _ = started(site)
    with journal.log:
        sign_in(journal, TELLER)
    journal, _ = started(site)
    with journal.log as log:
        read = []

        class Watched(LogStore):
            def entries(self, start=0, stop=None):
                read.append(start)
                return super().entries(start, stop)

        log.__class__ = Watched
        list(open_cases(log))

    assert min(read) > 1


def test_a_second_station_on_the_same_log_is_refused(site):
    with create_staffed(site, TELLER, SUPERVISOR), pytest.raises(LogLocked):
        site.open()


PARKED = {"begin": 0, "file": "ab" * 32}


def parked(journal, case="one"):
    """Begin a case and let it wait, by whoever signs in."""
    who = sign_in(journal, TELLER)
    begin = journal.record_begin(who, case, {})
    journal.record_step(who, case, "parked", {**PARKED, "begin": begin})
    return begin


def test_a_case_that_waits_is_left_open_by_every_start(site):
    with create_staffed(site, TELLER, SUPERVISOR) as log:
        begin = parked(journal_of(log))
    for _ in range(3):
        journal, found = started(site)
        with journal.log:
            sign_in(journal, TELLER)
            assert found == ()
            assert [(each.case, each.begin) for each in journal.waiting.values()] == [
                ("one", begin)
            ]
            # A start that dies while it states what waits leaves it to the next one.
            journal.log.append("heartbeat", {}, actor="")


def test_a_case_that_was_taken_up_again_is_closed_when_the_process_died(site):
    with create_staffed(site, TELLER, SUPERVISOR) as log:
        begin = parked(journal_of(log))
    journal, _ = started(site)
    with journal.log:
        journal.record_step(sign_in(journal, TELLER), "one", "came_back", {"begin": begin})
        assert journal.waiting == {}
    journal, found = started(site)

    with journal.log:
        assert [(case.case, case.index) for case in found] == [("one", begin)]
        assert journal.waiting == {}


def test_a_case_that_waits_no_longer_is_closed_with_the_reason(site):
    with create_staffed(site, TELLER, SUPERVISOR) as log:
        begin = parked(journal_of(log))
    journal = journal_of(site.open())
    with journal.log as log:
        journal.close_interrupted(lambda waiting: f"case.{waiting.sha256[:2]}")
        last = log.entry(log.size - 1)

        assert (last.data["reason"], last.data["begin"]) == ("case.ab", begin)
        assert (journal.waiting, list(open_cases(log))) == ({}, [])


def test_a_case_that_was_parked_before_files_were_kept_is_closed_as_interrupted(site):
    with create_staffed(site, TELLER, SUPERVISOR) as log:
        journal = journal_of(log)
        who = sign_in(journal, TELLER)
        journal.record_begin(who, "one", {})
        journal.record_step(who, "one", "parked", {})
        assert journal.waiting == {}
    journal, found = started(site)

    with journal.log:
        assert [case.case for case in found] == ["one"]
