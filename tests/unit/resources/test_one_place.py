"""A text of the three languages stands in one place: a catalogue, a policy, or a file of words."""

import ast
import gettext
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

import resources
from workstation.rules.policy_file import read_policy

ROOT = Path(__file__).resolve().parents[3]
POLICIES = ("kz-2024-08-20", "kz-2026-01-19", "kz-2026-07-12")
SENTENCE = 3
"""Words from which on a text is a sentence; a caption of one or two may be another field's, too."""


@cache
def catalogue(language):
    compiled = resources.path("i18n", language, "LC_MESSAGES", "workstation.mo")
    with compiled.open("rb") as stream:
        found = gettext.GNUTranslations(stream)._catalog
    return {code: text for code, text in found.items() if code}


def policy_texts(version, language):
    policy = read_policy(resources.path("policies", f"{version}.toml").read_bytes())
    found = {code: words.text(language) for code, words in policy.words().items()}
    for each in policy.operations:
        told = each.definition
        for name, words in (
            ("statement", told.statement),
            ("receipt", told.receipt),
            ("window", told.window),
        ):
            found[f"{told.kind}.{name}"] = words.text(language)
    return found


@cache
def written_in_code():
    """Return every literal in Cyrillic letters, by the file that it stands in."""
    found = defaultdict(set)
    for room in ("workstation", "ui"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                text = node.value if isinstance(node, ast.Constant) else None
                if isinstance(text, str) and re.search("[а-яәғқңөұүһі]", text):
                    found[text].add(path.relative_to(ROOT).as_posix())
    return found


def is_sentence(text):
    return len(re.findall(r"\w{2,}", text)) >= SENTENCE


@pytest.mark.parametrize("version", POLICIES)
@pytest.mark.parametrize("language", resources.LANGUAGES)
def test_no_code_of_a_policy_has_words_in_the_catalogue_too(version, language):
    assert not policy_texts(version, language).keys() & catalogue(language).keys()


@pytest.mark.parametrize("version", POLICIES)
@pytest.mark.parametrize("language", resources.LANGUAGES)
def test_no_sentence_of_a_policy_stands_in_the_catalogue_or_twice(version, language):
    places = defaultdict(list)
    for code, text in policy_texts(version, language).items():
        if is_sentence(text):
            places[text].append(code)
    for code, text in catalogue(language).items():
        if text in places:
            places[text].append(code)

    assert {text: codes for text, codes in places.items() if len(codes) > 1} == {}


@pytest.mark.parametrize("language", resources.LANGUAGES)
def test_no_sentence_in_code_stands_in_a_catalogue_a_policy_or_another_file(language):
    stated = set(catalogue(language).values())
    stated |= {text for version in POLICIES for text in policy_texts(version, language).values()}
    sentences = {text: files for text, files in written_in_code().items() if is_sentence(text)}

    assert sentences
    assert {text for text in sentences if text in stated} == set()
    assert {text: files for text, files in sentences.items() if len(files) > 1} == {}
