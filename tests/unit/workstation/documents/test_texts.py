"""Texts: codes become words; an unknown code or a missing value never fells a screen."""

import logging

import pytest

from resources import LANGUAGES
from workstation.documents.texts import SECOND_LANGUAGE, Texts
from workstation.errors import SettingsRefused


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("kk", "Басыңызды солға бұрыңыз"),
        ("ru", "Поверните голову влево"),
        ("en", "Turn your head left"),
    ],
)
def test_a_code_has_words_in_every_language(language, words):
    assert Texts(language).tr("command.turn_left") == words


def test_placeholders_are_filled():
    assert Texts("ru").tr("liveness.attempt", attempt=2, most=3) == "Попытка 2 из 3"


def test_a_value_is_never_a_format():
    shown = Texts("en").tr("station.camera", camera="{secret} {0}")

    assert shown == "Camera: {secret} {0}"


def test_an_unknown_code_is_shown_in_brackets_and_logged(caplog):
    with caplog.at_level(logging.WARNING):
        shown = Texts("ru").tr("no.such_code")

    assert shown == "[no.such_code]"
    assert "no.such_code" in caplog.text


def test_a_missing_value_leaves_its_placeholder_and_is_logged(caplog):
    with caplog.at_level(logging.WARNING):
        shown = Texts("en").tr("liveness.attempt", attempt=1)

    assert shown == "Attempt {attempt} of {most}"
    assert "liveness.attempt" in caplog.text


@pytest.mark.parametrize("code", ["", "no.such_code", "camera_"])
def test_what_has_no_text_says_so(code):
    assert not Texts("kk").has(code)


def test_the_header_of_the_catalogue_is_no_text():
    assert Texts("kk").tr("") == "[]"


@pytest.mark.parametrize("language", ["", "de", "ru/../en", "KK"])
def test_a_language_that_is_not_offered_is_refused(language):
    with pytest.raises(SettingsRefused):
        Texts(language)


def test_every_language_has_another_second_one():
    assert set(SECOND_LANGUAGE) == set(LANGUAGES)
    assert all(first != second for first, second in SECOND_LANGUAGE.items())
