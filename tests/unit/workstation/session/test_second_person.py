"""Two people in one session: each is judged on what is of that person, and neither for both."""

from dataclasses import replace

import pytest

from crypto.report.report import Indication
from tests.support.station import sessions, two_people
from tests.support.station.operations import operation
from tests.support.station.two_people import CUSTOMER, GUARDIAN, REPRESENTATIVE, SPOUSE
from vision.results import MatchVerdict, PadVerdict
from workstation.errors import IllegalTransition
from workstation.rules.checks import CheckId, CheckStatus
from workstation.session import events as e
from workstation.session.acts import OverrideSettled
from workstation.session.decision import (
    Outcome,
    decide,
    evaluate,
    find_open_checks,
    is_simulated,
)
from workstation.session.evidence import Evidence, GrantedOverride, PersonEvidence
from workstation.session.exception import ExceptionPhoto
from workstation.session.session import VerificationSession
from workstation.session.states import State

POLICY = two_people.policy()
ID = sessions.SESSION
ROLES = (GUARDIAN, SPOUSE, REPRESENTATIVE)


def spoil(evidence: Evidence, role, **changes) -> Evidence:
    return replace(evidence.view(role), **changes)


def ended(evidence: Evidence) -> tuple[Outcome, str]:
    decision = decide(POLICY, evidence)
    return decision.outcome, decision.reason


@pytest.mark.parametrize(
    ("role", "kind"),
    [(role, "change_trusted_phone") for role in ROLES]
    + [(SPOUSE, "loan_issue"), (REPRESENTATIVE, "loan_issue")],
)
def test_two_people_who_gave_everything_are_approved(role, kind):
    evidence = two_people.joined(role, kind=kind)

    assert ended(evidence) == (Outcome.APPROVED, "decision.approved")


@pytest.mark.parametrize("role", ROLES)
def test_whose_turn_it_is_changes_nothing_about_the_decision(role):
    evidence = two_people.joined(role)

    assert decide(POLICY, evidence.view(CUSTOMER)) == decide(POLICY, evidence.view(role))


def test_a_representative_alone_is_judged_in_the_place_of_the_customers_face():
    evidence = two_people.alone()
    checks = evaluate(POLICY, evidence)

    assert ended(evidence) == (Outcome.APPROVED, "decision.approved")
    assert {each.role for each in checks if each.check == CheckId.LIVENESS} == {REPRESENTATIVE}
    assert {each.role for each in checks if each.check == CheckId.PERSON} == {
        CUSTOMER,
        REPRESENTATIVE,
    }
    assert CheckId.DIFFERENT_PEOPLE not in {each.check for each in checks}


def test_each_check_of_a_face_is_there_once_for_each_person():
    checks = evaluate(POLICY, two_people.joined())

    for check in (CheckId.CONSENT, CheckId.LIVENESS, CheckId.MATCH, CheckId.SIGNATURE):
        assert [each.role for each in checks if each.check == check] == [CUSTOMER, GUARDIAN]
    assert [each.role for each in checks if each.check == CheckId.GUARDIANSHIP] == [GUARDIAN]
    assert [each.role for each in checks if each.check == CheckId.PHONE_OWNER] == [CUSTOMER]


@pytest.mark.parametrize("role", [CUSTOMER, GUARDIAN])
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"consent": None}, "consent.missing"),
        ({"reference": None}, "reference.missing"),
        ({"attempts": ()}, "liveness.missing"),
        ({"match": None}, "match.missing"),
        ({"signature": None}, "signature.missing"),
        ({"findings": ()}, None),
    ],
)
def test_what_one_person_gave_is_never_the_others(role, changes, reason):
    evidence = spoil(two_people.joined(), role, **changes)
    decision = decide(POLICY, evidence)

    assert decision.outcome is Outcome.INDETERMINATE
    assert reason is None or decision.reason == reason


@pytest.mark.parametrize("role", [CUSTOMER, GUARDIAN])
def test_a_face_that_fails_for_either_refuses_both(role):
    attack = sessions.attempt(PadVerdict.ATTACK)
    compared = two_people.joined().view(role).match
    stranger = replace(compared, verdict=MatchVerdict.NON_MATCH, reason="match.non_match")

    assert ended(spoil(two_people.joined(), role, attempts=(attack,)))[0] is Outcome.REJECTED
    assert ended(spoil(two_people.joined(), role, match=stranger)) == (
        Outcome.REJECTED,
        "match.non_match",
    )


def test_an_attempt_of_the_customer_is_none_of_the_guardians():
    customer = two_people.joined().view(CUSTOMER)
    evidence = spoil(two_people.joined(), GUARDIAN, attempts=customer.attempts)

    assert ended(evidence) == (Outcome.REJECTED, "liveness.foreign_challenge")


def test_one_signature_does_not_do_for_both():
    customer = two_people.joined().view(CUSTOMER)
    evidence = spoil(two_people.joined(), GUARDIAN, signature=customer.signature)

    assert ended(evidence) == (Outcome.REJECTED, "signature.of_another")


def test_two_signatures_with_one_certificate_are_one_persons():
    customer = two_people.joined().view(CUSTOMER)
    twice = replace(customer.signature, cms_sha256="77" * 32)
    evidence = spoil(two_people.joined(), GUARDIAN, signature=twice)

    assert ended(evidence) == (Outcome.REJECTED, "signature.of_another")


def test_the_statement_names_the_evidence_of_each():
    evidence = two_people.joined()
    people = evidence.statement.people

    swapped = tuple(zip((GUARDIAN, CUSTOMER), (each[1] for each in people), strict=True))
    foreign = replace(evidence.statement, people=swapped)
    one = replace(evidence.statement, people=people[:1])
    alone = replace(evidence.statement, people=(), evidence_sha256=people[0][1])

    for forged in (foreign, one, alone):
        assert ended(replace(evidence, statement=forged)) == (
            Outcome.REJECTED,
            "signature.foreign_evidence",
        )


def test_the_digest_of_a_face_is_bound_to_the_role():
    evidence = two_people.joined()
    same = spoil(
        evidence,
        GUARDIAN,
        **{
            name: getattr(evidence.view(CUSTOMER), name)
            for name in ("challenges", "attempts", "match", "reference")
        },
    )

    assert len({two_people.find_digest(view) for view in same.views}) == 2


def test_one_face_found_for_both_is_refused():
    evidence = two_people.joined().view(GUARDIAN)
    found = two_people.answer_about(GUARDIAN, CheckId.DIFFERENT_PEOPLE, CheckStatus.FAILED)
    others = [each for each in evidence.findings if each.check != CheckId.DIFFERENT_PEOPLE]

    assert ended(replace(evidence, findings=(*others, found))) == (
        Outcome.REJECTED,
        "different_people.test",
    )


@pytest.mark.parametrize("check", two_people.PERSON_CHECKS)
def test_what_a_registry_says_of_one_person_is_not_said_of_the_other(check):
    evidence = two_people.joined()
    about = (check, GUARDIAN)
    left = tuple(each for each in evidence.answers if (each.check, each.role) != about)
    results = evaluate(POLICY, replace(evidence, answers=left))

    missing = [(each.check, each.role) for each in results if each.status is not CheckStatus.PASSED]
    assert missing == [about]


def test_a_power_that_is_not_confirmed_refuses_everything():
    evidence = two_people.alone()
    revoked = two_people.answer_about(REPRESENTATIVE, CheckId.POWERS, CheckStatus.FAILED)
    others = [each for each in evidence.answers if each.check != CheckId.POWERS]

    assert ended(replace(evidence, answers=(*others, revoked))) == (
        Outcome.REJECTED,
        "powers.test",
    )


@pytest.mark.parametrize("age", [None, 13, 18, 40])
def test_a_guardian_signs_for_nobody_but_a_minor_of_14_to_17(age):
    evidence = two_people.joined(GUARDIAN)
    older = replace(evidence, subject=replace(evidence.subject, age=age))

    assert ended(older) == (Outcome.REJECTED, "second_person.not_admitted")


def test_a_second_person_whom_the_policy_does_not_know_is_refused():
    shipped = sessions.policy()
    alone = tuple(replace(each, parties=()) for each in shipped.operations)
    decision = decide(replace(shipped, operations=alone), two_people.joined())

    assert decision.outcome is Outcome.REJECTED
    assert decision.reason == "second_person.not_admitted"


def loan_of_the_married(**changes) -> Evidence:
    evidence = two_people.joined(SPOUSE, kind="loan_issue")
    subject = sessions.facts(4_325_000)
    answers = [each for each in evidence.answers if each.check != CheckId.SPOUSE_CONSENT]
    large = operation("loan_issue", new_phone="+77011234567", amount="4325000 KZT", term_months="9")
    married = replace(
        evidence,
        operation=large,
        subject=replace(subject, married=True),
        answers=tuple(answers),
    )
    return spoil(married, SPOUSE, **changes)


def test_a_spouse_who_is_here_consents_by_face_and_signature():
    result = next(
        each
        for each in evaluate(POLICY, loan_of_the_married())
        if each.check == CheckId.SPOUSE_CONSENT
    )

    assert (result.status, result.reason) == (CheckStatus.PASSED, "spouse_consent.signed")


def test_a_spouse_who_does_not_sign_has_not_consented():
    result = next(
        each
        for each in evaluate(POLICY, loan_of_the_married(signature=None))
        if each.check == CheckId.SPOUSE_CONSENT
    )

    assert (result.status, result.reason) == (CheckStatus.INDETERMINATE, "signature.missing")


def test_an_override_is_about_one_person():
    evidence = two_people.joined().view(GUARDIAN)
    findings = tuple(
        replace(each, status=CheckStatus.INDETERMINATE) if each.check == CheckId.NAME else each
        for each in evidence.findings
    )
    doubtful = replace(evidence, findings=findings)
    assert find_open_checks(POLICY, doubtful) == ((CheckId.NAME, GUARDIAN),)

    def override(role):
        granted = GrantedOverride(CheckId.NAME, sessions.SUPERVISOR, "a married name, seen", role)
        return replace(doubtful, overrides=(granted,))

    assert ended(override(GUARDIAN))[0] is Outcome.APPROVED
    assert ended(override(CUSTOMER))[0] is Outcome.INDETERMINATE


def test_a_simulated_picture_of_either_is_one_of_the_session():
    evidence = two_people.joined()
    real = [
        replace(view, simulated=False, attempts=(replace(view.attempts[0], simulated=False),))
        for view in evidence.views
    ]
    both = replace(real[0], aside=(real[0].people[0], real[1].people[1]))
    photo = ExceptionPhoto(sessions.PHOTO, simulated=True)

    assert not is_simulated(both)
    assert is_simulated(spoil(both, GUARDIAN, exception_photo=photo))


# -- the course -----------------------------------------------------------------------------------


def settled_first(role=GUARDIAN) -> VerificationSession:
    """Return a session in which the customer's face is settled and nothing is signed."""
    good = two_people.joined(role)
    first = good.view(CUSTOMER)
    evidence = replace(
        sessions.empty_evidence(),
        roles=good.roles,
        subject=good.subject,
        simulated=True,
        answers=good.answers,
    )
    session = VerificationSession(POLICY, evidence)
    for event in (
        e.OperationBegan(ID),
        e.PrechecksPassed(ID, good.answers, good.subject),
        e.ConsentGiven(ID, first.consent),
        e.ReferenceAccepted(ID, first.reference),
        e.ChallengeIssued(ID, first.challenges[0]),
        e.BonaFide(ID, first.attempts[0]),
        e.Matched(ID, first.match, sessions.answered(sessions.FACE_FINDINGS)),
    ):
        session = session.apply(event)
    return session


def settled_both(role=GUARDIAN) -> VerificationSession:
    """Return a session in which both faces are settled and nothing is signed."""
    second = two_people.joined(role).view(role)
    found = [each for each in second.findings if each.check not in sessions.CERTIFICATE_FINDINGS]
    session = settled_first(role).apply(e.PersonCalled(ID, role))
    for event in (
        e.ConsentGiven(ID, second.consent),
        e.ReferenceAccepted(ID, second.reference),
        e.ChallengeIssued(ID, second.challenges[0]),
        e.BonaFide(ID, second.attempts[0]),
        e.Matched(ID, second.match, tuple(found)),
    ):
        session = session.apply(event)
    return session


def state_both(session: VerificationSession) -> VerificationSession:
    return session.apply(e.StatementIssued(ID, two_people.state(session.evidence)))


def sign(session: VerificationSession, kind) -> VerificationSession:
    role = session.evidence.role
    report = two_people.joined().view(role).signature
    found = two_people.of_role(role, sessions.CERTIFICATE_FINDINGS)
    return session.apply(kind(ID, report, found))


def test_the_second_person_is_called_and_begins_with_nothing():
    session = settled_first().apply(e.PersonCalled(ID, GUARDIAN))

    assert session.state is State.CONSENT
    assert session.evidence.role is GUARDIAN
    assert session.evidence.people[1] == PersonEvidence()
    assert session.evidence.people[0].match is not None


def test_no_statement_is_made_before_everybody_was_looked_at():
    session = settled_first()

    with pytest.raises(IllegalTransition):
        session.apply(e.StatementIssued(ID, two_people.state(two_people.joined())))


@pytest.mark.parametrize("role", [CUSTOMER, SPOUSE])
def test_nobody_is_called_but_the_one_who_is_waited_for(role):
    with pytest.raises(IllegalTransition):
        settled_first().apply(e.PersonCalled(ID, role))


def test_nobody_is_called_twice_or_once_a_statement_was_made():
    with pytest.raises(IllegalTransition):
        settled_both().apply(e.PersonCalled(ID, GUARDIAN))
    with pytest.raises(IllegalTransition):
        state_both(settled_both()).apply(e.PersonCalled(ID, GUARDIAN))


def test_each_signs_in_turn_and_the_last_one_decides():
    session = state_both(settled_both())
    assert session.evidence.role is GUARDIAN

    session = sign(session, e.CosignatureAwaited)
    assert (session.state, session.evidence.role) == (State.SIGNATURE, CUSTOMER)
    assert session.evidence.unsigned is None

    with pytest.raises(IllegalTransition):
        sign(session, e.CosignatureAwaited)
    decision = sessions.confirmed(sign(session, e.SignatureAccepted)).decision

    assert decision.outcome is Outcome.APPROVED


def test_a_last_signature_that_comes_first_approves_nothing():
    signed = sign(state_both(settled_both()), e.SignatureAccepted)
    decision = sessions.confirmed(signed).decision

    assert (decision.outcome, decision.reason) == (Outcome.INDETERMINATE, "signature.missing")


def test_a_new_statement_voids_what_was_signed():
    session = sign(state_both(settled_both()), e.CosignatureAwaited)
    renewed = session.apply(e.StatementIssued(ID, two_people.state(session.evidence)))

    assert [each.signature for each in renewed.evidence.people] == [None, None]
    assert not {each.check for one in renewed.evidence.people for each in one.findings} & {
        CheckId.NAME,
        CheckId.KEY_AGE,
    }
    for kind in (e.CosignatureAwaited, e.SignatureAccepted):
        renewed = sign(renewed, kind)
    assert sessions.confirmed(renewed).decision.outcome is Outcome.APPROVED


def test_a_signature_that_is_refused_ends_it_for_both():
    session = state_both(settled_both())
    decision = session.apply(
        e.SignatureNotAccepted(ID, sessions.report(Indication.TOTAL_FAILED))
    ).decision

    assert (decision.outcome, decision.reason) == (Outcome.REJECTED, "signature.revoked")


def test_after_a_pause_both_are_looked_at_anew_and_failures_count_on():
    second = two_people.joined().view(GUARDIAN)
    session = settled_first().apply(e.PersonCalled(ID, GUARDIAN))
    for event in (
        e.ConsentGiven(ID, second.consent),
        e.ReferenceAccepted(ID, second.reference),
        e.AttemptFailed(ID, sessions.attempt(PadVerdict.UNDECIDED)),
        e.ChallengeIssued(ID, second.challenges[0]),
        e.BonaFide(ID, second.attempts[0]),
        e.Matched(ID, second.match),
    ):
        session = session.apply(event)
    session = (
        state_both(session)
        .apply(e.CustomerParked(ID))
        .apply(e.CustomerCameBack(ID, sessions.TELLER))
    )
    session = session.apply(e.PrechecksRenewed(ID, sessions.answers()))

    first, other = session.evidence.people
    assert (session.state, session.evidence.role) == (State.LIVENESS, CUSTOMER)
    assert (first.match, first.consent is not None) == (None, True)
    assert other == PersonEvidence(earlier=1)
    assert session.evidence.uncalled is GUARDIAN


def test_a_supervisor_settles_a_check_of_the_second_person():
    session = state_both(settled_both())
    doubtful = tuple(
        replace(each, status=CheckStatus.INDETERMINATE)
        for each in two_people.of_role(GUARDIAN, sessions.CERTIFICATE_FINDINGS)
    )
    report = two_people.joined().view(GUARDIAN).signature
    session = session.apply(e.CosignatureAwaited(ID, report, doubtful[:1]))
    session = sign(session, e.SignatureForReview)
    override = GrantedOverride(CheckId.NAME, sessions.SUPERVISOR, "a married name, seen", GUARDIAN)
    decision = sessions.confirmed(session.apply(OverrideSettled(ID, override))).decision

    assert (decision.outcome, decision.reason) == (Outcome.INDETERMINATE, "key_age.missing")
