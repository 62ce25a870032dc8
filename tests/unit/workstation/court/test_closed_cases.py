"""A pack holds whichever way a case ended: held, handed over, refused, or taken up by another."""

import json
import re
from types import SimpleNamespace

import pytest

import resources
from resources import LANGUAGES
from resources.court.verify_pack import WORDS, Verified
from tests.support.court.ends import ENDS
from tests.support.court.packs import build
from tests.support.station.stations import Desk, a_site
from workstation.court.words import word_entries


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_a_pack_of_a_case_verifies_and_words_every_step(tmp_path, end):
    with a_site(tmp_path) as site:
        end(site, Desk(site))
        (result,) = site.results()
        pack = build(site, str(result["case"]))
        verified = Verified(pack.octets, site.services.log_key.vkey)
        assert verified.result.data == result
        words = json.loads(verified.parts[WORDS])
        steps = {
            f"step.{each.data['step']}" for each in verified.steps if each.kind == "verify.step"
        }
        assert all(steps <= set(words[each]) for each in LANGUAGES)


def test_every_step_that_a_case_may_have_is_worded():
    root = resources.path("..").resolve() / "workstation"
    code = "".join(path.read_text("utf-8") for path in root.rglob("*.py"))
    steps = set(re.findall(r'\b(?:Warn|Record)\(\s*"([a-z_.]+)"', code))
    steps |= set(re.findall(r'\bAdvance\(\s*\w+,\s*"([a-z_.]+)"', code))
    entries = [SimpleNamespace(kind="verify.step", data={"step": each}) for each in steps]

    assert len(steps) >= 25
    worded = word_entries(entries, {})
    assert {each for each in steps if f"step.{each}" not in worded["kk"]} == set()
