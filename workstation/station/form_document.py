"""The document read for the form, before a session: its lines, and nothing else of it."""

from typing import Final

from vision.document.issuers import find_personal_number
from vision.document.mrz import MrzFields
from vision.errors import VisionError
from vision.frame import Camera, Frame, HoldsDocument
from workstation.accounts.operators import Permission, require
from workstation.errors import OperationRefused
from workstation.records.journal import SignedIn
from workstation.rules.local_time import local_day
from workstation.rules.reference import ReferenceSource
from workstation.station.snapshot import DocumentPhase, DocumentView
from workstation.verification.reference.document_view import show_lines, show_refusal
from workstation.verification.reference.identity import is_iin
from workstation.verification.reference.scan import DocumentScan
from workstation.verification.services import Services
from workstation.verification.stopwatch import Stopwatch

__all__ = ["FormDocument"]

_KEPT_MS: Final = 10 * 60 * 1000
"""Longer than a form takes; whoever held the document up has left by then."""


class FormDocument:
    """Reads one document at a time and keeps its lines, in memory only, until a session has them.

    They fill the form in and open the chip later. Nobody vouches for them: they are no reference
    and authenticate nobody.

    view  what the screens show of it, None while there is nothing
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._scan: DocumentScan | None = None
        self._fields: MrzFields | None = None
        self._age = Stopwatch(services.clock)
        self.view: DocumentView | None = None

    @property
    def is_awaited(self) -> bool:
        """Whether camera frames of a document are waited for now."""
        return self._scan is not None

    def begin(self, who: SignedIn | None, unusable: str) -> None:
        """Look at the document from the next frame on; the one before is forgotten.

        unusable  code of why the camera gives no image, empty while it does

        Raises OperationRefused when nobody is signed in, RoleMissing for a role that may not.
        """
        if who is None:
            raise OperationRefused("operator")
        require(who.operator, Permission.RUN_SESSION)
        self.clear()
        if unusable:
            self._refuse(unusable)
            return
        today = local_day(self._services.now())
        self._scan = scan = DocumentScan(today, lines_only=True, opens_chip=False)
        self.view = scan.show_on(DocumentView(DocumentPhase.CAMERA))

    def look(self, frame: Frame, camera: Camera) -> None:
        """Take the next frame; tell a simulated customer what to do with the document."""
        scan = self._scan
        if scan is None or self.view is None:
            return
        try:
            scan.observe(self._services.analysis.observe_document(frame))
        except VisionError as error:
            self._refuse(error.code)
        else:
            self.view = scan.show_on(self.view)
            self._take(scan)
        if isinstance(camera, HoldsDocument):
            camera.hold_document(None if self._scan is None else self._scan.advice)

    def _take(self, scan: DocumentScan) -> None:
        """Keep the lines on which two frames agree, or say why there are none."""
        fields = scan.fields
        if fields is None:
            if scan.refused or scan.overdue:
                self._refuse(scan.refused or "reference.document_timeout")
            return
        number = find_personal_number(fields, is_iin)
        if number is None:
            self._refuse("reference.no_iin")
            return
        self._scan, self._fields, self._age = None, fields, Stopwatch(self._services.clock)
        view = DocumentView(DocumentPhase.READ, back=True, iin=number.digits)
        self.view = show_lines(view, fields, ReferenceSource.DOCUMENT_CAMERA)

    def find_lines(self, untrusted_iin: str) -> MrzFields | None:
        """Return the lines for a form about this ИИН; None without any, or of another's."""
        self.expire()
        view = self.view
        same = view is not None and view.iin == untrusted_iin.strip()
        return self._fields if same else None

    def keep_for(self, untrusted_iin: str) -> None:
        """Forget a document that was read, unless it is of this ИИН; one being read goes on."""
        if self._fields is not None and self.find_lines(untrusted_iin) is None:
            self.clear()

    def interrupt(self, code: str) -> None:
        """Stop reading for the code of a reason, which is shown; what was read already stays.

        Without a reason nothing is left to be shown.
        """
        if self._scan is None:
            return
        if code:
            self._refuse(code)
        else:
            self.clear()

    def expire(self) -> bool:
        """Forget what was read too long ago; whether there was anything to forget."""
        old = self._fields is not None and self._age.taken_ms > _KEPT_MS
        if old:
            self.clear()
        return old

    def clear(self) -> None:
        """Forget the document."""
        self._scan = self._fields = self.view = None

    def _refuse(self, code: str) -> None:
        self._scan = None
        self.view = show_refusal(self.view, code)
