"""Tampering with what leaves the station: permits and exports of the log."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from crypto.canonical_json import canonical_json
from crypto.jws import sign_jws
from crypto.log.format.checkpoint import Checkpoint
from crypto.log.format.note import Note, NoteSigner
from tests.support.attacks.tampering import Change, Tool, table
from tests.support.attacks.worked import Copy
from tests.support.station.log import private_key
from tests.support.station.permits import PermitLog, passed
from workstation.documents.permit import key_id
from workstation.documents.permit_claims import PermitClaims, PermitFacts
from workstation.rules.checks import CheckId

__all__ = ["LEAVING_CLASSES"]

_DIGEST = "ab" * 32
_ANOTHER = {"role": "customer", "present": True, "iin_commitment": _DIGEST}
_DAY_S = 86_400
_BUNDLE = "tile/entries/**/[0-9][0-9][0-9]"


# -- permits --------------------------------------------------------------------------------------


def _decode(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def _encode(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _token(make: Callable[[str], str]) -> Change:
    """Change the text of the newest permit."""

    def change(scene: Copy) -> None:
        scene.permit.write_text(make(scene.permit.read_text().strip()))

    return change


def _part(number: int, **members: object) -> Change:
    """Change header (0) or claims (1), and leave the signature as it is."""

    def make(token: str) -> str:
        parts = token.split(".")
        parts[number] = _encode(canonical_json({**_decode(parts[number]), **members}))
        return ".".join(parts)

    return _token(make)


def _signed(make: Callable[[Copy, dict[str, Any]], dict[str, Any]]) -> Change:
    """Sign other claims with the stolen permit key."""

    def change(scene: Copy) -> None:
        claims = _decode(scene.permit.read_text().split(".")[1])
        key = scene.worked.thief.permit_key
        payload, kid = canonical_json(make(scene, claims)), key_id(key.public_key())
        scene.permit.write_text(sign_jws(payload, key, kid=kid, typ="verification-permit+jwt"))

    return change


def _claims(**members: object) -> Change:
    return _signed(lambda _scene, claims: {**claims, **members})


def _without(check: str) -> Change:
    def make(_scene: Copy, claims: dict[str, Any]) -> dict[str, Any]:
        return {**claims, "checks": [e for e in claims["checks"] if e["check"] != check]}

    return _signed(make)


def _consent_only(_scene: Copy, claims: dict[str, Any]) -> dict[str, Any]:
    return {**claims, "checks": [msgspec.to_builtins(passed(CheckId.CONSENT))]}


def _longer(_scene: Copy, claims: dict[str, Any]) -> dict[str, Any]:
    return {**claims, "exp": claims["exp"] + 30 * _DAY_S}


def _of_another_permit(scene: Copy, claims: dict[str, Any]) -> dict[str, Any]:
    """Take the proof of the station's other permit."""
    others = [each for each in scene.permit.parent.glob("*.jws") if each != scene.permit]
    other = _decode(others[0].read_text().split(".")[1])
    return {**claims, **{name: other[name] for name in other if name.startswith("log_")}}


def _own_log(scene: Copy, claims: dict[str, Any]) -> dict[str, Any]:
    """Prove it by a log of one's own, signed under the station's name."""
    log = PermitLog(NoteSigner(scene.worked.origin, private_key(0x55)), entries=40)
    facts = {name: claims[name] for name in PermitFacts.__struct_fields__}
    whole: PermitClaims = log.permit(msgspec.convert(facts, PermitFacts))
    made: dict[str, Any] = msgspec.to_builtins(whole)
    return made


def _asked(*options: str) -> Change:
    """Show the honest permit for something else."""

    def change(scene: Copy) -> None:
        scene.permit_options = options

    return change


# -- exports --------------------------------------------------------------------------------------


def _part_of_export(name: str, make: Callable[[bytes], bytes | None]) -> Change:
    def change(scene: Copy) -> None:
        path = min(scene.export().glob(name))
        made = make(path.read_bytes())
        path.unlink() if made is None else path.write_bytes(made)

    return change


def _flip(octets: bytes) -> bytes:
    at = len(octets) // 2
    return octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1 :]


def _gone(_octets: bytes) -> None:
    return None


def _more(name: str) -> Change:
    def change(scene: Copy) -> None:
        path: Path = scene.export() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")

    return change


def _own_checkpoint(scene: Copy) -> None:
    """Sign another root under the log's name by a key of one's own."""
    path = scene.export() / "checkpoint"
    size = int(path.read_bytes().split(b"\n")[1])
    body = Checkpoint(scene.worked.origin, size, bytes(32)).body()
    key = NoteSigner(scene.worked.origin, private_key(0x55))
    path.write_bytes(Note(body, (key.sign_line(body),)).encode())


def _stolen_checkpoint(scene: Copy) -> None:
    """Sign another root with the stolen log key."""
    path = scene.export() / "checkpoint"
    size = int(path.read_bytes().split(b"\n")[1])
    body = Checkpoint(scene.worked.origin, size, bytes(32)).body()
    path.write_bytes(Note(body, (scene.worked.thief.log_keys[-1].sign_line(body),)).encode())


def _exchange_bundles(scene: Copy) -> None:
    one, other = sorted(each for each in scene.export().glob("tile/entries/**/*") if each.is_file())
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)


def _swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def make(octets: bytes) -> bytes:
        assert old in octets, old
        return octets.replace(old, new, 1)

    return make


_other_word = _swap(b'"anchored":0', b'"anchored":7')


def _first_twice(octets: bytes) -> bytes:
    return octets + octets.splitlines(keepends=True)[0]


LEAVING_CLASSES = (
    *table(
        "permits, without a key",
        ("another teller", _part(1, teller="T-0043"), "signature"),
        ("another operation", _part(1, operation_sha256=_DIGEST), "signature"),
        ("a later end", _part(1, exp=9_999_999_999), "signature"),
        ("no algorithm", _part(0, alg="none"), "alg"),
        ("another key's number", _part(0, kid="x"), "kid"),
        ("another type", _part(0, typ="JWT"), "typ"),
        ("a header more", _part(0, jku="https://mine.example"), "header"),
        ("a bit of its signature", _token(lambda token: token[:-4] + "AAAA"), "signature"),
        ("no signature", _token(lambda token: token.rpartition(".")[0] + "."), "form"),
        ("a part more", _token(lambda token: token + ".x"), "form"),
        ("padding", _token(lambda token: token + "="), "form"),
        ("nothing", _token(lambda _: ""), "form"),
        ("seventy thousand octets", _token(lambda token: token + "A" * 70_000), "larger than"),
        ("another audience", _asked("--audience", "other"), "audience"),
        ("another operation executed", _asked("--operation-sha256", _DIGEST), "operation"),
        ("too late", _asked("--moment", "2030-01-01T00:00:00Z"), "expired"),
        ("too early", _asked("--moment", "2020-01-01T00:00:00Z"), "future"),
        ("a second time", _asked("--redeem-twice"), "used"),
        tool=Tool.PERMIT_VERIFY,
    ),
    *table(
        "permits, with the permit key",
        ("consent alone", _signed(_consent_only), "claims"),
        ("without liveness", _without("liveness"), "claims"),
        ("without the match", _without("match"), "claims"),
        ("without the signature", _without("signature"), "claims"),
        ("of a refusal", _claims(verdict="rejected"), "claims"),
        ("of version two", _claims(v=2), "version"),
        ("for a month", _signed(_longer), "lifetime"),
        ("of another session", _claims(session="ab" * 16), "log"),
        ("under another number", _claims(jti="ab" * 16), "log"),
        ("of another teller", _claims(teller="T-0043"), "log"),
        ("of another customer", _claims(people=[_ANOTHER]), "log"),
        ("of another operation", _claims(operation_sha256=_DIGEST), "log"),
        ("of the demo profile", _claims(profile="demo"), "log"),
        ("with another permit's proof", _signed(_of_another_permit), "log"),
        ("without a proof", _claims(log_proof=[]), "log"),
        ("of a log of one's own", _signed(_own_log), "head"),
        tool=Tool.PERMIT_VERIFY,
    ),
    *table(
        "exports",
        ("the checkpoint's root", _own_checkpoint, "root"),
        ("the checkpoint's root by the log key", _stolen_checkpoint, "root"),
        ("the checkpoint's size", _part_of_export("checkpoint", _swap(b"\n2", b"\n1")), "missing"),
        ("a bit of the checkpoint", _part_of_export("checkpoint", _flip), "tree_signature"),
        ("no checkpoint", _part_of_export("checkpoint", _gone), "missing"),
        ("a tile of leaves", _part_of_export("tile/0/**/[0-9][0-9][0-9]", _flip), "leaf"),
        ("a tile of hashes", _part_of_export("tile/1/000.p/1", _flip), "tile"),
        ("a tile removed", _part_of_export("tile/0/**/[0-9][0-9][0-9]", _gone), "missing"),
        ("another word in an entry", _part_of_export(_BUNDLE, _other_word), "leaf"),
        ("entries removed", _part_of_export(_BUNDLE, _gone), "row"),
        ("entries exchanged", _exchange_bundles, "row"),
        ("a length", _part_of_export(_BUNDLE, lambda o: b"\xff" + o[1:]), "row"),
        ("a file more", _more("note.txt"), "not_a_log"),
        ("a charter more", _more("charter/000009.note"), "not_a_log"),
        ("a tile more", _more("tile/2/000"), "not_a_log"),
        ("a key left out", _part_of_export("vkeys", lambda o: o.partition(b"\n")[2]), "key_record"),
        ("a key more", _part_of_export("vkeys", _first_twice), "key_record"),
        ("a key's time", _part_of_export("vkeys", _swap(b" 0 ", b" 1 ")), "key_record"),
        ("a charter", _part_of_export("charter/*.note", _flip), "not_a_log"),
        tool=Tool.VERIFY_EXPORT,
    ),
)  # fmt: skip
