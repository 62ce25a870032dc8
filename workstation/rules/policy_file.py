"""Reads a policy file: strict, whole, and refused when it would weaken what the law demands."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from crypto.report.policy import CarrierRule, IdentificationRule
from resources import LANGUAGES
from vision.results import Accommodation
from workstation.errors import PolicyRefused
from workstation.rules.checks import CheckId, Hardness
from workstation.rules.operation import OperationKind
from workstation.rules.policy import (
    FEWEST_OFFICERS,
    CoolingOff,
    LoanLimits,
    OperationPolicy,
    Policy,
    RequiredCheck,
    Rule,
)
from workstation.settings.toml_file import parse_toml, read_limited

__all__ = ["MAX_POLICY_BYTES", "load_policy", "read_policy", "require_in_force"]

MAX_POLICY_BYTES = 262_144

_ALWAYS_HARD = (CheckId.LIVENESS, CheckId.MATCH, CheckId.SIGNATURE)
"""Two factors, biometrics and ЭЦП, for every critical operation (domain rules B-01, B-02, E-03)."""

_Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9.-]{0,63}$")]
_RuleId = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{1,4}-\d{2}(\.[a-z_]{1,20})?$")]
_Words = Annotated[str, msgspec.Meta(min_length=10, max_length=600)]
_Age = Annotated[int, msgspec.Meta(ge=0, le=130)]
_Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
# Thresholds travel into canonical JSON, whose integers end at 2**53 - 1 (RFC 8785).
_Number = Annotated[int, msgspec.Meta(ge=-(2**53) + 1, le=2**53 - 1)]
_Table = Annotated[dict[_Name, _Number], msgspec.Meta(max_length=200)]


class _Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file: an unknown key is refused with its path."""


class _Limits(_Struct, frozen=True):
    commands_min: Annotated[int, msgspec.Meta(ge=3, le=5)]  # B-02: never fewer than three
    attempts_max: Annotated[int, msgspec.Meta(ge=1, le=3)]  # B-02: the third failure refuses
    minimum_age: Annotated[int, msgspec.Meta(ge=14, le=130)]
    maximum_age: _Age
    session_deadline_ms: Annotated[int, msgspec.Meta(ge=60_000, le=86_400_000)]
    statement_ttl_ms: Annotated[int, msgspec.Meta(ge=60_000, le=3_600_000)]
    permit_ttl_s: Annotated[int, msgspec.Meta(ge=10, le=300)]
    cool_down_attempts: Annotated[int, msgspec.Meta(ge=1, le=10)]
    cool_down_ms: Annotated[int, msgspec.Meta(ge=60_000, le=2_592_000_000)]
    ocsp_max_age_s: Annotated[int, msgspec.Meta(ge=60, le=604_800)]
    crl_max_age_s: Annotated[int, msgspec.Meta(ge=60, le=2_592_000)]
    ca_crl_max_age_s: Annotated[int, msgspec.Meta(ge=60, le=31_622_400)]
    clock_tolerance_s: Annotated[int, msgspec.Meta(ge=0, le=600)]
    minimum_rsa_bits: Annotated[int, msgspec.Meta(ge=2048, le=16384)]


class _Signature(_Struct, frozen=True):
    carrier: CarrierRule
    identification: IdentificationRule
    last_days: dict[Literal["rsa", "ec", "gost2015", "gost2004"], date]


class _Authority(_Struct, frozen=True):
    idec_required: Annotated[list[OperationKind], msgspec.Meta(max_length=10)]
    idec_match_percent: Annotated[int, msgspec.Meta(ge=95, le=100)]  # B-06


class _Mci(_Struct, frozen=True):
    year: Annotated[int, msgspec.Meta(ge=2024, le=2100)]
    kzt: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class _CoolingOff(_Struct, frozen=True):
    above_mci: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    hours: Annotated[int, msgspec.Meta(ge=1, le=720)]


class _Loan(_Struct, frozen=True):
    personal_visit_mci: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    spouse_consent_mci: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    confirmation_below_age: _Age
    confirmation_above_age: _Age
    cooling_off: Annotated[list[_CoolingOff], msgspec.Meta(min_length=1, max_length=10)]


class _Rule(_Struct, frozen=True):
    id: _RuleId
    check: CheckId
    grade: Literal["primary", "press", "draft", "bank"]
    effective_from: date
    kk: _Words
    ru: _Words
    en: _Words
    effective_to: date | None = None


class _Required(_Struct, frozen=True):
    check: CheckId
    hardness: Hardness
    rule: _RuleId


class _Operation(_Struct, frozen=True):
    kind: OperationKind
    required: Annotated[list[_Required], msgspec.Meta(min_length=1, max_length=50)]


class _Vision(_Struct, frozen=True):
    accommodations: Annotated[list[Accommodation], msgspec.Meta(max_length=20)]
    exception_officers: Annotated[int, msgspec.Meta(ge=0, le=4)]
    liveness: _Table
    match: _Table
    reference_quality: _Table
    live_quality: _Table


class _PolicyFile(_Struct, frozen=True):
    id: _Id
    valid_from: date
    limits: _Limits
    signature: _Signature
    authority: _Authority
    mci: Annotated[list[_Mci], msgspec.Meta(min_length=1, max_length=100)]
    loan: _Loan
    rules: Annotated[list[_Rule], msgspec.Meta(min_length=1, max_length=200)]
    operations: Annotated[list[_Operation], msgspec.Meta(min_length=1, max_length=50)]
    vision: _Vision
    valid_to: date | None = None


def load_policy(path: Path, *, sha256: str, day: date) -> Policy:
    """Return the policy at `path` when it is the pinned one and in force on `day`.

    Raises PolicyRefused: `sha256` when the bytes are not those the settings pin.
    """
    untrusted = read_limited(path, MAX_POLICY_BYTES, PolicyRefused)
    if hashlib.sha256(untrusted).hexdigest() != sha256:
        raise PolicyRefused("sha256")
    policy = read_policy(untrusted)
    require_in_force(policy, day)
    return policy


def read_policy(untrusted: bytes) -> Policy:
    """Return the policy that these bytes of a TOML file state; raises PolicyRefused with a path."""
    if len(untrusted) > MAX_POLICY_BYTES:
        raise PolicyRefused(f"larger than {MAX_POLICY_BYTES} bytes")
    policy = _policy(
        parse_toml(untrusted, _PolicyFile, PolicyRefused), hashlib.sha256(untrusted).hexdigest()
    )
    _require_unique(policy)
    _require_order(policy)
    for index, operation in enumerate(policy.operations):
        _require_two_factors(operation, f"$.operations[{index}]")
        for required in operation.required:
            if policy.rule(required.rule).check is not required.check:
                raise PolicyRefused(
                    f"$.operations[{index}]: {required.rule} is not about {required.check}"
                )
    return policy


def require_in_force(policy: Policy, day: date) -> None:
    """Raise PolicyRefused when the policy, or a rule behind a check, is not in force on `day`."""
    if not policy.in_force(day):
        raise PolicyRefused(f"not in force on {day.isoformat()}")
    for operation in policy.operations:
        for required in operation.required:
            if not policy.rule(required.rule).in_force(day):
                raise PolicyRefused(f"rule {required.rule} is not in force on {day.isoformat()}")


def _policy(file: _PolicyFile, sha256: str) -> Policy:
    limits: dict[str, int] = msgspec.structs.asdict(file.limits)
    return Policy(
        id=file.id,
        sha256=sha256,
        valid_from=file.valid_from,
        valid_to=file.valid_to,
        operations=tuple(_operation(each) for each in file.operations),
        rules=tuple(_rule(each) for each in file.rules),
        carrier=file.signature.carrier,
        identification=file.signature.identification,
        last_days=tuple(file.signature.last_days.items()),
        idec_required=tuple(file.authority.idec_required),
        idec_match_percent=file.authority.idec_match_percent,
        mci_kzt=tuple((each.year, each.kzt) for each in file.mci),
        loan=_loan(file.loan),
        accommodations=tuple(file.vision.accommodations),
        exception_officers=file.vision.exception_officers,
        liveness=tuple(file.vision.liveness.items()),
        match=tuple(file.vision.match.items()),
        reference_quality=tuple(file.vision.reference_quality.items()),
        live_quality=tuple(file.vision.live_quality.items()),
        **limits,
    )


def _loan(table: _Loan) -> LoanLimits:
    return LoanLimits(
        personal_visit_mci=table.personal_visit_mci,
        spouse_consent_mci=table.spouse_consent_mci,
        confirmation_below_age=table.confirmation_below_age,
        confirmation_above_age=table.confirmation_above_age,
        cooling_off=tuple(CoolingOff(each.above_mci, each.hours) for each in table.cooling_off),
    )


def _rule(table: _Rule) -> Rule:
    basis = tuple(zip(LANGUAGES, (table.kk, table.ru, table.en), strict=True))
    return Rule(table.id, table.check, table.grade, basis, table.effective_from, table.effective_to)


def _operation(table: _Operation) -> OperationPolicy:
    required = tuple(RequiredCheck(each.check, each.hardness, each.rule) for each in table.required)
    return OperationPolicy(table.kind, required)


def _require_unique(policy: Policy) -> None:
    named: dict[str, list[object]] = {
        "$.rules": [each.id for each in policy.rules],
        "$.operations": [each.kind for each in policy.operations],
        "$.mci": [year for year, _ in policy.mci_kzt],
    }
    for index, operation in enumerate(policy.operations):
        named[f"$.operations[{index}].required"] = [each.check for each in operation.required]
    for place, keys in named.items():
        for key in keys:
            if keys.count(key) > 1:
                raise PolicyRefused(f"{place}: {key} is stated twice")


def _require_order(policy: Policy) -> None:
    """Refuse bounds that contradict each other: nothing could ever pass, or everything would."""
    if policy.valid_to is not None and policy.valid_to < policy.valid_from:
        raise PolicyRefused("$.valid_to is before $.valid_from")
    if policy.maximum_age < policy.minimum_age:
        raise PolicyRefused("$.limits.maximum_age is below minimum_age")
    if 0 < policy.exception_officers < FEWEST_OFFICERS:
        raise PolicyRefused(f"$.vision.exception_officers is below {FEWEST_OFFICERS}")
    if policy.exception_officers and policy.attempts_max == 1:
        # It is asked for after an undecided attempt and before the last one.
        raise PolicyRefused("$.vision.exception_officers needs $.limits.attempts_max above 1")
    for rule in policy.rules:
        if rule.effective_to is not None and rule.effective_to < rule.effective_from:
            raise PolicyRefused(f"rule {rule.id}: effective_to is before effective_from")
    order = list(CheckId)
    for index, operation in enumerate(policy.operations):
        places = [order.index(each.check) for each in operation.required]
        if places != sorted(places):
            raise PolicyRefused(f"$.operations[{index}].required is out of order")


def _require_two_factors(operation: OperationPolicy, place: str) -> None:
    for check in _ALWAYS_HARD:
        required = operation.requires(check)
        if required is None:
            raise PolicyRefused(f"{place}.required: {check} is missing")
        if required.hardness is not Hardness.HARD:
            raise PolicyRefused(f"{place}.required: {check} must be hard")
