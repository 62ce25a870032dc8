"""Logs and witnesses for tests: a log that grows, and a witness that knows it."""

from crypto.log.audit.reader import LogReader
from crypto.log.file.store import LogStore
from crypto.log.format.cosignature import Witness
from tests.support.station.log import LogSite, private_key
from workstation.witness.ask import Post, Reply
from workstation.witness.state import WitnessState
from workstation.witness.witness import WitnessService

__all__ = ["TIME_S", "WitnessSite", "grow", "reader"]

TIME_S = 1763807100


class WitnessSite:
    """A witness in a folder; `post` is the way to it without a network."""

    def __init__(self, folder, name="bank.example/witness/ho-1", first=0x40, *, time_s=TIME_S):
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "witness.sqlite"
        self.state = WitnessState.create(self.path)
        self.key = Witness(name, private_key(first))
        self.service = WitnessService(self.state, self.key, wall_s=lambda: time_s)

    @property
    def post(self) -> Post:
        """Post to the witness in this process."""

        def post(path, body):
            answer = self.service.answer(path, body)
            return Reply(answer.status, answer.body)

        return post


def grow(store: LogStore, count: int) -> None:
    """Append entries of the log's own."""
    for number in range(count):
        store.append("heartbeat", {"number": number})


def reader(site: LogSite) -> LogReader:
    """Open the site's log for reading."""
    return LogReader(site.path, site.log_key.vkey)
