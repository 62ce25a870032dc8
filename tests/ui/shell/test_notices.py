"""A notice belongs to its page; keys do what the role allows and say why they do not."""

import pytest

from tests.support.desktop.snapshots import session, station
from tests.support.desktop.window_pages import open_state, visit_all
from tests.support.system.event_loop import settle
from ui.navigation import Page, Route
from ui.widgets.buttons import ButtonRole
from workstation.session.states import State
from workstation.station.commands import VerifyLog

TELLER = ("run_session",)


def refused(count, code="operation_refused", **changed):
    return station(message=code, message_count=count, **changed)


def home_says(window):
    banner = window.screen_of(Page.HOME).banner
    return banner.words.text() if banner.isVisible() else ""


def test_a_notice_of_the_form_is_not_shown_on_the_home_page(window):
    open_state(window, State.IDLE)
    window.navigate(Route.FORM)
    window.show_station(refused(1, message_field="iin"))
    assert window.screen_of(Page.OPERATION).client.iin.edit.property("tone") == "bad"

    window.navigate(Route.NONE)

    assert home_says(window) == ""


def test_a_notice_does_not_come_back_with_the_page(window):
    open_state(window, State.IDLE)
    window.show_station(refused(1))
    assert home_says(window) != ""
    window.navigate(Route.FORM)
    window.navigate(Route.NONE)

    window.show_station(refused(1, log_size=419))

    assert home_says(window) == ""


def test_the_same_notice_said_again_is_shown_again(window):
    open_state(window, State.IDLE)
    window.show_station(refused(1))
    window.navigate(Route.FORM)
    window.navigate(Route.NONE)

    window.show_station(refused(2))

    assert home_says(window) != ""


def test_a_refused_field_takes_the_focus_once_and_typing_takes_the_notice_away(window, qtbot):
    open_state(window, State.IDLE)
    window.navigate(Route.FORM)
    form = window.screen_of(Page.OPERATION)
    form.client.iin.edit.setFocus()
    window.show_station(refused(1, message_field="phone"))
    phone = form.fields["new_phone"]
    assert window.focusWidget() is phone.edit
    assert phone.edit.property("tone") == "bad"
    form.client.iin.edit.setFocus()
    window.show_station(refused(1, message_field="phone", log_size=419))
    assert window.focusWidget() is form.client.iin.edit

    qtbot.keyClicks(phone.edit, "7")

    assert phone.edit.property("tone") != "bad"


def test_what_the_station_refuses_in_a_session_is_said_on_the_sessions_page(window):
    open_state(window, State.CONSENT)

    window.show_station(refused(1, "illegal_transition"))

    banner = window.screen_of(Page.CONSENT).banner
    assert banner.isVisible()
    assert banner.words.text() == window.ctx.tr_code("illegal_transition")
    open_state(window, State.REFERENCE, refused(1, "illegal_transition"))
    said = window.screen_of(Page.REFERENCE).banner.words.text()
    assert said != window.ctx.tr_code("illegal_transition")


@pytest.mark.parametrize(
    ("key", "said"), [("Ctrl+J", "hint.no_read_log"), ("F8", "hint.no_verify_log")]
)
def test_a_key_that_the_role_does_not_allow_says_so_and_opens_nothing(window, posted, key, said):
    open_state(window, State.IDLE, station(allowed=TELLER))

    window.press(key)

    assert (window.page, window.route, posted) == (Page.HOME, Route.NONE, [])
    assert window.hint.isVisible()
    assert window.hint.words.text() == window.ctx.tr_code(said)
    window.navigate(Route.FORM)
    assert not window.hint.isVisible()


def test_a_key_that_the_role_allows_opens_its_page(window, posted):
    open_state(window, State.IDLE)

    window.press("F8")

    assert (window.page, posted) == (Page.INTEGRITY, [VerifyLog()])
    assert not window.hint.isVisible()


@pytest.mark.parametrize("key", ["Ctrl+J", "F8"])
def test_the_log_asked_for_in_a_session_does_not_open_after_it(window, posted, key):
    open_state(window, State.CONSENT)

    window.press(key)

    assert window.hint.words.text() == window.ctx.tr_code("hint.in_session")
    open_state(window, State.RECORDED)
    assert (window.page, posted) == (Page.DECISION, [])


def test_alt_left_comes_back_from_what_was_opened_beside_the_session(window):
    open_state(window, State.RECORDED)
    for route, page in ((Route.LOG, Page.LOG), (Route.RECEIPT, Page.RECEIPT)):
        window.navigate(route)
        assert window.page is page
        window.press("Alt+Left")
        assert window.page is Page.DECISION


def test_alt_left_in_a_session_says_that_there_is_no_way_back(window, posted):
    open_state(window, State.CONSENT)

    window.press("Alt+Left")

    assert (window.page, posted) == (Page.CONSENT, [])
    assert window.hint.words.text() == window.ctx.tr_code("hint.no_back")


def test_f9_is_forward_on_every_page_and_nothing_else(window, qtbot):
    pressed = []
    for page in visit_all(window):
        settle(qtbot)
        actions = window.screen_of(page).footer_actions()
        primary = [each for each in actions if each.role is ButtonRole.PRIMARY]
        assert len(primary) <= 1, page
        assert [each.code for each in actions if each.key == "F9" and each not in primary] == [], (
            page
        )
        pressed += [page for each in primary if each.enabled]
    assert len(pressed) > 6


def test_the_hint_moves_nothing_and_stays_inside(window, qtbot):
    open_state(window, State.IDLE, station(allowed=TELLER))
    settle(qtbot)
    before = window.footer.geometry(), window.pages.geometry()
    window.press("F8")
    settle(qtbot)

    assert (window.footer.geometry(), window.pages.geometry()) == before
    assert window.pages.rect().contains(window.hint.geometry())
    window.resize(1280, 720)
    settle(qtbot)
    assert window.pages.rect().contains(window.hint.geometry())
    window.hint.timer.timeout.emit()
    assert not window.hint.isVisible()


def test_a_snapshot_without_a_refusal_is_left_as_it_is(window):
    open_state(window, State.CONSENT, message="camera_lost")
    window.show_station(refused(1))
    banner = window.screen_of(Page.CONSENT).banner
    assert banner.words.text() == window.ctx.tr_code("camera_lost")
    assert session(State.CONSENT).message == ""
