"""The photos of a decided case, sealed until a draw has passed over it or somebody has looked.

They are kept of every case in the same way, before the result is written: neither time nor a file
tells at the decision whether it will be drawn.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from vision.results import PairOfEyes
from workstation.cases.case_sealer import CaseSealer
from workstation.cases.case_store import CaseStore, KeptCase, measure_case
from workstation.errors import CaseRefused
from workstation.rules.parties import PartyRole
from workstation.verification.people.sides import PersonSides

__all__ = ["LookFace", "forget_faces", "keep_faces", "open_faces", "open_looks"]

_FOLDER: Final = "looks"
_MOST_LOOKS: Final = 1000
"""Decisions between two draws: supervisors sign in each day."""

_log = logging.getLogger(__name__)
_Picture = Annotated[bytes, msgspec.Meta(max_length=8 << 20)]


class LookFace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Both pictures of one person as the screens showed them, and where the eyes are."""

    role: PartyRole
    photo: _Picture
    live: _Picture
    eyes: tuple[PairOfEyes, PairOfEyes] | None


class _LookContents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    v: Literal[1]
    faces: Annotated[tuple[LookFace, ...], msgspec.Meta(min_length=1, max_length=2)]


def open_looks(folder: Path, secret: bytes, origin: str) -> CaseStore:
    """Open the photos of decided cases in a data folder; none opens as a case that waits.

    secret, origin  as the sealer of cases takes them
    """
    sealer = CaseSealer(secret, f"{origin} {_FOLDER}")
    return CaseStore(folder / _FOLDER, sealer, origin, _MOST_LOOKS)


def keep_faces(
    store: CaseStore, case: str, number: int, sides: Mapping[PartyRole, PersonSides]
) -> None:
    """Seal both pictures of each person of a case; a full disk delays no decision.

    number  log index of the case's first entry
    """
    faces = tuple(
        LookFace(role, side.reference.picture, side.biometrics.probe_jpeg, side.biometrics.eyes)
        for role, side in sides.items()
    )
    try:
        store.keep(msgspec.json.encode(_LookContents(1, faces)), case, number)
    except CaseRefused as refused:
        _log.warning("photos of a decision not kept for a second look: %s", refused.detail)


def open_faces(store: CaseStore, case: str) -> tuple[LookFace, ...]:
    """Return the pictures of a case, none where they are gone or are not what was sealed."""
    for kept in _list_kept(store):
        if kept.case == case:
            try:
                octets = store.open(kept, measure_case(kept))
                return msgspec.json.decode(octets, type=_LookContents).faces
            except (CaseRefused, msgspec.MsgspecError, ValueError):
                _log.warning("photos of a decision that was drawn cannot be read")
    return ()


def forget_faces(store: CaseStore, but: frozenset[str] = frozenset()) -> None:
    """Erase the pictures of every case but of these."""
    for kept in _list_kept(store):
        if kept.case not in but:
            store.remove(kept)


def _list_kept(store: CaseStore) -> tuple[KeptCase, ...]:
    try:
        return store.list()
    except CaseRefused:
        return ()
