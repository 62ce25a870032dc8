"""The document in the customer's hand: read by camera or chip, judged, and made the reference.

Methods return moves. Nothing is taken from a document that is not the customer's, has expired, or
whose chip the state has not signed; what only the camera saw stays unauthenticated.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

from crypto.canonical_json import JsonValue
from crypto.chip.access_keys import AccessKey
from crypto.errors import CryptoError
from crypto.lds.data_groups import FacialImage, MalformedData, parse_dg1, parse_dg2
from crypto.lds.files import ChipFiles
from vision.document.mrz import MrzFields, parse_mrz, split_zone
from vision.errors import MrzRefused
from workstation.rules.reference import ReferenceSource
from workstation.session.evidence import ChipEvidence, DocumentEvidence
from workstation.session.session import VerificationSession
from workstation.verification.case import Case
from workstation.verification.move import Advance, Fault, Warn
from workstation.verification.reference.capture import Origin, ReferenceCapture
from workstation.verification.reference.chip import ChipCapture, ChipReading
from workstation.verification.reference.document_view import DocumentPhase, DocumentView
from workstation.verification.reference.identity import (
    KnownCustomer,
    compare_holder,
    find_identity_fault,
    mask_number,
)
from workstation.verification.reference.octets import REFERENCE_REFUSED
from workstation.verification.reference.typed_key import TypedKey
from workstation.verification.services import Services

__all__ = ["DocumentReading"]

_PORTRAIT: Final = 2


class DocumentReading:
    """Reads one document at a time in one session; the photo goes to the capture.

    view   what the screens see, None before anything was asked for
    files  of the chip that became the reference, for the sealed payload; None without one
    """

    def __init__(self, services: Services, case: Case, capture: ReferenceCapture) -> None:
        self._services = services
        self._case = case
        self._capture = capture
        self._chip = ChipCapture(services)
        self._view: DocumentView | None = None
        self._job: Callable[[], ChipReading] | None = None
        self.files: ChipFiles | None = None

    @property
    def view(self) -> DocumentView | None:
        """Return what the screens see now."""
        view = self._view
        if view is None or view.phase is not DocumentPhase.CHIP:
            return view
        return replace(view, percent=self._chip.percent)

    def find_chip_fault(
        self, session: VerificationSession, typed: TypedKey, customer: KnownCustomer
    ) -> Warn | None:
        """Return the warning that says why no chip is read now, None when one may be."""
        fault = self._capture.find_rule_fault(session, Origin(ReferenceSource.CHIP))
        if not fault and self._services.chips is None:
            fault = "chip_reader_missing"
        if not fault:
            fault = typed.find_fault(customer.client.iin)
        return Warn(REFERENCE_REFUSED, fault) if fault else None

    def request_chip(self, key: AccessKey) -> Callable[[], ChipReading]:
        """Return the job that reads the chip; answer with `take_chip` or `fail_chip`."""
        self._view = DocumentView(DocumentPhase.CHIP, "put_on_reader")
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
        details: dict[str, JsonValue] = {"chip": self._describe_chip(reading)}
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
        details["document"] = self._describe_document(fields, customer)
        if fault := find_identity_fault(fields, customer, self._today):
            return self._refuse(fault, details)
        chip = ChipEvidence(
            indication=report.indication,
            portrait_sha256=hashlib.sha256(image.octets).hexdigest(),
            signer_sha256=report.signer_sha256,
            anchor_sha256=report.csca_sha256,
            country=report.country,
            copy_possible=report.chip_may_be_copy,
        )
        document = self._weigh(fields, customer, chip)
        origin = Origin(ReferenceSource.CHIP, document=document, facts=details)
        move = self._accept(session, image.octets, origin)
        if isinstance(move, Advance):
            self.files = files
        return move

    def fail_chip(self, error: Exception) -> Warn | Fault:
        """Say why the chip was not read; what is no failure of chip or reader is one of ours."""
        if not isinstance(error, CryptoError):
            return Fault("internal")
        details: dict[str, JsonValue] = {"detail": error.detail} if error.detail else {}
        return self._refuse(error.code, details)

    def cancel(self) -> None:
        """Stop reading on the teller's wish; what was shown of the document goes."""
        self.stop()
        self._view = None

    def stop(self) -> None:
        """Wait for no document any more."""
        self._job = None
        self._chip.stop()

    @property
    def _today(self) -> date:
        return self._services.now().date()

    def _show(self, fields: MrzFields, source: ReferenceSource) -> None:
        """Show what the document states, for the teller to compare."""
        view = self._view or DocumentView(DocumentPhase.CAMERA)
        self._view = replace(
            view,
            source=source,
            number_masked=mask_number(fields.number),
            name=f"{fields.surname} {fields.given_names}".strip(),
            birth_date=fields.birth,
            expiry=fields.expiry,
        )

    def _accept(
        self, session: VerificationSession, octets: bytes, origin: Origin
    ) -> Advance | Warn | Fault:
        move = self._capture.take(session, octets, origin)
        if isinstance(move, Warn):
            return self._refuse(move.code, dict(move.details))
        chip = None if origin.document is None else origin.document.chip
        self.stop()
        if isinstance(move, Advance) and self._view is not None:
            copy = chip is not None and chip.copy_possible
            self._view = replace(
                self._view, phase=DocumentPhase.READ, advice="", percent=100, copy_possible=copy
            )
        return move

    def _refuse(self, code: str, details: dict[str, JsonValue]) -> Warn:
        self.stop()
        view = self._view or DocumentView(DocumentPhase.REFUSED)
        self._view = replace(view, phase=DocumentPhase.REFUSED, advice="", fault=code)
        return Warn(REFERENCE_REFUSED, code, details)

    def _weigh(
        self, fields: MrzFields, customer: KnownCustomer, chip: ChipEvidence | None = None
    ) -> DocumentEvidence:
        days_left = (fields.expiry - self._today).days
        return DocumentEvidence(days_left, compare_holder(fields, customer), chip)

    def _describe_document(
        self, fields: MrzFields, customer: KnownCustomer
    ) -> dict[str, JsonValue]:
        """Return what the log says of the document: its number only as a salted digest."""
        salted = b"document/v1\n" + self._case.salt + fields.number.encode()
        return {
            "format": fields.format.value,
            "code": fields.document_code,
            "issuer": fields.issuer,
            "number": hashlib.sha256(salted).hexdigest(),
            "days_left": (fields.expiry - self._today).days,
            "name": compare_holder(fields, customer).value,
        }

    def _describe_chip(self, reading: ChipReading) -> dict[str, JsonValue]:
        """Return what the log says of the chip.

        The digest of DG1 is salted: who knows a person could try all numbers of documents.
        """
        files, report = reading.files, reading.report
        digests = dict(report.digests)
        salted = b"dg1/v1\n" + self._case.salt + bytes.fromhex(digests.get(1, ""))
        return {
            "indication": report.indication.value,
            "reason": report.reason.value,
            "access": files.access,
            "authenticity": report.authenticity,
            "copy_possible": report.chip_may_be_copy,
            "dg1": hashlib.sha256(salted).hexdigest(),
            "dg2": digests.get(_PORTRAIT, ""),
            "sod": report.sod_sha256,
            "signer": report.signer_sha256,
            "anchor": report.csca_sha256,
            "country": report.country,
        }


def _read_portrait(files: ChipFiles) -> FacialImage:
    group = files.data_groups.get(_PORTRAIT)
    if group is None:
        raise MalformedData("no_portrait")
    return parse_dg2(group)
