"""Every public artefact of НУЦ РК yields what the index of the samples says of it.

The moment is injected: 2026-09-01, when the newest test keys are valid and the newest test list
is in force. Anchors of the test hierarchy are the roots, or the issuing authorities where no list
of the root was ever published and the question is the signer.
"""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import SignatureOutcome, default_registry
from crypto.asn1 import oids
from crypto.cms.create import sign_cms
from crypto.cms.signature_file import FileKind, identify
from crypto.cms.signed_data import SignedData
from crypto.cms.signer import SignatureSubject, verify_signer
from crypto.cms.timestamp import TimestampInfo, extract_token
from crypto.gost.curves import TC26_512_A
from crypto.gost.private_key import GostKind, GostPrivateKey
from crypto.gost.signature import verify
from crypto.gost.streebog import streebog_512
from crypto.path.trust import TrustStore
from crypto.report.policy import ChecksumRule, Environment, RevocationRule
from crypto.report.report import FindingStatus, Indication, SubIndication
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.ocsp import OcspResponse
from crypto.revocation.ocsp_status import check_ocsp
from crypto.revocation.sources import OfflineSources
from crypto.revocation.status import RevocationStatus
from crypto.signatures.validator import SignatureValidator
from crypto.x509.certificate import Certificate
from tests.conformance.samples import eds_facts as facts
from tests.support.pki.contexts import CONTEXT, validation_context
from tests.support.pki.policies import POLICY, policy
from workstation.sandbox.keystore.pkcs12 import open_pkcs12

MOMENT = datetime(2026, 9, 1, tzinfo=UTC)
CHECKED = datetime(2026, 11, 22, tzinfo=UTC)
IN_2019 = datetime(2019, 2, 1, tzinfo=UTC)
REGISTRY = default_registry()
KEYS = KeyPolicy({"rsa": 2048})
CONTENT = b"\xd0\x97\xd0\xb0\xd1\x8f\xd0\xb2\xd0\xbb\xd0\xb5\xd0\xbd\xd0\xb8\xd0\xb5 2026-09-01"
SAMPLE_POLICY = replace(
    POLICY,
    iin_checksum=ChecksumRule.WARN,
    revocation=RevocationRule.CRL_ONLY,
    crl_max_age_s=200 * 86_400,
)
ISSUING = (facts.GOST_2019, facts.GOST_2023, facts.GOST_2022, facts.RSA_2019, facts.RSA_2023)


@pytest.fixture
def eds(samples):
    return samples / "eds"


@cache
def certificate(path):
    kind, der = identify(path.read_bytes())
    assert kind is FileKind.CERTIFICATE
    return Certificate.parse(der)


@cache
def read_crl(path):
    return ParsedCrl.parse(path.read_bytes())


@cache
def opened(path, password):
    key, der = open_pkcs12(path.read_bytes(), password)
    return key, Certificate.parse(der)


def stored(eds, name):
    return opened(eds / "p12" / f"{name}.p12", facts.KEY_STORES[name].password)


def listed(eds, name):
    return read_crl(eds / "crl" / f"{name}.crl")


def at(text):
    return datetime.strptime(text, "%y%m%d%H%M%SZ").replace(tzinfo=UTC)


def verifying(eds, subject):
    """Return every authority in the samples whose key verifies a certificate or a list."""
    found = []
    for name in facts.AUTHORITIES:
        authority = certificate(eds / "ca" / name)
        check = REGISTRY.verify(
            algorithm=subject.algorithm,
            key=authority.key,
            message=subject.tbs,
            signature=subject.signature,
            policy=KEYS,
        )
        assert check.outcome in {
            SignatureOutcome.VALID,
            SignatureOutcome.WRONG,
            SignatureOutcome.KEY_MISMATCH,
        }, name
        if check.outcome is SignatureOutcome.VALID:
            found.append(name)
    return found


def trust(eds, anchors, intermediates=(), environment=Environment.TEST):
    pinned = [certificate(eds / "ca" / name) for name in anchors]
    return TrustStore.pinned(
        environment,
        anchors=[item.raw for item in pinned],
        pins=[item.sha256 for item in pinned],
        intermediates=[certificate(eds / "ca" / name).raw for name in intermediates],
    )


def judged(eds, cms, moment=MOMENT, *, store=None, policy=SAMPLE_POLICY, content=CONTENT):
    lists = tuple(listed(eds, name) for name in facts.LISTS)
    validator = SignatureValidator(
        trust=store or trust(eds, ISSUING),
        policy=policy,
        revocation=OfflineSources((), lists),
        registry=REGISTRY,
    )
    return validator.validate(cms, expected_content=content, expected_iin=None, moment=moment)


def signed_by(eds, name, moment=MOMENT):
    key, holder = stored(eds, name)
    return sign_cms(
        CONTENT,
        certificate=holder.raw,
        sign=key.sign,
        digest_oid=key.digest_oid,
        signature_oid=key.signature_oid,
        signing_time=moment,
    )


def statuses(report):
    return {finding.code: finding.status for finding in report.findings}


def test_no_artefact_of_the_samples_is_left_out(eds):
    told = {
        "ca/prod": {n.removeprefix("prod/") for n in (*facts.AUTHORITIES, *facts.SAME_DER)},
        "ca/test": {n.removeprefix("test/") for n in facts.AUTHORITIES},
        "certs": set(facts.LEAVES),
        "crl": {f"{name}.crl" for name in facts.LISTS},
        "ocsp": {f"{name}.bin" for name in facts.ANSWERS},
        "p12": {f"{name}.p12" for name in facts.KEY_STORES},
    }
    for folder, names in told.items():
        assert {path.name for path in (eds / folder).iterdir()} <= names, folder


@pytest.mark.parametrize("name", sorted(facts.AUTHORITIES))
def test_an_authority_verifies_by_its_own_issuer_and_by_no_other(eds, name):
    subject = certificate(eds / "ca" / name)
    issuer = facts.AUTHORITIES[name]
    assert verifying(eds, subject) == [issuer]
    assert subject.issuer == certificate(eds / "ca" / issuer).subject
    assert (subject.not_after < CHECKED) == (name in facts.EXPIRED_AUTHORITIES)


def test_the_same_authority_from_another_source_is_the_same_octets(eds):
    for name, same in facts.SAME_DER.items():
        assert certificate(eds / "ca" / name) == certificate(eds / "ca" / same)


@pytest.mark.parametrize("name", sorted(facts.LEAVES))
def test_a_leaf_verifies_by_the_matching_authority_and_by_no_other(eds, name):
    assert verifying(eds, certificate(eds / "certs" / name)) == [facts.LEAVES[name]]


@pytest.mark.parametrize("name", sorted(facts.LISTS))
def test_a_list_states_and_verifies_what_the_index_says(eds, name):
    found, told = listed(eds, name), facts.LISTS[name]
    assert verifying(eds, found) == [told.issuer]
    assert (found.this_update, found.next_update) == (at(told.this_update), at(told.next_update))
    assert len(list(found.entries())) == told.entries
    assert found.number == told.number
    assert (found.base_number is not None) == told.delta
    assert found.defect == ""
    assert (found.next_update > MOMENT) == (name == facts.FRESH_LIST)


@pytest.mark.parametrize("name", sorted(facts.KEY_STORES))
def test_a_key_store_holds_its_certificates_key_whose_status_is_as_told(eds, name):
    told = facts.KEY_STORES[name]
    key, holder = stored(eds, name)
    assert key.public_key_info() == holder.key.raw or "tumarblob" in name
    assert holder.serial_hex.startswith(told.serial)
    assert verifying(eds, holder) == [told.issuer]
    where = {
        list_name: entry
        for list_name in facts.LISTS
        if (entry := listed(eds, list_name).find(holder.serial, holder.issuer)) is not None
    }
    if told.listed is None:
        assert where == {}
    else:
        entry = where[told.listed.in_list]
        assert (entry.revoked_at, entry.reason) == (at(told.listed.at), told.listed.reason)


@pytest.mark.parametrize("name", sorted(set(facts.KEY_STORES) - facts.ISSUED_IN_PRODUCTION))
def test_a_fresh_signature_by_a_published_key_is_judged_by_its_certificate(eds, name):
    report = judged(eds, signed_by(eds, name))
    told, (_, holder) = facts.KEY_STORES[name], stored(eds, name)
    assert statuses(report)["signature_value"] is FindingStatus.PASSED
    if name in facts.IN_FORCE:
        expected = (Indication.TOTAL_PASSED, "signature.passed")
    elif holder.not_after < MOMENT:
        expected = (Indication.TOTAL_FAILED, "signature.expired")
    else:
        assert told.listed is not None
        expected = (Indication.TOTAL_FAILED, "signature.revoked")
    assert (report.indication, report.reason) == expected
    fit = FindingStatus.FAILED if "_auth_" in name else FindingStatus.PASSED
    assert statuses(report)["key_usage"] is fit


def test_without_a_list_of_the_root_a_good_signer_is_not_enough(eds):
    store = trust(eds, ["test/root_test_gost_2022.cer"], [facts.GOST_2022])
    report = judged(eds, signed_by(eds, "gost2015_individual_sign_valid_20260508"), store=store)
    assert (report.indication, report.sub_indication) == (
        Indication.INDETERMINATE,
        SubIndication.TRY_LATER,
    )
    found = statuses(report)
    assert (found["path"], found["revocation"]) == (FindingStatus.PASSED, FindingStatus.PASSED)
    assert found["ca_revocation"] is FindingStatus.INDETERMINATE


def production(eds):
    return trust(
        eds,
        ["prod/root_gost.pem", "prod/root_rsa.pem", "prod/root_gost_2022.pem"],
        ["prod/nca_gost.pem", "prod/nca_rsa.pem", "prod/nca_gost_2022.pem"],
        Environment.PROD,
    )


@pytest.mark.parametrize("name", sorted(facts.ISSUED_IN_PRODUCTION))
@pytest.mark.parametrize("moment", [IN_2019, MOMENT])
def test_a_published_key_of_a_production_authority_is_refused_in_production(eds, name, moment):
    """Anybody can sign with it: expired now, and no such ИИН or БИН was issued at any time."""
    policy = replace(SAMPLE_POLICY, environment=Environment.PROD, iin_checksum=ChecksumRule.STRICT)
    report = judged(eds, signed_by(eds, name, moment), moment, store=production(eds), policy=policy)
    found = statuses(report)
    assert found["signature_value"] is FindingStatus.PASSED
    assert report.indication is Indication.TOTAL_FAILED
    assert found["iin"] is FindingStatus.FAILED
    assert found.get("bin", FindingStatus.FAILED) is FindingStatus.FAILED
    assert found["key_usage"] is (
        FindingStatus.FAILED if "_auth_" in name else FindingStatus.PASSED
    )
    details = {finding.code: finding.detail for finding in report.findings}
    if moment == IN_2019:
        assert found["path"] is FindingStatus.PASSED
        assert "could_not_have_been_issued" in details["iin"]
    else:
        assert report.reason == "signature.expired"
        assert "expired@0" in details["path"]


def test_no_published_test_key_reaches_a_production_anchor(eds):
    policy = replace(SAMPLE_POLICY, environment=Environment.PROD, iin_checksum=ChecksumRule.STRICT)
    for name in sorted(facts.IN_FORCE):
        report = judged(eds, signed_by(eds, name), store=production(eds), policy=policy)
        assert report.chain == ()
        assert report.indication is not Indication.TOTAL_PASSED
        assert statuses(report)["path"] is not FindingStatus.PASSED


@pytest.mark.parametrize("name", sorted(facts.ANSWERS))
def test_an_ocsp_answer_establishes_what_the_index_says(eds, name):
    told = facts.ANSWERS[name]
    octets = (eds / "ocsp" / f"{name}.bin").read_bytes()
    _, subject = stored(eds, told.about)
    issuer = certificate(eds / "ca" / facts.KEY_STORES[told.about].issuer)

    class Held(OfflineSources):
        def nonce(self):
            return bytes.fromhex(told.nonce)

    def asked(of, sources):
        at_once = policy(ocsp_max_age_s=60, crl_max_age_s=86_400)
        context = validation_context(sources=sources, policy=at_once, moment=_produced(octets))
        return check_ocsp(of, issuer, context).result

    if told.reason == "good":
        # It was asked for after the certificate's end, when a responder need not know it any more.
        assert subject.not_after < _produced(octets)
        assert asked(subject, Held((octets,), ())).reason == "after_expiry"
        subject = replace(subject, not_after=_produced(octets))
    verdict = asked(subject, Held((octets,), ()))
    status = RevocationStatus.GOOD if told.reason == "good" else RevocationStatus.REVOKED
    assert (verdict.status, verdict.reason) == (status, told.reason)
    assert verdict.crl_reason == told.crl_reason
    assert verdict.revoked_at == (at(told.revoked_at) if told.revoked_at else None)
    other = replace(subject, serial=subject.serial + 1)
    assert asked(other, Held((octets,), ())).status is RevocationStatus.NOT_ESTABLISHED
    replayed = OfflineSources((octets,), ())
    assert asked(subject, replayed).status is status


def _produced(octets):
    produced = OcspResponse.parse(octets).produced_at
    assert produced is not None
    return produced


def test_the_time_stamp_response_is_what_the_index_says(eds):
    token = extract_token((eds / "tsp" / "tsp_response_gost2004.bin").read_bytes())
    assert token == (eds / "tsp" / "tsp_token_gost2004.bin").read_bytes()
    info, authority, steps = stamped(token)
    assert info.policy == "1.2.398.3.3.2.6.1"
    assert (info.digest_oid, info.imprint[:4].hex()) == (oids.SHA1, "1465dad1")
    assert info.moment == datetime(2022, 9, 18, 13, 20, 14, tzinfo=UTC)
    assert info.nonce == 0x018350C022D7
    assert steps["signature_value"] is FindingStatus.PASSED
    assert steps["message_digest"] is FindingStatus.PASSED
    assert verifying(eds, authority) == [facts.GOST_2019]


def stamped(token):
    """Return the facts of a time-stamp, its authority, and how its own signature verified."""
    signed = SignedData.parse(token)
    (signer,) = signed.signers
    (authority,) = [item for item in signed.certificates if signer.names(item)]
    subject = SignatureSubject(signed, signer, authority, signed.content, oids.TST_INFO)
    steps = {s.finding.code: s.finding.status for s in verify_signer(subject, CONTEXT)}
    return TimestampInfo.parse(signed.content), authority, steps


@pytest.mark.parametrize(
    ("name", "detached"),
    [
        ("individual_valid_attached_cadest.der", False),
        ("individual_valid_detached_cadest.der", True),
    ],
)
def test_a_signature_with_a_production_time_stamp_holds_and_covers_its_document_only(
    eds, name, detached
):
    cms = (eds / "cms" / name).read_bytes()
    document = (eds / "cms" / "individual_document.txt").read_bytes()
    content = document if detached else SignedData.parse(cms).content
    report = judged(eds, cms, content=content)
    assert (report.indication, report.reason) == (Indication.TOTAL_PASSED, "signature.passed")
    found = statuses(report)
    for code in ("content", "message_digest", "signed_attributes", "signature_value", "path"):
        assert found[code] is FindingStatus.PASSED, code
    for added, word in ((b"?", "content_mismatch"), (b"\n", "content_line_ends")):
        other = judged(eds, cms, content=content + added)
        refused = (Indication.TOTAL_FAILED, f"signature.{word}")
        assert (other.indication, other.reason) == refused
    (signer,) = SignedData.parse(cms).signers
    (token,) = [
        value.raw
        for attribute in signer.unsigned
        if attribute.oid == oids.SIGNATURE_TIME_STAMP
        for value in attribute.values
    ]
    info, authority, steps = stamped(token)
    assert info.policy == "1.2.398.3.3.2.6.4"
    if not detached:
        assert info.moment == datetime(2026, 7, 20, 9, 8, 7, tzinfo=UTC)
    assert info.imprint == REGISTRY.require_digest(info.digest_oid).hash(signer.signature)
    assert steps["signature_value"] is FindingStatus.PASSED
    assert authority == certificate(eds / "ca" / "prod/tsa_gost2022_2025.cer")
    assert verifying(eds, authority) == ["prod/nca_gost_2022.pem"]


@pytest.mark.parametrize(
    "name",
    [
        "danikarik_AUTH_RSA256_b2c70a9ff7a5dc59de0ccc3c0ddde3437cc1f12d.cms",
        "danikarik_GOSTKNCA_13a3741b52d7bf860aab199b56fad1f4652e357b.cms",
        "danikarik_RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9.cms",
        "danikarik_RSA256_346a7e57c2995259140b6fc375b6ff3bba7e852f.cms",
    ],
)
def test_a_signature_of_2020_is_sound_and_expired(eds, name):
    cms = (eds / "cms" / name).read_bytes()
    content = SignedData.parse(identify(cms)[1]).content
    assert len(content) == 6
    report = judged(eds, cms, content=content)
    assert statuses(report)["signature_value"] is FindingStatus.PASSED
    assert statuses(report)["message_digest"] is FindingStatus.PASSED
    assert (report.indication, report.reason) == (Indication.TOTAL_FAILED, "signature.expired")


def test_a_sound_signature_of_a_revoked_signer_is_refused(eds):
    cms = (eds / "cms" / "kalkan_c_2013_revoked_signer_attached_notsp.pem").read_bytes()
    content = SignedData.parse(identify(cms)[1]).content
    report = judged(eds, cms, content=content)
    found = statuses(report)
    assert (found["signature_value"], found["path"]) == (FindingStatus.PASSED, FindingStatus.PASSED)
    assert (report.indication, report.reason) == (Indication.TOTAL_FAILED, "signature.revoked")
    (detail,) = [f.detail for f in report.findings if f.code == "revocation"]
    assert "2026-05-08T14:57:29" in detail
    assert "reason_6" in detail


def test_the_published_vector_holds_in_every_part(eds):
    text = (eds / "vectors" / "kalkan_gost512_vectors.txt").read_text(encoding="utf-8")
    vector = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    message, digest = vector["msg"].encode(), bytes.fromhex(vector["digest"])
    assert streebog_512(message) == digest
    key = GostPrivateKey(GostKind.GOST3410_2015_512, int(vector["d"], 16))
    assert key.public_point == (int(vector["qx"], 16), int(vector["qy"], 16))
    assert key.public_key_info().hex() == vector["spki"]
    assert key.signature_oid == vector["sigalg_oid"]
    signature = bytes.fromhex(vector["sig"])
    assert verify(TC26_512_A, key.public_point, digest, signature)
    changed = bytes((signature[0] ^ 1, *signature[1:]))
    assert not verify(TC26_512_A, key.public_point, digest, changed)
