"""The charter pins every file that the settings name, but for those that are said not to be."""

import typing

import msgspec
import pytest

from tests.support.station.branch import Branch
from workstation.charter.contents import describe_station
from workstation.settings.fields import FilePath
from workstation.settings.settings import Settings, load_settings

NOT_PINNED = {
    "camera.path": "the recording of a demo",
    "carrier.token.module": "its vendor renews it",
    "authority.client.key": "a private key",
    "log.path": "written to",
    "log.released": "written to",
    "log.copies": "written to",
    "keys.path": "a folder",
    "keys.token.module": "its vendor renews it",
    "vault.path": "a folder",
    "permit.folder": "a folder",
    "witness.peers.folder": "a folder",
    "policy.path": "pinned as the policy",
    "policy.folder": "signed by whom the settings pin",
}
PINNED = {
    "authority.client.certificate",
    "authority.jws_keys.path",
    "authority.tls_anchors",
    "carrier.egov_qr.tls_anchors",
    "carrier.tls_anchors",
    "palm.jws_keys.path",
    "palm.tls_anchors",
    "registries.person_jws_keys.path",
    "registries.tls_anchors",
    "trust.anchors.path",
    "policy.signers.certificate",
    "trust.csca_anchors.path",
    "trust.csca_links",
    "trust.intermediates",
    "trust.timestamp_anchors.path",
    "trust.timestamp_intermediates",
    "video_identification.jws_keys.path",
    "video_identification.tls_anchors",
    "witness.peers.tls_anchors",
}


def file_places(table, place=""):
    """Yield the place of every field of the settings that names a file."""
    for name, hint in typing.get_type_hints(table, include_extras=True).items():
        yield from _places_of(hint, f"{place}{name}")


def _places_of(hint, place):
    if hint == FilePath:
        yield place
    elif isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield from file_places(hint, f"{place}.")
    else:
        for each in typing.get_args(hint):
            yield from _places_of(each, place)


def test_a_new_file_of_the_settings_is_pinned_or_said_not_to_be():
    assert {*file_places(Settings)} == PINNED | {*NOT_PINNED}


@pytest.fixture
def branch(tmp_path, monkeypatch):
    return Branch(tmp_path, monkeypatch).made()


def test_what_a_branch_trusts_is_pinned_by_its_paths(branch):
    loaded = load_settings(branch.data)
    trust = loaded.values.trust
    named = {each.path for each in describe_station(loaded).files}
    assert named >= {*(each.path for each in trust.anchors), *trust.intermediates}
    assert {"../gateway.pem"} < named


def test_models_of_the_stations_own_are_pinned_where_there_are_any(branch):
    loaded = load_settings(branch.data)
    assert "models.toml" not in {each.path for each in describe_station(loaded).files}
    (branch.data / "models.toml").write_bytes(b"")
    assert "models.toml" in {each.path for each in describe_station(loaded).files}
