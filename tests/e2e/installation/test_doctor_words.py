"""`doctor` says everything at once, in the language that is asked for, with the step that helps."""

import re

import pytest

from tests.support.pki import certificates as pki
from tests.support.station.branch import Branch

PROSE = re.compile(r"\b(the|is|not|missing|must|there|of|and|what|warning|good|bad)\b")


@pytest.fixture
def spoilt(tmp_path, monkeypatch):
    """A station with holes of every kind."""
    branch = Branch(tmp_path, monkeypatch).made(lists=("rsa2020.crl",))
    branch.signs = False
    branch.set('audience = "core-banking"', 'audience = "other"')
    (branch.data / "../gateway.pem").write_bytes(b"no certificate")
    return branch


def plain(branch, language):
    result = branch.line.run("--language", language, "doctor", "--moment", pki.NOW.isoformat())
    assert result.exit_code == 4
    return result.stdout


@pytest.mark.parametrize(
    ("language", "last", "certificate"),
    [
        ("ru", "станция не готова", "не один целый сертификат"),
        ("kk", "станция дайын емес", "бір бүтін сертификат емес"),
    ],
)
def test_every_hole_is_told_at_once_in_words(spoilt, language, last, certificate):
    shown = plain(spoilt, language)
    words = " ".join(shown.split())
    assert certificate in words
    assert "gateway.pem" in words
    assert "http://crl.root.gov.kz/gost2015_2022.crl" in words
    assert "docs/install.md" in words
    assert last in " ".join(shown.splitlines()[-2:])
    without = re.sub(r"`[^`]+`|https?://\S+|\S+\.(md|pem|toml|cer)", "", shown)
    assert PROSE.findall(without) == []


def test_programs_read_codes_whatever_the_language(spoilt):
    moment = ("--moment", pki.NOW.isoformat())
    ru = spoilt.line.run("--language", "ru", "--json", "doctor", *moment).stdout
    en = spoilt.line.run("--language", "en", "--json", "doctor", *moment).stdout
    # The clock and how long the models took are others each time.
    same = [line for line in ru.splitlines() if line in en.splitlines()]
    assert len(same) >= len(ru.splitlines()) - 2
    assert "settings_refused $.registries.tls_anchors[0]: ../gateway.pem" in ru
