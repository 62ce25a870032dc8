"""A teller who helps a thief leaves out what would give the theft away; nothing is gained by it.

Whatever is left out is either known to the registry, and then it ends the session, or it is
unknown, and then every check about it stays demanded.
"""

import re
from dataclasses import replace

import pytest

import resources
from tests.support.pki.certificates import well_formed_iin
from tests.support.station.stations import (
    NEW_PHONE,
    SUPERVISOR,
    Desk,
    a_site,
    customer,
    form,
    override,
)
from workstation.errors import PolicyRefused
from workstation.registries.person import PersonAnswer
from workstation.registries.registry import AnswerStatus, RegistryAnswer
from workstation.rules.checks import CheckId, CheckStatus
from workstation.rules.policy_file import read_policy
from workstation.session.states import State
from workstation.station import commands as c

SHIPPED = resources.path("policies", "kz-2026-07-12.toml").read_text(encoding="utf-8")
FOREIGNER = well_formed_iin("90010100042")
CALLED, ANSWERED = ("old_number_called", True), ("operator_answer", True)


@pytest.fixture
def desk(tmp_path):
    with a_site(tmp_path) as site:
        yield Desk(site)


def begin(desk, **changes):
    desk.sign_in()
    return desk.do(c.BeginOperation(form(**changes)))


def know(desk, **changes):
    registries = desk.site.registries
    registries.somebody = replace(registries.somebody or customer(), **changes)


def fall_silent(desk):
    silent = RegistryAnswer(
        "person", AnswerStatus.INDETERMINATE, "person.no_answer", "scripted", 1, 2, "", ""
    )
    desk.site.registries.person = lambda _iin: PersonAnswer(silent, None)


def test_an_old_number_that_the_registry_knows_cannot_be_left_out(desk):
    begin(desk, old_phone="")

    assert desk.outcome == ("rejected", "person.old_number_left_out")
    assert desk.site.permits() == []


def test_no_supervisor_lets_it_pass(desk):
    begin(desk, old_phone="")
    desk.do(override(CheckId.PERSON, by=SUPERVISOR, reason="she says she has none"))

    assert desk.outcome == ("rejected", "person.old_number_left_out")


def test_whoever_was_looked_up_for_the_form_has_the_number_of_the_registry(desk):
    desk.sign_in()
    desk.do(c.LookUpPerson(form().untrusted_iin))
    desk.do(c.BeginOperation(form(old_phone="")))

    assert desk.now.state is State.CONSENT
    assert desk.station.verification.case.operation.value("old_phone") != ""


def test_who_has_no_number_on_file_may_leave_it_out(desk):
    know(desk, phone="")
    desk.to(State.RECORDED, old_phone="", attestations=())

    assert desk.outcome == ("approved", "decision.approved")
    asked = {each.check for each in desk.now.decision.checks}
    assert not asked & {CheckId.OLD_PHONE_OWNER, CheckId.OLD_NUMBER_CALLED}


def test_a_number_that_is_not_on_file_is_asked_about_all_the_same(desk):
    know(desk, phone="")
    desk.site.registries.says["old_phone_owner"] = (AnswerStatus.FAILED, "phone_owner.other_person")
    desk.to(State.REVIEW, old_phone="+77019999999")

    assert desk.now.review == (CheckId.OLD_PHONE_OWNER,)


def test_a_registry_that_keeps_no_numbers_leaves_every_check_about_it_demanded(desk):
    know(desk, phone=None)
    desk.to(State.REVIEW, old_phone="", attestations=())

    assert set(desk.now.review) == {CheckId.OLD_PHONE_OWNER, CheckId.OLD_NUMBER_CALLED}


def test_a_silent_registry_is_waited_for_and_says_then_what_was_left_out(desk):
    known = desk.site.registries.person
    fall_silent(desk)
    begin(desk, old_phone="")
    assert desk.now.state is State.PRECHECKS
    desk.site.registries.person = known
    desk.do(c.AskRegistriesAgain())

    assert desk.outcome == ("rejected", "person.old_number_left_out")


def be_foreign(desk, **changes):
    """Let the customer be a foreigner, whose number the base of mobile citizens does not know."""
    know(desk, **{"iin": FOREIGNER, "resident": False, **changes})
    desk.site.registries.says["phone_owner"] = (AnswerStatus.FAILED, "phone_owner.not_registered")


def test_a_foreigners_number_waits_for_the_operators_answer_and_a_second_officer(desk):
    be_foreign(desk)
    desk.to(State.SIGNATURE, untrusted_iin=FOREIGNER, attestations=(CALLED, ANSWERED))
    (owner,) = [each for each in desk.now.checks if each.check == CheckId.PHONE_OWNER]

    assert (owner.status, owner.reason) == (CheckStatus.INDETERMINATE, "phone_owner.unconfirmed")


def test_no_letter_counts_beside_a_base_that_knows_another_owner(desk):
    """Teller, thief and a second officer: the thief's own number for a foreigner's account."""
    be_foreign(desk)
    desk.site.registries.says["phone_owner"] = (AnswerStatus.FAILED, "phone_owner.other_person")
    begin(desk, untrusted_iin=FOREIGNER, attestations=(CALLED, ANSWERED))

    assert desk.outcome == ("rejected", "phone_owner.other_person")
    assert desk.site.permits() == []


@pytest.mark.parametrize("said", [(), (("operator_answer", False),)])
def test_a_foreigner_is_nobody_of_whom_nothing_is_asked(desk, said):
    be_foreign(desk)
    begin(desk, untrusted_iin=FOREIGNER, attestations=(CALLED, *said))

    assert desk.outcome[0] == "rejected"
    assert desk.site.permits() == []


@pytest.mark.parametrize("reason", ["not_registered", "other_person"])
def test_an_operators_answer_is_no_way_for_residents(desk, reason):
    """The teller cannot say who is one: there is no field, and the ИИН alone is not enough."""
    be_foreign(desk, resident=True)
    desk.site.registries.says["phone_owner"] = (AnswerStatus.FAILED, f"phone_owner.{reason}")
    begin(desk, untrusted_iin=FOREIGNER, attestations=(CALLED, ANSWERED))

    assert desk.outcome == ("rejected", f"phone_owner.{reason}")


def test_a_silent_registry_opens_no_way(desk):
    be_foreign(desk)
    fall_silent(desk)
    begin(desk, untrusted_iin=FOREIGNER, attestations=(CALLED, ANSWERED))
    assert desk.now.state is State.PRECHECKS
    desk.do(c.Abort("teller_aborted"))

    assert desk.outcome[0] == "indeterminate"


def test_a_document_that_is_not_shown_says_nothing(desk):
    know(desk, iin=FOREIGNER, birth_date=None)
    begin(desk, untrusted_iin=FOREIGNER)

    assert desk.outcome == ("indeterminate", "age.unknown")


def test_a_foreign_number_is_no_way_round_the_base_of_mobile_citizens(desk):
    assert begin(desk, new_phone="+998901234567").state is State.IDLE
    assert desk.status.message == "phone.foreign"
    assert begin(desk, new_phone=NEW_PHONE).state is State.CONSENT


def edited(old, new, *, count=1):
    text, found = re.subn(old, new, SHIPPED, flags=re.MULTILINE)
    assert found >= count, old
    return text.encode()


def test_a_policy_cannot_ask_nothing_about_the_number_of_a_foreigner():
    nothing = edited(
        r'(check = "phone_owner", hardness = "hard", rule = "P-01"), any_of = \[.*?\]',
        r'\1, when = [{ fact = "resident", equals = true }]',
    )

    with pytest.raises(PolicyRefused, match="phone_owner may not depend on resident"):
        read_policy(nothing)


def test_a_policy_cannot_keep_the_base_of_mobile_citizens_from_anybody():
    only = edited(
        r'id = "number_base".*\ncheck = .*\n',
        r'\g<0>when = [{ fact = "resident", equals = true }]\n',
    )

    with pytest.raises(PolicyRefused, match="the check's own way is everybody's"):
        read_policy(only)


def test_a_policy_cannot_let_an_old_number_go_where_nobody_says_that_there_is_none():
    soft = edited(r'check = "person", hardness = "hard"', 'check = "person", hardness = "soft"')

    with pytest.raises(PolicyRefused, match="old_phone may be left out only where person is hard"):
        read_policy(soft)
