"""The report as a tree, and as one about a stored signature."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.path.budget import PathBudget
from crypto.report.report import (
    REPORT_VERSION,
    EvidenceItem,
    EvidenceKind,
    Finding,
    FindingStatus,
    Indication,
    SignatureReport,
    SubIndication,
)
from crypto.report.stored import view_as_stored
from crypto.report.tree import Block, build_report_tree
from crypto.revocation.crl import ParsedCrl
from tests.support.pki.certificates import (
    END,
    NOW,
    OcspAnswer,
    make_crl,
    revoked_status,
    world,
)

W = world()


def blocks(report, kind):
    return [each for each in build_report_tree(report) if each.block is kind]


def test_every_finding_and_every_piece_of_evidence_stands_in_exactly_one_block():
    report = W.report()
    tree = build_report_tree(report)
    findings = [each for block in tree for each in block.findings]
    evidence = [each for block in tree for each in block.evidence]
    assert sorted(map(repr, findings)) == sorted(map(repr, report.findings))
    assert sorted(map(repr, evidence)) == sorted(map(repr, report.evidence))
    assert len(findings) > 8


def test_a_good_signature_has_a_block_for_each_certificate_of_its_path():
    report = W.report()
    digests = [holder.parsed.sha256 for holder in (W.person, W.authority, W.root)]
    assert [block.about for block in blocks(report, Block.PATH)] == digests
    assert [block.about for block in blocks(report, Block.REVOCATION)] == digests[:2]
    assert all(block.status is FindingStatus.PASSED for block in build_report_tree(report))


def test_evidence_names_the_certificate_it_was_looked_at_for():
    signer, authority = blocks(W.report(), Block.REVOCATION)
    assert [each.kind for each in signer.evidence] == [EvidenceKind.OCSP]
    assert [each.kind for each in authority.evidence] == [EvidenceKind.CRL]
    assert {each.about for each in authority.evidence} == {W.authority.parsed.sha256}


def test_a_failed_path_is_explained_position_by_position():
    report = W.report(moment=END + timedelta(days=400))
    path = blocks(report, Block.PATH)
    assert [block.about for block in path][:2] == [W.person.parsed.sha256, "@1"]
    assert all("expired" in finding.detail for block in path for finding in block.findings)
    assert all(block.status is FindingStatus.FAILED for block in path)


def test_a_warning_leaves_its_block_passed_and_a_failure_does_not():
    warned = W.report(W.cms(signing_time=NOW - timedelta(days=3)))
    (signature,) = blocks(warned, Block.SIGNATURE)
    assert any(finding.warning for finding in signature.findings)
    assert signature.status is FindingStatus.PASSED
    (wrong,) = blocks(W.report(expected_content=b"else"), Block.SIGNATURE)
    assert wrong.status is FindingStatus.FAILED


def test_what_is_no_signature_has_a_format_block_and_nothing_else():
    tree = build_report_tree(W.report(b"nonsense"))
    assert [(each.block, each.status) for each in tree] == [(Block.FORMAT, FindingStatus.FAILED)]


def test_an_unknown_code_is_shown_with_the_signature_and_not_lost():
    report = replace(W.report(), findings=(Finding("brand_new", FindingStatus.FAILED, ""),))
    (only,) = [each for each in build_report_tree(report) if each.findings]
    assert (only.block, only.status) == (Block.SIGNATURE, FindingStatus.FAILED)


def test_the_exported_report_states_its_version_and_what_each_finding_is_about():
    exported = W.report().to_json()
    assert exported["version"] == REPORT_VERSION
    about = {each["code"]: each["about"] for each in exported["findings"]}
    assert about["path"] == about["revocation"] == W.person.parsed.sha256
    assert about["ca_revocation"] == W.authority.parsed.sha256
    assert about["signature_value"] == ""
    assert all(each["about"] for each in exported["evidence"])


def view(report):
    found = view_as_stored(report)
    return found.indication, found.sub_indication


def test_a_passed_signature_stays_passed_in_an_archive():
    assert view(W.report()) == (Indication.TOTAL_PASSED, None)


def test_a_wrong_signature_stays_wrong_in_an_archive():
    report = W.report(expected_content=b"else")
    assert view(report) == (Indication.TOTAL_FAILED, SubIndication.HASH_FAILURE)


def test_an_expired_certificate_without_proof_of_time_leaves_a_stored_signature_undecided():
    report = W.report(moment=END + timedelta(days=1))
    assert report.indication is Indication.TOTAL_FAILED
    assert view(report) == (Indication.INDETERMINATE, SubIndication.OUT_OF_BOUNDS_NO_POE)


def test_a_revoked_certificate_leaves_a_stored_signature_undecided():
    def revoked(nonce):
        answer = OcspAnswer([(W.identifier(), revoked_status())], nonce=nonce)
        return answer.encode(W.responder)

    report = W.report(sources=W.sources(revoked))
    assert report.indication is Indication.TOTAL_FAILED
    assert view(report) == (Indication.INDETERMINATE, SubIndication.REVOKED_NO_POE)


def test_a_certificate_that_was_never_issued_could_sign_at_no_time():
    def never_issued(nonce):
        status = revoked_status(datetime(1970, 1, 1, tzinfo=UTC), 6)
        extended = w.sequence(w.oid(oids.OCSP_EXTENDED_REVOKE), w.octet_string(w.tlv(0x05)))
        answer = OcspAnswer([(W.identifier(), status)], nonce=nonce, extra=extended)
        return answer.encode(W.responder)

    report = W.report(sources=W.sources(never_issued))
    assert report.reason == "signature.never_issued"
    assert view(report) == (Indication.TOTAL_FAILED, report.sub_indication)


def test_a_revoked_authority_has_its_own_sub_indication():
    report = W.report(sources=W.sources(held=[W.root_crl([2])]))
    assert view(report) == (Indication.INDETERMINATE, SubIndication.REVOKED_CA_NO_POE)


def test_an_answer_that_is_too_old_by_now_is_out_of_bounds():
    old = ParsedCrl.parse(
        make_crl(
            W.authority,
            this_update=NOW - timedelta(days=30),
            next_update=NOW - timedelta(days=29),
        )
    )
    report = W.report(sources=W.sources(None, held=[W.root_crl(), old]))
    assert view(report) == (
        Indication.INDETERMINATE,
        SubIndication.REVOCATION_OUT_OF_BOUNDS_NO_POE,
    )


def test_no_answer_at_all_stays_try_later():
    report = W.report(sources=W.sources(None))
    assert view(report) == (Indication.INDETERMINATE, SubIndication.TRY_LATER)


@pytest.mark.parametrize(
    ("reason", "detail", "sub"),
    [
        (
            "signature.algorithm_too_weak",
            "",
            SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE,
        ),
        (
            "signature.chain_refused",
            "expired@1:2025,expired@2:2025",
            SubIndication.NO_CERTIFICATE_CHAIN_FOUND_NO_POE,
        ),
        (
            "signature.chain_refused",
            "expired@1:2025,not_a_ca@1",
            SubIndication.CHAIN_CONSTRAINTS_FAILURE,
        ),
    ],
)
def test_what_a_proof_of_time_could_settle_is_told_from_what_it_could_not(reason, detail, sub):
    report = SignatureReport(
        Indication.INDETERMINATE,
        SubIndication.CHAIN_CONSTRAINTS_FAILURE,
        reason,
        None,
        (),
        (Finding("path", FindingStatus.INDETERMINATE, detail),),
        (EvidenceItem(EvidenceKind.TST, "signature", "", 0, used=False, reason="stale"),),
        "",
        "",
        0,
        None,
    )
    assert view(report) == (Indication.INDETERMINATE, sub)


def test_a_dated_signature_that_outlived_its_certificate_was_not_revoked_before():
    report = replace(
        W.report(moment=END + timedelta(days=1)),
        findings=(
            Finding("revocation", FindingStatus.PASSED, "good"),
            Finding("timestamp", FindingStatus.PASSED, "2026"),
        ),
    )
    assert view(report)[1] is SubIndication.OUT_OF_BOUNDS_NOT_REVOKED


def test_a_search_that_ran_out_of_budget_is_a_general_failure(monkeypatch):
    spent = PathBudget(signatures=1)
    monkeypatch.setattr("crypto.revocation.context.PathBudget", lambda: spent)
    report = W.report()
    assert (report.sub_indication, report.reason) == (
        SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE,
        "signature.path_budget_spent",
    )


def stamp(*, counts):
    status = FindingStatus.PASSED if counts else FindingStatus.INDETERMINATE
    detail = "2026" if counts else "warning:authority_path:no_issuer_found"
    reason = "counted" if counts else "authority_path:no_issuer_found"
    item = EvidenceItem(EvidenceKind.TST, "signature", "", 0, used=counts, reason=reason)
    return Finding("timestamp", status, detail), item


@pytest.mark.parametrize("kinds", [(True,), (False,), (True, False), (False, True, False)])
def test_a_timestamp_that_does_not_count_stands_in_no_block_that_passed(kinds):
    found = [stamp(counts=counts) for counts in kinds]
    report = replace(
        W.report(), findings=tuple(f for f, _ in found), evidence=tuple(e for _, e in found)
    )
    stamps = blocks(report, Block.TIMESTAMPS)
    assert sum(len(each.findings) for each in stamps) == len(kinds)
    assert sum(len(each.evidence) for each in stamps) == len(kinds)
    for each in stamps:
        passed = each.status is FindingStatus.PASSED
        assert all((f.status is FindingStatus.PASSED) is passed for f in each.findings)
        assert all(e.used is passed for e in each.evidence)
    assert W.report().indication is Indication.TOTAL_PASSED
