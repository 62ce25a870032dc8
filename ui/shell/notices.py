"""A message of the station belongs to the page it came on, and goes with it or with the next word.

The station keeps its last message until another comes. Shown wherever the teller goes, it would
accuse a field of the next form of what somebody mistyped at the sign-in.
"""

from dataclasses import replace

from PySide6.QtCore import Qt

from ui.navigation import IN_SESSION, Page
from ui.screens.screen import Screen
from workstation.station.snapshot import SessionSnapshot, StationStatus

__all__ = ["Notices"]


class Notices:
    """Says of every status whether its message is still this page's."""

    def __init__(self) -> None:
        self._heard: tuple[int | str, ...] = ()
        self._page: Page | None = None
        self._fresh = False

    def show(
        self,
        screen: Screen,
        page: Page,
        status: StationStatus,
        session: SessionSnapshot | None,
        *,
        focus: bool,
    ) -> None:
        """Show the page both pictures; a field that was just refused takes the focus, if it may."""
        admitted = self.admit(status, page)
        screen.show_station(admitted)
        if session is not None:
            screen.show_session(_join(session, admitted))
        fresh, self._fresh = self._fresh, False
        field = screen.find_field(admitted.message_field) if fresh else None
        if field is not None and focus:
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    def admit(self, status: StationStatus, page: Page) -> StationStatus:
        """Return the status for the page: without the message if that was said on another one."""
        said = (status.message_count, status.message, status.message_field, status.seconds)
        if said != self._heard:
            self._heard, self._page = said, page
            self._fresh = status.message != ""
        elif page is not self._page:
            self.forget()
        if self._page is None:
            return replace(status, message="", message_field="", seconds=0)
        return status

    def forget(self) -> bool:
        """Take the message away: it was read, and what it is about is being mended.

        Tells whether there was one.
        """
        shown, self._page, self._fresh = self._page is not None, None, False
        return shown


def _join(snapshot: SessionSnapshot, admitted: StationStatus) -> SessionSnapshot:
    """Return the session's picture with what the station refused in it.

    A refused command of a running session is told where the teller looks.
    """
    if snapshot.message or snapshot.state not in IN_SESSION:
        return snapshot
    return replace(snapshot, message=admitted.message)
