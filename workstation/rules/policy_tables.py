"""The tables of a policy file as they are written: every key known, every number bounded."""

from datetime import date
from typing import Annotated, Literal

import msgspec

from crypto.report.policy import CarrierRule, IdentificationRule
from vision.results import Accommodation
from workstation.rules.alternatives_file import AlternativeTable, WayNames
from workstation.rules.catalogue.fields import FieldType, FilledBy
from workstation.rules.checks import Hardness
from workstation.rules.conditions import Fact
from workstation.rules.documents_file import DocumentsTable
from workstation.rules.reference import ReferenceSource, UndecidedRule

__all__ = [
    "ConditionTable",
    "FieldTable",
    "LimitsTable",
    "OperationTable",
    "PolicyFile",
    "RequiredTable",
    "RuleTable",
    "WordsTable",
]

_Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9.-]{0,63}$")]
_RuleId = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{1,4}-\d{2}(\.[a-z_]{1,20})?$")]
_Words = Annotated[str, msgspec.Meta(min_length=10, max_length=600)]
_Bound = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
_Share = Annotated[int, msgspec.Meta(gt=0, lt=1_000_000)]
_Age = Annotated[int, msgspec.Meta(ge=0, le=130)]
_Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
# Thresholds travel into canonical JSON, whose integers end at 2**53 - 1 (RFC 8785).
_Number = Annotated[int, msgspec.Meta(ge=-(2**53) + 1, le=2**53 - 1)]
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=600)]
_Icon = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
_Currency = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")]
_Country = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$")]
_Table = Annotated[dict[_Name, _Number], msgspec.Meta(max_length=200)]


class _Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file: an unknown key is refused with its path."""


class LimitsTable(_Struct, frozen=True):
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


class SignatureTable(_Struct, frozen=True):
    carrier: CarrierRule
    identification: IdentificationRule
    last_days: dict[Literal["rsa", "ec", "gost2015", "gost2004"], date]


class AuthorityTable(_Struct, frozen=True):
    idec_required: Annotated[list[_Name], msgspec.Meta(max_length=100)]
    idec_match_percent: Annotated[int, msgspec.Meta(ge=95, le=100)]  # B-06


class MciTable(_Struct, frozen=True):
    year: Annotated[int, msgspec.Meta(ge=2024, le=2100)]
    kzt: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class RuleTable(_Struct, frozen=True):
    """One demand with its basis in three languages."""

    id: _RuleId
    grade: Literal["primary", "press", "draft", "bank"]
    effective_from: date
    kk: _Words
    ru: _Words
    en: _Words
    effective_to: date | None = None
    check: _Name | None = None


class ConditionTable(_Struct, frozen=True):
    """Exactly one demand beside the fact, of the kind that the fact can meet."""

    fact: Fact
    above: _Bound | None = None
    at_least: _Bound | None = None
    outside: tuple[_Bound, _Bound] | None = None
    equals: bool | None = None
    one_of: Annotated[list[_Name], msgspec.Meta(min_length=1, max_length=20)] | None = None


class RequiredTable(_Struct, frozen=True):
    """A check that an operation needs, and when."""

    check: _Name
    hardness: Hardness
    rule: _RuleId
    when: Annotated[list[ConditionTable], msgspec.Meta(max_length=10)] = msgspec.field(
        default_factory=list
    )
    any_of: WayNames = msgspec.field(default_factory=list)


class SourceTable(_Struct, frozen=True):
    source: ReferenceSource
    greatest_age_days: Annotated[int, msgspec.Meta(ge=0, le=36_500)]


class FacesTable(_Struct, frozen=True):
    live_person_ppm: _Share
    document_share_ppm: _Share
    same_person_ppm: _Share
    remembered_days: Annotated[int, msgspec.Meta(ge=0, le=1_825)]


class RetentionTable(_Struct, frozen=True):
    """How long sealed evidence of a kind of result is kept; nothing named stands for all."""

    name: _Name
    years: Annotated[int, msgspec.Meta(ge=1, le=50)]
    operations: Annotated[list[_Name], msgspec.Meta(max_length=100)] = msgspec.field(
        default_factory=list
    )
    outcomes: Annotated[
        list[Literal["approved", "rejected", "indeterminate"]], msgspec.Meta(max_length=3)
    ] = msgspec.field(default_factory=list)


class WordsTable(_Struct, frozen=True):
    """One text in three languages."""

    kk: _Text
    ru: _Text
    en: _Text


class ChoiceTable(_Struct, frozen=True):
    id: _Name
    label: WordsTable


class FieldTable(_Struct, frozen=True):
    """One field of a form; which of the bounds it may state depends on its type."""

    id: _Name
    name: _Name
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
    differs_from: _Name | None = None


class WaitTable(_Struct, frozen=True):
    """How long an approval waits, and when."""

    hours: Annotated[int, msgspec.Meta(ge=1, le=720)]
    rule: _RuleId
    when: Annotated[list[ConditionTable], msgspec.Meta(max_length=10)] = msgspec.field(
        default_factory=list
    )


class OperationTable(_Struct, frozen=True):
    """One operation: its form and words, its checks, and where its photo may come from."""

    kind: _Name
    icon: _Icon
    name: WordsTable
    fields: Annotated[list[_Name], msgspec.Meta(max_length=30)]
    statement: WordsTable
    receipt: WordsTable
    window: WordsTable
    undecided: UndecidedRule
    reference: Annotated[list[SourceTable], msgspec.Meta(min_length=1, max_length=10)]
    required: Annotated[list[RequiredTable], msgspec.Meta(min_length=1, max_length=50)]
    waits: Annotated[list[WaitTable], msgspec.Meta(max_length=10)] = msgspec.field(
        default_factory=list
    )


class VisionTable(_Struct, frozen=True):
    accommodations: Annotated[list[Accommodation], msgspec.Meta(max_length=20)]
    exception_officers: Annotated[int, msgspec.Meta(ge=0, le=4)]
    liveness: _Table
    match: _Table
    reference_quality: _Table
    live_quality: _Table


class PolicyFile(_Struct, frozen=True):
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
    alternatives: Annotated[list[AlternativeTable], msgspec.Meta(max_length=100)] = msgspec.field(
        default_factory=list
    )
    retention: Annotated[list[RetentionTable], msgspec.Meta(max_length=20)] = msgspec.field(
        default_factory=list
    )
