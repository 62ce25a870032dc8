"""The end of a case at the counter, by keys: refused, handed over, and forced."""

import sys

import pytest

if "PySide6" not in sys.modules:
    pytest.importorskip("pytestqt", reason="the desktop needs pytest-qt")

from tests.support.desktop.counter_by_keys import Counter
from tests.support.station.stations import SECRET, SUPERVISOR, TELLER, a_site
from ui.navigation import Page
from workstation.session.confirmation import HandOverReason, SuspicionReason
from workstation.station import commands as c

SECOND = "white birds above the steppe"
"""As long as the own secret: a field shows a dot for each letter."""


def at_confirmation(counter):
    counter.sign_in()
    for _ in counter.to_confirmation():
        pass
    return counter


def test_a_teller_confirms_before_anything_is_recorded(counter):
    at_confirmation(counter)
    assert counter.site.results() == []
    counter.press("F9")

    assert counter.window.page is Page.DECISION
    assert counter.site.results()[0]["outcome"] == "approved"


def test_a_teller_refuses_on_suspicion_with_a_reason(counter):
    at_confirmation(counter).press("F4")
    assert counter.site.results() == []
    counter.answer(SuspicionReason.GUIDED_BY_PHONE)

    assert counter.window.page is Page.DECISION
    (result,) = counter.site.results()
    assert (result["outcome"], result["reason"]) == ("rejected", "suspicion.guided_by_phone")
    assert counter.site.permits() == []


def test_a_case_that_was_handed_over_comes_back_from_a_supervisor(counter):
    at_confirmation(counter).press("F7")
    counter.answer(HandOverReason.DOUBT_ABOUT_PERSON)
    assert counter.window.page is Page.REVIEW
    screen = counter.window.screen_of(Page.REVIEW)
    screen.form.reason.edit.setText("оба снимка и документ сверены")
    screen.form.supervisor.edit.setText(SUPERVISOR.id)
    screen.form.secret.edit.setText(SECRET)
    counter.show()
    counter.press("F9")
    assert counter.window.page is Page.CONFIRMATION
    counter.press("F9")

    (result,) = counter.site.results()
    assert result["outcome"] == "approved"
    assert result["second_look"]["by"] == SUPERVISOR.id


def play(bot, folder, at_sign_in, at_unlock):
    """Serve one customer with these secrets; return the pictures of every step."""
    folder.mkdir()
    taken = {}
    with a_site(folder) as site:
        site.services.authenticator.set_duress_secret(TELLER.id, SECRET, SECOND)
        counter = Counter(bot, site)
        taken["before"] = counter.pictures()
        counter.sign_in(secret=at_sign_in)
        taken["home"] = counter.pictures()
        for step in counter.to_confirmation():
            taken[step] = counter.pictures()
        counter.lock()
        taken["locked"] = counter.pictures()
        counter.unlock(at_unlock)
        taken["unlocked"] = counter.pictures()
        for step, page in (("decision", Page.DECISION), ("receipt", Page.RECEIPT)):
            counter.press("F9")
            assert counter.window.page is page, (counter.desk.now.message, counter.desk.status)
            taken[step] = counter.pictures()
        counter.do(c.NewSession())
        taken["home again"] = counter.pictures()
        ended = site.results()[0]["reason"], len(site.permits()), len(site.entries())
        counter.window.close()
    return taken, ended


@pytest.mark.timeout(240)
def test_who_is_forced_sees_the_same_to_the_pixel_in_both_windows(qtbot, tmp_path):
    free, let_in = play(qtbot, tmp_path / "free", SECRET, SECRET)
    assert let_in[:2] == ("decision.approved", 1)
    assert [len(each) for each in free.values()] == [2] * len(free)

    for at, secrets in {"sign_in": (SECOND, SECRET), "unlock": (SECRET, SECOND)}.items():
        forced, held = play(qtbot, tmp_path / at, *secrets)

        assert held == ("duress", 0, let_in[2]), at
        different = [step for step in free if free[step] != forced[step]]
        assert different == [], at
