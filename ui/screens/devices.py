"""The administrator's page of devices: cameras, screens, ways to sign, card reader, printer."""

from functools import partial
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from ui.context import UiContext
from ui.screens.probes import ProbeScreen
from ui.widgets.buttons import ActionButton
from ui.widgets.card import Card
from ui.widgets.confirm import ask
from ui.widgets.labels import CodeLabel, PlainLabel, printable
from ui.widgets.live_picture import LivePicture
from ui.widgets.printed_page import print_test_page
from ui.widgets.printer_search import FoundPrinters, PrinterSearch, open_printer
from ui.widgets.screen_numbers import ScreenNumbers
from vision.camera.watchdog import CameraTrouble
from workstation.diagnosis.areas import ProbeArea
from workstation.diagnosis.probe import ProbeFact, ProbeKind, ProbeResult
from workstation.station.commands import AllowCamera
from workstation.station.snapshot import PreviewImage, StationStatus

__all__ = ["DevicesScreen"]

_PASSING_MS: Final = 400
_SIGNING = (ProbeKind.NCALAYER, ProbeKind.EGOV, ProbeKind.TOKEN, ProbeKind.CARD_READER)


class DevicesScreen(ProbeScreen):
    """What is connected, with the camera's live picture; what it changes is signed afterwards."""

    AREA = ProbeArea.DEVICES
    GROUPS = (("devices.cameras", (ProbeKind.CAMERA,)), ("devices.signing", _SIGNING))

    def __init__(self, ctx: UiContext) -> None:
        self._met: dict[int, tuple[str, ...]] = {}
        self._looked = False
        self._printer = ""
        super().__init__(ctx)
        ctx.changed.connect(self._show_screens)

    def lay_out_before(self) -> None:
        """Add the live picture."""
        card = Card(self.ctx, "devices.picture")
        self.picture = LivePicture(self.ctx)
        self.camera, self.rate = PlainLabel("strong", wrap=True), CodeLabel(self.ctx, "", wrap=True)
        self.trouble = CodeLabel(self.ctx, "", "second", wrap=True)
        beside = QVBoxLayout()
        for label in (self.camera, self.rate, self.trouble):
            beside.addWidget(label)
        beside.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.picture)
        row.addLayout(beside, 1)
        card.body.addLayout(row)
        self.body.addWidget(card)

    def lay_out_after(self) -> None:
        """Add the customer's screen and the printer."""
        self.numbers = ScreenNumbers(self.ctx, self)
        self.numbers.met.connect(self._note_met)
        screens = Card(self.ctx, "devices.screens")
        self.screens = PlainLabel("body", wrap=True)
        self.screens_hint = CodeLabel(self.ctx, "devices.screens_hint", "caption", wrap=True)
        self.show_numbers = ActionButton(self.ctx, "button.screen_numbers", icon="monitor")
        self.show_numbers.clicked.connect(self.numbers.show)
        printers = Card(self.ctx, "devices.printer")
        self.printer = CodeLabel(self.ctx, "", wrap=True)
        self.print_page = ActionButton(self.ctx, "button.print_test", icon="printer")
        self.print_page.clicked.connect(self._print)
        self.search = PrinterSearch(self)
        self.search.found.connect(self._show_printers)
        # Whoever only passes by starts no process.
        self._before_search = QTimer(self, interval=_PASSING_MS, singleShot=True)
        self._before_search.timeout.connect(self.search.begin)
        for card, widgets in (
            (screens, (self.screens, self.screens_hint, self.show_numbers)),
            (printers, (self.printer, self.print_page)),
        ):
            for widget in widgets[:-1]:
                card.body.addWidget(widget)
            line = QHBoxLayout()
            line.addWidget(widgets[-1])
            line.addStretch(1)
            card.body.addLayout(line)
            self.body.addWidget(card)

    def show_station(self, status: StationStatus) -> None:
        """Show what is known of the devices."""
        super().show_station(status)
        self.camera.setText(status.camera or self.ctx.tr_code("camera.none"))
        self.trouble.set_code(status.camera_message)
        self.trouble.setVisible(status.camera_message != "")
        self._show_screens()
        self._look_for_printers()

    def show_preview(self, image: PreviewImage) -> None:
        """Show the camera and how many images a second were measured."""
        self.picture.show_image(image)
        self.rate.set_code("devices.rate", rate=f"{image.frames_per_second:.0f}")

    def _show_screens(self) -> None:
        wanted = "" if self.status is None else self.status.customer_display
        mine, lines = self.screen(), []
        for number, screen in enumerate(QGuiApplication.screens(), 1):
            place = screen.geometry()
            whose = "devices.screen_customer" if screen is not mine else "devices.screen_teller"
            if wanted and screen is not mine and screen.name() != wanted:
                whose = "devices.screen_other"
            met = ", ".join(
                self.ctx.tr_code(f"devices.met.{each}") for each in self._met.get(number, ())
            )
            told = (
                self.ctx.tr_code("devices.screen", number=number),
                printable(screen.name()),
                f"{place.width()}x{place.height()}",
                self.ctx.tr_code(whose),
                met,
            )
            lines.append(" · ".join(filter(None, told)))
        self.screens.setText("\n".join(lines))

    def _note_met(self, number: int, what: str) -> None:
        before = self._met.get(number, ())
        if what not in before:
            self._met[number] = (*before, what)
            self._show_screens()

    def _look_for_printers(self) -> None:
        if not self._looked:
            self._looked = True
            self.print_page.setEnabled(False)
            self.printer.set_code("devices.printer_search")
            self._before_search.start()

    def _show_printers(self, found: FoundPrinters) -> None:
        self._printer = found.names[0] if found.names else ""
        self.print_page.setEnabled(self._printer != "")
        if self._printer:
            self.printer.set_code("devices.printer_found", name=printable(self._printer))
        else:
            code = "devices.printer_silent" if found.silent else "devices.printer_none"
            self.printer.set_code(code)

    def _print(self) -> None:
        printer = open_printer(self._printer)
        done = printer is not None and print_test_page(self.ctx, printer)
        self.printer.set_code("devices.printer_sent" if done else "devices.printer_failed")

    def offer_more(self, result: ProbeResult) -> str:
        """Offer to allow a camera that is not allowed, and to forbid another."""
        if result.kind is not ProbeKind.CAMERA or not _hardware_id(result):
            return ""
        if result.code == CameraTrouble.VIRTUAL_DEVICE.value:
            # Made by software: whatever the settings say, production opens none.
            return ""
        unknown = result.code == CameraTrouble.UNKNOWN_DEVICE.value
        return "button.allow_camera" if unknown else "button.forbid_camera"

    def choose(self, name: str) -> None:
        """Ask before the settings are changed."""
        status = self.status
        found = [] if status is None else [each for each in status.probes if each.name == name]
        for each in found:
            allowed = self.offer_more(each) == "button.allow_camera"
            question = "ask.allow_camera" if allowed else "ask.forbid_camera"
            agree = "button.allow_camera" if allowed else "button.forbid_camera"
            command = AllowCamera(_hardware_id(each), allowed)
            ask(self.ctx, self, question, agree, partial(self.ctx.post, command))

    def leave(self) -> None:
        """Take the numbers off the screens."""
        super().leave()
        self._looked = False
        self._before_search.stop()
        self.search.cancel()
        self.numbers.hide()


def _hardware_id(result: ProbeResult) -> str:
    return dict(result.facts).get(ProbeFact.HARDWARE_ID, "")
