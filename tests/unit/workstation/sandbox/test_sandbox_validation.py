"""Sign in the sandbox, validate with the real validator: each customer and fault, one verdict."""

import secrets
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from crypto.carrier.carrier import INDIVIDUAL_SIGNING_USAGES, SignatureRequest
from crypto.cms.timestamp import TimestampRequest, read_response
from crypto.crl_store.fetch import FetchBounds, Fetcher, FetchingSources
from crypto.crl_store.store import CrlStore
from crypto.errors import CryptoError
from crypto.path.trust import TrustStore
from crypto.report.policy import (
    ChecksumRule,
    Environment,
    RevocationRule,
)
from crypto.report.report import EvidenceKind, Indication, SubIndication
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.sources import OfflineSources
from crypto.signatures.validator import SignatureValidator
from crypto.x509.certificate import Certificate
from tests.support.pki.contexts import CONTEXT
from tests.support.pki.policies import policy
from tests.support.pki.sandbox_urls import delta_crl_url, nca_crl_url, root_crl_url
from tests.support.station.sandbox import DOCUMENT, MOMENT, obtained, person, request_of
from workstation.sandbox.keystore.sample_key import SampleKey
from workstation.sandbox.people import CustomerKey, Family
from workstation.sandbox.pki.authority import AuthorityFaults
from workstation.sandbox.pki.crl_writer import CrlMode
from workstation.sandbox.pki.responder import OcspMode
from workstation.sandbox.pki.timestamps import TsaMode
from workstation.sandbox.services.ncalayer import NcaLayerBehaviour, NcaLayerMode

POLICY = policy(
    accepted_roles=frozenset({"1.2.398.3.3.4.1.1"}),
    accepted_policies=frozenset({"1.2.398.3.3.2", "1.2.398.3.3.2.3"}),
    ca_crl_max_age_s=2 * 86_400,
)


def fetcher_of(sandbox):
    return Fetcher(
        hosts=[urlsplit(sandbox.authority.ocsp_url).netloc],
        bounds=FetchBounds(timeout_s=5, deadline_s=5, answer_octets=1 << 20, crl_octets=1 << 20),
        user_agent="tests",
    )


def fetching(sandbox, store):
    return FetchingSources(
        fetcher=fetcher_of(sandbox),
        ocsp_url=sandbox.authority.ocsp_url,
        store=store,
        random=secrets.token_bytes,
    )


class Bench:
    """A workstation's validator against the sandbox's addresses, lists fetched beforehand."""

    def __init__(self, sandbox):
        pki = sandbox.pki
        self.sandbox = sandbox
        self.store = CrlStore(None)
        self.validator = SignatureValidator(
            trust=TrustStore.pinned(
                Environment.TEST,
                anchors=[h.root.der for h in pki.hierarchies.values()],
                pins=[h.root.parsed.sha256 for h in pki.hierarchies.values()],
                intermediates=[h.nca.der for h in pki.hierarchies.values()],
            ),
            policy=POLICY,
            revocation=fetching(sandbox, self.store),
        )

    def bring_lists(self, *, customers=True):
        authority = self.sandbox.authority
        for family, hierarchy in self.sandbox.pki.hierarchies.items():
            self._bring(root_crl_url(authority, family), hierarchy.root)
            if customers:
                self._bring(nca_crl_url(authority, family), hierarchy.nca)

    def bring_delta(self):
        nca = self.sandbox.pki.hierarchies[Family.GOST2015].nca
        self._bring(delta_crl_url(self.sandbox.authority), nca)

    def _bring(self, url, issuer):
        body = fetcher_of(self.sandbox).get(url)
        self.store.put(body, Certificate.parse(issuer.der), replace(CONTEXT, moment=MOMENT))

    def validated(self, key=CustomerKey.GOOD, mode=NcaLayerMode.SIGN, iin=None):
        self.sandbox.ncalayer.behaviour = NcaLayerBehaviour(mode, key=key)
        return self.validator.validate(
            obtained(self.sandbox, request_of()),
            expected_content=DOCUMENT,
            expected_iin=iin or person(key).iin,
            moment=MOMENT,
        )


@pytest.fixture
def bench(sandbox):
    made = Bench(sandbox)
    yield made
    made.store.close()


@pytest.mark.parametrize("key", [CustomerKey.GOOD, CustomerKey.RSA, CustomerKey.LEGACY])
def test_a_fresh_signature_by_a_good_key_of_every_family_passes_in_total(bench, key):
    bench.bring_lists()
    report = bench.validated(key)
    assert report.indication is Indication.TOTAL_PASSED, report
    assert report.reason == "signature.passed"
    assert report.subject.iin == person(key).iin
    assert len(report.chain) == 3
    assert any(e.kind is EvidenceKind.OCSP and e.used for e in report.evidence)


@pytest.mark.parametrize(
    ("key", "sub"),
    [
        (CustomerKey.REVOKED, SubIndication.REVOKED),
        (CustomerKey.HELD, SubIndication.REVOKED),
        (CustomerKey.REVOKED_LATELY, SubIndication.REVOKED),
        (CustomerKey.RSA_REVOKED, SubIndication.REVOKED),
        (CustomerKey.EXPIRED, SubIndication.EXPIRED),
        (CustomerKey.LEGACY_EXPIRED, SubIndication.EXPIRED),
        (CustomerKey.WRONG_USAGE, SubIndication.SIG_CONSTRAINTS_FAILURE),
        (CustomerKey.SHORT_KEY, SubIndication.CRYPTO_CONSTRAINTS_FAILURE),
    ],
)
def test_each_unfit_customer_fails_for_their_own_reason(bench, key, sub):
    bench.bring_lists()
    report = bench.validated(key)
    assert report.indication is not Indication.TOTAL_PASSED
    assert report.sub_indication is sub, report


def test_what_only_the_delta_revokes_is_revoked_as_soon_as_the_delta_is_there(bench):
    bench.bring_lists()
    bench.sandbox.authority.faults = AuthorityFaults(ocsp=OcspMode.DOWN)
    before = bench.validated(CustomerKey.REVOKED_LATELY)
    bench.bring_delta()
    after = bench.validated(CustomerKey.REVOKED_LATELY)
    assert before.indication is Indication.TOTAL_PASSED, before
    assert (after.indication, after.reason) == (Indication.TOTAL_FAILED, "signature.revoked")
    assert bench.validated().indication is Indication.TOTAL_PASSED


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        (NcaLayerMode.TAMPER, "signature.content_mismatch"),
        (NcaLayerMode.STALE, "signature.content_mismatch"),
    ],
)
def test_a_dishonest_ncalayer_never_passes(bench, mode, reason):
    bench.bring_lists()
    bench.sandbox.ncalayer.behaviour = NcaLayerBehaviour()
    obtained(bench.sandbox, request_of(document=b"the document before"))
    report = bench.validated(mode=mode)
    assert report.indication is Indication.TOTAL_FAILED
    assert report.reason == reason


def test_another_persons_signature_is_not_the_customers(bench):
    bench.bring_lists()
    report = bench.validated(CustomerKey.OTHER_PERSON, iin=person(CustomerKey.GOOD).iin)
    assert report.indication is Indication.TOTAL_FAILED
    assert report.subject.iin == person(CustomerKey.OTHER_PERSON).iin


@pytest.mark.parametrize("mode", [OcspMode.DOWN, OcspMode.TRY_LATER, OcspMode.GARBAGE])
def test_without_ocsp_fresh_lists_decide(bench, mode):
    bench.bring_lists()
    bench.sandbox.authority.faults = AuthorityFaults(ocsp=mode)
    assert bench.validated().indication is Indication.TOTAL_PASSED
    assert bench.validated(CustomerKey.REVOKED).sub_indication is SubIndication.REVOKED


@pytest.mark.parametrize("mode", [m for m in OcspMode if m is not OcspMode.NORMAL])
def test_without_ocsp_and_lists_revocation_is_not_established(bench, mode):
    bench.bring_lists(customers=False)
    bench.sandbox.authority.faults = AuthorityFaults(ocsp=mode)
    report = bench.validated()
    assert report.indication is Indication.INDETERMINATE
    assert report.sub_indication is SubIndication.TRY_LATER


@pytest.mark.parametrize("mode", [OcspMode.STALE, OcspMode.WRONG_NONCE, OcspMode.FORGED])
def test_a_bad_ocsp_answer_is_not_forgiven_for_the_sake_of_a_list(bench, mode):
    bench.bring_lists()
    bench.sandbox.authority.faults = AuthorityFaults(ocsp=mode)
    assert bench.validated().indication is Indication.INDETERMINATE


@pytest.mark.parametrize("mode", [m for m in CrlMode if m is not CrlMode.NORMAL])
def test_no_broken_list_enters_the_store(bench, mode):
    bench.sandbox.authority.faults = AuthorityFaults(crl=mode)
    with pytest.raises(CryptoError):
        bench.bring_lists()
    authority = bench.sandbox.pki.hierarchies[Family.GOST2015].nca.parsed
    assert bench.store.crls_issued_by((authority.subject,)) == ()


SAMPLE_IIN = "123456789011"


@pytest.mark.parametrize(
    ("state", "indication", "reason"),
    [
        ("revoked", Indication.TOTAL_FAILED, "signature.revoked"),
        # No list of the root above the test authority is published.
        ("valid", Indication.INDETERMINATE, "signature.no_revocation_answer"),
    ],
)
def test_a_published_key_signs_through_the_loopback_and_is_worth_what_its_list_says(
    samples, sandbox, state, indication, reason
):
    eds = samples / "eds"
    sample = SampleKey.read(
        eds / "p12" / f"gost2015_individual_sign_{state}_20260508.p12",
        [eds / "ca/test/root_test_gost_2022.cer", eds / "ca/test/nca_gost2022_test.cer"],
        [eds / "crl/gost2015_test_20260811.crl"],
    )
    sandbox.ncalayer.behaviour = NcaLayerBehaviour(key=sample.credential)
    asked = SignatureRequest(DOCUMENT, SAMPLE_IIN, "ru", INDIVIDUAL_SIGNING_USAGES)
    lists = tuple(ParsedCrl.parse(der) for der in sample.crls)
    report = SignatureValidator(
        trust=TrustStore.pinned(
            Environment.TEST,
            anchors=sample.roots,
            pins=[Certificate.parse(der).sha256 for der in sample.roots],
            intermediates=sample.intermediates,
        ),
        policy=replace(
            POLICY,
            iin_checksum=ChecksumRule.WARN,
            crl_max_age_s=30 * 86_400,
            revocation=RevocationRule.CRL_ONLY,
        ),
        revocation=OfflineSources((), lists),
    ).validate(
        obtained(sandbox, asked),
        expected_content=DOCUMENT,
        expected_iin=SAMPLE_IIN,
        moment=MOMENT,
    )
    assert report.subject.iin == SAMPLE_IIN
    assert (report.indication, report.reason) == (indication, reason)


def test_a_time_stamp_answers_its_request_and_the_wrong_ones_do_not(sandbox):
    request = TimestampRequest("2.16.840.1.101.3.4.2.1", b"\x05" * 32, 99, certificate_wanted=True)

    def answer(mode):
        sandbox.authority.faults = AuthorityFaults(tsa=mode)
        url = sandbox.authority.tsa_url
        return fetcher_of(sandbox).post(url, request.encode(), "application/timestamp-query")

    assert read_response(answer(TsaMode.NORMAL), request)
    for mode in (TsaMode.REJECT, TsaMode.WRONG_IMPRINT, TsaMode.WRONG_NONCE, TsaMode.GARBAGE):
        with pytest.raises(CryptoError):
            read_response(answer(mode), request)
