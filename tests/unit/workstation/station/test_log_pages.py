"""The log as rows: for those who may read, and only while it verifies."""

import pytest

from tests.support.station.log import flip, vandalise
from tests.support.station.stations import Desk, a_site
from workstation.log_index.read_entry import _find_silent
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.log_pages import LogPages, open_pages
from workstation.station.log_view import LogQuery, ProofState


@pytest.fixture
def site(tmp_path):
    with a_site(tmp_path) as site:
        desk = Desk(site)
        desk.to(State.CONSENT)
        desk.do(c.RefuseConsent())
        yield site


def pages_of(site, *, allowed=True):
    return LogPages(site.services.log_path, site.log_site.log_key.vkey, lambda: allowed)


def test_rows_say_what_happened_by_whom_and_when(site):
    pages = pages_of(site)
    rows = pages.rows(0, 100)
    pages.close()

    assert [row.seq for row in rows] == list(range(site.services.journal.log.size))
    (result,) = [row for row in rows if row.kind == "verify.result"]
    assert (result.actor, result.outcome, result.reason) == (
        "T-0042",
        "rejected",
        "consent.refused",
    )
    assert result.operation == "change_trusted_phone"
    assert result.time_ms == site.clock.wall_ms()
    assert [row.outcome for row in rows if row.kind == "verify.step"] == [
        "prechecks",
        "consent.refused",
    ]


def test_what_a_silent_check_found_is_for_whoever_may_read_the_log():
    checks = [
        {"hard": "silent", "status": "failed", "reason": "not_staff_face.teller"},
        {"hard": "silent", "status": "indeterminate", "reason": "one_identity.missing"},
        {"hard": "silent", "status": "passed", "reason": "not_staff.clear"},
        {"hard": "soft", "status": "failed", "reason": "name.other"},
        "no check",
    ]

    assert tuple(_find_silent(checks)) == ("not_staff_face.teller",)
    assert tuple(_find_silent(None)) == ()


@pytest.mark.parametrize(("start", "count", "expected"), [(0, 2, [0, 1]), (3, 1, [3]), (99, 5, [])])
def test_a_page_holds_what_was_asked_for(site, start, count, expected):
    pages = pages_of(site)

    assert [row.seq for row in pages.rows(start, count)] == expected
    pages.close()


def test_who_may_not_read_sees_nothing(site):
    pages = pages_of(site, allowed=False)

    assert (pages.size(), pages.rows(0, 10)) == (0, ())
    pages.close()


def test_pages_grow_with_the_log(site):
    pages = pages_of(site)
    before = pages.size()
    Desk(site).sign_in()

    assert pages.size() == before + 1
    pages.close()


def test_a_log_that_does_not_verify_shows_nothing(site):
    site.services.journal.log.close()
    vandalise(site.services.log_path, flip("body", "entry", "seq = 2"))
    pages = pages_of(site)

    assert pages.rows(0, 10) == ()
    pages.close()


def test_a_log_under_another_key_or_none_at_all_shows_nothing(site, tmp_path):
    foreign = LogPages(site.services.log_path, site.log_site.supervisor.vkey, lambda: True)
    absent = LogPages(tmp_path / "none", site.log_site.log_key.vkey, lambda: True)
    garbled = LogPages(site.services.log_path, "no key", lambda: True)

    for pages in (foreign, absent, garbled):
        assert (pages.size(), pages.rows(0, 10)) == (0, ())
        pages.close()


def found(site, pages, **members):
    return list(pages.find(LogQuery(**members)).seqs)


def test_a_query_finds_by_what_an_entry_is(site):
    pages = open_pages(site.services, lambda: True)
    rows = pages.rows(0, 100)
    begun = next(row for row in rows if row.kind == "verify.begin")
    of_case = [row.seq for row in rows if row.case == begun.case]

    assert found(site, pages, kinds=("verify.begin",)) == [begun.seq]
    assert found(site, pages, outcome="rejected") == [of_case[-1]]
    assert found(site, pages, case=begun.case) == of_case
    assert found(site, pages, case=str(begun.seq)) == of_case
    assert found(site, pages, operator="T-0042", kinds=("verify.step",)) == of_case[1:-1]
    assert found(site, pages, since_ms=begun.time_ms, until_ms=begun.time_ms) == []
    assert set(of_case) <= set(found(site, pages, since_ms=begun.time_ms))
    assert [row.seq for row in pages.case_entries(str(begun.seq))] == of_case
    pages.close()


@pytest.mark.parametrize("text", ["согласи отказ", "бас тарт", "refused consent", "CONSENT"])
def test_words_of_a_code_are_found_in_every_language_by_their_beginnings(site, text):
    pages = open_pages(site.services, lambda: True)
    rows = pages.rows_of(pages.find(LogQuery(text=text)).seqs)
    pages.close()

    assert "verify.result" in {row.kind for row in rows}


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_an_operation_is_found_by_four_letters_of_its_name(site, language):
    name = site.services.policy.words()["operation.change_trusted_phone"].text(language)
    text = next(word for word in name.split() if len(word) > 4)[:4]
    pages = open_pages(site.services, lambda: True)
    rows = pages.rows_of(pages.find(LogQuery(text=text)).seqs)
    pages.close()

    assert {"verify.begin", "verify.result"} <= {row.kind for row in rows}


def test_an_operator_is_found_by_name_whatever_the_case_of_its_letters(site):
    names = site.services.authenticator.read_names()
    pages = open_pages(site.services, lambda: True)
    text = names["T-0042"].split()[0][:4].upper()

    assert set(found(site, pages, operator="T-0042")) <= set(found(site, pages, text=text))
    assert found(site, pages, text="нетникого") == []
    pages.close()


def test_a_row_that_answers_another_query_is_not_shown(site):
    pages = open_pages(site.services, lambda: True)
    pages.find(LogQuery(kinds=("verify.result",)))

    assert {row.kind for row in pages.rows_of(range(50))} == {"verify.result"}
    pages.close()


def test_an_entry_is_shown_with_all_its_members_and_its_proof(site):
    pages = open_pages(site.services, lambda: True)
    (seq,) = found(site, pages, kinds=("verify.result",))
    view = pages.entry(seq)
    shown = {each.name: each.value for each in view.members}

    assert shown["outcome"] == "rejected"
    assert view.row.seq == seq
    assert {(each.code, each.state) for each in view.proof} == {
        ("body", ProofState.GOOD),
        ("link", ProofState.GOOD),
        ("inclusion", ProofState.GOOD),
        ("head", ProofState.GOOD),
        ("signature", ProofState.GOOD),
        ("cosignature", ProofState.ABSENT),
    }
    assert pages.entry(10_000) is None
    pages.close()


def test_every_entry_of_a_log_has_a_good_proof(site):
    pages = open_pages(site.services, lambda: True)
    views = [pages.entry(seq) for seq in range(pages.size())]
    pages.close()

    assert [
        (view.row.seq, each)
        for view in views
        for each in view.proof
        if each.state is ProofState.BAD
    ] == []


def test_an_entry_that_was_changed_shows_its_number_and_what_is_wrong(site):
    site.services.journal.log.close()
    vandalise(site.services.log_path, flip("body", "entry", "seq = 2"))
    pages = pages_of(site)
    view = pages.entry(2)
    pages.close()

    assert (view.row.seq, view.row.kind, view.members) == (2, "", ())
    assert [(each.code, each.state, each.detail) for each in view.proof] == [
        ("body", ProofState.BAD, "leaf")
    ]


def test_who_may_not_read_finds_nothing(site):
    pages = pages_of(site, allowed=False)

    assert found(site, pages, text="consent") == []
    assert (pages.rows_of([1]), pages.case_entries("1"), pages.entry(1)) == ((), (), None)
    pages.close()
