"""What a record states of a case so that it can be judged again under other rules: nobody's data.

Everything else that a decision rests on stands in the session's steps and in the checks of its
result; these are the facts that only memory held (docs/formats/policy.md, "Replay").
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, fields
from enum import StrEnum
from typing import Final

from crypto.canonical_json import JsonValue, canonical_json
from crypto.report.policy import TimestampRule
from workstation.rules.conditions import CaseFacts
from workstation.rules.people.signer import SIGNER_OF_BEFORE, SignerRules
from workstation.rules.policy import Policy
from workstation.session.bands import (
    AGE_CUTS,
    AMOUNT_CUTS,
    AgeBand,
    AmountBand,
    find_age_cuts,
    find_amount_cuts,
)
from workstation.session.evidence import Evidence, ReferenceEvidence

__all__ = [
    "BASIS_VERSION",
    "CONFIRMED_SINCE",
    "REASONED_SINCE",
    "REJUDGED_LIVENESS",
    "describe_basis",
    "digest_liveness",
    "digest_signature",
]

BASIS_VERSION: Final = 3
CONFIRMED_SINCE: Final = 2
"""The first version of a record whose teller had to confirm."""
REASONED_SINCE: Final = 3
"""The first version of a record whose overrides have a listed reason and name what was found."""

REJUDGED_LIVENESS: Final = frozenset(
    {"near_identical_ppm", "loop_ratio_ppm", "planar_distance_ppm", "perspective_ppm", "blinks"}
)
"""Thresholds that a record's own measurements can be judged by again. All others steer an attempt
while it runs: what would have been seen under another one nobody knows."""

_IN_BANDS: Final = frozenset({"age", "amount_kzt", "mci_kzt", "reference_source"})
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
"""ISO 4217: what many have in common is nobody's."""
_DIGEST: Final = 16
"""Hex digits by which two tables of settings are told apart; nobody gains by a collision."""


def describe_basis(policy: Policy, evidence: Evidence) -> dict[str, JsonValue]:
    """Return the facts of the case in bands, and digests of what cannot be judged again."""
    ending, operation = evidence.ending, policy.operation(evidence.operation.kind)
    measured = operation.measure(evidence.operation, evidence.subject)
    return {
        "v": BASIS_VERSION,
        **_describe_facts(policy, measured),
        "roles": [each.value for each in evidence.roles],
        "way": _describe_way(evidence),
        "photo": None if evidence.reference is None else _describe_photo(evidence.reference),
        "ending": None if ending is None else [ending.kind.value, ending.code],
        "cool_down_ms": policy.cool_down_ms,
        "liveness": digest_liveness(policy),
        "signature": digest_signature(policy),
    }


def digest_liveness(policy: Policy) -> str:
    """Return the digest of what attempts and photos went by and cannot go by again."""
    steering = {name: value for name, value in policy.liveness if name not in REJUDGED_LIVENESS}
    return _digest(
        {
            "liveness": steering,
            "live_quality": dict(policy.live_quality),
            "reference_quality": dict(policy.reference_quality),
            "frames": dict(policy.match)["frames"],
            "live_person_ppm": policy.faces.live_person_ppm,
            "document_share_ppm": policy.faces.document_share_ppm,
        }
    )


def digest_signature(policy: Policy) -> str:
    """Return the digest of what a signature was validated by."""
    return _digest(
        {
            "carrier": policy.carrier.value,
            "identification": policy.identification.value,
            "last_days": {family: day.isoformat() for family, day in policy.last_days},
            "ages": [policy.ocsp_max_age_s, policy.crl_max_age_s, policy.ca_crl_max_age_s],
            "clock_tolerance_s": policy.clock_tolerance_s,
            "minimum_rsa_bits": policy.minimum_rsa_bits,
            # One that is only wanted changes no outcome: nothing has to be known of it.
            **({"timestamp": "required"} if policy.timestamp is TimestampRule.REQUIRED else {}),
            **_describe_signer(policy.signer),
        }
    )


def _describe_signer(signer: SignerRules) -> dict[str, JsonValue]:
    """Return the demands on the holder; none where they are those of before they could be stated.

    So a record of then goes by the same digest under its own policy.
    """
    if signer == SIGNER_OF_BEFORE:
        return {}
    stated = asdict(signer)
    return {"signer": {n: list(v) if isinstance(v, tuple) else v for n, v in stated.items()}}


def _describe_facts(policy: Policy, facts: CaseFacts) -> dict[str, JsonValue]:
    """Return the facts that conditions look at: age and amount in bands, the others by name."""
    age: JsonValue = None
    if facts.age is not None:
        years = AgeBand.containing(facts.age, {*AGE_CUTS, *find_age_cuts(policy)})
        age = [years.low, years.high]
    amount: JsonValue = None
    if facts.amount_kzt == 0:
        amount = [0, 0]
    elif facts.amount_kzt is not None and facts.mci_kzt is not None:
        cuts = {*AMOUNT_CUTS, *find_amount_cuts(policy)}
        band = AmountBand.containing(facts.amount_kzt, facts.mci_kzt, cuts)
        amount = [band.low, band.high]
    others: dict[str, JsonValue] = {}
    for field in fields(facts):
        if field.name not in _IN_BANDS:
            others[field.name] = _describe_fact(getattr(facts, field.name))
    return {"age": age, "amount": amount, "mci": facts.mci_kzt, "facts": others}


def _describe_fact(value: object) -> JsonValue:
    """Return yes, no, unknown, or a word of a closed list; AssertionError for anything else.

    A number or a text could be somebody's: a fact of that kind needs a band first.
    """
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and _CURRENCY.fullmatch(value):
        return value
    raise AssertionError(type(value).__name__)


def _describe_way(evidence: Evidence) -> str:
    """Return the way that was asked for last in the place of the commands, empty for none."""
    if evidence.way is not None:
        return evidence.way.way.value
    return evidence.way_answers[-1].way.value if evidence.way_answers else ""


def _describe_photo(photo: ReferenceEvidence) -> dict[str, JsonValue]:
    document = photo.document
    described: dict[str, JsonValue] = {"source": photo.source.value, "age_days": photo.age_days}
    if document is None:
        return described
    chip = document.chip
    return described | {
        "document": [
            document.days_left >= 0,
            document.name.value,
            "" if chip is None else chip.indication.value,
        ]
    }


def _digest(members: Mapping[str, JsonValue]) -> str:
    return hashlib.sha256(canonical_json(members)).hexdigest()[:_DIGEST]
