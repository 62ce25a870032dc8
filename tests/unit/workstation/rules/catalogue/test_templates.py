"""Texts with placeholders: what is refused, and that a value is never a text."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.errors import PolicyRefused
from workstation.rules.catalogue.templates import (
    fill_lines,
    fill_template,
    make_plain,
    placeholders,
    require_document,
    require_placeholders,
)
from workstation.rules.catalogue.words import Words

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True)
PLACEHOLDER = re.compile(r"\{[a-z][a-z0-9_]*\}")


def words(text, language="ru"):
    return Words(**(dict.fromkeys(("kk", "ru", "en"), "{a}") | {language: text}))


@given(values=st.dictionaries(NAMES, st.text(max_size=30), min_size=1, max_size=5))
def test_every_placeholder_is_filled_with_its_value_as_it_is(values):
    text = " ".join(f"<{{{name}}}>" for name in values)

    assert fill_template(text, values) == " ".join(f"<{value}>" for value in values.values())


@given(
    values=st.dictionaries(NAMES, st.text(max_size=30), min_size=1, max_size=5),
    block=st.lists(st.text(max_size=20), max_size=3),
)
def test_no_placeholder_of_a_text_survives_and_no_value_adds_a_line(values, block):
    # Whatever is in braces afterwards came with a value.
    inert = {name: value.replace("{", "(") for name, value in values.items()}
    lines = tuple(each.replace("{", "(") for each in block)
    text = "\n".join([*(f"{name}: {{{name}}}" for name in inert), "{block!}", ""])
    text = text.replace("{block!}", "{block}")

    filled = fill_lines(text, inert | {"block": ""}, {"block": lines})

    assert not PLACEHOLDER.search(filled)
    assert len(filled.split("\n")) == len(inert) + len(lines) + 1


@given(st.text(max_size=60))
def test_a_plain_text_is_one_line_of_visible_characters_and_stays_so(untrusted):
    plain = make_plain(untrusted)

    assert make_plain(plain) == plain
    assert plain.isprintable()
    assert unicodedata.is_normalized("NFC", plain)


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u202e", "\x00", "\n", "\u2028", "\u00a0", "\u3164", "\ufe0f", "\u2800"]
)
def test_what_would_not_be_seen_is_shown_as_replaced(hidden):
    assert make_plain(f"a{hidden}b") == "a\ufffdb"


def test_a_mark_at_the_beginning_is_not_drawn_over_what_stands_before():
    assert make_plain("\u0338b") == "\ufffdb"


@pytest.mark.parametrize(
    "text", ["{", "}", "{}", "{A}", "{a.b}", "{a!r}", "{a:>9}", "{{a}}", "{a", "{0}", "{ a}"]
)
def test_a_brace_that_is_no_placeholder_is_refused(text):
    with pytest.raises(PolicyRefused, match="no placeholder"):
        placeholders(text)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("{a} {b}", "nothing fills {b}"),
        ("nothing", "{a} is not said"),
        ("{a} {a}", "{a} is said twice"),
        ("{a} {", "a brace that is no placeholder"),
        ("{a}\u200b", "a character that is not shown, or a space at an end"),
        ("{a} ", "a character that is not shown, or a space at an end"),
        ("{a}\n", "a character that is not shown, or a space at an end"),
    ],
)
def test_words_that_are_refused_name_place_language_and_mistake(language, text, mistake):
    with pytest.raises(PolicyRefused) as refused:
        require_placeholders(
            words(text, language), "$.here", known=frozenset("a"), wanted=frozenset("a")
        )
    assert refused.value.detail == f"$.here.{language}: {mistake}"


SOUND = "Title\n{v}\n\n{block}\nx: {x}\n"


def require(text):
    require_document(
        Words(text, text, text),
        "$.document",
        wanted=frozenset({"v", "x", "block"}),
        blocks=frozenset({"block"}),
        second="v",
    )


def test_a_document_that_says_all_once_is_taken():
    require(SOUND)


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("x: {x}\n", "", "{x} is not said"),
        ("x: {x}", "x: {x} {x}", "{x} is said twice"),
        ("x: {x}", "x: {x} {y}", "nothing fills {y}"),
        ("{block}", "are {block}", "{block} has to stand alone on a line"),
        ("{v}\n\n", "\n{v}\n", "{v} has to be the second line"),
        ("Title\n{v}\n\n{block}\nx: {x}", "x: {x}\n{v}\n\n{block}", "a title without placeholders"),
        ("x: {x}\n", "x: {x}", "end with one line feed"),
        ("x: {x}\n", "x: {x}\n\n", "end with one line feed"),
        ("Title", "Ti\ttle", "a character that is not shown"),
        ("Title", "Ti\u202etle", "a character that is not shown"),
        ("Title", "Title ", "a space at an end"),
    ],
)
def test_a_document_that_says_less_more_or_otherwise_is_refused(old, new, mistake):
    with pytest.raises(PolicyRefused) as refused:
        require(SOUND.replace(old, new))
    assert refused.value.detail.startswith("$.document.kk: ")
    assert mistake in refused.value.detail
