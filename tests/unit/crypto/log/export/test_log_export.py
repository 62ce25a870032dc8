"""An export is the whole log: whoever has the first key verifies it without the database."""

import hashlib
import shutil
import zipfile
from contextlib import nullcontext

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.errors import LogExists, LogTampered, LogUnwritable
from crypto.log.audit.reader import LogReader
from crypto.log.export import places
from crypto.log.export.places import create_folder, create_zip, open_export
from crypto.log.export.tiles import (
    BUNDLE,
    Tiles,
    encode_bundle,
    list_paths,
    parse_bundle,
    tile_path,
)
from crypto.log.export.verify import verify_export
from crypto.log.export.write import write_export
from crypto.log.file.faults import AuditFinding, AuditStatus, LogFault
from crypto.log.file.released import ReleasedMark
from crypto.log.format.checkpoint import Checkpoint
from crypto.log.format.cosignature import Witness
from crypto.log.format.merkle import inclusion_path, leaf_hash, verify_inclusion
from crypto.log.format.note import NoteSigner
from tests.support.station.log import ORIGIN, LogSite, flip, vandalise, witness
from tests.support.station.log_audit import expectations, found

SIZE = 300


def cosign(site, store):
    """Have the witness cosign the newest head, and log it."""
    head = store.checkpoint()
    line = witness().cosign(head.checkpoint, time_s=1763807100).encode().decode().rstrip("\n")
    store.append("anchor.cosig", {"size": head.size, "lines": [line, "no line", 7]})
    return head.size


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A log of more than one tile, with a rotation, anchors and everything that is counted."""
    made = LogSite(tmp_path_factory.mktemp("exported"))
    made.fill(SIZE)
    with made.open() as store:
        new = NoteSigner(ORIGIN, Ed25519PrivateKey.generate())
        store.rotate(new)
        made.second_key = new
        made.clock.wall += 60_000
        store.append("heartbeat", {})
        made.anchored = cosign(made, store)
        store.append("payload.erase", {"pid": "p"}, signers=[made.supervisor])
        store.append("anchor.cosig", {"size": made.anchored, "lines": ["no line"]})
        store.append("anchor.cosig", {"size": 0, "lines": []})
    return made


def export(site, path, *, create=create_folder, **more):
    """Export the site's log."""
    with LogReader(site.path, site.log_key.vkey) as reader, create(path) as write:
        return write_export(reader, write, trusted=[site.supervisor.verifier], **more)


@pytest.fixture(scope="module")
def exported(site, tmp_path_factory):
    path = tmp_path_factory.mktemp("out") / "export"
    export(site, path)
    return path


@pytest.fixture
def copy(exported, tmp_path):
    return shutil.copytree(exported, tmp_path / "copy")


def verify(site, path, **changes):
    """Verify an export as an auditor who knows the first key."""
    return verify_export(path, expectations(site, **changes))


def test_a_path_is_the_one_of_the_specification():
    assert tile_path(0, 5) == "tile/0/005"
    assert tile_path(3, 1234067) == "tile/3/x001/x234/067"
    assert tile_path(BUNDLE, 273, 112) == "tile/entries/273.p/112"


def test_a_tree_of_70000_has_the_tiles_of_the_specification():
    found = list(list_paths(70_000))

    assert sum(level == 0 and width == 256 for level, _, width in found) == 273
    assert {(0, 273, 112), (1, 0, 256), (1, 1, 17), (2, 0, 1), (BUNDLE, 273, 112)} < set(found)
    assert len(found) == 2 * 274 + 2 + 1


def test_a_bundle_is_its_entries_each_after_its_length():
    assert encode_bundle([b"a", b"bc"]) == b"\0\1a\0\2bc"
    assert parse_bundle(b"\0\1a\0\2bc", 2) == [b"a", b"bc"]
    for damaged in (b"\0\1a\0\2b", b"\0\1a\0", b"\0\1a\0\2bcd"):
        with pytest.raises(ValueError, match="bundle"):
            parse_bundle(damaged, 2)


def test_an_export_passes_with_what_the_log_counts(site, exported):
    report = verify(site, exported, witnesses=(witness().verifier,))

    assert report.status is AuditStatus.PASSED
    assert report.anchored_size == site.anchored
    assert report.anchored_at_s == 1763807100
    assert report.anchored_by == (witness().verifier.name,)
    assert (report.heartbeats, len(report.erasures), len(report.boots)) == (1, 1, 1)
    assert len(report.clock_steps) == 1
    assert report.open_sessions == ()


def test_an_unknown_witness_anchors_nothing(site, exported):
    stranger = Witness("bank.example/witness/other", Ed25519PrivateKey.generate())
    report = verify(site, exported, witnesses=(stranger.verifier,))

    assert (report.status, report.anchored_size) == (AuditStatus.PASSED, 0)


def test_every_key_is_named_with_its_entries(site, exported):
    lines = (exported / "vkeys").read_text("utf-8").splitlines()

    assert lines[0] == f"log 0 302 {site.log_key.vkey}"
    assert f"enrolled 0 - {site.supervisor.vkey}" in lines
    assert f"session 1 301 {site.session_key.vkey}" in lines
    assert f"log 302 - {site.second_key.vkey}" in lines


def test_a_zip_holds_the_same_files_and_is_the_same_twice(site, exported, tmp_path):
    for name in ("one.zip", "two.zip"):
        export(site, tmp_path / name, create=create_zip)

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert verify(site, tmp_path / "one.zip").status is AuditStatus.PASSED
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        for name in archive.namelist():
            assert archive.read(name) == (exported / name).read_bytes()


def test_proofs_are_made_of_the_tiles(site, exported):
    report = verify(site, exported)
    tiles = Tiles(lambda name: (exported / name).read_bytes(), report.size)
    path = inclusion_path(tiles, 255, report.size)

    assert verify_inclusion(tiles.tile(0, 0)[255], 255, report.size, path, report.root)
    with pytest.raises(LogTampered):
        tiles.nodes(0, report.size, 1)


def test_lines_for_one_size_are_gathered(tmp_path):
    site = LogSite(tmp_path / "site")
    with site.create() as store:
        head = store.checkpoint()
        lines = [
            witness().cosign(head.checkpoint, time_s=time).encode().decode().rstrip("\n")
            for time in (1763807100, 1763807200)
        ]
        for line in lines:
            store.append("anchor.cosig", {"size": 1, "lines": [line]})
        store.append("anchor.cosig", {"size": True, "lines": 5})
    export(site, tmp_path / "out")

    text = (tmp_path / "out" / "cosigned").read_text("utf-8")
    assert lines[1] in text
    assert lines[0] not in text
    report = verify(site, tmp_path / "out", minimum_size=1, witnesses=(witness().verifier,))
    assert report.anchored_at_s == 1763807200


def test_progress_is_told_and_attachments_lie_beside(site, tmp_path):
    told = []
    export(
        site,
        tmp_path / "out",
        attachments={"charter/000001.note": b"text"},
        progress=lambda done, whole: told.append((done, whole)),
    )
    size = verify_export(
        tmp_path / "out", expectations(site), progress=lambda *each: told.append(each)
    ).size

    assert told == [(256, size), (256, size), (size, size)]
    assert (tmp_path / "out" / "charter" / "000001.note").read_bytes() == b"text"


def test_what_lies_beside_is_what_the_entries_lead_to_by_digest(tmp_path):
    def digest(text):
        return hashlib.sha256(text).hexdigest()

    first = b"of an earlier generation"
    second = f"after {digest(first)}".encode()
    third = b"of a change"
    site = LogSite(tmp_path / "site")
    site.genesis["charter"] = digest(second)
    with site.create() as log:
        log.append("charter.change", {"sha256": digest(third)})

    def verdict(name, *texts):
        named = {f"charter/{number:06}.note": text for number, text in enumerate(texts)}
        export(site, tmp_path / name, attachments=named)
        return verify(site, tmp_path / name, minimum_size=1).fault

    assert verdict("all", first, second, third) is None
    assert verdict("without the link", first, third) is LogFault.NOT_A_LOG
    assert verdict("another", first, second, b"mine") is LogFault.NOT_A_LOG


def test_a_log_of_whole_tiles_has_no_partial_bundle(tmp_path):
    site = LogSite(tmp_path / "site")
    site.fill(256)
    export(site, tmp_path / "out")

    assert not (tmp_path / "out/tile/entries/000.p").exists()
    assert verify(site, tmp_path / "out", minimum_size=256).status is AuditStatus.PASSED


@pytest.mark.parametrize(
    ("statement", "fault", "index"),
    [
        (flip("body", "entry", "seq = 20"), LogFault.ENTRY_MALFORMED, 20),
        ("UPDATE entry SET leaf = zeroblob(32) WHERE seq = 20", LogFault.LEAF, 20),
        ("DELETE FROM entry WHERE seq = 20", LogFault.SEQUENCE, 20),
    ],
)
def test_a_damaged_log_is_not_exported(site, tmp_path, statement, fault, index):
    bad = LogSite(tmp_path / "bad")
    shutil.copytree(site.path.parent, bad.path.parent, dirs_exist_ok=True)
    vandalise(bad.path, statement)

    with pytest.raises(LogTampered) as refused:
        export(bad, tmp_path / "out")
    assert (refused.value.reason, refused.value.index) == (fault, index)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad"]


def test_a_log_whose_root_is_another_is_not_exported(site, tmp_path):
    with LogReader(site.path, site.log_key.vkey) as reader, reader.snapshot() as view:
        view.size -= 1

        class Cut:
            def snapshot(self):
                return nullcontext(view)

        with pytest.raises(LogTampered) as refused, create_folder(tmp_path / "out") as write:
            write_export(Cut(), write, trusted=[site.supervisor.verifier])
    assert refused.value.reason == LogFault.ROOT


def replace(path, old, new):
    """Change octets of a file."""
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


def test_what_stands_there_is_never_overwritten(site, exported, tmp_path):
    (tmp_path / "there").mkdir()
    for create in (create_folder, create_zip):
        with pytest.raises(LogExists):
            export(site, tmp_path / "there", create=create)


@pytest.mark.parametrize("create", [create_folder, create_zip])
def test_a_disk_that_refuses_leaves_nothing(tmp_path, monkeypatch, create):
    def full(*_):
        raise OSError

    monkeypatch.setattr(places, "rename_durably", full)
    with pytest.raises(LogUnwritable), create(tmp_path / "out") as write:
        write("checkpoint", b"text")
    assert list(tmp_path.iterdir()) == []


def edit_entry(copy, seq, edit):
    """Change an entry of the export and put the changed leaf into the tile."""
    index, offset = divmod(seq, 256)
    path = next(p for p in (copy / "tile/entries").rglob("*") if p.is_file() and _at(p, index))
    width = 256 if path.parent.name == "entries" else int(path.name)
    bodies = parse_bundle(path.read_bytes(), width)
    bodies[offset] = edit(bodies[offset])
    path.write_bytes(encode_bundle(bodies))


def _at(path, index):
    return path.name == f"{index:03}" or path.parent.name == f"{index:03}.p"


def other_signature(note):
    """Change the last signature of a note."""
    head, _, line = note.rpartition(b" ")
    return head + b" " + line[:20] + (b"AA" if line[20:22] != b"AA" else b"BB") + line[22:]


def test_an_edited_entry_is_named(site, copy):
    edit_entry(copy, 270, lambda body: body.replace(b'"case":268', b'"case":269'))

    assert found(verify(site, copy)) == (LogFault.LEAF, 270)


def test_an_entry_that_is_none_is_named(site, copy):
    edit_entry(copy, 20, lambda body: body + b"x")

    assert found(verify(site, copy)) == (LogFault.ENTRY_MALFORMED, 20)


def test_an_entry_in_anothers_place_is_named(site, copy):
    bundle = copy / "tile/entries/000"
    bodies = parse_bundle(bundle.read_bytes(), 256)
    bodies[20], bodies[21] = bodies[21], bodies[20]
    bundle.write_bytes(encode_bundle(bodies))
    tile = copy / "tile/0/000"
    content = tile.read_bytes()
    tile.write_bytes(
        content[: 20 * 32]
        + content[21 * 32 : 22 * 32]
        + content[20 * 32 : 21 * 32]
        + content[672 + 32 :]
    )

    assert found(verify(site, copy)) == (LogFault.SEQUENCE, 20)


def test_a_signature_that_does_not_hold_is_named(site, copy):
    edit_entry(copy, 20, other_signature)
    tile = copy / "tile/0/000"
    content = bytearray(tile.read_bytes())
    body = parse_bundle((copy / "tile/entries/000").read_bytes(), 256)[20]
    content[640:672] = leaf_hash(body)
    tile.write_bytes(content)

    assert found(verify(site, copy)) == (LogFault.ENTRY_SIGNATURE, 20)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("checkpoint", LogFault.MISSING),
        ("vkeys", LogFault.MISSING),
        ("tile/0/000", LogFault.MISSING),
        ("tile/1/000.p/1", LogFault.MISSING),
    ],
)
def test_a_missing_file_is_a_fault(site, copy, name, fault):
    (copy / name).unlink()

    assert verify(site, copy).fault is fault


def test_a_missing_bundle_is_named(site, copy):
    (copy / "tile/entries/000").unlink()

    assert found(verify(site, copy)) == (LogFault.ROW, 0)


def test_a_tile_of_another_length_is_named(site, copy):
    (copy / "tile/0/000").write_bytes(b"short")

    assert found(verify(site, copy)) == (LogFault.TILE, 0)


def test_a_tile_above_the_leaves_is_compared(site, copy):
    (copy / "tile/1/000.p/1").write_bytes(bytes(32))

    assert found(verify(site, copy)) == (LogFault.TILE, 0)


def test_keys_that_the_entries_do_not_bring_are_a_fault(site, copy):
    replace(copy / "vkeys", b"session 1 ", b"session 2 ")

    assert verify(site, copy).fault is LogFault.KEY_RECORD


def test_a_file_that_is_not_of_the_log_is_a_fault(site, copy):
    (copy / "tile/0/001").write_bytes(bytes(8192))

    assert verify(site, copy).fault is LogFault.NOT_A_LOG


def test_a_file_beyond_all_bounds_is_not_read(site, copy):
    (copy / "checkpoint").write_bytes(bytes(2 << 20))

    assert verify(site, copy).fault is LogFault.NOT_A_LOG


def test_a_head_that_is_none_is_a_fault(site, copy):
    (copy / "checkpoint").write_bytes(b"nothing\n\n")

    assert verify(site, copy).fault is LogFault.NOT_A_LOG


def test_the_head_of_another_log_is_named_so(site, copy):
    replace(copy / "checkpoint", ORIGIN.encode(), b"bank.example/log/other/g1")

    assert verify(site, copy).fault is LogFault.ORIGIN


def test_a_head_of_nothing_is_a_fault(site, copy):
    size = verify(site, copy).size
    replace(copy / "checkpoint", f"\n{size}\n".encode(), b"\n0\n")

    assert verify(site, copy).fault is LogFault.ROOT


def test_a_head_that_the_log_did_not_sign_is_named(site, copy):
    size = verify(site, copy).size
    text, _, line = (copy / "checkpoint").read_text("utf-8").rpartition(" ")
    (copy / "checkpoint").write_text(
        f"{text} {line[:20]}{'AA' if line[20:22] != 'AA' else 'BB'}{line[22:]}",
        encoding="utf-8",
        newline="\n",
    )

    assert found(verify(site, copy)) == (LogFault.TREE_SIGNATURE, size - 1)


def test_a_cosigned_head_of_another_tree_is_a_fork(site, copy):
    note = (copy / "cosigned").read_text("utf-8").split("\n")
    note[2] = "A" * 43 + "="
    (copy / "cosigned").write_text("\n".join(note), encoding="utf-8", newline="\n")

    assert found(verify(site, copy)) == (LogFault.FORKED, site.anchored - 1)


def test_a_cosigned_head_that_is_longer_shows_a_rollback(site, copy):
    replace(copy / "cosigned", f"\n{site.anchored}\n".encode(), b"\n5000\n")

    assert verify(site, copy).fault is LogFault.ROLLED_BACK


def known_head(site, size, *, root=bytes(32), key=None, origin=ORIGIN):
    """Return a head of the log as it is known elsewhere."""
    signature = (key or site.log_key).sign(Checkpoint(origin, size, root).body())
    return ReleasedMark(origin, size, root, signature)


def test_heads_known_from_elsewhere_are_compared(site, exported):
    report = verify(site, exported)
    with LogReader(site.path, site.log_key.vkey) as reader, reader.snapshot() as view:
        root = view.checkpoint(20).root
    fork = known_head(site, 20)
    longer = known_head(site, report.size + 1, key=site.second_key)
    stranger = NoteSigner(ORIGIN, Ed25519PrivateKey.generate())

    assert verify(site, exported, released=(known_head(site, 20, root=root),)).fault is None
    assert found(verify(site, exported, released=(fork,))) == (LogFault.FORKED, 19)
    assert verify(site, exported, released=(longer,)).fault is LogFault.ROLLED_BACK
    assert verify(site, exported, minimum_size=report.size + 1).fault is LogFault.TOO_SHORT
    for size, of_root in ((20, bytes(32)), (20, root), (report.size + 1, root)):
        forged = known_head(site, size, root=of_root, key=stranger)
        assert verify(site, exported, released=(forged,)).fault is LogFault.RELEASED_SIGNATURE


def test_heads_of_another_log_are_passed_over(site, exported):
    other = known_head(site, 20, origin="bank.example/log/other/g1")

    assert verify(site, exported, released=(other,)).fault is None


class Rule:
    """Breaks at an entry or at the end."""

    findings = ()

    def __init__(self, at):
        self._at = at

    def check(self, entry):
        return AuditFinding("no_such_act", entry.seq) if entry.seq == self._at else None

    def finish(self):
        return AuditFinding("no_end", 7) if self._at == -1 else None


@pytest.mark.parametrize(
    ("at", "code", "index"), [(20, "no_such_act", 20), (-1, "no_end", 7), (9999, "", None)]
)
def test_the_rules_of_whoever_writes_are_asked(site, exported, at, code, index):
    report = verify(site, exported, rules=lambda: Rule(at))

    assert (report.rule, report.index, report.ruled) == (code, index, True)


def test_an_untrusted_cosigner_of_genesis_is_named(site, exported):
    assert found(verify(site, exported, trusted=())) == (LogFault.UNKNOWN_SIGNER, 0)


def test_what_is_not_there_or_no_export_is_said(site, tmp_path):
    assert verify(site, tmp_path / "none").fault is LogFault.MISSING
    (tmp_path / "file").write_bytes(b"no zip")
    assert verify(site, tmp_path / "file").fault is LogFault.NOT_A_LOG


def test_an_export_that_the_disk_does_not_give_is_indeterminate(site, tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError

    (tmp_path / "file").write_bytes(b"PK")
    monkeypatch.setattr(zipfile, "ZipFile", refuse)

    assert verify(site, tmp_path / "file").status is AuditStatus.INDETERMINATE


def test_a_zip_with_two_files_of_one_name_is_none(site, tmp_path):
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("checkpoint", b"a")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("checkpoint", b"b")

    assert verify(site, tmp_path / "two.zip").fault is LogFault.NOT_A_LOG


def test_a_damaged_file_of_a_zip_is_none(site, exported, tmp_path):
    export(site, tmp_path / "out.zip", create=create_zip)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        at = archive.getinfo("checkpoint").header_offset + 60
    content = bytearray((tmp_path / "out.zip").read_bytes())
    content[at : at + 8] = bytes(8)
    (tmp_path / "out.zip").write_bytes(content)

    assert verify(site, tmp_path / "out.zip").fault is LogFault.NOT_A_LOG


def test_a_file_that_is_not_in_the_zip_is_missing(site, tmp_path):
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass

    assert verify(site, tmp_path / "empty.zip").fault is LogFault.MISSING
    with open_export(tmp_path / "empty.zip") as source:
        assert list(source.names()) == []
