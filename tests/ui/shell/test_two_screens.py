"""With a second screen the customer's window fills it, and never falls onto the teller's."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]

SCREENS = {
    "screens": [
        # Offscreen the first name is the main screen's, on which the teller's window opens.
        {"name": "a teller", "x": 0, "y": 0, "width": 1366, "height": 768, "dpr": 1},
        {"name": "customer", "x": 1366, "y": 0, "width": 1280, "height": 800, "dpr": 1.5},
        {"name": "wall", "x": 2646, "y": 0, "width": 1920, "height": 1080, "dpr": 2},
    ]
}

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
    config = tmp_path / "screens.json"
    config.write_text(json.dumps(SCREENS))
    platform = f"offscreen:configfile={config}"
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, "QT_QPA_PLATFORM": platform, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
    )
    told = json.loads(run.stdout)

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
