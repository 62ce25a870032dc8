"""A counter without threads: the teller's window on a real station, in virtual time.

What a page posts is performed after the event that posted it, as the runtime does, and what the
station tells comes to the window in the order in which it was told.
"""

from collections import deque

from tests.support.pki import certificates as pki
from tests.support.station.scripted import Behaviour
from tests.support.station.stations import NAME, NEW_PHONE, OLD_PHONE, SECRET, TELLER, Desk
from ui.navigation import Page
from vision.errors import CameraError
from workstation.session.states import State
from workstation.station.capture import code_of
from workstation.station.commands import (
    BeginOperation,
    Lock,
    ReportCustomerWindow,
    SignIn,
    SignOut,
)
from workstation.station.station import Station

__all__ = ["BEHIND_THE_LOCK", "LiveCounter"]

BEHIND_THE_LOCK = (Lock, SignIn, SignOut, ReportCustomerWindow)
"""What a locked window may send, and nothing else; the last says that the customer sees nothing."""


class _Relay:
    """A listener that keeps what it was told until the window takes it."""

    def __init__(self, told):
        self._told = told
        self.waiting = deque()

    def session_changed(self, snapshot):
        self._told.session_changed(snapshot)
        self.waiting.append(("session", snapshot))

    def station_changed(self, status):
        self._told.station_changed(status)
        self.waiting.append(("station", status))

    def preview(self, image):
        self.waiting.append(("preview", image))


class LiveCounter:
    """What the window sends waits in `sent`; `pump` lets the station answer.

    open_window  makes the window of a program that starts
    performed    every command that was performed
    under_lock   every command that was sent while the window was locked
    """

    def __init__(self, open_window, site):
        self.site = site
        self.desk = Desk(site)
        # Nobody confirms but the hands at the window.
        self.desk.confirms = False
        self._open_window = open_window
        self.sent = deque()
        self.performed = []
        self.under_lock = []
        self.start()

    def start(self):
        """Start the program: a window and a station over what is on the disk."""
        self.window = self._open_window()
        self.window.ctx.send = self._take
        self._relay = _Relay(self.desk.told)
        self.desk.station = Station(self.site.services, self._relay)
        self.desk.plug()
        self.desk.station.models_ready()
        self.desk.station.publish()
        self.pump()

    def stop(self):
        """Leave the station as the program does at its end."""
        # The window of a program that ended reacts to nothing more.
        self.window.ctx.locked = False
        self.window.idle.timer.stop()
        self.sent.clear()
        self.desk.station.close("window_closed")

    def _take(self, command):
        if self.window.ctx.locked:
            self.under_lock.append(command)
        self.sent.append(command)

    def pump(self):
        """Perform what was sent, feed the camera, and show the window what came of it."""
        self._show()
        while self.sent:
            command = self.sent.popleft()
            self.performed.append(command)
            self.desk.do(command)
            self.look()
            self._show()

    def look(self):
        """Let the camera give frames for as long as the station wants them."""
        if not self.desk.station.wants_frames or self.desk.camera is None:
            return
        try:
            self.desk.look(most=600)
        except CameraError as lost:
            # As the camera's thread does: the loss is told, and it is opened anew.
            self.desk.station.camera_failed(code_of(lost))
            self.desk.plug(Behaviour())

    def pass_time(self, ms):
        """Let time pass in the station, which asks again whoever it waits for."""
        self.site.clock.wall += ms
        self.site.clock.mono += ms
        self.desk.wait()
        self.pump()

    def plug(self, behaviour):
        """Let another customer sit there, or the camera be unplugged."""
        self.desk.plug(behaviour)
        self.pump()

    def sign_in(self, operator=TELLER):
        """Sign in at the window."""
        page = self.window.screen_of(self.window.page)
        page.operator.edit.setText(operator.id)
        page.secret.edit.setText(SECRET)
        self.window.press("F9")
        self.pump()

    def type_form(self):
        """Type into the open form whatever it asks for; what is asked of the teller is left."""
        page = self.window.screen_of(Page.OPERATION)
        values = {"iin": pki.IIN, "name": NAME, "new_phone": NEW_PHONE, "old_phone": OLD_PHONE}
        for name, text in values.items():
            field = page.fields.get(name)
            if field is not None and not field.fixed:
                field.edit.setText(text)
                field.edit.textEdited.emit(text)
                self.pump()
        return page

    def unlock(self, secret=SECRET):
        """Give the lock a secret."""
        self.window.lock_page.secret.edit.setText(secret)
        self.window.press("F9")
        self.pump()
        # Hands without a clock: what they strike next is no second stroke of the same key.
        self.window.screen_lock._settling.stop()

    @property
    def given_since_begun(self):
        """The kinds of commands that were performed since the last operation was begun."""
        kinds = [type(each) for each in self.performed]
        begun = [place for place, kind in enumerate(kinds) if kind is BeginOperation]
        return set(kinds[begun[-1] :]) if begun else set()

    @property
    def state(self):
        """Where the session stands, as the window was told."""
        return State.IDLE if self.window.session is None else self.window.session.state

    def _show(self):
        while self._relay.waiting:
            kind, told = self._relay.waiting.popleft()
            if kind == "session":
                self.window.show_session(told)
            elif kind == "station":
                self.window.show_station(told)
            else:
                self.window.show_preview(told)
