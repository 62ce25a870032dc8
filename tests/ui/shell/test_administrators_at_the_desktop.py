"""Two administrators change a station through the window; the station is real, the time virtual."""

import re

import pytest
from PySide6.QtCore import Qt

import resources
from tests.support.desktop.counter import LiveCounter
from tests.support.desktop.snapshots import NOW_MS
from tests.support.station.branch import start
from tests.support.station.command_line import SECRET
from tests.support.station.two_administrators import (
    AUDITOR,
    FIRST,
    OTHER,
    SECOND,
    two_administrators,
)
from tests.support.system.event_loop import settle
from ui.navigation import Page, Route
from ui.shell.main_window import MainWindow
from ui.widgets.confirm import ConfirmDialog
from workstation import bootstrap
from workstation.accounts.staging import StagedAccounts
from workstation.charter.contents import OPERATORS_NAME
from workstation.rules.parties import Operator, Role

NEW = "лодка на озере 7 Балхаш"
OFFICE = (Route.STAFF, Route.CHANGES, Route.RULES, Route.KEYS, Route.RETENTION)


@pytest.fixture
def branch(tmp_path, monkeypatch):
    return two_administrators(tmp_path, monkeypatch)


@pytest.fixture
def counter(branch, qtbot, ctx):
    services = branch.opened()

    def open_window():
        window = MainWindow(ctx)
        qtbot.addWidget(window)
        window.resize(1366, 768)
        window.show()
        return window

    made = LiveCounter(open_window, branch.site(services))
    yield made
    made.stop()
    bootstrap.close(services)


def sign_in(counter, number, secret):
    window = counter.window
    if window.page is not Page.SIGN_IN:
        window.leaving.sign_out()
        counter.pump()
    page = window.screen_of(Page.SIGN_IN)
    page.operator.edit.setText(number)
    page.secret.edit.setText(secret)
    window.press("F9")
    counter.pump()
    assert window.page is Page.HOME


def opened(counter, route):
    """Open a section as a hand does: by its button in the list at the left."""
    window = counter.window
    if window.page is not Page.HOME:
        window.press("Esc")
    window.screen_of(Page.HOME).sections.buttons[route].click()
    counter.pump()
    assert window.page.value == route.value
    return window.screen_of(window.page)


def press(counter, key):
    counter.window.press(key)
    counter.pump()


def countersign(qtbot, counter):
    """Let the first administrator propose, the second one read the same and agree."""
    page = opened(counter, Route.CHANGES)
    qtbot.waitUntil(lambda: page.lines.end.read)
    page.own.edit.setText(SECRET)
    press(counter, "F9")
    assert counter.window.station.message == "changes.proposed"
    read = page.proposed.text()
    sign_in(counter, SECOND, OTHER)
    page = opened(counter, Route.CHANGES)
    assert page.proposed.text() == read
    qtbot.waitUntil(lambda: page.proposed.end.read)
    page.own.edit.setText(OTHER)
    page.other.edit.setText(SECRET)
    press(counter, "F9")
    return page, read


def test_two_administrators_add_an_operator_who_then_signs_in(qtbot, counter, branch):
    sign_in(counter, FIRST, SECRET)
    page = opened(counter, Route.STAFF)
    form = page.form
    form.number.edit.setText("T-0100")
    form.name.edit.setText("Нұрланова А.")
    form.role.setCurrentIndex(tuple(Role).index(Role.TELLER))
    form.secret.edit.setText(NEW)
    form.again.edit.setText(NEW + "а")
    press(counter, "F9")
    assert counter.window.station.administration.waiting == ()
    form.again.edit.setText(NEW)
    press(counter, "F9")
    assert (form.secret.text(), form.again.text()) == ("", "")
    assert "T-0100" in [each.id for each in counter.window.station.administration.staff]

    page, read = countersign(qtbot, counter)
    assert read == "• добавлена учётная запись T-0100 (Операционист)"
    assert counter.window.station.message == "changes.enacted"
    assert page.told.text() == "Отличий от утверждённого нет."
    sign_in(counter, "T-0100", NEW)
    assert counter.window.station.operator.role is Role.TELLER


def test_two_administrators_bring_a_policy_which_a_new_start_works_by(
    qtbot, counter, branch, tmp_path
):
    text = resources.path("policies", "kz-2026-07-12.toml").read_text("utf-8")
    text = text.replace('id = "kz-2026-07-12"', 'id = "bank-draft"', 1)
    text = re.sub(r"(?m)^cool_down_attempts = \d+", "cool_down_attempts = 9", text)
    (tmp_path / "bank-draft.toml").write_text(text, "utf-8")
    sign_in(counter, FIRST, SECRET)
    page = opened(counter, Route.RULES)
    page.bring(str(tmp_path / "bank-draft.toml"))
    counter.pump()
    assert "bank-draft" in page.which.text()
    assert page.changes.text().startswith(("Мягче (1)", "Строже (1)"))

    countersign(qtbot, counter)
    assert counter.window.station.message == "changes.restart"
    press(counter, "Esc")
    words = [label.text() for _, label in counter.window.screen_of(Page.HOME).overview.lines]
    assert any("перезапустите" in each for each in words)
    counter.stop()
    bootstrap.close(counter.site.services)
    services = branch.opened()
    assert services.policy.id == "bank-draft"
    bootstrap.close(services)
    assert start(branch) == ""
    assert branch.line.run("log", "verify").exit_code == 0


def test_no_change_among_many_is_signed_unread(qtbot, counter, branch):
    staged = StagedAccounts(branch.data / OPERATORS_NAME)
    for number in range(200, 260):
        who = Operator(f"T-0{number}", "Ким В.", Role.TELLER)
        staged.add(who, NEW, NOW_MS)
    staged.renew(AUDITOR, NEW, NOW_MS, Role.ADMIN)
    sign_in(counter, FIRST, SECRET)
    page = opened(counter, Route.CHANGES)
    assert page.told.text() == "Изменений: 62"
    assert len(page.lines.text().splitlines()) == 62
    page.own.edit.setText(SECRET)
    for _ in range(3):
        settle(qtbot)
    press(counter, "F9")
    assert counter.window.station.message == ""
    assert page.hint.text() == "Сначала прочитайте список изменений до конца."
    page.lines.verticalScrollBar().setValue(page.lines.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: page.lines.end.read)
    press(counter, "F9")
    assert counter.window.station.message == "changes.proposed"

    sign_in(counter, SECOND, OTHER)
    page = opened(counter, Route.CHANGES)
    page.own.edit.setText(OTHER)
    page.other.edit.setText(SECRET)
    for _ in range(3):
        settle(qtbot)
    press(counter, "F9")
    assert counter.window.station.message != "changes.enacted"
    page.proposed.verticalScrollBar().setValue(page.proposed.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: page.proposed.end.read)
    press(counter, "F9")
    assert counter.window.station.message == "changes.enacted"


def test_what_is_withdrawn_is_asked_about_and_gone(counter):
    sign_in(counter, FIRST, SECRET)
    page = opened(counter, Route.STAFF)
    page.form.choose("disable")
    page.form.number.edit.setText("T-0042")
    press(counter, "F9")
    assert len(counter.window.station.administration.waiting) == 1
    page = opened(counter, Route.CHANGES)
    press(counter, "F4")
    counter.window.findChildren(ConfirmDialog)[-1].agree.click()
    counter.pump()
    assert counter.window.station.administration.waiting == ()


def test_an_auditor_has_no_such_section_no_key_and_no_route(counter):
    sign_in(counter, AUDITOR, OTHER)
    sections = counter.window.screen_of(Page.HOME).sections
    for route in OFFICE:
        assert sections.buttons[route].isHidden()
        counter.window.navigate(route.value)
        assert counter.window.page is Page.HOME
    assert counter.window.station.administration is None


@pytest.mark.parametrize("way", ["left", "locked"])
def test_a_secret_is_gone_when_its_page_is_left_or_locked(counter, way):
    sign_in(counter, FIRST, SECRET)
    page = opened(counter, Route.CHANGES)
    page.own.edit.setText(SECRET)
    if way == "left":
        press(counter, "Esc")
    else:
        counter.window.lock()
        assert counter.window.press("F9") is None
    assert page.own.text() == ""
    assert page.own.edit.echoMode() is page.own.edit.EchoMode.Password
    assert page.own.edit.inputMethodHints() & Qt.InputMethodHint.ImhHiddenText
