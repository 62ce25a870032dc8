"""Signatures that were extended here, read by others: OpenSSL, pyHanko, asn1crypto.

None of them knows archive time-stamps of version 3. So the imprint is computed with asn1crypto by
the words of EN 319 122-1 5.5.3, and OpenSSL says whether the token stamps these octets.
"""

import asyncio
import hashlib

import pytest
from asn1crypto import cms as reference

from crypto.archive.extend import ArchiveLevel
from crypto.asn1 import oids
from tests.conformance.test_cms_oracles import (  # noqa: F401 - a fixture
    AT,
    RSA_STAMPER,
    W,
    openssl,
    pyhanko_accepts,
    pyhanko_status,
    verifies,
)
from tests.support.pki.archives import Station
from tests.support.pki.certificates import CONTENT, NOW


def extended(level, *, detached, authority=RSA_STAMPER):
    station = Station(authority=authority)
    return station.extend(
        W.cms(detached=detached, extra_certificates=(W.authority.der,)), level
    ).cms


def read(cms):
    signed = reference.ContentInfo.load(cms)["content"]
    return signed, signed["signer_infos"][0]


def token_of(signer, oid):
    (found,) = [each for each in signer["unsigned_attrs"] if each["type"].dotted == oid]
    return reference.ContentInfo.load(found["values"][0].dump())


def compute_archived_octets(signed, signer):
    """EN 319 122-1 5.5.3, steps 1 to 4."""
    token = token_of(signer, oids.ARCHIVE_TIME_STAMP_V3)
    (indexed,) = token["content"]["signer_infos"][0]["unsigned_attrs"]
    fields = ("version", "sid", "digest_algorithm", "signed_attrs", "signature_algorithm")
    return b"".join(
        (
            signed["encap_content_info"]["content_type"].dump(),
            hashlib.sha256(CONTENT).digest(),
            *(signer[name].dump() for name in (*fields, "signature")),
            indexed["values"][0].dump(),
        )
    )


@pytest.mark.parametrize("level", list(ArchiveLevel))
def test_openssl_verifies_what_was_extended(openssl, level):  # noqa: F811 - the fixture
    attached = extended(level, detached=False)
    assert verifies(openssl, attached)
    broken = attached.replace(CONTENT, CONTENT[:-1] + b"!")
    assert not verifies(openssl, broken)


@pytest.mark.parametrize("level", list(ArchiveLevel))
def test_pyhanko_verifies_what_was_extended_and_takes_its_time(level):
    cms = extended(level, detached=True)
    status = pyhanko_status(cms)
    assert (status.valid, status.intact, status.trusted) == (True, True, True)
    assert (status.timestamp_validity.valid, status.timestamp_validity.timestamp) == (True, NOW)
    assert not pyhanko_accepts(cms, b"else")


def test_openssl_finds_each_token_over_the_octets_of_the_standard(openssl):  # noqa: F811
    signed, signer = read(extended(ArchiveLevel.LTA, detached=True))
    verify = ("ts", "-verify", "-token_in", "-in", "token", "-data", "data", "-attime", AT)
    chain = ("-CAfile", "root.pem", "-untrusted", "authority.pem")
    for oid, octets in (
        (oids.SIGNATURE_TIME_STAMP, signer["signature"].native),
        (oids.ARCHIVE_TIME_STAMP_V3, compute_archived_octets(signed, signer)),
    ):
        token = token_of(signer, oid).dump()
        done = openssl(*verify, *chain, token=token, data=octets)
        assert done.returncode == 0, done.stderr
        assert openssl(*verify, *chain, token=token, data=octets + b"x").returncode != 0


def test_the_material_is_enough_for_others_to_validate_offline():
    certvalidator = pytest.importorskip("pyhanko_certvalidator", reason="pyHanko is not installed")
    from asn1crypto import crl, ocsp
    from asn1crypto import x509 as asn1

    signed, _ = read(extended(ArchiveLevel.LT, detached=True))
    lists, answers = [], []
    for each in signed["crls"]:
        if each.name == "other":
            answers.append(ocsp.OCSPResponse.load(each.chosen["other_rev_info"].dump()))
        else:
            lists.append(crl.CertificateList.load(each.chosen.dump()))
    assert (len(lists), len(answers)) == (2, 1)
    context = certvalidator.ValidationContext(
        trust_roots=[asn1.Certificate.load(W.root.der)],
        other_certs=[each.chosen for each in signed["certificates"]],
        crls=lists,
        ocsps=answers,
        moment=NOW,
        allow_fetching=False,
        revocation_mode="require",
    )
    for holder in (W.person, RSA_STAMPER):
        leaf = asn1.Certificate.load(holder.der)
        found = certvalidator.CertificateValidator(leaf, validation_context=context)
        path = asyncio.run(found.async_validate_usage(set()))
        assert next(iter(path)).subject.native["common_name"] == "ROOT TEST"
