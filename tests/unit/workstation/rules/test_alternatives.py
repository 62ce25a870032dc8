"""Ways of meeting a hard check: what a policy may state of them, and what it may not."""

import re

import pytest

import resources
from workstation.errors import PolicyRefused
from workstation.rules.alternatives import LivenessWay
from workstation.rules.checks import CheckId, Hardness
from workstation.rules.conditions import CaseFacts
from workstation.rules.policy import RequiredCheck
from workstation.rules.policy_file import read_policy, require_in_force

SHIPPED = resources.path("policies", "kz-2026-07-12.toml").read_text(encoding="utf-8")
ANY_OF = re.search(r'any_of = \["commands".*?\]', SHIPPED).group()
LETTER = """
[[alternatives]]
id = "owner_by_register"
check = "phone_owner"
rule = "P-01"

[[alternatives]]
id = "owner_by_letter"
check = "phone_owner"
rule = "P-01"
needs = ["old_number_called"]
confirmed = true

[[alternatives]]
id = "commands"
"""
OWNER = re.search(r'\{ check = "phone_owner".*?\}', SHIPPED).group()
BY_LETTER = OWNER.replace("number_base", "owner_by_register").replace(
    "number_operator", "owner_by_letter"
)


def with_letter(old="", new="", required=BY_LETTER):
    text = SHIPPED.replace('[[alternatives]]\nid = "commands"\n', LETTER, 1)
    text = text.replace(OWNER, required, 1)
    assert old in text
    return read_policy(text.replace(old, new, 1).encode())


def refusal(old, new, required=BY_LETTER):
    with pytest.raises(PolicyRefused) as refused:
        with_letter(old, new, required)
    return refused.value.detail


def test_every_shipped_operation_offers_every_way_of_liveness():
    for operation in read_policy(SHIPPED.encode()).operations:
        assert all(operation.offers(way) for way in LivenessWay)
        assert operation.requires(CheckId.LIVENESS).hardness is Hardness.HARD


def test_without_ways_liveness_is_established_by_commands_alone():
    text = SHIPPED.replace(f", {ANY_OF}", "").replace(
        "exception_officers = 2", "exception_officers = 0"
    )
    text = re.sub(r"accommodations = \[.*?\]", "accommodations = []", text, flags=re.DOTALL)
    for operation in read_policy(text.encode()).operations:
        assert [way for way in LivenessWay if operation.offers(way)] == [LivenessWay.COMMANDS]


def test_a_way_that_stands_for_another_check_names_those_that_have_to_pass():
    (owner,) = [
        each for each in with_letter().operations[0].required if each.check == CheckId.PHONE_OWNER
    ]
    register, letter = owner.any_of

    assert owner.answers == ("phone_owner", "old_number_called")
    assert (register.answers, letter.answers) == (("phone_owner",), ("old_number_called",))
    assert letter.confirmed
    assert owner.is_met_by({"phone_owner"})
    assert owner.is_met_by({"old_number_called"})
    assert not owner.is_met_by({"antifraud"})


def test_a_check_without_ways_is_met_by_itself_alone():
    alone = RequiredCheck("phone_owner", Hardness.HARD, "P-01")
    assert alone.is_met_by({"phone_owner"})
    assert not alone.is_met_by({"old_number_called"})


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('["commands", ', "[", "commands is missing"),
        ('["commands", "accessible_set", ', '["commands", "retina", ', "retina is no alternative"),
        ('["commands", "accessible_set"', '["commands", "commands"', "commands is stated twice"),
        (
            '["commands", "acc',
            '["owner_by_letter", "commands", "acc',
            "is no alternative of liveness",
        ),
        ('id = "palm"', 'id = "commands"', "commands is stated twice"),
        ('id = "palm"', 'id = "retina"', "retina is no way of establishing liveness"),
        ('id = "palm"', 'id = "palm"\nneeds = ["age"]', "need no other check"),
        ('id = "palm"', 'id = "palm"\nconfirmed = true', "need no other check"),
        ('id = "palm"', 'id = "palm"\nsurprise = 1', "surprise"),
        ('rule = "B-07"', 'rule = "B-77"', "rules.B-77"),
        ('rule = "B-07"', 'rule = "E-03"', "E-03 is not about liveness"),
        ('needs = ["old_number_called"]\n', "", "confirmed without needs"),
        ('["old_number_called"]', '["age", "age"]', "needed twice"),
        ('["old_number_called"]', '["match"]', "match cannot stand in the place of phone_owner"),
        ('["old_number_called"]', '["phone_owner"]', "phone_owner cannot stand in the place"),
        ('["owner_by_register", ', "[", "the way of phone_owner itself is missing"),
        (
            'check = "phone_owner"\nrule = "P-01"\nneeds',
            'check = "match"\nrule = "B-01.match"\nneeds',
            "nothing stands in the place of match",
        ),
    ],
)
def test_a_way_that_would_weaken_a_check_is_refused(old, new, said):
    assert said in refusal(old, new)


@pytest.mark.parametrize(("resident", "ways"), [(True, 1), (None, 2), (False, 2)])
def test_a_way_with_conditions_is_open_only_where_they_are_known_to_hold(resident, ways):
    operation = read_policy(SHIPPED.encode()).operation("change_trusted_phone")
    facts = CaseFacts(age=30, amount_kzt=0, mci_kzt=4_325, resident=resident)
    (owner,) = [each for each in operation.required_for(facts) if each.check == "phone_owner"]

    assert len(owner.any_of) == ways
    assert owner.is_met_by({"operator_answer"}) is (resident is False)
    # Until the registry has said who is a resident its word is needed, too.
    assert ("person" in owner.answers) is (resident is None)


def test_only_a_hard_check_has_ways():
    soft = BY_LETTER.replace('"hard"', '"soft"')
    assert "only a hard phone_owner has ways" in refusal("", "", soft)


@pytest.mark.parametrize("way", ["accessible_set", "two_officers"])
def test_help_that_no_operation_offers_is_refused(way):
    offered = ANY_OF.replace(f', "{way}"', "")
    text = SHIPPED.replace(ANY_OF, offered)
    with pytest.raises(PolicyRefused, match=f"no operation offers {way}"):
        read_policy(text.encode())


def test_the_rule_of_a_way_has_to_be_in_force():
    text = re.sub(
        r'(id = "B-07"\ncheck = "liveness"\ngrade = "press"\neffective_from = )2026-07-12',
        r"\g<1>2030-01-01",
        SHIPPED,
    )
    policy = read_policy(text.encode())
    with pytest.raises(PolicyRefused, match=r"rule B-07 is not in force"):
        require_in_force(policy, policy.valid_from)
