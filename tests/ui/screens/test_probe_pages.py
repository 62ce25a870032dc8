"""The administrator's pages of devices, trust, services and diagnostics."""

import socket
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

import ui.app
from tests.support.desktop.administration import administrator
from tests.support.desktop.patience import PatientBot
from tests.support.desktop.snapshots import preview_image, session
from tests.support.desktop.window_pages import agree
from tests.support.station.sandbox import person
from tests.support.system.probed import probed
from ui.navigation import Page, Route
from ui.process.watchdog import Watchdog
from ui.widgets.printer_search import PrinterSearch
from workstation.diagnosis.areas import KINDS, ProbeArea
from workstation.diagnosis.report import describe_for_support
from workstation.sandbox import demo_folder
from workstation.sandbox.demo_folder import ADMIN, DEMO_SECRET
from workstation.sandbox.people import PEOPLE, CustomerKey
from workstation.session.states import State
from workstation.station.commands import AllowCamera, RunProbes, UpdateLists

IIN = person(CustomerKey.GOOD).iin
ROUTES = {
    ProbeArea.DEVICES: Route.DEVICES,
    ProbeArea.TRUST: Route.TRUST,
    ProbeArea.SERVICES: Route.SERVICES,
    ProbeArea.DIAGNOSTICS: Route.DIAGNOSTICS,
}


def show(window, route, **changed):
    window.show_station(administrator(**changed))
    window.show_session(session(State.IDLE))
    window.navigate(route)
    return window.screen_of(Page(route.value))


@pytest.mark.parametrize("area", ProbeArea)
def test_a_page_that_opens_tries_what_was_never_tried_and_nothing_twice(window, posted, area):
    show(window, ROUTES[area])
    window.show_station(administrator(probing=("x:y",)))
    window.show_station(administrator())

    assert posted == [RunProbes(area)]


def test_what_is_known_is_not_tried_again_unasked(window, posted):
    show(window, Route.SERVICES, probes=probed())

    assert posted == []
    window.press("F9")
    assert posted == [RunProbes(ProbeArea.SERVICES)]


def test_one_row_tries_one(window, posted):
    screen = show(window, Route.SERVICES, probes=probed())
    rows = screen.cards[0][1].rows
    (row,) = [each for each in rows if each.name == "registry:antifraud"]

    row.button.click()

    assert posted == [RunProbes(ProbeArea.SERVICES, ("registry:antifraud",))]
    assert "Антифрод" in row.subject.text()
    assert "alert: clear | hit | victim" in row.more.text()


def test_an_iin_goes_with_it_and_a_mistyped_one_does_not(window, posted):
    screen = show(window, Route.SERVICES, probes=probed())
    screen.iin.edit.setText(IIN[:-1] + "6")
    window.press("F9")
    assert posted == []
    assert screen.iin.message.isVisible()

    screen.iin.edit.setText(IIN)
    window.press("F9")
    assert posted == [RunProbes(ProbeArea.SERVICES, (), IIN)]
    assert IIN not in repr(posted)

    window.press("Esc")
    assert screen.iin.text() == ""


def test_a_camera_is_allowed_after_a_question_that_names_the_charter(window, posted):
    screen = show(window, Route.DEVICES, probes=probed())
    rows = {each.name: each for each in screen.cards[0][1].rows}

    assert rows["camera:2"].more_button.text().strip() == "Разрешить"
    assert rows["camera:0"].more_button.text().strip() == "Запретить"
    assert "<b>" in rows["camera:2"].more.text()
    rows["camera:2"].more_button.click()
    agree(window)

    assert posted == [AllowCamera("1bcf:2c99 1-4", allowed=True)]


def test_the_picture_lives_on_the_page_with_its_measured_rate(window):
    screen = show(window, Route.DEVICES, probes=probed())

    window.show_preview(preview_image())

    assert screen.picture.rate > 0
    assert "кадров в секунду" in screen.rate.text()


def test_every_screen_shows_its_number_and_tells_what_reached_it(window, qtbot):
    screen = show(window, Route.DEVICES, probes=probed())
    screen.show_numbers.click()
    shown = screen.numbers.shown

    assert len(shown) == len(QGuiApplication.screens())
    qtbot.mouseClick(shown[0], Qt.MouseButton.LeftButton)
    qtbot.keyClick(shown[0], Qt.Key.Key_F13)
    assert "нажатие дошло" in screen.screens.text()
    assert "клавиша «да» дошла" in screen.screens.text()

    window.navigate(Route.NONE)
    assert screen.numbers.shown == []


def test_without_a_printer_nothing_is_printed(window, qtbot):
    screen = show(window, Route.DEVICES, probes=probed())

    assert not screen.print_page.isEnabled()
    qtbot.waitUntil(lambda: "нет принтера" in screen.printer.text())
    assert not screen.print_page.isEnabled()


@pytest.mark.skipif(sys.platform != "linux", reason="CUPS is the print service of Linux")
def test_a_print_service_that_never_answers_stops_nothing_and_is_named(window, qtbot, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("CUPS_SERVER", f"127.0.0.1:{silent.getsockname()[1]}")
        screen = show(window, Route.DEVICES, probes=probed())
        search = PrinterSearch(screen, deadline_s=3)
        search.found.connect(screen._show_printers)
        watchdog = Watchdog()
        search.begin()
        qtbot.waitUntil(lambda: "не отвечает" in screen.printer.text())

    assert not screen.print_page.isEnabled()
    assert watchdog.worst_ms < 1000


def test_lists_are_fetched_now_by_f6(window, posted):
    show(window, Route.TRUST, probes=probed())
    window.press("F6")

    assert posted == [UpdateLists()]


def test_while_probes_run_their_keys_do_nothing(window, posted):
    show(window, Route.TRUST, probes=probed(), probing=("list:x",))
    window.press("F6")
    window.press("F9")

    assert posted == []


def test_what_is_copied_leaves_out_what_an_owner_may_have_named(window):
    screen = show(window, Route.DIAGNOSTICS, probes=probed())
    window.press("F7")

    copied = QGuiApplication.clipboard().text()
    assert "camera 0: ok probe.in_use" in copied
    assert "HD Pro Webcam" not in copied
    assert "Әлиева" not in copied
    assert copied == screen.describe()
    assert describe_for_support({}, ()) == "\n"


# -- the desktop on a demo station ----------------------------------------------------------


@pytest.fixture
def desk(request, qapp, tmp_path, monkeypatch):
    bot = PatientBot(request)
    monkeypatch.chdir(tmp_path)
    opened = ui.app.Desktop(ui.app.read_options(["--demo"]), ui.app.start_runtime, "light")
    bot.addWidget(opened.window)
    opened.open()
    yield opened, bot
    opened.close()


def found_in(window):
    return {each.name: each for each in window.station.probes}


def code_of(window, name):
    found = found_in(window).get(name)
    return "" if found is None else found.code


def secrets_of_people():
    """Everything that the demo knows of persons."""
    for each in PEOPLE:
        yield from (each.iin, each.surname, each.given_name)
        yield from (number[2:] for number in (each.phone, each.new_phone) if number)
    for operator in demo_folder._PEOPLE:
        yield from (part for part in operator.name.split() if len(part) > 3)


@pytest.mark.timeout(240)
@pytest.mark.skipif(sys.platform == "win32", reason="folders of the demo are made for POSIX")
def test_an_administrator_tries_everything_and_copies_nobodys_data(desk):
    opened, bot = desk
    window = opened.window
    bot.waitUntil(lambda: window.station is not None and window.station.station != "")
    sign_in = window.screen_of(Page.SIGN_IN)
    sign_in.operator.edit.setText(ADMIN)
    sign_in.secret.edit.setText(DEMO_SECRET)
    window.press("F9")
    bot.waitUntil(lambda: window.page is Page.HOME)

    def known(kinds):
        ended = any(each.kind in kinds and each.at_ms for each in window.station.probes)
        return ended and not window.station.probing

    for area, route in ROUTES.items():
        window.navigate(route)
        bot.waitUntil(lambda kinds=KINDS[area]: known(kinds))
        if area is ProbeArea.SERVICES:
            window.screen_of(Page.SERVICES).iin.edit.setText(IIN)
            window.press("F9")
            bot.waitUntil(lambda: code_of(window, "registry:person") == "probe.answers")
            bot.waitUntil(lambda: not window.station.probing)
    window.press("F7")

    copied = QGuiApplication.clipboard().text()
    found = found_in(window)
    assert found["ncalayer:"].code == "probe.answers"
    assert found["camera:simulated"].code == "probe.in_use"
    assert "registry person: ok probe.answers" in copied
    assert [each for each in secrets_of_people() if each in copied] == []
