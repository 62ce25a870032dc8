"""The document in the customer's hand: read by camera or chip, judged, and made the reference.

Methods return moves. Nothing is taken from a document that is not the customer's, has expired, or
whose chip the state has not signed; what only the camera saw stays unauthenticated.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from crypto.canonical_json import JsonValue
from crypto.chip.access_keys import AccessKey
from crypto.errors import CryptoError
from crypto.lds.data_groups import FacialImage, MalformedData, parse_dg1, parse_dg2
from crypto.lds.files import ChipFiles
from crypto.x509.iin import write_short_date
from vision.document.mrz import MrzFields, parse_mrz, split_zone
from vision.errors import MrzRefused, VisionError
from vision.frame import Camera, Frame, HoldsDocument
from workstation.rules.local_time import local_day
from workstation.rules.reference import ReferenceSource
from workstation.session.events import ReferenceAccepted
from workstation.session.evidence import DocumentEvidence
from workstation.session.session import VerificationSession
from workstation.session.states import State
from workstation.verification.case import Case
from workstation.verification.move import Advance, Fault, Record, Warn
from workstation.verification.reference.capture import Origin, ReferenceCapture
from workstation.verification.reference.chip import ChipCapture, ChipReading
from workstation.verification.reference.document_facts import (
    PORTRAIT,
    chip_facts,
    document_facts,
    weigh_chip,
)
from workstation.verification.reference.document_view import (
    DocumentPhase,
    DocumentView,
    show_lines,
    show_refusal,
)
from workstation.verification.reference.identity import (
    KnownCustomer,
    compare_holder,
    find_identity_fault,
)
from workstation.verification.reference.octets import REFERENCE_REFUSED
from workstation.verification.reference.scan import DocumentScan
from workstation.verification.reference.typed_key import TypedKey
from workstation.verification.services import Services

__all__ = ["DocumentReading"]

_PLACE, _HOLD = "place_on_reader", "hold_on_reader"
"""Advice while a chip is read: before the first octet, and after it."""


class DocumentReading:
    """Reads one document at a time in one session; the photo goes to the capture.

    files  of the chip that became the reference, for the sealed payload; None without one
    lines  of the document as the camera has read them, empty before
    """

    def __init__(self, services: Services, case: Case, capture: ReferenceCapture) -> None:
        self._services = services
        self._case = case
        self._capture = capture
        self._chip = ChipCapture(services)
        self._chip_tried = False
        self._key: AccessKey | None = None
        self._wanted_key: AccessKey | None = None
        self._job: Callable[[], ChipReading] | None = None
        self._scan: DocumentScan | None = None
        self._known = case.document
        self._view: DocumentView | None = None
        self.files: ChipFiles | None = None
        self.lines = "" if case.document is None else case.document.text

    @property
    def view(self) -> DocumentView | None:
        """Return what the screens see now, None before anything was asked for."""
        view = self._view
        if view is None or view.phase is not DocumentPhase.CHIP:
            return view
        percent = self._chip.percent
        return replace(view, percent=percent, advice=_HOLD if percent else _PLACE)

    # -- by camera --------------------------------------------------------------------------------

    def begin_camera(
        self, session: VerificationSession, customer: KnownCustomer, *, chip: bool = False
    ) -> Record | Warn | None:
        """Look at the document from the next frame on; a move where there is nothing to look at.

        chip  its lines only, to open the chip with them

        The strongest comes first: where a chip can be read and none was tried yet, the lines open
        it, at once if the form has read them. Only then, or where there is no chip to be read, the
        portrait on the paper is taken.
        """
        by_chip = not self._find_source_fault(session, ReferenceSource.CHIP)
        fault = self._find_source_fault(session, ReferenceSource.DOCUMENT_CAMERA)
        lines_only = by_chip and (chip or fault != "" or not self._chip_tried)
        if fault and not lines_only:
            return Warn(REFERENCE_REFUSED, fault)
        self.cancel()
        known, self._known = self._known, None
        if lines_only and known is not None:
            details: dict[str, JsonValue] = {"document": self._describe(known, customer)}
            return self._believe(known, customer, details) or self._open_chip(known, details)
        self._scan = scan = DocumentScan(self._today, lines_only=lines_only, opens_chip=lines_only)
        self._view = DocumentView(DocumentPhase.CAMERA, scan.advice)
        return None

    def is_awaited(self, session: VerificationSession) -> bool:
        """Whether camera frames of a document are waited for now."""
        return self._scan is not None and session.state is State.REFERENCE

    def look(
        self, session: VerificationSession, frame: Frame, customer: KnownCustomer
    ) -> Advance | Warn | Fault | Record | None:
        """Take the next frame; a move when the document was read or is refused."""
        scan = self._scan
        if scan is None:
            return None
        known = scan.fields
        try:
            scan.observe(self._services.analysis.observe_document(frame))
        except VisionError as error:
            return Fault(error.code)
        if self._view is not None:
            self._view = scan.show_on(self._view)
        fields = scan.fields
        if scan.refused or (scan.overdue and fields is None):
            return self._refuse(scan.refused or "reference.document_timeout", {})
        if fields is None:
            return None
        details: dict[str, JsonValue] = {"document": self._describe(fields, customer)}
        if fields != known and (refused := self._believe(fields, customer, details)):
            return refused
        if scan.lines_only:
            return self._open_chip(fields, details)
        if scan.side:
            document = self._weigh(fields, customer)
            source = ReferenceSource.DOCUMENT_CAMERA
            return self._accept(session, scan.side, Origin(source, None, document, details))
        return self._refuse("reference.document_timeout", details) if scan.overdue else None

    def lose_camera(self, code: str) -> Warn:
        """Stop looking: the camera gives no image."""
        return self._refuse(code, {})

    def show_to(self, camera: Camera, session: VerificationSession) -> None:
        """Tell a simulated customer what to do with the document; nobody else is told here."""
        scan = self._scan if self.is_awaited(session) else None
        if isinstance(camera, HoldsDocument):
            camera.hold_document(None if scan is None else scan.advice)

    def _believe(
        self, fields: MrzFields, customer: KnownCustomer, details: dict[str, JsonValue]
    ) -> Warn | None:
        """Show what the camera has read; a warning unless it is the customer's valid document."""
        self.lines = fields.text
        self._show(fields, ReferenceSource.DOCUMENT_CAMERA)
        fault = find_identity_fault(fields, customer, self._today)
        return self._refuse(fault, details) if fault else None

    def _open_chip(self, fields: MrzFields, details: dict[str, JsonValue]) -> Record | Warn:
        """Keep what opens the chip; the station begins to read it at its next tick."""
        born, last = write_short_date(fields.birth), write_short_date(fields.expiry)
        try:
            key = AccessKey.from_mrz(fields.number, born, last)
        except CryptoError as error:
            return self._refuse(error.code, details)
        self._scan = None
        self._key = self._wanted_key = key
        if self._view is not None:
            self._view = replace(self._view, phase=DocumentPhase.CHIP, outline=())
        return Record("document.lines", details)

    # -- by chip ----------------------------------------------------------------------------------

    def find_chip_fault(
        self, session: VerificationSession, typed: TypedKey, customer: KnownCustomer
    ) -> Warn | None:
        """Return the warning that says why no chip is read now, None when one may be."""
        fault = self._find_source_fault(session, ReferenceSource.CHIP)
        if not fault and not typed.empty:
            fault = typed.find_fault(customer.client.iin)
        return Warn(REFERENCE_REFUSED, fault) if fault else None

    def find_key(self, typed: TypedKey) -> AccessKey | None:
        """Return what opens the chip: as typed, else as the camera has read it in this session."""
        return self._key if typed.empty else typed.compose()

    def take_wanted_key(self) -> AccessKey | None:
        """Return the key of a chip that is to be read now, once; None when none is."""
        key, self._wanted_key = self._wanted_key, None
        return key

    def request_chip(self, key: AccessKey) -> Callable[[], ChipReading]:
        """Return the job that reads the chip; answer with `take_chip` or `fail_chip`."""
        self._scan, self._chip_tried = None, True
        view = self._view or DocumentView(DocumentPhase.CHIP)
        self._view = replace(view, phase=DocumentPhase.CHIP, fault="", outline=())
        self._job = self._chip.request(key)
        return self._job

    def is_reading(self, job: Callable[[], ChipReading]) -> bool:
        """Whether this is the reading that is waited for: it was not called off since."""
        return self._job is job

    def take_chip(
        self, session: VerificationSession, reading: ChipReading, customer: KnownCustomer
    ) -> Advance | Warn | Fault:
        """Take the portrait of a chip whose data the state has signed, if it is the customer's."""
        files, report = reading.files, reading.report
        details: dict[str, JsonValue] = {"chip": chip_facts(reading, self._case.salt)}
        if not report.genuine_data:
            return self._refuse(report.reason.value, details)
        try:
            fields = parse_mrz(split_zone(parse_dg1(files.data_groups[1])), self._today)
            image = _read_portrait(files)
        except MrzRefused as error:
            return self._refuse("reference.mrz_malformed", details | {"rule": error.code})
        except CryptoError as error:
            known = "reference.no_face" if error.detail == "no_face" else "reference.no_portrait"
            return self._refuse(known, details | {"rule": error.detail})
        self._show(fields, ReferenceSource.CHIP)
        details["document"] = self._describe(fields, customer)
        if fault := find_identity_fault(fields, customer, self._today):
            return self._refuse(fault, details)
        document = replace(self._weigh(fields, customer), chip=weigh_chip(report, image.octets))
        origin = Origin(ReferenceSource.CHIP, document=document, facts=details)
        move = self._accept(session, image.octets, origin)
        if self._view is not None and self._view.phase is DocumentPhase.READ:
            self.files = files
        return move

    def fail_chip(self, error: Exception) -> Warn | Fault:
        """Say why the chip was not read; what is no failure of chip or reader is one of ours."""
        if not isinstance(error, CryptoError):
            return Fault("internal")
        return self._refuse(error.code, {"detail": error.detail} if error.detail else {})

    # -- both -------------------------------------------------------------------------------------

    def cancel(self) -> None:
        """Stop reading on the teller's wish; what was shown of the document goes."""
        self.stop()
        self._view = None

    def stop(self) -> None:
        """Wait for no document any more."""
        self._scan = self._job = self._wanted_key = None
        self._chip.stop()

    @property
    def _today(self) -> date:
        return local_day(self._services.now())

    def _find_source_fault(self, session: VerificationSession, source: ReferenceSource) -> str:
        fault = self._capture.find_rule_fault(session, Origin(source))
        missing = source is ReferenceSource.CHIP and self._services.chips is None
        return fault or ("chip_reader_missing" if missing else "")

    def _show(self, fields: MrzFields, source: ReferenceSource) -> None:
        view = self._view or DocumentView(DocumentPhase.CAMERA)
        self._view = show_lines(view, fields, source)

    def _accept(
        self, session: VerificationSession, octets: bytes, origin: Origin
    ) -> Advance | Warn | Fault:
        move = self._capture.take(session, octets, origin)
        if isinstance(move, Warn):
            return self._refuse(move.code, dict(move.details))
        self.stop()
        if isinstance(move, Fault) or not isinstance(move.event, ReferenceAccepted):
            return move
        chip = None if origin.document is None else origin.document.chip
        if self._view is not None:
            copy, percent = chip is not None and chip.copy_possible, 0 if chip is None else 100
            view = replace(self._view, phase=DocumentPhase.READ, advice="", outline=())
            self._view = replace(view, percent=percent, copy_possible=copy)
        return move

    def _refuse(self, code: str, details: dict[str, JsonValue]) -> Warn:
        self.stop()
        self._view = show_refusal(self._view, code)
        return Warn(REFERENCE_REFUSED, code, details)

    def _weigh(self, fields: MrzFields, customer: KnownCustomer) -> DocumentEvidence:
        days_left = (fields.expiry - self._today).days
        return DocumentEvidence(days_left, compare_holder(fields, customer))

    def _describe(self, fields: MrzFields, customer: KnownCustomer) -> dict[str, JsonValue]:
        return document_facts(fields, self._weigh(fields, customer), self._case.salt)


def _read_portrait(files: ChipFiles) -> FacialImage:
    group = files.data_groups.get(PORTRAIT)
    if group is None:
        raise MalformedData("no_portrait")
    return parse_dg2(group)
