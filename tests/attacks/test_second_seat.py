"""Who sits down beside a customer at the desk: through the station, with registers that say yes."""

from dataclasses import replace

import pytest

from tests.support.pki import certificates as pki
from tests.support.station.stations import OTHER_TELLER, TELLER, Desk, a_site, customer, form
from workstation.registries.person import PersonAnswer
from workstation.registries.registry import AnswerStatus, RegistryAnswer
from workstation.rules.parties import PartyPresence, PartyRole
from workstation.session.states import State
from workstation.station import commands as c
from workstation.verification.case import SecondPersonForm

GROWN_UP = pki.well_formed_iin("85031540012")
BROTHER = pki.well_formed_iin("09031550012")
MINOR = pki.well_formed_iin("10031550012")
REPRESENTATIVE, GUARDIAN, SPOUSE = (
    PartyRole.REPRESENTATIVE,
    PartyRole.GUARDIAN,
    PartyRole.SPOUSE,
)


@pytest.fixture
def desk(tmp_path):
    with a_site(tmp_path) as site:
        desk = Desk(site)
        site.registries.relation = lambda question: answered(question.check)
        site.registries.person = lambda iin: PersonAnswer(
            answered("person"), replace(customer(), iin=iin, birth_date=None)
        )
        desk.sign_in()
        yield desk


def answered(check, status=AnswerStatus.PASSED, word="ok"):
    return RegistryAnswer(check, status, f"{check}.{word}", "scripted", 1, 2, "ab" * 16, "cd" * 32)


def begin(desk, iin, role=REPRESENTATIVE, presence=PartyPresence.WITH, **changes):
    number = "A-77" if role is REPRESENTATIVE else ""
    second = SecondPersonForm(role, presence, iin, "Somebody", number)
    return desk.do(c.BeginOperation(form(second=second, **changes)))


def test_somebody_of_age_whom_the_register_confirms_goes_on_to_consent(desk):
    assert begin(desk, GROWN_UP).state is State.CONSENT
    desk.do(c.Abort("teller_aborted"))
    assert begin(desk, GROWN_UP, GUARDIAN, untrusted_iin=MINOR).state is State.CONSENT


@pytest.mark.parametrize("iin", [pki.IIN, f" {pki.IIN} "])
def test_nobody_sits_in_both_seats(desk, iin):
    assert begin(desk, iin).state is State.IDLE
    assert desk.status.message == "second_person.same_iin"


def test_the_teller_acts_for_no_customer(desk):
    desk.site.services.staff.set_iin(TELLER.id, GROWN_UP)
    begin(desk, GROWN_UP)
    assert desk.outcome == ("rejected", "powers.teller")


def test_a_colleague_of_the_teller_may_act_and_the_review_sees_it(desk):
    desk.site.services.staff.set_iin(OTHER_TELLER.id, GROWN_UP)
    assert begin(desk, GROWN_UP).state is State.CONSENT
    evidence = desk.station.verification.session.evidence
    said = {(each.check, each.role): each.reason for each in evidence.answers}
    assert said["not_staff", REPRESENTATIVE] == "not_staff.staff"
    assert said["powers", REPRESENTATIVE] == "powers.ok"


def test_a_minor_is_no_guardian_of_a_minor(desk):
    begin(desk, BROTHER, GUARDIAN, untrusted_iin=MINOR)
    assert desk.outcome == ("rejected", "age.too_young")


def test_a_mother_signs_for_no_grown_up_son(desk):
    begin(desk, GROWN_UP, GUARDIAN)
    assert desk.outcome[0] == "rejected"
    assert desk.site.permits() == []


def test_nobody_acts_for_a_customer_who_stayed_at_home(desk):
    assert begin(desk, GROWN_UP, presence=PartyPresence.INSTEAD).state is State.IDLE
    assert desk.status.message == "second_person.not_offered"


def test_a_spouse_consents_to_what_the_policy_says_only(desk):
    assert begin(desk, GROWN_UP, SPOUSE).state is State.IDLE
    assert desk.status.message == "second_person.not_offered"


def test_a_second_person_who_is_dead_in_the_register_does_nothing(desk):
    alive = desk.site.registries.person

    def person(iin):
        if iin != GROWN_UP:
            return alive(iin)
        return PersonAnswer(answered("person", AnswerStatus.FAILED, "dead"), None)

    desk.site.registries.person = person
    begin(desk, GROWN_UP)
    assert desk.outcome == ("rejected", "person.dead")


def test_a_power_for_another_operation_is_none(desk):
    asked = []

    def relation(question):
        asked.append(question)
        return answered(question.check, AnswerStatus.FAILED, "other_operation")

    desk.site.registries.relation = relation
    begin(desk, GROWN_UP)
    assert desk.outcome == ("rejected", "powers.other_operation")
    assert [(each.operation, each.iin, each.other_iin) for each in asked] == [
        ("change_trusted_phone", pki.IIN, GROWN_UP)
    ]


def test_whoever_has_to_wait_sits_in_no_seat(desk):
    cool_down = desk.site.services.cool_down
    now_ms = desk.site.clock.wall_ms()
    for case in ("aa" * 16, "bb" * 16):
        cool_down.record(GROWN_UP, now_ms, keep_ms=86_400_000, case=case, teller="T-0043")
    begin(desk, GROWN_UP)
    assert desk.outcome[0] == "rejected"
    assert desk.outcome[1].startswith("cool_down.")
