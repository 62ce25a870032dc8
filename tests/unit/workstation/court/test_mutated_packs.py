"""The stand-alone verifier refuses a pack with one thing wrong, and names the part."""

import pytest

from resources.court.verify_pack import Verified, Wrong
from tests.support.court.mutations import MUTATIONS, read_parts
from tests.support.court.packs import build, play_session
from tests.support.station.stations import a_site


@pytest.fixture(scope="module", name="sound")
def sound_pack(tmp_path_factory):
    with a_site(tmp_path_factory.mktemp("court")) as site:
        pack = build(site, play_session(site))
        # More follows, so that the heads of the case are older ones.
        site.services.journal.log.append("heartbeat", {}, actor="")
        pack = build(site, pack.case)
        return read_parts(pack.octets), site.services.log_key.vkey


def test_there_are_forty_and_each_stands_once():
    assert len({each.name for each in MUTATIONS}) == len(MUTATIONS) >= 40


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: each.name)
def test_a_mutated_pack_is_refused_and_the_part_is_named(sound, mutation):
    parts, log_key = sound
    with pytest.raises(Wrong) as refused:
        Verified(mutation.make(dict(parts)), log_key)
    assert refused.value.args[0] == mutation.part(parts)
