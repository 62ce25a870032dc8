"""Where customers have a screen, their window is read there, and nowhere else."""

from tests.support.desktop.screens import THREE_SCREENS, run_before_screens

SCRIPT = """
import json, sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from PySide6.QtCore import QPoint, QTimer
import ui.app as app
from tests.support.desktop.snapshots import station

application = app.create_application(["workstation"])

class Nothing:
    log_pages = None
    def post(self, command):
        pass

desk = app.Desktop(app.Options(Path(sys.argv[1]), "demo", "ru"), lambda *_: nullcontext(Nothing()))

def tell():
    window, customer = desk.window, desk.window.customer
    changes = []
    customer.shown_changed.connect(lambda: changes.append(customer.is_shown()))
    told = {"apart": customer.is_shown()}
    mine, theirs = window.screen(), customer.window.screen()
    window.windowHandle().setScreen(theirs)
    told["the teller beside the customer"] = customer.is_shown()
    window.windowHandle().setScreen(mine)
    told["apart again"] = customer.is_shown()
    customer.window.windowHandle().setScreen(mine)
    customer.window.move(mine.geometry().topLeft() + QPoint(9, 9))
    told["the customer's before the teller"] = customer.is_shown()
    customer.window.windowHandle().setScreen(theirs)
    customer.window.move(theirs.geometry().topLeft())
    told["each before its own"] = customer.is_shown()
    customer.show_station(replace(station(), customer_display="gone"))
    told["instead of a screen that is gone"] = customer.is_shown()
    told["changes"] = changes
    print(json.dumps(told))
    application.quit()

desk.window.painted.connect(lambda: QTimer.singleShot(50, tell))
desk.open()
application.exec()
"""


def test_where_customers_have_a_screen_a_window_elsewhere_is_read_by_nobody(tmp_path):
    assert run_before_screens(tmp_path, THREE_SCREENS, SCRIPT, tmp_path) == {
        "apart": True,
        "the teller beside the customer": False,
        "apart again": True,
        "the customer's before the teller": False,
        "each before its own": True,
        "instead of a screen that is gone": False,
        "changes": [False, True, False, True, False],
    }
