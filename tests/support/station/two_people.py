"""Hand-made evidence of sessions in which two people take part, whole and good."""

from dataclasses import replace

from tests.support.station import sessions
from vision.results import LivenessChallenge
from workstation.rules.checks import CheckId, CheckName, CheckStatus
from workstation.rules.parties import PartyPresence, PartyRole
from workstation.rules.people.party import PartyRule
from workstation.rules.policy import Policy
from workstation.session.binding import biometric_sha256
from workstation.session.evidence import (
    Answer,
    Consent,
    Evidence,
    ReferenceEvidence,
    StatementEvidence,
    combine_evidence,
)

CUSTOMER, GUARDIAN = PartyRole.CUSTOMER, PartyRole.GUARDIAN
REPRESENTATIVE, SPOUSE = PartyRole.REPRESENTATIVE, PartyRole.SPOUSE
RULE = "A-03"
PARTIES = (
    PartyRule(REPRESENTATIVE, PartyPresence.INSTEAD, RULE, CheckId.POWERS),
    PartyRule(REPRESENTATIVE, PartyPresence.WITH, RULE, CheckId.POWERS),
    PartyRule(GUARDIAN, PartyPresence.WITH, RULE, CheckId.GUARDIANSHIP, customer_ages=(14, 17)),
    PartyRule(SPOUSE, PartyPresence.WITH, RULE, CheckId.MARRIAGE, CheckId.SPOUSE_CONSENT),
)
ASKED = {
    REPRESENTATIVE: CheckId.POWERS,
    GUARDIAN: CheckId.GUARDIANSHIP,
    SPOUSE: CheckId.MARRIAGE,
}
PERSON_CHECKS = (
    CheckId.IIN,
    CheckId.AGE,
    CheckId.COOL_DOWN,
    CheckId.PERSON,
    CheckId.NOT_STAFF,
    CheckId.ANTIFRAUD,
)
OTHER_NONCE = "22" * 16
OTHER_FACE = "fe" * 32
OTHER_PHOTO = "dc" * 32


def policy() -> Policy:
    """Return the shipped policy, every operation of which admits these second people."""
    shipped = sessions.policy()
    operations = tuple(replace(each, parties=PARTIES) for each in shipped.operations)
    return replace(shipped, operations=operations)


def of_role(role: PartyRole, checks: tuple[CheckName, ...]) -> tuple[Answer, ...]:
    """Return passed answers about the person in this role."""
    return tuple(replace(each, role=role) for each in sessions.answered(checks))


def joined(
    role: PartyRole = GUARDIAN, *, kind: str = "change_trusted_phone", age: int = 36
) -> Evidence:
    """Return evidence on which everything passes, of a customer and a second person in a role."""
    first = sessions.good_evidence(kind)
    asked = of_role(role, (*PERSON_CHECKS, ASKED[role]))
    whole = replace(
        first,
        roles=(CUSTOMER, role),
        subject=replace(first.subject, age=15 if role is GUARDIAN else age),
        answers=(*first.answers, *asked),
        statement=None,
    )
    return signed(replace(give_second(whole, role), turn=1))


def alone(kind: str = "change_trusted_phone") -> Evidence:
    """Return evidence on which everything passes, of a representative whose customer is away."""
    first = sessions.good_evidence(kind)
    here = replace(
        first,
        roles=(REPRESENTATIVE,),
        answers=(*first.answers, *of_role(REPRESENTATIVE, (*PERSON_CHECKS, CheckId.POWERS))),
        findings=tuple(replace(each, role=REPRESENTATIVE) for each in first.findings),
    )
    return sessions.signed(here)


def give_second(evidence: Evidence, role: PartyRole) -> Evidence:
    """Return the evidence with the turn of the second person, who has given everything."""
    second = evidence.view(role)
    live = sessions.attempt(nonce=OTHER_NONCE)
    return replace(
        second,
        consent=Consent(given=True, language="ru", text_sha256="99" * 32),
        reference=replace(sessions.reference(), sha256=OTHER_PHOTO),
        challenges=(OTHER_NONCE,),
        attempts=(live,),
        match=replace(sessions.match(reference=OTHER_PHOTO), probe_sha256=OTHER_FACE),
        findings=of_role(
            role,
            (
                *sessions.FACE_FINDINGS,
                CheckId.DIFFERENT_PEOPLE,
                *sessions.CERTIFICATE_FINDINGS,
            ),
        ),
    )


def find_digest(view: Evidence) -> str:
    """Return the digest of one person's biometric evidence."""
    assert view.match is not None
    return biometric_sha256(view, view.attempts[-1], view.match)


def state(evidence: Evidence) -> StatementEvidence:
    """Return the statement that names each person's evidence."""
    people = tuple((view.role, find_digest(view)) for view in evidence.views)
    return replace(sessions.statement(combine_evidence(people)), people=people)


def signed(evidence: Evidence) -> Evidence:
    """Return the evidence with one statement about both, signed by each with an own key."""
    law = evidence.operation.kind != "change_trusted_phone"
    for number, role in enumerate(evidence.roles):
        view = evidence.view(role)
        own = f"{number + 1:02x}" * 32
        evidence = replace(
            view,
            authority=sessions.authority(find_digest(view)) if law else view.authority,
            signature=replace(sessions.report(), cms_sha256=own, chain=(own, "ca" * 32)),
        )
    return replace(evidence, statement=state(evidence))


def challenge(nonce: str) -> LivenessChallenge:
    """Return a challenge with this nonce."""
    return replace(sessions.attempt().challenge, nonce=nonce)


def photo(sha256: str) -> ReferenceEvidence:
    """Return an accepted reference photo with this digest."""
    return replace(sessions.reference(), sha256=sha256)


def answer_about(role: PartyRole, check: CheckName, status: CheckStatus) -> Answer:
    """Return an answer about the person in a role."""
    return Answer(check, status, f"{check}.test", (), role)
