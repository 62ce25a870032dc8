"""The bridge: newest wins, at most one preview waits, no wake-up is lost."""

import threading

from tests.support.desktop.snapshots import preview_image, session, station
from ui.bridge import Bridge
from workstation.session.states import State
from workstation.station.snapshot import PreviewImage


def test_only_the_newest_of_everything_is_delivered(qtbot):
    bridge = Bridge()
    images, snapshots, statuses = [], [], []
    bridge.preview_ready.connect(images.append)
    bridge.session.connect(snapshots.append)
    bridge.station.connect(statuses.append)

    with qtbot.waitSignal(bridge.preview_ready):
        for number in range(100):
            bridge.preview(PreviewImage(number, 1, 1, bytes(4), 30.0))
            bridge.session_changed(session(State.CONSENT, number=number))
            bridge.station_changed(station(log_size=number))

    assert [image.sequence for image in images] == [99]
    assert [snapshot.number for snapshot in snapshots] == [99]
    assert [status.log_size for status in statuses] == [99]


def test_a_window_that_connects_late_loses_no_wake_up(qtbot):
    bridge = Bridge()
    bridge.preview(preview_image())
    seen = []

    with qtbot.waitSignal(bridge.preview_ready):
        bridge.preview_ready.connect(seen.append)

    assert len(seen) == 1


def test_slots_run_in_the_gui_thread_whoever_calls(qtbot):
    bridge = Bridge()
    where = []
    bridge.station.connect(lambda _: where.append(threading.get_ident()))

    with qtbot.waitSignal(bridge.station):
        thread = threading.Thread(target=bridge.station_changed, args=(station(),))
        thread.start()
        thread.join()

    assert where == [threading.get_ident()]
