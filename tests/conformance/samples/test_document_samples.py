"""The reference security objects of BSI TR-03105-5 and ETSI TR 103 200.

Their authorities are not published with them, so no path can be shown; all that can be is.
"""

import hashlib
import importlib
import random
import shutil
import subprocess

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from crypto.asn1.der import Node
from crypto.lds.csca import CscaTrust
from crypto.lds.data_groups import parse_dg1
from crypto.lds.files import ChipFiles
from crypto.lds.format.security_object import SecurityObject, read_sod
from crypto.lds.passive_authentication import authenticate
from crypto.report.chip import ChipReason, DataGroupResult
from crypto.report.policy import Environment
from crypto.report.report import FindingStatus, Indication
from tests.support.lds.documents import NOW

# asn1crypto fixes its names of content types at their first use, and only this module of it adds
# the one of time-stamps, which pyHanko needs later in the run.
importlib.import_module("asn1crypto.tsp")

NOBODY = CscaTrust(Environment.TEST, ())
SIGNED = ("format", "data_group_1", "signed_attributes", "message_digest", "signature_value")


@pytest.fixture(params=[0, 1], ids=["BSI", "ETSI"])
def reference(request, document_samples):
    folder = document_samples
    sod = (folder / f"sod_{request.param}.bin").read_bytes()
    return sod, (folder / f"dg1_{request.param}.bin").read_bytes()


def judge(sod, dg1, trust=NOBODY, moment=NOW):
    files = ChipFiles(com=None, security_object=sod, data_groups={1: dg1})
    return authenticate(files, trust, moment)


def outcome(report):
    """Return what is known of the signature, whoever vouches for the signer."""
    return {each.code: each.status for each in report.findings if each.code in SIGNED}


def test_signature_and_hash_verify_and_only_the_authority_is_missing(reference):
    report = judge(*reference)

    assert outcome(report) == dict.fromkeys(SIGNED, FindingStatus.PASSED)
    assert dict(report.data_groups)[1] is DataGroupResult.GENUINE
    assert (report.indication, report.reason) == (
        Indication.INDETERMINATE,
        ChipReason.NO_CSCA,
    )


def test_the_zone_is_read(reference):
    text = parse_dg1(reference[1])
    assert text.startswith("P<D<<MUSTERMANN<<ERIKA<")
    assert len(text) == 88


def test_any_one_bit_changed_outside_the_certificate_is_refused_for_its_own_sake(reference):
    """Inside it nothing but the authority, which is missing, could tell."""
    sod, dg1 = reference
    dice = random.Random(9303)
    (certificate,) = read_sod(sod).certificates
    start = sod.index(certificate.raw)
    outside = [n for n in range(len(sod)) if not start <= n < start + len(certificate.raw)]
    for _ in range(500):
        octet, bit = dice.choice(outside), dice.randrange(8)
        changed = bytearray(sod)
        changed[octet] ^= 1 << bit
        report = judge(bytes(changed), dg1)
        assert not (
            report.reason is ChipReason.NO_CSCA
            and outcome(report) == dict.fromkeys(SIGNED, FindingStatus.PASSED)
        ), (octet, bit)


def test_the_zone_of_the_other_document_is_refused(reference, document_samples):
    other = (document_samples / "dg1_0.bin").read_bytes()
    if other == reference[1]:
        other = (document_samples / "dg1_1.bin").read_bytes()
    report = judge(reference[0], other)
    assert (report.indication, report.reason) == (
        Indication.TOTAL_FAILED,
        ChipReason.DATA_GROUP_CHANGED,
    )


def test_asn1crypto_and_the_cryptography_package_read_and_verify_the_same(reference):
    sod, _ = reference
    content = Node.at(sod, 0, len(sod)).content
    theirs = cms.ContentInfo.load(content)["content"]
    (info,) = theirs["signer_infos"]
    certificate = read_sod(sod).certificates[0]
    public = x509.load_der_x509_certificate(certificate.raw).public_key()
    public.verify(
        info["signature"].native,
        info["signed_attrs"].untag().dump(),
        padding.PSS(padding.MGF1(hashes.SHA256()), 32),
        hashes.SHA256(),
    )
    ours = SecurityObject.parse(read_sod(sod).content)
    assert theirs["encap_content_info"]["content"].native == read_sod(sod).content
    assert set(ours.hashes) >= {1, 2}


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl command on this machine")
def test_openssl_verifies_the_same_signature(reference, tmp_path):
    sod, _ = reference
    path = tmp_path / "sod.der"
    path.write_bytes(Node.at(sod, 0, len(sod)).content)
    command = ["openssl", "cms", "-verify", "-inform", "DER", "-in", str(path), "-noverify"]
    done = subprocess.run([*command, "-binary"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == read_sod(sod).content


def test_kazakhstans_authorities_are_pinned_whatever_they_sign_of_themselves_with(document_samples):
    """One serial number is negative, and all three sign themselves over SHA-1."""
    files = [(document_samples / f"kz_{n}.der").read_bytes() for n in range(3)]
    pins = [hashlib.sha256(each).hexdigest() for each in files]
    trust = CscaTrust.pinned(Environment.PROD, anchors=files, pins=pins)

    assert trust.countries == ("KZ",)
    assert min(each.serial for each in trust.anchors) < 0
