"""The cases that wait: one row each, chosen with the arrows, taken up with Enter."""

from typing import ClassVar

from ui.widgets.waiting_table import WaitingTable
from workstation.cases.parked_case import ParkedCase

__all__ = ["CaseTable"]


class CaseTable(WaitingTable[ParkedCase]):
    """`taken` is Enter or a double click on a case; `chosen` that another one is current."""

    TITLE = "home.cases"
    COLUMNS = ("cases.since", "cases.operation", "cases.client", "cases.waits_for", "cases.by")
    WIDTHS: ClassVar = {"cases.since": 64, "cases.waits_for": 108, "cases.by": 84}

    def find_since(self, item: ParkedCase) -> int:
        """Return when it was parked."""
        return item.parked_ms

    def list_rest(self, item: ParkedCase) -> tuple[str, ...]:
        """Return whose it is, what it waits for and who parked it."""
        tr = self._ctx.tr_code
        iin = tr("header.iin", iin=item.iin_masked)
        return f"{item.client_name}\n{iin}", tr(f"waits_for.{item.waits_for.value}"), item.by
