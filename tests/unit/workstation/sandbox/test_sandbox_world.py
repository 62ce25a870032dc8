"""The sandbox as a whole: where it may exist, what it tells, and that it ends."""

import hashlib
import socket
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crypto.jws import JwsKey
from tests.support.station.sandbox import MOMENT
from workstation.errors import SettingsRefused
from workstation.sandbox.world import Sandbox


def made(folder, profile="demo"):
    return Sandbox(folder, profile=profile, clock=lambda: MOMENT)


@pytest.mark.parametrize("profile", ["production", "prod", "", "Demo"])
def test_it_refuses_every_profile_but_demo_and_test_and_leaves_no_trace(tmp_path, profile):
    with pytest.raises(SettingsRefused) as refused:
        made(tmp_path, profile)
    assert refused.value.detail == "profile"
    assert list(tmp_path.iterdir()) == []


def test_the_endpoints_are_on_loopback_and_their_files_match_the_fingerprints(sandbox_folder):
    with made(sandbox_folder) as sandbox:
        found = sandbox.endpoints()
    for url in (
        found.ncalayer_url,
        found.egov_url,
        found.ocsp_url,
        *found.crl_urls,
        found.tsa_url,
        found.registries_url,
        found.persons_url,
    ):
        assert urlsplit(url).hostname == "127.0.0.1"
    roots = [hashlib.sha256(path.read_bytes()).hexdigest() for path in found.root_certificates]
    assert tuple(roots) == found.root_fingerprints
    hierarchies = sandbox.pki.hierarchies.values()
    assert [p.read_bytes() for p in found.root_certificates] == [h.root.der for h in hierarchies]
    assert [p.read_bytes() for p in found.nca_certificates] == [h.nca.der for h in hierarchies]
    assert [p.read_bytes() for p in found.tsa_certificates] == [h.tsa.der for h in hierarchies]
    assert found.tls_anchor.read_bytes() == sandbox.pki.tls_root.der
    assert found.csca_certificate.read_bytes() == sandbox.pki.csca.der
    assert found.csca_fingerprint == sandbox.pki.csca.parsed.sha256
    key = JwsKey.read("answers", found.answer_key.read_bytes())
    assert key.sha256 == found.answer_key_sha256


def test_a_folder_given_relative_is_the_same_one_for_whoever_reads_the_settings(
    sandbox_folder, monkeypatch
):
    monkeypatch.chdir(sandbox_folder.parent)
    with made(Path(sandbox_folder.name)) as sandbox:
        found = sandbox.endpoints()
        paths = (*found.root_certificates, *found.nca_certificates, found.tls_anchor)
    monkeypatch.chdir(sandbox_folder)
    assert [path.is_absolute() and path.is_file() for path in paths] == [True] * len(paths)


def test_closing_joins_every_thread_and_frees_every_port(sandbox_folder):
    before = set(threading.enumerate())
    with made(sandbox_folder) as sandbox:
        found = sandbox.endpoints()
        assert set(threading.enumerate()) > before
    assert set(threading.enumerate()) == before
    for url in (found.ncalayer_url, found.ocsp_url, found.registries_url, found.persons_url):
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", urlsplit(url).port), timeout=1)
    sandbox.close()


def test_two_sandboxes_live_side_by_side(sandbox_folder):
    with made(sandbox_folder) as one, made(sandbox_folder) as two:
        assert one.endpoints().root_fingerprints == two.endpoints().root_fingerprints
        assert one.endpoints().ocsp_url != two.endpoints().ocsp_url
        # What one has pinned, the other has not overwritten.
        assert one.endpoints().answer_key_sha256 == two.endpoints().answer_key_sha256


def test_a_start_that_fails_leaves_nothing_running(sandbox_folder):
    before = set(threading.enumerate())
    sandbox = made(sandbox_folder)
    sandbox.registries.start = _refuse
    with pytest.raises(OSError, match="no port"):
        sandbox.start()
    assert set(threading.enumerate()) == before


def _refuse():
    raise OSError("no port")


def test_addresses_exist_only_while_it_runs(sandbox_folder):
    sandbox = made(sandbox_folder)
    with pytest.raises(RuntimeError, match="not_started"):
        sandbox.endpoints()
