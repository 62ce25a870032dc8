"""The stand-alone verifier refuses a pack with one thing wrong, and names the part."""

import ast
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import resources
from resources.court.verify_pack import Verified, Wrong
from tests.support.court.mutations import MUTATIONS, read_parts
from tests.support.court.packs import build, play_session
from tests.support.station.stations import a_site
from workstation.court.archive import write_archive


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


def test_the_verifier_needs_python_3_9_and_its_standard_library_only():
    source = resources.path("court", "verify_pack.py").read_text("utf-8")
    tree = ast.parse(source, feature_version=(3, 9))
    imported = {
        (each.module if isinstance(each, ast.ImportFrom) else name.name) or ""
        for each in ast.walk(tree)
        if isinstance(each, (ast.Import, ast.ImportFrom))
        for name in each.names
    }
    assert imported <= sys.stdlib_module_names


def test_the_verifier_of_a_pack_says_by_its_exit_code_what_it_found(sound, tmp_path):
    parts, log_key = sound
    with zipfile.ZipFile(io.BytesIO(write_archive(parts))) as archive:
        program = Path(archive.extract("verify_pack.py", tmp_path))
    (tmp_path / "log.vkey").write_text(log_key)
    (tmp_path / "sound.zip").write_bytes(write_archive(parts))
    (tmp_path / "wrong.zip").write_bytes(write_archive({**parts, "README.en.txt": b"x"}))

    def run(*arguments: str) -> tuple[int, str]:
        # -I: nothing but the standard library can be found.
        command = [sys.executable, "-I", str(program), *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=60)
        return done.returncode, done.stdout.decode()

    code, said = run("sound.zip", "--log-key", "log.vkey", "--language", "kk")
    assert (code, said.splitlines()[0][:13]) == (0, "VERIFIED case")
    assert parts["timeline.kk.txt"].decode() in said
    head = parts["log/head.note"].strip().replace(b"\n", b"\r\n")
    (tmp_path / "scanned.txt").write_bytes(head)
    scanned = run("sound.zip", "--log-key", "log.vkey", "--head", "scanned.txt")
    assert scanned[0] == 0
    assert "given_head_not_proven" not in scanned[1]
    assert run("sound.zip")[0] == 1
    code, said = run("wrong.zip")
    assert (code, said.splitlines()) == (2, ["WRONG README.en.txt: digest"])
    assert run("log.vkey")[0] == run("absent.zip")[0] == run()[0] == 3
