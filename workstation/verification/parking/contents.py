"""What a parked case keeps (docs/formats/case.md): written whole, read back strictly.

No biometrics but the reference photo: live faces, comparisons and signatures are made anew. While
it waits for a supervisor it keeps the live face's picture, too, for the supervisor to look at.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from crypto.canonical_json import canonical_json
from crypto.lds.files import ChipFiles
from crypto.x509.iin import Iin
from vision.document.mrz import MrzFields
from workstation.cases.parked_case import ParkedCase, WaitsFor
from workstation.errors import CaseRefused
from workstation.records.chip_files import (
    ChipFilesRefused,
    describe_chip_files,
    read_chip_payload,
)
from workstation.review.waiting_review import WaitingReview
from workstation.rules.parties import Client, PartyPresence, PartyRole, SecondPerson
from workstation.session.alternative import WayAnswer
from workstation.session.confirmation import HandOverRequest, SecondLook
from workstation.session.evidence import (
    Consent,
    Evidence,
    GrantedOverride,
    PersonEvidence,
    ReferenceEvidence,
    RefusedOverride,
)
from workstation.verification.case import Case
from workstation.verification.parking.review_contents import ReviewContents
from workstation.verification.people.sides import PersonSides
from workstation.verification.verification import Verification

__all__ = ["CaseContents", "PersonContents", "describe_case", "read_case"]

_Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
_Word = Annotated[str, msgspec.Meta(max_length=200)]
_Digits = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{12}\Z")]
_Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
_Photo = Annotated[bytes, msgspec.Meta(max_length=32 << 20)]
_Pair = tuple[_Word, Annotated[str, msgspec.Meta(max_length=4096)]]


class PersonContents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one person gave that outlives the pause.

    earlier  failed attempts; they count against the budget
    octets   of the reference photo's file, empty before there was one
    chip     files of the chip that the photo is from, as the payload has them
    """

    consent: Consent | None
    reference: ReferenceEvidence | None
    earlier: Annotated[int, msgspec.Meta(ge=0, le=3)]
    way_answers: Annotated[tuple[WayAnswer, ...], msgspec.Meta(max_length=16)]
    octets: _Photo
    chip: Annotated[bytes, msgspec.Meta(max_length=8 << 20)]
    lines: Annotated[str, msgspec.Meta(max_length=400)]

    def files(self) -> ChipFiles | None:
        """Return the chip's files; CaseRefused for what are none."""
        if not self.chip:
            return None
        try:
            return read_chip_payload(b'{"chip":' + self.chip + b"}").files
        except ChipFilesRefused:
            raise CaseRefused("unreadable") from None

    def evidence(self) -> PersonEvidence:
        """Return it as the session has it."""
        return PersonEvidence(
            consent=self.consent,
            reference=self.reference,
            earlier=self.earlier,
            way_answers=self.way_answers,
        )


class _Second(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    role: PartyRole
    presence: PartyPresence
    iin: _Digits
    name: _Word
    number: _Word


class CaseContents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The case, and how far it had come.

    policy    SHA-256 of the version it began under
    taken_ms  at the desk so far
    tellers   everybody who has had it, the last one last
    duress    1 where somebody who had it was not free, else 0: the file is as large
    people    in the order in which they are looked at
    overrides, refused, hand_over, second_look  what second persons said of it so far
    question  what a supervisor wants to know before deciding, empty for nothing
    review    what it keeps while it waits for a supervisor, else null
    """

    v: Literal[1]
    case: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}\Z")]
    policy: _Sha256
    number: _Count
    started_ms: _Count
    taken_ms: _Count
    parked_ms: _Count
    until_ms: _Count
    waits_for: WaitsFor
    tellers: Annotated[tuple[_Word, ...], msgspec.Meta(min_length=1, max_length=64)]
    breaks: _Count
    duress: Annotated[int, msgspec.Meta(ge=0, le=1)]
    kind: _Word
    parameters: Annotated[tuple[_Pair, ...], msgspec.Meta(max_length=64)]
    iin: _Digits
    name: _Word
    language: Annotated[str, msgspec.Meta(pattern=r"^(kk|ru|en)\Z")]
    attestations: Annotated[tuple[tuple[_Word, bool], ...], msgspec.Meta(max_length=64)]
    salt: Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
    document: MrzFields | None
    second: _Second | None
    people: Annotated[tuple[PersonContents, ...], msgspec.Meta(min_length=1, max_length=2)]
    overrides: Annotated[tuple[GrantedOverride, ...], msgspec.Meta(max_length=64)] = ()
    refused: Annotated[tuple[RefusedOverride, ...], msgspec.Meta(max_length=64)] = ()
    hand_over: HandOverRequest | None = None
    second_look: SecondLook | None = None
    question: _Word = ""
    review: ReviewContents | None = None

    def view(self) -> ParkedCase:
        """Return the case as the home page lists it."""
        return ParkedCase(
            case=self.case,
            number=self.number,
            kind=self.kind,
            client_name=self.name,
            iin_masked=Iin.parse(self.iin).masked,
            parked_ms=self.parked_ms,
            until_ms=self.until_ms,
            waits_for=self.waits_for,
            by=self.tellers[-1],
            question=self.question,
        )

    def waiting_review(self) -> WaitingReview | None:
        """Return the case as the queue lists it, None while it waits for nobody's look."""
        if self.review is None:
            return None
        handed_over = self.hand_over
        return WaitingReview(
            case=self.case,
            number=self.number,
            kind=self.kind,
            client_name=self.name,
            iin_masked=Iin.parse(self.iin).masked,
            parked_ms=self.parked_ms,
            until_ms=self.until_ms,
            tellers=self.tellers,
            asked=tuple(each.check for each in self.review.asked),
            handed_over=None if handed_over is None else handed_over.reason,
        )

    def second_person(self) -> SecondPerson | None:
        """Return who takes part besides the customer."""
        second = self.second
        if second is None:
            return None
        client = Client(Iin.parse(second.iin), second.name)
        return SecondPerson(second.role, second.presence, client, second.number)


def describe_case(
    verification: Verification,
    evidence: Evidence,
    waits_for: WaitsFor,
    until_ms: int,
    review: ReviewContents | None = None,
    question: str = "",
) -> bytes:
    """Return the octets that are sealed; CaseRefused for what would not be read again.

    evidence  as it is once the case is parked: nothing of a live face is in it
    review    what a supervisor looks at, if it waits for one: the live face's picture, too
    """
    case, services = verification.case, verification.services
    contents = CaseContents(
        v=1,
        case=case.id,
        policy=verification.session.policy.sha256,
        number=verification.number,
        started_ms=verification.started_ms,
        taken_ms=verification.watch.taken_ms,
        parked_ms=services.clock.wall_ms(),
        until_ms=until_ms,
        waits_for=waits_for,
        tellers=evidence.tellers,
        breaks=evidence.breaks,
        duress=int(evidence.duress),
        kind=case.operation.kind,
        parameters=case.operation.parameters,
        iin=case.client.iin.digits,
        name=case.client.name,
        language=case.language,
        attestations=case.attestations,
        salt=case.salt,
        document=case.document,
        second=_describe_second(case),
        people=_describe_people(evidence, verification.sides),
        overrides=evidence.overrides,
        refused=evidence.refused_overrides,
        hand_over=evidence.hand_over,
        second_look=evidence.second_look,
        question=question,
        review=review,
    )
    octets = msgspec.json.encode(contents)
    try:
        read_case(octets)
    except CaseRefused:
        raise CaseRefused("unwritable") from None
    return octets


def read_case(untrusted: bytes) -> CaseContents:
    """Return what was kept; CaseRefused for anything that `describe_case` would not write."""
    try:
        contents = msgspec.json.decode(untrusted, type=CaseContents)
    except (msgspec.MsgspecError, ValueError):
        raise CaseRefused("unreadable") from None
    if not 0 <= contents.parked_ms <= contents.until_ms:
        raise CaseRefused("unreadable")
    if (contents.review is None) is (contents.waits_for is WaitsFor.REVIEW):
        raise CaseRefused("unreadable")
    return contents


def _describe_people(
    evidence: Evidence, sides: Mapping[PartyRole, PersonSides]
) -> tuple[PersonContents, ...]:
    given = zip(evidence.roles, evidence.people, strict=True)
    return tuple(_describe_person(each, sides[role]) for role, each in given)


def _describe_person(given: PersonEvidence, side: PersonSides) -> PersonContents:
    files = side.document.files
    kept = given.reference is not None
    return PersonContents(
        consent=given.consent,
        reference=given.reference,
        earlier=given.earlier,
        way_answers=given.way_answers,
        octets=side.reference.octets if kept else b"",
        chip=b"" if files is None or not kept else canonical_json(describe_chip_files(files)),
        lines=side.document.lines,
    )


def _describe_second(case: Case) -> _Second | None:
    second = case.second
    if second is None:
        return None
    client = second.client
    return _Second(second.role, second.presence, client.iin.digits, client.name, second.number)
