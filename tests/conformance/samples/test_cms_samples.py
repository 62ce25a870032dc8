"""The published signatures and time-stamps of НУЦ РК as documents, at the moment of their INDEX.

The signers are of the test hierarchy, their time-stamps of production: two trust stores. No list
of the roots is among the samples, so nothing here can pass: what holds is everything else.
"""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crypto.asn1 import oids
from crypto.cms.signature_file import FileKind, identify, open_signature_file, remove_armour
from crypto.cms.signed_data import SignedData
from crypto.cms.signer import SignatureSubject, verify_signer
from crypto.cms.timestamp import TimestampInfo, extract_token
from crypto.path.trust import TrustStore
from crypto.report.policy import ChecksumRule, Environment, RevocationRule
from crypto.report.report import FindingStatus, Indication, SubIndication
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.sources import OfflineSources
from crypto.signatures.validator import SignatureValidator
from crypto.x509.certificate import Certificate
from tests.support.pki.contexts import CONTEXT
from tests.support.pki.policies import POLICY

AT = datetime(2026, 9, 1, tzinfo=UTC)
GENERATION = "2026-07-20T09:08:07+00:00"
HOLDS = ("format", "message_digest", "signing_certificate", "signature_value", "path", "revocation")


@pytest.fixture
def eds(samples):
    return samples / "eds"


def certificate(path):
    data = path.read_bytes()
    return remove_armour(data) if data.startswith(b"--") else data


def trust(eds, anchor, between):
    der = certificate(eds / "ca" / anchor)
    return TrustStore.pinned(
        Environment.TEST,
        anchors=[der],
        pins=[hashlib.sha256(der).hexdigest()],
        intermediates=[certificate(eds / "ca" / between)],
    )


@pytest.fixture
def validator(eds):
    lists = [ParsedCrl.parse((eds / "crl" / "gost2015_test_20260811.crl").read_bytes())]
    return SignatureValidator(
        trust=trust(eds, "test/root_test_gost_2022.cer", "test/nca_gost2022_test.cer"),
        timestamp_trust=trust(eds, "prod/root_gost_2022.pem", "prod/nca_gost_2022.pem"),
        policy=replace(
            POLICY,
            iin_checksum=ChecksumRule.WARN,
            revocation=RevocationRule.CRL_ONLY,
            crl_max_age_s=30 * 86_400,
        ),
        revocation=OfflineSources((), tuple(lists)),
    )


def judged(validator, eds, name, content=None):
    cms = (eds / "cms" / name).read_bytes()
    (report,) = validator.validate_document(cms, content=content, moment=AT).signatures
    return report, {f.code: f for f in report.findings}


@pytest.mark.parametrize("form", ["attached", "detached"])
def test_a_cades_t_of_2026_holds_in_all_that_can_be_established(eds, validator, form):
    content = (eds / "cms" / "individual_document.txt").read_bytes()
    report, found = judged(validator, eds, f"individual_valid_{form}_cadest.der", content)
    assert {code: found[code].status for code in HOLDS} == dict.fromkeys(
        HOLDS, FindingStatus.PASSED
    )
    assert (report.indication, report.sub_indication) == (
        Indication.INDETERMINATE,
        SubIndication.TRY_LATER,
    )
    assert found["ca_revocation"].detail.endswith("no_list")
    # The time-stamp is sound up to the production list, which is not among the samples.
    assert found["timestamp"].detail == "warning:authority_status:no_list"
    (token,) = [e for e in report.evidence if e.kind.value == "tst"]
    moment = datetime.fromtimestamp(token.this_update_ms / 1000, UTC)
    assert moment.isoformat() == GENERATION


def test_a_detached_cades_t_fails_over_anything_else(eds, validator):
    report, _ = judged(validator, eds, "individual_valid_detached_cadest.der", b"anything else")
    assert report.reason == "signature.content_mismatch"


def test_the_signer_on_hold_is_refused_though_all_else_holds(eds, validator):
    name = "kalkan_c_2013_revoked_signer_attached_notsp.pem"
    report, found = judged(validator, eds, name)
    assert (report.indication, report.reason) == (Indication.TOTAL_FAILED, "signature.revoked")
    assert "2026-05-08T14:57:29" in found["revocation"].detail
    assert found["revocation"].detail.endswith("reason_6")
    for code in ("message_digest", "signature_value", "path"):
        assert found[code].status is FindingStatus.PASSED


def test_time_stamp_and_its_response_are_told_apart_and_hold_the_same_token(eds):
    response = (eds / "tsp" / "tsp_response_gost2004.bin").read_bytes()
    token = (eds / "tsp" / "tsp_token_gost2004.bin").read_bytes()
    assert identify(response)[0] is FileKind.TIMESTAMP_RESPONSE
    assert identify(token)[0] is FileKind.TIMESTAMP_TOKEN
    assert extract_token(response) == extract_token(token) == token
    signed = SignedData.parse(token)
    info = TimestampInfo.parse(signed.content)
    assert info.policy == "1.2.398.3.3.2.6.1"
    assert (info.digest_oid, info.imprint[:4].hex()) == (oids.SHA1, "1465dad1")
    assert info.moment == datetime(2022, 9, 18, 13, 20, 14, tzinfo=UTC)
    assert info.nonce == 0x018350C022D7
    (signer,) = signed.signers
    (authority,) = [c for c in signed.certificates if signer.names(c)]
    subject = SignatureSubject(signed, signer, authority, signed.content, oids.TST_INFO)
    assert {step.finding.status for step in verify_signer(subject, CONTEXT)} == {
        FindingStatus.PASSED
    }
    issuer = Certificate.parse(certificate(eds / "ca" / "test" / "nca_gost_test_2019.crt"))
    assert authority.issuer == issuer.subject


def test_every_signature_among_the_samples_is_one_and_its_signer_one(eds):
    files = [path for path in (eds / "cms").iterdir() if path.suffix != ".txt"]
    assert len(files) == 7
    for path in files:
        signed = SignedData.parse(open_signature_file(path.read_bytes())[1])
        assert (len(signed.signers), signed.irregular, signed.ber) == (1, (), False), path.name


def test_the_xml_signature_of_kalkan_holds_and_its_own_certificate_is_no_anchor(eds, validator):
    pytest.importorskip("lxml", reason="lxml, the optional part xml, is not installed")
    xml = (eds / "xml" / "kalkan_xmldsig_gost512_simple.xml").read_bytes()
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    (report,) = validator.validate_document(xml, content=None, moment=moment).signatures
    found = {f.code: f for f in report.findings}
    assert found["message_digest"].status is FindingStatus.PASSED
    assert found["signature_value"].status is FindingStatus.PASSED
    assert found["path"].detail.startswith("no_issuer_found")
    assert report.indication is not Indication.TOTAL_PASSED
    for old, new in ((b"<a>1</a>", b"<a>2</a>"), (b'attr="x"', b'attr="y"')):
        changed = validator.validate_document(xml.replace(old, new), content=None, moment=moment)
        assert "message_digest" in {
            f.code for f in changed.signatures[0].findings if f.status is FindingStatus.FAILED
        }
