"""A rule author with the bank's signatures weakens what the law demands by roundabout ways."""

import re

import pytest

import resources
from workstation.errors import PolicyRefused
from workstation.rules.checks import CheckId
from workstation.rules.policy_file import read_policy

SHIPPED = resources.path("policies", "kz-2026-07-12.toml").read_text(encoding="utf-8")
WORDS = '{ kk = "Сөз", ru = "Слово", en = "Word" }'
RULES = {
    "iin": "B-01.iin",
    "age": "A-01",
    "person": "B-01.person",
    "antifraud": "F-01",
    "loan_refusal": "L-01",
    "consent": "D-05",
    "authority": "B-05",
    "phone_owner": "P-01",
}


def replaced(old, new, text=SHIPPED, count=-1):
    assert old in text
    return text.replace(old, new, count)


def in_operation(kind, old, new):
    """The shipped policy with one operation changed."""
    head, rest = SHIPPED.split(f'kind = "{kind}"', 1)
    own, begins, tail = rest.partition("\n[[operations]]")
    return f'{head}kind = "{kind}"{replaced(old, new, own)}{begins}{tail}'


def with_way(check, needs, extra="", kind="loan_issue"):
    """The shipped policy in which others may stand in the place of a check."""
    rule = RULES[check]
    old = next(
        each
        for each in SHIPPED.split(f'kind = "{kind}"', 1)[1].splitlines()
        if f'check = "{check}"' in each
    )
    demand = (
        f'{{ check = "{check}", hardness = "hard", rule = "{rule}", any_of = ["own", "easy"] }},'
    )
    ways = (
        f'\n[[alternatives]]\nid = "own"\ncheck = "{check}"\nrule = "{rule}"\n'
        f'\n[[alternatives]]\nid = "easy"\ncheck = "{check}"\nrule = "{rule}"\n'
        f"needs = {needs}\n{extra}\n"
    ).replace("'", '"')
    text = in_operation(kind, old, f"  {demand}")
    return text.replace("\n[[operations]]", f"{ways}\n[[operations]]", 1)


def with_check(name, by, reasons):
    stated = ", ".join(f"{each} = {WORDS}" for each in reasons)
    own = (
        f'[[checks]]\nid = "{name}"\nby = "{by}"\nlabel = {WORDS}\nlook = {WORDS}\n'
        f"reasons = {{ {stated} }}\n\n"
    )
    return replaced("[[checks]]", f"{own}[[checks]]", count=1)


def with_question(name, *reasons):
    good, bad = reasons
    text = with_check(name, "registry", ("missing", "no_answer", "not_asked", *reasons))
    own = (
        f'[[questions]]\ncheck = "{name}"\nregistry = "antifraud"\npath = "/x"\nmember = "m"\n'
        'asks = { iin = "iin" }\n'
        f'answers = {{ a = {{ status = "passed", reason = "{good}" }}, '
        f'b = {{ status = "failed", reason = "{bad}" }} }}\n\n'
    )
    return replaced("[[questions]]", f"{own}[[questions]]", text, 1)


def field(name, text):
    (found,) = re.findall(rf'\[\[fields\]\]\nid = "{name}"\n(?:.+\n)+', text)
    return found


def refusal(text):
    with pytest.raises(PolicyRefused) as refused:
        read_policy(text.encode())
    return refused.value.detail


# -- ways that everybody passes -------------------------------------------------------------------


@pytest.mark.parametrize("check", sorted(set(RULES) - {"phone_owner"}))
@pytest.mark.parametrize("extra", ["", "confirmed = true"])
def test_nothing_stands_in_the_place_of_a_fact(check, extra):
    needs = ["questionnaire"]
    assert f"nothing stands in the place of {check}" in refusal(with_way(check, needs, extra))


@pytest.mark.parametrize("need", ["iin", "not_staff", "personal_visit", "consent", "antifraud"])
def test_a_check_that_passes_anyway_is_no_way_of_meeting_another(need):
    assert f"{need} cannot stand" in refusal(with_way("phone_owner", [need]))


def test_a_check_that_is_demanded_anyway_stands_for_nothing():
    told = refusal(with_way("phone_owner", ["questionnaire"]))
    assert told.endswith("phone_owner.easy: questionnaire is demanded anyway")


def test_the_tellers_word_alone_stands_for_no_registrys():
    told = refusal(with_way("phone_owner", ["operator_answer"]))
    assert told.endswith("phone_owner.easy: operator_answer has to be confirmed")
    read_policy(with_way("phone_owner", ["operator_answer"], "confirmed = true").encode())


# -- answers that say the opposite ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "status", "other"),
    [
        ("hit", "failed", "passed"),
        ("victim", "failed", "passed"),
        ("other_person", "failed", "passed"),
    ],
)
def test_an_answer_passes_only_by_a_reason_that_says_so(reason, status, other):
    told = refusal(
        replaced(
            f'{{ status = "{status}", reason = "{reason}" }}',
            f'{{ status = "{other}", reason = "{reason}" }}',
        )
    )
    assert f"{reason} cannot be {other}" in told


# -- words that say something else ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["check", "operation", "choice", "field", "attest", "antifraud"])
def test_a_check_of_the_policys_own_takes_no_name_of_other_words(name):
    assert f"{name} is taken" in refusal(with_check(name, "second_person", ("needed",)))


@pytest.mark.parametrize("reason", ["approved", "no_mci"])
def test_a_check_of_the_policys_own_does_not_end_by_the_programs_words(reason):
    told = refusal(with_question("decision", reason, "no"))
    assert told == f"decision.{reason} is a word of the program's own: take another name"


@pytest.mark.parametrize("name", ["iin", "secret", "supervisor", "review_reason"])
def test_a_field_does_not_relabel_one_of_the_programs(name):
    text = replaced('id = "block_number"', f'id = "{name}"')
    text = replaced('"block_number"]', f'"{name}"]', text)
    assert refusal(text).startswith(f"field.{name} is a word of the program's own")


@pytest.mark.parametrize("name", ["iin", "operation", "amount_kzt", "name", "second_iin"])
def test_a_parameter_is_not_called_like_the_customers_or_another_persons_data(name):
    text = replaced('name = "block"', f'name = "{name}"').replace("{block}", f"{{{name}}}")
    assert refusal(text).endswith(f".name: {name} is taken")


@pytest.mark.parametrize("character", ["\u202e", "\u200b", "\u2066", "\u3164", "\u0007"])
@pytest.mark.parametrize(
    "before",
    [
        'label = { kk = "Екінші қызметкердің ',
        'look = { kk = "Клиентпен ',
        'needed = { kk = "Екінші ',
        'en = "Rule of the bank: after several ',
    ],
)
def test_no_word_of_a_policy_hides_or_turns_a_character(before, character):
    written = "\\u0007" if character == "\u0007" else character
    assert "a character that is not shown" in refusal(replaced(before, before + written, count=1))


# -- names and numbers that are none --------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"loan_issue", "aml_update"]', '"loan_isue"]', "loan_isue is no operation"),
        ('operations = ["loan_issue"]', 'operations = ["loans"]', "loans is no operation"),
        ('id = "kz-2026-07-12"', 'id = "kz-2026-07-12\\n"', "$.id"),
        ('kind = "card_limit"', 'kind = "Card_limit"', "kind"),
        ('icon = "banknote"', 'icon = "banknote\\n"', "icon"),
    ],
)
def test_a_slip_in_a_name_leaves_no_demand_without_effect(old, new, told):
    assert told in refusal(replaced(old, new))


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("card_limit", '{ fact = "amount_mci", above = 1_000 }', '{ fact = "age", above = 121 }'),
        ("loan_issue", "outside = [21, 55]", "outside = [18, 120]"),
        ("loan_issue", "outside = [21, 55]", "outside = [5, 130]"),
    ],
)
def test_a_condition_on_an_age_that_is_never_served_is_refused(kind, old, new):
    assert refusal(in_operation(kind, old, new)).endswith(".age: it can never be true")


# -- amounts and numbers that a teller chooses ----------------------------------------------------


def test_an_amount_that_a_check_depends_on_may_not_be_left_out():
    own = field("limit_amount", SHIPPED)
    text = replaced(own, f"{own.rstrip()}\nabsent = {WORDS}\n\n")
    assert "amount may not be left out: amount_mci is about it" in refusal(text)


def test_of_two_amounts_nobody_chooses_the_smaller():
    own = field("limit_amount", SHIPPED)
    fee = own.replace('id = "limit_amount"', 'id = "fee"').replace('"amount"', '"fee"')
    text = replaced(own, own + fee)
    text = replaced('["card_last4", "limit_amount"', '["card_last4", "fee", "limit_amount"', text)
    sentences = re.findall(r"\n(?:statement|window) = .*\{card\}.*\{period\}.*", text)
    for each in sentences:
        text = text.replace(each, each.replace("{card}", "{card} {fee}"))
    assert refusal(text).endswith("amount is a second field of money")


@pytest.mark.parametrize("name", ["new_phone", "old_phone"])
def test_a_number_that_checks_are_about_is_a_phone(name):
    own = field(name, SHIPPED)
    text = re.sub("countries = .*\n", "", own)
    text = text.replace('"phone"', '"text"').rstrip() + "\nleast = 1\nmost = 40\n\n"
    assert refusal(replaced(own, text)).endswith(f"{name} is no phone")


# -- people whom nobody asks about ----------------------------------------------------------------


@pytest.mark.parametrize("check", [CheckId.IIN, CheckId.AGE, CheckId.PERSON])
@pytest.mark.parametrize("way", ["soft", "conditional"])
def test_a_second_person_is_of_age_and_alive_whatever_the_policy_leaves_out(check, way):
    line = f'  {{ check = "{check}", hardness = "hard", rule = "{RULES[check]}" }},\n'
    changed = {
        "soft": line.replace('"hard"', '"soft"'),
        "conditional": line.replace(
            " },", ', when = [{ fact = "reference_source", one_of = ["chip"] }] },'
        ),
    }[way]
    told = refusal(in_operation("loan_issue", line, changed))
    assert f"{check} " in told
    assert "$.operations[2]" in told
