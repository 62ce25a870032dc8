from dataclasses import replace

import pytest

from crypto.report.policy import TimestampRule
from crypto.report.report import EvidenceItem, EvidenceKind, Indication
from tests.support.station import sessions
from tests.support.station.operations import loan
from vision.results import LivenessCommand, MatchVerdict, PadVerdict
from workstation.rules.checks import CheckId, CheckStatus, Hardness
from workstation.rules.reference import ReferenceSource
from workstation.session.decision import Outcome, decide, evaluate, soft_checks_open
from workstation.session.evidence import (
    Consent,
    Ending,
    EndingKind,
    GrantedOverride,
    RefusedOverride,
)
from workstation.session.exception import ExceptionReason, ExceptionRequest

POLICY = sessions.policy()
LOAN = "loan_issue"
HARD = sorted(sessions.hard_checks(POLICY))
SOFT_FAILED = sessions.spoiled(CheckId.OLD_NUMBER_CALLED, CheckStatus.FAILED)


def outcome_of(evidence):
    decision = decide(POLICY, evidence)
    return decision.outcome, decision.reason


def test_whole_and_good_evidence_is_approved():
    assert outcome_of(sessions.good_evidence()) == (Outcome.APPROVED, "decision.approved")


def test_every_required_check_is_listed_with_its_rule():
    evidence = sessions.good_evidence()
    required = POLICY.operation(sessions.OPERATION.kind).required_for(evidence.facts)

    checks = evaluate(POLICY, evidence)

    assert [(check.check, check.rule) for check in checks] == [
        (item.check, item.rule) for item in required
    ]


def test_what_was_judged_stands_beside_every_check_of_ours():
    evidence = sessions.good_evidence()
    stated = {
        check.check: (check.reason, dict(check.facts)) for check in evaluate(POLICY, evidence)
    }

    assert stated[CheckId.CONSENT] == ("consent.given", {"text": "99" * 32})
    assert stated[CheckId.REFERENCE] == (
        "reference.accepted",
        {"sha256": "cd" * 32, "source": "registry", "taken": "2025-10-18"},
    )
    assert stated[CheckId.LIVENESS] == (
        "liveness.bona_fide",
        {"attempt": 1, "frames": 300, "nonce": "11" * 16, "way": "commands"},
    )
    assert stated[CheckId.MATCH] == (
        "match.match",
        {"distance_ppm": 310_000, "threshold_ppm": 400_000, "authority": "local"},
    )
    assert stated[CheckId.SIGNATURE] == (
        "signature.passed",
        {"cms_sha256": "bb" * 32, "indication": "TOTAL_PASSED"},
    )


def test_a_match_without_a_reference_photo_proves_nothing():
    checks = evaluate(POLICY, replace(sessions.good_evidence(), reference=None))

    match = next(check for check in checks if check.check == CheckId.MATCH)
    assert (match.status, match.reason) == (CheckStatus.INDETERMINATE, "reference.missing")


def test_an_empty_session_is_indeterminate():
    decision = decide(POLICY, sessions.empty_evidence())

    assert decision.outcome is Outcome.INDETERMINATE
    assert {check.status for check in decision.checks} == {CheckStatus.INDETERMINATE}


@pytest.mark.parametrize("kind", list(EndingKind))
def test_an_early_end_never_approves_and_keeps_its_code(kind):
    ended = replace(sessions.good_evidence(), ending=Ending(kind, "camera_lost"))

    assert outcome_of(ended) == (Outcome.INDETERMINATE, "camera_lost")


def test_a_simulated_camera_cannot_approve_outside_the_demo_profile():
    production = replace(sessions.good_evidence(), demo=False)

    assert outcome_of(production) == (Outcome.INDETERMINATE, "camera.simulated")


def test_an_attempt_marked_as_simulated_cannot_approve_in_production_either():
    claimed_real = replace(sessions.good_evidence(), demo=False, simulated=False)

    assert outcome_of(claimed_real) == (Outcome.INDETERMINATE, "camera.simulated")


@pytest.mark.parametrize("check", [c for c in sessions.PRECHECKS if c in HARD])
@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (CheckStatus.FAILED, Outcome.REJECTED),
        (CheckStatus.INDETERMINATE, Outcome.INDETERMINATE),
    ],
)
def test_a_hard_precheck_decides(check, status, outcome):
    assert outcome_of(sessions.spoiled(check, status)) == (outcome, f"{check}.test")


def test_an_answer_given_twice_is_no_answer():
    good = sessions.good_evidence()
    doubled = replace(good, answers=(*good.answers, good.answers[0]))

    assert outcome_of(doubled) == (Outcome.INDETERMINATE, "iin.missing")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"consent": None}, (Outcome.INDETERMINATE, "consent.missing")),
        (
            {"consent": Consent(given=False, language="ru", text_sha256="")},
            (Outcome.REJECTED, "consent.refused"),
        ),
        ({"reference": None}, (Outcome.INDETERMINATE, "reference.missing")),
        ({"reference": None, "match": None}, (Outcome.INDETERMINATE, "reference.missing")),
        ({"attempts": ()}, (Outcome.INDETERMINATE, "liveness.missing")),
        ({"challenges": ()}, (Outcome.REJECTED, "liveness.foreign_challenge")),
        ({"match": None}, (Outcome.INDETERMINATE, "match.missing")),
        ({"signature": None}, (Outcome.INDETERMINATE, "signature.missing")),
        ({"statement": None}, (Outcome.INDETERMINATE, "signature.missing")),
    ],
)
def test_what_is_missing_has_not_passed(change, expected):
    assert outcome_of(replace(sessions.good_evidence(), **change)) == expected


def test_an_attack_is_rejected_with_its_own_reason_even_if_the_face_matches():
    attacked = replace(sessions.good_evidence(), attempts=(sessions.attempt(PadVerdict.ATTACK),))

    assert outcome_of(attacked) == (Outcome.REJECTED, "liveness.flat")


def test_three_undecided_attempts_are_a_refusal_and_two_are_not():
    tries = tuple(sessions.attempt(PadVerdict.UNDECIDED, number=n) for n in (1, 2, 3))
    good = sessions.good_evidence()

    two, three = (replace(good, attempts=tries[:n], signature=None) for n in (2, 3))

    assert outcome_of(two) == (Outcome.INDETERMINATE, "liveness.timed_out")
    assert outcome_of(three) == (Outcome.REJECTED, "liveness.attempts_exhausted")


def test_attempts_before_a_pause_count_against_the_budget():
    tries = (sessions.attempt(PadVerdict.UNDECIDED),)

    parked = replace(sessions.good_evidence(), attempts=tries, earlier=2)

    assert outcome_of(parked) == (Outcome.REJECTED, "liveness.attempts_exhausted")


def test_fewer_commands_than_the_rules_demand_are_refused():
    two = sessions.attempt(commands=(LivenessCommand.LOOK_UP, LivenessCommand.TURN_LEFT))

    short = replace(sessions.good_evidence(), attempts=(two,))

    assert outcome_of(short) == (Outcome.REJECTED, "liveness.too_few_commands")


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (MatchVerdict.NON_MATCH, (Outcome.REJECTED, "match.non_match")),
        (MatchVerdict.UNDECIDED, (Outcome.INDETERMINATE, "match.undecided")),
    ],
)
def test_another_or_a_doubtful_face_is_not_approved(verdict, expected):
    compared = replace(sessions.good_evidence(), match=sessions.match(verdict), signature=None)

    assert outcome_of(compared) == expected


def test_a_match_against_another_reference_is_refused():
    moved = replace(sessions.good_evidence(), match=sessions.match(reference="00" * 32))

    assert outcome_of(moved) == (Outcome.REJECTED, "match.foreign_reference")


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (
            sessions.report(Indication.TOTAL_FAILED),
            (Outcome.REJECTED, "signature.revoked"),
        ),
        (
            sessions.report(Indication.INDETERMINATE),
            (Outcome.INDETERMINATE, "signature.no_revocation_answer"),
        ),
        (
            sessions.report(content="00" * 32),
            (Outcome.REJECTED, "signature.content_mismatch"),
        ),
        (
            sessions.report(at_ms=sessions.NOW_MS + 600_001),
            (Outcome.REJECTED, "signature.stale_nonce"),
        ),
        (
            sessions.report(at_ms=sessions.NOW_MS - 1),
            (Outcome.REJECTED, "signature.stale_nonce"),
        ),
    ],
)
def test_the_signature_must_be_good_fresh_and_over_this_statement(report, expected):
    assert outcome_of(replace(sessions.good_evidence(), signature=report)) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"attempts": (sessions.attempt(number=2),)},
        {"match": replace(sessions.match(), distance_ppm=310_001)},
        {"session": "0" * 30},
    ],
)
def test_a_signature_over_other_biometric_evidence_is_refused(change):
    moved = replace(sessions.good_evidence(), **change)

    assert outcome_of(moved) == (Outcome.REJECTED, "signature.foreign_evidence")


@pytest.mark.parametrize("missing", [{"attempts": ()}, {"match": None}])
def test_a_signature_without_a_face_has_nothing_to_bind(missing):
    checks = evaluate(POLICY, replace(sessions.good_evidence(), **missing))

    signature = next(check for check in checks if check.check == CheckId.SIGNATURE)

    assert signature.reason == "signature.unbound"


@pytest.mark.parametrize(
    ("rule", "stamped", "outcome"),
    [
        (TimestampRule.REQUIRED, False, (Outcome.INDETERMINATE, "signature.not_stamped")),
        (TimestampRule.REQUIRED, True, (Outcome.APPROVED, "decision.approved")),
        (TimestampRule.WANTED, False, (Outcome.APPROVED, "decision.approved")),
        (TimestampRule.NONE, False, (Outcome.APPROVED, "decision.approved")),
    ],
)
def test_an_unstamped_signature_counts_unless_the_policy_requires_a_stamp(rule, stamped, outcome):
    evidence = sessions.good_evidence()
    stamp = EvidenceItem(EvidenceKind.TST, "signature", "0" * 64, 1, used=stamped, reason="x")
    report = replace(evidence.signature, evidence=(stamp,))

    decision = decide(replace(POLICY, timestamp=rule), replace(evidence, signature=report))

    assert (decision.outcome, decision.reason) == outcome


def test_an_open_soft_check_waits_for_a_supervisor():
    assert outcome_of(SOFT_FAILED) == (Outcome.INDETERMINATE, "old_number_called.test")
    assert soft_checks_open(POLICY, SOFT_FAILED) == (CheckId.OLD_NUMBER_CALLED,)


def test_a_different_supervisor_with_a_reason_may_override_a_soft_check():
    override = GrantedOverride(
        CheckId.OLD_NUMBER_CALLED, sessions.SUPERVISOR, "the old number is disconnected"
    )

    overridden = replace(SOFT_FAILED, overrides=(override,))

    assert outcome_of(overridden) == (Outcome.APPROVED, "decision.approved")
    assert soft_checks_open(POLICY, overridden) == ()


@pytest.mark.parametrize(
    "override",
    [
        GrantedOverride(CheckId.OLD_NUMBER_CALLED, sessions.TELLER, "I called him myself"),
        GrantedOverride(CheckId.OLD_NUMBER_CALLED, "", "nobody knows who it was"),
        GrantedOverride(CheckId.OLD_NUMBER_CALLED, sessions.SUPERVISOR, "called him"),
        GrantedOverride(CheckId.MATCH, sessions.SUPERVISOR, "it is another check"),
    ],
)
def test_an_override_that_breaks_a_rule_covers_nothing(override):
    overridden = replace(SOFT_FAILED, overrides=(override,))

    assert decide(POLICY, overridden).outcome is Outcome.INDETERMINATE


def test_an_illegal_override_leads_to_refusal():
    refused = RefusedOverride(CheckId.MATCH, sessions.SUPERVISOR, "override.hard_check")

    asked = replace(SOFT_FAILED, refused_overrides=(refused,))

    assert outcome_of(asked) == (Outcome.REJECTED, "override.hard_check")


def test_a_supervisor_may_refuse():
    refused = replace(SOFT_FAILED, review_refused="does not look right")

    assert outcome_of(refused) == (Outcome.REJECTED, "review.refused")


@pytest.mark.parametrize("at_ms", [sessions.NOW_MS, sessions.NOW_MS + 600_000])
def test_a_statement_lives_from_its_issue_to_its_last_millisecond(at_ms):
    signed = replace(sessions.good_evidence(), signature=sessions.report(at_ms=at_ms))

    assert outcome_of(signed) == (Outcome.APPROVED, "decision.approved")


@pytest.mark.parametrize(
    "change",
    [
        {"ending": Ending(EndingKind.ABORT, "teller_aborted")},
        {"demo": False},
        {"consent": replace(sessions.good_evidence().consent, given=False)},
        {"answers": sessions.answers()},
        {"review_refused": "does not look right"},
        {
            "refused_overrides": (
                RefusedOverride(CheckId.MATCH, sessions.SUPERVISOR, "override.hard_check"),
            )
        },
        {},
    ],
    ids=["ended", "simulated", "rejected", "approved", "refused", "override refused", "open"],
)
def test_every_decision_holds_every_check(change):
    evidence = replace(SOFT_FAILED, **change)

    assert decide(POLICY, evidence).checks == evaluate(POLICY, evidence)


@pytest.mark.parametrize("check", HARD)
def test_no_override_covers_a_hard_check(check):
    evidence = sessions.empty_evidence()

    waived = replace(evidence, overrides=(GrantedOverride(check, sessions.SUPERVISOR, "trust me"),))

    assert decide(POLICY, waived) == decide(POLICY, evidence)


def test_biometrics_and_signature_are_hard_for_every_operation():
    for operation in POLICY.operations:
        for check in (CheckId.LIVENESS, CheckId.MATCH, CheckId.SIGNATURE):
            required = operation.requires(check)

            assert required is not None
            assert required.hardness is Hardness.HARD


# -- second persons, silent checks, conditions -------------------------------------------------


@pytest.mark.parametrize("spelling", ["T-004217", "t-004217", "\uff34-004217", " T-004217 "])
def test_the_teller_under_another_spelling_overrides_nothing(spelling):
    override = GrantedOverride(CheckId.OLD_NUMBER_CALLED, spelling, "the number is disconnected")

    assert outcome_of(replace(SOFT_FAILED, overrides=(override,)))[0] is Outcome.INDETERMINATE


SILENT = [
    item.check
    for item in POLICY.operation(sessions.OPERATION.kind).required
    if item.hardness is Hardness.SILENT
]


@pytest.mark.parametrize("check", SILENT)
@pytest.mark.parametrize("status", [CheckStatus.FAILED, CheckStatus.INDETERMINATE])
def test_a_silent_check_changes_no_outcome_and_stands_in_the_decision(check, status):
    decision = decide(POLICY, sessions.spoiled(check, status))

    assert decision.outcome is Outcome.APPROVED
    assert [each.status for each in decision.checks if each.check == check] == [status]
    assert soft_checks_open(POLICY, sessions.spoiled(check, status)) == ()


def test_silent_checks_that_nobody_answered_change_nothing_either():
    unanswered = replace(
        sessions.good_evidence(),
        answers=tuple(a for a in sessions.answers() if a.check not in SILENT),
        findings=sessions.answered(sessions.CERTIFICATE_FINDINGS),
    )

    assert outcome_of(unanswered) == (Outcome.APPROVED, "decision.approved")


def test_an_answer_and_a_finding_about_one_check_are_no_answer():
    good = sessions.good_evidence()
    doubled = replace(good, findings=(*good.findings, good.answers[0]))

    assert outcome_of(doubled) == (Outcome.INDETERMINATE, "iin.missing")


@pytest.mark.parametrize("check", sessions.CERTIFICATE_FINDINGS)
def test_a_finding_that_is_soft_waits_for_a_supervisor(check):
    found = sessions.spoiled(check, CheckStatus.FAILED)

    assert soft_checks_open(POLICY, found) == (check,)
    assert decide(POLICY, found).outcome is Outcome.INDETERMINATE


@pytest.mark.parametrize(
    ("source", "needed"),
    [
        (ReferenceSource.FILE, True),
        (ReferenceSource.DOCUMENT_CAMERA, True),
        (ReferenceSource.REGISTRY, False),
        (ReferenceSource.CHIP, False),
    ],
)
def test_a_photo_that_only_the_desk_vouches_for_needs_a_second_person(source, needed):
    good = replace(sessions.good_evidence(), reference=sessions.reference(source))
    override = GrantedOverride(
        CheckId.REFERENCE_CONFIRMED, sessions.SUPERVISOR, "as in the card I hold"
    )

    assert (soft_checks_open(POLICY, good) == (CheckId.REFERENCE_CONFIRMED,)) is needed
    assert (decide(POLICY, good).outcome is Outcome.APPROVED) is not needed
    assert decide(POLICY, replace(good, overrides=(override,))).outcome is Outcome.APPROVED


def test_no_answer_of_the_desk_confirms_its_own_photo_or_the_customers_age():
    attested = sessions.answered((CheckId.REFERENCE_CONFIRMED, CheckId.AGE_CONFIRMED))
    phone = replace(sessions.good_evidence(), reference=sessions.reference(ReferenceSource.FILE))
    lent_young = replace(sessions.good_evidence(LOAN), subject=sessions.facts(500_000, age=20))

    for evidence, check in (
        (phone, CheckId.REFERENCE_CONFIRMED),
        (lent_young, CheckId.AGE_CONFIRMED),
    ):
        claimed = replace(evidence, answers=(*evidence.answers, *attested))
        assert soft_checks_open(POLICY, claimed) == (check,)
        assert outcome_of(claimed) == (Outcome.INDETERMINATE, f"{check}.needed")


# -- loans -------------------------------------------------------------------------------------


def lent(amount_kzt, **facts):
    """Good evidence of a loan of some amount; every pre-check of a loan has passed."""
    good = sessions.good_evidence(LOAN)
    subject = replace(sessions.facts(amount_kzt), **facts)
    return replace(good, operation=loan(amount_kzt), subject=subject)


def required_of(evidence):
    return {check.check for check in evaluate(POLICY, evidence)}


@pytest.mark.parametrize(
    ("amount_kzt", "hours"),
    [(1, 0), (648_750, 0), (648_751, 8), (1_102_875, 8), (1_102_876, 24), (900_000_000, 24)],
)
def test_a_loan_waits_by_its_amount_exact_to_the_tenge(amount_kzt, hours):
    decision = decide(POLICY, lent(amount_kzt))

    assert (decision.outcome, decision.wait_hours) == (Outcome.APPROVED, hours)
    assert decision.second_confirmation == ("L-02" if hours else "")


@pytest.mark.parametrize(
    ("amount_kzt", "check", "wanted"),
    [
        (648_750, CheckId.PERSONAL_VISIT, False),
        (648_751, CheckId.PERSONAL_VISIT, True),
        (4_324_999, CheckId.SPOUSE_CONSENT, False),
        (4_325_000, CheckId.SPOUSE_CONSENT, True),
    ],
)
def test_what_a_loan_needs_depends_on_its_amount_exact_to_the_tenge(amount_kzt, check, wanted):
    evidence = lent(amount_kzt, first_loan=True, married=True)
    silent = replace(evidence, answers=tuple(a for a in evidence.answers if a.check != check))

    assert (check in required_of(evidence)) is wanted
    assert outcome_of(silent) == (
        (Outcome.INDETERMINATE, f"{check}.missing")
        if wanted
        else (Outcome.APPROVED, "decision.approved")
    )


@pytest.mark.parametrize(
    ("age", "wanted"), [(20, True), (21, False), (55, False), (56, True), (None, True)]
)
def test_the_young_and_the_old_borrower_are_confirmed_by_a_second_person(age, wanted):
    evidence = lent(500_000, age=age)
    confirmed = GrantedOverride(CheckId.AGE_CONFIRMED, sessions.SUPERVISOR, "I asked him all alone")

    assert (CheckId.AGE_CONFIRMED in required_of(evidence)) is wanted
    assert (decide(POLICY, evidence).outcome is Outcome.APPROVED) is not wanted
    assert decide(POLICY, replace(evidence, overrides=(confirmed,))).outcome is Outcome.APPROVED


def test_what_is_not_known_of_a_borrower_makes_the_check_required():
    unknown = lent(4_325_000, first_loan=None, married=None, resident=None)

    assert {CheckId.PERSONAL_VISIT, CheckId.SPOUSE_CONSENT} <= required_of(unknown)


def test_a_loan_in_a_year_without_its_monthly_index_is_not_approved():
    assert outcome_of(lent(1, mci_kzt=None)) == (Outcome.INDETERMINATE, "decision.no_mci")


def test_a_loan_is_as_large_as_the_customer_signs_whatever_is_said_of_the_subject():
    small = replace(lent(900_000_000), subject=sessions.facts(1))

    assert decide(POLICY, small).wait_hours == 24


def test_an_operation_without_an_amount_needs_no_monthly_index():
    phone = replace(sessions.good_evidence(), subject=replace(sessions.facts(), mci_kzt=None))
    decision = decide(POLICY, phone)

    assert (decision.outcome, decision.wait_hours) == (Outcome.APPROVED, 0)


# -- the authority where the law wants it ------------------------------------------------------


@pytest.mark.parametrize("kind", POLICY.idec_required)
def test_no_operation_of_the_authority_is_approved_without_it(kind):
    good = sessions.good_evidence(kind)

    assert outcome_of(good) == (Outcome.APPROVED, "decision.approved")
    assert outcome_of(replace(good, authority=None)) == (
        Outcome.INDETERMINATE,
        "authority.missing",
    )


def test_a_policy_that_forgot_the_check_does_not_lift_the_law():
    operation = POLICY.operation(LOAN)
    without = tuple(item for item in operation.required if item.check != CheckId.AUTHORITY)
    others = tuple(each for each in POLICY.operations if each.kind != LOAN)
    forgot = replace(POLICY, operations=(*others, replace(operation, required=without)))

    decision = decide(forgot, sessions.good_evidence(LOAN))

    assert (decision.outcome, decision.reason) == (Outcome.INDETERMINATE, "authority.missing")


# -- the officers' exception -------------------------------------------------------------------


def liveness_of(evidence, policy=POLICY):
    check = next(c for c in evaluate(policy, evidence) if c.check == CheckId.LIVENESS)
    return check.status, check.reason


OPEN = (CheckStatus.INDETERMINATE, "liveness.exception_open")


def test_two_officers_and_a_photo_stand_in_for_the_commands_and_the_check_says_so():
    evidence = sessions.excepted_evidence()
    (liveness,) = [c for c in evaluate(POLICY, evidence) if c.check == CheckId.LIVENESS]

    assert outcome_of(evidence) == (Outcome.APPROVED, "decision.approved")
    assert (liveness.status, liveness.reason) == (CheckStatus.PASSED, "liveness.exception")
    assert dict(liveness.facts) == {
        "attempt": 1,
        "frames": 300,
        "nonce": "11" * 16,
        "request": "no_set_fits",
        "photo": sessions.PHOTO,
        "officer_1": "S-0031",
        "officer_2": "S-0032",
        "way": "two_officers",
    }


@pytest.mark.parametrize(
    "second",
    [
        sessions.approval("S-0031"),
        sessions.approval("s-0031"),
        sessions.approval("\uff33-\uff10\uff10\uff13\uff11"),
        sessions.approval(" S-0031"),
        sessions.approval(sessions.TELLER),
        sessions.approval(sessions.TELLER.lower()),
        sessions.approval(""),
        sessions.approval("S-0032", words="I know her"),
        sessions.approval("S-0032", words="1234567890 1234567890 ----"),
        sessions.approval("S-0032", photo="00" * 32),
    ],
    ids=[
        "same",
        "case",
        "width",
        "blank",
        "teller",
        "teller_case",
        "nobody",
        "short",
        "no_letters",
        "photo",
    ],
)
def test_less_than_two_officers_of_their_own_vouch_for_nobody(second):
    evidence = sessions.excepted_evidence(approvals=(sessions.approval("S-0031"), second))

    assert liveness_of(evidence) == OPEN
    assert outcome_of(evidence) == (Outcome.INDETERMINATE, "liveness.exception_open")


def test_a_third_officer_makes_up_for_one_who_does_not_count():
    approvals = tuple(sessions.approval(each) for each in ("S-0031", "s-0031", "S-0032"))

    evidence = sessions.excepted_evidence(approvals=approvals)

    assert liveness_of(evidence) == (CheckStatus.PASSED, "liveness.exception")


def test_a_policy_may_ask_for_more_officers():
    three = replace(POLICY, exception_officers=3)

    assert liveness_of(sessions.excepted_evidence(), three) == OPEN


@pytest.mark.parametrize("officers", [0, 1])
def test_what_the_policy_does_not_offer_is_refused_whoever_vouches(officers):
    without = replace(POLICY, exception_officers=officers)

    assert liveness_of(sessions.excepted_evidence(), without) == (
        CheckStatus.FAILED,
        "liveness.exception_not_offered",
    )


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_no_exception_follows_an_attack(order):
    tries = (sessions.attempt(PadVerdict.ATTACK), sessions.attempt(PadVerdict.UNDECIDED))

    evidence = sessions.excepted_evidence(attempts=tuple(tries[each] for each in order))

    assert outcome_of(evidence) == (Outcome.REJECTED, "liveness.flat")


def test_nor_does_a_bona_fide_attempt_undo_an_attack():
    tries = (sessions.attempt(PadVerdict.ATTACK), sessions.attempt())

    assert outcome_of(sessions.signed(replace(sessions.good_evidence(), attempts=tries))) == (
        Outcome.REJECTED,
        "liveness.flat",
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"challenges": ("22" * 16,)}, (Outcome.REJECTED, "liveness.foreign_challenge")),
        ({"attempts": ()}, (Outcome.INDETERMINATE, "liveness.missing")),
        ({"earlier": 2}, (Outcome.REJECTED, "liveness.attempts_exhausted")),
        ({"exception_photo": None}, (Outcome.INDETERMINATE, "liveness.exception_open")),
        ({"approvals": ()}, (Outcome.INDETERMINATE, "liveness.exception_open")),
        ({"exception_request": None}, (Outcome.INDETERMINATE, "liveness.timed_out")),
        (
            {"exception_request": ExceptionRequest(ExceptionReason.NO_SET_FITS, "because")},
            (Outcome.INDETERMINATE, "liveness.exception_open"),
        ),
        ({"match": None}, (Outcome.INDETERMINATE, "match.missing")),
        ({"match": sessions.match()}, (Outcome.REJECTED, "match.foreign_probe")),
    ],
    ids=[
        "nonce",
        "no attempt",
        "third",
        "no photo",
        "nobody",
        "not asked",
        "few words",
        "no match",
        "probe",
    ],
)
def test_an_exception_without_one_of_its_parts_approves_nothing(changes, expected):
    assert outcome_of(sessions.excepted_evidence(**changes)) == expected


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (MatchVerdict.NON_MATCH, (Outcome.REJECTED, "match.non_match")),
        (MatchVerdict.UNDECIDED, (Outcome.INDETERMINATE, "match.undecided")),
    ],
)
def test_officers_vouch_for_life_and_never_for_the_likeness(verdict, expected):
    match = replace(
        sessions.match(verdict), probe_sha256=sessions.excepted_evidence().match.probe_sha256
    )

    assert outcome_of(sessions.excepted_evidence(match=match)) == expected


def test_an_officer_who_refused_outweighs_the_one_who_did_not():
    one = (sessions.approval("S-0031"),)

    refused = sessions.excepted_evidence(approvals=one, review_refused="coached")

    assert outcome_of(refused) == (Outcome.REJECTED, "liveness.exception_refused")


def test_a_photo_of_a_simulated_camera_cannot_approve_in_production():
    real = replace(sessions.attempt(PadVerdict.UNDECIDED), simulated=False)

    evidence = sessions.excepted_evidence(attempts=(real,), demo=False, simulated=False)

    assert outcome_of(evidence) == (Outcome.INDETERMINATE, "camera.simulated")


@pytest.mark.parametrize(
    "change",
    [
        {"approvals": (sessions.approval("S-0031"), sessions.approval("S-0033"))},
        {"approvals": (sessions.approval("S-0031"), sessions.approval("S-0032", words="x" * 15))},
        {"exception_request": None},
    ],
)
def test_the_statement_binds_the_officers_too(change):
    moved = replace(sessions.excepted_evidence(), **change)
    checks = evaluate(POLICY, moved)

    signature = next(check for check in checks if check.check == CheckId.SIGNATURE)
    assert signature.reason == "signature.foreign_evidence"
