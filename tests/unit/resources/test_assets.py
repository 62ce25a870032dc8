"""Fonts, icons and theme tokens: complete, licensed, readable."""

import ast
import json
import re
from pathlib import Path

import pytest
from reportlab.pdfbase.ttfonts import TTFont

import resources

ROOT = Path(resources.path("icons")).parents[1]
WEIGHTS = ("Regular", "Medium", "SemiBold", "Bold")
NEEDED = "әғқңөұүһіӘҒҚҢӨҰҮҺІ₸№→←•·—«»0123456789АЯаяЁёAZaz"


@pytest.mark.parametrize("weight", WEIGHTS)
def test_a_font_is_truetype_small_and_knows_kazakh(weight):
    file = resources.path("fonts", f"Inter-{weight}.ttf")
    face = TTFont(weight, str(file)).face

    assert file.stat().st_size <= 450_000
    assert [letter for letter in NEEDED if ord(letter) not in face.charToGlyph] == []


@pytest.mark.parametrize(("folder", "licence"), [("fonts", "OFL.txt"), ("icons", "LICENSE")])
def test_every_foreign_folder_names_origin_and_licence(folder, licence):
    assert resources.path(folder, licence).stat().st_size > 500
    assert resources.path(folder, "ORIGIN.md").stat().st_size > 100


def test_every_icon_can_be_tinted():
    icons = sorted(resources.path("icons").glob("*.svg"))

    assert len(icons) >= 40
    for icon in icons:
        assert 'stroke="currentColor"' in icon.read_text(encoding="utf-8"), icon.name


def test_every_icon_a_screen_names_is_there():
    there = {icon.stem for icon in resources.path("icons").glob("*.svg")}
    named = set()
    for file in (ROOT / "ui").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in {"IconLabel", "pixmap", "icon", "set_icon"}:
                    named |= {
                        each.value
                        for each in node.args
                        if isinstance(each, ast.Constant) and isinstance(each.value, str)
                    }
                named |= {
                    word.value.value
                    for word in node.keywords
                    if word.arg == "icon"
                    and isinstance(word.value, ast.Constant)
                    and word.value.value
                }
    tones = {"ok", "warn", "bad", "now", "wait"}

    assert len(named - tones) >= 8
    assert named - tones <= there


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


TEXT_PAIRS = [
    ("text", "window"),
    ("text", "surface"),
    ("text2", "surface"),
    ("text2", "alt"),
    ("caption", "surface"),
    ("caption", "window"),
    ("caption", "alt"),
    ("on_primary", "primary"),
    ("on_primary", "primary_hover"),
    ("primary", "selection"),
    ("text", "selection"),
    ("ok", "ok_tint"),
    ("warn", "warn_tint"),
    ("bad", "bad_tint"),
    ("ok", "surface"),
    ("bad", "surface"),
    ("warn", "surface"),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_has_the_contrast_of_wcag_1_4_3(theme, ink, ground):
    tokens = json.loads(resources.path("theme", "tokens.json").read_text(encoding="utf-8"))

    assert contrast(tokens[theme][ink], tokens[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("edge", ["edge", "focus"])
def test_edges_have_the_contrast_of_wcag_1_4_11(theme, edge):
    tokens = json.loads(resources.path("theme", "tokens.json").read_text(encoding="utf-8"))[theme]

    for ground in ("surface", "window"):
        assert contrast(tokens[edge], tokens[ground]) >= 3.0


@pytest.mark.parametrize(("ink", "ground"), [*TEXT_PAIRS, ("edge", "surface"), ("focus", "window")])
def test_high_contrast_has_the_contrast_of_wcag_1_4_6(ink, ground):
    tokens = json.loads(resources.path("theme", "tokens.json").read_text(encoding="utf-8"))

    assert contrast(tokens["contrast"][ink], tokens["contrast"][ground]) >= 7.0


def test_all_themes_have_the_same_tokens():
    tokens = json.loads(resources.path("theme", "tokens.json").read_text(encoding="utf-8"))

    assert set(tokens["light"]) == set(tokens["dark"]) == set(tokens["contrast"])
    for theme in ("light", "dark", "contrast", "customer"):
        assert all(re.fullmatch(r"#[0-9A-F]{6}", colour) for colour in tokens[theme].values())
