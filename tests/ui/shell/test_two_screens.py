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
        {"name": "customer", "x": 1366, "y": 0, "width": 1280, "height": 800, "dpr": 1},
    ]
}

SCRIPT = """
import json, sys
from contextlib import nullcontext
from pathlib import Path
from PySide6.QtCore import QTimer
import ui.app as app
from workstation.station.commands import ReportCustomerWindow

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
    desk.window.customer.screen_removed(window.screen())
    print(json.dumps({**before, "after_removal": window.isVisible()}))
    application.quit()

class Nothing:
    log_pages = None
    def post(self, command):
        assert command in {ReportCustomerWindow(True), ReportCustomerWindow(False)}, command

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
        "screens": ["a teller", "customer"],
        "teller": "a teller",
        "customer": "customer",
        "size": [1280, 800],
        "shown": True,
        "after_removal": False,
    }
