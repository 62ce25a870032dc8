"""What one key costs in the operation form: judged, foreseen, and the footer told.

    python -m tests.benchmarks.desk.bench_form

Every operation of the shipped policy is filled in, key by key, into the real page of the window
without a screen. Times are the process's own, so that a busy machine changes little; beside them
stands the same key in a line of Qt that nobody judges, measured in this run.
"""

import os
import statistics
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from tests.support.desktop.snapshots import NOW_MS, session, station
from tests.support.station.operations import sample_values
from ui.context import UiContext
from ui.navigation import Page, Route
from ui.shell.main_window import MainWindow
from ui.theme.fonts import application_font, install_fonts
from ui.theme.theme import apply_theme, load_theme
from workstation.documents.texts import Texts
from workstation.session.states import State

ROUNDS = 5


def strike(edit: QLineEdit, text: str) -> list[float]:
    """Type a text; return the milliseconds of this process that each key took."""
    costs = []
    for key in text:
        started = time.process_time_ns()
        QTest.keyClicks(edit, key)
        QApplication.sendPostedEvents()
        costs.append((time.process_time_ns() - started) / 1e6)
    return costs


def main() -> None:
    """Print the cost of a key in the form, and of one in a plain line."""
    application = QApplication(sys.argv)
    install_fonts()
    application.setStyle("Fusion")
    application.setFont(application_font(14))
    theme = load_theme("light")
    apply_theme(application, theme)
    window = MainWindow(UiContext(Texts("ru"), theme, lambda _command: None, lambda: NOW_MS))
    window.show()
    window.show_station(station())
    window.show_session(session(State.IDLE))
    window.navigate(Route.FORM.value)
    page = window.screen_of(Page.OPERATION)
    judged: list[float] = []
    plain: list[float] = []
    line = QLineEdit()
    line.show()
    for _ in range(ROUNDS):
        for place, offer in enumerate(page.offers):
            page.select(place)
            for name, value in sample_values(offer.definition).items():
                page.fields[name].edit.clear()
                judged += strike(page.fields[name].edit, value)
                line.clear()
                plain += strike(line, value)
        page.forget()
    judged.sort()
    middle, usual = statistics.median(judged), statistics.median(plain)
    late = judged[len(judged) * 99 // 100]
    sys.stdout.write(
        f"key in the form      {middle:8.2f} ms median of {len(judged)}, p99 {late:.2f} ms,"
        f" max {judged[-1]:.2f} ms\n"
        f"key in a plain line  {usual:8.2f} ms median: the form costs {middle / usual:.0f} times\n"
    )


if __name__ == "__main__":
    main()
