"""Figures of tellers: from the log alone, against a second and slower count, kept beside it."""

import hashlib
import json
import sqlite3
import statistics

import msgspec
import pytest

from crypto.log.audit.reader import LogReader
from tests.support.station.log import LogSite
from tests.support.station.long_log import fill_runs
from tests.support.station.stations import (
    AUDITOR,
    OTHER_TELLER,
    SECRET,
    SOFT_CHECK_OPEN,
    SUPERVISOR,
    TELLER,
    override,
)
from workstation.records.shifts.reading import AT_ONCE, CountingStopped, ReadLine, count_shift
from workstation.session.confirmation import SuspicionReason
from workstation.session.states import State
from workstation.shift.figures import TellerFigures
from workstation.shift.piece_store import PieceStore, place_pieces
from workstation.shift.risk import FEWEST, Indicator, find_risks, lower_bound
from workstation.shift.statistics import OpeningHours, count_tellers
from workstation.shift.teller_count import Piece, TellerTally
from workstation.station import commands as c

DAY_MS = 86_400_000
KEY = bytes(32)


def period(site, days=1):
    now = site.clock.wall_ms()
    return c.CountStatistics(now - (days - 1) * DAY_MS, now + DAY_MS)


def counted(desk, site, who=SUPERVISOR, days=1):
    desk.sign_in(who)
    desk.do(period(site, days))
    return desk.status.statistics


def as_other(desk):
    desk.do(c.SignIn(OTHER_TELLER.id, SECRET))


def slow(site, teller):
    """Count a second time: by cases, each with all of its entries."""
    entries = site.entries()
    begun = [each for each in entries if each.kind == "verify.begin" and each.actor == teller]
    cases = {each.data["case"]: each for each in begun}
    results = [
        each.data for each in entries if each.kind == "verify.result" and each.data["case"] in cases
    ]
    return {
        "sessions": len(begun),
        "approved": sum(each["outcome"] == "approved" for each in results),
        "undecided": sum(each["outcome"] == "indeterminate" for each in results),
        "overridden": tuple(each["begin"] for each in results if each["overrides"]),
        "aborted": tuple(
            cases[each.data["case"]].seq
            for each in entries
            if each.data.get("step") == "aborted" and each.data["case"] in cases
        ),
        "median_s": int(statistics.median(each["duration_ms"] // 1000 for each in results)),
    }


def test_each_tellers_figures_are_what_the_log_says(desk, site):
    desk.to(State.REVIEW, **SOFT_CHECK_OPEN)
    desk.do(override(reason="the old number is dead"))
    desk.do(c.NewSession())
    desk.to(State.CONSENT)
    site.clock.tick(75_000)
    desk.do(c.Abort("customer_left"))
    desk.do(c.NewSession())

    shown = counted(desk, site)

    (figures,) = shown.tellers
    expected = slow(site, TELLER.id)
    assert {name: getattr(figures, name) for name in expected} == expected
    assert (figures.operator, figures.attempts, figures.ended) == (TELLER.id, 1, 2)
    assert figures.reasons == (("customer_left", 1),)
    assert figures.sources == (("registry", 1),)
    assert (shown.running, shown.risks) == (False, ())


def test_a_day_outside_the_period_is_not_counted(desk, site):
    desk.to(State.CONSENT)
    desk.do(c.Abort("customer_left"))
    desk.do(c.NewSession())
    site.clock.tick(2 * DAY_MS)

    assert counted(desk, site).tellers == ()
    assert [each.sessions for each in counted(desk, site, days=3).tellers] == [1]


def test_a_suspicion_is_counted_with_its_case(desk, site):
    desk.to(State.CONFIRMATION)
    number = desk.now.number
    desk.do(c.RefuseOnSuspicion(SuspicionReason.GUIDED_BY_PHONE))

    (figures,) = counted(desk, site, AUDITOR).tellers
    assert (figures.suspected, figures.rejected) == ((number,), 1)


@pytest.mark.parametrize("command", [c.CountStatistics(0, DAY_MS), c.StopCounting()])
def test_a_teller_sees_no_figures(desk, command):
    desk.sign_in(TELLER)
    desk.do(command)

    assert (desk.status.message, desk.status.statistics) == ("role_missing", None)


def test_who_comes_next_sees_no_figures(desk, site):
    counted(desk, site)
    desk.sign_in(TELLER)

    assert desk.status.statistics is None


def test_a_period_that_is_none_is_refused(desk):
    desk.sign_in(AUDITOR)
    desk.do(c.CountStatistics(DAY_MS * 9, DAY_MS * 8))

    assert desk.status.message == "statistics.no_period"


def test_a_counting_that_is_ended_says_nothing_and_leaves_what_was_there(desk, site):
    before = counted(desk, site)
    task = desk.station.handle(period(site, 2))
    desk.do(c.StopCounting())
    with pytest.raises(CountingStopped) as stopped:
        task.run()
    desk.station.finish(task, stopped.value)

    assert desk.status.statistics == before
    assert desk.status.message == ""


def of_tellers(view, log, ended):
    hours = OpeningHours.parse("08:00", "20:00")
    count_tellers(view, log, (0, 1), hours, key=KEY, cancelled=ended, progress=lambda *_: None)


def of_a_shift(view, _log, ended):
    count_shift(view, cancelled=ended, progress=lambda *_: None)


@pytest.mark.parametrize("count", [of_tellers, of_a_shift])
def test_a_counting_looks_every_512_entries_whether_it_is_to_end(tmp_path, count):
    site, looks = LogSite(tmp_path), []
    fill_runs(site, 3 * AT_ONCE)

    def ended():
        looks.append(None)
        return len(looks) > 2

    with (
        LogReader(site.path, site.log_key.vkey) as reader,
        reader.snapshot() as view,
        pytest.raises(CountingStopped),
    ):
        count(view, site.path, ended)


def test_who_takes_the_table_out_stands_in_the_log_even_when_the_stick_is_gone(desk, site):
    counted(desk, site, AUDITOR)
    path = site.folder / "tellers.csv"
    desk.do(c.SaveStatistics(path, b"table"))
    first = desk.status.statistics.saved, path.read_bytes()
    desk.do(c.SaveStatistics(site.folder / "gone" / "tellers.csv", b"table"))

    assert first == ("statistics.saved", b"table")
    assert desk.status.statistics.saved == "statistics.not_saved"
    written = site.entries("log.export")
    assert [each.actor for each in written] == [AUDITOR.id] * 2
    assert written[0].data["sha256"] == hashlib.sha256(b"table").hexdigest()


def test_the_table_is_written_over_nothing_the_log_least_of_all(desk, site):
    counted(desk, site, AUDITOR)
    path = site.services.log_path
    before = path.read_bytes()[:100]
    desk.do(c.SaveStatistics(path, b"table"))

    assert desk.status.statistics.saved == "export_exists"
    assert path.read_bytes()[:100] == before


def test_an_account_that_was_disabled_takes_nothing_out(desk, site, monkeypatch):
    counted(desk, site, AUDITOR)
    path = site.folder / "tellers.csv"
    monkeypatch.setattr(site.services.authenticator, "is_in_force", lambda _operator: False)
    desk.do(c.SaveStatistics(path, b"table"))

    assert desk.status.message == "account_changed"
    assert (path.exists(), site.entries("log.export")) == (False, [])


# -- synthetic entries -----------------------------------------------------------------------


def line(seq, kind, actor, t_ms=1_000_000, **data):
    return ReadLine(seq, t_ms, kind, actor, msgspec.Raw(json.dumps(data).encode()))


def tally(*lines, before=None):
    made = TellerTally(before or Piece())
    for each in lines:
        made.take(each)
    return made.piece


def result(seq, case, begin, actor="T-1", outcome="approved", **data):
    return line(seq, "verify.result", actor, case=case, begin=begin, outcome=outcome, **data)


def test_what_was_shown_is_counted_not_what_is_held():
    piece = tally(
        line(0, "verify.begin", "T-1", case="a"),
        result(1, "a", 0, outcome="indeterminate", hold={"shown": "approved", "reason": ""}),
    )

    count = piece.days["0"]["T-1"]
    assert (count.approved, count.undecided) == (1, 0)


def test_a_case_that_lasts_over_two_pieces_keeps_its_number_and_its_refused_override():
    first = tally(
        line(0, "verify.begin", "T-1", case="a"),
        line(1, "verify.step", "T-1", case="a", step="override.refused"),
    )
    second = tally(result(2, "a", 0, outcome="rejected"), before=first)

    assert second.days["0"]["T-1"].override_refused == [0]
    assert second.open == {}


def test_one_customer_at_two_tellers_is_known_only_where_a_wait_was_lifted():
    piece = tally(
        line(0, "verify.begin", "T-1", case="a"),
        result(1, "a", 0, outcome="rejected"),
        line(2, "verify.begin", "T-2", case="b"),
        result(3, "b", 2, actor="T-2", outcome="rejected"),
        line(4, "cool_down.lift", "S-1", cases=["a", "b"]),
    )

    assert piece.days["0"]["T-2"].returned == [2]
    assert piece.days["0"]["T-1"].returned == []


def test_shared_numbers_silent_findings_and_file_photos_name_their_cases():
    checks = [
        {"check": "number_not_shared", "status": "failed", "reason": "number_not_shared.shared"},
        {
            "check": "one_identity",
            "status": "failed",
            "reason": "one_identity.other_iin",
            "hard": "silent",
        },
    ]
    missing = [
        {**each, "status": "indeterminate", "reason": f"{each['check']}.missing"} for each in checks
    ]
    piece = tally(
        result(5, "a", 4, checks=checks, provenance={"source": "file"}),
        result(7, "b", 6, checks=missing, provenance={"source": "chip"}),
    )

    count = piece.days["0"]["T-1"]
    assert (count.shared, count.silent, count.file) == ([4], [4], [4])


def test_an_entry_that_cannot_be_read_counts_for_nothing():
    assert tally(line(0, "verify.result", "T-1", case=7)).days == {}


@pytest.mark.parametrize(
    ("hours", "minute", "open_then"),
    [
        (("09:00", "18:00"), 9 * 60, True),
        (("09:00", "18:00"), 18 * 60, False),
        (("09:00", "18:00"), 8 * 60 + 59, False),
        (("20:00", "06:00"), 23 * 60, True),
        (("20:00", "06:00"), 12 * 60, False),
        (("00:00", "00:00"), 3 * 60, True),
    ],
)
def test_opening_hours_are_the_clocks_in_kazakhstan(hours, minute, open_then):
    utc = (minute - 5 * 60) % 1440
    assert OpeningHours.parse(*hours).holds(utc * 60_000) is open_then


# -- pieces beside the log -------------------------------------------------------------------


def test_a_piece_is_found_by_the_hash_of_its_last_entry_and_by_no_other(tmp_path):
    store = PieceStore(tmp_path / "log.tellers.sqlite", KEY)
    piece = tally(line(0, "verify.begin", "T-1", case="a"))
    store.keep(3, b"leaf", piece)

    assert store.find(3, b"leaf") == piece
    assert (store.find(3, b"other"), store.find(2, b"leaf")) == (None, None)
    store.close()


@pytest.mark.parametrize("damage", [b"no database", b""])
def test_a_damaged_file_is_made_anew(tmp_path, damage):
    path = place_pieces(tmp_path / "log.sqlite")
    path.write_bytes(damage)
    store = PieceStore(path, KEY)
    store.keep(0, b"leaf", Piece())

    assert store.find(0, b"leaf") == Piece()
    store.close()


def test_a_piece_that_is_not_one_is_counted_again(tmp_path):
    path = place_pieces(tmp_path / "log.sqlite")
    store = PieceStore(path, KEY)
    store.keep(0, b"leaf", Piece())
    with sqlite3.connect(path) as other:
        other.execute("UPDATE piece SET body = '{\"days\": 3}'")
    other.close()

    assert store.find(0, b"leaf") is None
    store.close()


FORGED = (
    "UPDATE piece SET body = '{}'",
    "UPDATE piece SET number = 1",
    "UPDATE piece SET mac = NULL",
    "UPDATE piece SET mac = 'text'",
    "UPDATE piece SET leaf = 'leaf'",
)


@pytest.mark.parametrize("forge", FORGED)
def test_a_piece_that_somebody_else_wrote_is_counted_again(tmp_path, forge):
    path = place_pieces(tmp_path / "log.sqlite")
    store = PieceStore(path, KEY)
    store.keep(0, b"leaf", tally(line(0, "verify.begin", "T-1", case="a")))
    with sqlite3.connect(path) as other:
        other.execute(forge)
    other.close()

    assert [store.find(number, b"leaf") for number in (0, 1)] == [None, None]
    store.close()


def test_a_piece_of_another_stations_key_is_counted_again(tmp_path):
    path = place_pieces(tmp_path / "log.sqlite")
    store = PieceStore(path, b"x" * 32)
    store.keep(0, b"leaf", Piece())
    store.close()
    store = PieceStore(path, KEY)

    assert store.find(0, b"leaf") is None
    store.close()


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
ENDLESS_ROWS = f"SELECT 0, x'00', i, i FROM ({ENDLESS})"
PLANTED = (
    f"DROP TABLE piece; CREATE VIEW piece (number, leaf, body, mac) AS {ENDLESS_ROWS}",
    f"CREATE TRIGGER slow AFTER INSERT ON piece BEGIN SELECT count(*) FROM ({ENDLESS}); END",
    "CREATE TABLE other (id)",
)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("plant", PLANTED)
def test_what_would_run_inside_our_statements_is_thrown_away(tmp_path, plant):
    path = place_pieces(tmp_path / "log.sqlite")
    PieceStore(path, KEY).close()
    other = sqlite3.connect(path)
    other.executescript(plant)
    other.close()
    store = PieceStore(path, KEY)
    store.keep(0, b"leaf", Piece())

    assert store.find(0, b"leaf") == Piece()
    store.close()


@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_nothing_is_written_into_another_file_through_a_link(tmp_path, link):
    victim = tmp_path / "log.sqlite"
    other = sqlite3.connect(victim)
    other.execute("CREATE TABLE entries (id)")
    other.close()
    before = victim.read_bytes()
    getattr(place_pieces(victim), link)(victim)
    store = PieceStore(place_pieces(victim), KEY)
    store.keep(0, b"leaf", Piece())

    assert store.find(0, b"leaf") == Piece()
    assert victim.read_bytes() == before
    store.close()


# -- what is worth a look ---------------------------------------------------------------------


def teller(name, sessions, **changed):
    empty = dict.fromkeys(
        (
            *("overridden", "override_refused", "handed_over", "suspected", "aborted", "reasons"),
            *("sources", "file", "shared", "silent", "returned", "after_hours"),
        ),
        (),
    )
    usual = {"approved": sessions, "rejected": 0, "undecided": 0, "median_s": 300, "attempts": 0}
    pace = {"worked_hours": max(1, sessions // 3), "busiest": 3}
    return TellerFigures(name, sessions, **{**usual, **pace, **empty, **changed})


def risks(*tellers):
    return [(each.operator, each.indicator) for each in find_risks(tellers)]


@pytest.mark.parametrize(
    ("count", "of", "bound"),
    [(0, 10, 0.0), (10, 10, 0.7225), (1, 2, 0.0945), (5, 100, 0.0215), (0, 0, 0.0)],
)
def test_wilsons_bound_is_the_published_one(count, of, bound):
    assert lower_bound(count, of) == pytest.approx(bound, abs=1e-4)


def test_a_small_sample_does_not_come_to_the_top():
    usual = teller("T-2", 100, overridden=tuple(range(20)))

    assert risks(teller("T-1", 4, overridden=(1, 2)), usual) == []
    assert risks(teller("T-1", 100, overridden=tuple(range(40))), usual) == [
        ("T-1", Indicator.OVERRIDES)
    ]


def test_a_share_is_compared_with_all_others_and_with_nobody_it_is_not():
    many = tuple(range(30))

    assert risks(teller("T-1", 30, file=many)) == []
    assert risks(teller("T-1", 30, file=many), teller("T-2", 19)) == []
    assert risks(teller("T-1", 30, file=many), teller("T-2", 20)) == [
        ("T-1", Indicator.FILE_REFERENCES)
    ]


def test_fewer_cases_than_three_are_no_share():
    assert risks(teller("T-1", FEWEST - 1, shared=(1, 2)), teller("T-2", 500)) == []


def test_one_silent_finding_is_worth_a_look():
    (row,) = find_risks([teller("T-1", 1, silent=(7,))])

    assert (row.indicator, row.cases, row.others_ppm) == (Indicator.SILENT, (7,), -1)


def test_a_hurry_is_measured_by_what_the_others_begin_in_an_hour_of_work():
    fast = teller("T-1", 30, busiest=9, busiest_cases=tuple(range(9)))

    assert risks(fast, teller("T-2", 60, worked_hours=20)) == [("T-1", Indicator.VELOCITY)]
    assert risks(fast, teller("T-2", 60, worked_hours=10)) == []


def test_the_gravest_stand_first():
    one = teller("T-1", 100, silent=(1,), after_hours=tuple(range(50)), aborted=tuple(range(50)))

    assert [each for _, each in risks(one, teller("T-2", 100))] == [
        Indicator.SILENT,
        Indicator.AFTER_HOURS,
        Indicator.ABORTS,
    ]
