"""Every published signature takes additions without a finding of it changing."""

import pytest

from crypto.asn1 import writer as w
from crypto.cms.additions import Additions, encode_ocsp_choice, write_additions
from crypto.cms.create import attribute
from crypto.cms.signature_file import open_signature_file
from crypto.cms.signed_data import SignedData
from crypto.report.policy import RevocationRule
from tests.support.pki.certificates import NOW, make_crl, world

W = world()
ABOUT_ADDITIONS = {"format", "timestamp", "archive_timestamp"}


def findings(octets, content):
    validator = W.validator(revocation=RevocationRule.NOT_CHECKED)
    reports = validator.validate_document(octets, content=content, moment=NOW).signatures
    return [
        [(f.code, f.status, f.detail) for f in report.findings if f.code not in ABOUT_ADDITIONS]
        for report in reports
    ]


@pytest.fixture
def signatures(samples):
    places = (*(samples / "eds" / "cms").iterdir(), *(samples / "eds" / "failing").glob("*.der"))
    return sorted(each for each in places if each.suffix in {".cms", ".der", ".pem"})


def test_additions_change_no_finding(samples, signatures):
    content = (samples / "eds" / "cms" / "individual_document.txt").read_bytes()
    added = Additions(
        certificates=(W.root.der, W.stamper.der),
        revocation=(make_crl(W.authority), encode_ocsp_choice(W.good(None))),
        unsigned={0: (attribute("1.2.3.4", w.octet_string(b"note")),)},
    )
    assert len(signatures) > 8
    for path in signatures:
        _, octets = open_signature_file(path.read_bytes())
        signed = SignedData.parse(octets)
        given = content if signed.content is None else None
        before = findings(signed.node.data, given)
        extended = write_additions(signed, added)
        assert findings(extended, given) == before, path.name
        again = SignedData.parse(extended)
        assert [each.oid for each in again.signers[0].unsigned][-1] == "1.2.3.4"
        assert again.signers[0].signature == signed.signers[0].signature
        assert again.signers[0].signed_octets == signed.signers[0].signed_octets
