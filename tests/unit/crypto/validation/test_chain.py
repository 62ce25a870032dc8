"""A whole path with the status of everything on it: which of several paths decides."""

from datetime import timedelta

import pytest
from cryptography import x509

from crypto.asn1 import oids
from crypto.crl_store.fetch import FetchBounds, Fetcher, FetchingSources
from crypto.crl_store.store import CrlStore
from crypto.report.policy import RevocationRule
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.status import RevocationStatus
from crypto.validation.chain import validate_chain
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    NOW,
    PERSON_EXTENSIONS,
    ca_name,
    issue,
    make_crl,
    person_name,
    trust_of,
    usage,
    world,
)
from tests.support.pki.contexts import CONTEXT, validation_context
from tests.support.pki.policies import policy

W = world()
COMPROMISE = x509.ReasonFlags.key_compromise
OTHER = ca_name("OTHER CA TEST")


def cross(label="other-ca"):
    """Certify the issuing CA's key once more, by another CA below the root."""
    other = issue(OTHER, label, W.root, CA_EXTENSIONS, serial=30)
    again = issue(
        ca_name("NCA TEST"), "authority", other, CA_EXTENSIONS, serial=31, identifiers=False
    )
    return other, again


def held(*ders):
    return [ParsedCrl.parse(der) for der in ders]


def root_crl(*serials):
    entries = [(s, COMPROMISE) for s in serials]
    return make_crl(W.root, entries, next_update=NOW + timedelta(days=90))


def judged(lists, *between, answer=None, rule=RevocationRule.CRL_ONLY):
    sources = W.sources(answer, held(*lists))
    bounds = policy(revocation=rule)
    found = validate_chain(
        W.person.parsed,
        [holder.parsed for holder in between],
        validation_context(trust_of(W.root), sources, policy=bounds),
    )
    return found, sources


def test_a_path_with_a_revoked_authority_gives_way_to_one_without():
    other, again = cross()
    lists = [root_crl(2), make_crl(W.authority), make_crl(other)]
    assert not judged(lists, W.authority)[0].good
    found, _ = judged(lists, W.authority, other, again)
    assert found.good
    assert [c.serial for c in found.path.chain] == [1001, 31, 30, 1]


def test_without_a_good_path_the_first_one_explains():
    other, again = cross()
    lists = [root_crl(2, 30), make_crl(W.authority), make_crl(other)]
    found, _ = judged(lists, W.authority, other, again)
    assert not found.good
    assert found.path.chain[1].serial == 2
    assert [s.status for s in found.statuses] == [RevocationStatus.GOOD, RevocationStatus.REVOKED]


def test_no_other_path_saves_a_certificate_its_issuer_revoked():
    other, again = cross()
    lists = [
        root_crl(),
        make_crl(W.authority, [(1001, COMPROMISE)]),
        make_crl(other),
    ]
    found, _ = judged(lists, W.authority, other, again)
    assert found.statuses[0].status is RevocationStatus.REVOKED


def test_a_responder_is_asked_once_however_many_paths_there_are():
    other, again = cross()
    lists = [root_crl(2), make_crl(other)]
    rule = RevocationRule.OCSP_THEN_CRL
    found, sources = judged(lists, W.authority, other, again, answer=W.good, rule=rule)
    assert found.good
    assert len(sources.requests) == 1


def test_without_a_path_nobody_is_asked():
    found, sources = judged([root_crl()], answer=W.good, rule=RevocationRule.OCSP_THEN_CRL)
    assert (found.good, found.statuses, sources.requests) == (False, (), [])


# The policies a path stands for


def policies(*identifiers):
    stated = [x509.PolicyInformation(x509.ObjectIdentifier(i), None) for i in identifiers]
    return (x509.CertificatePolicies(stated), False)


SIGNS = f"{oids.KZ_POLICIES}.3"
LOGS_IN = f"{oids.KZ_POLICIES}.4"


@pytest.mark.parametrize(
    ("of_authority", "of_person", "accepted", "passes"),
    [
        ([oids.KZ_POLICIES], [oids.KZ_POLICIES], oids.KZ_POLICIES, True),
        ([oids.ANY_POLICY], [SIGNS], SIGNS, True),
        ([oids.ANY_POLICY], [oids.ANY_POLICY], SIGNS, True),
        ([oids.KZ_POLICIES], [SIGNS], SIGNS, True),  # НУЦ: the CA states the arc above
        ([oids.KZ_POLICIES], [LOGS_IN], SIGNS, False),
        ([oids.KZ_POLICIES], [SIGNS], oids.KZ_POLICIES, False),
        (["1.2.398.3.3.1.1"], [SIGNS], SIGNS, False),  # the leaf alone says so
        (["1.2.398.3.3.20"], [f"1.2.398.3.3.2.{0}"], "1.2.398.3.3.2.0", False),  # no arc of it
        ([], [SIGNS], SIGNS, False),
    ],
)
def test_a_certificate_policy_must_run_along_the_path(of_authority, of_person, accepted, passes):
    stated = [policies(*of_authority)] if of_authority else []
    authority = issue(ca_name("NCA TEST"), "authority", W.root, (*CA_EXTENSIONS, *stated), serial=2)
    purposes = (*PERSON_EXTENSIONS[:2], policies(*of_person))
    holder = issue(person_name(), "person", authority, purposes, serial=1001)
    trust = trust_of(W.root, intermediates=[authority])
    sources = W.sources(None, held(root_crl(), make_crl(authority)))
    report = W.report(
        W.cms(holder=holder), sources, trust=trust, accepted_policies=frozenset({accepted})
    )
    refused = "signature.certificate_policy_not_accepted"
    assert report.reason == ("signature.passed" if passes else refused)


def test_a_path_that_is_none_says_so_rather_than_blame_the_policy():
    report = W.report(trust=trust_of(W.root), accepted_policies=frozenset({SIGNS}))
    assert report.reason == "signature.no_chain"


def test_a_stored_list_of_another_key_of_the_issuer_counts_as_the_list_itself():
    only_lists = ((usage("crl_sign"), True),)
    lister = issue(ca_name("NCA TEST"), "nca-lists", W.root, only_lists, serial=50)
    store = CrlStore(None)
    store.put(root_crl(), W.root.parsed, CONTEXT)
    store.put(make_crl(lister, [(7, COMPROMISE)]), lister.parsed, CONTEXT)
    sources = FetchingSources(
        fetcher=Fetcher(hosts=(), bounds=FetchBounds(1, 1, 1, 1), user_agent="test"),
        ocsp_url="http://ocsp.test/",
        store=store,
        random=bytes,
    )
    bounds = policy(revocation=RevocationRule.CRL_ONLY)
    for known, good in (((W.authority, lister), True), ((W.authority,), False)):
        found = validate_chain(
            W.person.parsed,
            [holder.parsed for holder in known],
            validation_context(trust_of(W.root), sources, policy=bounds),
        )
        assert found.good is good
    store.close()
