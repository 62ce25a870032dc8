"""Head office's list of its stations: whose permits core banking may execute.

Format: docs/formats/stations.md. A JWS of its own type, so that the key that cosigns logs cannot be
made to sign one unawares.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Literal, NoReturn

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from crypto.canonical_json import canonical_json
from crypto.errors import NoteMalformed
from crypto.jws import JwsKey, JwsRefused, sign_jws, verify_jws
from crypto.log.format.note import NoteVerifier
from crypto.strict_json import JsonRefused, strict_decoded
from workstation.documents.permit import CLOCK_TOLERANCE_S, key_id
from workstation.errors import PermitRefused

__all__ = [
    "MAX_LIST_BYTES",
    "ListedStation",
    "SignedStationList",
    "StationList",
    "StationState",
    "sign_station_list",
    "verify_station_list",
]

MAX_LIST_BYTES: Final = 4_194_304
_TYPE: Final = "station-list+jwt"

_Origin = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\s+]+\Z")]
_Thumbprint = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{43}\Z")]
_Vkey = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
_Seconds = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799)]


class StationState(StrEnum):
    """Whether a station's permits count; a replaced one never comes back under its origin."""

    ENROLLED = "enrolled"
    SUSPENDED = "suspended"
    REPLACED = "replaced"


class ListedStation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One log's origin, and the keys that are its station's.

    permit_keys  RFC 7638 thumbprints, as permits' `kid` names them
    log_keys     verifier keys of the log: the first one and what rotations brought
    """

    origin: _Origin
    state: StationState
    permit_keys: Annotated[tuple[_Thumbprint, ...], msgspec.Meta(max_length=20)]
    log_keys: Annotated[tuple[_Vkey, ...], msgspec.Meta(max_length=2_000)]

    def verifiers(self) -> tuple[NoteVerifier, ...]:
        """Return the log keys; PermitRefused(`stations`) for one that is none of this origin's."""
        try:
            keys = tuple(NoteVerifier.parse(each) for each in self.log_keys)
        except NoteMalformed:
            raise PermitRefused("stations") from None
        if any(each.name != self.origin for each in keys):
            _refuse("stations")
        return keys


class StationList(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every station of the bank at one time.

    number               grows with every list of one key
    issued, valid_until  seconds since the epoch
    """

    v: Literal[1]
    number: Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
    issued: _Seconds
    valid_until: _Seconds
    stations: Annotated[tuple[ListedStation, ...], msgspec.Meta(max_length=10_000)]


@dataclass(frozen=True, slots=True)
class SignedStationList:
    """A list whose signature was verified.

    signer  thumbprint of head office's key
    sha256  of the list's octets, hex: one number has one list
    """

    listed: StationList
    signer: str
    sha256: str

    def admit(self, origin: str, permit_key: str, moment: datetime) -> ListedStation:
        """Return the enrolled station of a log whose permits this key signs.

        Raises PermitRefused: `stations_stale` before or after the list's time, `unknown_station`,
        `suspended`, `replaced`, `station_key` for a key that is another's or nobody's.
        """
        now = moment.timestamp()
        if now >= self.listed.valid_until or self.listed.issued > now + CLOCK_TOLERANCE_S:
            _refuse("stations_stale")
        station = next((each for each in self.listed.stations if each.origin == origin), None)
        if station is None:
            _refuse("unknown_station")
        if station.state is not StationState.ENROLLED:
            _refuse(station.state.value)
        if permit_key not in station.permit_keys:
            _refuse("station_key")
        return station


def sign_station_list(listed: StationList, key: Ed25519PrivateKey) -> str:
    """Return the signed list; PermitRefused(`stations`) for one that `verify` would refuse."""
    _require_sound(listed)
    payload = canonical_json(msgspec.to_builtins(listed))
    signed = sign_jws(payload, key, kid=key_id(key.public_key()), typ=_TYPE)
    if len(signed) > MAX_LIST_BYTES:
        _refuse("stations")
    return signed


def verify_station_list(
    untrusted: str, head_office: Sequence[Ed25519PublicKey]
) -> SignedStationList:
    """Return a list that one of head office's keys signed; PermitRefused(`stations`)."""
    if len(untrusted) > MAX_LIST_BYTES or not untrusted.isascii():
        _refuse("stations")
    keys = [JwsKey(key_id(each), each) for each in head_office]
    try:
        genuine = verify_jws(untrusted, keys, typ=_TYPE)
        listed = strict_decoded(genuine.payload, StationList)
    except (JwsRefused, JsonRefused):
        raise PermitRefused("stations") from None
    if genuine.payload != canonical_json(msgspec.to_builtins(listed)):
        _refuse("stations")
    _require_sound(listed)
    digest = hashlib.sha256(genuine.payload).hexdigest()
    return SignedStationList(listed, genuine.key.kid, digest)


def _require_sound(listed: StationList) -> None:
    """Refuse a list that ends before it begins, or in which a name or a key stands twice."""
    if listed.issued >= listed.valid_until:
        _refuse("stations")
    origins = [each.origin for each in listed.stations]
    permit_keys = [key for each in listed.stations for key in each.permit_keys]
    log_keys = [key.public for each in listed.stations for key in each.verifiers()]
    # A key of two stations would let one of them speak for the other.
    for names in (origins, permit_keys, log_keys):
        if len(set(names)) != len(names):
            _refuse("stations")


def _refuse(detail: str) -> NoReturn:
    raise PermitRefused(detail)
