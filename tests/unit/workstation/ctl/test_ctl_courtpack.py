"""`courtpack`: what is refused before anything is packed, and what is no pack."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support.station.command_line import CommandLine
from workstation.ctl.failures import ExitCode


@pytest.fixture(name="station")
def initialised(tmp_path, monkeypatch):
    made = CommandLine(tmp_path, monkeypatch)
    assert made.init().exit_code == 0
    return made


@pytest.mark.parametrize("session", ["../etc", "-", "9" * 70, "12.5"])
def test_what_cannot_be_a_session_is_refused_and_leaves_no_file(station, tmp_path, session):
    out = tmp_path / "case.zip"
    result = station.run("courtpack", "build", "--out", str(out), "--", session)

    assert result.exit_code == ExitCode.INPUT
    assert "nothing_found" in result.stderr
    assert not out.exists()


def test_an_evidence_key_of_another_kind_is_refused(station, tmp_path):
    other, key = tmp_path / "other.key", Ed25519PrivateKey.generate()
    other.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    for file in (other, station.data / "policy.toml", tmp_path / "absent"):
        arguments = ("--out", str(tmp_path / "x.zip"), "--evidence-key", str(file))
        result = station.run("courtpack", "build", "0", *arguments)
        assert result.exit_code == ExitCode.INPUT
        assert "nothing_found" in result.stderr


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x03\x04", b"x" * 100])
def test_what_is_no_pack_is_said_to_be_none(station, tmp_path, content):
    file = tmp_path / "case.zip"
    file.write_bytes(content)
    result = station.run("courtpack", "verify", str(file))

    assert result.exit_code in {ExitCode.INPUT, ExitCode.INTEGRITY}
    assert "verdict: refused" in result.stdout
    assert "part: pack" in result.stdout


def test_a_verifier_key_that_is_none_is_wrong_input(station, tmp_path):
    key = tmp_path / "log.vkey"
    key.write_text("not a key")
    file = tmp_path / "case.zip"
    file.write_bytes(b"PK")
    for option in ("--trusted", "--witness"):
        result = station.run("courtpack", "verify", str(file), option, str(key))
        assert result.exit_code == ExitCode.INPUT
