"""Lists signed by somebody else than the certificate's issuer: who may, and who never may."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.path.budget import PathBudget
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.crl_status import check_crls
from crypto.revocation.status import RevocationStatus
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    NOW,
    PERSON_EXTENSIONS,
    SHA256,
    Sources,
    ca_name,
    issue,
    make_crl,
    person_name,
    trust_of,
    usage,
    world,
)
from tests.support.pki.contexts import validation_context

W = world()
GOOD, REVOKED, NOTHING = RevocationStatus
COMPROMISE = x509.ReasonFlags.key_compromise
NCA, LISTER = ca_name("NCA TEST"), ca_name("LIST ISSUER TEST")
LISTS = ((usage("crl_sign"), True),)
DAYS = timedelta(days=2)


def judged(certificate, issuer, held, *, known=(), root=W.root, budget=None):
    """Judge by lists, with a search among `known` certificates to `root`."""
    sources = Sources(held=[ParsedCrl.parse(der) for der in held])
    context = validation_context(
        trust_of(root),
        sources,
        extra=tuple(holder.parsed for holder in known),
        budget=budget or PathBudget(),
    )
    return check_crls(certificate.parsed, issuer.parsed, context, DAYS)


def points(*, full=None, issuer=None, reasons=None, relative=None):
    names = None if full is None else [x509.DirectoryName(full)]
    crl_issuer = None if issuer is None else [x509.DirectoryName(issuer)]
    point = x509.DistributionPoint(names, relative, reasons, crl_issuer)
    return (x509.CRLDistributionPoints([point]), False)


def scope(*, full=None, indirect=False, relative=None):
    names = None if full is None else [x509.DirectoryName(full)]
    return [
        (
            x509.IssuingDistributionPoint(
                full_name=names,
                relative_name=relative,
                only_contains_user_certs=False,
                only_contains_ca_certs=False,
                only_some_reasons=None,
                indirect_crl=indirect,
                only_contains_attribute_certs=False,
            ),
            True,
        )
    ]


def root_crl(*serials):
    return make_crl(
        W.root, [(s, COMPROMISE) for s in serials], next_update=NOW + timedelta(days=90)
    )


def indirect_crl(signer, *named, **options):
    """Make an indirect list; `named` are (serial, certificate issuer or None)."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(signer.certificate.subject)
        .last_update(NOW - timedelta(hours=1))
        .next_update(NOW + timedelta(hours=23))
        .add_extension(x509.CRLNumber(3), False)
    )
    for extension, critical in options.get("extensions", scope(indirect=True)):
        builder = builder.add_extension(extension, critical)
    for serial, issuer in named:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(NOW)
        if issuer is not None:
            stated = x509.CertificateIssuer([x509.DirectoryName(issuer)])
            entry = entry.add_extension(stated, True)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(signer.private, SHA256).public_bytes(serialization.Encoding.DER)


def second_key(extensions=LISTS, issuer=W.root, serial=50, label="nca-lists"):
    """Another certificate under the issuing CA's name."""
    return issue(NCA, label, issuer, extensions, serial=serial)


def person(*extensions):
    return issue(
        person_name(), "person", W.authority, (*PERSON_EXTENSIONS, *extensions), serial=1001
    )


@pytest.mark.parametrize(("revoked", "status"), [([], GOOD), ([(1001, COMPROMISE)], REVOKED)])
def test_another_key_of_the_issuer_may_sign_its_lists(revoked, status):
    lister = second_key()
    held = [make_crl(lister, revoked), root_crl()]
    assert judged(W.person, W.authority, held, known=[lister]).status is status


def test_evidence_about_the_list_signer_is_part_of_the_evidence():
    lister = second_key()
    held = [make_crl(lister), root_crl()]
    verdict = judged(W.person, W.authority, held, known=[lister])
    assert {e.sha256 for e in verdict.evidence} == {ParsedCrl.parse(d).sha256 for d in held}


@pytest.mark.parametrize(
    ("lister", "root_lists", "reason"),
    [
        (second_key(), [], "crl_signer_status_unknown"),
        (second_key(), [root_crl(50)], "crl_signer_revoked"),
        (second_key(((usage("key_cert_sign"), True),)), [root_crl()], "no_crl_signing"),
        (second_key(issuer=None), [root_crl()], "crl_signer_path:no_issuer_found"),
    ],
)
def test_a_list_signer_must_be_good_itself(lister, root_lists, reason):
    held = [make_crl(lister, [(5, None)]), *root_lists]
    verdict = judged(W.person, W.authority, held, known=[lister])
    assert verdict.status is NOTHING
    assert reason in {e.reason for e in verdict.evidence}


def test_a_list_signer_must_come_from_the_same_anchor():
    other = issue(ca_name("OTHER ROOT"), "other-root", None, CA_EXTENSIONS, serial=1)
    lister = second_key(issuer=other)
    held = [make_crl(lister), root_crl(), make_crl(other)]
    verdict = judged(W.person, W.authority, held, known=[lister, other])
    assert verdict.status is NOTHING


def test_a_list_never_vouches_for_its_own_signer():
    """The signer is certified by the CA itself, so only its own list could say it is good."""
    lister = second_key(issuer=W.authority)
    held = [make_crl(lister), root_crl()]
    verdict = judged(W.person, W.authority, held, known=[lister, W.authority])
    assert verdict.status is NOTHING
    assert "circular_crl_signer" in {e.reason for e in verdict.evidence}


def test_two_list_signers_never_vouch_for_each_other():
    first = second_key(issuer=W.authority, serial=50)
    second = second_key(issuer=W.authority, serial=51, label="nca-lists-2")
    held = [make_crl(first), make_crl(second, number=11), root_crl()]
    verdict = judged(W.person, W.authority, held, known=[first, second, W.authority])
    assert verdict.status is NOTHING


def test_an_authority_is_not_vouched_for_by_whom_it_certified():
    lister = issue(ca_name("ROOT TEST"), "root-lister", W.authority, LISTS, serial=60)
    held = [make_crl(lister), make_crl(W.authority)]
    verdict = judged(W.authority, W.root, held, known=[lister, W.authority])
    assert (verdict.status, verdict.reason) == (NOTHING, "circular_crl_signer")


@pytest.mark.parametrize(("length", "status"), [(1, GOOD), (5, GOOD), (12, NOTHING)])
def test_signers_of_lists_about_signers_of_lists_are_followed_a_few_steps_only(length, status):
    """Each is listed by the next, and the last one alone by the root."""
    names = [ca_name(f"LISTER {n}") for n in range(length)]
    last = ca_name("LAST")
    steps = [
        issue(
            name,
            f"step{n}",
            W.root,
            (*LISTS, points(issuer=names[n + 1]) if n + 1 < length else points(full=last)),
            serial=70 + n,
        )
        for n, name in enumerate(names)
    ]
    held = [indirect_crl(step) for step in steps]
    held.append(make_crl(W.root, extensions=scope(full=last)))
    verdict = judged(person(points(issuer=names[0])), W.authority, held, known=steps)
    assert verdict.status is status
    assert ("crl_signer_depth" in {e.reason for e in verdict.evidence}) is (status is NOTHING)


def test_a_certificate_never_signs_the_list_about_itself():
    holder = issue(NCA, "self-lister", W.authority, (*PERSON_EXTENSIONS[1:], LISTS[0]), serial=1001)
    held = [make_crl(holder), root_crl()]
    verdict = judged(holder, W.authority, held, known=[holder, W.authority])
    assert verdict.status is NOTHING


@pytest.mark.parametrize(
    ("named", "status"),
    [
        ([], GOOD),
        ([(1001, NCA)], REVOKED),
        ([(1001, None)], GOOD),  # that is a certificate of the list's own issuer
        ([(5, NCA), (1001, None)], REVOKED),  # an entry inherits the issuer before it
        ([(1001, ca_name("X"))], GOOD),
    ],
)
def test_an_indirect_list_speaks_about_the_issuers_it_names(named, status):
    lister = issue(LISTER, "lister", W.root, LISTS, serial=60)
    held = [indirect_crl(lister, *named), root_crl()]
    holder = person(points(full=LISTER, issuer=LISTER))
    assert judged(holder, W.authority, held, known=[lister]).status is status


@pytest.mark.parametrize(
    ("extension", "extensions"),
    [
        (None, scope(indirect=True)),  # the certificate names nobody
        (points(full=LISTER, issuer=LISTER), scope(full=LISTER)),
        (points(full=LISTER, issuer=LISTER), []),
        (points(full=LISTER, issuer=LISTER), scope(indirect=True, full=ca_name("X"))),
        (points(full=LISTER, issuer=ca_name("X")), scope(indirect=True)),
    ],
)
def test_a_list_of_somebody_else_counts_only_when_both_sides_say_so(extension, extensions):
    lister = issue(LISTER, "lister", W.root, LISTS, serial=60)
    held = [indirect_crl(lister, extensions=extensions), root_crl()]
    holder = person(extension) if extension else W.person
    assert judged(holder, W.authority, held, known=[lister]).status is NOTHING


def test_a_name_relative_to_the_list_issuer_is_compared_whole():
    part = x509.RelativeDistinguishedName(
        [x509.NameAttribute(x509.NameOID.ORGANIZATIONAL_UNIT_NAME, "part 1")]
    )
    other = x509.RelativeDistinguishedName(
        [x509.NameAttribute(x509.NameOID.ORGANIZATIONAL_UNIT_NAME, "part 2")]
    )
    whole = x509.Name([*NCA, *part])
    holder = person(points(full=whole))
    for relative, status in ((part, GOOD), (other, NOTHING)):
        held = [make_crl(W.authority, extensions=scope(relative=relative))]
        assert judged(holder, W.authority, held).status is status


def test_a_list_named_for_the_issuer_itself_counts_without_a_distribution_point():
    held = [make_crl(W.authority, extensions=scope(full=NCA))]
    assert judged(W.person, W.authority, held).status is GOOD


@pytest.mark.parametrize(("named", "status"), [([], GOOD), ([(60, ca_name("ROOT TEST"))], NOTHING)])
def test_a_signer_whose_authority_lets_it_list_itself_may_until_it_lists_itself(named, status):
    own = points(full=LISTER, issuer=LISTER)
    lister = issue(LISTER, "lister", W.root, (*LISTS, own), serial=60)
    held = [indirect_crl(lister, *named), root_crl()]
    holder = person(points(full=LISTER, issuer=LISTER))
    assert judged(holder, W.authority, held, known=[lister]).status is status


def test_a_signer_that_may_list_itself_falls_when_its_authority_lists_it():
    own = points(full=LISTER, issuer=LISTER)
    lister = issue(LISTER, "lister", W.root, (*LISTS, own), serial=60)
    held = [indirect_crl(lister), root_crl(60)]
    holder = person(points(full=LISTER, issuer=LISTER))
    verdict = judged(holder, W.authority, held, known=[lister])
    assert verdict.status is NOTHING
    assert "crl_signer_revoked" in {e.reason for e in verdict.evidence}


def test_the_search_for_signers_ends_with_the_budget():
    thicket = [second_key(label=f"nca-{n}", serial=100 + n) for n in range(12)]
    held = [make_crl(thicket[-1]), root_crl()]
    budget = PathBudget(signatures=5)
    verdict = judged(W.person, W.authority, held, known=thicket, budget=budget)
    assert verdict.status is NOTHING
    assert "path_budget_spent" in {e.reason for e in verdict.evidence}
    assert budget.signatures == 0


def test_a_delta_signed_by_another_key_than_its_list_changes_nothing():
    lister = second_key()
    held = [
        make_crl(W.authority, [(1001, x509.ReasonFlags.certificate_hold)]),
        make_crl(lister, [(1001, x509.ReasonFlags.remove_from_crl)], base=10, number=11),
        root_crl(),
    ]
    verdict = judged(W.person, W.authority, held, known=[lister])
    assert verdict.status is REVOKED
    assert "delta_of_another_list" in {e.reason for e in verdict.evidence}


# Who is good when signers of lists depend on signers of lists


def well_founded(nca_signers, root_signers, certified_by):
    """Compute who is good with nobody's help for himself: the least fixed point of the rule.

    Somebody is good when a list of his issuer's name is signed by his issuer's key, or by
    somebody of that name who is good and whose authority is.
    """
    people = {"person": "authority", "authority": "root", "root-lister": "root"} | certified_by
    subject = {"root-lister": "root"} | dict.fromkeys(certified_by, "authority")
    good = {"root"}

    def helped(who):
        issuer = people[who]
        signers = nca_signers if issuer == "authority" else root_signers
        return issuer in signers or any(
            s in good and people[s] in good and subject.get(s) == issuer for s in signers
        )

    while grown := {who for who in set(people) - good if helped(who)}:
        good |= grown
    return good


LISTERS = ("first", "second", "third")


@settings(max_examples=60, deadline=None)
@given(
    nca_signers=st.sets(st.sampled_from(("authority", *LISTERS))),
    root_signers=st.sets(st.sampled_from(("root", "root-lister")), min_size=1),
    issuers=st.tuples(*[st.sampled_from(("root", "authority"))] * 3),
)
def test_whoever_is_good_is_good_without_his_own_help(nca_signers, root_signers, issuers):
    holders = {"root": W.root, "authority": W.authority}
    certified_by = dict(zip(LISTERS, issuers, strict=True))
    for serial, (name, issuer) in enumerate(certified_by.items(), 50):
        holders[name] = issue(NCA, f"{name}-lister", holders[issuer], LISTS, serial=serial)
    holders["root-lister"] = issue(ca_name("ROOT TEST"), "root-lister", W.root, LISTS, serial=60)
    held = [make_crl(holders[name]) for name in sorted(nca_signers | root_signers)]
    known = [holders[name] for name in ("authority", "root-lister", *LISTERS)]
    expected = well_founded(nca_signers, root_signers, certified_by)
    for name, issuer in {"authority": "root", "person": "authority", **certified_by}.items():
        budget = PathBudget(signatures=10_000, paths=10_000, steps=100_000)
        asked = W.person if name == "person" else holders[name]
        verdict = judged(asked, holders[issuer], held, known=known, budget=budget)
        assert (verdict.status is GOOD) == (name in expected), name
