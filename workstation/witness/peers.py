"""The witnesses that the settings name, and the way to each: HTTP, or files in a folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from crypto.errors import LogError, NoteMalformed
from crypto.files.durable import write_durably
from crypto.log.audit.reader import LogReader
from crypto.log.file.view import TreeView
from crypto.log.format.checkpoint import Checkpoint, parse_size
from crypto.log.format.cosignature import COSIGNATURE, cosigned_at
from crypto.log.format.note import MAX_NOTE_BYTES, NoteVerifier, parse_note
from crypto.net.tls import AnchorsRefused, TlsContext, pinned_context
from crypto.net.url import HttpUrl, UrlRefused
from workstation.errors import SettingsRefused
from workstation.settings.certificate_files import certificate_files
from workstation.settings.settings import LoadedSettings
from workstation.settings.witness import WitnessPeerTable
from workstation.witness.ask import Post, WitnessOutcome, WitnessResult, ask_witness, http_post
from workstation.witness.requests import join_steps, plan_steps
from workstation.witness.witness import WitnessStatus

__all__ = ["WitnessPeer", "build_peers"]

_REQUEST: Final = "request"
_ANSWER: Final = "cosigned"
_REFUSED: Final = b"refused "


@dataclass(frozen=True, slots=True)
class WitnessPeer:
    """A witness by its key, and the way to it: one of `post` and `folder`."""

    key: NoteVerifier
    post: Post | None
    folder: Path | None

    def ask(self, reader: LogReader, known: int) -> WitnessResult:
        """Ask for a cosignature of the newest head; by a folder for that of an earlier request.

        known  the size that it cosigned last as far as we know
        """
        if self.post is not None:
            return ask_witness(reader, self.key, self.post, known)
        if self.folder is None or not self.folder.is_dir():
            return WitnessResult(self.key.name, WitnessOutcome.NO_ANSWER, 0)
        with reader.snapshot() as view:
            return _exchange_files(view, self.key, self.folder, known)


def build_peers(loaded: LoadedSettings) -> tuple[WitnessPeer, ...]:
    """Return the witnesses of `[witness]`; SettingsRefused names what cannot be used."""
    table = loaded.values.witness
    if table is msgspec.UNSET:
        return ()
    return tuple(
        _build(loaded, peer, f"$.witness.peers[{number}]", table.timeout_s)
        for number, peer in enumerate(table.peers)
    )


def _build(
    loaded: LoadedSettings, peer: WitnessPeerTable, place: str, timeout_s: int
) -> WitnessPeer:
    try:
        key = NoteVerifier.parse(peer.vkey, algorithm=COSIGNATURE)
    except NoteMalformed as malformed:
        raise SettingsRefused(f"{place}.vkey: no witness's key") from malformed
    if peer.url is msgspec.UNSET:
        folder = None if peer.folder is msgspec.UNSET else loaded.path(peer.folder)
        return WitnessPeer(key, None, folder)
    try:
        url = HttpUrl.parse(peer.url)
    except UrlRefused:
        raise SettingsRefused(f"{place}.url: the address cannot be used") from None
    tls = _tls(loaded, peer, place) if url.secure else None
    post = http_post(url, dialling=loaded.dialling, timeout_s=timeout_s, tls=tls)
    return WitnessPeer(key, post, None)


def _tls(loaded: LoadedSettings, peer: WitnessPeerTable, place: str) -> TlsContext:
    anchors = tuple(certificate_files(loaded.folder, f"{place}.tls_anchors", peer.tls_anchors))
    try:
        return pinned_context(anchors)
    except AnchorsRefused:
        raise SettingsRefused(f"{place}.tls_anchors: missing or unreadable") from None


def _exchange_files(
    view: TreeView, witness: NoteVerifier, folder: Path, known: int
) -> WitnessResult:
    """Read the answer to an earlier request, if one came, and write a request for the newest head.

    The files carry the log's name, so that one disk serves the stations of a branch.
    """
    origin = view.checkpoint(view.size).checkpoint.origin
    request = folder / f"{origin.replace('/', '_')}.{_REQUEST}"
    try:
        result = _read_answer(view, witness, request.with_name(f"{request.name}.{_ANSWER}"), known)
        seen = max(known, result.size if result.line else 0, result.theirs)
        if result.outcome not in {WitnessOutcome.FORKED, WitnessOutcome.ROLLED_BACK}:
            steps = join_steps(plan_steps(view, min(seen, view.size)))
            if not request.is_file() or request.read_bytes() != steps:
                write_durably(request, steps)
    except OSError:
        return WitnessResult(witness.name, WitnessOutcome.NO_ANSWER, view.size)
    return result


def _read_answer(view: TreeView, witness: NoteVerifier, answer: Path, known: int) -> WitnessResult:
    nothing = WitnessResult(witness.name, WitnessOutcome.NO_ANSWER, view.size)
    if not answer.is_file():
        return nothing
    with answer.open("rb") as file:
        untrusted = file.read(MAX_NOTE_BYTES)
    if untrusted.startswith(_REFUSED):
        return _read_refusal(view, witness, untrusted.split(b" ")[1:])
    try:
        note = parse_note(untrusted)
        head = Checkpoint.parse(note.text)
        if not known < head.size <= view.size or view.checkpoint(head.size).checkpoint != head:
            return nothing
    except (NoteMalformed, LogError):
        return WitnessResult(witness.name, WitnessOutcome.REFUSED, view.size)
    for line in note.lines:
        time_s = cosigned_at(head, line, witness)
        if time_s is not None:
            return WitnessResult(witness.name, WitnessOutcome.COSIGNED, head.size, line, time_s)
    return WitnessResult(witness.name, WitnessOutcome.REFUSED, view.size)


def _read_refusal(view: TreeView, witness: NoteVerifier, words: list[bytes]) -> WitnessResult:
    outcome, theirs = WitnessOutcome.REFUSED, 0
    if words[0] == b"%d" % WitnessStatus.UNPROCESSABLE:
        outcome = WitnessOutcome.FORKED
    elif words[0] == b"%d" % WitnessStatus.CONFLICT:
        try:
            theirs = parse_size(words[-1].decode("ascii").strip())
        except (UnicodeDecodeError, NoteMalformed):
            theirs = 0
        longer = theirs > view.size
        outcome = WitnessOutcome.ROLLED_BACK if longer else WitnessOutcome.NO_ANSWER
    return WitnessResult(witness.name, outcome, view.size, theirs=theirs)
