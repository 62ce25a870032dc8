"""The folder of charters: one numbered file each, none ever removed, with what it was made of.

000001.note            the charter, as it was signed
000001.settings.toml   the settings and the policy that it names by digest: a difference can then be
000001.policy.toml     said place by place; no policy where signers put policies in force
proposal.note        what one person signed and nobody has countersigned

Which charter is in force the log says, not this folder.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from crypto.files.durable import write_durably
from workstation.charter.document import MAX_CHARTER_BYTES, digest_note
from workstation.charter.signatures import SignedCharter, read_signed
from workstation.errors import CharterRefused
from workstation.rules.policy_file import MAX_POLICY_BYTES
from workstation.settings.toml_file import read_limited

__all__ = ["CHARTER_FOLDER", "CharterArchive"]

CHARTER_FOLDER: Final = "charter"
_PROPOSAL: Final = "proposal.note"
_MAX_NOTE: Final = 2 * MAX_CHARTER_BYTES


class CharterArchive:
    """The charters of one station. Nothing read here is believed before its digest or signers."""

    def __init__(self, folder: Path) -> None:
        """Look into the station's folder; nothing is read or created yet."""
        self._folder = folder / CHARTER_FOLDER

    def keep(self, signed: SignedCharter, settings: bytes, policy: bytes) -> None:
        """Write a charter and what it was made of, the charter last; a policy where it pins one."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        stem = _stem(signed.charter.number)
        write_durably(self._folder / f"{stem}.settings.toml", settings)
        if policy:
            write_durably(self._folder / f"{stem}.policy.toml", policy)
        write_durably(self._folder / f"{stem}.note", signed.octets)

    def find(self, sha256: str) -> SignedCharter:
        """Return the charter of this digest; CharterRefused(`missing`): it was removed or changed.

        Looks from the newest back: the one that is wanted is the last, or the one before it.
        """
        for octets in self._notes():
            if digest_note(octets) == sha256:
                return read_signed(octets)
        raise _missing(sha256)

    def chain(self, sha256: str) -> tuple[SignedCharter, ...]:
        """Return every charter up to the one of this digest, oldest first, each by its digest.

        A file that the chain does not name is not shown, whatever it is called; CharterRefused as
        `find`. Their signatures are not verified here.
        """
        kept = {digest_note(each): each for each in self._notes()}
        found: list[SignedCharter] = []
        wanted: str | None = sha256
        while wanted is not None:
            if wanted not in kept:
                raise _missing(wanted)
            # Taken out: no chain of digests leads back to itself, and none has two of one.
            found.append(read_signed(kept.pop(wanted)))
            wanted = found[-1].charter.previous
        return tuple(reversed(found))

    def attachments(self) -> dict[str, bytes]:
        """Return every charter as it was signed, by its name in an export of the log."""
        found = self.read_all()
        return {
            f"{CHARTER_FOLDER}/{_stem(each.charter.number)}.note": each.octets for each in found
        }

    def read_all(self) -> tuple[SignedCharter, ...]:
        """Return every charter that lies here, oldest first: for whoever holds the log beside it.

        Which of them the log names its reader asks; what is no charter is left out.
        """
        found = []
        for octets in self._notes():
            with suppress(CharterRefused):
                found.append(read_signed(octets))
        return tuple(reversed(found))

    def _notes(self) -> Iterator[bytes]:
        """Iterate over the files of charters, newest first."""
        for path in sorted(self._folder.glob("[0-9]*.note"), reverse=True):
            yield read_limited(path, _MAX_NOTE, CharterRefused)

    def sources(self, number: int) -> tuple[bytes, bytes]:
        """Return the settings and the policy that a charter was made of; empty when not there."""
        stem = _stem(number)
        found = []
        for name in (f"{stem}.settings.toml", f"{stem}.policy.toml"):
            path = self._folder / name
            there = path.is_file()
            found.append(read_limited(path, MAX_POLICY_BYTES, CharterRefused) if there else b"")
        return found[0], found[1]

    def propose(self, proposal: SignedCharter) -> None:
        """Keep a proposal in place of an earlier one."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        write_durably(self._folder / _PROPOSAL, proposal.octets)

    def proposal(self) -> SignedCharter | None:
        """Return the proposal that waits; None when there is none."""
        path = self._folder / _PROPOSAL
        if not path.is_file():
            return None
        return read_signed(read_limited(path, _MAX_NOTE, CharterRefused))

    def withdraw(self) -> None:
        """Remove the proposal, if there is one."""
        (self._folder / _PROPOSAL).unlink(missing_ok=True)


def _missing(sha256: str) -> CharterRefused:
    return CharterRefused(f"missing: no charter of digest {sha256[:16]} in {CHARTER_FOLDER}/")


def _stem(number: int) -> str:
    return f"{number:06d}"
