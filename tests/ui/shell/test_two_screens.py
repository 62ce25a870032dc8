"""With a second screen the customer's window fills it, and never falls onto the teller's."""

from tests.support.desktop.screens import THREE_SCREENS, run_before_screens

SCRIPT = """
import json, sys
from contextlib import nullcontext
from pathlib import Path
from PySide6.QtCore import QTimer
import ui.app as app
from workstation.station.commands import ReportCustomerWindow
from workstation.station.snapshot import StationStatus

application = app.create_application(["workstation"])
desk = app.Desktop(app.Options(Path(sys.argv[1]), "demo", "ru"), lambda *_: nullcontext(Nothing()))

def tell():
    window = desk.window.customer.window
    before = {
        "screens": sorted(screen.name() for screen in application.screens()),
        "teller": desk.window.screen().name(),
        "customer": window.screen().name(),
        "size": [window.width(), window.height()],
        "shown": window.isVisible(),
    }
    screens, theirs = desk.window.customer, window.screen()
    screens.screen_removed(desk.window.screen())
    before["kept"] = window.isVisible()
    screens.screen_removed(theirs)
    gone = window.isVisible(), screens.is_shown()
    screens.screen_added(theirs)
    back = window.isVisible(), window.screen().name()
    screens.show_station(StationStatus("demo", "", customer_display="wall"))
    named = window.screen().name()
    screens.screen_removed(window.screen())
    screens.show_station(StationStatus("demo", "", customer_display="none of these"))
    screens.screen_added(theirs)
    print(json.dumps({
        **before, "gone": gone, "back": back, "named": named, "unknown": window.isVisible(),
        "posted": [command.shown for command in (*posted, *desk._waiting)],
    }))
    application.quit()

posted = []

class Nothing:
    log_pages = None
    def post(self, command):
        assert isinstance(command, ReportCustomerWindow), command
        posted.append(command)

desk.window.painted.connect(lambda: QTimer.singleShot(50, tell))
desk.open()
application.exec()
"""


def test_the_customers_window_fills_the_second_screen_and_leaves_with_it(tmp_path):
    told = run_before_screens(tmp_path, THREE_SCREENS, SCRIPT, tmp_path)

    assert told == {
        "screens": ["a teller", "customer", "wall"],
        "teller": "a teller",
        "customer": "customer",
        "size": [1280, 800],
        "shown": True,
        "kept": True,
        "gone": [False, False],
        "back": [True, "customer"],
        "named": "wall",
        "unknown": False,
        "posted": [True, False, True, False],
    }
