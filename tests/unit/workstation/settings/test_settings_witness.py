"""The table `[witness]`: each witness by its key and one way to it."""

import pytest

from tests.support.station.log import witness
from tests.support.station.settings import demo_tables, production_tables, toml_of
from workstation.errors import SettingsRefused
from workstation.settings.settings import LoadedSettings, read_settings
from workstation.witness.peers import build_peers

VKEY = witness().verifier.vkey


def loaded(tmp_path, *peers, tables=demo_tables, **more):
    stated = {**tables(), "witness": {"peers": list(peers), **more}}
    return LoadedSettings(tmp_path, "", read_settings(toml_of(stated)))


def test_without_the_table_there_are_no_witnesses(tmp_path):
    stated = LoadedSettings(tmp_path, "", read_settings(toml_of(demo_tables())))

    assert build_peers(stated) == ()


def test_a_witness_is_reached_by_its_address_or_by_a_folder(tmp_path):
    stated = loaded(
        tmp_path, {"vkey": VKEY, "url": "http://ws08:8480"}, {"vkey": VKEY, "folder": "usb"}
    )

    over_network, by_folder = build_peers(stated)
    assert over_network.key == witness().verifier
    assert (over_network.post is None, over_network.folder) == (False, None)
    assert (by_folder.post, by_folder.folder) == (None, tmp_path / "usb")
    assert stated.values.witness.every_s == 60


@pytest.mark.parametrize("ways", [{}, {"url": "http://ws08:8480", "folder": "usb"}])
def test_a_witness_has_one_way(tmp_path, ways):
    with pytest.raises(SettingsRefused, match=r"\$.witness.peers\[0\]: either url or folder"):
        loaded(tmp_path, {"vkey": VKEY, **ways})


@pytest.mark.parametrize(
    ("peer", "place"),
    [
        ({"vkey": VKEY.replace("BC", "BD"), "folder": "x"}, r"\$.witness.peers\[0\].vkey"),
        ({"vkey": VKEY, "url": "ftp://somewhere"}, r"\$.witness.peers\[0\].url"),
        ({"vkey": VKEY, "url": "https://ws08", "tls_anchors": ["none.pem"]}, "tls_anchors"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path, peer, place):
    with pytest.raises(SettingsRefused, match=place):
        build_peers(loaded(tmp_path, peer))


def test_a_witness_in_production_is_another_machine(tmp_path):
    stated = loaded(tmp_path, {"vkey": VKEY, "url": "http://127.0.0.1:9"}, tables=production_tables)

    (peer,) = build_peers(stated)
    assert peer.post("/add-checkpoint", b"") is None
