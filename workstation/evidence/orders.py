"""What two people order about sealed evidence: to hold it, to let it go again, to erase it.

The log demands the keys of head office or of two administrators for each of these entries
(crypto/log/file/signers.py); what an order may be about is decided here. An order names the payload
and the case's number, never the case's id: it is no step of the session.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from enum import StrEnum

from crypto.canonical_json import JsonValue
from crypto.errors import PayloadMissing
from crypto.log.file.store import LogStore
from crypto.log.file.view import TreeView
from crypto.log.format.key_record import Kind
from crypto.log.format.note import NoteSigner
from crypto.vault.payload_store import PayloadStore
from workstation.errors import ErasureRefused
from workstation.evidence.case_entries import CasePayload

__all__ = [
    "ErasureBasis",
    "find_erased",
    "find_erasure",
    "order_erasure",
    "order_hold",
    "read_holds",
    "require_erasable",
]

_MAX_ORDER = 200


class ErasureBasis(StrEnum):
    """Why sealed evidence is erased."""

    TERM_PAST = "term_past"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    COURT = "court"
    REGULATOR = "regulator"


def read_holds(view: TreeView) -> Mapping[str, int]:
    """Return the index of the entry that set each legal hold in force, by payload id."""
    holds: dict[str, int] = {}
    for seq in view.find(b'"type":"legal_hold.'):
        entry = view.entry(seq)
        pid = str(entry.data.get("pid"))
        if entry.kind == Kind.HOLD_SET:
            holds.setdefault(pid, seq)
        elif entry.kind == Kind.HOLD_LIFTED:
            holds.pop(pid, None)
    return holds


def find_erased(view: TreeView) -> frozenset[str]:
    """Return the ids of the payloads that were ordered to be erased."""
    found = view.find(f'"type":"{Kind.PAYLOAD_ERASE.value}"'.encode())
    return frozenset(str(view.entry(seq).data.get("pid")) for seq in found)


def find_erasure(view: TreeView, pid: str) -> int | None:
    """Return the index of the order by which a payload was erased; None without one."""
    for seq in view.find(f'"pid":"{pid}"'.encode()):
        if view.entry(seq).kind == Kind.PAYLOAD_ERASE:
            return seq
    return None


def require_erasable(view: TreeView, payload: CasePayload) -> None:
    """Raise ErasureRefused for what was never sealed, and for what a legal hold keeps."""
    if not payload.pid:
        raise ErasureRefused("nothing was sealed")
    held = read_holds(view).get(payload.pid)
    if held is not None:
        raise ErasureRefused(f"legal hold of entry {held}")


def order_erasure(
    log: LogStore,
    store: PayloadStore,
    payload: CasePayload,
    reason: tuple[ErasureBasis, str],
    signers: Sequence[NoteSigner],
) -> int:
    """Enter the order, then destroy keys and file; return the entry's index.

    reason   the basis, and the order's number or date: no personal data
    signers  head office's key, or two administrators' credentials

    When the vault cannot be written the order stands, and the next start carries it out. Raises
    KeyRefused, ErasureRefused, VaultUnwritable.
    """
    basis, order = reason
    data = {**_describe(payload, order), "basis": basis.value}
    index = log.append(Kind.PAYLOAD_ERASE, data, cosigners=signers).entry.seq
    # Where it was lost before, the order says why nobody looks for it any more.
    with suppress(PayloadMissing):
        store.erase(payload.pid)
    return index


def order_hold(
    log: LogStore, payload: CasePayload, order: str, signers: Sequence[NoteSigner], *, held: bool
) -> int:
    """Enter that evidence must be kept whatever its term, or no longer; return the entry's index.

    Raises KeyRefused, ErasureRefused for what was never sealed.
    """
    if not payload.pid:
        raise ErasureRefused("nothing was sealed")
    kind = Kind.HOLD_SET if held else Kind.HOLD_LIFTED
    return log.append(kind, _describe(payload, order), cosigners=signers).entry.seq


def _describe(payload: CasePayload, order: str) -> dict[str, JsonValue]:
    if not 0 < len(order) <= _MAX_ORDER or not order.isprintable():
        raise ErasureRefused("order: one line of at most 200 characters")
    return {"pid": payload.pid, "number": payload.begin.seq, "order": order}
