"""What became another is said by the names of settings and rules, whole, in every language."""

from dataclasses import fields, replace

import pytest
from msgspec import inspect

from resources import LANGUAGES
from tests.support.station.operations import shipped_policy
from workstation.administration.reading import rule_line
from workstation.administration.view import ChangeLine, RuleLine
from workstation.administration.words import say_change, say_rule
from workstation.charter.difference import ChangeCode
from workstation.charter.words import name_rule_place, name_setting, say_difference
from workstation.documents.texts import Texts
from workstation.rules.calendar.difference import compare_policies
from workstation.rules.calendar.directions import DIRECTIONS
from workstation.rules.conditions import Condition, Fact
from workstation.rules.policy import Policy, Wait
from workstation.settings.settings import Settings

TOLD_BY_OTHERS = {
    "id", "sha256", "valid_from", "valid_to", "operations", "rules", "idec_required", "faces",
    "idec_match_percent", "exception_officers", "liveness", "match", "reference_quality",
    "live_quality",
}  # fmt: skip
"""Members of a policy that `compare_policies` tells by their parts."""


def walk(place, kind):
    """Iterate over every place that a value of this type may have."""
    match kind:
        case inspect.Metadata():
            yield from walk(place, kind.type)
        case inspect.StructType():
            yield from [f"{place}.{kind.tag_field}"] if kind.tag_field else []
            for each in kind.fields:
                yield from walk(f"{place}.{each.encode_name}", each.type)
        case inspect.UnionType():
            for each in kind.types:
                yield from walk(place, each)
        case inspect.ListType():
            yield place
            # Its members are told one by one where they are tables, and else with the list.
            inner = walk(f"{place}[3]", kind.item_type)
            yield from (each for each in inner if each != f"{place}[3]")
        case inspect.DictType():
            yield from walk(f"{place}.their-name", kind.value_type)
        case _ if type(kind).__name__ not in {"NoneType", "UnsetType"}:
            yield place


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_has_a_name(language):
    texts = Texts(language)
    places = set(walk("$", inspect.type_info(Settings)))
    named = {each: name_setting(each, texts) for each in places}

    assert len(places) > 120
    assert [each for each, words in named.items() if not words.endswith(f" ({each})")] == []
    assert [
        each for each, words in named.items() if ": " not in words and each.count(".") > 1
    ] == []
    # Two settings under one name could be taken for each other.
    words = [each.rpartition(" (")[0] for each in named.values()]
    assert sorted({each for each in words if words.count(each) > 1}) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_and_member_of_the_rules_has_a_name(language):
    texts = Texts(language)
    members = {each.name for each in fields(Policy)}
    limits = {each.removeprefix("limits.") for each in DIRECTIONS}
    places = [*DIRECTIONS, *sorted(members - TOLD_BY_OTHERS - limits)]

    assert [each for each in places if name_rule_place(each, texts) == each] == []


def test_a_value_is_said_whole_and_in_words():
    texts = Texts("ru")
    address = "https://registry.example.kz/" + "very-long-" * 12

    said = say_difference("setting_changed", "$.registries.person_url", "", address + "a", texts)
    assert said.startswith(
        "настройка «Реестры банка: адрес реестра людей» ($.registries.person_url)"
    )
    assert address + "a" in said
    assert "было пусто, стало https" in said
    said = say_difference("setting_changed", "$.log.copies", "[]", "['d:/a', 'e:/b']", texts)
    assert said.endswith("было пустой список, стало d:/a, e:/b")
    said = say_change(
        ChangeLine("setting_changed", "$.station.customer_keys", "False", "True"), texts
    )
    assert said.endswith("было нет, стало да")
    said = say_difference("account_role_changed", "t-1", "teller", "admin", texts)
    assert "«Администратор» вместо «Операционист»" in said


ODD = ["[", "[1", "['a'", "[" * 500, "__import__('os')", "[x for x in y]", "teller"]
ODD += ["[" + "-" * 90_000 + "1]", "[-" * 90 + "]" * 90]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_a_value_that_is_no_list_is_shown_as_it_stands(odd):
    said = say_difference("setting_changed", "$.station.bank", odd, "", Texts("en"))

    assert odd in said


def test_a_place_that_nobody_knows_stays_as_it_is():
    texts = Texts("kk")
    said = say_difference(ChangeCode.SETTING_CHANGED, "$.from.tomorrow", "1", "2", texts)

    assert "$.from.tomorrow" in said
    assert name_rule_place("$.operations[0].name.ru", texts) == "$.operations[0].name.ru"


def test_a_rule_is_said_by_the_names_of_its_number_and_source():
    texts = Texts("ru")

    number = RuleLine("looser", "number", "", "limits.attempts_max", "2", "3", "")
    assert say_rule(number, texts) == "«попыток не более» (limits.attempts_max): было 2, стало 3"
    source = RuleLine("looser", "source_added", "loan_issue", "file", "", "", "")
    assert "фотография может быть из источника " in say_rule(source, texts)
    assert not say_rule(source, texts).endswith("file")


STATED = {
    Condition(Fact.AMOUNT_MCI, above=150): "сумма в МРП больше 150",
    Condition(Fact.AGE, at_least=60): "возраст не меньше 60",
    Condition(Fact.AGE, outside=(21, 60)): "возраст вне 21–60",
    Condition(Fact.FIRST_LOAN, equals=False): "первый заём: нет",
    Condition(Fact.CURRENCY, one_of=("USD", "EUR")): "валюта — одно из: USD, EUR",
}


@pytest.mark.parametrize("condition", STATED)
def test_when_a_check_is_required_is_said_in_words(condition):
    texts = Texts("ru")
    old = shipped_policy()
    kind = next(each for each in old.operations if each.required)
    check = kind.required[0]
    stricter = replace(check, when=(condition,))
    waits = (*kind.waits, Wait(48, "B-99", (condition,)))
    changed = replace(kind, required=(stricter, *kind.required[1:]), waits=waits)
    new = replace(
        old, operations=tuple(changed if each is kind else each for each in old.operations)
    )
    said = [say_rule(rule_line(each), texts) for each in compare_policies(old, new)]

    words = STATED[condition]
    assert any(f"требуется, когда: {words} (было: всегда)" in each for each in said), said
    assert any(f"ожидание 48 ч, когда {words}" in each for each in said), said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("fact", Fact)
def test_every_fact_of_a_condition_has_a_word(language, fact):
    assert Texts(language).has(f"condition_fact.{fact.value}")
