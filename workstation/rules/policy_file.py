"""Reads a policy file: strict, whole, and refused when it would weaken what the law demands."""

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import msgspec

from crypto.report.policy import TimestampRule
from resources import LANGUAGES
from workstation.errors import PolicyRefused
from workstation.rules.alternatives import Alternative, LivenessWay
from workstation.rules.alternatives_file import build_alternatives, select_ways
from workstation.rules.catalogue.definition import OperationDefinition
from workstation.rules.catalogue.program_codes import is_program_code
from workstation.rules.catalogue_file import build_definition, build_fields
from workstation.rules.checks import CheckId, CheckName, Hardness
from workstation.rules.documents_file import build_documents
from workstation.rules.entry_room import require_room
from workstation.rules.facts.conditions_file import build_conditions
from workstation.rules.facts.effects import SecondConfirmation, Wait
from workstation.rules.facts.possible import ANY_AGE, PossibleFacts
from workstation.rules.people.party_file import build_parties
from workstation.rules.people.signer import SignerRules
from workstation.rules.policy import (
    FEWEST_OFFICERS,
    FaceRules,
    OperationPolicy,
    Policy,
    RequiredCheck,
    RetentionClass,
    Rule,
)
from workstation.rules.policy_tables import (
    OperationTable,
    PolicyFile,
    RequiredTable,
    RuleTable,
    SignatureTable,
)
from workstation.rules.questions.build import (
    build_attestations,
    build_checks,
    build_questions,
    require_answerable,
    require_answerers,
)
from workstation.rules.questions.definition import AskedOf
from workstation.rules.reference import SourceRule
from workstation.rules.safeguards.operation import require_hard, require_safeguards
from workstation.settings.toml_file import parse_toml

__all__ = ["MAX_POLICY_BYTES", "read_policy", "require_in_force"]

MAX_POLICY_BYTES = 1_048_576

_NEVER_SILENT = frozenset[CheckName](CheckId) - {
    CheckId.NOT_STAFF,
    CheckId.OLD_PHONE_OWNER,
    CheckId.NUMBER_NOT_SHARED,
    CheckId.NOT_STAFF_FACE,
    CheckId.ONE_IDENTITY,
    CheckId.DOCUMENT_NAME,
    CheckId.NAME,
    CheckId.KEY_AGE,
}
"""Findings about the input. What the law demands is never only recorded."""


@lru_cache(maxsize=4)
def read_policy(untrusted: bytes) -> Policy:
    """Return the policy that these bytes of a TOML file state; raises PolicyRefused with a path."""
    # Kept: a start, `doctor` and whoever looks at what waits ask for the same file again and again.
    if len(untrusted) > MAX_POLICY_BYTES:
        raise PolicyRefused(f"larger than {MAX_POLICY_BYTES} bytes")
    policy = _policy(
        parse_toml(untrusted, PolicyFile, PolicyRefused), hashlib.sha256(untrusted).hexdigest()
    )
    _require_known(policy)
    require_answerers(policy.checks, policy.questions, policy.attestations)
    _require_unique(policy)
    _require_kinds(policy)
    _require_own_words(policy)
    _require_order(policy)
    _require_tolerance(policy)
    # By id: a search for each of a thousand demands takes longer than all the rest.
    rules = {each.id: each for each in policy.rules}
    questions = {each.check: each for each in policy.questions}
    attestations = {each.check: each for each in policy.attestations}
    for index, operation in enumerate(policy.operations):
        place = f"$.operations[{index}]"
        require_safeguards(policy, operation, place)
        _require_hardness(policy, operation, place)
        require_answerable(
            operation.definition,
            [name for each in operation.required for name in each.answers],
            questions,
            attestations,
            f"{place}.required",
        )
        _require_possible(policy, operation, place)
        _require_rules(operation, rules, place)
        _require_parties(policy, operation, place)
        require_room(policy, operation, place)
    return policy


def _require_rules(operation: OperationPolicy, rules: Mapping[str, Rule], place: str) -> None:
    """Refuse a demand whose rule is about something else."""
    for required in operation.required:
        for named in (required.rule, *(way.rule for way in required.any_of)):
            if _find_rule(rules, named).check != required.check:
                raise PolicyRefused(f"{place}: {named} is not about {required.check}")
    for effect in operation.effects:
        if _find_rule(rules, effect.rule).check is not None:
            raise PolicyRefused(f"{place}: {effect.rule} is not about a wait")


def _find_rule(rules: Mapping[str, Rule], rule_id: str) -> Rule:
    found = rules.get(rule_id)
    if found is None:
        raise PolicyRefused(f"rules.{rule_id}")
    return found


def _require_parties(policy: Policy, operation: OperationPolicy, place: str) -> None:
    """Refuse a second person whom no rule of the relation and no word of the documents names."""
    # Of both: somebody under age, dead or blocked neither acts for a customer nor consents.
    for check in (CheckId.IIN, CheckId.AGE, CheckId.PERSON) if operation.parties else ():
        require_hard(operation, check, place)
    for party in operation.parties:
        if policy.rule(party.rule).check != party.asks:
            raise PolicyRefused(f"{place}: {party.rule} is not about {party.asks}")
        if party.answers is not None and operation.requires(party.answers) is None:
            raise PolicyRefused(f"{place}.parties: nobody wants {party.answers}")
        policy.documents.role(party.role)


def require_in_force(policy: Policy, day: date) -> None:
    """Raise PolicyRefused when the policy, or a rule behind a check, is not in force on `day`."""
    if not policy.in_force(day):
        raise PolicyRefused(f"not in force on {day.isoformat()}")
    rules = {each.id: each for each in policy.rules}
    for operation in policy.operations:
        named = {each.rule for each in (*operation.effects, *operation.parties)}
        for required in operation.required:
            named |= {required.rule, *(way.rule for way in required.any_of)}
        for rule in sorted(named):
            if not _find_rule(rules, rule).in_force(day):
                raise PolicyRefused(f"rule {rule} is not in force on {day.isoformat()}")


def _policy(file: PolicyFile, sha256: str) -> Policy:
    limits: dict[str, int] = msgspec.structs.asdict(file.limits)
    return Policy(
        id=file.id,
        sha256=sha256,
        valid_from=file.valid_from,
        valid_to=file.valid_to,
        operations=_operations(file),
        documents=build_documents(file.documents, asks_customer=_asks_customer(file)),
        rules=tuple(_rule(each) for each in file.rules),
        carrier=file.signature.carrier,
        identification=file.signature.identification,
        timestamp=file.signature.timestamp,
        signer=_signer(file.signature),
        last_days=tuple(file.signature.last_days.items()),
        idec_required=tuple(file.authority.idec_required),
        idec_match_percent=file.authority.idec_match_percent,
        mci_kzt=tuple((each.year, each.kzt) for each in file.mci),
        faces=FaceRules(**msgspec.structs.asdict(file.faces)),
        accommodations=tuple(file.vision.accommodations),
        retention=tuple(
            RetentionClass(each.name, each.years, tuple(each.operations), tuple(each.outcomes))
            for each in file.retention
        ),
        checks=build_checks(file.checks),
        questions=build_questions(file.questions),
        attestations=build_attestations(file.attestations),
        window=file.customer.window,
        **msgspec.structs.asdict(file.review),
        exception_officers=file.vision.exception_officers,
        liveness=tuple(file.vision.liveness.items()),
        match=tuple(file.vision.match.items()),
        reference_quality=tuple(file.vision.reference_quality.items()),
        live_quality=tuple(file.vision.live_quality.items()),
        **limits,
    )


def _asks_customer(file: PolicyFile) -> bool:
    asked = (question.asked_of for each in file.attestations for question in each.questions)
    return AskedOf.CUSTOMER in asked


def _signer(table: SignatureTable) -> SignerRules:
    return SignerRules(
        roles=tuple(table.roles),
        policies=tuple(table.policies),
        authority_policies=tuple(table.authority_policies),
        test_authority_policies=tuple(table.test_authority_policies),
        certificate_named=table.certificate_named,
        start_tolerance_s=table.start_tolerance_s,
    )


def _rule(table: RuleTable) -> Rule:
    basis = tuple(zip(LANGUAGES, (table.kk, table.ru, table.en), strict=True))
    return Rule(table.id, table.check, table.grade, basis, table.effective_from, table.effective_to)


def _operations(file: PolicyFile) -> tuple[OperationPolicy, ...]:
    fields = build_fields(file.fields)
    ways = build_alternatives(file.alternatives)
    placed = [(f"$.operations[{index}]", table) for index, table in enumerate(file.operations)]
    return tuple(
        _operation(table, build_definition(table, fields, place), ways, place)
        for place, table in placed
    )


def _operation(
    table: OperationTable,
    definition: OperationDefinition,
    ways: dict[str, Alternative],
    place: str,
) -> OperationPolicy:
    return OperationPolicy(
        parties=build_parties(table.parties, place),
        definition=definition,
        required=tuple(_required(each, ways, f"{place}.required") for each in table.required),
        sources=tuple(SourceRule(each.source, each.greatest_age_days) for each in table.reference),
        undecided=table.undecided,
        waits=tuple(
            Wait(each.hours, each.rule, build_conditions(each.when, f"{place}.waits"))
            for each in table.waits
        ),
        confirmations=tuple(
            SecondConfirmation(
                each.rule, build_conditions(each.when, f"{place}.second_confirmation")
            )
            for each in table.second_confirmation
        ),
    )


def _required(table: RequiredTable, ways: dict[str, Alternative], place: str) -> RequiredCheck:
    when = build_conditions(table.when, f"{place}.{table.check}")
    any_of = select_ways(table.any_of, table.check, ways)
    return RequiredCheck(table.check, table.hardness, table.rule, when, any_of)


def _require_possible(policy: Policy, operation: OperationPolicy, place: str) -> None:
    possible = PossibleFacts.of_operation(
        operation.definition,
        [each.source for each in operation.sources],
        {each.check for each in operation.required},
        tuple(tenge for _, tenge in policy.mci_kzt),
        _find_ages(policy, operation),
    )
    for required in operation.required:
        possible.require(required.when, f"{place}.required.{required.check}.when")
        for way in required.any_of:
            possible.require(way.when, f"{place}.required.{required.check}.{way.id}.when")
    for index, wait in enumerate(operation.waits):
        possible.require(wait.when, f"{place}.waits[{index}].when")
    for index, confirmation in enumerate(operation.confirmations):
        possible.require(confirmation.when, f"{place}.second_confirmation[{index}].when")
    if operation.confirmations and not operation.waits:
        raise PolicyRefused(f"{place}.second_confirmation: there is no wait to confirm after")


def _find_ages(policy: Policy, operation: OperationPolicy) -> tuple[int, int]:
    """Return the ages of customers whom the operation serves, both inclusive."""
    age = operation.requires(CheckId.AGE)
    if age is None or age.hardness is not Hardness.HARD or age.when:
        return ANY_AGE
    joined = [each.customer_ages for each in operation.parties if each.customer_ages is not None]
    ages = [(policy.minimum_age, policy.maximum_age), *joined]
    return min(low for low, _ in ages), max(high for _, high in ages)


def _require_known(policy: Policy) -> None:
    known = frozenset[CheckName]((*CheckId, *(each.id for each in policy.checks)))
    for index, rule in enumerate(policy.rules):
        if rule.check is not None and rule.check not in known:
            raise PolicyRefused(f"$.rules[{index}].check: {rule.check} is unknown")
    for index, operation in enumerate(policy.operations):
        for required in operation.required:
            if required.check not in known:
                raise PolicyRefused(f"$.operations[{index}].required: {required.check} is unknown")


def _require_unique(policy: Policy) -> None:
    named: dict[str, list[object]] = {
        "$.rules": [each.id for each in policy.rules],
        "$.operations": [each.kind for each in policy.operations],
        "$.mci": [year for year, _ in policy.mci_kzt],
        "$.retention": [each.name for each in policy.retention],
    }
    for index, operation in enumerate(policy.operations):
        named[f"$.operations[{index}].required"] = [each.check for each in operation.required]
        named[f"$.operations[{index}].reference"] = [each.source for each in operation.sources]
    for place, keys in named.items():
        for key in keys:
            if keys.count(key) > 1:
                raise PolicyRefused(f"{place}: {key} is stated twice")


def _require_kinds(policy: Policy) -> None:
    """Refuse the name of an operation that is none: a slip would leave a demand without effect."""
    kinds = {each.kind for each in policy.operations}
    named = {"$.authority.idec_required": policy.idec_required}
    for index, each in enumerate(policy.retention):
        named[f"$.retention[{index}].operations"] = each.operations
    for place, stated in named.items():
        if unknown := set(stated) - kinds:
            raise PolicyRefused(f"{place}: {min(unknown)} is no operation")


def _require_own_words(policy: Policy) -> None:
    """Refuse a word of the policy that would stand in the place of one of the program's."""
    for code in policy.words():
        if is_program_code(code):
            raise PolicyRefused(f"{code} is a word of the program's own: take another name")


def _require_order(policy: Policy) -> None:
    """Refuse bounds that contradict each other: nothing could ever pass, or everything would."""
    if policy.valid_to is not None and policy.valid_to < policy.valid_from:
        raise PolicyRefused("$.valid_to is before $.valid_from")
    if policy.maximum_age < policy.minimum_age:
        raise PolicyRefused("$.limits.maximum_age is below minimum_age")
    last = policy.retention[-1:]
    if any(each.operations or each.outcomes for each in last):
        raise PolicyRefused("$.retention: the last class has to be about all results")
    if 0 < policy.exception_officers < FEWEST_OFFICERS:
        raise PolicyRefused(f"$.vision.exception_officers is below {FEWEST_OFFICERS}")
    if policy.exception_officers and policy.attempts_max == 1:
        # It is asked for after an undecided attempt and before the last one.
        raise PolicyRefused("$.vision.exception_officers needs $.limits.attempts_max above 1")
    _require_offered(policy)
    for rule in policy.rules:
        if rule.effective_to is not None and rule.effective_to < rule.effective_from:
            raise PolicyRefused(f"rule {rule.id}: effective_to is before effective_from")
    order: list[CheckName] = list(CheckId)
    for index, operation in enumerate(policy.operations):
        own = [each.check for each in operation.required if each.check in order]
        if own != sorted(own, key=order.index) or _is_late(operation, order):
            raise PolicyRefused(f"$.operations[{index}].required is out of order")


def _require_tolerance(policy: Policy) -> None:
    """Refuse time-stamps that count by chance only: no two clocks agree to the second."""
    if policy.timestamp is TimestampRule.REQUIRED and policy.clock_tolerance_s == 0:
        place = "$.signature.timestamp: required"
        raise PolicyRefused(f"{place} needs $.limits.clock_tolerance_s above 0")


def _require_offered(policy: Policy) -> None:
    """Refuse help that no operation offers, and the palm without the customer's own consent."""
    offered = any(each.offers(LivenessWay.PALM) for each in policy.operations)
    if offered and policy.documents.palm_consent is None:
        raise PolicyRefused("$.documents.palm_consent is missing; an operation offers the palm")
    for stated, way, place in (
        (policy.accommodations, LivenessWay.ACCESSIBLE_SET, "accommodations"),
        (policy.exception_officers, LivenessWay.TWO_OFFICERS, "exception_officers"),
    ):
        if stated and not any(each.offers(way) for each in policy.operations):
            raise PolicyRefused(f"$.vision.{place}: no operation offers {way}")


def _is_late(operation: OperationPolicy, order: list[CheckName]) -> bool:
    """Whether a check of the policy's own stands where the customer is already consenting."""
    begun = False
    for each in operation.required:
        known = each.check in order
        begun = begun or (known and order.index(each.check) >= order.index(CheckId.CONSENT))
        if begun and not known:
            return True
    return False


def _require_hardness(policy: Policy, operation: OperationPolicy, place: str) -> None:
    for required in operation.required:
        silent = required.hardness is Hardness.SILENT
        if silent and required.check in _NEVER_SILENT:
            raise PolicyRefused(f"{place}.required: {required.check} may not be silent")
        if required.any_of and required.hardness is not Hardness.HARD:
            raise PolicyRefused(f"{place}.required: only a hard {required.check} has ways")
        if policy.is_second_persons(required.check) and required.hardness is not Hardness.SOFT:
            raise PolicyRefused(f"{place}.required: {required.check} must be soft")
