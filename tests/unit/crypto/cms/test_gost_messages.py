"""Messages signed with GOST keys, as NCALayer and the older library write them."""

import pytest

from crypto.asn1 import oids
from crypto.cms.create import sign_cms
from crypto.gost.kinds import GostKind, facts
from crypto.report.report import Indication, SubIndication
from tests.support.pki.certificates import CONTENT, IIN, NOW, Sources
from tests.support.pki.gost_world import gost_world

KINDS = [GostKind.GOST3410_2015_512, GostKind.GOST34310_2004]


def judged(there, cms, content=CONTENT):
    sources = Sources(None, [there.root_crl(), there.person_crl()])
    return there.validator(sources).validate(
        cms, expected_content=content, expected_iin=IIN, moment=NOW
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("named", ["signature", "key"])
def test_the_signer_may_name_the_key_where_the_signature_belongs(kind, named):
    # The old C library of НУЦ writes the key's identifier into signatureAlgorithm.
    there = gost_world(kind)
    known = facts(kind)
    oid = known.signature_oid if named == "signature" else known.key_oid
    cms = with_algorithm(there, oid)
    assert judged(there, cms).indication is Indication.TOTAL_PASSED
    assert judged(there, cms, b"else").sub_indication is SubIndication.HASH_FAILURE
    broken = cms[:-9] + bytes([cms[-9] ^ 1]) + cms[-8:]
    assert judged(there, broken).sub_indication is SubIndication.SIG_CRYPTO_FAILURE


def with_algorithm(there, oid):
    private = there.person.private
    return sign_cms(
        CONTENT,
        certificate=there.person.der,
        sign=private.sign,
        digest_oid=private.digest_oid,
        signature_oid=oid,
        signing_time=NOW,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_another_digest_than_the_familys_never_passes(kind):
    there = gost_world(kind)
    cms = sign_cms(
        CONTENT,
        certificate=there.person.der,
        sign=there.person.private.sign,
        digest_oid=oids.SHA256,
        signature_oid=there.person.private.signature_oid,
        signing_time=NOW,
    )
    assert judged(there, cms).indication is not Indication.TOTAL_PASSED


def test_the_identifier_of_the_other_family_never_passes():
    there = gost_world(GostKind.GOST3410_2015_512)
    cms = with_algorithm(there, facts(GostKind.GOST34310_2004).signature_oid)
    assert judged(there, cms).indication is not Indication.TOTAL_PASSED
