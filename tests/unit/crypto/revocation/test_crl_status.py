"""When a revocation list counts for a certificate, and how deltas amend it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from crypto.asn1.der import DerError
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.crl_status import evaluate_crls
from crypto.revocation.status import RevocationStatus
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    NOW,
    PERSON_EXTENSIONS,
    SHA256,
    ca_name,
    issue,
    make_crl,
    person_name,
    signer,
    usage,
    world,
)
from tests.support.pki.contexts import validation_context

W = world()
GOOD, REVOKED, NOTHING = RevocationStatus
COMPROMISE = x509.ReasonFlags.key_compromise
HOLD = x509.ReasonFlags.certificate_hold
REMOVED = x509.ReasonFlags.remove_from_crl
DAYS = timedelta(days=2)


def judged(*ders, certificate=None, issuer=None):
    lists = [("test", ParsedCrl.parse(der)) for der in ders]
    return evaluate_crls(
        (certificate or W.person).parsed,
        (issuer or W.authority).parsed,
        lists,
        validation_context(),
        DAYS,
    )


def full(revoked=(), **options):
    return make_crl(W.authority, revoked, **options)


def delta(revoked=(), *, base=10, number=11, **options):
    return make_crl(W.authority, revoked, base=base, number=number, **options)


def point(**scope):
    defaults = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return [(x509.IssuingDistributionPoint(**(defaults | scope)), True)]


def test_a_list_that_does_not_name_the_certificate_says_good():
    assert judged(full([(5, None)])).status is GOOD


def test_a_list_that_names_it_says_revoked_and_why():
    verdict = judged(full([(5, None), (1001, COMPROMISE)]))
    assert verdict.status is REVOKED
    assert verdict.crl_reason == 1


def test_no_list_says_nothing():
    assert judged().status is NOTHING


def test_a_list_of_another_key_with_the_same_name_says_nothing():
    false = issue(ca_name("NCA TEST"), "false-authority", None, CA_EXTENSIONS, serial=2)
    verdict = judged(make_crl(false))
    assert verdict.status is NOTHING
    assert verdict.evidence[0].reason == "signature_wrong"


def test_a_list_of_another_issuer_says_nothing():
    verdict = judged(make_crl(W.root))
    assert (verdict.status, verdict.evidence[0].reason) == (NOTHING, "other_issuer")


def test_an_issuer_without_the_right_to_sign_lists_cannot():
    signing_only = issue(
        ca_name("NCA TEST"),
        "authority",
        W.root,
        ((x509.BasicConstraints(ca=True, path_length=None), True), (usage("key_cert_sign"), True)),
        serial=2,
    )
    verdict = judged(full(), issuer=signing_only)
    assert (verdict.status, verdict.evidence[0].reason) == (NOTHING, "no_crl_signing")


@pytest.mark.parametrize("critical", [True, False])
def test_an_unknown_critical_extension_makes_a_list_unusable(critical):
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    verdict = judged(full([(1001, COMPROMISE)], extensions=[(unknown, critical)]))
    assert verdict.status is (NOTHING if critical else REVOKED)


def test_an_old_list_still_revokes_but_no_longer_says_good():
    old = {"this_update": NOW - timedelta(days=9), "next_update": NOW - timedelta(days=8)}
    assert judged(full(**old)).status is NOTHING
    assert judged(full([(1001, COMPROMISE)], **old)).status is REVOKED
    assert judged(full([(1001, HOLD)], **old)).status is NOTHING


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        ({"only_contains_user_certs": True}, GOOD),
        ({"only_contains_ca_certs": True}, NOTHING),
        ({"only_contains_attribute_certs": True}, NOTHING),
        ({"only_some_reasons": frozenset({COMPROMISE})}, NOTHING),
        ({"full_name": [x509.UniformResourceIdentifier("http://other/")]}, NOTHING),
    ],
)
def test_a_list_speaks_only_about_its_scope(scope, status):
    assert judged(full(extensions=point(**scope))).status is status


def test_lists_for_different_reasons_add_up():
    every = set(x509.ReasonFlags) - {x509.ReasonFlags.unspecified, REMOVED}
    some = frozenset({COMPROMISE, HOLD})
    first = full(extensions=point(only_some_reasons=some))
    rest = full(extensions=point(only_some_reasons=frozenset(every - some)))
    assert judged(first).status is NOTHING
    assert judged(first, rest).status is GOOD


def test_a_list_of_a_distribution_point_counts_for_certificates_that_name_it():
    address = [x509.UniformResourceIdentifier("http://crl.test/one.crl")]
    named = x509.CRLDistributionPoints([x509.DistributionPoint(address, None, None, None)])
    holder = issue(
        person_name(), "person", W.authority, (*PERSON_EXTENSIONS, (named, False)), serial=1001
    )
    scoped = full(extensions=point(full_name=address))
    assert judged(scoped, certificate=holder).status is GOOD
    assert judged(scoped).status is NOTHING


@pytest.mark.parametrize(
    ("base", "amendment", "status"),
    [
        ([], [(1001, COMPROMISE)], REVOKED),
        ([(1001, HOLD)], [(1001, REMOVED)], GOOD),
        ([(1001, COMPROMISE)], [], REVOKED),
        ([], [], GOOD),
    ],
)
def test_a_delta_amends_its_list(base, amendment, status):
    assert judged(full(base), delta(amendment)).status is status
    assert judged(delta(amendment), full(base)).status is status


@pytest.mark.parametrize(
    "numbers", [{"base": 11, "number": 12}, {"base": 5, "number": 10}, {"base": 5, "number": 9}]
)
def test_a_delta_of_another_list_is_left_aside_with_its_reason(numbers):
    verdict = judged(full([(1001, HOLD)]), delta([(1001, REMOVED)], **numbers))
    assert verdict.status is REVOKED
    assert "delta_of_another_list" in {e.reason for e in verdict.evidence}


def test_a_delta_alone_says_nothing():
    verdict = judged(delta())
    assert (verdict.status, verdict.evidence[0].reason) == (NOTHING, "no_base_list")


def test_a_malformed_entry_makes_the_whole_list_unusable():
    good = full([(5, COMPROMISE), (6, COMPROMISE)])
    broken = good.replace(bytes.fromhex("0a0101"), bytes.fromhex("0a01ff"), 1)
    assert broken != good
    with pytest.raises(DerError):
        list(ParsedCrl.parse(broken).entries())


def test_an_entry_for_another_issuer_makes_a_direct_list_unusable():
    entry = (
        x509.RevokedCertificateBuilder()
        .serial_number(5)
        .revocation_date(NOW)
        .add_extension(x509.CertificateIssuer([x509.DirectoryName(ca_name("X"))]), True)
        .build()
    )
    der = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(W.authority.certificate.subject)
        .last_update(NOW - timedelta(hours=1))
        .next_update(NOW + timedelta(hours=1))
        .add_revoked_certificate(entry)
        .sign(W.authority.private, SHA256)
        .public_bytes(serialization.Encoding.DER)
    )
    verdict = judged(der)
    assert (verdict.status, verdict.evidence[0].reason) == (NOTHING, "entries:certificate_issuer")


def test_a_delta_lifts_a_hold_and_nothing_else():
    lifted = delta([(1001, REMOVED)])
    assert judged(full([(1001, HOLD)]), lifted).status is GOOD
    assert judged(full([(1001, COMPROMISE)]), lifted).status is REVOKED
    assert judged(full([(1001, None)]), lifted).status is REVOKED


def test_the_newest_of_several_deltas_decides():
    held, released = delta([(1001, HOLD)], number=11), delta([(1001, REMOVED)], number=12)
    assert judged(full(), released, held).status is GOOD
    again = delta([(1001, HOLD)], number=13)
    assert judged(full(), again, released).status is REVOKED


def damaged(der):
    bad = bytearray(der)
    bad[-5] ^= 1
    return bytes(bad)


def test_a_list_whose_delta_is_damaged_says_good_of_nobody():
    verdict = judged(full(), damaged(delta()))
    assert (verdict.status, verdict.reason) == (NOTHING, "signature_wrong")
    assert "delta_broken" in {e.reason for e in verdict.evidence}
    assert judged(full([(1001, COMPROMISE)]), damaged(delta())).status is REVOKED


def test_a_late_delta_is_left_aside_damaged_or_not():
    late = {"this_update": NOW - timedelta(days=9), "next_update": NOW - timedelta(days=8)}
    assert judged(full(), delta(**late)).status is GOOD
    assert judged(full(), damaged(delta(**late))).status is GOOD


def test_of_two_editions_of_a_list_the_newer_decides_but_only_a_hold_can_end():
    newer = full(number=11)
    verdict = judged(full([(1001, HOLD)]), newer)
    assert verdict.status is GOOD
    assert {e.reason for e in verdict.evidence} == {"counted", "superseded"}
    assert judged(full([(1001, COMPROMISE)]), newer).status is REVOKED
    assert judged(full(), full([(1001, HOLD)], number=11)).status is REVOKED


def test_a_delta_with_a_malformed_entry_is_a_damaged_one():
    good = delta([(5, COMPROMISE)])
    broken = good.replace(bytes.fromhex("0a0101"), bytes.fromhex("0a01ff"), 1)
    body = ParsedCrl.parse(broken)
    mended = replace(body, signature=signer(W.authority.private)(body.tbs))
    lists = [("test", ParsedCrl.parse(full())), ("test", mended)]
    verdict = evaluate_crls(W.person.parsed, W.authority.parsed, lists, validation_context(), DAYS)
    assert verdict.status is NOTHING
    assert any(e.reason.startswith("entries:") for e in verdict.evidence)


def test_a_list_that_never_says_when_the_next_is_due_counts_for_nothing():
    endless = replace(ParsedCrl.parse(full()), next_update=None)
    lists = [("test", endless)]
    verdict = evaluate_crls(W.person.parsed, W.authority.parsed, lists, validation_context(), DAYS)
    assert (verdict.status, verdict.reason) == (NOTHING, "no_next_update")


@pytest.mark.parametrize(
    ("lists", "status"),
    [
        ([delta([(1001, COMPROMISE)])], REVOKED),
        ([full(), delta([(1001, COMPROMISE)], base=12, number=13)], REVOKED),
        ([full(), delta([(1001, HOLD)], base=12, number=13)], REVOKED),
        ([full(), delta([(1001, COMPROMISE)], base=5, number=9)], REVOKED),
        ([full(), delta([(1001, HOLD)], base=5, number=9)], GOOD),  # the list is newer
        ([full(), delta([(1001, REMOVED)], base=12, number=13)], GOOD),
        ([full(), damaged(delta([(1001, COMPROMISE)], base=12, number=13))], GOOD),
        ([full(), make_crl(W.root, [(1001, COMPROMISE)], base=12, number=13)], GOOD),
    ],
)
def test_a_delta_whose_list_is_not_at_hand_revokes_all_the_same(lists, status):
    assert judged(*lists).status is status


@pytest.mark.parametrize("numbers", [(10, 11), (11, 10)])
def test_of_two_lists_the_reason_that_excuses_nothing_counts(numbers):
    """A benign end is excused in a document with a time-stamp; a compromise never is."""
    benign, grave = numbers
    superseded = full([(1001, x509.ReasonFlags.superseded)], number=benign)
    compromised = full([(1001, COMPROMISE)], number=grave)
    for given in ((superseded, compromised), (compromised, superseded)):
        verdict = judged(*given)
        assert verdict.status is REVOKED
        assert verdict.crl_reason == 1
