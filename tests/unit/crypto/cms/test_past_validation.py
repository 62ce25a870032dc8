"""A stored signature as of its proven time (EN 319 102-1 5.6.2): what that takes, and what not."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import Node
from crypto.cms.create import attribute
from crypto.cms.timestamp import read_response
from crypto.cms.validation_request import ValidationRequest
from crypto.report.policy import RevocationRule
from crypto.report.proof_of_existence import ProofOfExistence, ProofsOfExistence, ProofSource
from crypto.report.report import EvidenceKind, Indication, SubIndication
from crypto.revocation.crl import ParsedCrl
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    CONTENT,
    GOOD,
    IIN,
    NOW,
    PERSON_EXTENSIONS,
    OcspAnswer,
    ca_name,
    issue,
    make_crl,
    person_name,
    revoked_status,
    world,
)
from tests.unit.crypto.cms.test_timestamps import request_for, response_to, tampered
from workstation.documents.report_text import next_step
from workstation.documents.texts import Texts

W = world()
REVOCATION_VALUES = "1.2.840.113549.1.9.16.2.24"
DAY = timedelta(days=1)
STAMPED = NOW
DECADE = NOW + 3653 * DAY
AGED = issue(
    person_name(), "person", W.authority, PERSON_EXTENSIONS, serial=1001, not_after=NOW + DAY
)
AFTER_AGED = NOW + 5 * DAY
LATER_LIST = {"this_update": NOW + 4 * DAY, "next_update": NOW + 6 * DAY, "number": 11}


def stamp(signature, at=STAMPED):
    request = request_for(signature)
    return read_response(response_to(request, moment=at), request)


def basic(response):
    """Take the BasicOCSPResponse out of its envelope."""
    _, wrapped = Node.at(response, 0, len(response)).children()
    return list(wrapped.only_child().children())[1].content


def values(lists=(), responses=()):
    return attribute(
        REVOCATION_VALUES,
        w.sequence(
            w.explicit(0, w.sequence(*lists)),
            w.explicit(1, w.sequence(*(basic(each) for each in responses))),
        ),
    )


def document(*extra, holder=W.person, at=STAMPED, stamped=True):
    def unsigned(signature):
        own = [attribute(oids.SIGNATURE_TIME_STAMP, stamp(signature, at))] if stamped else []
        return [*own, *extra]

    return W.cms(holder=holder, unsigned=unsigned, signing_time=at)


def crl(*revoked, **options):
    return ParsedCrl.parse(make_crl(W.authority, revoked, **options))


def answer(status=GOOD, holder=W.person, at=NOW):
    said = OcspAnswer([(W.identifier(holder), status)], this_update=at, produced_at=at)
    return said.encode(W.responder)


LIST, ROOT_LIST = crl(), W.root_crl()


def proof(cms, moment=NOW, source=ProofSource.PACK):
    """Prove that a file existed, and that both lists of then did."""
    digest = hashlib.sha256(cms).hexdigest()
    kept = ProofsOfExistence().extend([digest], ProofOfExistence(moment, source))
    lists = (LIST.sha256, ROOT_LIST.sha256)
    return kept.extend(lists, ProofOfExistence(NOW, ProofSource.PACK))


def judge(cms, *, moment, lists=(), proofs=None, **changes):
    """Judge offline, by lists alone: those about the CA, and the given ones."""
    sources = W.sources(None, [ROOT_LIST, *lists])
    rule = changes.pop("revocation", RevocationRule.CRL_ONLY)
    validator = W.validator(sources, revocation=rule, **changes)
    request = ValidationRequest(cms, CONTENT, None, fresh=False, moment=moment)
    if proofs is not None:
        request = replace(request, proofs=proofs)
    (report,) = validator.validate_request(request).signatures
    return report


def passed_as_of(report, moment=STAMPED):
    assert report.indication is Indication.TOTAL_PASSED, (report.reason, report.findings)
    return datetime.fromtimestamp(report.proven_at_ms / 1000, UTC) == moment


def undecided(report):
    assert report.indication is Indication.INDETERMINATE
    return report.reason


def details(report, code):
    return [each.detail for each in report.findings if each.code == code]


CURRENT = crl(**LATER_LIST)
"""A list of now: it says that the time-stamping authority is good, and nothing of the expired."""


def test_an_expired_signer_passes_as_of_its_time_stamp():
    report = judge(document(holder=AGED), moment=AFTER_AGED, lists=[LIST, CURRENT])
    assert passed_as_of(report)
    assert any(d.startswith("warning:after_timestamp:expired@0") for d in details(report, "path"))


def test_the_silence_of_a_list_of_after_the_expiry_says_nothing():
    report = judge(document(holder=AGED), moment=AFTER_AGED, lists=[CURRENT])
    assert undecided(report) == "signature.past_status_unknown"
    assert report.sub_indication is SubIndication.OUT_OF_BOUNDS_NO_POE


@pytest.mark.parametrize("reason", [None, x509.ReasonFlags.cessation_of_operation])
def test_who_was_revoked_before_the_stamp_is_refused_after_the_expiry_too(reason):
    report = judge(document(holder=AGED), moment=AFTER_AGED, lists=[crl((1001, reason)), CURRENT])
    assert (report.indication, report.reason) == (Indication.TOTAL_FAILED, "signature.revoked")


def test_a_stamp_of_after_the_expiry_dates_nothing():
    cms = document(holder=AGED, at=NOW + 3 * DAY)
    report = judge(cms, moment=AFTER_AGED, lists=[LIST, CURRENT])
    assert undecided(report) == "signature.stamped_too_late"


def test_an_expired_authority_has_stamped_well_where_the_stamp_is_proven_older():
    cms = document()
    alone = judge(cms, moment=DECADE, lists=[LIST])
    assert undecided(alone) == "signature.stamp_not_counted"
    assert details(alone, "timestamp") == ["warning:authority_expired"]
    assert alone.proven_at_ms is None
    assert passed_as_of(judge(cms, moment=DECADE, lists=[LIST], proofs=proof(cms)))
    late = proof(cms, NOW + 3000 * DAY)
    assert undecided(judge(cms, moment=DECADE, lists=[LIST], proofs=late)) == (
        "signature.stamp_not_counted"
    )


def test_a_stamp_cannot_be_younger_than_the_proof_of_it():
    cms = document()
    earlier = judge(cms, moment=DECADE, lists=[LIST], proofs=proof(cms, NOW - DAY))
    assert undecided(earlier) == "signature.stamp_not_counted"


def test_a_pack_alone_dates_no_signature_and_our_log_does():
    cms = document(stamped=False)
    stated = judge(cms, moment=DECADE, lists=[LIST], proofs=proof(cms))
    assert undecided(stated) == "signature.expired"
    logged = judge(cms, moment=DECADE, lists=[LIST], proofs=proof(cms, source=ProofSource.LOG))
    assert passed_as_of(logged)


def test_a_proof_is_about_the_very_octets():
    other = proof(document())
    report = judge(document(stamped=False), moment=DECADE, lists=[LIST], proofs=other)
    assert undecided(report) == "signature.expired"


def test_a_list_of_an_expired_issuer_must_be_proven_to_be_of_then():
    """Whoever gets the key of an authority that is gone can sign a list of any date."""
    cms = document()
    digest = hashlib.sha256(cms).hexdigest()
    log = ProofsOfExistence().extend([digest], ProofOfExistence(NOW, ProofSource.LOG))
    report = judge(cms, moment=DECADE, lists=[LIST], proofs=log)
    assert undecided(report) == "signature.past_status_unknown"
    assert {e.reason for e in report.evidence if e.sha256 == LIST.sha256} == {"unproven"}
    assert passed_as_of(judge(cms, moment=DECADE, lists=[LIST], proofs=proof(cms)))


def test_a_revocation_counts_though_nothing_proves_how_old_its_list_is():
    revoked = crl((1001, x509.ReasonFlags.key_compromise), number=9)
    cms = document()
    report = judge(cms, moment=DECADE, lists=[LIST, revoked], proofs=proof(cms))
    assert (report.indication, report.reason) == (Indication.TOTAL_FAILED, "signature.revoked")


RETIRED = {"last_moments": (("ec", NOW + 30 * DAY),)}


def test_a_retired_algorithm_is_judged_as_of_the_proven_time():
    later = NOW + 60 * DAY
    fresh_list = crl(this_update=later - DAY, next_update=later + DAY, number=12)
    cms = document()
    given = {"moment": later, "lists": [LIST, fresh_list]} | RETIRED
    # The stamp is made with the same algorithm: of itself it proves nothing any more.
    alone = judge(cms, **given)
    assert (alone.indication, alone.reason) == (
        Indication.INDETERMINATE,
        "signature.algorithm_too_weak",
    )
    assert passed_as_of(judge(cms, **given, proofs=proof(cms)))
    too_late = judge(cms, **given, proofs=proof(cms, NOW + 40 * DAY))
    assert too_late.indication is Indication.INDETERMINATE


# What came inside the message


def used_inside(report):
    inside = [e for e in report.evidence if e.source == "signature" and e.used]
    return {each.kind for each in inside}


def test_an_answer_inside_is_used_where_the_workstation_has_none_of_that_time():
    cms = document(values(responses=[answer(holder=AGED)]), holder=AGED)
    report = judge(cms, moment=AFTER_AGED, lists=[CURRENT])
    assert passed_as_of(report)
    assert used_inside(report) == {EvidenceKind.TST, EvidenceKind.OCSP}


@pytest.mark.parametrize("rule", [RevocationRule.CRL_ONLY, RevocationRule.NOT_CHECKED])
def test_lists_inside_are_used(rule):
    inside = [LIST.raw, ROOT_LIST.raw, CURRENT.raw]
    report = judge(
        document(values(inside), holder=AGED), moment=AFTER_AGED, lists=[], revocation=rule
    )
    assert passed_as_of(report)
    assert EvidenceKind.CRL in used_inside(report)


def test_a_file_with_all_its_material_passes_in_ten_years_where_it_is_proven():
    cms = document(values([LIST.raw, ROOT_LIST.raw], [answer()]))
    rule = RevocationRule.NOT_CHECKED
    assert passed_as_of(judge(cms, moment=DECADE, proofs=proof(cms), revocation=rule))
    unproven = judge(cms, moment=DECADE, revocation=rule)
    assert undecided(unproven) == "signature.stamp_not_counted"


def test_a_status_that_nobody_states_since_then_is_warned_of():
    """In force still, and offline: good as of the time-stamp, by what the file brings along."""
    later = NOW + 40 * DAY
    cms = document(values([LIST.raw], [answer()]))
    newer = crl(this_update=later - DAY, next_update=later + DAY, number=13)
    online = judge(cms, moment=later, lists=[LIST, newer])
    assert passed_as_of(online)
    assert not any("after_timestamp" in d for d in details(online, "revocation"))
    offline = judge(cms, moment=later, proofs=proof(cms))
    assert passed_as_of(offline)
    assert any("after_timestamp:" in d for d in details(offline, "revocation"))


FORGER = issue(ca_name("NCA TEST"), "forger", None, CA_EXTENSIONS, serial=2)
FORGED = ParsedCrl.parse(make_crl(FORGER, [(1001, x509.ReasonFlags.key_compromise)], number=99))


def test_what_a_stranger_puts_inside_takes_nothing_from_the_signature():
    odd = [tampered(answer(holder=AGED)), answer(GOOD, W.stamper), w.sequence()]
    inside = values([FORGED.raw, w.sequence()], odd[:2])
    for cms in (
        document(inside, holder=AGED),
        document(inside, attribute(REVOCATION_VALUES, w.sequence(w.null())), holder=AGED),
    ):
        report = judge(cms, moment=AFTER_AGED, lists=[LIST, CURRENT])
        assert passed_as_of(report)


@pytest.mark.parametrize("authority", [W.root, W.authority], ids=["root", "issuer"])
def test_forged_lists_inside_use_up_nothing_that_the_true_ones_need(authority):
    forger = issue(authority.certificate.subject, "forger", None, CA_EXTENSIONS, serial=2)
    forged = values([make_crl(forger, number=10**6 + n) for n in range(64)])
    report = judge(document(forged, holder=AGED), moment=AFTER_AGED, lists=[LIST, CURRENT])
    assert passed_as_of(report)


def test_a_forged_answer_inside_proves_nothing():
    said = OcspAnswer([(W.identifier(AGED), GOOD)]).encode(W.stamper)
    cms = document(values(responses=[said]), holder=AGED)
    report = judge(cms, moment=AFTER_AGED, lists=[CURRENT])
    assert undecided(report) == "signature.past_status_unknown"


def test_an_answer_inside_that_calls_the_signer_revoked_counts():
    said = answer(revoked_status(NOW - DAY, 1), AGED)
    cms = document(values(responses=[said]), holder=AGED)
    report = judge(cms, moment=AFTER_AGED, lists=[LIST, CURRENT])
    assert (report.indication, report.reason) == (Indication.TOTAL_FAILED, "signature.revoked")


def test_a_compromise_since_then_is_excused_by_a_status_of_then_that_is_proven():
    """5.6.2.2: what was said of then is older than the revocation; else only its reason helps."""
    later = NOW + 40 * DAY
    newer = crl(
        (1001, x509.ReasonFlags.key_compromise),
        number=12,
        this_update=later - DAY,
        next_update=later + DAY,
        revoked_at=NOW + 20 * DAY,
    )
    cms = document(values(responses=[answer()]))
    given = {"moment": later, "lists": [LIST, newer]}
    refused = judge(cms, **given)
    assert (refused.indication, refused.reason) == (Indication.TOTAL_FAILED, "signature.revoked")
    assert passed_as_of(judge(cms, **given, proofs=proof(cms)))
    late = judge(cms, **given, proofs=proof(cms, NOW + 30 * DAY))
    # The list of then is proven to be of then all the same.
    assert passed_as_of(late)
    unproven = replace(ProofsOfExistence())
    assert judge(cms, **given, proofs=unproven).reason == "signature.revoked"


@pytest.mark.parametrize("reason", [x509.ReasonFlags.key_compromise, x509.ReasonFlags.superseded])
def test_a_key_that_was_known_to_be_anybody_s_before_the_stamp_is_refused(reason):
    """RFC 5280 5.3.2: revoked after the time-stamp, invalid since before it."""
    later = NOW + 40 * DAY
    times = {"this_update": later - DAY, "next_update": later + DAY, "revoked_at": NOW + 20 * DAY}
    cms = document(values(responses=[answer()]))

    def judge_with(invalid_since):
        newer = crl((1001, reason), number=12, invalid_since=invalid_since, **times)
        return judge(cms, moment=later, lists=[LIST, newer], proofs=proof(cms))

    assert passed_as_of(judge_with(NOW + DAY))
    refused = judge_with(NOW - DAY)
    assert (refused.indication, refused.reason) == (Indication.TOTAL_FAILED, "signature.revoked")


def test_nothing_of_the_past_helps_a_challenge():
    cms = document(values([LIST.raw], [answer(holder=AGED)]), holder=AGED)
    request = ValidationRequest(
        cms, CONTENT, IIN, fresh=True, moment=AFTER_AGED, proofs=proof(cms, source=ProofSource.LOG)
    )
    validator = W.validator(W.sources(None, [ROOT_LIST, LIST, CURRENT]))
    (report,) = validator.validate_request(request).signatures
    assert (report.indication, report.reason) == (Indication.TOTAL_FAILED, "signature.expired")
    assert report.proven_at_ms is None
    assert EvidenceKind.OCSP not in used_inside(report)


YOUNG = issue(
    person_name(), "person", W.authority, PERSON_EXTENSIONS, serial=1001, not_before=NOW - DAY
)


def test_a_stamp_that_is_older_than_the_certificate_dates_nothing():
    report = judge(document(holder=YOUNG, at=NOW - 2 * DAY), moment=NOW, lists=[LIST])
    assert report.indication is Indication.TOTAL_PASSED
    assert report.proven_at_ms is None
    assert "warning:before_certificate" in details(report, "timestamp")
    skewed = judge(document(holder=YOUNG, at=NOW - DAY - timedelta(seconds=30)), moment=NOW)
    assert "warning:before_certificate" not in details(skewed, "timestamp")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_no_advice_asks_for_the_stamp_that_is_there(language):
    cms = document(holder=AGED)
    reports = [
        judge(cms, moment=AFTER_AGED, lists=[CURRENT]),
        judge(cms, moment=AFTER_AGED, lists=[LIST]),
        judge(document(holder=AGED, at=NOW + 3 * DAY), moment=AFTER_AGED, lists=[LIST, CURRENT]),
        judge(document(), moment=DECADE, lists=[LIST]),
    ]
    texts = Texts(language)
    asked = next_step(texts, SubIndication.OUT_OF_BOUNDS_NO_POE, "signature.expired")
    for each in reports:
        assert undecided(each) != "signature.expired"
        assert texts.has(each.reason)
        said = next_step(texts, each.sub_indication, each.reason)
        assert said not in {asked, texts.tr("next_step.ask")}


# Authorities that have ended


def root_list(reason=None, at=NOW + 20 * DAY):
    revoked = [] if reason is None else [(2, reason)]
    made = make_crl(
        W.root,
        revoked,
        number=20,
        this_update=NOW + 39 * DAY,
        next_update=NOW + 90 * DAY,
        revoked_at=at,
    )
    return ParsedCrl.parse(made)


IN_FORTY_DAYS = NOW + 40 * DAY
NEWER = crl(number=12, this_update=NOW + 39 * DAY, next_update=NOW + 41 * DAY)


def test_an_authority_that_ended_benignly_since_then_takes_nothing_from_what_it_certified():
    ended = root_list(x509.ReasonFlags.cessation_of_operation)
    cms = document()
    given = {"moment": IN_FORTY_DAYS, "lists": [LIST, NEWER, ended]}
    # The time-stamping authority is below it too: its stamp is judged as of its own time.
    assert passed_as_of(judge(cms, **given, proofs=proof(cms)))
    before = root_list(x509.ReasonFlags.cessation_of_operation, NOW - DAY)
    refused = judge(cms, **given | {"lists": [LIST, NEWER, before]}, proofs=proof(cms))
    assert refused.indication is not Indication.TOTAL_PASSED


def test_a_compromised_authority_refuses_what_is_not_proven_to_be_older():
    stolen = root_list(x509.ReasonFlags.ca_compromise)
    cms = document()
    given = {"moment": IN_FORTY_DAYS, "lists": [LIST, NEWER, stolen]}
    assert judge(cms, **given).indication is not Indication.TOTAL_PASSED
    assert passed_as_of(judge(cms, **given, proofs=proof(cms)))


def stolen_stamper(reason):
    listed = [(101, reason)]
    return crl(
        *listed,
        number=12,
        this_update=NOW + 39 * DAY,
        next_update=NOW + 41 * DAY,
        revoked_at=NOW + 20 * DAY,
    )


def test_a_token_of_a_stolen_stamping_key_counts_only_where_it_is_proven_older():
    """Whoever has the key dates tokens as he likes: their own time says nothing (RFC 3161 4)."""
    lists = [LIST, stolen_stamper(x509.ReasonFlags.key_compromise), root_list()]
    cms = document(holder=AGED)
    given = {"moment": IN_FORTY_DAYS, "lists": lists}
    assert undecided(judge(cms, **given)) == "signature.stamp_not_counted"
    late = judge(cms, **given, proofs=proof(cms, NOW + 30 * DAY))
    assert undecided(late) == "signature.stamp_not_counted"
    assert details(late, "timestamp") == ["warning:authority_revoked"]
    assert passed_as_of(judge(cms, **given, proofs=proof(cms, NOW + DAY)))


def test_a_benign_reason_of_another_source_hides_no_compromise():
    said = answer(revoked_status(NOW + 21 * DAY, 1), W.stamper, NOW + 22 * DAY)
    lists = [LIST, stolen_stamper(x509.ReasonFlags.superseded), root_list()]
    cms = document(values(responses=[said]))
    given = {"moment": DECADE, "lists": lists, "proofs": proof(cms, NOW + 30 * DAY)}
    assert details(judge(cms, **given), "timestamp") == ["warning:authority_revoked"]
    given["proofs"] = proof(cms, NOW + DAY)
    assert passed_as_of(judge(cms, **given))


def test_the_earliest_of_several_times_counts():
    def unsigned(signature):
        return [
            attribute(oids.SIGNATURE_TIME_STAMP, stamp(signature, NOW + 3 * DAY)),
            attribute(oids.SIGNATURE_TIME_STAMP, stamp(signature, NOW)),
        ]

    cms = W.cms(holder=AGED, unsigned=unsigned)
    assert passed_as_of(judge(cms, moment=AFTER_AGED, lists=[LIST, CURRENT]))


def test_what_a_compromised_authority_says_of_then_must_be_proven_older():
    """Whoever has its key can state today that the signer was good then."""
    stolen = root_list(x509.ReasonFlags.ca_compromise)
    bare = W.cms(holder=AGED)
    digest = hashlib.sha256(bare).hexdigest()
    log = ProofsOfExistence().extend([digest], ProofOfExistence(NOW, ProofSource.LOG))
    log = log.extend([ROOT_LIST.sha256], ProofOfExistence(NOW, ProofSource.LOG))
    given = {"moment": IN_FORTY_DAYS, "lists": [LIST, stolen]}
    assert undecided(judge(bare, **given, proofs=log)) == "signature.past_status_unknown"
    kept = log.extend([LIST.sha256], ProofOfExistence(NOW, ProofSource.LOG))
    assert passed_as_of(judge(bare, **given, proofs=kept))
