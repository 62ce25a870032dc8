"""The catalogue in a policy file: every contradiction is refused, with its place."""

import re

import pytest

from resources import path
from workstation.errors import PolicyRefused
from workstation.rules.policy_file import read_policy

SHIPPED = path("policies", "kz-2026-07-12.toml").read_text(encoding="utf-8")
WORDS = '{ kk = "Сөз", ru = "Слово", en = "Word" }'
FIELD = f"""
[[fields]]
id = "extra"
name = "extra"
type = "text"
filled_by = "teller"
masked = false
least = 1
most = 64
label = {WORDS}
"""
OPERATION = f"""
[[operations]]
kind = "extra_operation"
icon = "banknote"
name = {WORDS}
fields = ["extra", "new_phone"]
"""
SENTENCE = 'kk = "{extra} {new_phone}", ru = "{extra} {new_phone}", en = "{extra} {new_phone}"'


def said(name, old, new):
    """A sentence of the operation more, in which something is said otherwise."""
    return f"{name} = {{ {SENTENCE.replace(old, new)} }}"


def with_field(*lines, without=()):
    """The shipped policy with one field more, in which some lines are others."""
    text = FIELD
    for key in without:
        text = re.sub(rf"^{key} = .*\n", "", text, flags=re.MULTILINE)
    for line in lines:
        key = line.partition(" = ")[0]
        text = re.sub(rf"^{key} = .*\n", "", text, flags=re.MULTILINE) + f"{line}\n"
    return before_operations(text)


def before_operations(text):
    place = SHIPPED.index("[[operations]]")
    return SHIPPED[:place] + text.lstrip() + "\n" + SHIPPED[place:]


def with_operation(*lines):
    """The shipped policy with an operation more that asks for the field more."""
    own = {"statement": SENTENCE, "receipt": SENTENCE, "window": SENTENCE}
    text = OPERATION + "".join(f"{name} = {{ {words} }}\n" for name, words in own.items())
    for line in lines:
        key = line.partition(" = ")[0]
        text = re.sub(rf"^{key} = .*\n", "", text, flags=re.MULTILINE) + f"{line}\n"
    checks = SHIPPED[SHIPPED.index('kind = "app_registration"') :]
    checks = checks[checks.index("undecided = ") :]
    checks = checks[: checks.index("\n[[operations]]")]
    whole = with_field()
    place = whole.index("[[operations]]")
    return whole[:place] + text.lstrip() + checks + "\n" + whole[place:]


def refusal(text):
    with pytest.raises(PolicyRefused) as refused:
        read_policy(text.encode())
    return refused.value.detail


def test_a_field_and_an_operation_more_are_data():
    policy = read_policy(with_operation().encode())
    asked = policy.operation("extra_operation").definition.parse(
        {"extra": "something", "new_phone": "+77011234567"}
    )

    assert asked.parameters == (("extra", "something"), ("new_phone", "+77011234567"))
    assert policy.words()["operation.extra_operation"].en == "Word"
    assert policy.words()["field.extra"].kk == "Сөз"


MONEY = ('type = "money"', 'currencies = ["KZT"]')
CHOICE = 'choices = [{ id = "a", label = %s }, { id = "%s", label = %s }]'


@pytest.mark.parametrize(
    ("lines", "without", "named"),
    [
        (('id = "device"',), (), "device is stated twice"),
        (('type = "colour"',), (), "type"),
        (('filled_by = "customer"',), (), "filled_by"),
        (('name = "New Phone"',), (), "name"),
        (('label = { kk = "Сөз", ru = "Слово" }',), (), "en"),
        (("surprise = 1",), (), "surprise"),
        ((), ("least",), ".least: wanted"),
        ((), ("most",), ".most: wanted"),
        (("least = 65",), (), ".least is above most"),
        (("most = 201",), (), ".most is above 200"),
        (('type = "date"',), (), ".least: no use"),
        (('type = "date"',), ("least",), ".most: no use"),
        (('currencies = ["KZT"]',), (), ".currencies: no use"),
        (MONEY[:1], (), ".currencies: wanted"),
        ((MONEY[0], 'currencies = ["tenge"]'), (), "currencies"),
        (('countries = ["KZ"]',), (), ".countries: no use"),
        (('type = "phone"', 'countries = ["XX"]'), ("least", "most"), "XX is unknown"),
        (('type = "choice"',), ("least", "most"), ".choices: wanted"),
        ((CHOICE % (WORDS, "b", WORDS),), (), ".choices: no use"),
        (
            ('type = "choice"', CHOICE % (WORDS, "a", WORDS)),
            ("least", "most"),
            ".choices: one is stated twice",
        ),
        (('label = { kk = "{extra}", ru = "a", en = "a" }',), (), "label.kk"),
        (('absent = { kk = "a", ru = "a}", en = "a" }',), (), "absent.ru"),
    ],
)  # fmt: skip
def test_a_field_that_contradicts_itself_is_refused(lines, without, named):
    assert named in refusal(with_field(*lines, without=without))


@pytest.mark.parametrize(
    ("lines", "without"),
    [
        (MONEY, ()),
        (('type = "count"',), ()),
        (('type = "date"',), ("least", "most")),
        (('type = "iban"',), ("least", "most")),
        (('type = "phone"',), ("least", "most")),
        (('type = "phone"', 'countries = ["KZ"]'), ("least", "most")),
        (('type = "choice"', CHOICE % (WORDS, "b", WORDS)), ("least", "most")),
        ((f"absent = {WORDS}", f"hint = {WORDS}", f"error = {WORDS}"), ()),
    ],
)
def test_a_field_that_states_what_its_type_needs_is_taken(lines, without):
    read_policy(with_field(*lines, without=without).encode())


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('kind = "loan_issue"', "stated twice"),
        ('kind = "Extra"', "kind"),
        ('icon = "../icon"', "icon"),
        ('fields = ["extra", "nothing"]', ".fields: nothing is not defined"),
        ('fields = ["extra", "new_phone", "changed_phone"]', ".fields: new_phone is filled twice"),
        ('fields = ["extra", "changed_phone"]', "changed_phone differs from nothing"),
        ('fields = ["extra"]', "statement.kk"),
        ('statement = { kk = "{extra}", ru = "{extra}", en = "{extra}" }', "statement.kk"),
        (said("statement", 'en = "{extra} ', 'en = "'), "statement.en"),
        (said("window", 'ru = "{extra} ', 'ru = "'), "window.ru"),
        (said("window", "{extra}", "{iin}"), "window.kk"),
        ('receipt = { kk = "{amount}", ru = "a", en = "a" }', "receipt.kk"),
        ('receipt = { kk = "a", ru = "a", en = "{a" }', "receipt.en"),
        ('name = { kk = "{extra}", ru = "a", en = "a" }', "name.kk"),
        ("fields = 1", "fields"),
    ],
)
def test_an_operation_that_says_what_it_does_not_ask_for_is_refused(line, named):
    assert named in refusal(with_operation(line))


def test_a_receipt_may_leave_out_what_it_likes():
    text = with_operation('receipt = { kk = "a", ru = "a", en = "a" }')

    assert read_policy(text.encode()).operation("extra_operation").definition.receipt.en == "a"
