"""The administrator's page of diagnostics: the program, its parts, this computer; to be copied."""

from PySide6.QtGui import QGuiApplication

from ui.context import UiContext
from ui.screens.probes import ProbeScreen
from ui.theme.tone import Tone
from ui.widgets.buttons import Action
from ui.widgets.card import Card
from ui.widgets.labels import CodeLabel
from workstation.diagnosis.areas import KINDS, ProbeArea
from workstation.diagnosis.report import describe_for_support
from workstation.station.snapshot import StationStatus

__all__ = ["DiagnosticsScreen"]


class DiagnosticsScreen(ProbeScreen):
    """Versions and counts; F7 copies them without a person's data."""

    AREA = ProbeArea.DIAGNOSTICS
    GROUPS = (("diagnostics.card", KINDS[AREA]),)

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx)
        ctx.changed.connect(self._show_window)

    def lay_out_after(self) -> None:
        """Add what the window itself has counted."""
        card = Card(self.ctx, "diagnostics.window")
        self.stalls = CodeLabel(self.ctx, "", wrap=True)
        self.clock = CodeLabel(self.ctx, "", wrap=True)
        for label in (self.stalls, self.clock):
            card.body.addWidget(label)
        self.body.addWidget(card)

    def show_station(self, status: StationStatus) -> None:
        """Show what is known."""
        super().show_station(status)
        self._show_window()

    def _show_window(self) -> None:
        stalls, worst_ms = self.ctx.count_stalls()
        self.stalls.set_code("diagnostics.stalls", count=stalls, worst=worst_ms)
        fault = "" if self.status is None else self.status.health.clock
        self.clock.set_code(fault or "station.clock")

    def footer_actions(self) -> tuple[Action, ...]:
        """Return back, copying, and looking again."""
        back, again = super().footer_actions()
        return back, Action("button.copy_details", "F7", self.copy_details), again

    def copy_details(self) -> None:
        """Put what is known into the clipboard: codes and numbers, and nobody's data."""
        QGuiApplication.clipboard().setText(self.describe())
        self.banner.show_status(Tone.OK, "diagnostics.copied")

    def describe(self) -> str:
        """Return the text that is copied."""
        status = self.status
        if status is None:
            return ""
        stalls, worst_ms = self.ctx.count_stalls()
        facts: dict[str, str | int] = {
            "profile": status.profile,
            "policy": status.policy,
            "log_entries": status.log_size,
            "models_ready": int(status.models_ready),
            "camera": "open" if status.camera else "none",
            "camera_code": status.camera_message,
            "models_code": status.models_message,
            "lists_code": status.crl_message,
            "lists_lacking": len(status.lists_needed),
            "policy_code": status.policy_message,
            "log_code": status.log_message,
            "witness_code": status.anchor_message,
            "alarms": len(status.alarms),
            "clock_code": status.health.clock,
            "disk_code": status.health.disk,
            "free_gb": status.health.free_gb,
            "gui_stalls": stalls,
            "gui_worst_ms": worst_ms,
        }
        return describe_for_support(facts, status.probes)
