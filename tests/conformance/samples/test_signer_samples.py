"""НУЦ's published keys under the shipped policy: individuals' signing keys count, no other."""

from dataclasses import replace
from datetime import timedelta

import pytest

import resources
from crypto.path.known_authorities import AuthorityRole, Issued, known_authorities
from crypto.path.trust import TrustStore
from crypto.report.policy import Environment
from crypto.revocation.context import ValidationContext
from crypto.revocation.sources import OfflineSources
from crypto.validation.certificate import validate_certificate
from tests.conformance.samples import eds_facts as facts
from tests.conformance.samples.test_eds_samples import certificate, stored
from workstation.rules.policy_file import read_policy
from workstation.trust.stores import limit_issuers
from workstation.trust.validator import make_validation_policy

POLICY = read_policy(resources.path("policies", "kz-2026-07-12.toml").read_bytes())
EARLIER = ("gost2004_ceo", "rsa_individual")
"""Of 2018, when keys of the SDK were issued by the production authority."""


def context(eds, world, moment):
    catalogue = known_authorities()
    files = {each.sha256: each for each in (certificate(eds / "ca" / n) for n in facts.AUTHORITIES)}
    found = {
        role: tuple(
            files[each.sha256]
            for each in catalogue.select(world)
            if each.role is role and each.accepted and each.sha256 in files
        )
        for role in AuthorityRole
    }
    store = TrustStore(world, found[AuthorityRole.ROOT], found[AuthorityRole.ISSUING])
    return ValidationContext.create(
        # What counts here is who the holder is: old families have ended since.
        replace(make_validation_policy(POLICY, world), last_moments=()),
        trust=limit_issuers(store, Issued.SIGNERS, (), catalogue),
        sources=OfflineSources((), ()),
        moment=moment,
    )


@pytest.mark.parametrize("name", facts.KEY_STORES)
def test_a_published_key_counts_where_it_signs_for_a_person(samples, name):
    _, signer = stored(samples / "eds", name)
    earlier = any(name.startswith(kind) and "2018" in name for kind in EARLIER)
    world = Environment.PROD if earlier else Environment.TEST
    moment = signer.not_before + timedelta(days=1)
    found = validate_certificate(
        signer, (), context(samples / "eds", world, moment), expected_iin=None
    )
    assert found.chain, name
    refused = {
        step.reason
        for step in found.steps
        if step.finding.code in {"key_usage", "role", "holder_profile", "certificate_policy"}
    } - {""}
    assert not refused if "individual_sign" in name else refused
