"""The time-stamping service that a station's settings name."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from crypto.asn1 import oids
from crypto.cms.signed_data import SignedData
from crypto.cms.timestamp import TimestampInfo
from crypto.gost.kinds import GostKind, facts
from crypto.net.connection import Dialling
from crypto.net.url import HttpUrl
from crypto.revocation.context import ValidationContext
from crypto.tsp.client import TimestampService, request_timestamp
from workstation.settings.carriers import TimestampDigest, TimestampsTable
from workstation.settings.settings import LoadedSettings

__all__ = [
    "Timestamping",
    "TriedService",
    "build_service",
    "build_timestamping",
    "try_service",
]

_TRIED_OCTETS: Final = 32

_DIGESTS: Final = {
    TimestampDigest.SHA256: oids.SHA256,
    TimestampDigest.SHA512: oids.SHA512,
    TimestampDigest.STREEBOG256: facts(GostKind.GOST3410_2015_256).digest_oid,
    TimestampDigest.STREEBOG512: facts(GostKind.GOST3410_2015_512).digest_oid,
}


@dataclass(slots=True)
class Timestamping:
    """Who stamps the customers' signatures.

    by_carrier  a carrier with a service of its own is asked first; one that refuses is not asked
                again until the program starts anew, for the customer would type the PIN twice
    """

    service: TimestampService
    by_carrier: bool


@dataclass(frozen=True, slots=True)
class TriedService:
    """A time-stamp that counts here, asked for to see whether one can be had.

    authority  common name of who signed it
    ahead_s    by how many seconds its clock is ahead of ours; negative: behind
    """

    moment: datetime
    policy: str
    authority: str
    ahead_s: int


def try_service(
    service: TimestampService, create_context: Callable[[], ValidationContext]
) -> TriedService:
    """Have random octets stamped; TimestampFailed as of a signature."""
    token = request_timestamp(service, secrets.token_bytes(_TRIED_OCTETS), create_context)
    signed = SignedData.parse(token)
    info = TimestampInfo.parse(signed.content or b"")
    names = (
        each.subject.first(oids.COMMON_NAME)
        for each in signed.certificates
        if signed.signers[0].names(each)
    )
    ahead = info.moment - create_context().moment
    return TriedService(info.moment, info.policy, next(names, ""), round(ahead.total_seconds()))


def build_timestamping(loaded: LoadedSettings) -> Timestamping | None:
    """Return what `[timestamps]` names; None where the settings name nobody."""
    table = loaded.values.timestamps
    if table is msgspec.UNSET:
        return None
    return Timestamping(build_service(table, loaded.dialling), table.by_carrier)


def build_service(table: TimestampsTable, dialling: Dialling) -> TimestampService:
    """Return the service of a table; an address that is none raises as HttpUrl says."""
    return TimestampService(
        url=HttpUrl.parse(table.url),
        digest_oid=_DIGESTS[table.digest],
        policy_oid=table.policy,
        timeout_s=table.timeout_s,
        dialling=dialling,
    )
