"""The tables of a policy file as they are written: every key known, every number bounded."""

from datetime import date
from typing import Annotated, Final, Literal

import msgspec

from crypto.asn1 import oids
from crypto.report.policy import CarrierRule, IdentificationRule, TimestampRule
from vision.results import Accommodation
from workstation.rules.alternatives_file import AlternativeTable, WayNames
from workstation.rules.catalogue.fields import FieldType, FilledBy
from workstation.rules.catalogue.table_fields import Name, RuleId, WordsTable, require_plain
from workstation.rules.checks import Hardness
from workstation.rules.documents_file import DocumentsTable
from workstation.rules.facts.conditions_file import ConditionTable
from workstation.rules.people.party_file import PartyTable
from workstation.rules.people.window import WindowRule
from workstation.rules.questions.tables import AttestationTable, CheckTable, QuestionTable
from workstation.rules.reference import ReferenceSource, UndecidedRule
from workstation.settings.fields import Table

__all__ = [
    "FieldTable",
    "LimitsTable",
    "OperationTable",
    "PolicyFile",
    "RequiredTable",
    "RuleTable",
    "SignatureTable",
]

_Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9.-]{0,63}\Z")]
_Words = Annotated[str, msgspec.Meta(min_length=10, max_length=600)]
_Share = Annotated[int, msgspec.Meta(gt=0, lt=1_000_000)]
_Age = Annotated[int, msgspec.Meta(ge=0, le=130)]
# Thresholds travel into canonical JSON, whose integers end at 2**53 - 1 (RFC 8785).
_Number = Annotated[int, msgspec.Meta(ge=-(2**53) + 1, le=2**53 - 1)]
_Icon = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,31}\Z")]
_Currency = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}\Z")]
_Country = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}\Z")]
_Oid = Annotated[str, msgspec.Meta(pattern=r"^[0-2](\.(0|[1-9][0-9]{0,18})){1,30}\Z")]
_Oids = Annotated[list[_Oid], msgspec.Meta(max_length=50)]
_Table = Annotated[dict[Name, _Number], msgspec.Meta(max_length=200)]


LOOK_HOURS_MOST: Final = 720
"""No policy gives a second look longer than thirty days."""


class LimitsTable(Table, frozen=True):
    """Numbers of attempts, ages, lives and waits."""

    commands_min: Annotated[int, msgspec.Meta(ge=3, le=5)]  # B-02: never fewer than three
    attempts_max: Annotated[int, msgspec.Meta(ge=1, le=3)]  # B-02: the third failure refuses
    minimum_age: Annotated[int, msgspec.Meta(ge=14, le=130)]
    maximum_age: _Age
    session_deadline_ms: Annotated[int, msgspec.Meta(ge=60_000, le=86_400_000)]
    statement_ttl_ms: Annotated[int, msgspec.Meta(ge=60_000, le=3_600_000)]
    permit_ttl_s: Annotated[int, msgspec.Meta(ge=10, le=300)]
    delayed_permit_ttl_s: Annotated[int, msgspec.Meta(ge=10, le=86_400)]
    key_age_hours: Annotated[int, msgspec.Meta(ge=0, le=8_760)]
    clients_per_number: Annotated[int, msgspec.Meta(ge=1, le=100)]
    cool_down_attempts: Annotated[int, msgspec.Meta(ge=1, le=10)]
    cool_down_ms: Annotated[int, msgspec.Meta(ge=60_000, le=2_592_000_000)]
    ocsp_max_age_s: Annotated[int, msgspec.Meta(ge=60, le=604_800)]
    crl_max_age_s: Annotated[int, msgspec.Meta(ge=60, le=2_592_000)]
    ca_crl_max_age_s: Annotated[int, msgspec.Meta(ge=60, le=31_622_400)]
    clock_tolerance_s: Annotated[int, msgspec.Meta(ge=0, le=600)]
    minimum_rsa_bits: Annotated[int, msgspec.Meta(ge=2048, le=16384)]
    breaks_max: Annotated[int, msgspec.Meta(ge=1, le=20)] = 5
    parked_hours: Annotated[int, msgspec.Meta(ge=1, le=720)] = 72


class SignatureTable(Table, frozen=True):
    """Demands on signatures; what a file leaves open is as it was before it could be stated.

    One is not: a signature that does not name its certificate lets it be swapped.
    """

    carrier: CarrierRule
    identification: IdentificationRule
    last_days: dict[Literal["rsa", "ec", "gost2015", "gost2004"], date]
    # What policies meant that were written before there was a rule.
    timestamp: TimestampRule = TimestampRule.NONE
    roles: Annotated[list[_Oid], msgspec.Meta(min_length=1, max_length=50)] = msgspec.field(
        default_factory=lambda: [oids.KZ_INDIVIDUAL]
    )
    policies: _Oids = msgspec.field(default_factory=list)
    authority_policies: _Oids = msgspec.field(default_factory=list)
    test_authority_policies: _Oids = msgspec.field(default_factory=list)
    certificate_named: bool = True
    # Ten minutes: more is no clock that differs, but a certificate that is not in force.
    start_tolerance_s: Annotated[int, msgspec.Meta(ge=0, le=600)] = 0


class CustomerTable(Table, frozen=True):
    """Demands on what the customer sees; a file of before there was a rule demands nothing."""

    window: WindowRule = WindowRule.RECORDED


class ReviewTable(Table, frozen=True):
    """Decisions that a supervisor looks at once more; a file of before there was one draws 5 %."""

    second_look_share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.05
    look_within_hours: Annotated[int, msgspec.Meta(ge=1, le=LOOK_HOURS_MOST)] = 72


class AuthorityTable(Table, frozen=True):
    idec_required: Annotated[list[Name], msgspec.Meta(max_length=100)]
    idec_match_percent: Annotated[int, msgspec.Meta(ge=95, le=100)]  # B-06


class MciTable(Table, frozen=True):
    year: Annotated[int, msgspec.Meta(ge=2024, le=2100)]
    kzt: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class RuleTable(Table, frozen=True):
    """One demand with its basis in three languages."""

    id: RuleId
    grade: Literal["primary", "press", "draft", "bank"]
    effective_from: date
    kk: _Words
    ru: _Words
    en: _Words
    effective_to: date | None = None
    check: Name | None = None

    def __post_init__(self) -> None:
        """Refuse a basis that would be shown otherwise than it is written."""
        require_plain(self.kk, self.ru, self.en)


class RequiredTable(Table, frozen=True):
    """A check that an operation needs, and when."""

    check: Name
    hardness: Hardness
    rule: RuleId
    when: Annotated[list[ConditionTable], msgspec.Meta(max_length=10)] = msgspec.field(
        default_factory=list
    )
    any_of: WayNames = msgspec.field(default_factory=list)


class SourceTable(Table, frozen=True):
    source: ReferenceSource
    greatest_age_days: Annotated[int, msgspec.Meta(ge=0, le=36_500)]


class FacesTable(Table, frozen=True):
    live_person_ppm: _Share
    document_share_ppm: _Share
    same_person_ppm: _Share
    remembered_days: Annotated[int, msgspec.Meta(ge=0, le=1_825)]


class RetentionTable(Table, frozen=True):
    """How long sealed evidence of a kind of result is kept; nothing named stands for all."""

    name: Name
    years: Annotated[int, msgspec.Meta(ge=1, le=50)]
    operations: Annotated[list[Name], msgspec.Meta(max_length=100)] = msgspec.field(
        default_factory=list
    )
    outcomes: Annotated[
        list[Literal["approved", "rejected", "indeterminate"]], msgspec.Meta(max_length=3)
    ] = msgspec.field(default_factory=list)


class ChoiceTable(Table, frozen=True):
    id: Name
    label: WordsTable


class FieldTable(Table, frozen=True):
    """One field of a form; which of the bounds it may state depends on its type."""

    id: Name
    name: Name
    type: FieldType
    filled_by: FilledBy
    masked: bool
    label: WordsTable
    error: WordsTable | None = None
    hint: WordsTable | None = None
    least: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000_000)] | None = None
    most: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000_000)] | None = None
    currencies: Annotated[list[_Currency], msgspec.Meta(max_length=20)] = msgspec.field(
        default_factory=list
    )
    countries: Annotated[list[_Country], msgspec.Meta(max_length=20)] = msgspec.field(
        default_factory=list
    )
    choices: Annotated[list[ChoiceTable], msgspec.Meta(max_length=50)] = msgspec.field(
        default_factory=list
    )
    absent: WordsTable | None = None
    differs_from: Name | None = None


class WaitTable(Table, frozen=True):
    """How long an approval waits, and when."""

    hours: Annotated[int, msgspec.Meta(ge=1, le=720)]
    rule: RuleId
    when: Annotated[list[ConditionTable], msgspec.Meta(max_length=10)] = msgspec.field(
        default_factory=list
    )


class SecondConfirmationTable(Table, frozen=True):
    """By which rule the customer confirms once more after the wait, and when."""

    rule: RuleId
    when: Annotated[list[ConditionTable], msgspec.Meta(max_length=10)] = msgspec.field(
        default_factory=list
    )


class OperationTable(Table, frozen=True):
    """One operation: its form and words, its checks, and where its photo may come from."""

    kind: Name
    icon: _Icon
    name: WordsTable
    fields: Annotated[list[Name], msgspec.Meta(max_length=30)]
    statement: WordsTable
    receipt: WordsTable
    window: WordsTable
    undecided: UndecidedRule
    reference: Annotated[list[SourceTable], msgspec.Meta(min_length=1, max_length=10)]
    required: Annotated[list[RequiredTable], msgspec.Meta(min_length=1, max_length=50)]
    waits: Annotated[list[WaitTable], msgspec.Meta(max_length=10)] = msgspec.field(
        default_factory=list
    )
    parties: Annotated[list[PartyTable], msgspec.Meta(max_length=5)] = msgspec.field(
        default_factory=list
    )
    second_confirmation: Annotated[list[SecondConfirmationTable], msgspec.Meta(max_length=10)] = (
        msgspec.field(default_factory=list)
    )


class VisionTable(Table, frozen=True):
    accommodations: Annotated[list[Accommodation], msgspec.Meta(max_length=20)]
    exception_officers: Annotated[int, msgspec.Meta(ge=0, le=4)]
    liveness: _Table
    match: _Table
    reference_quality: _Table
    live_quality: _Table


class PolicyFile(Table, frozen=True):
    """The whole file."""

    id: _Id
    valid_from: date
    limits: LimitsTable
    signature: SignatureTable
    authority: AuthorityTable
    mci: Annotated[list[MciTable], msgspec.Meta(min_length=1, max_length=100)]
    faces: FacesTable
    rules: Annotated[list[RuleTable], msgspec.Meta(min_length=1, max_length=500)]
    fields: Annotated[list[FieldTable], msgspec.Meta(min_length=1, max_length=300)]
    operations: Annotated[list[OperationTable], msgspec.Meta(min_length=1, max_length=100)]
    documents: DocumentsTable
    vision: VisionTable
    valid_to: date | None = None
    customer: CustomerTable = CustomerTable()
    review: ReviewTable = ReviewTable()
    alternatives: Annotated[list[AlternativeTable], msgspec.Meta(max_length=100)] = msgspec.field(
        default_factory=list
    )
    retention: Annotated[list[RetentionTable], msgspec.Meta(max_length=20)] = msgspec.field(
        default_factory=list
    )
    checks: Annotated[list[CheckTable], msgspec.Meta(max_length=100)] = msgspec.field(
        default_factory=list
    )
    questions: Annotated[list[QuestionTable], msgspec.Meta(max_length=100)] = msgspec.field(
        default_factory=list
    )
    attestations: Annotated[list[AttestationTable], msgspec.Meta(max_length=100)] = msgspec.field(
        default_factory=list
    )
