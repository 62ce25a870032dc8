"""The language changes at any time: the page that is shown at once, the others when they are."""

import pytest

from tests.support.desktop.snapshots import session, station
from tests.support.desktop.window_pages import open_page, open_state, visit_all
from ui.context import PageContext
from ui.navigation import Page, Route
from workstation.documents.texts import Texts
from workstation.session.states import State


def titles(window, page):
    return window.screen_of(page).title.text()


def test_the_page_that_is_shown_speaks_the_new_language_at_once(window):
    open_state(window, State.CONSENT)

    window.ctx.use_language("kk")

    assert titles(window, Page.CONSENT) == Texts("kk").tr("consent.title")


def test_the_first_page_speaks_it_before_anybody_signed_in(window):
    window.ctx.use_language("kk")

    screen = window.screen_of(Page.SIGN_IN)
    assert screen.operator.caption.text() == Texts("kk").tr("field.operator")


def test_a_hidden_page_speaks_it_when_it_is_shown(window):
    open_state(window, State.CONSENT)
    open_state(window, State.REFERENCE)
    window.ctx.use_language("kk")
    hidden = titles(window, Page.CONSENT)
    open_state(window, State.CONSENT)

    assert hidden == Texts("ru").tr("consent.title")
    assert titles(window, Page.CONSENT) == Texts("kk").tr("consent.title")


def test_a_page_hears_of_the_two_changes_that_it_missed_once(window):
    open_state(window, State.CONSENT)
    heard = []
    window.screen_of(Page.CONSENT).ctx.changed.connect(lambda: heard.append(1))
    open_state(window, State.REFERENCE)
    window.ctx.use_language("kk")
    window.ctx.use_language("en")
    open_state(window, State.CONSENT)

    assert heard == [1]


def test_every_page_follows_after_the_window_was_seen_in_another_language(window):
    for _ in visit_all(window):
        pass
    window.ctx.use_language("en")
    english = Texts("en", station().words)
    for page in visit_all(window):
        title = window.screen_of(page).title.text()
        assert title == "" or title in english._catalogue._catalog.values(), page


def test_what_a_page_sets_is_the_windows(window, ctx):
    page = PageContext(ctx)
    page.folder = "/somewhere"
    ctx.locked = True

    assert (ctx.folder, page.locked) == ("/somewhere", True)


def test_a_page_may_change_the_windows_language(window, ctx):
    open_page(window, Page.HOME)

    window.screen_of(Page.HOME).ctx.choose_language("kk")

    assert ctx.texts.language == "kk"


def test_a_station_that_starts_changes_no_language(window, ctx):
    ctx.use_language("kk")
    window.show_station(station(operator=False, language="ru"))

    assert ctx.texts.language == "kk"


def test_what_was_typed_stays_through_a_change_of_the_language(window):
    window.show_station(station())
    window.show_session(session(State.IDLE))
    window.navigate(Route.FORM)
    screen = window.screen_of(Page.OPERATION)
    screen.client.iin.edit.setText("990101400003")

    window.ctx.use_language("kk")

    assert screen.client.iin.edit.text() == "990101400003"


def test_pages_are_prepared_one_by_one_and_then_no_more(window):
    count = 0
    while window.built.prepare():
        count += 1

    assert 0 < count < len(Page)
    assert all(page in window.built for page in Page)
    assert window.page is Page.SIGN_IN


@pytest.mark.parametrize("page", list(Page))
def test_a_prepared_page_is_worded_in_the_language_of_the_moment_it_is_shown(window, page):
    while window.built.prepare():
        pass
    window.ctx.use_language("kk")
    if page is not Page.SIGN_IN:
        open_page(window, page)

    assert window.page is page
    title = window.screen_of(page).title.text()
    assert title == "" or title in Texts("kk")._catalogue._catalog.values()
