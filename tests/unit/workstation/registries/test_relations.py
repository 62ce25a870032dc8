"""The registers of relations: closed words, and nothing that is no answer confirms anybody."""

from dataclasses import replace

import pytest

from workstation.registries.endpoint import RegistryEndpoint
from workstation.registries.gateways import Gateways
from workstation.registries.registry import AnswerStatus
from workstation.registries.relations import RelationQuestion, RelationRegistry
from workstation.sandbox.people import CustomerKey
from workstation.sandbox.scenarios.scenario import person
from workstation.sandbox.services.registries import RegistryFault, SandboxRegistries

CUSTOMER, OTHER = person(CustomerKey.GOOD), person(CustomerKey.RSA)
NUMBER = "0417-2026"
POWERS = RelationQuestion("powers", CUSTOMER.iin, OTHER.iin, NUMBER, "change_trusted_phone")


@pytest.fixture
def sandbox():
    served = SandboxRegistries()
    served.start()
    yield served
    served.close()


def registry(sandbox):
    return RelationRegistry(RegistryEndpoint(sandbox.url, "relations", 2, (), lambda: 1))


def relate(sandbox, check, word):
    number = NUMBER if check == "powers" else ""
    sandbox.relate(check, CUSTOMER.iin, OTHER.iin, word, number=number)


@pytest.mark.parametrize("check", ["powers", "guardianship", "marriage"])
def test_what_the_register_confirms_has_passed(sandbox, check):
    relate(sandbox, check, "confirmed")
    answer = registry(sandbox).ask(replace(POWERS, check=check))

    assert (answer.status, answer.reason) == (AnswerStatus.PASSED, f"{check}.confirmed")
    assert answer.source == "relations"


@pytest.mark.parametrize("word", ["not_related", "revoked", "expired", "out_of_scope", "unknown"])
def test_a_power_that_does_not_cover_it_fails(sandbox, word):
    relate(sandbox, "powers", word)
    answer = registry(sandbox).ask(POWERS)

    assert (answer.status, answer.reason) == (AnswerStatus.FAILED, f"powers.{word}")


@pytest.mark.parametrize("check", ["guardianship", "marriage"])
@pytest.mark.parametrize("word", ["revoked", "unknown", "perhaps"])
def test_a_word_of_another_question_is_no_answer(sandbox, check, word):
    relate(sandbox, check, word)

    answer = registry(sandbox).ask(replace(POWERS, check=check))

    assert (answer.status, answer.reason) == (AnswerStatus.INDETERMINATE, f"{check}.no_answer")


@pytest.mark.parametrize("fault", [f for f in RegistryFault if f is not RegistryFault.NONE])
def test_every_way_of_not_answering_confirms_nobody(sandbox, fault):
    relate(sandbox, "powers", "confirmed")
    sandbox.put(CUSTOMER.iin, replace(sandbox.record(CUSTOMER.iin), fault=fault))

    answer = registry(sandbox).ask(POWERS)

    assert (answer.status, answer.reason) == (AnswerStatus.INDETERMINATE, "powers.no_answer")


@pytest.mark.parametrize(
    "other",
    [
        replace(POWERS, iin=OTHER.iin, other_iin=CUSTOMER.iin),
        replace(POWERS, number="0417-2027"),
        replace(POWERS, other_iin=person(CustomerKey.OTHER_PERSON).iin),
    ],
)
def test_a_power_is_of_these_two_people_and_this_number(sandbox, other):
    relate(sandbox, "powers", "confirmed")

    assert registry(sandbox).ask(other).status is AnswerStatus.FAILED


def test_a_station_without_the_register_confirms_nobody():
    gateways = Gateways({}, None, lambda: 7)
    answer = gateways.relation(POWERS)

    assert (answer.status, answer.reason) == (
        AnswerStatus.INDETERMINATE,
        "powers.not_configured",
    )


def test_a_question_shows_nobodys_number():
    assert CUSTOMER.iin not in repr(POWERS)
    assert NUMBER not in repr(POWERS)
