"""Everything that a step asks, finds or fails at has words in three languages."""

import re
from pathlib import Path

import pytest

import workstation.first_start as room
from crypto.net.exchange import Failure
from resources import LANGUAGES
from workstation.documents.texts import Texts
from workstation.first_start.answers import FIELDS
from workstation.first_start.folder import FolderState
from workstation.first_start.progress import SetUpStep

SOURCES = "".join(path.read_text() for path in Path(room.__path__[0]).glob("*.py"))
FOUND = re.findall(r'SetUpFinding\.make\(\s*[\w.]+,\s*"(\w+)"', SOURCES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_is_worded(language):
    texts = Texts(language)
    asked = [each for fields in FIELDS.values() for each in fields]
    codes = {f"set_up_field.{each.name}" for each in asked}
    codes |= {f"set_up_choice.{code}" for each in asked for code in each.choices}
    codes |= {f"set_up_{part}.{step}" for step in SetUpStep for part in ("title", "lead")}
    codes |= {f"set_up.{code}" for code in FOUND}
    codes |= {f"set_up.folder_{each}" for each in (FolderState.FOREIGN, FolderState.STATION)}
    codes |= {f"set_up.reach_{each}" for each in (*Failure, "address", "anchors", "foreign")}
    assert len(FOUND) > 15
    assert [code for code in sorted(codes) if not texts.has(code)] == []
