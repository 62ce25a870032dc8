"""What is added to a message leaves all that was there, signed or not, octet for octet."""

import importlib

import pytest
from asn1crypto import cms as reference

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.cms.additions import Additions, encode_ocsp_choice, write_additions
from crypto.cms.create import attribute
from crypto.cms.signed_data import SignedData
from crypto.report.report import Indication
from tests.support.pki.certificates import CONTENT, NOW, world

# asn1crypto fixes its names of content types at their first use: pyHanko needs that of time-stamps.
importlib.import_module("asn1crypto.tsp")

W = world()
NOTE = attribute("1.2.3.4", w.octet_string(b"note"))
MORE = attribute("1.2.3.5", w.octet_string(b"more"))


def add(cms, **additions):
    return write_additions(SignedData.parse(cms), Additions(**additions))


def signers(cms):
    return reference.ContentInfo.load(cms)["content"]["signer_infos"]


def test_nothing_to_add_leaves_the_message_octet_for_octet():
    cms = W.cms()
    assert add(cms) == cms


def test_an_attribute_is_added_behind_those_that_are_there():
    twice = add(add(W.cms(), unsigned={0: [NOTE]}), unsigned={0: [MORE]})
    found = [each.dump() for each in signers(twice)[0]["unsigned_attrs"]]
    assert found == [NOTE, MORE]


def test_what_was_signed_stays_octet_for_octet():
    cms = W.cms()
    out = add(cms, certificates=[W.root.der], revocation=[W.root_crl().raw], unsigned={0: [NOTE]})
    for field in ("version", "sid", "digest_algorithm", "signed_attrs", "signature"):
        assert signers(out)[0][field].dump() == signers(cms)[0][field].dump()
    assert W.report(out).indication is Indication.TOTAL_PASSED


def test_what_is_there_already_is_not_written_again():
    once = add(W.cms(), certificates=[W.root.der, W.person.der], revocation=[W.root_crl().raw])
    again = add(once, certificates=[W.root.der], revocation=[SignedData.parse(once).lists[0].raw])
    assert len(SignedData.parse(once).certificates) == 2
    assert again == once


def test_an_ocsp_response_among_the_lists_makes_version_5():
    found = SignedData.parse(add(W.cms(), revocation=[encode_ocsp_choice(W.good(None))]))
    assert (found.version, found.irregular) == (5, ())
    assert SignedData.parse(add(W.cms(), revocation=[W.root_crl().raw])).version == 1


def test_a_message_in_ber_keeps_what_was_signed():
    plain = W.cms()
    node = SignedData.parse(plain).node
    endless = b"\x30\x80" + w.oid(oids.SIGNED_DATA) + b"\xa0\x80" + node.raw + bytes(4)
    out = add(endless, unsigned={0: [NOTE]})
    assert not SignedData.parse(out).ber
    assert out == add(plain, unsigned={0: [NOTE]})


@pytest.mark.parametrize("position", [0, 1])
def test_each_signer_has_attributes_of_its_own(position):
    one = SignedData.parse(W.cms())
    *before, _ = (each.raw for each in one.node.children())
    pair = w.sequence(*before, w.tlv(0x31, one.signers[0].node.raw, one.signers[0].node.raw))
    both = w.sequence(w.oid(oids.SIGNED_DATA), w.explicit(0, pair))
    found = SignedData.parse(add(both, unsigned={position: [NOTE]}))
    assert [bool(each.unsigned) for each in found.signers] == [position == 0, position == 1]
    report = W.validator().validate_document(found.node.data, content=CONTENT, moment=NOW)
    assert report.indication is Indication.TOTAL_PASSED
