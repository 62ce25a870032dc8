"""The verification of the log: how far and how fast, what was found, what it rests on."""

import pytest

from crypto.log.file.faults import LogFault
from tests.support.desktop.log_page import reader_of_log
from tests.support.desktop.snapshots import NOW_MS, session, verification
from ui.navigation import Page, Route
from ui.screens.integrity import advise
from workstation.documents.texts import Texts
from workstation.rules.parties import Role
from workstation.session.states import State
from workstation.station.log_view import LogNotice


@pytest.fixture
def page(window):
    window.show_station(reader_of_log(Role.AUDITOR))
    window.show_session(session(State.IDLE))
    window.navigate(Route.INTEGRITY)
    return window.screen_of(Page.INTEGRITY)


def show(window, found, **changed):
    window.show_station(reader_of_log(Role.AUDITOR, verification=found, **changed))


def test_while_it_runs_it_says_how_fast_and_how_long_it_will_take(window, page):
    clock = [NOW_MS]
    window.ctx.now_ms = lambda: clock[0]
    show(window, verification(running=True, size=0, total=1_000_000))
    clock[0] += 10_000
    show(window, verification(running=True, size=200_000, total=1_000_000))

    assert page.pace.text() == (
        "Проверено 200 000 из 1 000 000 · 20 000 записей в секунду, осталось 00:40"
    )
    assert not page.card.isVisible()


def test_a_second_run_is_paced_anew(window, page):
    clock = [NOW_MS]
    window.ctx.now_ms = lambda: clock[0]
    show(window, verification(running=True, size=0, total=1_000))
    clock[0] += 3_600_000
    show(window, verification())
    show(window, verification(running=True, size=0, total=1_000))
    clock[0] += 1_000
    show(window, verification(running=True, size=500, total=1_000))

    assert "500 записей в секунду, осталось 00:01" in page.pace.text()


@pytest.mark.parametrize("fault", LogFault)
def test_every_fault_says_what_to_do(fault):
    assert advise(LogFault.BUSY) == advise(LogFault.UNREADABLE) != advise(LogFault.LEAF)
    assert all(Texts(language).has(advise(fault.value)) for language in ("kk", "ru", "en"))


@pytest.mark.parametrize(
    ("reason", "words"),
    [("leaf", "доказательство"), ("rolled_back", "копию"), ("unreadable", "диск")],
)
def test_a_broken_log_says_what_to_do(window, page, reason, words):
    show(window, verification(ok=False, first_bad=77, reason=reason))

    assert words in page.advice.text()
    assert page.covered["heads"].text() == "Не доказаны"


def test_a_whole_log_says_what_the_verdict_rests_on(window, page):
    show(
        window,
        verification(size=400),
        log_size=418,
        witnessed=True,
        anchored_size=390,
        anchored_ms=NOW_MS,
    )

    assert not page.advice.isVisible()
    assert page.covered["heads"].text() == "Сходятся до записи 400"
    assert page.covered["cosigned"].text().startswith("До записи 390, 22.11.2025")
    assert page.covered["since"].text() == "18"


def test_without_witnesses_it_says_so(window, page):
    show(window, verification())

    assert page.covered["cosigned"].text() == "Свидетелей в настройках нет"


def test_what_is_no_breach_and_worth_a_look_is_counted_with_its_first_entry(window, page):
    show(window, verification())
    assert not page.worth.isVisible()
    notices = (LogNotice("look.clock_in_case", 2, 1077), LogNotice("look.alarm", 1, 5))
    show(window, verification(notices=notices))

    assert page.worth.isVisible()
    assert page.notices.text().splitlines() == [
        "Часы перевели во время проверки клиента: 2, первая запись — № 1 077",
        "Сигнал безопасности, который никто не отметил: 1, первая запись — № 5",
    ]
    show(window, verification(running=True, total=9))
    assert not page.worth.isVisible()
