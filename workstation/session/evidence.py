"""What one session gathered: of each person, and of the case."""

import hashlib
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum

from crypto.canonical_json import JsonValue, canonical_json
from crypto.report.report import Indication, SignatureReport
from vision.results import MatchResult, PadResult
from workstation.rules.checks import CheckId, CheckName, CheckStatus
from workstation.rules.conditions import CaseFacts
from workstation.rules.operation import CriticalOperation
from workstation.rules.parties import PartyRole
from workstation.rules.reference import ReferenceSource
from workstation.session.alternative import WayAnswer, WayRequest
from workstation.session.comparison import ComparisonReview
from workstation.session.confirmation import Confirmation, HandOverRequest, SecondLook, Suspicion
from workstation.session.exception import (
    ExceptionPhoto,
    ExceptionRequest,
    OfficerApproval,
)
from workstation.session.overrides.reasons import OverrideReason

__all__ = [
    "Answer",
    "AskedCheck",
    "AuthorityEvidence",
    "ChipEvidence",
    "Consent",
    "ConsentBy",
    "DocumentEvidence",
    "Ending",
    "EndingKind",
    "Evidence",
    "GrantedOverride",
    "PersonEvidence",
    "ReferenceEvidence",
    "RefusedOverride",
    "StatementEvidence",
    "combine_evidence",
]


class EndingKind(StrEnum):
    """Why a session ended before all its checks."""

    ABORT = "abort"
    DEADLINE = "deadline"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Ending:
    """An early end: its kind and a stable code such as `camera_lost`."""

    kind: EndingKind
    code: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a pre-check or the teller's attestation answered; facts hold no personal data.

    role  of the person whom it is about
    """

    check: CheckName
    status: CheckStatus
    reason: str
    facts: tuple[tuple[str, str | int], ...] = ()
    role: PartyRole = PartyRole.CUSTOMER


class ConsentBy(StrEnum):
    """By whose hand an answer of the customer's came: the teller's, or the customer's own."""

    TELLER = "teller"
    TOUCH = "touch"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Consent:
    """The customer's consent: which text, in which language, given or refused.

    by      by whose hand it came
    window  the text was shown in the customer's own window at that moment
    answers  what the customer's own answers before it make of the checks that they are about
    """

    given: bool
    language: str
    text_sha256: str
    by: ConsentBy = ConsentBy.TELLER
    window: bool = False
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class ChipEvidence:
    """What passive authentication found of a document's chip (ICAO Doc 9303 part 11, 5.1).

    indication       TOTAL_PASSED: the issuing state has signed what was read
    portrait_sha256  of the image in DG2, hex
    signer_sha256    of the document signer's certificate, empty without one
    anchor_sha256    of the country's authority that it chains to, empty without one
    country          of that authority as its certificate names it
    copy_possible    the chip did not prove to be the one that was issued
    """

    indication: Indication
    portrait_sha256: str
    signer_sha256: str
    anchor_sha256: str
    country: str
    copy_possible: bool


@dataclass(frozen=True, slots=True)
class DocumentEvidence:
    """The document that a photo comes from, as it was read in this session.

    days_left  until its last day, on the day of the session; negative once it has expired
    name       its holder's name beside the customer's: PASSED one name, INDETERMINATE alike, FAILED
               another
    chip       None where only the camera has read it
    """

    days_left: int
    name: CheckStatus
    chip: ChipEvidence | None = None


@dataclass(frozen=True, slots=True)
class ReferenceEvidence:
    """The reference photo: SHA-256 of its file bytes, where it came from, and when it was taken.

    taken     None when the source does not say
    age_days  on the day of the session, None like `taken`
    document  None for a photo that was not read from one here
    """

    sha256: str
    source: ReferenceSource
    taken: date | None = None
    age_days: int | None = None
    document: DocumentEvidence | None = None


@dataclass(frozen=True, slots=True)
class AuthorityEvidence:
    """What the authority (ЦОИД) answered about this session's face.

    score            hundredths of its own scale, never one of ours
    reference        number under which the authority keeps it
    evidence_sha256  digest of the biometric evidence that it was asked about
    """

    status: CheckStatus
    reason: str
    score: int
    reference: str
    evidence_sha256: str
    facts: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True, slots=True)
class StatementEvidence:
    """The statement that was put before those who are here to sign.

    evidence_sha256  of the biometric evidence that it names; of two people: `combine_evidence`
    people           each person's role and evidence where there are two, else nobody
    """

    sha256: str
    nonce: str
    evidence_sha256: str
    issued_ms: int
    expires_ms: int
    people: tuple[tuple[PartyRole, str], ...] = ()

    def find_evidence(self, role: PartyRole) -> str:
        """Return the digest that it names of one person's evidence, empty for a stranger's."""
        if not self.people:
            return self.evidence_sha256
        bound = self.evidence_sha256 == combine_evidence(self.people)
        return dict(self.people).get(role, "") if bound else ""


@dataclass(frozen=True, slots=True)
class GrantedOverride:
    """A supervisor's override of one soft check about one person, authenticated anew.

    reason  in words, beside `why` of the closed list
    found   digest of what it rests on (`overrides.finding`); empty in a record of before
    """

    check: CheckName
    supervisor: str
    reason: str
    role: PartyRole = PartyRole.CUSTOMER
    why: OverrideReason = OverrideReason.OTHER
    found: str = ""


@dataclass(frozen=True, slots=True)
class AskedCheck:
    """A soft check that a supervisor is asked about while the case waits, and what was found."""

    check: CheckName
    role: PartyRole
    found: str


@dataclass(frozen=True, slots=True)
class RefusedOverride:
    """An override that was asked for and not granted, with the stable code of the refusal."""

    check: CheckName
    supervisor: str
    code: str


@dataclass(frozen=True, slots=True)
class PersonEvidence:
    """What one person gave, and what face and key of that person brought to light.

    challenges  nonces of the liveness challenges that this session issued to the person
    attempts    liveness attempts since the person sat down (or came back), in order
    earlier     failed attempts before the session was parked; they count against the budget
    exception_request, approvals  the officers' exception, as far as it has come
    way, way_answers  the palm or video identification that was asked for, and all that was answered
    exception_photo  the photo that is compared in every way but the commands
    findings    what the face and the certificate brought to light beside their own checks
    reference_refused  code of why a photo was refused for good, empty while none was
    comparison  a supervisor's answer where the machine's was undecided
    """

    consent: Consent | None = None
    reference: ReferenceEvidence | None = None
    reference_refused: str = ""
    challenges: tuple[str, ...] = ()
    attempts: tuple[PadResult, ...] = ()
    earlier: int = 0
    exception_request: ExceptionRequest | None = None
    exception_photo: ExceptionPhoto | None = None
    approvals: tuple[OfficerApproval, ...] = ()
    way: WayRequest | None = None
    way_answers: tuple[WayAnswer, ...] = ()
    match: MatchResult | None = None
    comparison: ComparisonReview | None = None
    authority: AuthorityEvidence | None = None
    signature: SignatureReport | None = None
    findings: tuple[Answer, ...] = ()

    @property
    def own_words(self) -> tuple[Answer, ...]:
        """Return what the person's own answers before the consent make of their checks."""
        return () if self.consent is None else self.consent.answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(PersonEvidence):
    """Everything `decide` may look at; a value of None means: not there.

    What is of one person is of the one whose turn it is; `view` shows it of another.

    demo        the station runs the demo profile
    simulated   the camera was not a capture device
    subject     what conditions of the policy look at; the reference's source is added by `facts`
    earlier_tellers  who had the case before it was parked and taken up by another
    breaks      attempts that something of ours broke off; none of them counts as the customer's
    roles       who is here, in the order in which they are looked at
    turn        whose turn it is, an index into `roles`
    aside       what each person gave, in the order of `roles`; empty while only one is here
    duress      whoever is signed in is not free: whatever is decided is held
    confirmation  the teller's last word for the operation; suspicion: the teller's word against it
    hand_over, second_look  that another person was to look, and what was said
    reviewed_aside  the case waits for a supervisor with everything else there; asked: the checks
    """

    session: str
    operation: CriticalOperation
    teller: str
    demo: bool
    simulated: bool
    subject: CaseFacts
    earlier_tellers: tuple[str, ...] = ()
    breaks: int = 0
    answers: tuple[Answer, ...] = ()
    roles: tuple[PartyRole, ...] = (PartyRole.CUSTOMER,)
    turn: int = 0
    aside: tuple[PersonEvidence, ...] = ()
    statement: StatementEvidence | None = None
    overrides: tuple[GrantedOverride, ...] = ()
    refused_overrides: tuple[RefusedOverride, ...] = ()
    review_refused: str = ""
    duress: bool = False
    confirmation: Confirmation | None = None
    suspicion: Suspicion | None = None
    hand_over: HandOverRequest | None = None
    second_look: SecondLook | None = None
    reviewed_aside: bool = False
    asked: tuple[AskedCheck, ...] = ()
    ending: Ending | None = None

    @property
    def tellers(self) -> tuple[str, ...]:
        """Return everybody who has had the case: none of them may vouch for it (four eyes)."""
        return (*self.earlier_tellers, self.teller)

    def hand_to(self, teller: str) -> "Evidence":
        """Return the evidence with the teller who has it now; those of before are remembered."""
        others = tuple(dict.fromkeys(each for each in self.tellers if each != teller))
        return replace(self, teller=teller, earlier_tellers=others)

    @property
    def last_attempt(self) -> PadResult | None:
        """Return the last liveness attempt, None where there was none."""
        return self.attempts[-1] if self.attempts else None

    @property
    def is_live_side_known(self) -> bool:
        """Whether there is anything that a live customer has done here."""
        return bool(self.attempts) or self.way is not None

    @property
    def facts(self) -> CaseFacts:
        """Return the facts of the case as far as they are known."""
        source = None if self.reference is None else self.reference.source
        return replace(self.subject, reference_source=source)

    @property
    def role(self) -> PartyRole:
        """Return the role of the person whose turn it is."""
        return self.roles[self.turn]

    @property
    def people(self) -> tuple[PersonEvidence, ...]:
        """Return what each person who is here gave, in the order of `roles`."""
        current = PersonEvidence(**{name: getattr(self, name) for name in _OF_PERSON})
        others = self.aside or (PersonEvidence(),) * len(self.roles)
        return (*others[: self.turn], current, *others[self.turn + 1 :])

    @property
    def views(self) -> tuple["Evidence", ...]:
        """Return the evidence as it is of each person who is here, in the order of `roles`."""
        return tuple(self.view(role) for role in self.roles)

    def view(self, role: PartyRole) -> "Evidence":
        """Return the evidence with the turn of the person in this role."""
        if role is self.role:
            return self
        turn = self.roles.index(role)
        shown = {name: getattr(self.people[turn], name) for name in _OF_PERSON}
        return replace(self, turn=turn, aside=self.people, **shown)

    def without_signatures(self) -> "Evidence":
        """Return the evidence as it is when a new statement voids what was signed."""
        aside = tuple(_without_signature(each) for each in self.aside)
        own = _without_signature(self.people[self.turn])
        return replace(self, aside=aside, signature=None, findings=own.findings)

    @property
    def uncalled(self) -> PartyRole | None:
        """Return who has not been called to the desk yet, None when everybody was."""
        given = zip(self.roles, self.people, strict=True)
        waiting = (role for role, each in given if each.consent is None)
        return next((role for role in waiting if role is not self.role), None)

    @property
    def unsigned(self) -> PartyRole | None:
        """Return who has still to sign besides the person whose turn it is, None for nobody."""
        given = zip(self.roles, self.people, strict=True)
        waiting = (role for role, each in given if each.signature is None)
        return next((role for role in waiting if role is not self.role), None)


def _without_signature(person: PersonEvidence) -> PersonEvidence:
    kept = tuple(each for each in person.findings if each.check not in _OF_KEY)
    return replace(person, signature=None, findings=kept)


_OF_KEY = frozenset({CheckId.NAME, CheckId.KEY_AGE})
"""What a signature's certificate brings to light."""

_OF_PERSON = tuple(each.name for each in fields(PersonEvidence))


def combine_evidence(people: tuple[tuple[PartyRole, str], ...]) -> str:
    """Return the hex digest that stands for the biometric evidence of each of these people."""
    bound: list[JsonValue] = [[role.value, sha256] for role, sha256 in people]
    return hashlib.sha256(b"biometric-evidence/people/v1\n" + canonical_json(bound)).hexdigest()
