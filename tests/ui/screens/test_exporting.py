"""Taking entries out: what is asked of the station, how far it is, and where it lies."""

import pytest
from PySide6.QtWidgets import QFileDialog

from tests.support.desktop.log_lines import LogLines
from tests.support.desktop.log_page import open_log, reader_of_log
from tests.support.desktop.snapshots import session, station, verification
from ui.navigation import Page
from workstation.documents.texts import Texts
from workstation.log_export.kind import ExportKind
from workstation.rules.parties import Role
from workstation.session.states import State
from workstation.station.commands import ExportLog, StopExport
from workstation.station.log_view import LogExport, LogQuery


@pytest.fixture
def dialog(window, qtbot):
    screen = open_log(window, qtbot, LogLines(400))
    window.press("Ctrl+E")
    return screen.exporting.dialog


def place(window, path):
    """Choose a place in the file dialog that is open."""
    (asked,) = window.findChildren(QFileDialog)
    asked.fileSelected.emit(str(path))
    asked.close()


def tell(window, **changed):
    export = LogExport(**{"kind": "csv", "name": "log.csv", "running": True, **changed})
    window.show_station(reader_of_log(Role.AUDITOR, log_size=400, export=export))


def test_what_the_list_shows_is_taken_to_the_chosen_place(window, dialog, posted, tmp_path):
    dialog.save.click()
    place(window, tmp_path / "log.csv")

    assert posted[-1] == ExportLog(ExportKind.CSV, tmp_path / "log.csv", LogQuery())
    assert not dialog.form.isVisible()
    assert dialog.stop.isVisible()


def test_a_period_is_taken_instead(window, dialog, posted, tmp_path):
    dialog.group.button(1).click()
    dialog.period.setCurrentIndex(2)
    dialog.save.click()
    place(window, tmp_path / "day.pdf")
    query = posted[-1].query

    assert posted[-1].kind is ExportKind.PDF
    assert query.until_ms - query.since_ms == 86_400_000


def test_the_whole_log_has_no_period(dialog):
    dialog.group.button(2).click()

    assert dialog.kind is ExportKind.TILES
    assert not dialog.period.isVisible()
    assert dialog.query() == LogQuery()


def test_it_says_how_far_it_is_and_is_stopped(window, dialog, posted, tmp_path):
    dialog.save.click()
    place(window, tmp_path / "log.csv")
    tell(window, done=120, total=400)

    assert (dialog.bar.value(), dialog.bar.maximum()) == (120, 400)
    assert dialog.said.text() == "Записано 120 из 400"
    dialog.stop.click()
    assert posted[-1] == StopExport()


def test_it_says_where_the_file_lies_and_its_digest(window, dialog, tmp_path):
    dialog.save.click()
    place(window, tmp_path / "log.csv")
    tell(window, done=120, total=400)
    tell(window, running=False, rows=400, sha256="ab" * 32)

    assert str(tmp_path / "log.csv") in dialog.said.text()
    assert "400" in dialog.said.text()
    assert dialog.digest.text().startswith("SHA-256 abab abab")
    assert dialog.folder.isVisible()
    assert not dialog.save.isVisible()


@pytest.mark.parametrize("code", ["export_full", "export_gone", "export_exists"])
def test_what_went_wrong_is_a_sentence_and_another_place_can_be_chosen(
    window, dialog, tmp_path, code
):
    dialog.save.click()
    place(window, tmp_path / "log.csv")
    tell(window, running=False, code=code)

    assert dialog.said.text() == Texts("ru").tr(code)
    assert dialog.save.isVisible()


def test_an_export_goes_on_behind_a_closed_dialog_and_is_met_again(window, dialog, qtbot):
    screen = window.screen_of(Page.LOG)
    dialog.reject()
    assert screen.exporting.dialog is None
    tell(window, done=7, total=400)
    window.press("Ctrl+E")

    assert screen.exporting.dialog.stop.isVisible()


def test_the_lock_closes_the_dialog(window, dialog):
    window.lock()

    assert window.screen_of(Page.LOG).exporting.dialog is None


def test_whoever_may_not_take_entries_out_has_no_button_for_it(window, qtbot):
    screen = open_log(window, qtbot, LogLines(400), Role.AUDITOR, allowed=("read_log",))
    window.press("Ctrl+E")

    assert screen.exporting.dialog is None
    (button,) = [each for each in window.footer.buttons if "Ctrl+E" in each.text()]
    assert not button.isEnabled()


def test_the_report_of_a_verification_is_signed_and_saved(window, posted, tmp_path):
    status = reader_of_log(Role.AUDITOR, verification=verification())
    window.show_station(status)
    window.show_session(session(State.IDLE))
    window.navigate("integrity")
    window.press("Ctrl+E")
    window.screen_of(Page.INTEGRITY).exporting.dialog.save.click()
    place(window, tmp_path / "report.pdf")

    assert (posted[-1].kind, posted[-1].path) == (ExportKind.REPORT, tmp_path / "report.pdf")


def test_without_a_verification_there_is_nothing_to_report(window):
    window.show_station(reader_of_log(Role.AUDITOR))
    window.show_session(session(State.IDLE))
    window.navigate("integrity")
    window.press("Ctrl+E")

    assert window.screen_of(Page.INTEGRITY).exporting.dialog is None


def test_nothing_is_taken_out_at_a_station_where_nobody_is_signed_in(window, posted):
    window.show_station(station(operator=False))
    window.press("Ctrl+E")

    assert posted == []
