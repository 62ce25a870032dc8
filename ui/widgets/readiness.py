"""Is the station ready: camera, models, log, revocation list and policy, one line each."""

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.labels import CodeLabel, set_tone
from ui.widgets.pill import TONE_ICON, IconLabel
from ui.wording import count_text, date_time_text
from workstation.station.snapshot import LackingCrl, StationStatus

__all__ = [
    "Readiness",
    "anchor_line",
    "camera_line",
    "clock_line",
    "crl_brief",
    "crl_line",
    "customer_line",
    "disk_line",
    "keys_line",
    "log_line",
    "models_line",
    "policy_line",
]

_MOST_LISTS = 4
_LINES = 6
_ALL_LINES = 10
_WARN_GB = 1
_WARN_DAYS = 14
"""Two people of the bank have to sign, and an administrator to bring it to every station."""

Line = tuple[Tone, str, dict[str, str | int]]


def log_line(status: StationStatus) -> Line:
    """Return tone, code and values that describe the log."""
    size: dict[str, str | int] = {"size": count_text(status.log_size)}
    if status.log_message:
        return Tone.BAD, status.log_message, {}
    found = status.verification
    if found is None:
        return Tone.OK, "station.log_open", size
    if found.running:
        return Tone.NOW, "station.log_verifying", size
    if found.ok:
        return Tone.OK, "station.log_verified", {"size": count_text(found.size)}
    if found.first_bad < 0:
        return Tone.BAD, "station.log_broken_whole", {}
    return Tone.BAD, "station.log_broken", {"index": found.first_bad}


def camera_line(status: StationStatus) -> Line:
    """Return tone, code and values that describe the camera."""
    if status.camera_message:
        # A camera that works badly is still one: what is wrong may be mended while it runs.
        return Tone.WARN if status.camera else Tone.BAD, status.camera_message, {}
    if not status.camera:
        return Tone.NOW, "station.camera_connecting", {}
    code = "station.camera_simulated" if status.simulated else "station.camera"
    return Tone.WARN if status.simulated else Tone.OK, code, {"camera": status.camera}


def models_line(status: StationStatus) -> Line:
    """Return tone, code and values that describe the face models."""
    if status.models_ready:
        return Tone.OK, "station.models_ready", {}
    if status.models_message:
        return Tone.BAD, status.models_message, {}
    return Tone.NOW, "station.models_loading", {}


def crl_line(status: StationStatus) -> Line:
    """Return tone, code and values that describe the revocation list."""
    if status.crl_percent:
        return Tone.NOW, "station.crl_taken", {"percent": status.crl_percent}
    lacking = [each for each in status.lists_needed if each.itself]
    if lacking:
        return Tone.BAD, "station.crl_needed", {"lists": _lists(lacking)}
    if status.crl_this_update_ms <= 0:
        return Tone.WARN, "station.crl_missing", {}
    time: dict[str, str | int] = {"time": date_time_text(status.crl_this_update_ms)[:-3]}
    if status.crl_message:
        return Tone.WARN, "station.crl_late", time
    if status.lists_needed:
        return Tone.WARN, "station.crl_own_needed", {"lists": _lists(status.lists_needed)}
    return Tone.OK, "station.crl", time


def crl_brief(status: StationStatus) -> Line:
    """Return the same in a line that never wraps: what is missing is read where there is room."""
    tone, code, values = crl_line(status)
    if "lists" in values:
        return tone, "station.crl_missing", {}
    return tone, code, values


def _lists(lacking: Sequence[LackingCrl]) -> str:
    """Name the authorities, each with the address of its list where it is known."""
    named = [
        f"{each.authority} ({each.address})" if each.address else each.authority for each in lacking
    ]
    return "; ".join(named[:_MOST_LISTS]) + ("; …" if len(named) > _MOST_LISTS else "")


def policy_line(status: StationStatus) -> Line:
    """Return tone, code and values that describe the rules, and how long they last."""
    values: dict[str, str | int] = {"policy": status.policy}
    if not status.policy:
        return Tone.BAD, "station.policy_missing", {}
    if status.policy_message:
        return Tone.WARN, status.policy_message, values
    if status.short_bounds:
        return Tone.WARN, "station.policy_bound", {"lists": "; ".join(status.short_bounds)}
    left = status.policy_days_left
    if left is None or left > _WARN_DAYS:
        return Tone.OK, "station.policy", values
    if left == 0:
        return Tone.WARN, "station.policy_last_day", values
    return Tone.WARN, "station.policy_ends", {**values, "days": left}


def anchor_line(status: StationStatus) -> Line:
    """Return tone, code and values that describe how far a witness has cosigned the log."""
    values: dict[str, str | int] = {}
    if status.anchored_size:
        time = date_time_text(status.anchored_ms)[:-3]
        values = {"size": count_text(status.anchored_size), "time": time}
    if status.anchor_message in {"witness_forked", "witness_rolled_back"}:
        return Tone.BAD, status.anchor_message, {}
    if not status.witnessed:
        return Tone.WARN, "station.witness_none", {}
    if not status.anchored_size:
        return Tone.WARN, "station.not_anchored", {}
    if status.anchor_message:
        return Tone.WARN, "station.anchor_late", values
    return Tone.OK, "station.anchored", values


def customer_line(status: StationStatus, *, shown: bool) -> Line:
    """Return tone, code and values that describe the customer's window."""
    if shown:
        return Tone.OK, "station.customer_shown", {}
    if status.health.needs_screen:
        return Tone.BAD, "begin.customer_screen", {}
    return Tone.WARN, "station.customer_closed", {}


def keys_line(status: StationStatus) -> Line:
    """Return tone, code and values that describe whether the station's keys may sign."""
    code = status.health.keys
    return (Tone.BAD, code, {}) if code else (Tone.OK, "station.keys", {})


def clock_line(status: StationStatus) -> Line:
    """Return tone, code and values that describe the computer's clock."""
    code = status.health.clock
    return (Tone.BAD, code, {}) if code else (Tone.OK, "station.clock", {})


def disk_line(status: StationStatus) -> Line:
    """Return tone, code and values that describe the disk of the log."""
    health = status.health
    if health.disk:
        return Tone.BAD, health.disk, {}
    tone = Tone.OK if health.free_gb >= _WARN_GB else Tone.WARN
    code = "station.disk" if health.free_gb >= _WARN_GB else "station.disk_low"
    return tone, code, {"size": count_text(health.free_gb)}


class Readiness(QWidget):
    """A line with an icon for each part; before the runtime speaks it says that it starts.

    whole  with the customer's window, keys, clock and disk, which only the home page has room for
    """

    def __init__(self, ctx: UiContext, *, whole: bool = False) -> None:
        super().__init__()
        self._ctx = ctx
        self._whole = whole
        self._rows: list[tuple[IconLabel, CodeLabel]] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setVerticalSpacing(6)
        grid.setHorizontalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row in range(_ALL_LINES if whole else _LINES):
            icon, label = IconLabel(ctx, "clock", 16, Tone.NOW), CodeLabel(ctx, "", wrap=True)
            grid.addWidget(icon, row, 0)
            grid.addWidget(label, row, 1)
            self._rows.append((icon, label))
            icon.setVisible(row == 0)
            label.setVisible(row == 0)
        self._rows[0][1].set_code("station.starting")

    def show_station(self, status: StationStatus) -> None:
        """Show every line."""
        more = (
            customer_line(status, shown=self._ctx.customer_shown()),
            keys_line(status),
            clock_line(status),
            disk_line(status),
        )
        lines: tuple[Line, ...] = (
            log_line(status),
            anchor_line(status),
            camera_line(status),
            models_line(status),
            crl_line(status),
            policy_line(status),
            *(more if self._whole else ()),
        )
        for (icon, label), (tone, code, values) in zip(self._rows, lines, strict=True):
            icon.set_icon(TONE_ICON[tone], tone)
            label.set_code(code, **values)
            set_tone(label, Tone.BAD if tone is Tone.BAD else Tone.NONE)
            icon.show()
            label.show()
