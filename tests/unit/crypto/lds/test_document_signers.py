"""Security objects, signers and authorities in every form but the one that is believed."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from functools import cache
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.cms.create import attribute
from crypto.lds.csca import CscaTrust
from crypto.lds.files import ChipAuthenticity, ChipFiles
from crypto.lds.passive_authentication import authenticate
from crypto.report.chip import ChipReason
from crypto.report.policy import Environment
from crypto.report.report import Indication, SubIndication
from crypto.x509.extensions import KeyUsage
from tests.support.chip.security_infos import write_key_file, write_security_infos_file
from tests.support.lds.documents import NOW, document, trust_of
from tests.support.lds.states import (
    ISSUED,
    SINCE,
    UNTIL,
    curve_key,
    make_authority,
    make_signer,
    write_hashes,
    write_sod,
)
from tests.support.pki.certificates import make_crl
from workstation.sandbox.pki import certificate_writer as c
from workstation.sandbox.pki.certificate_writer import SandboxExtension
from workstation.sandbox.pki.credential import Credential
from workstation.sandbox.pki.data_group_writer import (
    tag_length_value,
    write_common_data,
)

UNDECIDED, FAILED = Indication.INDETERMINATE, Indication.TOTAL_FAILED
NOT_A_SIGNER = SubIndication.NO_SIGNING_CERTIFICATE_FOUND


@cache
def state():
    authority = make_authority()
    return authority, make_signer(authority)


def groups():
    return dict(document().files.data_groups)


def files_of(sod, data_groups=None):
    return ChipFiles(com=None, security_object=sod, data_groups=data_groups or groups())


def judge_sod(authority, sod, **more):
    return authenticate(files_of(sod), trust_of(authority), NOW, **more)


def make_sod(**broken):
    _, signer = state()
    return write_sod(write_hashes(groups()), signer, **broken)


def test_the_state_of_these_tests_is_believed():
    assert judge_sod(state()[0], make_sod()).genuine_data


@pytest.mark.parametrize(
    ("curve", "oid"),
    [
        (ec.SECP384R1(), oids.ECDSA_WITH_SHA384),
        (ec.SECP521R1(), oids.ECDSA_WITH_SHA512),
        (ec.BrainpoolP256R1(), oids.ECDSA_WITH_SHA256),
        (ec.BrainpoolP384R1(), oids.ECDSA_WITH_SHA384),
        (ec.BrainpoolP512R1(), oids.ECDSA_WITH_SHA512),
    ],
    ids=str,
)
def test_a_state_on_any_curve_of_doc_9303_is_believed(curve, oid):
    authority = make_authority(curve_key(curve, oid))
    signer = make_signer(authority, curve_key(curve, oid))
    content = write_hashes(groups(), signer.key.digest_oid)

    assert judge_sod(authority, write_sod(content, signer)).genuine_data


@pytest.mark.parametrize(
    "broken",
    [
        {"version": 1},
        {"version": 4},
        {"info_version": 3},
        {"signers": 2},
        {"signers": 0},
        {"tag": 0x78},
        {"digests": [oids.SHA512]},
        {"content_type": oids.DATA},
        {"stated_type": oids.DATA},
        {"unsigned": w.set_of([attribute("1.2.3.4", w.null())], 0xA1)},
        {"certificates": [b"\x30\x03\x02\x01\x00"]},
    ],
    ids=str,
)
def test_a_security_object_in_another_form_is_refused(broken):
    report = judge_sod(state()[0], make_sod(**broken))

    assert (report.indication, report.reason) == (FAILED, ChipReason.SOD_MALFORMED)


def test_octets_behind_the_security_object_are_refused():
    report = judge_sod(state()[0], make_sod() + b"\x00")

    assert (report.indication, report.reason) == (FAILED, ChipReason.SOD_MALFORMED)


def test_a_security_object_in_ber_is_refused():
    """Its octets would be others with the same meaning: Doc 9303-10 4.6.2.2 demands DER."""
    content = make_sod()[4:]
    indefinite = tag_length_value(0x77, b"\x30\x80" + content[4:] + b"\x00\x00")
    report = judge_sod(state()[0], indefinite)

    assert (report.indication, report.reason) == (FAILED, ChipReason.SOD_MALFORMED)


def test_a_stripped_certificate_is_missing_unless_it_is_known_otherwise():
    authority, signer = state()
    sod = make_sod(certificates=[])
    report = judge_sod(authority, sod)

    assert (report.indication, report.reason) == (UNDECIDED, ChipReason.CERTIFICATE_MISSING)
    assert report.sub_indication is NOT_A_SIGNER
    assert judge_sod(authority, sod, certificates=[signer.parsed]).genuine_data
    other = make_signer(authority)
    report = judge_sod(authority, sod, certificates=[other.parsed])
    assert report.reason is ChipReason.CERTIFICATE_MISSING


def test_a_signer_may_be_named_by_its_key():
    sod = make_sod(by_key=True, info_version=3)

    assert judge_sod(state()[0], sod).genuine_data
    assert judge_sod(state()[0], make_sod(by_key=True)).reason is ChipReason.SOD_MALFORMED


def test_the_certificate_of_another_signer_does_not_count():
    authority, _ = state()
    report = judge_sod(authority, make_sod(certificates=[make_signer(authority).der]))

    assert (report.indication, report.reason) == (UNDECIDED, ChipReason.CERTIFICATE_MISSING)


def test_a_signer_that_the_named_authority_did_not_sign_is_refused():
    authority, _ = state()
    forged = make_signer(authority, issuer_key=curve_key())
    report = judge_sod(authority, write_sod(write_hashes(groups()), forged))

    assert (report.indication, report.reason) == (FAILED, ChipReason.CHAIN_REFUSED)


@pytest.mark.parametrize(
    "broken",
    [
        {"usages": (KeyUsage.KEY_CERT_SIGN,)},
        {"usages": ()},
        {"extensions": (c.basic_constraints(None),)},
        {"extensions": (c.extended_key_usage(oids.CSCA_MASTER_LIST_SIGNING),)},
        {"extensions": (SandboxExtension(oids.DOCUMENT_TYPE_LIST, w.null()),)},
        {"extensions": (SandboxExtension(oids.PRIVATE_KEY_USAGE_PERIOD, w.null()),)},
    ],
    ids=str,
)
def test_a_certificate_that_is_not_for_documents_is_refused(broken):
    authority, _ = state()
    signer = make_signer(authority, **broken)
    report = judge_sod(authority, write_sod(write_hashes(groups()), signer))

    assert (report.indication, report.reason) == (FAILED, ChipReason.CERTIFICATE_REFUSED)


def test_a_signer_of_another_country_than_its_authority_is_refused():
    authority, _ = state()
    signer = make_signer(authority, country="KG")
    report = judge_sod(authority, write_sod(write_hashes(groups()), signer))

    assert (report.indication, report.reason) == (FAILED, ChipReason.OTHER_COUNTRY)


def test_countries_are_compared_in_capitals():
    authority = make_authority(country="kz")
    signer = make_signer(authority, country="KZ")
    report = judge_sod(authority, write_sod(write_hashes(groups()), signer))

    assert (report.genuine_data, report.country) == (True, "KZ")


# When it was signed.

BRIEF = (ISSUED - timedelta(days=1), ISSUED + timedelta(days=90))


def sign_briefly(signing_time, *, data_groups=None, validity=BRIEF):
    authority, _ = state()
    signer = make_signer(authority, validity=validity)
    content = write_hashes(data_groups or groups())
    sod = write_sod(content, signer, signing_time=signing_time)
    return authenticate(files_of(sod, data_groups), trust_of(authority), NOW)


def test_a_signer_is_judged_when_it_signed():
    assert sign_briefly(ISSUED).genuine_data
    for late in (ISSUED + timedelta(days=91), ISSUED - timedelta(days=2)):
        report = sign_briefly(late)
        assert (report.indication, report.reason) == (FAILED, ChipReason.CERTIFICATE_EXPIRED)


def test_an_expired_signer_is_undecided_when_nothing_says_when_it_signed():
    report = sign_briefly(None)

    assert (report.indication, report.reason) == (UNDECIDED, ChipReason.CERTIFICATE_EXPIRED)
    assert sign_briefly(None, validity=(SINCE, UNTIL)).genuine_data


@pytest.mark.parametrize("written", [b"20240315", bytes.fromhex("20240315")])
def test_the_date_of_issue_that_the_state_signed_says_when_it_signed(written):
    details = tag_length_value(0x6C, tag_length_value(0x5F26, written))

    assert sign_briefly(None, data_groups={**groups(), 12: details}).genuine_data
    long_before = tag_length_value(0x6C, tag_length_value(0x5F26, b"20200101"))
    report = sign_briefly(None, data_groups={**groups(), 12: long_before})
    assert (report.indication, report.reason) == (UNDECIDED, ChipReason.CERTIFICATE_EXPIRED)


def test_the_day_of_issue_speaks_against_no_signer_in_force():
    """A card may be made days after the day that it states."""
    early = tag_length_value(0x6C, tag_length_value(0x5F26, b"20200101"))

    assert sign_briefly(
        None, data_groups={**groups(), 12: early}, validity=(SINCE, UNTIL)
    ).genuine_data


def test_a_key_signs_in_its_usage_period_alone():
    authority, _ = state()
    times = (w.generalized_time(each)[2:] for each in BRIEF)
    period = w.sequence(*(w.tlv(0x80 | n, each) for n, each in enumerate(times)))
    signer = make_signer(
        authority, extensions=[SandboxExtension(oids.PRIVATE_KEY_USAGE_PERIOD, period)]
    )
    for moment, reason in (
        (ISSUED, ChipReason.PASSED),
        (ISSUED + timedelta(days=91), ChipReason.SIGNING_TIME_WRONG),
    ):
        sod = write_sod(write_hashes(groups()), signer, signing_time=moment)
        assert judge_sod(authority, sod).reason is reason


# Hashes.


def test_a_hash_that_is_too_weak_or_unknown_is_undecided():
    _, signer = state()
    for digest, reason in (
        (w.algorithm(oids.SHA1), ChipReason.ALGORITHM_TOO_WEAK),
        (w.algorithm("1.2.3.4"), ChipReason.ALGORITHM_NOT_SUPPORTED),
    ):
        made = (
            w.sequence(w.integer(n), w.octet_string(hashlib.sha1(octets).digest()))
            for n, octets in groups().items()
        )
        content = w.sequence(w.integer(0), digest, w.sequence(*made))
        report = judge_sod(state()[0], write_sod(content, signer))
        assert (report.indication, report.reason) == (UNDECIDED, reason)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        w.null(),
        w.sequence(w.integer(2), w.algorithm(oids.SHA256), w.sequence()),
        w.sequence(w.integer(0), w.algorithm(oids.SHA256), w.sequence()),
        write_hashes({1: b"a"}, more=[(1, bytes(32))]),
        write_hashes({}, more=[(0, bytes(32))]),
        write_hashes({}, more=[(17, bytes(32))]),
        write_hashes({}, more=[(n, bytes(32)) for n in range(1, 17)] * 3),
        b"\x30\x80" * 5000,
    ],
    ids=range(9),
)
def test_signed_content_that_is_no_list_of_hashes_is_refused(content):
    report = judge_sod(state()[0], write_sod(content, state()[1]))

    assert (report.indication, report.reason) == (FAILED, ChipReason.SOD_MALFORMED)


def test_the_files_listed_by_nobody_who_signed_decide_nothing():
    authority, _ = state()
    for com in (b"\x60\x00", write_common_data([1, 2, 3]), write_common_data([1])):
        files = replace(files_of(make_sod()), com=com)
        report = authenticate(files, trust_of(authority), NOW)
        assert report.genuine_data
        (found,) = [each for each in report.findings if each.code == "presence"]
        assert found.warning


# The chip itself.


def judge_chip(authenticity, more, extra=()):
    authority, signer = state()
    made = {**groups(), **more}
    sod = write_sod(write_hashes(made, more=extra), signer)
    files = replace(files_of(sod, made), authenticity=authenticity)
    return authenticate(files, trust_of(authority), NOW)


KEY = write_key_file(curve_key().public_key_info())
AGREEMENT = write_security_infos_file(
    [w.sequence(w.oid("0.4.0.127.0.7.2.2.1.2"), w.sequence(), w.integer(1))]
)
PACE_ONLY = write_security_infos_file(
    [w.sequence(w.oid("0.4.0.127.0.7.2.2.4.2.4"), w.integer(2), w.integer(13))]
)


@pytest.mark.parametrize(
    ("authenticity", "more", "believed", "offered"),
    [
        (ChipAuthenticity.ACTIVE, {15: KEY}, True, True),
        (ChipAuthenticity.CHIP_AUTHENTICATION, {14: AGREEMENT}, True, True),
        (ChipAuthenticity.NONE, {15: KEY}, False, True),
        (ChipAuthenticity.NONE, {14: AGREEMENT}, False, True),
        (ChipAuthenticity.NONE, {14: PACE_ONLY}, False, False),
        (ChipAuthenticity.ACTIVE, {14: AGREEMENT}, False, True),
        (ChipAuthenticity.ACTIVE, {}, False, False),
    ],
)
def test_a_chip_is_no_copy_only_by_a_key_that_the_state_signed(
    authenticity, more, believed, offered
):
    report = judge_chip(authenticity, more)

    assert report.genuine_data
    assert report.chip_may_be_copy is not believed
    assert report.authenticity_offered is offered


def test_a_copy_that_withholds_its_key_is_seen_to_offer_one():
    """Whoever copies a chip leaves DG15 out of EF.COM; the signed hashes still name it."""
    for number in (14, 15):
        report = judge_chip(ChipAuthenticity.NONE, {}, extra=[(number, bytes(32))])

        assert report.genuine_data
        assert report.authenticity_offered
        assert report.chip_may_be_copy


# Authorities.


def test_a_link_certificate_leads_from_a_new_key_to_the_pinned_one():
    old = make_authority()
    key = curve_key()
    link = make_authority(key, issuer=old)
    signer = make_signer(Credential(make_authority(key).der, key))
    trust = CscaTrust.pinned(
        Environment.TEST, anchors=[old.der], pins=[old.parsed.sha256], links=[link.der]
    )
    sod = write_sod(write_hashes(groups()), signer)
    report = authenticate(files_of(sod), trust, NOW)

    assert report.genuine_data
    assert report.csca_sha256 == old.parsed.sha256
    assert judge_sod(old, sod).reason is ChipReason.NO_CSCA


def test_what_an_authority_signs_of_itself_over_sha1_decides_nothing_and_of_others_is_too_weak():
    key = curve_key(signature_oid=oids.ECDSA_WITH_SHA1)
    authority = make_authority(key)
    strong = make_signer(authority, issuer_key=replace(key, signature_oid=oids.ECDSA_WITH_SHA256))
    content = write_hashes(groups())

    assert judge_sod(authority, write_sod(content, strong)).genuine_data
    report = judge_sod(authority, write_sod(content, make_signer(authority)))
    assert (report.indication, report.reason) == (UNDECIDED, ChipReason.ALGORITHM_TOO_WEAK)


def test_what_a_state_signs_over_sha1_counts_where_the_bank_says_so_and_the_report_tells():
    key = curve_key(signature_oid=oids.ECDSA_WITH_SHA1)
    authority = make_authority(key)
    signer = make_signer(authority)
    stated = replace(trust_of(authority), sha1=True)
    sod = write_sod(write_hashes(groups()), signer)
    changed = groups() | {2: groups()[2] + b"\0"}

    taken = authenticate(files_of(sod), stated, NOW)
    assert (taken.genuine_data, taken.over_sha1) == (True, True)
    assert not authenticate(files_of(sod), trust_of(authority), NOW).genuine_data
    assert authenticate(files_of(sod, changed), stated, NOW).reason is ChipReason.DATA_GROUP_CHANGED
    strong, strong_signer = state()
    usual = authenticate(
        files_of(write_sod(write_hashes(groups()), strong_signer)),
        replace(trust_of(strong), sha1=True),
        NOW,
    )
    assert (usual.genuine_data, usual.over_sha1) == (True, False)


def test_a_list_that_the_authority_signed_revokes_and_no_other_does():
    authority, signer = state()
    revoked, others = [signer.parsed.serial], [4711]

    def reason(issuer, serials, stated=authority):
        holder = SimpleNamespace(certificate=stated.certificate, private=issuer.key.private)
        crl = make_crl(holder, [(serial, None) for serial in serials])
        return judge_sod(authority, make_sod(), crls=[crl]).reason

    assert reason(authority, revoked) is ChipReason.CERTIFICATE_REVOKED
    assert reason(authority, others) is ChipReason.PASSED
    stranger = make_authority()
    assert reason(stranger, revoked) is ChipReason.PASSED
    assert judge_sod(authority, make_sod(), crls=[b"\x30\x80"]).reason is ChipReason.PASSED
