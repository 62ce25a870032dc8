"""A stored signature extended: what is added, what stays, and what is refused."""

import importlib
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import cms as reference

from crypto.archive.extend import ArchiveLevel
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.cms.create import attribute
from crypto.cms.signature_file import WrongFileKind
from crypto.cms.signed_data import SignedData
from crypto.report.report import Indication
from crypto.revocation.crl import ParsedCrl
from tests.support.pki.archives import (
    ARCHIVE_ROOT,
    ARCHIVER,
    DECADE,
    OTHER,
    Station,
    add,
    add_stamp,
    list_of,
    lists,
    trust_both,
)
from tests.support.pki.certificates import (
    CONTENT,
    END,
    NOW,
    PERSON_EXTENSIONS,
    OcspAnswer,
    issue,
    person_name,
    revoked_status,
    world,
)
from tests.support.pki.time_stamping import stamp

# asn1crypto fixes its names of content types at their first use: pyHanko needs that of time-stamps.
importlib.import_module("asn1crypto.tsp")

W = world()
T, LT, LTA = ArchiveLevel.T, ArchiveLevel.LT, ArchiveLevel.LTA


def judge(cms, at, held):
    validator = W.validator(W.sources(None, held), trust=trust_both())
    return validator.validate_document(cms, content=CONTENT, moment=at)


def attributes(cms, signer=0):
    return [each.oid for each in SignedData.parse(cms).signers[signer].unsigned]


def two_signers():
    one, two = (SignedData.parse(W.cms(holder=each)) for each in (W.person, OTHER))
    parts = [each.raw for each in one.node.children()]
    parts[3] = w.tlv(0xA0, W.person.der, OTHER.der)
    parts[4] = w.tlv(0x31, one.signers[0].node.raw, two.signers[0].node.raw)
    return w.sequence(w.oid(oids.SIGNED_DATA), w.explicit(0, w.sequence(*parts)))


def test_t_adds_a_time_stamp_over_the_signature_value():
    station, cms = Station(), W.cms()
    extended = station.extend(cms, T)
    assert attributes(extended.cms) == [oids.SIGNATURE_TIME_STAMP]
    assert station.stamped == [SignedData.parse(cms).signers[0].signature]
    assert extended.report.indication is Indication.TOTAL_PASSED
    assert extended.renew_before == ARCHIVER.parsed.not_after


def test_lt_adds_every_path_and_what_its_status_rests_on():
    extended = Station(authority=W.stamper).extend(W.cms(), LT)
    found = reference.ContentInfo.load(extended.cms)["content"]
    certificates = {each.dump() for each in found["certificates"]}
    assert certificates == {each.der for each in (W.person, W.authority, W.root, W.stamper)}
    assert sum(each.dump()[0] == 0xA1 for each in found["crls"]) == 1
    issuers = {
        ParsedCrl.parse(each.raw).issuer.raw
        for each in SignedData.parse(extended.cms).lists
        if each.tag == 0x30
    }
    assert issuers == {W.root.parsed.subject.raw, W.authority.parsed.subject.raw}
    assert found["version"].native == "v5"


def test_lta_is_proven_ten_years_later_and_lt_is_not():
    cms = W.cms()
    held = [list_of(ARCHIVE_ROOT, DECADE)]
    report = judge(Station(authority=W.stamper).extend(cms, LT).cms, DECADE, held)
    assert report.indication is Indication.INDETERMINATE
    stamped = Station(authority=W.stamper).extend(cms, T).cms
    archived = Station(NOW + timedelta(minutes=1)).extend(stamped, LTA).cms
    (report,) = judge(archived, DECADE, held).signatures
    assert report.indication is Indication.TOTAL_PASSED, (report.reason, report.findings)
    assert datetime.fromtimestamp(report.proven_at_ms / 1000, UTC) == NOW


def test_what_is_stamped_already_is_not_stamped_again_on_the_way():
    stamped = Station().extend(W.cms(), T).cms
    later = Station()
    archived = later.extend(stamped, LTA).cms
    assert len(later.stamped) == 1
    assert attributes(archived) == [oids.SIGNATURE_TIME_STAMP, oids.ARCHIVE_TIME_STAMP_V3]


def test_extending_again_appends_and_replaces_nothing():
    first = Station().extend(W.cms(), LTA).cms
    for level, more in ((T, oids.SIGNATURE_TIME_STAMP), (LTA, oids.ARCHIVE_TIME_STAMP_V3)):
        again = Station(NOW + timedelta(minutes=5)).extend(first, level).cms
        before, after = SignedData.parse(first), SignedData.parse(again)
        values = [each.values[0].raw for each in after.signers[0].unsigned]
        old = [each.values[0].raw for each in before.signers[0].unsigned]
        assert values[: len(old)] == old
        assert attributes(again) == [*attributes(first), more]
        kept = [each.raw for each in before.certificate_choices]
        assert [each.raw for each in after.certificate_choices][: len(kept)] == kept
        assert len({each.raw for each in after.certificate_choices}) == len(
            after.certificate_choices
        )


def test_a_renewal_adds_no_lists_about_what_is_proven_already():
    first = Station(authority=W.stamper).extend(W.cms(), LTA).cms
    month = NOW + timedelta(days=30)
    renewed = Station(month).extend(first, LTA)
    assert renewed.added.revocation == ()
    again = Station(month + timedelta(days=1)).extend(renewed.cms, LTA)
    (added,) = again.added.revocation
    assert ParsedCrl.parse(added).issuer == ARCHIVE_ROOT.parsed.subject


def test_a_renewed_archive_outlives_the_authority_that_stamped_first():
    before_end = END - timedelta(days=1)
    first = Station(authority=W.stamper).extend(W.cms(), LTA).cms
    sources = W.sources(None, [*lists(before_end), *lists()])
    renewed = Station(before_end, sources).extend(first, LTA).cms
    held = [list_of(ARCHIVE_ROOT, DECADE)]
    assert judge(first, DECADE, held).indication is Indication.INDETERMINATE
    (report,) = judge(renewed, DECADE, held).signatures
    assert report.indication is Indication.TOTAL_PASSED, (report.reason, report.findings)


def test_a_signature_whose_certificate_has_ended_is_extended_by_its_time_stamp():
    aged = issue(
        person_name(),
        "person",
        W.authority,
        PERSON_EXTENSIONS,
        serial=1001,
        not_after=NOW + timedelta(days=1),
    )
    later = NOW + timedelta(days=2)
    document = add_stamp(W.cms(holder=aged), NOW)
    sources = W.sources(None, [*lists(), *lists(later)])
    archived = Station(later, sources).extend(document, LTA).cms
    (report,) = judge(archived, DECADE, [list_of(ARCHIVE_ROOT, DECADE)]).signatures
    assert report.indication is Indication.TOTAL_PASSED, (report.reason, report.findings)


@pytest.mark.parametrize("level", list(ArchiveLevel))
def test_nothing_is_stamped_that_does_not_validate(level):
    def revoked(nonce):
        return OcspAnswer([(W.identifier(), revoked_status())], nonce=nonce).encode(W.responder)

    for sources in (W.sources(revoked, lists()), W.sources(None, lists()[2:])):
        station = Station(sources=sources)
        refused = station.refusal(W.cms(), level)
        assert refused.detail == "not_passed:1"
        assert refused.report.indication is not Indication.TOTAL_PASSED
        assert station.stamped == []


def test_a_signature_of_other_content_is_not_stamped():
    station = Station()
    assert station.refusal(W.cms(), content=b"other").detail == "not_passed:1"
    assert station.refusal(W.cms(detached=True), content=b"other").detail == "not_passed:1"
    assert station.stamped == []


def test_a_detached_signature_needs_what_was_signed():
    assert Station().refusal(W.cms(detached=True), content=None).detail == "content_absent"
    extended = Station().extend(W.cms(detached=True), LTA)
    assert extended.report.indication is Indication.TOTAL_PASSED


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda octets, at, by: stamp(octets + b"x", at, by), "other_signature"),
        (lambda octets, at, by: stamp(octets, at + timedelta(hours=1), by), "clock_ahead:3600"),
    ],
)
def test_a_time_stamp_that_does_not_count_is_not_kept(make, why):
    assert Station(make=make).refusal(W.cms()).detail == f"stamp_not_counted:{why}"


def test_an_authority_whose_status_is_unknown_is_not_relied_on():
    station = Station(sources=W.sources(held=lists()[:2]))
    detail = station.refusal(W.cms(), T).detail
    assert detail.startswith("stamp_not_counted:authority_status")


@pytest.mark.parametrize(
    ("oid", "kind"),
    [
        (oids.ARCHIVE_TIME_STAMP, "archive-time-stamp"),
        (oids.ARCHIVE_TIME_STAMP_V2, "archive-time-stamp-v2"),
        (oids.LONG_TERM_VALIDATION, "long-term-validation"),
    ],
)
def test_nothing_is_added_beside_an_archive_stamp_of_an_older_kind(oid, kind):
    cms = add(W.cms(), unsigned={0: [attribute(oid, w.sequence())]})
    assert Station().refusal(cms).detail == f"older_archive:{kind}"


def test_of_several_signers_each_is_extended():
    extended = Station().extend(two_signers(), LTA)
    assert extended.report.indication is Indication.TOTAL_PASSED
    for signer in (0, 1):
        assert attributes(extended.cms, signer) == [
            oids.SIGNATURE_TIME_STAMP,
            oids.ARCHIVE_TIME_STAMP_V3,
        ]


def test_one_of_several_signers_is_extended_by_its_number():
    extended = Station().extend(two_signers(), T, signers=(2,))
    assert attributes(extended.cms, 0) == []
    assert attributes(extended.cms, 1) == [oids.SIGNATURE_TIME_STAMP]
    assert Station().refusal(two_signers(), signers=(3,)).detail == "signer_absent:3"


def test_a_signature_in_ber_is_extended():
    node = SignedData.parse(W.cms()).node
    endless = b"\x30\x80" + w.oid(oids.SIGNED_DATA) + b"\xa0\x80" + node.raw + bytes(4)
    extended = Station().extend(endless, LTA)
    assert not SignedData.parse(extended.cms).ber
    assert extended.report.indication is Indication.TOTAL_PASSED


def test_an_archive_in_ber_whose_index_does_not_fit_is_left_alone():
    archived = Station().extend(W.cms(), LTA).cms
    broken = archived.replace(W.root.der, W.root.der[:-1] + bytes((W.root.der[-1] ^ 1,)))
    node = SignedData.parse(broken).node
    endless = b"\x30\x80" + w.oid(oids.SIGNED_DATA) + b"\xa0\x80" + node.raw + bytes(4)
    assert Station().refusal(endless).detail == "ber_archived"


def test_no_index_is_made_over_an_attribute_that_cannot_be_read():
    cms = add(W.cms(), unsigned={0: [w.sequence(w.oid("1.2.3"))]})
    station = Station()
    assert station.refusal(cms).detail == "attribute_unreadable"
    assert station.stamped == []
    assert station.extend(cms, LT).report.indication is Indication.TOTAL_PASSED


@pytest.mark.parametrize(("bound", "octets"), [("_MAX_OCTETS", 3000), ("MAX_LIST_OCTETS", 300)])
def test_more_than_is_read_back_is_refused(monkeypatch, bound, octets):
    monkeypatch.setattr(f"crypto.archive.extend.{bound}", octets)
    assert Station().refusal(W.cms()).detail == "too_large"


def test_more_certificates_than_are_read_back_are_refused():
    fillers = [issue(person_name(), "person", None, (), serial=n + 1).der for n in range(62)]
    full = add(W.cms(), certificates=fillers)
    assert Station().refusal(full, LT).detail == "too_many"


def test_what_has_all_it_needs_stays_as_it_is():
    once = Station().extend(W.cms(), LT).cms
    again = Station(NOW + timedelta(minutes=5)).extend(once, LT)
    assert again.cms == once


def test_what_is_no_cms_is_named():
    with pytest.raises(WrongFileKind):
        Station().extend(b"%PDF-1.7", LTA)
