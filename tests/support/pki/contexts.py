"""Contexts that tests verify and validate with, at NOW unless they say otherwise."""

from dataclasses import replace
from datetime import timedelta

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import default_registry
from crypto.path.context import VerificationContext
from crypto.path.trust import TrustStore
from crypto.report.policy import Environment
from crypto.revocation.context import ValidationContext
from crypto.revocation.sources import OfflineSources
from tests.support.pki.certificates import NOW
from tests.support.pki.policies import POLICY

CONTEXT = VerificationContext(
    registry=default_registry(),
    keys=KeyPolicy({"rsa": 2048}),
    moment=NOW,
    clock_tolerance=timedelta(seconds=60),
)
NOBODY = TrustStore(Environment.TEST, (), ())


def validation_context(
    trust=NOBODY, sources=None, *, policy=POLICY, moment=NOW, registry=None, **changes
) -> ValidationContext:
    """Return a context with a budget of its own; `changes` replaces single fields."""
    made = ValidationContext.create(
        policy,
        trust=trust,
        sources=sources or OfflineSources((), ()),
        moment=moment,
        registry=registry or CONTEXT.registry,
    )
    return replace(made, **changes)
