import hashlib
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.station.operations import definition, operation
from workstation.documents.statement import compose
from workstation.documents.statement_words import STATEMENT_WORDS
from workstation.errors import OperationRefused

PHONE = operation("change_trusted_phone", new_phone="+77011234567", old_phone="+77017654321")
LOAN = operation("loan_issue", new_phone="+77011234567", amount="1250000 KZT", term_months="24")
APP = operation("app_registration", new_phone="+77011234567", device="Galaxy A54")
FACTS = {
    "operation": PHONE,
    "iin": "900101300017",
    "language": "ru",
    "bank": "АО «Банк»",
    "branch": "Алматы-1",
    "station": "ws-07",
    "session": "0123abc",
    "nonce": "ab" * 32,
    "evidence_sha256": "cd" * 32,
    "issued": datetime(2026, 11, 22, 20, 30, 15, 999_999, tzinfo=UTC),
    "ttl": timedelta(minutes=10),
}


def statement(**changes):
    facts = FACTS | changes
    return compose(definition=definition(facts["operation"].kind), **facts)


def test_the_customer_reads_every_parameter_in_full():
    text = statement().text
    for shown in ("900101300017", "ab" * 32, "cd" * 32, "ws-07"):
        assert text.count(shown) == 1
    # In the sentence, and beside the field's own label.
    for shown in ("+77011234567", "+77017654321"):
        assert text.count(shown) == 2
    assert PHONE.sha256() in text


@pytest.mark.parametrize("asked", [PHONE, LOAN, APP])
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_operation_speaks_every_language(asked, language):
    lines = statement(operation=asked, language=language).text.splitlines()
    words, said = STATEMENT_WORDS[language], definition(asked.kind)
    assert lines[0] == words.title
    named = lines.index(f"{words.operation}: {said.name.text(language)} ({asked.kind})")
    assert lines[named + 1] == said.say_statement(asked, language)
    assert lines[named + 2 : named + 2 + len(asked.parameters)] == [
        f"  {label}: {value}" for label, value in said.lines(asked, language)
    ]
    assert lines[-1] == words.warning


def test_an_amount_is_read_in_groups_of_digits():
    text = statement(operation=LOAN).text

    assert "Прошу выдать мне заём 1 250 000 KZT на 24 мес.; мой телефон +77011234567." in text
    assert "  Сумма: 1 250 000 KZT\n" in text


def test_times_are_given_in_utc_and_in_kazakhstan():
    made = statement()
    assert "2026-11-22 20:30:15 UTC (время Казахстана 2026-11-23 01:30:15 +05:00)" in made.text
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
        {"iin": "900101300018"},
        {"nonce": "ac" * 32},
        {"evidence_sha256": "ce" * 32},
        {"session": "other"},
        {"station": "ws-08"},
        {"issued": FACTS["issued"] + timedelta(seconds=1)},
        {"ttl": timedelta(minutes=9)},
        {"language": "kk"},
    ],
)
def test_any_other_fact_gives_another_digest(change):
    assert statement(**change).sha256 != statement().sha256


def registration(device):
    return operation("app_registration", new_phone="+77011234567", device=device)


def test_the_digest_of_operation_differs_when_the_shown_device_looks_alike():
    latin, cyrillic = registration("Galaxy A54"), registration("Galaxy \u041054")
    made = statement(operation=cyrillic)
    assert cyrillic.sha256() != latin.sha256()
    assert cyrillic.sha256() in made.text


@pytest.mark.parametrize("hidden", ["\u200b", "\x1b", "\n", "\u202e"])
def test_a_device_whose_name_hides_a_character_is_refused_before_there_is_a_statement(hidden):
    typed = {"new_phone": "+77011234567", "device": f"Galaxy{hidden}A54"}
    with pytest.raises(OperationRefused, match="device"):
        definition("app_registration").parse(typed)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"language": "de"}, "language"),
        ({"iin": "90010130001"}, "iin"),
        ({"iin": "٩00101300017"}, "iin"),
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


@given(
    bank=st.text(max_size=40),
    branch=st.text(max_size=40),
    station=st.text(max_size=40),
    device=st.text(min_size=1, max_size=30).filter(str.strip).filter(str.isprintable),
)
def test_foreign_text_cannot_add_lines_or_hide_characters(bank, branch, station, device):
    made = statement(operation=registration(device), bank=bank, branch=branch, station=station)
    lines = made.text.split("\n")
    kinds = {unicodedata.category(char) for line in lines for char in line}
    assert len(lines) == len(statement(operation=APP).text.split("\n"))
    assert not {kind for kind in kinds if kind[0] == "C" or kind in {"Zl", "Zp"}}


def test_the_text_with_the_personal_number_stays_out_of_the_repr():
    assert "900101300017" not in repr(statement())


def test_a_change_of_number_names_which_number_is_the_new_one():
    made = statement()

    assert "Новый номер телефона: +77011234567" in made.text
    assert "Прежний номер телефона: +77017654321" in made.text
