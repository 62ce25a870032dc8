"""Real signatures, certificates, lists and responses of НУЦ РК's test hierarchies.

Moments are injected: the samples expired long ago. Their ИИН never was one, so the test
environment warns about it.
"""

import base64
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import default_registry
from crypto.cms.signature_file import open_signature_file
from crypto.cms.signed_data import SignedData
from crypto.path.trust import TrustRefused, TrustStore
from crypto.report.policy import (
    ChecksumRule,
    Environment,
    RevocationRule,
)
from crypto.report.report import FindingStatus, Indication, SubIndication
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.crl_status import evaluate_crls
from crypto.revocation.sources import OfflineSources
from crypto.revocation.status import RevocationStatus
from crypto.signatures.validator import SignatureValidator
from crypto.x509.certificate import Certificate
from crypto.x509.profile import holder_identity, subject_facts
from tests.support.pki.contexts import validation_context
from tests.support.pki.policies import policy

TEST_IIN = "123456789011"
IN_2020 = datetime(2020, 9, 10, tzinfo=UTC)
KEYS = KeyPolicy({"rsa": 2048})
REGISTRY = default_registry()
SIGNING = [
    "danikarik_RSA256_346a7e57c2995259140b6fc375b6ff3bba7e852f.cms",
    "danikarik_RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9.cms",
]
LOGIN = "danikarik_AUTH_RSA256_b2c70a9ff7a5dc59de0ccc3c0ddde3437cc1f12d.cms"


@pytest.fixture
def eds(samples):
    return samples / "eds"


def der(path):
    data = path.read_bytes()
    found = re.search(rb"-----BEGIN [^-]+-----(.*?)-----END", data, re.DOTALL)
    return base64.b64decode(found.group(1)) if found else data


def trust(eds, roots, intermediates, environment=Environment.TEST):
    anchors = [der(eds / "ca" / name) for name in roots]
    return TrustStore.pinned(
        environment,
        anchors=anchors,
        pins=[hashlib.sha256(a).hexdigest() for a in anchors],
        intermediates=[der(eds / "ca" / name) for name in intermediates],
    )


def validator(eds, store=None):
    return SignatureValidator(
        trust=store
        or trust(
            eds,
            [
                "test/root_rsa_test_2018.crt",
                "test/root_gost_test_2018.crt",
                "test/root_test_gost_2022.cer",
            ],
            [
                "test/nca_rsa_test_2019.crt",
                "test/nca_gost_test_2019.crt",
                "test/nca_gost2022_test.cer",
            ],
        ),
        policy=policy(
            iin_checksum=ChecksumRule.WARN,
            revocation=RevocationRule.NOT_CHECKED,
        ),
        revocation=OfflineSources((), ()),
    )


def judged(eds, cms, content, **asked):
    asked = {"expected_iin": TEST_IIN, "moment": IN_2020} | asked
    return validator(eds).validate(cms, expected_content=content, **asked)


def statuses(report):
    return {f.code: f.status for f in report.findings}


def content_of(cms):
    return SignedData.parse(cms).content


@pytest.mark.parametrize("name", SIGNING)
def test_a_real_rsa_signature_holds_in_all_but_revocation(eds, name):
    cms = open_signature_file((eds / "cms" / name).read_bytes())[1]
    report = judged(eds, cms, content_of(cms))
    assert (report.indication, report.sub_indication) == (
        Indication.INDETERMINATE,
        SubIndication.TRY_LATER,
    )
    found = statuses(report)
    for code in ("content", "message_digest", "signature_value", "path", "key_usage", "iin_match"):
        assert found[code] is FindingStatus.PASSED, code
    assert found["iin"] is FindingStatus.INDETERMINATE
    assert found["revocation"] is FindingStatus.INDETERMINATE
    assert report.subject.iin == TEST_IIN
    assert len(report.chain) == 3


def test_a_real_login_key_does_not_sign_documents(eds):
    cms = open_signature_file((eds / "cms" / LOGIN).read_bytes())[1]
    report = judged(eds, cms, content_of(cms))
    assert report.reason == "signature.wrong_key_usage"
    assert statuses(report)["signature_value"] is FindingStatus.PASSED


@pytest.mark.parametrize("name", SIGNING)
def test_a_real_signature_tampered_with_fails(eds, name):
    cms = open_signature_file((eds / "cms" / name).read_bytes())[1]
    content = content_of(cms)
    at = cms.index(content) + len(content) // 2
    changed = cms[:at] + bytes([cms[at] ^ 1]) + cms[at + 1 :]
    report = judged(eds, changed, None)
    assert (report.indication, report.reason) == (
        Indication.TOTAL_FAILED,
        "signature.content_mismatch",
    )
    for bit in range(0, len(cms) * 8, 97):
        changed = bytearray(cms)
        changed[bit // 8] ^= 1 << bit % 8
        found = judged(eds, bytes(changed), content)
        assert found.sub_indication is not SubIndication.TRY_LATER, bit


def test_a_real_signature_over_another_content_or_of_another_person_fails(eds):
    cms = open_signature_file((eds / "cms" / SIGNING[0]).read_bytes())[1]
    assert judged(eds, cms, b"else").reason == "signature.content_mismatch"
    other = judged(eds, cms, content_of(cms), expected_iin="123456789012")
    assert other.reason == "signature.iin_mismatch"


def test_another_generation_of_the_hierarchy_is_no_chain(eds):
    store = trust(eds, ["test/kuc_rsa_test_2020.cer"], ["test/nca_rsa_test_2023.cer"])
    cms = open_signature_file((eds / "cms" / SIGNING[0]).read_bytes())[1]
    report = validator(eds, store).validate(
        cms, expected_content=content_of(cms), expected_iin=TEST_IIN, moment=IN_2020
    )
    assert report.reason == "signature.no_chain"


def test_test_anchors_are_refused_in_production(eds):
    for path in sorted((eds / "ca" / "test").iterdir()):
        with pytest.raises(TrustRefused):
            trust(eds, [f"test/{path.name}"], [], Environment.PROD)


def test_every_real_certificate_is_read(eds):
    read = [
        Certificate.parse(der(path))
        for folder in ("ca/prod", "ca/test", "certs")
        for path in sorted((eds / folder).iterdir())
        if path.name
        not in {"individual_signer.cer", "legal_entity_signer.cer"}  # trailing line end
    ]
    assert len(read) > 30
    holders = [holder_identity(c) for c in read]
    assert {h.iin.digits for h in holders if h.iin} <= {"123456789011", "123456789012"}
    assert not any(h.iin.well_formed for h in holders if h.iin)


def test_the_profile_of_a_current_certificate_is_understood(eds):
    facts = subject_facts(Certificate.parse(der(eds / "certs" / "gost1.cer")))
    assert facts.iin in {"123456789011", "123456789012"}
    assert facts.roles == ("1.2.398.3.3.4.1.1",)
    assert facts.keystores == ("1.2.398.3.3.5.1.1",)
    assert facts.policies == ("1.2.398.3.3.2",)


@pytest.mark.parametrize(
    ("name", "issuer"),
    [
        ("rsa_test_20220329.crl", "nca_rsa_test_2019.crt"),
        ("rsa_test_20231117.crl", "nca_rsa_test_2023.cer"),
    ],
)
def test_a_real_rsa_list_is_judged(eds, name, issuer):
    found = ParsedCrl.parse((eds / "crl" / name).read_bytes())
    authority = Certificate.parse(der(eds / "ca" / "test" / issuer))
    moment = found.this_update + timedelta(hours=1)
    context = validation_context(moment=moment)
    entry = next(iter(found.entries()))
    lists = [("sample", found)]

    def status(serial):
        subject = Certificate.parse(der(eds / "certs" / "individual_valid_sign_2004_rsa.cer"))
        # In force then: of what has ended a list's silence says nothing.
        asked = replace(subject, serial=serial, issuer=authority.subject, not_after=moment)
        return evaluate_crls(asked, authority, lists, context, timedelta(days=2)).status

    assert status(entry.serial) is RevocationStatus.REVOKED
    assert status(1) is RevocationStatus.GOOD
