"""Two people in one session, attacked: one stands, signs or speaks for the other."""

from dataclasses import replace

import pytest

import resources
from tests.support.station import sessions, two_people
from tests.support.station.two_people import CUSTOMER, GUARDIAN, REPRESENTATIVE, SPOUSE
from workstation.errors import ForeignEvidence, PolicyRefused
from workstation.rules.checks import CheckId, CheckStatus
from workstation.rules.parties import PartyPresence, PartyRole
from workstation.rules.policy_file import read_policy
from workstation.session import events as e
from workstation.session.decision import Outcome, decide
from workstation.session.evidence import GrantedOverride
from workstation.session.session import VerificationSession
from workstation.session.states import State
from workstation.verification.people.seats import compare_people

POLICY = two_people.policy()
FACE, LIKE, OTHER = (1.0, 0.0), (0.96, 0.28), (0.0, 1.0)
BOUND_PPM = 300_000


def outcome(evidence):
    decision = decide(POLICY, evidence)
    return decision.outcome, decision.reason


# -- one face for both ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "others"),
    [
        ((FACE, OTHER), (FACE, OTHER)),
        ((FACE, OTHER), (LIKE, LIKE)),
        ((OTHER, FACE), (LIKE, LIKE)),
        ((OTHER, FACE), (FACE, (0.6, -0.8))),
    ],
)
def test_one_face_live_or_in_the_photo_does_not_stand_for_two(own, others):
    assert compare_people(own, others, BOUND_PPM).status is CheckStatus.FAILED


def test_two_faces_are_two_people():
    found = compare_people((FACE, LIKE), (OTHER, (-0.28, 0.96)), BOUND_PPM)

    assert (found.status, found.reason) == (CheckStatus.PASSED, "different_people.two")


@pytest.mark.parametrize("missing", [((None, FACE), (OTHER, OTHER)), ((FACE, FACE), (OTHER, None))])
def test_a_face_that_is_kept_from_the_comparison_is_not_another_one(missing):
    assert compare_people(*missing, BOUND_PPM).status is CheckStatus.INDETERMINATE


def test_a_session_without_the_comparison_of_both_is_not_approved():
    evidence = two_people.joined().view(GUARDIAN)
    left = tuple(each for each in evidence.findings if each.check != CheckId.DIFFERENT_PEOPLE)

    assert outcome(replace(evidence, findings=left)) == (
        Outcome.INDETERMINATE,
        "different_people.missing",
    )


def test_the_customers_whole_face_evidence_copied_to_the_second_seat_approves_nothing():
    evidence = two_people.joined()
    first = evidence.view(CUSTOMER)
    names = ("reference", "challenges", "attempts", "match", "consent")
    copied = replace(evidence.view(GUARDIAN), **{name: getattr(first, name) for name in names})

    assert outcome(copied)[0] is not Outcome.APPROVED


# -- signatures -----------------------------------------------------------------------------------


def test_signatures_of_both_made_by_one_key_are_refused():
    evidence = two_people.joined()
    chain = evidence.view(GUARDIAN).signature.chain
    first = evidence.view(CUSTOMER)
    one_key = replace(first, signature=replace(first.signature, chain=chain))

    assert outcome(one_key) == (Outcome.REJECTED, "signature.of_another")


def test_a_statement_that_names_the_evidence_of_the_two_the_other_way_round_is_refused():
    evidence = two_people.joined()
    (_, first), (_, second) = evidence.statement.people
    swapped = ((CUSTOMER, second), (GUARDIAN, first))
    statement = replace(
        two_people.state(evidence),
        people=swapped,
        evidence_sha256=two_people.combine_evidence(swapped),
    )

    assert outcome(replace(evidence, statement=statement)) == (
        Outcome.REJECTED,
        "signature.foreign_evidence",
    )


def test_a_statement_about_one_of_them_is_signed_for_neither():
    evidence = two_people.joined()
    alone = replace(evidence.statement, people=evidence.statement.people[:1])

    assert outcome(replace(evidence, statement=alone))[0] is Outcome.REJECTED


# -- evidence from elsewhere ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "event",
    [
        e.PersonCalled("f00d" * 8, GUARDIAN),
        e.BonaFide("f00d" * 8, sessions.attempt()),
        e.CosignatureAwaited("f00d" * 8, sessions.report()),
    ],
)
def test_the_second_persons_evidence_of_another_session_is_refused(event):
    session = VerificationSession(POLICY, two_people.joined(), State.SIGNATURE)

    with pytest.raises(ForeignEvidence):
        session.apply(event)


def test_a_photo_that_was_matched_in_the_customers_turn_is_foreign_in_the_others():
    evidence = two_people.joined()
    swapped = replace(evidence.view(GUARDIAN), match=evidence.view(CUSTOMER).match)

    assert outcome(swapped) == (Outcome.REJECTED, "match.foreign_reference")


# -- who may act at all ---------------------------------------------------------------------------


@pytest.mark.parametrize("role", [GUARDIAN, SPOUSE, REPRESENTATIVE])
def test_a_relation_that_only_the_customer_is_confirmed_in_is_none(role):
    evidence = two_people.joined(role)
    asked = two_people.ASKED[role]
    answers = tuple(
        replace(each, role=CUSTOMER) if each.check == asked else each for each in evidence.answers
    )

    assert outcome(replace(evidence, answers=answers)) == (
        Outcome.INDETERMINATE,
        f"{asked}.missing",
    )


@pytest.mark.parametrize("word", ["revoked", "expired", "out_of_scope", "not_related", "unknown"])
def test_a_representative_beyond_the_power_is_refused_whatever_else_is_good(word):
    evidence = two_people.alone()
    beyond = two_people.answer_about(REPRESENTATIVE, CheckId.POWERS, CheckStatus.FAILED)
    others = [each for each in evidence.answers if each.check != CheckId.POWERS]
    refused = replace(evidence, answers=(*others, replace(beyond, reason=f"powers.{word}")))

    assert outcome(refused) == (Outcome.REJECTED, f"powers.{word}")


def test_no_override_lifts_the_relation_or_the_comparison_of_both():
    evidence = two_people.joined().view(GUARDIAN)
    lifted = [
        GrantedOverride(check, sessions.SUPERVISOR, "known to the bank", role)
        for check in (CheckId.DIFFERENT_PEOPLE, CheckId.GUARDIANSHIP)
        for role in (CUSTOMER, GUARDIAN)
    ]
    answers = tuple(each for each in evidence.answers if each.check != CheckId.GUARDIANSHIP)

    assert outcome(replace(evidence, answers=answers, overrides=tuple(lifted))) == (
        Outcome.INDETERMINATE,
        "guardianship.missing",
    )


def test_a_role_that_was_made_up_is_admitted_by_no_policy():
    evidence = replace(two_people.joined(), roles=(GUARDIAN, PartyRole.SPOUSE))

    assert outcome(evidence)[1] == "second_person.not_admitted"


SHIPPED = sessions.policy()


@pytest.fixture(scope="module")
def shipped_text() -> str:
    """Return the shipped policy as it is written."""
    return resources.path("policies", "kz-2026-07-12.toml").read_text(encoding="utf-8")


GUARDIANS = '{ role = "guardian", presence = "with", rule = "A-01.guardian", asks = "guardianship"'


@pytest.mark.parametrize(
    ("old", "new", "detail"),
    [
        ("customer_ages = [14, 17] }", "customer_ages = [14, 20] }", "a minor of 14 to 17"),
        (", customer_ages = [14, 17] }", " }", "a minor of 14 to 17"),
        (f"{GUARDIANS}", GUARDIANS.replace('"with"', '"instead"'), "who is not here"),
        (f"{GUARDIANS}", GUARDIANS.replace('"guardianship"', '"powers"'), "confirmed by"),
        (f"{GUARDIANS}", GUARDIANS.replace("A-01.guardian", "A-03"), "is not about guardianship"),
        ('asks = "powers" }', 'asks = "powers", customer_ages = [14, 99] }', "minor's guardian"),
        ('asks = "powers" }', 'asks = "powers", answers = "spouse_consent" }', "answers nothing"),
    ],
)
def test_a_policy_that_lets_somebody_act_who_may_not_is_refused(old, new, detail, shipped_text):
    assert old in shipped_text
    with pytest.raises(PolicyRefused) as refused:
        read_policy(shipped_text.replace(old, new, 1).encode())

    assert detail in refused.value.detail


def test_the_shipped_policy_lets_nobody_act_for_a_customer_who_is_not_here():
    presences = {party.presence for each in SHIPPED.operations for party in each.parties}

    assert presences == {PartyPresence.WITH}
