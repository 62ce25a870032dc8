"""The time-stamping service that a station's settings name."""

from dataclasses import dataclass
from typing import Final

import msgspec

from crypto.asn1 import oids
from crypto.gost.kinds import GostKind, facts
from crypto.net.connection import Dialling
from crypto.net.url import HttpUrl
from crypto.tsp.client import TimestampService
from workstation.settings.carriers import TimestampDigest, TimestampsTable
from workstation.settings.settings import LoadedSettings

__all__ = ["Timestamping", "build_service", "build_timestamping"]

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
