"""A listener that a test waits on, for stations that run in threads."""

import queue
import time
from collections.abc import Callable

from tests.support.station.stations import Told
from workstation.session.states import State
from workstation.station.snapshot import SessionSnapshot, StationStatus

__all__ = ["PATIENCE_S", "PROMPTLY_S", "Waiting"]

PATIENCE_S = 60
PROMPTLY_S = 30
"""What is not waited for takes less on any PC, and what is waited for lasts PATIENCE_S."""

News = SessionSnapshot | StationStatus


class Waiting(Told):
    """Keeps what it is told and hands it over in order."""

    def __init__(self) -> None:
        super().__init__()
        self.news: queue.SimpleQueue[News] = queue.SimpleQueue()

    def session_changed(self, snapshot: SessionSnapshot) -> None:
        """Keep a picture of the session and tell who waits."""
        super().session_changed(snapshot)
        self.news.put(snapshot)

    def station_changed(self, status: StationStatus) -> None:
        """Keep a picture of the station and tell who waits."""
        super().station_changed(status)
        self.news.put(status)

    def until(self, wanted: Callable[[News], bool]) -> News:
        """Return the first news that is wanted; queue.Empty when patience ends."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            news = self.news.get(timeout=max(0.01, deadline - time.monotonic()))
            if wanted(news):
                return news

    def until_state(self, state: State) -> News:
        """Return the first picture of the session in this state."""
        return self.until(lambda news: getattr(news, "state", None) is state)

    def until_camera(self) -> None:
        """Wait until the station has named its camera."""
        if not self.stations or not self.stations[-1].camera:
            self.until(lambda news: getattr(news, "camera", "") != "")
