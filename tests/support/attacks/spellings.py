"""Entries that are no entries, or another key's, under a signature of the log's own key."""

from collections.abc import Callable
from dataclasses import replace

from crypto.log.format.entry import parse_entry
from crypto.log.format.note import Note
from tests.support.attacks.rewriting import Story, find, read_drafts, rebuild, rewrite
from tests.support.attacks.tampering import Change, Tampering
from tests.support.attacks.worked import Copy

__all__ = ["SPELLING_CLASSES"]


def _spelled(make: Callable[[bytes], bytes], at: Callable[[Story], int]) -> Change:
    """Have the log key sign other octets in the place of an entry."""

    def change(scene: Copy) -> int:
        place: list[int] = []

        def tell(story: Story) -> Story:
            place.append(at(story))
            draft = story[place[0]]
            text = make(parse_entry(draft.body).note.text)
            key = scene.worked.thief.log_keys[-1]
            body = Note(text, (key.sign_line(text),)).encode()
            story[place[0]] = replace(draft, was=None, body=body)
            return story

        rewrite(scene, tell)
        return place[0]

    return change


def _spliced(make: Callable[[bytes], bytes], kind: str, number: int) -> Change:
    """Have the log key sign another entry in the middle, and leave all others as they are."""

    def change(scene: Copy) -> int:
        bodies = scene.bodies()
        at = find(read_drafts(bodies), kind, number=number)
        text = make(parse_entry(bodies[at]).note.text)
        key = scene.worked.thief.log_keys[-1]
        bodies[at] = Note(text, (key.sign_line(text),)).encode()
        rebuild(scene, bodies)
        return at

    return change


def _last(story: Story) -> int:
    return len(story) - 1


def _swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def make(text: bytes) -> bytes:
        assert old in text, text
        return text.replace(old, new, 1)

    return make


def _unsorted(text: bytes) -> bytes:
    return b'{"v":1,' + text[1:].replace(b',"v":1}', b"}")


def _no_prev(text: bytes) -> bytes:
    at = text.index(b'"prev":"')
    return text[:at] + text[text.index(b'",', at) + 2 :]


_BEAT = b'{"anchored":0}'
_GROUP = "text signed by the log key"
_SPELLED = tuple(
    Tampering(_GROUP, name, _spelled(make, at), code)
    for name, make, at, code in (
        ("a blank", _swap(b'"v":1', b'"v": 1'), _last, "entry_malformed"),
        ("a member twice", _swap(b'"v":1', b'"v":1,"v":1'), _last, "entry_malformed"),
        ("a float", _swap(b'"v":1', b'"v":1.0'), _last, "entry_malformed"),
        (
            "a number beyond 2^53",
            _swap(b'"mono":', b'"mono":9007199254740993'),
            _last,
            "entry_malformed",
        ),
        (
            "letters taken apart",
            _swap(b'"v":1', '"v":1,"x":"и\u0306"'.encode()),
            _last,
            "entry_malformed",
        ),
        (
            "octets that are no UTF-8",
            _swap(b'"v":1', b'"v":1,"x":"\xff"'),
            _last,
            "entry_malformed",
        ),
        ("ends of lines of Windows", _swap(b"}\n", b"}\r\n"), _last, "entry_malformed"),
        (
            "fifty levels",
            _swap(b'"v":1', b'"v":1,"x":' + b"[" * 50 + b"]" * 50),
            _last,
            "entry_malformed",
        ),
        ("a member that is unknown", _swap(b'"v":1', b'"v":1,"x":1'), _last, "entry_malformed"),
        ("another version", _swap(b'"v":1', b'"v":2'), _last, "entry_malformed"),
        ("a number as text", _swap(b'"v":1', b'"v":"1"'), _last, "entry_malformed"),
        ("members in another order", _unsorted, _last, "entry_malformed"),
        ("two lines", _swap(b"}\n", b"}\n{}\n"), _last, "entry_malformed"),
        (
            "nine thousand octets",
            _swap(b'"v":1', b'"v":1,"x":"' + b"x" * 9000 + b'"'),
            _last,
            "entry_malformed",
        ),
        ("another log's entry", _swap(b"almaty1-ws07", b"almaty1-ws08"), _last, "origin"),
        ("another number", _swap(b'"seq":', b'"seq":9'), _last, "sequence"),
        ("no predecessor", _no_prev, _last, "entry_malformed"),
        (
            "in the middle, a blank",
            _swap(_BEAT, b'{"anchored": 0}'),
            lambda s: find(s, "heartbeat", number=9),
            "entry_malformed",
        ),
    )
)
SPELLING_CLASSES = (
    *_SPELLED,
    Tampering(
        _GROUP,
        "in the middle, other words",
        _spliced(_swap(_BEAT, b'{"anchored":7}'), "heartbeat", 9),
        "replaced",
    ),
    Tampering(
        _GROUP,
        "a teller's entry by the log",
        _spliced(lambda text: text, "verify.step", 3),
        "rule.no_session",
    ),
)
