"""A log written anew by whoever has its keys: perfect as far as his keys go.

Every entry from the first change on is sealed again: numbers, hashes of predecessors, signatures,
session keys of his own, tree, tiles, heads of every commit, key records and released heads.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.errors import EntryMalformed
from crypto.log.file.released import ReleasedMark
from crypto.log.file.rows import tile_id
from crypto.log.file.signers import KeyRecord, SignerKeys, SignerRole
from crypto.log.format.checkpoint import Checkpoint
from crypto.log.format.entry import Header, LogEntry, parse_entry, seal_entry
from crypto.log.format.merkle import Frontier, leaf_hash
from crypto.log.format.note import NoteSigner
from tests.support.attacks.worked import Copy, Thief
from tests.support.station.log import vandalise
from workstation.records.keys import read_vkeys

__all__ = ["Draft", "case_of", "find", "find_first_sealed", "read_drafts", "rebuild", "rewrite"]

Story = list["Draft"]


@dataclass(frozen=True)
class Draft:
    """An entry to be written: as it stood, or changed.

    was      its number in the honest log; None for one that is invented
    by       names of its signers, in order
    """

    was: int | None
    kind: str
    data: Mapping[str, Any]
    actor: str
    header: Header
    by: tuple[str, ...]
    body: bytes = b""

    def change(self, **members: Any) -> "Draft":
        """Return the entry with other members in its data."""
        return replace(self, data={**self.data, **members}, body=b"")

    def copy(self, **changes: Any) -> "Draft":
        """Return another entry in the likeness of this one."""
        return replace(self, was=None, body=b"", **changes)


@dataclass
class _Forger:
    """What whoever rewrites the log signs with, and what he has not.

    credentials  those of accomplices; for all others he signs with a key of his own
    """

    thief: Thief
    accomplices: bool
    keys: list[NoteSigner] = field(default_factory=list)
    sessions: dict[str, NoteSigner] = field(default_factory=dict)

    def session(self, name: str) -> NoteSigner:
        """Return his own session key in the place of an honest one."""
        if name not in self.sessions:
            seed = hashlib.sha256(name.encode()).digest()
            own = f"{name.rpartition('/')[0]}/{seed.hex()[:10]}"
            self.sessions[name] = NoteSigner(own, Ed25519PrivateKey.from_private_bytes(seed))
        return self.sessions[name]

    def signers(self, draft: Draft) -> list[NoteSigner]:
        """Return the keys that sign an entry in the place of the honest ones."""
        found: list[NoteSigner] = []
        for name in draft.by:
            if name == self.thief.log_keys[0].name:
                found.append(self._log_key(draft, second=bool(found)))
            elif "/ses/" in name:
                found.append(self.session(name))
            elif self.accomplices and name in self.thief.credentials:
                found.append(self.thief.credentials[name])
            else:
                seed = hashlib.sha256(b"own" + name.encode()).digest()
                found.append(NoteSigner(name, Ed25519PrivateKey.from_private_bytes(seed)))
        return found

    def _log_key(self, draft: Draft, *, second: bool) -> NoteSigner:
        if second:
            return next(each for each in self.thief.log_keys if each.vkey == draft.data["vkey"])
        return self.keys[-1]


def read_drafts(bodies: Sequence[bytes]) -> Story:
    """Return the entries of a log as drafts."""
    return [_draft(seq, parse_entry(body)) for seq, body in enumerate(bodies)]


def _draft(seq: int, entry: LogEntry) -> Draft:
    names = tuple(line.name for line in entry.lines)
    return Draft(seq, entry.kind, entry.data, entry.actor, entry.header, names, entry.body)


def find(story: Story, kind: str, *, number: int = 0, **members: Any) -> int:
    """Return the place of an entry: of its kind, with these members; number -1 is the last."""
    found = [
        at
        for at, each in enumerate(story)
        if each.kind == kind and all(each.data.get(k) == v for k, v in members.items())
    ]
    return found[number]


def case_of(story: Story, *, number: int) -> list[int]:
    """Return the places of all entries of the `number`-th case."""
    begun = [each.data["case"] for each in story if each.kind == "verify.begin"]
    return [at for at, each in enumerate(story) if each.data.get("case") == begun[number]]


def rewrite(scene: Copy, change: Callable[[Story], Story], *, accomplices: bool = False) -> None:
    """Write the log and its released heads anew with a change."""
    story = _renumber_draws(change(read_drafts(scene.bodies())))
    rebuild(scene, _seal(scene, story, accomplices=accomplices))


def _renumber_draws(story: Story) -> Story:
    """Let draws of second looks, which the log's key alone signs, name the new numbers."""
    places = {each.was: at for at, each in enumerate(story) if each.was is not None}

    def moved(bound: int, most: int) -> int:
        return min((at for was, at in places.items() if was >= bound), default=most)

    told: Story = []
    for at, each in enumerate(story):
        if each.kind != "review.drawn":
            told.append(each)
            continue
        start, size = (moved(each.data[name], at) for name in ("start", "size"))
        drawn = [places[seq] for seq in each.data["drawn"] if seq in places]
        results = sum(
            one.kind == "verify.result" and one.actor != "log" for one in story[start:size]
        )
        facts = {"start": start, "size": size, "drawn": drawn, "results": results}
        same = all(each.data[name] == value for name, value in facts.items())
        told.append(each if same else each.change(**facts))
    return told


def _seal(scene: Copy, story: Story, *, accomplices: bool) -> list[bytes]:
    thief = scene.worked.thief
    forger = _Forger(thief, accomplices, [thief.log_keys[0]])
    places = {each.was: at for at, each in enumerate(story) if each.was is not None}
    signed: dict[str, int] = {}
    bodies: list[bytes] = []
    first = find_first_sealed(story)
    for seq, draft in enumerate(story):
        sealed = draft.body
        # A body that somebody gave stays as it is.
        if seq >= first and (draft.was is not None or not draft.body):
            data = _follow(draft, places, forger, signed)
            before = leaf_hash(bodies[-1]) if bodies else None
            header = replace(draft.header, seq=seq, prev=before)
            signers = forger.signers(draft)
            sealed = seal_entry(header, draft.kind, data, actor=draft.actor, signers=signers).body
        bodies.append(sealed)
        for name in draft.by:
            signed[name] = signed.get(name, 0) + 1
        if draft.kind == "key.rotate":
            forger.keys.append(forger.signers(draft)[-1])
    return bodies


def find_first_sealed(story: Story) -> int:
    """Return the first entry to be sealed anew: the opening of every session that goes on there.

    Whoever has not its key has to open that session again under a key of his own.
    """
    changed = (at for at, each in enumerate(story) if each.was != at or not each.body)
    first = next(changed, len(story))
    last = {name: at for at, each in enumerate(story) for name in each.by}
    for at in range(first - 1, -1, -1):
        if story[at].kind == "session.open" and at < first:
            name = story[at].data["ses"].split("+")[0]
            first = at if last.get(name, at) >= first else first
    return first


def _follow(
    draft: Draft, places: Mapping[int, int], forger: _Forger, signed: Mapping[str, int]
) -> dict[str, Any]:
    """Return the data with the numbers and session keys of the new history."""
    data = dict(draft.data)
    for member in ("begin", "result"):
        if isinstance(data.get(member), int):
            data[member] = places.get(data[member], data[member])
    if draft.kind in {"session.open", "session.close"}:
        name = data["ses"].split("+")[0]
        if draft.kind == "session.open" or name in forger.sessions:
            data["ses"] = forger.session(name).vkey
        if "n" in data:
            data["n"] = signed.get(name, 0)
    return data


def _parse(body: bytes) -> LogEntry | None:
    try:
        return parse_entry(body)
    except EntryMalformed:
        return None


def rebuild(scene: Copy, bodies: Sequence[bytes]) -> None:
    """Write rows, tiles, signed heads and key records over these entries, and release the heads."""
    thief = scene.worked.thief
    (office,) = read_vkeys(scene.data / "enrolment" / "trusted.vkeys")
    records = [
        KeyRecord(thief.log_keys[0].verifier, SignerRole.LOG, 0),
        KeyRecord(office, SignerRole.ENROLLED, 0),
    ]
    keys, in_force = SignerKeys(records, rules=2), thief.log_keys[0]
    frontier, marks = Frontier(), []
    changes: list[Any] = ["DELETE FROM entry", "DELETE FROM tile", "DELETE FROM keyrec"]
    for seq, body in enumerate(bodies):
        entry = _parse(body)
        if entry is not None:
            signers = [(line.name, line.key_id) for line in entry.lines]
            # What no honest log holds may end a key that it never brought.
            with suppress(KeyError):
                keys.apply(seq, entry.kind, entry.data, signers)
        frontier, tiles = frontier.push(leaf_hash(body))
        head = Checkpoint(in_force.name, seq + 1, frontier.root())
        signature = in_force.sign(head.body())
        row = (seq, body, leaf_hash(body), head.root, signature)
        changes.append(("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", row))
        for tile in tiles:
            place = (tile_id(tile.level, tile.index), tile.root)
            changes.append(("INSERT INTO tile VALUES (?, ?)", place))
        marks.append(ReleasedMark(head.origin, head.size, head.root, signature))
        if entry is not None and entry.kind == "key.rotate":
            # The head that ends with the rotation is the old key's.
            known = {each.vkey: each for each in thief.log_keys}
            in_force = known.get(str(entry.data["vkey"]), in_force)
    for record in keys.records:
        row = (record.verifier.vkey, record.role.value, record.from_seq, record.to_seq)
        insert = "INSERT INTO keyrec (vkey, role, from_seq, to_seq) VALUES (?, ?, ?, ?)"
        changes.append((insert, row))
    vandalise(scene.log, *changes)
    scene.heads.write_text("".join(f"{mark.line()}\n" for mark in marks))
