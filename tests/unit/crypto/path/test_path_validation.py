"""Certification paths: RFC 5280 clause 6.1 rule by rule, and a search that cannot be exhausted."""

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest
from cryptography import x509

from crypto.algorithms.keys import AlgorithmIdentifier, PublicKeyInfo
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.path.budget import PathBudget
from crypto.path.inputs import PathInputs
from crypto.path.validate import PathFailure, find_path, find_valid_paths, validate_path
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    NOW,
    PERSON_EXTENSIONS,
    ca_name,
    issue,
    person_name,
    trust_of,
    usage,
    world,
)
from tests.support.pki.contexts import validation_context

W = world()
SIGN = (usage("key_cert_sign", "crl_sign"), True)
ANY = frozenset({oids.ANY_POLICY})


def found(target, *pool, root=W.root, budget=None, moment=NOW, **inputs):
    context = validation_context(
        trust_of(root),
        moment=moment,
        extra=tuple(holder.parsed for holder in pool),
        inputs=PathInputs(**inputs),
        budget=budget or PathBudget(),
    )
    return find_path(target.parsed, context)


def codes(result):
    return {failure.code for failure in result.failures}


def authority(*extensions, label="sub", issuer=W.root, name="SUB TEST", serial=10):
    return issue(ca_name(name), label, issuer, extensions, serial=serial)


def ca(path_length=None):
    return (x509.BasicConstraints(ca=True, path_length=path_length), True)


def leaf(issuer, extensions=PERSON_EXTENSIONS, *, name=None):
    return issue(name or person_name(), "person", issuer, extensions, serial=77)


def test_a_path_is_found_through_the_given_intermediate():
    result = found(W.person, W.authority)
    assert result.valid
    assert [c.sha256 for c in result.chain] == [
        W.person.parsed.sha256,
        W.authority.parsed.sha256,
        W.root.parsed.sha256,
    ]


def test_without_the_intermediate_there_is_no_path():
    result = found(W.person)
    assert (result.valid, result.chain, result.policies) == (False, (), frozenset())
    assert result.failures == (PathFailure("no_issuer_found", 0, ""),)


def test_beside_valid_paths_no_failure_is_told():
    context = validation_context(trust_of(W.root), extra=(W.authority.parsed,))
    assert [path.valid for path in find_valid_paths(W.person.parsed, context)] == [True]


def test_an_anchor_is_a_path_by_itself():
    result = found(W.root)
    assert (result.valid, result.chain, result.policies) == (True, (W.root.parsed,), ANY)


@pytest.mark.parametrize(
    ("extensions", "code"),
    [
        ((SIGN,), "not_a_ca"),
        (((x509.BasicConstraints(ca=False, path_length=None), True), SIGN), "not_a_ca"),
        ((ca(), (usage("crl_sign"), True)), "no_certificate_signing"),
        (
            (
                ca(),
                SIGN,
                (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"), True),
            ),
            "unknown_critical_extension",
        ),
    ],
)
def test_an_issuer_must_be_an_authority(extensions, code):
    sub = authority(*extensions)
    assert codes(found(leaf(sub), sub)) == {code}


def test_an_unknown_critical_extension_of_the_signer_refuses():
    unknown = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"), True)
    assert codes(found(leaf(W.authority, (unknown,)), W.authority)) == {
        "unknown_critical_extension"
    }


def test_path_length_counts_intermediates_that_are_not_self_issued():
    top = authority(ca(0), SIGN)
    below = authority(ca(), SIGN, label="below", issuer=top, name="BELOW TEST", serial=11)
    assert found(leaf(top), top).valid
    assert found(leaf(below), top, below).failures == (PathFailure("path_length", 1, ""),)
    renewed = authority(
        ca(), SIGN, label="renewed", issuer=top, serial=12
    )  # same name: self-issued
    assert found(leaf(renewed), top, renewed).valid


def test_path_length_is_spent_one_by_one():
    top = authority(ca(2), SIGN)
    first = authority(ca(), SIGN, label="first", issuer=top, name="FIRST", serial=11)
    second = authority(ca(), SIGN, label="second", issuer=first, name="SECOND", serial=12)
    third = authority(ca(), SIGN, label="third", issuer=second, name="THIRD", serial=13)
    assert found(leaf(second), top, first, second).valid
    assert found(leaf(third), top, first, second, third).failures == (
        PathFailure("path_length", 1, ""),
    )


def test_every_certificate_must_be_in_force():
    aged = issue(
        ca_name("SUB TEST"),
        "sub",
        W.root,
        CA_EXTENSIONS,
        serial=10,
        not_after=NOW - timedelta(seconds=1),
    )
    (failure,) = found(leaf(aged), aged).failures
    assert (failure.code, failure.position) == ("expired", 1)
    assert "not_yet_valid" in codes(found(W.person, W.authority, moment=NOW - timedelta(days=400)))


@pytest.mark.parametrize(
    ("dates", "code"),
    [
        ({"not_after": NOW - timedelta(seconds=1)}, "expired"),
        ({"not_before": NOW + timedelta(seconds=1)}, "not_yet_valid"),
    ],
)
def test_the_anchor_must_be_in_force_itself(dates, code):
    root = issue(ca_name("ROOT TEST"), "root", None, CA_EXTENSIONS, serial=1, **dates)
    (failure,) = found(leaf(root), root=root).failures
    (date,) = dates.values()
    assert (failure.code, failure.position, failure.detail) == (code, 1, date.isoformat())
    (alone,) = found(root, root=root).failures
    assert (alone.code, alone.position) == (code, 0)


def test_a_certificate_is_in_force_to_the_second():
    certificate = leaf(W.authority).parsed
    for moment, code in (
        (certificate.not_before - timedelta(seconds=1), "not_yet_valid"),
        (certificate.not_after + timedelta(seconds=1), "expired"),
    ):
        assert code in codes(found(leaf(W.authority), W.authority, moment=moment))
    for moment in (certificate.not_before, certificate.not_after):
        assert found(leaf(W.authority), W.authority, moment=moment).valid


def test_another_key_under_the_right_name_does_not_link():
    false = issue(ca_name("NCA TEST"), "false-authority", W.root, CA_EXTENSIONS, serial=2)
    assert codes(found(W.person, false)) == {"link_signature"}


def test_the_right_issuer_is_found_among_namesakes():
    false = [
        issue(ca_name("NCA TEST"), f"false{n}", W.root, CA_EXTENSIONS, serial=50 + n)
        for n in range(3)
    ]
    assert found(W.person, *false, W.authority).valid


@pytest.mark.parametrize("order", [1, -1])
def test_a_path_whose_links_hold_explains_more_than_one_that_shares_names(order):
    aged = issue(
        ca_name("SUB TEST"),
        "sub",
        W.root,
        CA_EXTENSIONS,
        serial=10,
        not_after=NOW - timedelta(seconds=1),
    )
    namesake = authority(*CA_EXTENSIONS, label="namesake", serial=11)
    assert codes(found(leaf(aged), *[aged, namesake][::order])) == {"expired"}


UNKNOWN = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"), True)


@pytest.mark.parametrize(
    ("extensions", "code", "detail"),
    [
        ((SIGN,), "not_a_ca", ""),
        ((ca(), (usage("crl_sign"), True)), "no_certificate_signing", ""),
        ((ca(), SIGN, UNKNOWN), "unknown_critical_extension", "1.2.3"),
    ],
)
def test_a_failure_names_the_place_of_its_certificate(extensions, code, detail):
    top = authority(*extensions, label="top", name="TOP TEST")
    below = authority(*CA_EXTENSIONS, label="below", issuer=top, name="BELOW TEST", serial=11)
    result = found(leaf(below), top, below)
    assert result.failures == (PathFailure(code, 2, detail),)


def test_a_link_that_does_not_hold_names_its_place():
    stranger = issue(ca_name("ROOT TEST"), "stranger", None, CA_EXTENSIONS, serial=1)
    false = authority(*CA_EXTENSIONS, label="false", issuer=stranger)
    result = found(leaf(false), false)
    assert [(each.code, each.position) for each in result.failures] == [("link_signature", 1)]
    chain = (W.person.parsed, W.root.parsed)
    unlinked = validate_path(chain, validation_context(trust_of(W.root)))
    assert [(each.code, each.position) for each in unlinked.failures] == [
        ("name_chaining", 0),
        ("link_signature", 0),
    ]


def test_names_are_compared_as_rfc_5280_says():
    sub = authority(*CA_EXTENSIONS, name="Sub   Test")
    renamed = issue(
        person_name(),
        "person",
        sub,
        PERSON_EXTENSIONS,
        serial=77,
        issuer_name=ca_name(" SUB TEST "),
    )
    assert found(renamed, sub).valid


# Name constraints


def constrained(permitted=None, excluded=None):
    constraints = x509.NameConstraints(permitted, excluded)
    return authority(ca(), SIGN, (constraints, True))


def alternative(*names):
    return (*PERSON_EXTENSIONS, (x509.SubjectAlternativeName(names), False))


@pytest.mark.parametrize(
    ("permitted", "excluded", "names", "code"),
    [
        ([x509.DNSName("bank.kz")], None, [x509.DNSName("a.bank.kz")], None),
        ([x509.DNSName("bank.kz")], None, [x509.DNSName("abank.kz")], "name_constraint"),
        (None, [x509.DNSName("bank.kz")], [x509.DNSName("A.BANK.kz")], "name_constraint"),
        ([x509.RFC822Name("bank.kz")], None, [x509.RFC822Name("a@bank.kz")], None),
        ([x509.RFC822Name("bank.kz")], None, [x509.RFC822Name("a@x.bank.kz")], "name_constraint"),
        ([x509.RFC822Name(".bank.kz")], None, [x509.RFC822Name("a@x.bank.kz")], None),
        (
            [x509.UniformResourceIdentifier(".bank.kz")],
            None,
            [x509.UniformResourceIdentifier("http://x.bank.kz/")],
            None,
        ),
        (
            [x509.UniformResourceIdentifier("bank.kz")],
            None,
            [x509.UniformResourceIdentifier("http://10.0.0.1/")],
            "name_constraint_unsupported",
        ),
        (
            [x509.IPAddress(ip_network("10.0.0.0/8"))],
            None,
            [x509.IPAddress(ip_network("10.1.2.3/32").network_address)],
            None,
        ),
        (
            [x509.IPAddress(ip_network("10.0.0.0/8"))],
            None,
            [x509.IPAddress(ip_network("11.1.2.3/32").network_address)],
            "name_constraint",
        ),
        (
            [x509.RegisteredID(x509.ObjectIdentifier("1.2.3"))],
            None,
            [x509.RegisteredID(x509.ObjectIdentifier("1.2.3"))],
            "name_constraint_unsupported",
        ),
        (
            [x509.IPAddress(ip_network("10.0.0.0/8"))],
            None,
            [x509.IPAddress(ip_network("::1/128").network_address)],
            "name_constraint",
        ),
        ([x509.RFC822Name("a@bank.kz")], None, [x509.RFC822Name("a@BANK.kz")], None),
        ([x509.RFC822Name("a@bank.kz")], None, [x509.RFC822Name("A@bank.kz")], "name_constraint"),
        (
            [x509.RFC822Name("bank.kz")],
            None,
            [x509.RFC822Name("bank.kz")],  # a mailbox that is none
            "name_constraint_unsupported",
        ),
        (
            None,
            [x509.UniformResourceIdentifier("bank.kz")],
            [x509.UniformResourceIdentifier("urn:x:y")],
            "name_constraint_unsupported",
        ),
        (
            None,
            [x509.UniformResourceIdentifier("bank.kz")],
            [x509.UniformResourceIdentifier("http://[1/")],
            "name_constraint_unsupported",
        ),
        ([x509.DirectoryName(ca_name("X"))], None, [], "name_constraint"),
        (None, [x509.DirectoryName(person_name())], [], "name_constraint"),
    ],
)
def test_name_constraints_bind_what_an_authority_may_name(permitted, excluded, names, code):
    sub = constrained(permitted, excluded)
    target = leaf(sub, alternative(*names) if names else PERSON_EXTENSIONS)
    failures = [(each.code, each.position) for each in found(target, sub).failures]
    assert failures == ([(code, 0)] if code else [])


# Policies


def policies(*identifiers):
    infos = [x509.PolicyInformation(x509.ObjectIdentifier(o), None) for o in identifiers]
    return (x509.CertificatePolicies(infos), False)


def with_policies(sub_policies, leaf_policies, *extra):
    sub = authority(ca(), SIGN, policies(*sub_policies), *extra)
    return leaf(sub, (policies(*leaf_policies),)), sub


def test_an_explicit_policy_must_run_through_the_path():
    target, sub = with_policies(["1.2.1"], ["1.2.1"])
    assert found(target, sub, explicit_policy=True, policies=frozenset({"1.2.1"})).policies == {
        "1.2.1"
    }
    other = found(target, sub, explicit_policy=True, policies=frozenset({"1.2.2"}))
    assert other.failures == (PathFailure("policy_required", 0, ""),)
    target, sub = with_policies(["1.2.1"], ["1.2.2"])
    assert found(target, sub).valid
    assert (
        found(target, sub, explicit_policy=True).failures
        == (PathFailure("policy_required", 0, ""),) * 2
    )


def test_any_policy_stands_for_every_policy_unless_inhibited():
    target, sub = with_policies([oids.ANY_POLICY], ["1.2.1"])
    asked = {"explicit_policy": True, "policies": frozenset({"1.2.1"})}
    assert found(target, sub, **asked).policies == {"1.2.1"}
    assert not found(target, sub, inhibit_any=True, **asked).valid


def test_a_mapped_policy_counts_as_its_issuers_unless_mapping_is_inhibited():
    mapping = (
        x509.UnrecognizedExtension(
            x509.ObjectIdentifier(oids.POLICY_MAPPINGS), bytes.fromhex("300a300806022a0106022a02")
        ),
        False,
    )
    target, sub = with_policies(["1.2.1"], ["1.2.2"], mapping)
    asked = {"explicit_policy": True, "policies": frozenset({"1.2.1"})}
    assert found(target, sub, **asked).policies == {"1.2.1"}
    assert not found(target, sub, inhibit_mapping=True, **asked).valid
    assert not found(target, sub, explicit_policy=True, policies=frozenset({"1.2.2"})).valid


def test_an_authority_may_demand_an_explicit_policy():
    demand = (x509.PolicyConstraints(require_explicit_policy=0, inhibit_policy_mapping=None), True)
    target, sub = with_policies(["1.2.1"], ["1.2.2"], demand)
    assert "policy_required" in codes(found(target, sub))


def test_a_signer_may_demand_an_explicit_policy_of_its_own_path():
    demand = (x509.PolicyConstraints(require_explicit_policy=0, inhibit_policy_mapping=None), True)
    sub = authority(*CA_EXTENSIONS)
    assert found(leaf(sub), sub).valid
    assert codes(found(leaf(sub, (*PERSON_EXTENSIONS, demand)), sub)) == {"policy_required"}


def test_a_mapping_to_any_policy_is_refused():
    mapping = x509.UnrecognizedExtension(
        x509.ObjectIdentifier(oids.POLICY_MAPPINGS),
        w.sequence(w.sequence(w.oid(oids.ANY_POLICY), w.oid("1.2.1"))),
    )
    sub = authority(ca(), SIGN, (mapping, True))
    assert found(leaf(sub), sub).failures == (PathFailure("policy_mapping", 1, ""),)


# Budgets


@pytest.mark.parametrize("spent", ["paths", "steps"])
def test_a_search_that_may_not_go_on_says_so(spent):
    result = found(W.person, W.authority, budget=PathBudget(**{spent: 0}))
    assert codes(result) == {"path_budget_spent"}


@pytest.mark.parametrize(("signatures", "places"), [(0, [1, 0]), (1, [0])])
def test_a_link_that_cannot_be_paid_is_no_link(signatures, places):
    result = found(W.person, W.authority, budget=PathBudget(signatures=signatures))
    assert result.failures == tuple(PathFailure("path_budget_spent", place, "") for place in places)


def test_the_last_signature_in_the_budget_is_verified():
    assert found(W.person, W.authority, budget=PathBudget(signatures=2)).valid


def test_a_thicket_of_namesakes_is_left_within_the_budget():
    # Everyone issued everyone under one name: the number of paths grows as a factorial.
    thicket = [
        issue(ca_name("NCA TEST"), f"thicket{n}", None, CA_EXTENSIONS, serial=200 + n)
        for n in range(12)
    ]
    target = issue(person_name(), "person", thicket[0], PERSON_EXTENSIONS, serial=77)
    budget = PathBudget()
    result = found(target, *thicket, budget=budget)
    assert not result.valid
    assert budget.steps <= 0
    assert budget.signatures >= 0


def test_two_authorities_that_issued_each_other_make_no_endless_path():
    first = issue(ca_name("A"), "cross-a", None, CA_EXTENSIONS, serial=1)
    second = issue(ca_name("B"), "cross-b", first, CA_EXTENSIONS, serial=2)
    back = issue(ca_name("A"), "cross-a", second, CA_EXTENSIONS, serial=3)
    target = leaf(back)
    assert codes(found(target, first, second, back)) == {"no_issuer_found"}


def test_only_dsa_keys_inherit_parameters():
    """RFC 5480 forbids it for curves: a key without its curve is no key (PKITS 4.1.5 is DSA's)."""
    whole = W.authority.parsed
    bare = w.sequence(w.algorithm(oids.EC_PUBLIC_KEY, with_null=False), w.bit_string(whole.key.key))
    without = PublicKeyInfo(bare, AlgorithmIdentifier(oids.EC_PUBLIC_KEY, None), whole.key.key)
    chain = (W.person.parsed, replace(whole, key=without), W.root.parsed)
    result = validate_path(chain, validation_context(trust_of(W.root)))
    assert [(each.code, each.position, each.detail) for each in result.failures] == [
        ("public_key_refused", 0, oids.EC_PUBLIC_KEY)
    ]


def test_key_identifiers_lead_to_the_right_namesake_first():
    thicket = [
        issue(ca_name("NCA TEST"), f"namesake{n}", W.root, CA_EXTENSIONS, serial=40 + n)
        for n in range(20)
    ]
    budget = PathBudget()
    assert found(W.person, *thicket, W.authority, budget=budget).valid
    assert PathBudget().signatures - budget.signatures == 2  # the two links of the path


def test_what_an_anchor_says_of_itself_binds_its_path():
    """RFC 5937: path length and name constraints of the anchor's own certificate."""
    limits = (x509.NameConstraints([x509.DirectoryName(ca_name("X"))], None), True)
    short = issue(ca_name("SHORT ROOT"), "short", None, (ca(0), SIGN), serial=1)
    narrow = issue(ca_name("NARROW ROOT"), "narrow", None, (ca(), SIGN, limits), serial=1)
    for root, code in ((short, "path_length"), (narrow, "name_constraint")):
        sub = authority(ca(), SIGN, issuer=root)
        assert code in codes(found(leaf(sub), sub, root=root))
        assert code not in codes(found(leaf(W.root), root=W.root))


def test_a_name_with_more_constraints_than_can_be_compared_is_refused():
    bases = [x509.DNSName(f"a{n}.kz") for n in range(500)]
    names = alternative(*[x509.DNSName(f"b{n}.kz") for n in range(300)])
    sub = constrained(None, bases)
    (failure,) = found(leaf(sub, names), sub).failures
    assert (failure.code, failure.position) == ("name_constraint_unsupported", 0)
    assert failure.detail
