"""The octets of an archive time-stamp, and what its hash index proves (EN 319 122-1 5.5)."""

import hashlib
from typing import ClassVar

import pytest
from asn1crypto import cms as reference
from asn1crypto import core, tsp

from crypto.algorithms.registry import default_registry
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import DerError
from crypto.cms.additions import Additions, encode_ocsp_choice, write_additions
from crypto.cms.archive_timestamp import (
    ArchiveTimestampRefused,
    create_hash_index,
    embed_hash_index,
    encode_archive_input,
    read_archive_timestamp,
)
from crypto.cms.create import attribute
from crypto.cms.signed_data import SignedData
from crypto.cms.token import verify_token
from crypto.revocation.crl import ParsedCrl
from tests.support.pki.certificates import CONTENT, NOW, make_crl, world
from tests.support.pki.contexts import validation_context
from tests.support.pki.time_stamping import stamp

W = world()
REGISTRY = default_registry()
DIGEST = REGISTRY.require_digest(oids.SHA256)
NOTE = attribute("1.2.3.4", w.octet_string(b"note"))
RESPONSE = W.good(None)
CRL = W.root_crl().raw


def add(cms, **additions):
    return write_additions(SignedData.parse(cms), Additions(**additions))


def with_material():
    signed = SignedData.parse(W.cms())
    token = stamp(signed.signers[0].signature)
    return write_additions(
        signed,
        Additions(
            certificates=[W.root.der, W.authority.der],
            revocation=[CRL, encode_ocsp_choice(RESPONSE)],
            unsigned={0: [attribute(oids.SIGNATURE_TIME_STAMP, token), NOTE]},
        ),
    )


def archive(cms, change=lambda index: index):
    """Return the message with an archive time-stamp, and its token."""
    signed = SignedData.parse(cms)
    (signer,) = signed.signers
    index = change(create_hash_index(signed, signer, DIGEST, {}))
    octets = encode_archive_input(
        signed=signed, signer=signer, content=CONTENT, index=index, digest=DIGEST, digests={}
    )
    token = embed_hash_index(stamp(octets), index)
    return add(cms, unsigned={0: [attribute(oids.ARCHIVE_TIME_STAMP_V3, token)]}), token


def read(cms, token, content=CONTENT):
    signed = SignedData.parse(cms)
    return read_archive_timestamp(
        token,
        signed=signed,
        signer=signed.signers[0],
        content=content,
        registry=REGISTRY,
        digests={},
    )


def token_time(token, stamped):
    lists = [W.root_crl(), ParsedCrl.parse(make_crl(W.authority))]
    context = validation_context(W.trust(), W.sources(held=lists))
    return verify_token(token, stamped, context, fresh=False).time


def refusal(cms, token):
    with pytest.raises(ArchiveTimestampRefused) as refused:
        read(cms, token)
    return refused.value.detail


class IndexV3(core.Sequence):
    """ATSHashIndexV3 of annex D, for a reader of others."""

    _fields: ClassVar = [
        ("algorithm", core.Any),
        ("certificates", core.SequenceOf, {"spec": core.OctetString}),
        ("crls", core.SequenceOf, {"spec": core.OctetString}),
        ("attributes", core.SequenceOf, {"spec": core.OctetString}),
    ]


def sha256(octets):
    return hashlib.sha256(octets).digest()


def test_the_message_imprint_is_that_of_the_standard_read_by_others():
    cms, token = archive(with_material())
    signed = reference.ContentInfo.load(cms)["content"]
    (signer,) = signed["signer_infos"]
    *before, last = signer["unsigned_attrs"]
    assert last["type"].dotted == oids.ARCHIVE_TIME_STAMP_V3
    stamped = reference.ContentInfo.load(token)["content"]
    (indexed,) = stamped["signer_infos"][0]["unsigned_attrs"]
    assert indexed["type"].dotted == oids.ATS_HASH_INDEX_V3
    index = indexed["values"][0].dump()

    parsed = IndexV3.load(index)
    assert set(parsed["certificates"].native) == {sha256(c.dump()) for c in signed["certificates"]}
    assert set(parsed["crls"].native) == {sha256(each.dump()) for each in signed["crls"]}
    assert set(parsed["attributes"].native) == {
        sha256(each["type"].dump() + value.dump()) for each in before for value in each["values"]
    }
    fields = ("version", "sid", "digest_algorithm", "signed_attrs", "signature_algorithm")
    octets = (
        signed["encap_content_info"]["content_type"].dump()
        + sha256(CONTENT)
        + b"".join(signer[name].dump() for name in (*fields, "signature"))
        + index
    )
    info = tsp.TSTInfo.load(stamped["encap_content_info"]["content"].contents)
    assert info["message_imprint"]["hashed_message"].native == sha256(octets)


def test_all_that_was_there_is_proven():
    cms, token = archive(with_material())
    (signer,) = SignedData.parse(cms).signers
    earlier = signer.unsigned[0].values[0].raw
    wanted = [CRL, RESPONSE, W.root.der, W.authority.der, W.person.der, earlier]
    assert {hashlib.sha256(each).hexdigest() for each in wanted} <= read(cms, token).proven
    assert hashlib.sha256(token).hexdigest() not in read(cms, token).proven


def test_what_is_added_later_breaks_nothing_and_is_not_proven():
    cms, token = archive(with_material())
    before = read(cms, token)
    later = make_crl(W.authority)
    more = add(
        cms,
        certificates=[W.responder.der],
        revocation=[later],
        unsigned={0: [attribute("1.2.3.9", w.null())]},
    )
    assert read(more, token).proven == before.proven
    assert read(more, token).stamped == before.stamped


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (W.root.der, "certificate"),
        (W.person.der, "certificate"),
        (CRL, "revocation"),
        (RESPONSE, "revocation"),
        (NOTE, "attribute"),
    ],
)
def test_what_the_index_names_and_is_not_here_any_more_breaks_it(item, code):
    cms, token = archive(with_material())
    other = item[:-1] + bytes((item[-1] ^ 1,))
    assert cms.count(item) >= 1
    assert refusal(cms.replace(item, other), token) == f"{code}_missing"


def test_the_token_counts_over_this_content_and_no_other():
    cms, token = archive(with_material())
    assert token_time(token, read(cms, token).stamped) == NOW
    assert token_time(token, read(cms, token, b"other").stamped) is None


def test_another_index_beside_the_same_token_gives_no_time():
    cms, token = archive(with_material())
    bare = SignedData.parse(W.cms())
    index = create_hash_index(bare, bare.signers[0], DIGEST, {})
    swapped = embed_hash_index(stamp(read(cms, token).stamped), index)
    assert token_time(swapped, read(cms, swapped).stamped) is None


def test_an_index_that_is_none_is_named():
    cms = with_material()
    for malformed in (
        w.octet_string(b"x"),
        w.sequence(),
        w.sequence(w.null()),
        bytes.fromhex("30020500"),
    ):
        assert refusal(cms, embed_hash_index(stamp(b"x"), malformed)) == "index_malformed"


def test_an_index_of_another_digest_than_the_stamp_is_named():
    cms = with_material()
    signed = SignedData.parse(cms)
    other = REGISTRY.require_digest(oids.SHA512)
    index = create_hash_index(signed, signed.signers[0], other, {})
    assert refusal(cms, embed_hash_index(stamp(b"x"), index)) == "index_digest"


def test_a_token_without_an_index_or_with_two_is_named():
    cms = with_material()
    assert refusal(cms, stamp(b"x")) == "index_missing"
    index = create_hash_index(SignedData.parse(cms), SignedData.parse(cms).signers[0], DIGEST, {})
    assert refusal(cms, embed_hash_index(embed_hash_index(stamp(b"x"), index), index)) == (
        "index_repeated"
    )


@pytest.mark.parametrize(
    ("oid", "kind"),
    [(oids.ATS_HASH_INDEX, "ats-hash-index"), (oids.ATS_HASH_INDEX_V2, "ats-hash-index-v2")],
)
def test_an_index_of_an_older_kind_is_named(oid, kind):
    token = add(stamp(b"x"), unsigned={0: [attribute(oid, w.sequence())]})
    assert refusal(with_material(), token) == f"not_supported:{kind}"


def test_no_index_can_name_an_attribute_that_cannot_be_read():
    cms = add(W.cms(), unsigned={0: [w.sequence(w.oid("1.2.3"))]})
    signed = SignedData.parse(cms)
    with pytest.raises(ArchiveTimestampRefused, match="attribute_unreadable"):
        create_hash_index(signed, signed.signers[0], DIGEST, {})


def test_what_is_no_token_is_refused():
    with pytest.raises(DerError):
        read(with_material(), b"\x30\x00")
