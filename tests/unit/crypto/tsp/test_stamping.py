"""A time-stamp is put beside a signature in whatever form the signature was offered."""

import pytest

from crypto.asn1 import oids
from crypto.cms.signed_data import SignedData
from crypto.revocation.crl import ParsedCrl
from crypto.tsp.stamping import stamp_signature
from tests.support.pki.certificates import NOW, Sources, make_crl, world
from tests.support.pki.contexts import validation_context
from tests.support.pki.time_stamping_server import stamping

W = world()


def create_context():
    held = [W.root_crl(), ParsedCrl.parse(make_crl(W.authority))]
    return validation_context(W.trust(), Sources(None, held), moment=NOW)


@pytest.mark.parametrize("behind", [b"", b"\n", b"\r\n\r\n", b"\x00\x00"])
def test_padding_behind_a_signature_keeps_no_time_stamp_away(behind):
    with stamping(lambda: NOW) as (_, service):
        stamped = stamp_signature(service, W.cms() + behind, create_context)
    (signer,) = SignedData.parse(stamped).signers
    assert [each.oid for each in signer.unsigned] == [oids.SIGNATURE_TIME_STAMP]
