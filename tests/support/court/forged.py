"""Packs over a log that its writer would never write: whoever holds keys may sign anything."""

import base64
from collections.abc import Mapping, Sequence

import resources
from crypto.canonical_json import JsonValue, canonical_json
from crypto.log.format.checkpoint import Checkpoint
from crypto.log.format.entry import Header, LogEntry, seal_entry
from crypto.log.format.merkle import inclusion_path, range_root
from crypto.log.format.note import Note, NoteSigner
from resources.court.verify_pack import (
    ENTRY,
    HEAD,
    LANGUAGES,
    PERMIT_KEY,
    POLICY,
    PROOFS,
    RULES,
    TRUSTED,
    UNPROVEN,
    WORDS,
    parse_entry,
    timeline_parts,
)
from tests.support.station.log import ORIGIN, private_key
from workstation.court.archive import digest_parts, write_archive

__all__ = ["CASE", "ForgedLog"]

CASE = "ab" * 16
_BEGUN_MS = 1_790_000_000_000


class _Leaves:
    """The hashes of a tree of less than 256 leaves."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._leaves = leaves

    def nodes(self, _level: int, start: int, count: int) -> Sequence[bytes]:
        """Return leaf hashes; such a tree has no tiles."""
        return self._leaves[start : start + count]


class ForgedLog:
    """Entries signed by whom the test says, under today's rules, with the people enrolled."""

    def __init__(self) -> None:
        self.log_key = NoteSigner(ORIGIN, private_key(0x00))
        self.office = NoteSigner("bank.example/sup/ho", private_key(0x60))
        self.teller = NoteSigner("bank.example/op/t-0042", private_key(0x70))
        self.supervisor = NoteSigner("bank.example/op/s-0031", private_key(0x71))
        self.admins = tuple(
            NoteSigner(f"bank.example/op/adm-0{n}", private_key(0x72 + n)) for n in (1, 2)
        )
        self.session = NoteSigner("bank.example/ses/teller", private_key(0x20))
        self.entries: list[LogEntry] = []
        self.keys = [self.log_key]
        self.trusted = [self.office]
        genesis: dict[str, JsonValue] = {"rules": 2, "vkey": self.log_key.vkey}
        self.add("log.genesis", genesis, self.log_key, self.office)
        self.enrol(self.teller, "T-0042", "teller", self.office)
        self.enrol(self.supervisor, "S-0031", "supervisor", self.office)

    def add(
        self, kind: str, data: Mapping[str, JsonValue], *signers: NoteSigner, actor: str = ""
    ) -> LogEntry:
        """Add an entry with these signatures."""
        seq = len(self.entries)
        before = self.entries[-1].leaf if self.entries else None
        header = Header(ORIGIN, seq, before, _BEGUN_MS + seq * 1000, seq * 1000, "boot")
        self.entries.append(seal_entry(header, kind, data, actor=actor, signers=signers))
        return self.entries[-1]

    def enrol(self, key: NoteSigner, account: str, role: str, *by: NoteSigner) -> LogEntry:
        """Enrol a credential."""
        data = {"vkey": key.vkey, "id": account, "role": role}
        return self.add("key.enrol", data, self.keys[-1], *by)

    def open(self, *signers: NoteSigner, actor: str = "T-0042", role: str = "teller") -> LogEntry:
        """Open the session whose key is `session`."""
        data = {"ses": self.session.vkey, "actor": actor, "role": role}
        return self.add("session.open", data, *signers, actor=actor)

    def rotate(self, seed: int) -> NoteSigner:
        """Rotate the log's key."""
        new = NoteSigner(ORIGIN, private_key(seed))
        self.add("key.rotate", {"vkey": new.vkey}, self.keys[-1], new)
        self.keys.append(new)
        return new

    def act(
        self, kind: str, *, by: NoteSigner | None = None, actor: str = "T-0042", **data: JsonValue
    ) -> LogEntry:
        """Write an entry of the case."""
        return self.add(kind, {"case": CASE, **data}, by or self.session, actor=actor)

    def play(self, outcome: str = "rejected") -> LogEntry:
        """Write a whole case; return its result."""
        begin = self.act("verify.begin", operation="loan_issue")
        self.act("verify.step", step="consent.given")
        return self.act("verify.result", begin=begin.seq, outcome=outcome, checks=[])

    def pack(self, *without: int) -> bytes:
        """Return the pack of the case, without some entries of keys."""
        entries = [each for each in self.entries if each.seq not in without]
        steps = [each for each in entries if each.data.get("case") == CASE]
        parts = {ENTRY.format(each.seq): each.body for each in entries}
        leaves, size = _Leaves([each.leaf for each in self.entries]), len(self.entries)
        head = Checkpoint(ORIGIN, size, range_root(leaves, 0, size))
        signed = Note(head.body(), (self.keys[-1].sign_line(head.body()),))
        parts[HEAD] = signed.encode()
        paths: dict[str, JsonValue] = {
            str(each.seq): [
                base64.b64encode(node).decode() for node in inclusion_path(leaves, each.seq, size)
            ]
            for each in entries
        }
        parts[PROOFS] = canonical_json({"entries": paths, "heads": {}})
        parts[TRUSTED] = "".join(f"{each.vkey}\n" for each in self.trusted).encode()
        words: dict[str, JsonValue] = {each: {} for each in LANGUAGES}
        parts[WORDS] = canonical_json(words)
        shown = [parse_entry(ENTRY.format(each.seq), each.body) for each in steps]
        parts |= timeline_parts(shown, words)
        for name in UNPROVEN[:-1]:
            parts[name] = resources.path("court", name).read_bytes()
        missing = [POLICY, *RULES, "receipt.pdf"]
        permits = [each for each in steps if each.kind == "verify.permit"]
        missing += [f"permits/{each.data['jti']}.jws" for each in permits]
        missing += [PERMIT_KEY] if permits else []
        manifest: dict[str, JsonValue] = {
            "kind": "court-pack/1",
            "case": CASE,
            "number": steps[0].seq,
            "parts": dict(digest_parts(parts)),
            "missing": [{"part": name, "why": "no_file"} for name in missing],
            "withheld": [],
        }
        return write_archive({**parts, "manifest.json": canonical_json(manifest)})
