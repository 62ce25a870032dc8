"""The decision policy as values: the checks an operation needs, by which rule, which numbers.

Pure: reading the file is `policy_file`, building the vision room's settings is `policy_vision`.
Nothing here has a default, so a policy that forgets a number cannot exist.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from crypto.algorithms.key_policy import KeyPolicy
from crypto.report.policy import CarrierRule, IdentificationRule, TimestampRule
from vision.results import Accommodation
from workstation.errors import PolicyRefused
from workstation.rules.alternatives import Alternative, LivenessWay
from workstation.rules.catalogue.definition import OperationDefinition
from workstation.rules.catalogue.documents import DocumentTemplates
from workstation.rules.catalogue.fields import field_words
from workstation.rules.catalogue.words import Words
from workstation.rules.checks import SECOND_PERSON, CheckId, CheckName, Hardness
from workstation.rules.conditions import CaseFacts, Condition, Fact
from workstation.rules.facts.effects import SecondConfirmation, Wait
from workstation.rules.local_time import KAZAKHSTAN
from workstation.rules.operation import CriticalOperation
from workstation.rules.parties import PartyRole
from workstation.rules.people.party import PartyRule
from workstation.rules.people.signer import SignerRules
from workstation.rules.people.window import WindowRule
from workstation.rules.questions.definition import (
    AnsweredBy,
    Attestation,
    PolicyCheck,
    RegistryQuestion,
)
from workstation.rules.reference import ReferenceSource, SourceRule, UndecidedRule

__all__ = [
    "FEWEST_OFFICERS",
    "FaceRules",
    "OperationPolicy",
    "Policy",
    "RequiredCheck",
    "RetentionClass",
    "Rule",
    "Table",
]

FEWEST_OFFICERS = 2
"""Who vouch for a face in the place of the liveness check: one alone could be in the plot."""

Table = tuple[tuple[str, int], ...]
"""Named integer thresholds: parts per million, milliseconds, pixels or counts, by name."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One demand of the law or the bank: the check it needs and its basis in kk, ru and en.

    check  None for a rule that makes an operation wait
    grade  `primary` when the act's own text was read; `press` when only a summary by press or a
           vendor was and counsel has to confirm it; `draft` when the act was a draft when it was
           read; `bank` when it is the bank's own rule
    effective_to  the last day in force; None while it has no end
    """

    id: str
    check: CheckName | None
    grade: str
    basis: tuple[tuple[str, str], ...]
    effective_from: date
    effective_to: date | None

    def text(self, language: str) -> str:
        """Return the legal basis in `language`; raises PolicyRefused for another language."""
        for name, words in self.basis:
            if name == language:
                return words
        raise PolicyRefused(f"rules.{self.id}.basis.{language}")

    def in_force(self, day: date) -> bool:
        """Whether the rule binds on `day`."""
        return self.effective_from <= day and (
            self.effective_to is None or day <= self.effective_to
        )


@dataclass(frozen=True, slots=True)
class RequiredCheck:
    """A check that one operation demands, how firmly, by which rule, and when.

    when    conditions that all have to hold; without any it is always required
    any_of  the ways that it may be met by; without any it is met by its own answer alone
    """

    check: CheckName
    hardness: Hardness
    rule: str
    when: tuple[Condition, ...] = ()
    any_of: tuple[Alternative, ...] = ()

    @property
    def answers(self) -> tuple[CheckName, ...]:
        """Return the checks whose answers it may be met by, each once, its own first."""
        return tuple(dict.fromkeys((self.check, *(n for way in self.any_of for n in way.needs))))

    def is_met_by(self, passed: Collection[CheckName]) -> bool:
        """Whether these passed checks meet it, by itself or by one of its ways."""
        if not self.any_of:
            return self.check in passed
        return any(all(each in passed for each in way.answers) for way in self.any_of)

    def applies(self, facts: CaseFacts) -> bool:
        """Whether it is required in a case with these facts."""
        return all(condition.holds(facts) for condition in self.when)

    def narrow(self, facts: CaseFacts) -> "RequiredCheck":
        """Return it with the ways that a case with these facts may take."""
        if not any(way.when for way in self.any_of):
            return self
        opened = (way.open_for(facts) for way in self.any_of)
        return replace(self, any_of=tuple(way for way in opened if way is not None))


@dataclass(frozen=True, slots=True)
class OperationPolicy:
    """One operation: what it is, and its checks in the order they are performed.

    sources    where its reference photo may come from
    undecided  what becomes of a comparison between the two thresholds
    waits      the longest that applies is how long an approval waits
    confirmations  the first that applies is why the customer confirms once more after the wait
    parties    in which roles a second person may take part; empty: the customer alone
    """

    definition: OperationDefinition
    required: tuple[RequiredCheck, ...]
    sources: tuple[SourceRule, ...]
    undecided: UndecidedRule
    waits: tuple[Wait, ...] = ()
    confirmations: tuple[SecondConfirmation, ...] = ()
    parties: tuple[PartyRule, ...] = ()

    @property
    def kind(self) -> str:
        """Return the operation's kind."""
        return self.definition.kind

    @property
    def needs_mci(self) -> bool:
        """Whether what an approval waits for depends on the monthly index."""
        conditions = (each for effect in self.effects for each in effect.when)
        return any(each.fact is Fact.AMOUNT_MCI for each in conditions)

    @property
    def effects(self) -> tuple[Wait | SecondConfirmation, ...]:
        """Return all that an approval may still wait for."""
        return (*self.waits, *self.confirmations)

    def measure(self, operation: CriticalOperation, facts: CaseFacts) -> CaseFacts:
        """Return the facts with the amount that is signed, whatever else was said of it."""
        return replace(facts, amount_kzt=self.definition.tenge(operation))

    def longest_wait(self, facts: CaseFacts) -> Wait | None:
        """Return the longest wait of an approval, None when it need not wait (L-02).

        Raises PolicyRefused in a year whose monthly index is not entered, where it matters.
        """
        if self.needs_mci and facts.mci_kzt is None:
            raise PolicyRefused("mci")
        fitting = (each for each in self.waits if each.applies(facts))
        return max(fitting, key=lambda each: each.hours, default=None)

    def second_confirmation(self, facts: CaseFacts) -> str:
        """Return the rule by which the customer confirms once more, empty where none applies."""
        return next((each.rule for each in self.confirmations if each.applies(facts)), "")

    def requires(self, check: CheckName) -> RequiredCheck | None:
        """Return the demand for `check`, whatever its conditions; None when there is none."""
        return next((each for each in self.required if each.check == check), None)

    def offers(self, way: LivenessWay) -> bool:
        """Whether liveness may be established in this way; without any stated: by commands."""
        required = self.requires(CheckId.LIVENESS)
        ways = () if required is None else required.any_of
        return any(each.id == way for each in ways) if ways else way is LivenessWay.COMMANDS

    def party(self, roles: tuple[PartyRole, ...]) -> PartyRule | None:
        """Return the rule by which these people may sit here, None when there is none."""
        return next((each for each in self.parties if each.roles == roles), None)

    def required_of(self, roles: tuple[PartyRole, ...]) -> tuple[RequiredCheck, ...]:
        """Return the checks that these people need, whatever their conditions, in order."""
        party = self.party(roles)
        if party is None:
            return self.required
        before: dict[CheckName, CheckName] = {CheckId.REFERENCE: party.asks}
        if len(roles) > 1:
            before[CheckId.SIGNATURE] = CheckId.DIFFERENT_PEOPLE
        required = []
        for item in self.required:
            if item.check in before:
                required.append(RequiredCheck(before[item.check], Hardness.HARD, party.rule))
            required.append(item)
        return tuple(required)

    def required_for(
        self, facts: CaseFacts, roles: tuple[PartyRole, ...] = (PartyRole.CUSTOMER,)
    ) -> tuple[RequiredCheck, ...]:
        """Return the checks that a case with these facts and people needs, in order."""
        needed = (each for each in self.required_of(roles) if each.applies(facts))
        return tuple(each.narrow(facts) for each in needed)

    def source(self, source: ReferenceSource) -> SourceRule | None:
        """Return the rule for a source of the reference photo, None when it is not allowed."""
        return next((each for each in self.sources if each.source is source), None)


@dataclass(frozen=True, slots=True)
class RetentionClass:
    """How many full years after a result its sealed evidence is kept at the least.

    operations, outcomes  of the results that it is about; empty for all
    """

    name: str
    years: int
    operations: tuple[str, ...]
    outcomes: tuple[str, ...]

    def applies(self, operation: str, outcome: str) -> bool:
        """Whether it is about such a result."""
        return (not self.operations or operation in self.operations) and (
            not self.outcomes or outcome in self.outcomes
        )


@dataclass(frozen=True, slots=True)
class FaceRules:
    """What two faces may be to each other, as distances (1 - cosine) in millionths.

    live_person_ppm     a reference photo nearer than this to the live face was taken of it just now
    document_share_ppm  width of a face on a document, by the frame's width, at most
    same_person_ppm     two customers, or a customer and a member of staff, nearer than this are one
    remembered_days     how long a customer's face is remembered here; 0: not at all
    """

    live_person_ppm: int
    document_share_ppm: int
    same_person_ppm: int
    remembered_days: int


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the rules, whole: nothing about a decision is configured elsewhere.

    sha256, valid_to     of the file's bytes, hex, in every record; the last day, None without one
    commands_min         liveness commands per attempt, at least 3
    attempts_max, breaks_max  attempts before it is refused, at most 3; that may be broken off
    delayed_permit_ttl_s  life of a permit from the end of a loan's cooling-off
    key_age_hours        a key that was certified later than this before is a finding
    clients_per_number   customers who may share a phone number, this one counted
    cool_down_attempts   failures of the face of one ИИН after which the next waits cool_down_ms
    ca_crl_max_age_s     age of the root's list about the issuing CA, published twice a year
    carrier, identification  where the private key may be kept, how its holder was identified
    timestamp, signer    whether it has to be stamped; what its certificate must say of the holder
    last_days            (key family, day): from the next day on its signatures are refused
    idec_required        operations for which the law wants the comparison made by ЦОИД
    idec_match_percent   score demanded on the scale of ЦОИД; no local distance is ever a percent
    mci_kzt              (year, tenge) of the monthly calculation index; ages: full years
    faces                what a reference photo, the staff and other customers may look like
    accommodations       what a liveness attempt may be eased by; empty for nothing
    exception_officers   officers who vouch for a customer whom no set fits; 0: not offered
    checks, questions, attestations  beside the program's own: what it asks, at most once a check
    retention            classes of sealed evidence, the first that applies decides; empty: no term
    window               whether a case goes on while the customer can read nothing
    second_look_share, look_within_hours  of decisions, for another's look; life of their photos
    liveness, match, reference_quality, live_quality  thresholds of the vision room by field name
    """

    id: str
    sha256: str
    valid_from: date
    valid_to: date | None
    operations: tuple[OperationPolicy, ...]
    documents: DocumentTemplates
    rules: tuple[Rule, ...]
    commands_min: int
    attempts_max: int
    minimum_age: int
    maximum_age: int
    session_deadline_ms: int
    statement_ttl_ms: int
    permit_ttl_s: int
    delayed_permit_ttl_s: int
    key_age_hours: int
    clients_per_number: int
    cool_down_attempts: int
    cool_down_ms: int
    breaks_max: int
    parked_hours: int
    ocsp_max_age_s: int
    crl_max_age_s: int
    ca_crl_max_age_s: int
    clock_tolerance_s: int
    minimum_rsa_bits: int
    carrier: CarrierRule
    identification: IdentificationRule
    timestamp: TimestampRule
    signer: SignerRules
    last_days: tuple[tuple[str, date], ...]
    idec_required: tuple[str, ...]
    idec_match_percent: int
    mci_kzt: tuple[tuple[int, int], ...]
    faces: FaceRules
    accommodations: tuple[Accommodation, ...]
    exception_officers: int
    liveness: Table
    match: Table
    reference_quality: Table
    live_quality: Table
    retention: tuple[RetentionClass, ...] = ()
    checks: tuple[PolicyCheck, ...] = ()
    questions: tuple[RegistryQuestion, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    window: WindowRule = WindowRule.RECORDED
    second_look_share: float = 0.05
    look_within_hours: int = 72

    @property
    def offers_exception(self) -> bool:
        """Whether officers may vouch for a customer whom no set of commands fits."""
        return self.exception_officers >= FEWEST_OFFICERS

    @property
    def last_moments(self) -> tuple[tuple[str, datetime], ...]:
        """`last_days` as moments: the last second of each day in Kazakhstan."""
        end = time(23, 59, 59, tzinfo=KAZAKHSTAN)
        return tuple((family, datetime.combine(day, end)) for family, day in self.last_days)

    def keys(self) -> KeyPolicy:
        """Return the bounds on keys of signatures, lists and responses."""
        return KeyPolicy({"rsa": self.minimum_rsa_bits}, dict(self.last_moments))

    def operation(self, kind: str) -> OperationPolicy:
        """Return the checks of `kind`; raises PolicyRefused when this policy does not cover it."""
        for each in self.operations:
            if each.kind == kind:
                return each
        raise PolicyRefused(f"operations.{kind}")

    def rule(self, rule_id: str) -> Rule:
        """Return a rule by id; raises PolicyRefused for an id this policy does not define."""
        for each in self.rules:
            if each.id == rule_id:
                return each
        raise PolicyRefused(f"rules.{rule_id}")

    def question(self, check: CheckName) -> RegistryQuestion | None:
        """Return what a registry is asked about a check, None when nothing is."""
        return next((each for each in self.questions if each.check == check), None)

    def attestation(self, check: CheckName) -> Attestation | None:
        """Return what the teller is asked about a check, None when nothing is."""
        return next((each for each in self.attestations if each.check == check), None)

    def is_second_persons(self, check: CheckName) -> bool:
        """Whether nobody but another officer answers a check."""
        own = (each.id for each in self.checks if each.by is AnsweredBy.SECOND_PERSON)
        return check in SECOND_PERSON or check in own

    def retention_class(self, operation: str, outcome: str) -> RetentionClass | None:
        """Return how long the evidence of such a result is kept; None: this policy has no term."""
        fitting = (each for each in self.retention if each.applies(operation, outcome))
        return next(fitting, None)

    def in_force(self, day: date) -> bool:
        """Whether this version binds on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def words(self) -> dict[str, Words]:
        """Return the policy's own words by the codes that screens show (docs/formats/policy.md)."""
        found: dict[str, Words] = {}
        for each in self.operations:
            found[f"operation.{each.kind}"] = each.definition.name
            for item in each.definition.fields:
                found |= field_words(item)
        for check in self.checks:
            found |= check.words()
        for attestation in self.attestations:
            for question in attestation.questions:
                found |= question.words()
        return found

    def mci_on(self, day: date) -> int:
        """Return the index in tenge for the year of `day`; PolicyRefused when it is not entered."""
        for year, tenge in self.mci_kzt:
            if year == day.year:
                return tenge
        raise PolicyRefused(f"mci_kzt.{day.year}")
