"""The sides of a verification return moves: no station, no log and no clock is needed here."""

from dataclasses import replace

import pytest

from crypto.carrier.errors import CarrierUnreachable
from crypto.report.report import Indication
from tests.support.station.log import session_signer
from tests.support.station.sessions import (
    SESSION,
    TELLER,
    approval,
    empty_evidence,
    excepted_evidence,
    good_evidence,
    policy,
    report,
    spoiled,
)
from workstation.devices.signing_methods import SigningMethod
from workstation.records.journal import SignedIn
from workstation.rules.checks import CheckId, CheckStatus, Hardness
from workstation.rules.parties import Operator, Role
from workstation.rules.policy import RequiredCheck
from workstation.session.acts import (
    ExceptionSettled,
    OverrideNotGranted,
    OverrideSettled,
    ReviewRefused,
)
from workstation.session.events import SignatureAccepted, SignatureForReview, SignatureNotAccepted
from workstation.session.overrides.reasons import OverrideReason
from workstation.session.session import VerificationSession
from workstation.session.states import State
from workstation.verification.biometrics import Biometrics, attempt_number
from workstation.verification.move import Advance, Fault, Supervised, Warn
from workstation.verification.officers.exception import approve_exception
from workstation.verification.officers.review import override_check, refuse_operation
from workstation.verification.reference.capture import ReferenceCapture
from workstation.verification.reference.octets import read_photo
from workstation.verification.signing import Signing

CHECK = CheckId.OLD_NUMBER_CALLED
WHY = OverrideReason.NUMBER_LOST


def session(state=State.REVIEW, evidence=None):
    return VerificationSession(policy(), evidence or spoiled(CHECK, CheckStatus.FAILED), state)


def signed_in(number="S-1", role=Role.SUPERVISOR):
    return SignedIn(Operator(number, "Supervisor", role), session_signer(), 0)


def test_an_override_is_signed_by_the_supervisor_before_the_session_moves():
    who = signed_in()
    move = override_check(session(), who, CHECK, WHY, "  the old\nnumber is dead ")

    assert isinstance(move, Supervised)
    assert (move.supervisor, move.act["refused"]) == (who, "")
    assert move.act["reason"] == "the old number is dead"
    assert isinstance(move.then.event, OverrideSettled)
    assert move.then.message == ""


@pytest.mark.parametrize(
    ("who", "check", "reason", "code"),
    [
        (signed_in(), CheckId.MATCH, "I know her", "override.hard_check"),
        (signed_in(TELLER), CHECK, "it is me", "override.same_person"),
        (signed_in("T-2", Role.TELLER), CHECK, "a colleague", "role_missing"),
        (signed_in(), CHECK, " \n", "override.reason_short"),
    ],
)
def test_an_override_that_is_not_granted_moves_too_and_says_why(who, check, reason, code):
    move = override_check(session(), who, check, WHY, reason)

    assert isinstance(move.then.event, OverrideNotGranted)
    assert (move.act["refused"], move.then.message) == (code, code)


def test_a_check_that_has_passed_cannot_be_overridden():
    move = override_check(
        session(evidence=good_evidence()), signed_in(), CHECK, WHY, "why should I not do it"
    )

    assert move.act["refused"] == "override.not_open"


@pytest.mark.parametrize(
    ("who", "reason", "code"),
    [
        (signed_in("S-0033"), "I have known her for years", ""),
        (signed_in("S-0031"), "I have known her for years", "exception.same_officer"),
        (signed_in("s-0031"), "I have known her for years", "exception.same_officer"),
        (signed_in(TELLER), "I have known her for years", "exception.same_person"),
        (signed_in("T-2", Role.TELLER), "I have known her for years", "role_missing"),
        (signed_in("S-0033"), "I know her", "exception.too_few_words"),
    ],
)
def test_an_officer_who_does_not_count_signs_that_too_and_moves_nothing(who, reason, code):
    evidence = excepted_evidence(approvals=(approval("S-0031"),))
    move = approve_exception(session(State.EXCEPTION, evidence), who, reason)

    assert (move.supervisor, move.act["refused"], move.act["reason"]) == (who, code, reason)
    assert isinstance(move.then, Warn if code else Advance)
    if not code:
        assert isinstance(move.then.event, ExceptionSettled)


def test_a_refusal_names_its_supervisor():
    move = refuse_operation(session(), signed_in(), "told what to say by somebody")

    assert move.then.event == ReviewRefused(SESSION, "S-1", "told what to say by somebody")


def test_nothing_is_compared_without_a_live_face_and_a_reference():
    reference = ReferenceCapture(None, None)

    move = Biometrics(None).match(session(State.MATCHING), reference, "920314400005")

    assert move == Fault("internal")


def test_no_statement_is_issued_about_a_face_that_was_not_compared():
    signing = Signing(None, None)

    assert signing.issue(session(State.SIGNATURE, empty_evidence())) == Fault("internal")
    assert signing.statement(None) is None


def without(*checks):
    """The shipped policy, demanding nothing of these checks."""
    shipped = policy()
    operations = tuple(
        replace(each, required=tuple(item for item in each.required if item.check not in checks))
        for each in shipped.operations
    )
    return replace(shipped, operations=operations)


@pytest.mark.parametrize(
    ("indication", "evidence", "kind"),
    [
        (Indication.TOTAL_PASSED, good_evidence(), SignatureAccepted),
        (Indication.TOTAL_PASSED, spoiled(CHECK, CheckStatus.FAILED), SignatureForReview),
        (Indication.INDETERMINATE, good_evidence(), SignatureNotAccepted),
        (Indication.TOTAL_FAILED, good_evidence(), SignatureNotAccepted),
    ],
)
def test_a_report_moves_the_session_by_its_indication(indication, evidence, kind):
    signing = Signing(None, None)
    rules = without(CheckId.NAME, CheckId.KEY_AGE)
    signed = VerificationSession(rules, evidence, State.SIGNATURE)
    move = signing.validated(signed, report(indication), "Тестов Тест")

    assert isinstance(move, Advance)
    assert isinstance(move.event, kind)
    assert (move.step, move.facts["indication"]) == ("signature", indication.value)


@pytest.mark.parametrize(
    ("hardness", "kind"),
    [
        (Hardness.SOFT, SignatureForReview),
        (Hardness.SILENT, SignatureAccepted),
        (Hardness.HARD, SignatureNotAccepted),
    ],
)
def test_another_name_is_as_hard_a_finding_as_the_policy_makes_it(hardness, kind):
    rules = without(CheckId.NAME, CheckId.KEY_AGE)
    operations = tuple(
        replace(each, required=(*each.required, RequiredCheck(CheckId.NAME, hardness, "S-04")))
        for each in rules.operations
    )
    evidence = good_evidence()
    found = tuple(each for each in evidence.findings if each.check != CheckId.NAME)
    signed = VerificationSession(
        replace(rules, operations=operations), replace(evidence, findings=found), State.SIGNATURE
    )
    move = Signing(None, None).validated(signed, report(), "Совсем Другой Человек")

    assert isinstance(move.event, kind)
    assert [answer.check for answer in move.event.findings] == [CheckId.NAME]


def test_a_carrier_that_failed_is_a_warning_worded_for_its_method():
    signing = Signing(None, None)
    signing._method = SigningMethod.EGOV_QR
    move = signing.carrier_failed(CarrierUnreachable("timed_out"))

    assert isinstance(move, Warn)
    assert (move.code, move.message) == ("carrier_unreachable", "carrier_unreachable.egov_qr")
    assert move.facts == {"reason": move.code, "detail": "timed_out", "way": "egov_qr"}


def test_the_reason_of_a_warning_is_its_code_unless_worded_otherwise():
    assert Warn("step", "code").message == "code"
    assert Warn("step", "code", worded="other").message == "other"


def test_attempts_are_counted_from_one_and_only_a_running_state_counts_the_next():
    live = VerificationSession(policy(), empty_evidence(), State.LIVENESS)
    done = session(State.SIGNATURE, good_evidence())

    assert (attempt_number(live), attempt_number(done)) == (1, 1)


def test_a_frame_that_nobody_waits_for_is_no_move():
    assert Biometrics(None).feed(session(State.LIVENESS), None) is None


def test_a_photo_that_cannot_be_read_is_a_warning(tmp_path):
    assert read_photo(tmp_path / "none.jpg") == Warn("reference.refused", "reference.unreadable")
    assert read_photo(tmp_path).code == "reference.unreadable"
