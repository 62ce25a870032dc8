"""Tampering with the released heads, and with what a killed process left, without any key."""

import hashlib
import shutil
from collections.abc import Callable, Sequence

from crypto.log.file.released import ReleasedMark
from crypto.log.format.checkpoint import Checkpoint
from crypto.log.format.note import NoteSigner
from tests.support.attacks.log_file import make_noise
from tests.support.attacks.tampering import Change, table
from tests.support.attacks.worked import Copy
from tests.support.station.log import private_key

__all__ = ["SIDE_CLASSES"]


# -- released heads -------------------------------------------------------------------------------


def _head_lines(make: Callable[[Copy, list[str]], Sequence[str]]) -> Change:
    def change(scene: Copy) -> None:
        lines = scene.heads.read_text().splitlines(keepends=True)
        scene.heads.write_text("".join(make(scene, lines)))

    return change


def _forge_line(scene: Copy, lines: list[str], *, size: int = 0) -> str:
    """Return a head under a key of one's own, in the place of the middle one."""
    parsed = ReleasedMark.parse(lines[len(lines) // 2].rstrip("\n"))
    key = NoteSigner(parsed.origin, private_key(0x51))
    head = Checkpoint(parsed.origin, size or parsed.size, hashlib.sha256(b"lie").digest())
    mark = ReleasedMark(head.origin, head.size, head.root, key.sign(head.body()))
    return f"{mark.line()}\n"


def _replace_middle(scene: Copy, lines: list[str]) -> list[str]:
    at = len(lines) // 2
    return [*lines[:at], _forge_line(scene, lines), *lines[at + 1 :]]


def _spoil_last(_scene: Copy, lines: list[str]) -> list[str]:
    return [*lines[:-1], lines[-1][:-12] + "AAAAAAAA" + lines[-1][-4:]]


def _spoil_middle(_scene: Copy, lines: list[str]) -> list[str]:
    at = len(lines) // 2
    return [*lines[:at], lines[at].replace("|", "!", 1), *lines[at + 1 :]]


def _other_origin(_scene: Copy, lines: list[str]) -> list[str]:
    return [each.replace("bank.kz/log/", "bank.kz/log/x", 1) for each in lines]


def _longer(scene: Copy, lines: list[str]) -> list[str]:
    return [*lines, _forge_line(scene, lines, size=len(scene.bodies()) + 40)]


# -- the write-ahead log of a process that was killed ---------------------------------------------


def _killed(make: Callable[[bytes], bytes | None], *, heads: bool = True) -> Change:
    """Put the files in place as a kill left them, with another write-ahead log."""

    def change(scene: Copy) -> None:
        killed = scene.worked.killed
        shutil.copytree(killed, scene.data, dirs_exist_ok=True)
        wal = scene.log.with_name(scene.log.name + "-wal")
        made = make(wal.read_bytes())
        if made is None:
            wal.unlink()
        else:
            wal.write_bytes(made)
        scene.log.with_name(scene.log.name + "-shm").unlink(missing_ok=True)
        if not heads:
            scene.heads.unlink()

    return change


def _flip(at: float) -> Callable[[bytes], bytes]:
    def make(octets: bytes) -> bytes:
        place = min(int(len(octets) * at), len(octets) - 1)
        return octets[:place] + bytes([octets[place] ^ 1]) + octets[place + 1 :]

    return make


SIDE_CLASSES = (
    *table(
        "released heads",
        ("removed", lambda scene: scene.heads.unlink(), "released_missing"),
        ("emptied", _head_lines(lambda *_: []), "released_missing"),
        (
            "their folder removed",
            lambda scene: shutil.rmtree(scene.heads.parent),
            "released_missing",
        ),
        ("the newest line's signature", _head_lines(_spoil_last), "released_signature"),
        ("a line in the middle", _head_lines(_spoil_middle), "log_tampered released_unreadable"),
        ("a line under a key of one's own", _head_lines(_replace_middle), "released_signature"),
        (
            "an old line behind the newest",
            _head_lines(lambda _, lines: [*lines, lines[3]]),
            "log_tampered released_order",
        ),
        (
            "lines in another order",
            _head_lines(lambda _, lines: lines[::-1]),
            "log_tampered released_order",
        ),
        (
            "a longer log's head under a key of one's own",
            _head_lines(_longer),
            "released_signature",
        ),
        ("those of another station", _head_lines(_other_origin), "released_missing"),
        (
            "a line without end",
            _head_lines(lambda _, lines: [*lines, "x" * 400]),
            "log_tampered released_unreadable",
        ),
    ),
    *table(
        "write-ahead log after a kill",
        ("an octet at its beginning", _killed(_flip(0.001)), "rolled_back"),
        ("an octet in its first frames", _killed(_flip(0.05)), "rolled_back"),
        ("an octet in its middle", _killed(_flip(0.5)), "rolled_back"),
        ("an octet in its last frame", _killed(_flip(1.0)), "rolled_back"),
        (
            "its last third cut off",
            _killed(lambda octets: octets[: len(octets) * 2 // 3]),
            "rolled_back",
        ),
        ("emptied", _killed(lambda _: b""), "rolled_back"),
        ("removed", _killed(lambda _: None), "rolled_back"),
        (
            "another salt",
            _killed(lambda octets: octets[:16] + bytes(8) + octets[24:]),
            "rolled_back",
        ),
        ("noise", _killed(lambda octets: make_noise(len(octets))), "rolled_back"),
        ("removed, heads too", _killed(lambda _: None, heads=False), "released_missing"),
    ),
)
