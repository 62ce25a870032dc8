"""Octets kept by their hash, and packs at rest."""

import hashlib
import json

import pytest

from crypto.cms.evidence_pack import PackRefused
from workstation.records.pack_folder import StoredPack
from workstation.records.validation_data_archive import ArchiveUnwritable, ValidationDataArchive


def test_what_is_kept_comes_back_by_its_hash_and_is_written_once(tmp_path):
    archive = ValidationDataArchive(tmp_path / "a")
    digest = archive.keep(b"list")
    written = (tmp_path / "a" / digest).stat().st_mtime_ns
    assert archive.keep(b"list") == digest == hashlib.sha256(b"list").hexdigest()
    assert (tmp_path / "a" / digest).stat().st_mtime_ns == written
    assert archive.octets(digest) == b"list"
    assert [each.name for each in (tmp_path / "a").iterdir()] == [digest]


def test_a_changed_file_is_no_evidence(tmp_path):
    archive = ValidationDataArchive(tmp_path)
    digest = archive.keep(b"list")
    (tmp_path / digest).write_bytes(b"lisT")
    assert archive.holds(digest)
    assert archive.octets(digest) is None


@pytest.mark.parametrize("name", ["", "../x", "0" * 63, "G" * 64, "0" * 64])
def test_a_name_that_is_no_hash_of_anything_kept_is_nothing(tmp_path, name):
    (tmp_path.parent / "x").write_bytes(b"")
    assert ValidationDataArchive(tmp_path).octets(name) is None


def test_an_archive_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ArchiveUnwritable):
        ValidationDataArchive(tmp_path / "file").keep(b"x")


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{}",
        b'{"evidence":null}',
        b'{"evidence":{"manifest":{},"blobs":["!"]}}',
        '{"evidence":{"manifest":{},"blobs":["й"]}}'.encode(),
        b'{"evidence":{"manifest":{},"blobs":[]}}',
    ],
)
def test_a_file_that_is_no_payload_with_evidence_is_refused(tmp_path, payload):
    (tmp_path / "payload.json").write_bytes(payload)
    with pytest.raises(PackRefused):
        StoredPack(tmp_path / "payload.json", None)


def test_a_folder_without_a_manifest_is_no_pack(tmp_path):
    with pytest.raises(PackRefused):
        StoredPack(tmp_path, None)
    (tmp_path / "manifest.json").write_text(json.dumps({"version": 1}))
    with pytest.raises(PackRefused):
        StoredPack(tmp_path, None)
