"""Every reason of a check that has not passed says what would change it, in three languages."""

import pytest

from resources import LANGUAGES
from tests.support.station.operations import shipped_policy
from tests.unit.resources.test_catalogues import entries, reason_literals
from workstation.documents.change_words import ADVICE, change_code, find_advice
from workstation.documents.texts import Texts
from workstation.rules.checks import CheckId, CheckResult, CheckStatus, Hardness

PASSED = frozenset(
    [
        "age.ok",
        "antifraud.clear",
        "authority.match",
        "consent.given",
        "cool_down.clear",
        "cool_down.lifted",
        "different_people.two",
        "document_name.same",
        "guardianship.confirmed",
        "iin.ok",
        "key_age.old_enough",
        "liveness.bona_fide",
        "liveness.exception",
        "liveness.palm",
        "liveness.video_identification",
        "loan_refusal.none",
        "marriage.confirmed",
        "match.by_authority",
        "match.match",
        "match.reviewed",
        "name.same",
        "not_staff.clear",
        "not_staff_face.clear",
        "number_not_shared.own",
        "old_number_called.clear",
        "old_phone_owner.confirmed",
        "one_identity.clear",
        "person.found",
        "personal_visit.here",
        "phone_owner.confirmed",
        "powers.confirmed",
        "questionnaire.clear",
        "reference.accepted",
        "signature.passed",
        "spouse_consent.given",
        "spouse_consent.signed",
    ]
)
WORDS = frozenset(
    [
        "authority.local",
        "signature.summary",
        "reference.wait_nothing",
        "reference.wait_file",
        "reference.wait_chip",
        "reference.wait_camera",
        "reference.drop",
        "match.ticks",
        "liveness.tasks_met",
        "liveness.task_now",
        "liveness.task_coming",
        "liveness.suspended",
        "liveness.broken",
        "liveness.breaks_spent",
        "authority.number",
        "authority.title",
        "consent.card",
        "consent.hint",
        "consent.title",
        "liveness.accommodations",
        "liveness.accommodations_hint",
        "liveness.attempt",
        "liveness.conditions",
        "liveness.conditions_wait",
        "liveness.exception_hint",
        "liveness.exception_last",
        "liveness.light_warning",
        "liveness.ready",
        "liveness.running",
        "liveness.tasks",
        "liveness.tasks_wait",
        "liveness.title",
        "match.probe_photo",
        "match.reference_photo",
        "reference.choose",
        "reference.findings",
        "reference.not_read_here",
        "reference.photo",
        "reference.second_person",
        "reference.sources",
        "reference.title",
        "reference.vouched_by",
        "signature.chain",
        "signature.chain_authority",
        "signature.chain_customer",
        "signature.chain_root",
        "signature.checks",
        "signature.choose",
        "signature.hint",
        "signature.iin",
        "signature.issuer",
        "signature.not_after",
        "signature.report",
        "signature.report_wait",
        "signature.statement",
        "signature.subject",
        "signature.title",
    ]
)
"""What the catalogue words under a check's name and is no reason."""


def result(reason, status=CheckStatus.FAILED):
    return CheckResult(reason.partition(".")[0], status, reason, Hardness.HARD, "B-01")


def reasons():
    checks = {each.value for each in CheckId}
    known = {*entries("ru"), *reason_literals()}
    return {code for code in known if code.count(".") == 1 and code.split(".")[0] in checks}


def test_every_reason_of_every_check_says_what_would_change_it():
    failed = reasons() - PASSED - WORDS

    assert len(failed) > 250
    assert sorted(reason for reason in failed if not find_advice(reason)) == []


def test_every_second_persons_check_of_the_policy_says_who_answers_it():
    policy = shipped_policy()
    required = {item.check for each in policy.operations for item in each.required}

    assert required - {each.value for each in CheckId}
    for check in required:
        assert find_advice(f"{check}.missing") == "do_step"
        assert find_advice(f"{check}.needed") == "second_officer"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_advice_is_worded(language):
    texts, words = Texts(language), entries(language)
    used = {change_code(texts, result(reason)) for reason in reasons() - PASSED}
    named = {f"change.{each}" for each in (*ADVICE.values(), "ask_officer")}

    assert all(texts.has(code) for code in used | named)
    assert {code for code in words if code.startswith("change.")} == used | named


def test_no_advice_is_for_a_reason_that_nobody_gives():
    assert sorted(set(ADVICE) - reasons()) == []
    assert not set(ADVICE) & PASSED


def test_what_has_passed_needs_no_change():
    assert change_code(Texts("ru"), result("iin.ok", CheckStatus.PASSED)) == ""


def test_a_reason_of_a_policy_that_nothing_is_known_of_sends_to_an_officer():
    assert change_code(Texts("ru"), result("branch_list.grey")) == "change.ask_officer"
