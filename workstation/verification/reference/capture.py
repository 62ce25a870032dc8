"""The reference photo of one session: taken from a source that the policy allows, and judged.

Whoever vouches for the photo vouches for the person. So the live person is never his own document:
a face that fills the picture is refused here, one too like the live face when both are compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from crypto.canonical_json import JsonValue
from vision.errors import VisionError
from vision.matching.image import picture_for_screen
from vision.matching.reference import ReferencePhoto, ReferenceProvenance, load_reference
from workstation.errors import CaseRefused
from workstation.registries.person import Person
from workstation.rules.local_time import local_day
from workstation.rules.reference import ReferenceSource
from workstation.session.events import ReferenceAccepted, ReferenceRefused
from workstation.session.evidence import DocumentEvidence, ReferenceEvidence
from workstation.session.session import VerificationSession
from workstation.verification.case import Case
from workstation.verification.move import Advance, Fault, Warn
from workstation.verification.reference.octets import REFERENCE_REFUSED, read_photo
from workstation.verification.services import Services

__all__ = ["LIVE_PERSON", "Origin", "ReferenceCapture"]

LIVE_PERSON = "reference.live_person"
"""Code of a photo that shows the person at the desk instead of a document."""

_MOST_LIVE_PERSONS = 3
"""One may be a slip of the hand: the document was not yet held up."""

_PROVENANCE = {
    ReferenceSource.CHIP: ReferenceProvenance.CHIP,
    ReferenceSource.REGISTRY: ReferenceProvenance.REGISTRY,
    ReferenceSource.BANK: ReferenceProvenance.REGISTRY,
    ReferenceSource.DOCUMENT_CAMERA: ReferenceProvenance.CAMERA,
    ReferenceSource.FILE: ReferenceProvenance.FILE,
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a photo comes from and the day it was taken, None where nobody says.

    document  that it was read from here, None for another source
    facts     what the log says of it besides
    """

    source: ReferenceSource
    taken: date | None = None
    document: DocumentEvidence | None = None
    facts: Mapping[str, JsonValue] = field(default_factory=dict)


class ReferenceCapture:
    """Takes the photo; its octets leave the session only sealed. Methods return moves.

    photo    the newest one that was looked at, fit for comparison or not
    octets   of its file
    picture  the same for the screens
    """

    def __init__(self, services: Services, case: Case) -> None:
        self._services = services
        self._case = case
        self._live_persons = 0
        self.photo: ReferencePhoto | None = None
        self.octets = b""
        self.picture = b""

    def take_portrait(
        self, session: VerificationSession, person: Person | None
    ) -> Advance | Warn | Fault | None:
        """Take the portrait of the person registry; None where it has none.

        One that cannot be used is a warning: what else the policy allows is up to the teller.
        """
        if person is None or person.portrait is None:
            return None
        portrait = person.portrait
        return self.take(session, portrait.octets, Origin(portrait.source, portrait.taken))

    def take_file(self, session: VerificationSession, path: Path) -> Advance | Warn | Fault:
        """Take the photo from an image file."""
        return self.take(session, read_photo(path), Origin(ReferenceSource.FILE))

    def take(
        self, session: VerificationSession, untrusted: bytes | Warn, origin: Origin
    ) -> Advance | Warn | Fault:
        """Accept a photo, or say what is wrong with it; a lost analysis is a fault."""
        stated: dict[str, JsonValue] = {
            "source": origin.source.value,
            "taken": "" if origin.taken is None else origin.taken.isoformat(),
            **origin.facts,
        }
        if not isinstance(untrusted, bytes):
            return untrusted
        if fault := self.find_rule_fault(session, origin):
            return Warn(REFERENCE_REFUSED, fault, stated)
        services = self._services
        try:
            photo = load_reference(
                untrusted,
                services.analysis,
                services.reference_quality,
                _PROVENANCE[origin.source],
                taken=origin.taken,
            )
        except VisionError as error:
            return Fault(error.code)
        self.photo, self.octets = photo, untrusted
        chip = origin.source is ReferenceSource.CHIP
        self.picture = picture_for_screen(untrusted, jpeg_2000=chip)
        facts: dict[str, JsonValue] = {
            "sha256": photo.sha256,
            **stated,
            "findings": [[item.code, item.status.value] for item in photo.quality.findings],
        }
        if not photo.usable:
            return Warn(REFERENCE_REFUSED, photo.reason, facts)
        camera = origin.source is ReferenceSource.DOCUMENT_CAMERA
        if camera and photo.face_share_ppm > session.policy.faces.document_share_ppm:
            facts["face_share_ppm"] = photo.face_share_ppm
            return self._refuse_live_person(session, facts)
        accepted = ReferenceEvidence(
            photo.sha256,
            origin.source,
            origin.taken,
            self._age_days(origin.taken),
            origin.document,
        )
        return Advance(ReferenceAccepted(session.id, accepted), "reference", facts)

    def recall(self, accepted: ReferenceEvidence) -> None:
        """Judge the photo of a case that waited anew, for its template was not kept.

        Raises CaseRefused for octets that are not the accepted photo; what the analysis raises.
        """
        services, chip = self._services, accepted.source is ReferenceSource.CHIP
        photo = load_reference(
            self.octets,
            services.analysis,
            services.reference_quality,
            _PROVENANCE[accepted.source],
            taken=accepted.taken,
        )
        if photo.sha256 != accepted.sha256 or photo.template is None:
            raise CaseRefused("unreadable")
        self.photo = photo
        self.picture = picture_for_screen(self.octets, jpeg_2000=chip)

    def find_rule_fault(self, session: VerificationSession, origin: Origin) -> str:
        """Return the code of why the policy does not take such a photo, empty when it does."""
        operation = session.policy.operation(session.evidence.operation.kind)
        rule = operation.source(origin.source)
        if rule is None:
            return "reference.source_not_allowed"
        age = self._age_days(origin.taken)
        if rule.greatest_age_days and age is None:
            return "reference.age_unknown"
        return "reference.too_old" if age is not None and 0 < rule.greatest_age_days < age else ""

    def _refuse_live_person(
        self, session: VerificationSession, facts: dict[str, JsonValue]
    ) -> Advance | Warn:
        """Refuse a face that fills the picture; the third time for good."""
        self._live_persons += 1
        if self._live_persons < _MOST_LIVE_PERSONS:
            return Warn(REFERENCE_REFUSED, LIVE_PERSON, facts)
        refused = ReferenceRefused(session.id, LIVE_PERSON)
        return Advance(refused, REFERENCE_REFUSED, {"reason": LIVE_PERSON, **facts})

    def _age_days(self, taken: date | None) -> int | None:
        """Return the photo's age; one of this morning may be dated ahead of UTC."""
        if taken is None:
            return None
        return max(0, (local_day(self._services.now()) - taken).days)
