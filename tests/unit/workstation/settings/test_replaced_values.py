"""One value of the settings file is written anew and nothing else changes."""

import tomllib

import pytest

from workstation.errors import SettingsRefused
from workstation.settings.template import replace_value

TEXT = """# head
name = "old"   # of the file

[camera]
index = 0                             # the first
allowed = [
  "a",
  "b",
]

# about the next table
[permit]
audience = ""
"""


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("name", "new"),
        ("camera.index", 3),
        ("camera.allowed", ["c"]),
        ("camera.allowed", []),
        ("camera.added", True),
        ("permit.audience", 'a "quoted" # text'),
        ("permit.list", [{"name": "x", "key": "y"}]),
        ("fresh.url", "http://a"),
    ],
)
def test_only_the_named_value_becomes_another(place, value):
    after = replace_value(TEXT, place, value)
    wanted = tomllib.loads(TEXT)
    table, _, name = place.rpartition(".")
    (wanted.setdefault(table, {}) if table else wanted)[name] = value
    assert tomllib.loads(after) == wanted
    assert "# about the next table\n[permit]" in after


def test_the_comment_of_a_line_stays():
    assert "index = 7  # the first\n" in replace_value(TEXT, "camera.index", 7)


def test_a_new_value_stands_before_the_words_about_the_next_table():
    after = replace_value(TEXT, "camera.added", 1)
    assert after.index("added = 1") < after.index("# about the next table")


@pytest.mark.parametrize(
    "text", ['[a]\nb = """\nc = 1\n"""\n', "a = { c = 1 }\n", "[[a]]\nc = 1\n", "[a"]
)
def test_what_cannot_be_replaced_safely_is_refused(text):
    with pytest.raises(SettingsRefused):
        replace_value(text, "a.c", 2)


def test_a_file_without_a_last_line_end_is_read_back():
    assert tomllib.loads(replace_value("[a]\nb = 1", "a.c", 2)) == {"a": {"b": 1, "c": 2}}
    assert tomllib.loads(replace_value("[a]\nb = 1", "d.c", 2))["d"] == {"c": 2}
