"""A pack holds whichever way a case ended: held, handed over, refused, or taken up by another."""

import json

import pytest

from resources import LANGUAGES
from resources.court.verify_pack import WORDS, Verified
from tests.support.court.ends import ENDS
from tests.support.court.packs import build
from tests.support.station.stations import Desk, a_site


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
