"""What an auditor may ask beyond the log's own rules: the rules of whoever wrote the entries."""

from typing import Protocol

from crypto.log.file.faults import AuditFinding
from crypto.log.format.entry import LogEntry

__all__ = ["EntryRules"]


class EntryRules(Protocol):
    """Rules over the entries of one log, fed in order; an instance serves one audit.

    Codes are stable and the rules' own; the audit lays them on the entry that breaks the rule.
    """

    def check(self, entry: LogEntry) -> AuditFinding | None:
        """Return the first breach that this entry shows; its index may be an earlier entry's."""
        ...

    def finish(self) -> AuditFinding | None:
        """Return the first breach that only the end of the log shows."""
        ...

    @property
    def findings(self) -> tuple[AuditFinding, ...]:
        """What is no breach and worth a look all the same, in order."""
        ...
