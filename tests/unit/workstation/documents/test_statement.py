import hashlib
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources import LANGUAGES
from tests.support.station.operations import KINDS, operation, shipped_policy
from workstation.documents.statement import VERSION, StatementPerson, compose
from workstation.errors import OperationRefused, PolicyRefused

POLICY = shipped_policy()
PHONE = operation("change_trusted_phone", new_phone="+77011234567", old_phone="+77017654321")
LOAN = operation("loan_issue", new_phone="+77011234567", amount="1250000 KZT", term_months="24")
APP = operation("app_registration", new_phone="+77011234567", device="Galaxy A54")
CUSTOMER = (StatementPerson("customer", "900101300017"),)
FACTS = {
    "policy": POLICY,
    "operation": PHONE,
    "people": CUSTOMER,
    "language": "ru",
    "bank": "АО «Банк»",
    "branch": "Алматы-1",
    "station": "ws-07",
    "session": "0123abc",
    "nonce": "ab" * 32,
    "evidence_sha256": "ef" * 32,
    "issued": datetime(2026, 11, 22, 20, 30, 15, 999_999, tzinfo=UTC),
    "ttl": timedelta(minutes=10),
}


def statement(**changes):
    return compose(**(FACTS | changes))


def registration(device):
    return operation("app_registration", new_phone="+77011234567", device=device)


def test_the_customer_reads_what_is_asked_for_and_by_which_rules():
    lines = statement().text.split("\n")

    asked = "Прошу сменить мой доверенный номер телефона +77017654321 на +77011234567."
    assert f"Просьба клиента: {asked}" in lines
    assert "  Новый номер телефона: +77011234567" in lines
    assert "  Прежний номер телефона: +77017654321" in lines
    assert "ИИН клиента: 900101300017" in lines
    assert f"Правила: {POLICY.id}, редакция текста 2" in lines
    assert f"SHA-256 правил: {POLICY.sha256}" in lines
    assert f"SHA-256 параметров операции: {PHONE.sha256()}" in lines


@pytest.mark.parametrize("shown", ["ab" * 32, "ef" * 32, "900101300017", "ws-07", "0123abc"])
def test_every_fact_stands_once(shown):
    assert statement().text.count(shown) == 1


@pytest.mark.parametrize("asked", [PHONE, LOAN, APP])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_operation_speaks_every_language(asked, language):
    text = statement(operation=asked, language=language).text
    own = POLICY.operation(asked.kind).definition
    lines = text.split("\n")

    assert lines[1] == VERSION
    assert f": {own.name.text(language)} ({asked.kind})" in text
    assert f": {own.say_statement(asked, language)}\n" in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_the_three_operations_are_worded():
    assert {PHONE.kind, LOAN.kind, APP.kind} == set(KINDS)


def test_times_are_given_in_utc_and_in_kazakhstan():
    made = statement()
    assert "2026-11-22 20:30:15 UTC (2026-11-23 01:30:15 +05:00)" in made.text
    assert "2026-11-22 20:40:15 UTC" in made.text
    assert (made.issued_ms, made.expires_ms) == (1_795_379_415_000, 1_795_380_015_000)


def test_the_same_facts_give_the_same_bytes():
    first, second = statement(), statement()
    assert first == second
    assert first.sha256 == hashlib.sha256(first.text.encode()).hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        {"operation": LOAN},
        {"people": (StatementPerson("customer", "900101300018"),)},
        {"people": CUSTOMER * 2},
        {"nonce": "ac" * 32},
        {"evidence_sha256": "ee" * 32},
        {"session": "other"},
        {"station": "ws-08"},
        {"issued": FACTS["issued"] + timedelta(seconds=1)},
        {"ttl": timedelta(minutes=9)},
        {"language": "kk"},
        {"policy": replace(POLICY, sha256="00" * 32)},
    ],
)
def test_any_other_fact_gives_another_digest(change):
    assert statement(**change).sha256 != statement().sha256


def test_the_digest_of_operation_differs_when_the_shown_device_looks_alike():
    latin, cyrillic = registration("Galaxy A54"), registration("Galaxy \u041054")
    made = statement(operation=cyrillic)
    assert cyrillic.sha256() != latin.sha256()
    assert cyrillic.sha256() in made.text


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"language": "de"}, "language"),
        ({"people": ()}, "people"),
        ({"people": (StatementPerson("customer", "90010130001"),)}, "iin"),
        ({"people": (StatementPerson("customer", "٩00101300017"),)}, "iin"),
        ({"nonce": "AB" * 32}, "nonce"),
        ({"nonce": "ab" * 16}, "nonce"),
        ({"evidence_sha256": ""}, "evidence_sha256"),
        ({"session": "a b"}, "session"),
        ({"issued": datetime(2026, 1, 1)}, "issued"),  # noqa: DTZ001 - a naive time is the case
        ({"issued": datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=5)))}, "issued"),
        ({"ttl": timedelta(0)}, "issued"),
    ],
)
def test_an_argument_without_its_form_is_refused_by_name(change, named):
    with pytest.raises(OperationRefused) as refused:
        statement(**change)
    assert refused.value.detail == named


def test_a_person_of_a_role_without_words_has_no_statement():
    with pytest.raises(PolicyRefused, match=r"documents\.roles\.stranger"):
        statement(people=(StatementPerson("stranger", "900101300017"),))


@given(
    bank=st.text(max_size=40),
    branch=st.text(max_size=40),
    station=st.text(max_size=40),
    device=st.text(min_size=1, max_size=30),
    language=st.sampled_from(LANGUAGES),
)
def test_foreign_text_cannot_add_lines_or_hide_characters(bank, branch, station, device, language):
    places = {"bank": bank, "branch": branch, "station": station, "language": language}
    made = statement(operation=registration(device), **places)
    lines = made.text.split("\n")
    kinds = {unicodedata.category(char) for line in lines for char in line}

    assert len(lines) == len(statement(operation=APP).text.split("\n"))
    assert not {kind for kind in kinds if kind[0] == "C" or kind in {"Zl", "Zp"}}
    assert lines[1] == VERSION
    assert unicodedata.is_normalized("NFC", made.text)
    assert not [line for line in lines if line.endswith(" ")]


@given(hostile=st.sampled_from(["{nonce}", "{policy}", "{", "}}", "{fields}", "{{iin}}"]))
def test_a_value_is_never_read_for_placeholders(hostile):
    lines = statement(operation=registration(hostile), bank=hostile, branch="").text.split("\n")

    assert f"Банк: {hostile}," in lines
    assert f"  Устройство: {hostile}" in lines


def test_the_text_with_the_personal_number_stays_out_of_the_repr():
    assert "900101300017" not in repr(statement())
    assert "900101300017" not in repr(CUSTOMER)
