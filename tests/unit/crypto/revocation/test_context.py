"""A validation context is filled once; those derived from it change what they say and no more."""

from dataclasses import fields
from datetime import timedelta

from crypto.path.budget import PathBudget
from crypto.path.inputs import PathInputs
from crypto.report.policy import RevocationRule
from tests.support.pki.certificates import NOW, trust_of, world
from tests.support.pki.contexts import validation_context
from tests.support.pki.policies import policy

W = world()


def changed(before, after):
    return {f.name for f in fields(before) if getattr(before, f.name) != getattr(after, f.name)}


def test_bounds_on_keys_hold_at_the_moment_and_clocks_differ_as_the_policy_allows():
    context = validation_context(policy=policy(clock_tolerance_s=90))
    assert context.keys.moment == NOW
    assert not context.lies_ahead(NOW + timedelta(seconds=90))
    assert context.lies_ahead(NOW + timedelta(seconds=91))


def test_each_certificate_has_a_budget_of_its_own():
    context = validation_context(W.trust(), budget=PathBudget(signatures=1))
    first, second = context.for_certificate([W.authority.parsed]), context.for_certificate(())
    assert first.budget.charge_signature()
    assert second.budget == PathBudget()
    assert changed(context, first) == {"extra", "budget"}


def test_a_signer_of_crls_leads_to_the_anchor_of_the_path_and_is_asked_for_no_policy():
    demands = PathInputs(frozenset({"1.2.3"}), explicit_policy=True)
    context = validation_context(W.trust(), inputs=demands)
    derived = context.for_crl_signers(W.authority.parsed)
    assert derived.trust.anchors == (W.authority.parsed,)
    assert derived.inputs == PathInputs()
    assert changed(context, derived) == {"trust", "inputs"}


def test_time_stamps_have_anchors_of_their_own_and_no_responder():
    context = validation_context(W.trust(), timestamp_trust=trust_of(W.root))
    derived = context.for_timestamps()
    assert derived.trust is context.timestamp_trust
    assert derived.policy == policy(revocation=RevocationRule.CRL_ONLY)
    assert changed(context, derived) == {"trust", "policy"}


def test_a_key_is_pending_while_its_status_is_established():
    derived = validation_context().mark_pending(W.person.parsed).mark_pending(W.authority.parsed)
    assert derived.pending == (W.person.parsed.key.raw, W.authority.parsed.key.raw)
