"""What an audit counts beside integrity, whatever it reads the entries from."""

from dataclasses import dataclass, field

from crypto.log.format.entry import LogEntry
from crypto.log.format.key_record import Kind

__all__ = ["Completeness"]


@dataclass(slots=True)
class Completeness:
    """Gathered on the way: indexes of entries of the log's own kinds, and how many heartbeats."""

    steps: list[int] = field(default_factory=list)
    boots: list[int] = field(default_factory=list)
    erasures: list[int] = field(default_factory=list)
    heartbeats: int = 0

    def count(self, entry: LogEntry) -> None:
        """Count one entry that was found good."""
        match entry.kind:
            case Kind.CLOCK_STEP:
                self.steps.append(entry.seq)
            case Kind.BOOT:
                self.boots.append(entry.seq)
            case Kind.PAYLOAD_ERASE:
                self.erasures.append(entry.seq)
            case Kind.HEARTBEAT:
                self.heartbeats += 1
            case _:
                pass
