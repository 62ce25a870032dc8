"""The desk locks with the session of the operating system, and opens by the secret alone."""

import ctypes
import shutil
import subprocess

import pytest
from PySide6.QtDBus import QDBusConnection, QDBusMessage

from tests.support.desktop.window_pages import open_settled
from tests.support.system.event_loop import settle
from ui.shell.system_session import BusSignals, SessionMessages
from workstation.session.states import State
from workstation.station.commands import Lock, ReportCustomerWindow

WTSSESSION_CHANGE, POWERBROADCAST = 0x02B1, 0x0218
LOGIND = "org.freedesktop.login1"


class Message(ctypes.Structure):
    """MSG as winuser.h lays it out for a 64-bit program."""

    _fields_ = (
        ("hwnd", ctypes.c_void_p),
        ("message", ctypes.c_uint),
        ("wParam", ctypes.c_uint64),
        ("lParam", ctypes.c_int64),
        ("time", ctypes.c_uint32),
        ("pt", ctypes.c_int32 * 2),
    )


@pytest.mark.parametrize(
    ("number", "wparam", "leaving"),
    [
        (WTSSESSION_CHANGE, 7, True),  # WTS_SESSION_LOCK
        (WTSSESSION_CHANGE, 8, False),  # WTS_SESSION_UNLOCK
        (WTSSESSION_CHANGE, 2, True),  # WTS_CONSOLE_DISCONNECT: another user switched in
        (WTSSESSION_CHANGE, 1, False),
        (WTSSESSION_CHANGE, 4, True),  # WTS_REMOTE_DISCONNECT
        (WTSSESSION_CHANGE, 3, False),
        (WTSSESSION_CHANGE, 6, True),  # WTS_SESSION_LOGOFF
        (POWERBROADCAST, 4, True),  # PBT_APMSUSPEND
        (POWERBROADCAST, 18, False),  # PBT_APMRESUMEAUTOMATIC
        (0x0100, 7, False),  # WM_KEYDOWN
    ],
)
def test_windows_says_by_a_message_that_its_session_is_left(number, wparam, leaving):
    told = []
    message = Message(1, number, wparam, 0, 0, (0, 0))
    messages = SessionMessages(lambda: told.append("left"))

    taken = messages.nativeEventFilter(b"windows_generic_MSG", ctypes.addressof(message))

    assert (taken, told) == (False, ["left"] if leaving else [])


@pytest.mark.parametrize("kind", [b"windows_dispatcher_MSG", b"xcb_generic_event_t"])
def test_a_message_is_told_once_and_another_systems_event_is_none(kind):
    told = []
    message = Message(1, WTSSESSION_CHANGE, 7, 0, 0, (0, 0))
    messages = SessionMessages(lambda: told.append("left"))

    assert not messages.nativeEventFilter(kind, ctypes.addressof(message))
    assert told == []


@pytest.fixture
def bus():
    """The address of a D-Bus of its own, whose services anybody may be."""
    program = shutil.which("dbus-daemon")
    if program is None:
        pytest.skip("dbus-daemon is not there")
    arguments = [program, "--session", "--nofork", "--print-address"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as daemon:
        yield daemon.stdout.readline().strip()
        daemon.terminate()


@pytest.fixture
def connected(bus, request):
    names = [f"{request.node.name}-{each}" for each in ("listener", "speaker")]
    yield tuple(QDBusConnection.connectToBus(bus, name) for name in names)
    for name in names:
        QDBusConnection.disconnectFromBus(name)


@pytest.mark.parametrize(
    ("service", "interface", "name", "arguments", "leaving"),
    [
        (LOGIND, f"{LOGIND}.Session", "Lock", [], True),
        (LOGIND, f"{LOGIND}.Session", "Unlock", [], False),
        (LOGIND, f"{LOGIND}.Manager", "PrepareForSleep", [True], True),
        (LOGIND, f"{LOGIND}.Manager", "PrepareForSleep", [False], False),
        ("org.gnome.ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", [True], True),
        ("org.gnome.ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", [False], False),
    ],
)
def test_linux_says_by_a_signal_that_its_session_is_left(
    qtbot, connected, service, interface, name, arguments, leaving
):
    listener, speaker = connected
    told = []
    signals = BusSignals()
    signals.left.connect(lambda: told.append("left"))
    assert speaker.registerService(service)
    assert signals.watch(listener, listener) == 4

    message = QDBusMessage.createSignal("/any/path", interface, name)
    message.setArguments(arguments)
    assert speaker.send(message)
    settled = QDBusMessage.createSignal("/any/path", f"{LOGIND}.Session", "Lock")
    if leaving:
        qtbot.waitUntil(lambda: told != [])
    elif service == LOGIND:
        speaker.send(settled)
        qtbot.waitUntil(lambda: told != [])
        told.pop()
    else:
        qtbot.wait(100)

    assert told == (["left"] if leaving else [])


def test_a_signal_of_somebody_who_is_not_logind_is_not_heard(qtbot, connected):
    listener, speaker = connected
    told = []
    signals = BusSignals()
    signals.left.connect(lambda: told.append("left"))
    signals.watch(listener, listener)

    speaker.send(QDBusMessage.createSignal("/any/path", f"{LOGIND}.Session", "Lock"))
    qtbot.wait(100)

    assert told == []


def test_without_a_bus_nothing_is_listened_to_and_nothing_fails(qtbot):
    nothing = QDBusConnection("nowhere")

    assert BusSignals().watch(nothing, nothing) == 0


def test_the_desk_locks_and_the_customers_window_is_blank(window, qtbot, posted):
    open_settled(window, State.CONSENT)
    window.customer.toggle()
    posted.clear()

    window.system_session.left.emit()
    settle(qtbot)

    assert (window.ctx.locked, posted) == (True, [Lock(), ReportCustomerWindow(shown=False)])
    assert window.customer.window.prompt.text() == "Пауза"


def test_the_end_of_the_systems_lock_does_not_open_the_desk(window, posted):
    open_settled(window, State.CONSENT)
    window.system_session.left.emit()
    window.system_session.left.emit()

    assert (window.ctx.locked, posted) == (True, [Lock()])
