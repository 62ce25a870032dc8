"""The sandbox's state: its certificates have ICAO's profile, and what it signs verifies."""

import hashlib
from datetime import UTC, datetime, time, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import SignatureOutcome, default_registry
from crypto.asn1 import oids
from crypto.cms.signed_data import SignedData
from crypto.x509.certificate import Certificate
from workstation.sandbox.pki.credential_cache import CredentialCache
from workstation.sandbox.pki.data_group_writer import (
    FacialImageType,
    write_common_data,
    write_facial_record,
    write_mrz_file,
    write_portrait_file,
)
from workstation.sandbox.pki.travel_documents import (
    DOCUMENT_ISSUED,
    issue_csca,
    issue_document_signer,
    sign_security_object,
)

NOON = datetime.combine(DOCUMENT_ISSUED, time(12), UTC)


@pytest.fixture(scope="module")
def csca():
    return issue_csca()


@pytest.fixture(scope="module")
def signer(csca):
    return issue_document_signer(csca)


def test_the_signer_hangs_on_the_country_authority_of_the_same_country(csca, signer):
    signer.certificate.verify_directly_issued_by(csca.certificate)
    csca.certificate.verify_directly_issued_by(csca.certificate)
    for each in (csca, signer):
        names = {a.rfc4514_attribute_name: a.value for a in each.certificate.subject}
        assert names["C"] == "KZ"
        assert "SANDBOX" in names["O"]
        assert each.certificate.not_valid_before_utc < NOON < each.certificate.not_valid_after_utc
        for kind in (x509.SubjectAlternativeName, x509.IssuerAlternativeName):
            (name,) = each.certificate.extensions.get_extension_for_class(kind).value
            assert name.value.rfc4514_string() == "L=KAZ"


def test_the_signer_may_sign_and_nothing_else(signer):
    usage = signer.certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert not usage.value.key_cert_sign
    with pytest.raises(x509.ExtensionNotFound):
        signer.certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    kinds = signer.parsed.extensions["2.23.136.1.1.6.2"].value
    assert kinds == bytes.fromhex("300c020100310713015013024944")
    period = signer.certificate.extensions.get_extension_for_class(x509.PrivateKeyUsagePeriod)
    assert period.value.not_before.replace(tzinfo=UTC) < NOON
    assert period.value.not_after.replace(tzinfo=UTC) > NOON


def test_a_signer_may_have_expired_since(csca):
    short = issue_document_signer(csca, life=timedelta(days=120))
    assert short.certificate.not_valid_before_utc < NOON < short.certificate.not_valid_after_utc
    assert short.certificate.not_valid_after_utc < datetime(2025, 1, 1, tzinfo=UTC)


def test_what_is_signed_verifies_and_states_the_hash_of_every_group(signer):
    groups = {1: write_mrz_file(("A" * 30,)), 2: write_portrait_file(b"x" * 300)}
    octets = sign_security_object(groups, signer)
    assert octets[:2] == b"\x77\x82"
    signed = SignedData.parse(octets[4:])
    assert signed.content_type == "2.23.136.1.1.1"
    (info,) = signed.signers
    (certificate,) = signed.certificates
    assert info.names(certificate)
    assert info.signing_time() == NOON
    verified = default_registry().verify(
        algorithm=info.algorithm,
        key=certificate.key,
        message=info.signed_octets,
        signature=info.signature,
        policy=KeyPolicy({}),
        digest_oid=info.digest.oid,
    )
    assert verified.outcome is SignatureOutcome.VALID
    digest = info.single(oids.MESSAGE_DIGEST)
    assert digest.content == hashlib.sha256(signed.content).digest()
    for each in groups.values():
        assert hashlib.sha256(each).digest() in signed.content


def test_the_certificates_name_ecdsa_without_parameters(csca, signer):
    for each in (csca, signer):
        assert Certificate.parse(each.der).algorithm.parameters is None
        assert isinstance(each.certificate.signature_algorithm_parameters, ec.ECDSA)
        assert isinstance(each.certificate.signature_hash_algorithm, hashes.SHA256)


def test_the_files_have_the_tags_of_the_standard():
    common = "6015 5f0104 30313037 5f3606 303430303030 5c03 61756e"
    assert write_common_data([2, 1, 14]) == bytes.fromhex(common)
    # Doc 9303-10, appendix D.2: DG1 of a TD1 card.
    lines = (
        "I<NLDXI85935F86999999990<<<<<<",
        "7208148F1108268NLD<<<<<<<<<<<4",
        "VAN<DER<STEEN<<MARIANNE<LOUISE",
    )
    assert write_mrz_file(lines) == bytes.fromhex("615d5f1f5a") + "".join(lines).encode()


def test_a_facial_record_states_its_own_length_and_the_image():
    record = write_facial_record(b"\xff\xd8image", FacialImageType.JPEG, 413, 531)
    assert record[:8] == b"FAC\x00010\x00"
    assert int.from_bytes(record[8:12], "big") == len(record)
    assert int.from_bytes(record[12:14], "big") == 1
    assert int.from_bytes(record[14:18], "big") == len(record) - 14
    assert record[34:36] == bytes((1, FacialImageType.JPEG))
    assert record[36:40] == bytes.fromhex("019d0213")
    assert record[46:] == b"\xff\xd8image"


def test_a_portrait_file_nests_its_templates():
    record = write_facial_record(b"\xff\xd8image", FacialImageType.JPEG, 413, 531)
    octets = write_portrait_file(record)
    assert octets[:1] == b"\x75"
    assert octets[2:4] == b"\x7f\x61"
    assert octets[5:8] == b"\x02\x01\x01"
    assert octets.endswith(b"\x5f\x2e" + bytes((len(record),)) + record)


def test_both_are_kept_in_a_folder_like_every_other_credential(tmp_path):
    def open_pair():
        cache = CredentialCache(tmp_path, datetime(2026, 9, 1, tzinfo=UTC))
        csca = cache.get_root("csca", lambda _moment: issue_csca())
        return csca, cache.get_issued(
            "signer", csca, lambda issuer, _moment: issue_document_signer(issuer)
        )

    first, second = open_pair(), open_pair()
    assert [each.der for each in first] == [each.der for each in second]
    assert second[1].key.public_key_info() == second[1].parsed.key.raw
