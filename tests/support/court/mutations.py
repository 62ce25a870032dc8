"""Court packs with one thing wrong, made by whoever can write any file but has no key.

Each mutation names the part that verifiers have to name. Most write the manifest anew, so that only
what the log proves can give them away.
"""

import base64
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from crypto.canonical_json import canonical_json
from crypto.log.format.note import Note, NoteSigner, parse_note
from tests.support.station.log import private_key
from workstation.court.archive import digest_parts, write_archive

__all__ = ["MUTATIONS", "Mutation", "read_parts"]

Parts = dict[str, bytes]
_ENTRY = "log/entries/{:012d}.entry"
STRANGER = private_key(0x21)


@dataclass(frozen=True)
class Mutation:
    """A way to spoil a pack: `make` returns its octets, `part` says which part they spoil."""

    name: str
    part: Callable[[Parts], str]
    make: Callable[[Parts], bytes]


def read_parts(pack: bytes) -> Parts:
    """Return the parts of a pack by name."""
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _reseal(parts: Parts, **changes: object) -> bytes:
    """Write the manifest anew over what the parts are now."""
    manifest = json.loads(parts["manifest.json"])
    rest = {name: octets for name, octets in parts.items() if name != "manifest.json"}
    manifest |= {"parts": digest_parts(rest), **changes}
    return write_archive({**rest, "manifest.json": canonical_json(manifest)})


def _find(parts: Parts, beginning: str, place: int = 0) -> str:
    return sorted(name for name in parts if name.startswith(beginning))[place]


def _step(parts: Parts, step: str) -> str:
    """Return the name of the entry that holds a step, or is of a kind."""
    marks = (f'"step":"{step}"'.encode(), f'"type":"{step}"'.encode())
    entries = sorted(name for name in parts if name.startswith("log/entries/"))
    return next(each for each in entries if any(mark in parts[each] for mark in marks))


def _named(name: str) -> Callable[[Parts], str]:
    return lambda _parts: name


def _flip(octets: bytes, at: int) -> bytes:
    return octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1 :]


def _replaced(
    name: Callable[[Parts], str], change: Callable[[bytes], bytes]
) -> Callable[[Parts], bytes]:
    """Return a mutation that changes one part and seals the manifest anew."""

    def make(parts: Parts) -> bytes:
        changed = name(parts)
        octets = change(parts[changed])
        assert octets != parts[changed], changed
        return _reseal({**parts, changed: octets})

    return make


def _without(name: Callable[[Parts], str]) -> Callable[[Parts], bytes]:
    def make(parts: Parts) -> bytes:
        gone = name(parts)
        return _reseal({each: octets for each, octets in parts.items() if each != gone})

    return make


def _entry(step: str) -> Callable[[Parts], str]:
    return lambda parts: _step(parts, step)


def _swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda octets: octets.replace(old, new, 1)


def _json(change: Callable[[dict[str, object]], object]) -> Callable[[bytes], bytes]:
    def make(octets: bytes) -> bytes:
        value = json.loads(octets)
        change(value)
        return canonical_json(value)

    return make


def _signed_by_stranger(body: bytes) -> bytes:
    """Sign an entry with a key of the same name that nobody brought."""
    note = parse_note(body)
    signer = NoteSigner(note.lines[0].name, STRANGER)
    return Note(note.text, (signer.sign_line(note.text), *note.lines[1:])).encode()


def _own_genesis(body: bytes) -> bytes:
    """Begin the log anew under a key of one's own."""
    note = parse_note(body)
    data = json.loads(note.text)
    signer = NoteSigner(note.lines[0].name, STRANGER)
    data["data"]["vkey"] = signer.vkey
    text = canonical_json(data) + b"\n"
    return Note(text, (signer.sign_line(text), *note.lines[1:])).encode()


def _signature_of_another(parts: Parts) -> bytes:
    one, other = _step(parts, "match"), _step(parts, "statement")
    text, _, _ = parts[one].rpartition(b"\n\n")
    _, _, lines = parts[other].rpartition(b"\n\n")
    return _reseal({**parts, one: text + b"\n\n" + lines})


def _spoil_path(kind: str) -> Callable[[bytes], bytes]:
    def change(proofs: dict[str, dict[str, list[str]]]) -> None:
        paths = proofs[kind]
        first = next(name for name in sorted(paths) if paths[name])
        paths[first][0] = base64.b64encode(bytes(32)).decode()

    return _json(change)  # type: ignore[arg-type] # proofs are read as they are written


def _forget_path(proofs: dict[str, object]) -> None:
    paths = proofs["entries"]
    assert isinstance(paths, dict)
    paths.pop(max(paths, key=int))


def _swap_photos(parts: Parts) -> bytes:
    reference, frame = _find(parts, "payload/reference"), _find(parts, "payload/frames/")
    return _reseal({**parts, reference: parts[frame]})


def _other_frame(parts: Parts) -> bytes:
    frame = _find(parts, "payload/frames/")
    octets = parts[frame] + b"\0"
    rest = {name: each for name, each in parts.items() if name != frame}
    return _reseal({**rest, _other_frame_name(parts): octets})


def _other_frame_name(parts: Parts) -> str:
    octets = parts[_find(parts, "payload/frames/")] + b"\0"
    return f"payload/frames/{sha256(octets).hexdigest()}.jpg"


def _other_root(note: bytes) -> bytes:
    lines = note.split(b"\n")
    lines[2] = base64.b64encode(bytes(32))
    return b"\n".join(lines)


def _without_payload(parts: Parts) -> bytes:
    gone = ("payload/opened.json", "payload/opening.json")
    rest = {name: octets for name, octets in parts.items() if name not in gone}
    return _reseal(rest, missing=[{"part": each, "why": "sealed_to_head_office"} for each in gone])


def _without_policy(parts: Parts) -> bytes:
    rest = {name: octets for name, octets in parts.items() if name != "rules/policy.toml"}
    return _reseal(rest, missing=[{"part": "rules/policy.toml", "why": "no_file"}])


def _twice(parts: Parts) -> bytes:
    written = io.BytesIO(write_archive(parts))
    with zipfile.ZipFile(written, "a") as archive:
        # zipfile warns of a name that is there; the archive is written all the same.
        info = zipfile.ZipInfo("words2json")
        archive.writestr(info, b"{}")
    return written.getvalue().replace(b"words2json", b"words.json")


def _deflated(parts: Parts) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts, key=lambda each: (each != "manifest.json", each)):
            archive.writestr(zipfile.ZipInfo(name), parts[name], zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _damaged(parts: Parts) -> bytes:
    pack = write_archive(parts)
    at = pack.index(parts["rules/policy.toml"])
    return _flip(pack, at + 100)


def _head(parts: Parts) -> str:
    return _find(parts, "log/heads/")


def _permit(parts: Parts) -> str:
    return next(name for name in sorted(parts) if name.endswith(".jws"))


def _list(parts: Parts) -> str:
    return _find(parts, "payload/lists/")


def _claims(change: Mapping[str, object]) -> Callable[[bytes], bytes]:
    def make(token: bytes) -> bytes:
        head, claims, signature = token.split(b".")
        stated = json.loads(base64.urlsafe_b64decode(claims + b"=="))
        coded = base64.urlsafe_b64encode(canonical_json({**stated, **change})).rstrip(b"=")
        return b".".join((head, coded, signature))

    return make


_RESULT, _BEGIN, _OPEN = _entry("verify.result"), _entry("verify.begin"), _entry("session.open")
_POLICY, _PROOFS, _OPENED = "rules/policy.toml", "log/proofs.json", "payload/opened.json"

MUTATIONS = (
    # -- the container
    Mutation("octets after the end", _named("pack"), lambda p: write_archive(p) + b"\0"),
    Mutation("octets before the beginning", _named("pack"), lambda p: b"\0" + write_archive(p)),
    Mutation("a part twice", _named("pack"), _twice),
    Mutation("compressed parts", _named("pack"), _deflated),
    Mutation("cut short", _named("pack"), lambda p: write_archive(p)[:-30]),
    Mutation("a flipped bit", _named(_POLICY), _damaged),
    # -- the manifest
    Mutation("another kind", _named("manifest.json"), lambda p: _reseal(p, kind="court-pack/2")),
    Mutation("another session", _named("manifest.json"), lambda p: _reseal(p, case="ab" * 16)),
    Mutation("another number", _named("manifest.json"), lambda p: _reseal(p, number=0)),
    Mutation(
        "a manifest with blanks",
        _named("manifest.json"),
        lambda p: write_archive({**p, "manifest.json": p["manifest.json"] + b" "}),
    ),
    Mutation(
        "a part that the manifest does not list",
        _named("note.txt"),
        lambda p: write_archive({**p, "note.txt": b"x"}),
    ),
    Mutation(
        "a part other than listed",
        _named("README.en.txt"),
        lambda p: write_archive({**p, "README.en.txt": b"x"}),
    ),
    Mutation(
        "a part listed and gone",
        _named(_POLICY),
        lambda p: write_archive({n: o for n, o in p.items() if n != _POLICY}),
    ),
    Mutation(
        "an unknown part of the log",
        _named("log/note.txt"),
        lambda p: _reseal({**p, "log/note.txt": b"x"}),
    ),
    Mutation("an unknown part", _named("note.txt"), lambda p: _reseal({**p, "note.txt": b"x"})),
    Mutation(
        "a part stated missing that is there",
        _named("receipt.pdf"),
        lambda p: _reseal(p, missing=[{"part": "receipt.pdf", "why": "no_file"}]),
    ),
    # -- entries
    Mutation("another teller", _BEGIN, _replaced(_BEGIN, _swap(b'"T-0042"', b'"T-0043"'))),
    Mutation(
        "another outcome",
        _RESULT,
        _replaced(_RESULT, _swap(b'"outcome":"approved"', b'"outcome":"rejected"')),
    ),
    Mutation(
        "an earlier time",
        _entry("consent.given"),
        _replaced(_entry("consent.given"), lambda b: b.replace(b'"t":1', b'"t":0', 1)),
    ),
    Mutation(
        "a blank in an entry",
        _entry("match"),
        _replaced(_entry("match"), _swap(b'"step":"match"', b'"step": "match"')),
    ),
    Mutation(
        "a member twice",
        _entry("match"),
        _replaced(_entry("match"), _swap(b'"step":', b'"step":"x","step":')),
    ),
    Mutation("a signature of another entry", _entry("match"), _signature_of_another),
    Mutation("signed by a stranger", _RESULT, _replaced(_RESULT, _signed_by_stranger)),
    Mutation("a session of a stranger", _OPEN, _replaced(_OPEN, _signed_by_stranger)),
    Mutation(
        "a log begun anew", _entry("log.genesis"), _replaced(_named(_ENTRY.format(0)), _own_genesis)
    ),
    Mutation("no first entry", _named(_ENTRY.format(0)), _without(_named(_ENTRY.format(0)))),
    Mutation("no opening of the session", _BEGIN, _without(_OPEN)),
    Mutation("a step left out", _entry("statement"), _without(_entry("statement"))),
    Mutation(
        "an entry under another number",
        _named(_ENTRY.format(900)),
        lambda p: _reseal({**p, _ENTRY.format(900): p[_step(p, "match")]}),
    ),
    Mutation(
        "a stranger under the first entry",
        _named(_ENTRY.format(0)),
        _replaced(
            _named("log/trusted.vkeys"),
            lambda _: NoteSigner("bank.example/sup/x", STRANGER).vkey.encode() + b"\n",
        ),
    ),
    # -- heads and proofs
    Mutation(
        "an older head",
        _named("log/head.note"),
        lambda p: _reseal({**p, "log/head.note": p[_head(p)]}),
    ),
    Mutation(
        "a head of more entries",
        _named("log/head.note"),
        _replaced(_named("log/head.note"), lambda b: b.replace(b"\n", b"\n9", 1)),
    ),
    Mutation(
        "a head with another signature",
        _named("log/head.note"),
        _replaced(_named("log/head.note"), lambda b: b[:-12] + b"A" * 8 + b[-4:]),
    ),
    Mutation("another path", _named(_PROOFS), _replaced(_named(_PROOFS), _spoil_path("entries"))),
    Mutation("a path left out", _named(_PROOFS), _replaced(_named(_PROOFS), _json(_forget_path))),
    Mutation("another growth", _head, _replaced(_named(_PROOFS), _spoil_path("heads"))),
    Mutation("an older head of another root", _head, _replaced(_head, _other_root)),
    # -- documents
    Mutation(
        "another policy", _named(_POLICY), _replaced(_named(_POLICY), _swap(b"press", b"draft"))
    ),
    Mutation(
        "another rule",
        _named("rules/rules.ru.txt"),
        _replaced(_named("rules/rules.ru.txt"), lambda b: b + "Правило отменено.\n".encode()),
    ),
    Mutation(
        "another timeline",
        _named("timeline.ru.txt"),
        _replaced(_named("timeline.ru.txt"), _swap(b"T-0042", b"T-0043")),
    ),
    Mutation(
        "another page of the timeline",
        _named("timeline.html"),
        _replaced(_named("timeline.html"), lambda b: b + b"<script>alert(1)</script>"),
    ),
    Mutation(
        "words with blanks",
        _named("words.json"),
        _replaced(_named("words.json"), lambda b: b + b"\n"),
    ),
    Mutation(
        "a rule cut short",
        _named("rules/rules.en.txt"),
        _replaced(_named("rules/rules.en.txt"), lambda b: b[:-12] + b"\n"),
    ),
    Mutation("an empty policy", _named(_POLICY), _replaced(_named(_POLICY), lambda _: b"")),
    Mutation("rules without their policy", _named("rules/rules.kk.txt"), _without_policy),
    Mutation("an empty permit", _permit, _replaced(_permit, lambda _: b"")),
    Mutation("another permit", _permit, _replaced(_permit, _claims({"teller": "T-0043"}))),
    Mutation("a permit of another entry", _permit, _replaced(_permit, _claims({"log_entry": "x"}))),
    Mutation(
        "a permit with another signature", _permit, _replaced(_permit, lambda b: b[:-6] + b"AAAAAA")
    ),
    Mutation("no permit", _permit, _without(_permit)),
    Mutation(
        "a permit key that is none",
        _named("permits/permit.pem"),
        _replaced(_named("permits/permit.pem"), lambda _: b"-----BEGIN\n?\n-----END\n"),
    ),
    # -- the payload
    Mutation(
        "another sealed payload",
        _named("payload/sealed.bin"),
        _replaced(_named("payload/sealed.bin"), lambda b: _flip(b, 40)),
    ),
    Mutation(
        "another name",
        _named(_OPENED),
        _replaced(_named(_OPENED), _swap("Тестов".encode(), "Иванов".encode())),
    ),
    Mutation(
        "another salt",
        _named(_OPENED),
        _replaced(
            _named("payload/opening.json"),
            lambda _: canonical_json({"salt": base64.b64encode(bytes(32)).decode()}),
        ),
    ),
    Mutation(
        "another statement",
        _named("payload/statement.txt"),
        _replaced(_named("payload/statement.txt"), lambda b: b + b"\n"),
    ),
    Mutation(
        "another signature of the customer",
        _named("payload/cms.p7s"),
        _replaced(_named("payload/cms.p7s"), lambda b: _flip(b, 200)),
    ),
    Mutation(
        "a frame in place of the reference", lambda p: _find(p, "payload/reference"), _swap_photos
    ),
    Mutation("another frame", _other_frame_name, _other_frame),
    Mutation("another revocation list", _list, _replaced(_list, lambda b: _flip(b, 60))),
    Mutation("no revocation list", _list, _without(_list)),
    Mutation("a statement without its payload", _named("payload/cms.p7s"), _without_payload),
    Mutation("no salt", _named("payload/opening.json"), _without(_named("payload/opening.json"))),
)
