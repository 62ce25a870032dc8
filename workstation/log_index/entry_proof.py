"""What proves one entry, made anew from the file each time and told part by part."""

from collections.abc import Iterator, Sequence

from crypto.errors import LogTampered
from crypto.log.audit.anchors import read_anchors
from crypto.log.file.view import TreeView
from crypto.log.format.entry import LogEntry
from crypto.log.format.key_record import Kind, SignerRole, read_named_key
from crypto.log.format.note import NoteVerifier, SignatureLine
from workstation.log_index.entry_view import LogEntryView, ProofLine, ProofState
from workstation.log_index.read_entry import show_members
from workstation.log_index.row import LogRow

__all__ = ["show_entry"]

_MAX_AFTER = 20_000
"""How far behind an entry the first cosignature over it is looked for."""


def show_entry(view: TreeView, seq: int, witnesses: Sequence[NoteVerifier] = ()) -> LogEntryView:
    """Show an entry with its proof; an entry that is not what was signed shows its number only.

    Raises EntryMissing beyond the end, LogTampered when the head itself does not hold.
    """
    try:
        entry = view.entry(seq)
    except LogTampered as error:
        row = LogRow(seq=seq, time_ms=0, kind="", actor="", operation="", outcome="", reason="")
        bad = ProofLine("body", ProofState.BAD, error.reason)
        return LogEntryView(row, (), (), (bad,), view.size)
    return show_members(entry, tuple(_prove(view, entry, witnesses)), view.size)


def _prove(
    view: TreeView, entry: LogEntry, witnesses: Sequence[NoteVerifier]
) -> Iterator[ProofLine]:
    yield ProofLine("body", ProofState.GOOD, entry.leaf.hex())
    yield _link(view, entry)
    yield _inclusion(view, entry)
    yield _head(view)
    for line in entry.lines:
        yield _signature(view, entry, line)
    yield _cosignature(view, entry, witnesses)


def _link(view: TreeView, entry: LogEntry) -> ProofLine:
    if entry.header.prev is None:
        return ProofLine("link", ProofState.ABSENT)
    try:
        before = view.entry(entry.seq - 1).leaf
    except LogTampered as error:
        return ProofLine("link", ProofState.BAD, error.reason)
    state = ProofState.GOOD if before == entry.header.prev else ProofState.BAD
    return ProofLine("link", state, entry.header.prev.hex())


def _inclusion(view: TreeView, entry: LogEntry) -> ProofLine:
    try:
        proof = view.inclusion_proof(entry.seq, view.size)
    except LogTampered as error:
        return ProofLine("inclusion", ProofState.BAD, error.reason)
    return ProofLine("inclusion", ProofState.GOOD, f"{entry.seq} / {proof.size}")


def _head(view: TreeView) -> ProofLine:
    try:
        head = view.checkpoint(view.size)
    except LogTampered as error:
        return ProofLine("head", ProofState.BAD, error.reason)
    return ProofLine("head", ProofState.GOOD, f"{head.lines[0].name} · {head.root.hex()}")


def _signature(view: TreeView, entry: LogEntry, line: SignatureLine) -> ProofLine:
    key = _find_key(view, entry, line)
    if key is None:
        return ProofLine("signature", ProofState.BAD, f"{line.name} · unknown_signer")
    state = ProofState.GOOD if key.verifies(entry.note.text, line.signature) else ProofState.BAD
    return ProofLine("signature", state, line.name)


def _find_key(view: TreeView, entry: LogEntry, line: SignatureLine) -> NoteVerifier | None:
    """Return the key of a line, in force at the entry and brought by a proven one."""
    identity = (line.name, line.key_id)
    own = read_named_key(entry.kind, entry.data)
    if own is not None and own.identity == identity:
        # A key that this very entry brings, or ends, signs it as well.
        return own
    for record in view.key_records():
        last = view.size if record.to_seq is None else record.to_seq
        if record.verifier.identity != identity or not record.from_seq <= entry.seq <= last:
            continue
        if record.role is SignerRole.LOG:
            return record.verifier if record in view.chain else None
        bringing = view.entry(record.from_seq)
        brought = read_named_key(bringing.kind, bringing.data)
        if brought == record.verifier or bringing.kind == Kind.GENESIS:
            return record.verifier
    return None


def _cosignature(view: TreeView, entry: LogEntry, witnesses: Sequence[NoteVerifier]) -> ProofLine:
    """Find the first cosignature of a known witness over a head that covers the entry."""
    wanted = f'"type":"{Kind.ANCHOR_COSIG.value}"'.encode()
    for seq in view.find(wanted, entry.seq + 1, entry.seq + _MAX_AFTER) if witnesses else ():
        found = view.entry(seq)
        for anchor in read_anchors(found, lambda size: view.checkpoint(size).root, witnesses):
            if anchor.size > entry.seq:
                detail = f"{anchor.witness} · {anchor.size}"
                return ProofLine("cosignature", ProofState.GOOD, detail, anchor.time_s * 1000)
    return ProofLine("cosignature", ProofState.ABSENT)
