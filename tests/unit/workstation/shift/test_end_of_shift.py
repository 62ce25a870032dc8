"""The end of a shift at the desk: counted from the log, signed, exported, and audited."""

import shutil
from collections import Counter
from dataclasses import replace

import pytest

from crypto.log.audit.audit import audit
from crypto.log.file.faults import AuditStatus, Tier
from tests.support.station.log_audit import expectations
from tests.support.station.stations import (
    AUDITOR,
    SECRET,
    SOFT_CHECK_OPEN,
    SUPERVISOR,
    TELLER,
    override,
)
from workstation.records.audit.session_rules import SessionRules
from workstation.records.known_heads import read_heads
from workstation.records.shifts.count import OpenAtEnd, OutcomeCount
from workstation.records.shifts.facts import read_shift, shift_facts
from workstation.session.states import State
from workstation.shift.closing import HEADS_FOLDER, SHIFTS_FOLDER
from workstation.station import commands as c

WORDS = "Клиент придёт завтра утром с ключом"
DAY_MS = 86_400_000


def overridden(desk):
    """Approve a case with a supervisor's override."""
    desk.to(State.REVIEW, **SOFT_CHECK_OPEN)
    desk.do(override(reason="the old number is dead"))
    desk.do(c.NewSession())


def aborted(desk):
    desk.to(State.CONSENT)
    desk.do(c.Abort("customer_left"))
    desk.do(c.NewSession())


def parked(desk):
    desk.to(State.SIGNATURE)
    number = desk.now.number
    desk.park()
    return number


def count(desk):
    desk.sign_in(SUPERVISOR)
    desk.do(c.CountShift())
    return desk.status.shift.count


def close(desk, words=WORDS, secret=SECRET):
    count(desk)
    desk.do(c.CloseShift(words, secret))
    return desk.status.shift.closed


def verdict(site):
    known = expectations(site.log_site, minimum_size=1, rules=SessionRules)
    report = audit(site.log_site.path, known, Tier.RULES)
    return report.status, report.reason, report.index


def slow_count(entries):
    """Count a second time, in another way: results by outcome, and who has no result."""
    results = [each.data for each in entries if each.kind == "verify.result"]
    ended = {each["begin"] for each in results}
    begun = {each.seq for each in entries if each.kind == "verify.begin"}
    return Counter(each["outcome"] for each in results), begun - ended


def test_a_shift_states_what_was_done_and_names_what_is_open(desk, site):
    overridden(desk)
    aborted(desk)
    number = parked(desk)

    closed = close(desk)

    (entry,) = site.entries("shift.close")
    stated = read_shift(entry.data)
    outcomes, still_open = slow_count(site.entries()[: stated.size])
    assert outcomes == {"approved": 1, "indeterminate": 1}
    assert stated.count.outcomes == OutcomeCount("", 1, 0, 1)
    assert stated.count.operators == (OutcomeCount("T-0042", 1, 0, 1),)
    assert stated.count.operations == (OutcomeCount("change_trusted_phone", 1, 0, 1),)
    assert (stated.overrides, stated.permits, stated.words) == (1, 1, WORDS)
    assert still_open == {number}
    parked_ms = site.entries("verify.step")[-1].t_ms
    assert stated.state.open == (OpenAtEnd(number, "customer", parked_ms),)
    assert (closed.number, entry.actor) == (entry.seq, SUPERVISOR.id)
    assert verdict(site) == (AuditStatus.PASSED, "", None)


def test_an_open_case_is_neither_closed_nor_lost_by_the_end_of_a_shift(desk, site):
    number = parked(desk)
    close(desk)

    desk.sign_in(TELLER)
    assert [each.number for each in desk.status.parked] == [number]
    desk.take_up()
    desk.do(c.Abort("customer_left"))
    desk.do(c.NewSession())
    close(desk, "")

    second = read_shift(site.entries("shift.close")[-1].data)
    assert second.count.outcomes == OutcomeCount("", 0, 0, 1)
    assert second.open == []
    assert verdict(site) == (AuditStatus.PASSED, "", None)


def test_the_next_shift_begins_where_the_last_one_ended(desk, site):
    overridden(desk)
    close(desk, "")
    first = read_shift(site.entries("shift.close")[0].data)

    shown = count(desk)

    assert (shown.start, shown.outcomes, shown.overrides) == (
        first.size,
        OutcomeCount(""),
        0,
    )


def test_before_the_first_end_of_a_shift_it_begins_with_the_day(desk, site):
    aborted(desk)
    number = parked(desk)
    site.clock.tick(DAY_MS)
    overridden(desk)

    shown = count(desk)

    assert shown.outcomes == OutcomeCount("", 1, 0, 0)
    assert [each.number for each in shown.state.open] == [number]


@pytest.mark.parametrize("who", [TELLER, AUDITOR])
@pytest.mark.parametrize("command", [c.CountShift(), c.CloseShift("", SECRET), c.SaveShift()])
def test_only_a_supervisor_counts_or_ends_a_shift(desk, site, who, command):
    desk.sign_in(who)
    desk.do(command)

    assert desk.status.message == "role_missing"
    assert (desk.status.shift, site.entries("shift.close")) == (None, [])


def test_a_shift_is_not_ended_with_another_secret(desk, site):
    aborted(desk)
    close(desk, "", secret="wrong horse battery staple")

    assert desk.status.message == "operator_refused"
    assert site.entries("shift.close") == []


def test_what_is_open_is_explained_in_words(desk, site):
    parked(desk)
    close(desk, ".")

    assert (desk.status.message, desk.status.message_field) == ("shift.words_short", "words")
    assert site.entries("shift.close") == []


def test_a_shift_that_nobody_has_seen_is_not_ended(desk, site):
    desk.sign_in(SUPERVISOR)
    desk.do(c.CloseShift(WORDS, SECRET))

    assert (desk.status.message, desk.status.message_field) == ("shift.not_counted", "shift")
    assert site.entries("shift.close") == []


def test_what_happened_while_the_page_was_open_is_counted_too(desk, site):
    count(desk)
    desk.do(c.SignIn(SUPERVISOR.id, "wrong horse battery staple"))

    desk.do(c.CloseShift("", SECRET))

    stated = read_shift(site.entries("shift.close")[0].data)
    assert stated.sign_ins_failed == 1
    assert verdict(site) == (AuditStatus.PASSED, "", None)


def test_who_comes_next_sees_nothing_of_the_shift(desk):
    count(desk)
    desk.sign_in(TELLER)

    assert desk.status.shift is None


def test_the_head_that_leaves_covers_the_entry_and_is_known_as_a_head(desk, site):
    overridden(desk)
    closed = close(desk, "")

    known = read_heads(site.log_site.log_key.name, heads=[closed.head])
    (mark,) = known.marks
    assert (mark.size, closed.size) == (closed.number + 1,) * 2
    assert closed.head.parent.name == HEADS_FOLDER
    assert closed.report.parent.name == SHIFTS_FOLDER
    assert closed.report.read_bytes().startswith(b"%PDF")
    assert verdict(site)[0] is AuditStatus.PASSED


def test_a_full_disk_loses_nothing_and_the_files_are_written_again(desk, site, monkeypatch):
    aborted(desk)
    outbox = site.services.outbox
    (outbox / HEADS_FOLDER).write_text("a file where the folder goes")
    (outbox / SHIFTS_FOLDER).write_text("another")

    closed = close(desk, "")
    first = closed.trouble, closed.head, closed.report, len(site.entries("shift.close"))
    (outbox / HEADS_FOLDER).unlink()
    (outbox / SHIFTS_FOLDER).unlink()
    desk.do(c.SaveShift())

    again = desk.status.shift.closed
    assert first == ("shift.not_saved", None, None, 1)
    assert (again.number, again.trouble, again.head.is_file()) == (closed.number, "", True)
    assert again.report.is_file()
    assert len(site.entries("shift.close")) == 1


def test_files_are_not_asked_for_before_a_shift_has_ended(desk):
    desk.sign_in(SUPERVISOR)
    desk.do(c.SaveShift())

    assert desk.status.message == "shift.none_closed"


def test_a_log_that_takes_nothing_ends_no_shift(desk, site):
    count(desk)
    site.clock.log = site.services.journal.log
    site.clock.full_at = site.clock.appends + 1

    desk.do(c.CloseShift("", SECRET))
    site.clock.recover()

    assert desk.status.message == "log_unwritable"
    assert site.entries("shift.close") == []
    shutil.rmtree(site.services.outbox)


# -- the audit ------------------------------------------------------------------------------


def forge(desk, site, **changed):
    """Let whoever holds a supervisor's secret write a shift of other numbers."""
    desk.sign_in(SUPERVISOR)
    desk.do(c.CountShift())
    tally = desk.station._back_office._shift._tally
    who = desk.station._operator_session.who
    log = site.services.journal.log
    for entry in log.entries(tally.size, log.size):
        tally.take(entry)
    count = tally.count()
    facts = {**shift_facts(count, log.checkpoint(count.size).root, WORDS), **changed}
    return site.services.journal.record_shift(who, facts).entry.seq


FORGED = [
    ({"overrides": 1}, "rule.shift_count"),
    ({"open": []}, "rule.shift_count"),
    ({"operators": [["T-0042", 2, 0, 0]]}, "rule.shift_count"),
    ({"start": 0}, "rule.shift_count"),
    ({"root": "00" * 32}, "rule.shift_head"),
    ({"size": 1}, "rule.shift"),
    ({"overrides": "none"}, "rule.shift"),
]


def judge(entries, number, changed):
    """Feed a log in which one entry states something else to the rules; return what they say."""
    rules = SessionRules()
    for entry in entries:
        stated = replace(entry, data={**entry.data, **changed}) if entry.seq == number else entry
        if (found := rules.check(stated)) is not None:
            return found.code, found.index
    return None


def test_the_rules_find_every_forged_member(desk, site):
    overridden(desk)
    close(desk, "")
    aborted(desk)
    parked(desk)
    number = close(desk).number
    entries = site.entries()

    assert judge(entries, number, {}) is None
    said = [judge(entries, number, changed) for changed, _ in FORGED]
    assert said == [(rule, number) for _, rule in FORGED]


def test_the_audit_finds_a_forged_count(desk, site):
    aborted(desk)
    number = forge(desk, site, operators=[["T-0042", 1, 0, 0]])

    assert verdict(site) == (AuditStatus.FAILED, "rule.shift_count", number)


def test_nobody_but_a_supervisor_may_have_signed_the_end_of_a_shift(desk, site):
    close(desk, "")
    facts = site.entries("shift.close")[0].data
    desk.sign_in(TELLER)

    written = site.services.journal.record_shift(desk.station._operator_session.who, facts)

    assert verdict(site) == (AuditStatus.FAILED, "rule.role", written.entry.seq)


def test_what_is_between_the_count_and_its_entry_is_not_left_out(desk, site):
    """A result that falls into no shift would be one that nobody counts."""
    aborted(desk)
    desk.sign_in(SUPERVISOR)
    desk.do(c.CountShift())
    size = desk.status.shift.count.size

    number = forge(desk, site, size=size - 4)

    assert verdict(site)[1:] == ("rule.shift_count", number)


@pytest.mark.parametrize("fails", [False, True])
def test_a_count_that_ends_when_another_has_signed_in_is_shown_to_nobody(desk, fails):
    desk.sign_in(SUPERVISOR)
    task = desk.station.handle(c.CountShift())
    outcome = OSError() if fails else task.run()
    desk.sign_in(TELLER)
    desk.station.finish(task, outcome)

    assert (desk.status.shift, desk.status.message) == (None, "")
    desk.sign_in(SUPERVISOR)
    desk.do(c.CloseShift("", SECRET))
    assert desk.status.message == "shift.not_counted"
