"""Two screens, the demo's station, and a customer who taps «Согласен» on the second one."""

import pytest

from tests.support.desktop.screens import run_before_screens

# The customers' screen is the left one: the offscreen platform brings touches to no other.
SCREENS = [
    {"name": "a teller", "x": 1280, "y": 0, "width": 1366, "height": 768, "dpr": 1},
    {"name": "customer", "x": 0, "y": 0, "width": 1280, "height": 800, "dpr": 1.5},
]

SCRIPT = """
import json
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
import ui.app as app
import ui.playing as playing
from ui.navigation import Page
from ui.station import demo_play

# The teller of the demo's play does everything but answer in the customer's place.
del playing._FORWARD[Page.CONSENT]
application = app.create_application(["workstation"])
options = app.read_options(["--demo", "--data", sys.argv[1]])
desk = app.Desktop(options, app.start_runtime, "light")
window, told = desk.window, {}
finger = QTest.createTouchDevice()
teller = playing.ScriptedTeller(window, demo_play(), pace_ms=100)

def look():
    customer = window.customer.window
    if window.page is Page.LIVENESS:
        teller._timer.stop()
        told["state"] = window.session.state.value
        told["screen"] = customer.screen().name()
        print(json.dumps(told))
        application.exit(0)  # a window over a running case asks before it closes
    elif window.page is Page.CONSENT and customer.pad.yes.isEnabled() and "asked" not in told:
        told["asked"] = customer.prompt.text()
        yes = customer.pad.yes
        middle = yes.mapTo(customer, yes.rect().center())
        QTest.touchEvent(customer, finger).press(0, middle).commit()
        QTest.touchEvent(customer, finger).release(0, middle).commit()

timer = QTimer()
timer.timeout.connect(look)
timer.start(50)
teller.start()
desk.open()
application.exec()
desk.close()
"""


@pytest.mark.timeout(120)
def test_the_customers_tap_on_their_own_screen_is_their_consent_in_the_log(tmp_path):
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    told = run_before_screens(tmp_path, SCREENS, SCRIPT, data, seconds=100)

    assert told == {
        "asked": "Прочитайте и решите: вы согласны?",
        "state": "liveness",
        "screen": "customer",
    }
    written = [each.read_bytes() for each in data.rglob("*") if each.is_file()]
    assert any(b'"by":"touch"' in octets for octets in written)
