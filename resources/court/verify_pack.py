"""Verify a court pack with nothing but Python's standard library (3.9 or later), offline.

Entries are held against signatures and the log's Merkle tree (RFC 6962, c2sp.org/signed-note), all
else against the entries; the first verifier key must come from elsewhere (enrolment/log.vkey).
--head: a tree head, or the text of a receipt's QR code. What is not proven: README.en.txt.
Exit codes: 0 verified; 1 sound, but only the pack itself vouches for its first key; 2 a part is
wrong (it is named); 3 not a pack, or wrong arguments.
"""

import argparse
import base64
import hashlib
import hmac
import html
import io
import json
import re
import sys
import zipfile
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

MAX_PACK, GIVEN, LANGUAGES = 256 << 20, "given head", ("kk", "ru", "en")
MANIFEST, HEAD, PROOFS = "manifest.json", "log/head.note", "log/proofs.json"
TRUSTED, POLICY, CHARTER = "log/trusted.vkeys", "rules/policy.toml", "charter/charter.note"
SEALED, OPENED, OPENING = "payload/sealed.bin", "payload/opened.json", "payload/opening.json"
PERMIT_KEY, WORDS, ENTRY = "permits/permit.pem", "words.json", "log/entries/{:012d}.entry"
TIMELINES = (*(f"timeline.{each}.txt" for each in LANGUAGES), "timeline.html")
RULES = tuple(f"rules/rules.{each}.txt" for each in LANGUAGES)
UNPROVEN = (*(f"README.{e}.txt" for e in LANGUAGES), "verify_pack.py", "verify.html", "receipt.pdf")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,3}")
SHOWN = "operation step check role outcome verdict profile status reason rule answer source way"
_PAGE = '<!doctype html><meta charset="utf-8"><style>pre{white-space:pre-wrap}</style>\n'
_FOUR_EYES = {"key.enrol", "key.revoke", "charter.change", "payload.erase", "log.close"}
_NAMES_KEY = dict.fromkeys(("key.rotate", "key.enrol", "key.revoke"), "vkey")
_NAMES_KEY.update(dict.fromkeys(("session.open", "session.close"), "ses"))


class Wrong(Exception):
    """A part of the pack is not what it must be: part, code."""


def need(condition, part, code):
    """Refuse the part unless the condition holds."""
    if not condition:
        raise Wrong(part, code)


# Ed25519 (RFC 8032, 5.1): edwards25519 in extended coordinates.
_P, _L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P


def _point(encoded):
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    x = x if (x * x - square) % _P == 0 else x * pow(2, (_P - 1) // 4, _P) % _P
    if y >= _P or (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


def _add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


_BASE = _point((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))


def ed25519(public, message, signature):
    """Return whether the signature over the message is this key's."""
    key, s = _point(public), int.from_bytes(signature[32:], "little")
    if len(public) != 32 or len(signature) != 64 or key is None or s >= _L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _L
    minus, total = (_P - key[0], key[1], 1, _P - key[3]), (0, 1, 1, 0)
    table = (None, _BASE, minus, _add(_BASE, minus))
    for bit in reversed(range(253)):  # s * base - h * key, both scalars in one pass
        total = _add(total, total)
        chosen = table[(s >> bit & 1) + 2 * (h >> bit & 1)]
        total = _add(total, chosen) if chosen else total
    inverse = pow(total[2], -1, _P)
    x, y = total[0] * inverse % _P, total[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


def sha256(octets):
    """Return the hex SHA-256."""
    return hashlib.sha256(octets).hexdigest()


def unbase64(text):
    """Decode RFC 4648 section 4 in its one spelling, else ValueError."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("base64")
    return raw


def parse_keys(text):
    """Return the verifier keys of a text, one a line, as (name, key id, type, public key)."""
    found = []
    for name, identity, blob in (line.split("+", 2) for line in text.split()):
        raw = unbase64(blob)
        if len(raw) != 33 or sha256(name.encode() + b"\n" + raw)[:8] != identity:
            raise ValueError("vkey")
        found.append((name, bytes.fromhex(identity), raw[0], raw[1:]))
    return found


def parse_note(body):
    """Return the text of a signed note and its lines as (name, key id, signature)."""
    text, separator, tail = body.decode().rpartition("\n\n")
    lines = [line.split(" ") for line in tail[:-1].split("\n")]
    found = [(name, unbase64(blob)[:4], unbase64(blob)[4:]) for _, name, blob in lines]
    sound = separator and tail[-1:] == "\n" and {dash for dash, _, _ in lines} == {"\u2014"}
    if not sound or not len({each[:2] for each in found}) == len(found) <= 64:
        raise ValueError("note")
    return f"{text}\n".encode(), found


def parse_head(note):
    """Return origin, size, root, signed text and lines of a tree head."""
    text, lines = parse_note(note)
    origin, size, root, rest = text.decode().split("\n")
    if rest or str(int(size)) != size or not 0 < int(size) < 2**53 or len(unbase64(root)) != 32:
        raise ValueError("head")
    return origin, int(size), unbase64(root), text, lines


def canonical(value):
    """Encode as canonical JSON (RFC 8785), of values without fractions."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def parse_json(octets):
    """Parse canonical JSON without fractions; any other spelling is ValueError."""
    value = json.loads(octets, parse_float=int, parse_constant=int)
    if canonical(value) != octets:
        raise ValueError("not canonical")
    return value


def read_zip(pack):
    """Return the parts by name: all stored, none twice, and not an octet between or around them."""
    need(len(pack) <= MAX_PACK and pack[:4] == b"PK\3\4", "pack", "not_a_pack")
    parts, length, damaged = {}, 22, "pack"
    try:
        archive = zipfile.ZipFile(io.BytesIO(pack))
        for info in archive.infolist():
            sound = _NAME.fullmatch(info.filename) and info.filename not in parts
            sound = sound and not (info.compress_type or info.flag_bits or info.extra)
            need(sound and info.header_offset == length - 22, "pack", "not_canonical")
            damaged = info.filename
            parts[damaged] = archive.read(info)
            length += 30 + len(damaged) + info.file_size
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError):
        raise Wrong(damaged, "damaged") from None
    need(length + sum(46 + len(name) for name in parts) == len(pack), "pack", "not_canonical")
    return parts


def node_hash(*parts):
    """Hash an entry as (00, entry), an inner node as (01, left, right)."""
    return hashlib.sha256(b"".join(parts)).digest()


# A path is folded from the root down (RFC 6962, 2.1.1 and 2.1.2) and used up.
def included_root(leaf, index, size, path):
    """Return the root to which the path leads from the leaf."""
    if size == 1:
        return leaf
    split, sibling = 1 << (size - 1).bit_length() - 1, path.pop()
    if index < split:
        return node_hash(b"\1", included_root(leaf, index, split, path), sibling)
    return node_hash(b"\1", sibling, included_root(leaf, index - split, size - split, path))


def consistent_roots(old, new, path, old_root):
    """Return the roots of the old and the new tree; `old_root` is None away from the left edge."""
    if old == new:
        return (path.pop(),) * 2 if old_root is None else (old_root, old_root)
    split, sibling = 1 << (new - 1).bit_length() - 1, path.pop()
    if old <= split:
        first, second = consistent_roots(old, split, path, old_root)
        return first, node_hash(b"\1", second, sibling)
    roots = consistent_roots(old - split, new - split, path, None)
    return tuple(node_hash(b"\1", sibling, each) for each in roots)


def parse_entry(part, body):
    """Return an entry as its octets state it."""
    text, lines = parse_note(body)
    stated = parse_json(text[:-1])
    e = SimpleNamespace(part=part, leaf=node_hash(b"\0", body), text=text, lines=lines)
    e.seq, e.time, e.kind, e.data = (stated[name] for name in ("seq", "t", "type", "data"))
    e.log, e.prev, e.actor = stated["log"], stated.get("prev"), stated.get("actor", "")
    types = [type(each) for each in (e.seq, e.time, e.kind, e.actor, e.data)]
    if types != [int, int, str, str, dict] or part != ENTRY.format(e.seq) or len(body) > 8192:
        raise ValueError("members")
    return e


def make_key(parsed, role, person="", duty=""):
    """Return a key: in which role, whose and with which duty."""
    key = SimpleNamespace(identity=parsed[:2], public=parsed[3], role=role, until=None)
    key.person, key.duty = person.casefold(), duty
    return key


class Keys:
    """The keys of the log, learnt from its entries in order (docs/formats/log.md, 1 and 2)."""

    def __init__(self, genesis, trusted):
        need(genesis.kind == "log.genesis", genesis.part, "not_genesis")
        self.first, self.rules = genesis.data["vkey"], genesis.data.get("rules", 1)
        self.logs = [make_key(parse_keys(self.first)[0], "log")]
        cosigned = [line[:2] for line in genesis.lines if "/op/" not in line[0]]
        people = [make_key(each, "office") for each in trusted if each[:2] in cosigned]
        self._known = {each.identity: each for each in (*self.logs, *people)}

    def take(self, entry):
        """Verify every signature of the next entry and whether its signers may sign it."""
        kind, named, signers = entry.kind, None, []
        ends = kind in ("session.close", "key.revoke")
        if kind in _NAMES_KEY:
            (parsed,) = parse_keys(entry.data[_NAMES_KEY[kind]])
            named = self._known.get(parsed[:2])
            need((named is not None) == ends, entry.part, "unknown_key" if ends else "key_known")
            role = {"session.open": "session", "key.rotate": "log"}.get(kind, "credential")
            person, duty = entry.data.get("id", entry.actor), entry.data.get("role", "")
            named = named or make_key(parsed, role, person, duty)
        for name, identity, signature in entry.lines:
            key = self._known.get((name, identity), named if kind == "key.rotate" else None)
            need(key and key.identity == (name, identity), entry.part, "unknown_signer")
            need(key.until is None, entry.part, "retired_key")
            need(ed25519(key.public, entry.text, signature), entry.part, "signature")
            signers.append(key)
        need(self._may_sign(entry, signers, named), entry.part, "wrong_signer")
        if kind == "key.rotate":
            self.logs[-1].until = entry.seq
            self.logs.append(named)
        if ends:
            named.until = entry.seq
        elif named:
            self._known[named.identity] = named

    def _may_sign(self, entry, signers, named):
        kind, old = entry.kind, [each for each in signers if each.identity in self._known]
        people = {(each.person, each.duty) for each in old if each.role == "credential"}
        log, office = (role in {each.role for each in old} for role in ("log", "office"))
        if kind == "session.close":
            return log or named in signers
        if (kind[:7] == "verify." and entry.actor != "log") or kind == "review":
            free = kind != "review" or entry.data.get("refused")
            who = [k for k in old if k.role == "session" and (free or k.duty == "supervisor")]
            return [k.person for k in who] == [entry.actor.casefold()] and not people
        if kind == "session.open":
            return log and (people == {(entry.actor.casefold(), named.duty)} or self.rules < 2)
        if kind in _FOUR_EYES:
            admins = sum(self.rules < 2 or duty == "admin" for _, duty in people)
            return log and (office or admins >= self.rules)
        ended = kind == "verify.result" and entry.data.get("reason", "")[:5] in ("inter", "case.")
        may = (kind[:7] != "verify." or ended) and office == (kind == "log.genesis")
        return log and may and not people

    def verify_head(self, part, head):
        """Refuse a head that the log key in force did not sign; a rotation's is the old key's."""
        key = next(each for each in self.logs if each.until is None or head[1] - 1 <= each.until)
        own = [line[2] for line in head[4] if line[:2] == key.identity]
        need(head[0] == key.identity[0] and own, part, "not_signed_by_the_log")
        need(ed25519(key.public, head[3], own[0]), part, "signature")


def timeline(entries, words):
    """Return the text of the timeline: a line an entry, and one for each check of the result."""
    lines = [words.get("court.title", ""), ""]

    def say(data):
        said = [(name, data.get(name)) for name in SHOWN.split()]
        said = [(name, code) for name, code in said if isinstance(code, str) and code]
        return " · ".join(words.get(f"{n}.{code}", words.get(code, code)) for n, code in said)

    for entry in entries:
        moment = datetime.fromtimestamp(entry.time // 1000, timezone(timedelta(hours=5)))
        stamp = f"{moment:%Y-%m-%d %H:%M:%S}.{entry.time % 1000:03d} +05:00"
        what = words.get(f"entry.{entry.kind}", entry.kind)
        what += f" · {say(entry.data)}" if say(entry.data) else ""
        lines.append(f"{entry.seq}  {stamp}  {entry.actor or '-'}  {what}")
        lines += [f"    {say(each)}" for each in entry.data.get("checks", [])]
    return "\n".join([*lines, ""])


def timeline_parts(entries, words):
    """Return every part of the timeline; `words` maps a language to the words of codes."""
    texts = [timeline(entries, words[each]) for each in LANGUAGES]
    page = _PAGE + "".join(f"<pre>{html.escape(each, quote=False)}</pre>\n" for each in texts)
    return dict(zip(TIMELINES, (each.encode() for each in (*texts, page))))


class Verified:
    """A pack held against itself and what was given: verifier keys as texts, a head as octets."""

    def __init__(self, pack, log_key="", trusted="", witness="", head=b""):
        self.given = log_key.strip(), parse_keys(trusted), parse_keys(witness), head
        self.notes, self.cosigned, self.parts, self._at = [], [], read_zip(pack), MANIFEST
        try:
            for name in ("manifest", "entries", "case", "heads", "documents", "payload", "missing"):
                getattr(self, f"_check_{name}")()
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            raise Wrong(self._at, "malformed") from None

    def _part(self, name):
        need(name in self.parts, name, "absent")
        self._at = name
        return self.parts[name]

    def _check_manifest(self):
        stated = parse_json(self._part(MANIFEST))
        need(stated["kind"] == "court-pack/1", MANIFEST, "version")
        self.case, self.number, listed = stated["case"], stated["number"], stated["parts"]
        self.missing = {each["part"]: each["why"] for each in stated["missing"]}
        self.withheld = [range(start, stop) for start, stop in stated["withheld"]]
        for name in sorted({*self.parts, *listed} - {MANIFEST}):
            need(name in listed, name, "not_in_manifest")
            need(listed[name] == sha256(self._part(name)), name, "digest")

    def _check_entries(self):
        names = sorted(name for name in self.parts if name.startswith("log/entries/"))
        self.entries = [parse_entry(name, self._part(name)) for name in names]
        need(names and names[0] == ENTRY.format(0), ENTRY.format(0), "absent")
        before, trusted = self.entries[0], parse_keys(self._part(TRUSTED).decode())
        need(self.given[0] in ("", before.data.get("vkey")), before.part, "other_log_key")
        need(not self.given[1] or set(trusted) <= set(self.given[1]), TRUSTED, "other_key")
        self.keys = Keys(before, trusted)
        for entry in self.entries:
            self._at = entry.part
            need(entry.log == self.keys.logs[0].identity[0], entry.part, "other_origin")
            self.keys.take(entry)
            linked = entry.seq != before.seq + 1 or unbase64(entry.prev) == before.leaf
            need(linked, entry.part, "prev")
            before = entry
        self.head = parse_head(self._part(HEAD))
        self.keys.verify_head(HEAD, self.head)
        need(before.seq < self.head[1], HEAD, "too_short")
        self.proofs = parse_json(self._part(PROOFS))
        for entry in self.entries:
            path = [unbase64(each) for each in self.proofs["entries"][str(entry.seq)]]
            root = included_root(entry.leaf, entry.seq, self.head[1], path)
            need(root == self.head[2] and not path, PROOFS, "not_under_the_head")

    def _check_case(self):
        self._at, self.result = MANIFEST, None
        self.steps = [each for each in self.entries if each.data.get("case") == self.case]
        self.begin, begins = self.steps[0], [e.seq for e in self.steps if e.kind == "verify.begin"]
        need(begins == [self.number] == [self.begin.seq], MANIFEST, "case")
        tellers, waits = [self.begin.actor.casefold()], False
        for entry in self.steps[1:]:
            kind, result, actor = entry.kind, self.result, entry.actor.casefold()
            freed = {"verify.permit": "outcome", "verify.hold": "shown"}.get(kind, "")
            need(bool(freed) == bool(result), entry.part, "order")
            self.result = entry if kind == "verify.result" else result
            said = result.data.get("hold", {}) if freed == "shown" else result and result.data
            granted = freed and (said.get(freed), entry.data.get("result"))
            need(granted in ("", ("approved", result and result.seq)), entry.part, "permit")
            tellers += [actor] * (waits and kind == "verify.step")
            waits = entry.data.get("step") == "parked" or (waits and actor == "log")
            review, last = kind == "review", actor in ("log", tellers[-1])
            right = entry.data.get("refused") or actor not in tellers if review else last
            need(right, entry.part, "another_person")
        for seq in range(self.number, self.steps[-1].seq):
            name, withheld = ENTRY.format(seq), any(seq in each for each in self.withheld)
            need((name in self.parts) != withheld, name, "absent")

    def _check_heads(self):
        heads = {name: self.parts[name] for name in self.parts if name.startswith("log/heads/")}
        receipt, _, note = self.given[3].partition(b"\n\n")
        receipt = receipt.decode().split("\n") if receipt.startswith(b"c2sp.org/tlog-proof") else []
        heads.update({GIVEN: note if receipt else self.given[3]} if self.given[3] else {})
        for name, octets in heads.items():
            self._at = name
            _, size, root, text, lines = head = parse_head(octets)
            self.keys.verify_head(name, head)
            if receipt and name == GIVEN:
                own = {str(each.seq): each.leaf for each in self.entries}.get(receipt[2][6:])
                need(own == unbase64(receipt[1][6:]), GIVEN, "other_entry")
            proven = name != GIVEN or size == self.head[1] or str(size) in self.proofs["heads"]
            self.notes += [] if proven else ["given_head_not_proven"]
            if proven:
                hashes = self.proofs["heads"][str(size)] if size != self.head[1] else []
                path = [unbase64(each) for each in hashes]
                roots = consistent_roots(size, self.head[1], path, root)
                need(roots == (root, self.head[2]) and not path, name, "not_of_this_log")
            for signer, identity, _, public in self.given[2]:
                for stamp in (each[2] for each in lines if each[:2] == (signer, identity)):
                    time = int.from_bytes(stamp[:8], "big")
                    message = f"cosignature/v1\ntime {time}\n".encode() + text
                    need(ed25519(public, message, stamp[8:]), name, "cosignature")
                    self.cosigned.append(f"{size} entries by {signer} at {time}")

    def _check_documents(self):
        own, charter = self.parts.get(POLICY), self.parts.get(CHARTER)
        need(own is None or sha256(own) == self.begin.data["policy_sha256"], POLICY, "other_policy")
        for name in RULES:
            lines = (b'"%b"' % each for each in self.parts.get(name, b"").split(b"\n") if each)
            need(all(line in (own or b"") for line in lines), name, "other_rules")
        opened = [e for e in self.entries if e.kind == "session.open" and e.seq < self.number]
        self.charter = opened[-1].data.get("charter")
        need(charter is None or sha256(charter) == self.charter, CHARTER, "other_charter")
        for name, octets in timeline_parts(self.steps, parse_json(self._part(WORDS))).items():
            need(self._part(name) == octets, name, "other_timeline")
        self.permits = [each for each in self.steps if each.kind == "verify.permit"]
        for entry in self.permits:
            self._at = entry.name = f"permits/{entry.data['jti']}.jws"
            signed, _, end = self.parts.get(entry.name, b"").decode().rpartition(".")
            if entry.name in self.parts:
                claims = parse_json(base64.urlsafe_b64decode(signed.partition(".")[2] + "=="))
                facts = {n: claims[n] for n in claims if n[:4] != "log_" or n == "log_index"}
                own = sha256(canonical(facts)) == entry.data["facts_sha256"]
                own = own and claims["log_entry"].encode() == self.parts[entry.part]
                need(own, entry.name, "other_permit")
            if {entry.name, PERMIT_KEY} <= set(self.parts):
                key = unbase64("".join(self._part(PERMIT_KEY).decode().split("\n")[1:-2]))
                end = base64.urlsafe_b64decode(end + "==")
                need(ed25519(key[-32:], signed.encode(), end), entry.name, "signature")

    def _check_payload(self):
        self.sealed, self.lists = (self.result.data.get("pl") if self.result else None) or {}, []
        sealed, plain = self.parts.get(SEALED), self.parts.get(OPENED)
        own = sealed is None or sha256(sealed) == unbase64(self.sealed.get("ct", "")).hex()
        need(own, SEALED, "other_payload")
        if plain is None:
            shown = sorted(n for n in self.parts if n.startswith("payload/") and n != SEALED)
            need(not shown, "".join(shown[:1]), "not_of_the_payload")
            return
        salt = unbase64(parse_json(self._part(OPENING))["salt"])
        bound = hmac.new(salt, b"tv-payload/v1\n" + plain, "sha256").digest()
        need(base64.b64encode(bound).decode() == self.sealed.get("cm"), OPENED, "other_payload")
        opened = json.loads(self._part(OPENED))
        looked = (opened["evidence"] or {}).get("manifest", {}).get("look_ups", [])
        self.lists = {digest for each in looked for _, digest in each["lists"]}
        iin = b"iin/v1\n" + bytes.fromhex(opened["salt"]) + opened["iin"].encode()
        need(sha256(iin) == self.begin.data.get("iin"), OPENED, "other_customer")
        for name in sorted(each for each in self.parts if each.startswith("payload/")):
            octets, stem = self._part(name), name.rpartition("/")[2].partition(".")[0]
            encoded = base64.b64encode(octets).decode()
            own = stem == sha256(octets) and (encoded.encode() in plain or stem in self.lists)
            own = own or opened.get(stem) in (encoded, octets.decode("utf-8", "replace"))
            need(own or name in (SEALED, OPENED, OPENING), name, "not_of_the_payload")

    def _check_missing(self):
        wanted = [*UNPROVEN, *RULES, POLICY, *(each.name for each in self.permits)]
        wanted += [PERMIT_KEY] * bool(self.permits) + [CHARTER] * bool(self.charter)
        wanted += [SEALED, OPENED, OPENING] * bool(self.sealed)
        wanted += [f"payload/lists/{each}" for each in self.lists]
        for name in sorted(wanted):
            need((name in self.parts) != (name in self.missing), name, "absent")
        known = {*wanted, MANIFEST, HEAD, PROOFS, TRUSTED, WORDS, *TIMELINES}
        for name in sorted(set(self.parts) - known):
            need(name.startswith(("log/entries/", "log/heads/", "payload/")), name, "unknown_part")
        self.notes += ["own_log_key"] * (not self.given[0]) + ["withheld"] * bool(self.withheld)
        self.notes += ["sessions_by_log_key_alone"] * (self.keys.rules < 2)
        self.notes += ["simulated"] * (self.begin.data.get("simulated") is True)


def main(arguments=None):
    """Verify the pack named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("pack", "--log-key", "--trusted", "--witness", "--head"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    parser.error = lambda message: parser.exit(3, f"{message}\n")
    asked = parser.parse_args(arguments)
    try:
        files = (asked.log_key, asked.trusted, asked.witness, asked.head)
        plain = [e.read_bytes().replace(b"\r", b"").strip() + b"\n" if e else b"" for e in files]
        verified = Verified(asked.pack.read_bytes(), *map(bytes.decode, plain[:3]), plain[3])
    except (OSError, ValueError) as error:
        parser.error(f"not verified: {error}")
    except Wrong as wrong:
        sys.stdout.write("WRONG {}: {}\n".format(*wrong.args))
        return 3 if wrong.args[1] == "not_a_pack" else 2
    said = ["VERIFIED case {} in {}, {} entries".format(verified.case, *verified.head[:2])]
    said += [f"first key: {verified.keys.first}", *map("cosigned: {}".format, verified.cosigned)]
    said += [f"missing: {name} ({why})" for name, why in verified.missing.items()]
    said += [f"note: {each}" for each in verified.notes]
    text = verified.parts[f"timeline.{asked.language}.txt"]
    sys.stdout.buffer.write("\n".join([*said, "", ""]).encode() + text)
    return 0 if verified.given[0] else 1


if __name__ == "__main__":
    sys.exit(main())
