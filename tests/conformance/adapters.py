"""Adapters of the NIST PKITS runner over the public interface of crypto/path.

    pkits_runner.py DATA --adapter tests/conformance/adapters.py:pkits [--pool all | --forge]

A case is whatever has the attributes the runner documents; a verdict is a triple that the runner
turns into its own class, so nothing of the runner is imported and this file stands alone.
"""

import sys
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # the runner is started from anywhere

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import AlgorithmRegistry, default_registry
from crypto.errors import CryptoError
from crypto.path.inputs import PathInputs
from crypto.path.trust import TrustStore
from crypto.report.policy import (
    ChecksumRule,
    Environment,
    RevocationRule,
)
from crypto.revocation.context import ValidationContext
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.sources import OfflineSources
from crypto.validation.chain import ChainResult, validate_chain
from crypto.x509.certificate import Certificate
from tests.conformance import legacy_dsa as legacy
from tests.support.pki.policies import policy

_CENTURY_S = 100 * 365 * 86_400  # the lists of PKITS live for twenty years
POLICY = policy(
    require_non_repudiation=False,
    require_consistent_profile=False,  # several of its end entities are authorities
    ocsp_max_age_s=_CENTURY_S,
    crl_max_age_s=_CENTURY_S,
    ca_crl_max_age_s=_CENTURY_S,
    clock_tolerance_s=0,
    signing_time_window_s=_CENTURY_S,
    iin_checksum=ChecksumRule.WARN,
    revocation=RevocationRule.CRL_ONLY,
)
KEYS = KeyPolicy({"rsa": POLICY.minimum_rsa_bits})


class Verdict(NamedTuple):
    """accept, user-constrained policy set, why; in the order of the runner's own class."""

    accept: bool | None
    policies: frozenset[str] | None = None
    why: str = ""


class Case(Protocol):
    """What an adapter reads of a case; DER throughout."""

    trust_anchor: bytes
    target: bytes
    intermediates: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    at: datetime
    initial_policies: frozenset[str]
    explicit_policy: bool
    inhibit_mapping: bool
    inhibit_any: bool


@cache
def registry() -> AlgorithmRegistry:
    """Build the product's algorithms and, for tests 4.1.4 to 4.1.6 alone, DSA with SHA-1."""
    return default_registry().with_algorithms(legacy.DIGESTS, legacy.SIGNATURES)


@cache
def _certificate(der: bytes) -> Certificate | None:
    try:
        return Certificate.parse(der)
    except CryptoError:
        return None


@cache
def _list(der: bytes) -> ParsedCrl | None:
    try:
        return ParsedCrl.parse(der)
    except CryptoError:
        return None


def certificates(ders: tuple[bytes, ...]) -> tuple[Certificate, ...]:
    """Read those that can be read: what cannot is no help and no harm."""
    return tuple(c for c in map(_certificate, ders) if c is not None)


def lists(ders: tuple[bytes, ...]) -> tuple[ParsedCrl, ...]:
    return tuple(c for c in map(_list, ders) if c is not None)


def validate(case: Case) -> ChainResult:
    """Validate the path of a case with the status of all of it; CryptoError."""
    made = ValidationContext.create(
        POLICY,
        trust=TrustStore(Environment.TEST, certificates((case.trust_anchor,)), ()),
        sources=OfflineSources((), lists(case.crls)),
        registry=registry(),
        moment=case.at,
    )
    inputs = PathInputs(
        case.initial_policies, case.explicit_policy, case.inhibit_mapping, case.inhibit_any
    )
    return validate_chain(
        Certificate.parse(case.target),
        certificates(case.intermediates),
        replace(made, inputs=inputs),
    )


def pkits(case: Case) -> Verdict:
    """Validate one path of PKITS: good only when the path and the status of all of it are good."""
    try:
        found = validate(case)
    except CryptoError as refused:
        return Verdict(accept=False, why=f"{refused.code}:{refused.detail}")
    if found.good:
        return Verdict(accept=True, policies=found.path.policies)
    if not found.path.valid:
        return Verdict(
            accept=False, why=",".join(f"{f.code}@{f.position}" for f in found.path.failures)
        )
    return Verdict(accept=False, why=",".join(s.reason for s in found.statuses))


def pkits_cms(case: Case) -> Verdict:
    """Validate one signed message of PKITS; see cms_adapter, which stands on what is above."""
    from tests.conformance.cms_adapter import pkits_cms as validate_message

    return validate_message(case)
