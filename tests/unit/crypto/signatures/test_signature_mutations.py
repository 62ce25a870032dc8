"""Nothing that was changed by one bit is accepted, and nothing makes the validator raise.

That holds for the unsigned frame of a CMS and of an OCSP response too, although nobody signs it.
"""

import pytest

from crypto.algorithms.registry import SignatureOutcome, default_registry
from crypto.errors import CryptoError
from crypto.path.validate import verify_certificate
from crypto.report.report import Indication
from crypto.revocation.crl import ParsedCrl
from crypto.x509.certificate import Certificate
from tests.support.pki.certificates import CONTENT, IIN, NOW, Sources, make_crl, world
from tests.support.pki.contexts import CONTEXT

W = world()
RSA = world("rsa-person")


def mutations(data, step):
    for bit in range(0, len(data) * 8, step):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << (bit % 8)
        yield bit, bytes(changed)


@pytest.mark.parametrize(("made", "detached"), [(RSA, False), (W, True)])
def test_a_signature_with_one_bit_changed_never_passes(made, detached):
    cms = made.cms(detached=detached)
    answer = made.good(Sources().nonce())
    sources = Sources(lambda _: answer, [made.root_crl()])
    validator = made.validator(sources)
    asked = {"expected_content": CONTENT, "expected_iin": IIN, "moment": NOW}
    assert validator.validate(cms, **asked).indication is Indication.TOTAL_PASSED
    for bit, changed in mutations(cms, 7):
        report = validator.validate(changed, **asked)
        assert report.indication is not Indication.TOTAL_PASSED, bit


def test_a_certificate_with_one_bit_changed_never_verifies():
    issuer = W.authority.parsed
    judged = 0
    for bit, changed in mutations(W.person.der, 2):
        try:
            certificate = Certificate.parse(changed)
        except CryptoError:
            continue
        judged += 1
        check = verify_certificate(certificate, issuer, default_registry(), CONTEXT.keys)
        assert check.outcome is not SignatureOutcome.VALID, bit
    assert judged > 500


def test_a_list_with_one_bit_changed_never_verifies():
    issuer = W.authority.parsed
    original = make_crl(W.authority, [(5, None), (1001, None)])
    judged = 0
    for bit, changed in mutations(original, 1):
        try:
            found = ParsedCrl.parse(changed)
        except CryptoError:
            continue
        judged += 1
        check = found.verify(issuer, default_registry(), CONTEXT.keys)
        assert check.outcome is not SignatureOutcome.VALID, bit
    assert judged > 500


def test_an_answer_with_one_bit_changed_is_never_believed():
    original = W.good(bytes(range(16)))
    cms = W.cms()
    current = {}
    validator = W.validator(Sources(lambda _: current["answer"], [W.root_crl()]))
    for bit, changed in mutations(original, 9):
        current["answer"] = changed
        report = validator.validate(cms, expected_content=CONTENT, expected_iin=IIN, moment=NOW)
        assert report.indication is not Indication.TOTAL_PASSED, bit
