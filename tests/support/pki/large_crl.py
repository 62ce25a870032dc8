"""Revocation lists as large as the published one, written octet by octet."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.gost.acceleration import find_acceleration
from crypto.gost.curves import TC26_512_A
from crypto.gost.signature import sign
from tests.support.pki.certificates import NOW, Holder, signature_oid, signer
from tests.support.pki.gost_world import GostHolder, stream

__all__ = ["PUBLISHED_ENTRIES", "LargeCrl", "gost_signature", "library_signature"]

PUBLISHED_ENTRIES = 422_065
"""Entries of the list НУЦ РК published in July 2026; 21.6 MB."""

_SINCE = datetime(2023, 7, 1, tzinfo=UTC)
_SECONDS = 90_000_000
Signature = tuple[bytes, Callable[[bytes], bytes]]
"""AlgorithmIdentifier and what signs."""


def gost_signature(holder: GostHolder) -> Signature:
    """Sign with 34.10-2015-512, hashing as fast as this computer can."""

    def signed(message: bytes) -> bytes:
        hasher = find_acceleration().streebog(512)
        hasher.update(message)
        return sign(TC26_512_A, holder.private.d, hasher.digest(), stream("large"))

    return w.algorithm(holder.private.signature_oid), signed


def library_signature(holder: Holder) -> Signature:
    """Sign with a key of `tests.support.pki.certificates`."""
    oid = signature_oid(holder.private)
    return w.algorithm(oid, with_null=oid == oids.SHA256_WITH_RSA), signer(holder.private)


@dataclass(frozen=True)
class LargeCrl:
    """The same entries for the same `count` and `seed`; serial numbers of 20 octets."""

    issuer: bytes
    count: int
    number: int = 10
    base: int | None = None
    also: tuple[tuple[int, int | None], ...] = ()
    seed: int = 1
    next_update: timedelta = timedelta(hours=27)

    def encode(self, signature: Signature) -> bytes:
        """Return the signed list."""
        algorithm, signed = signature
        tbs = w.sequence(
            w.integer(1),
            algorithm,
            self.issuer,
            w.utc_time(NOW - timedelta(hours=1)),
            w.utc_time(NOW + self.next_update),
            w.sequence(self._entries()),
            w.explicit(0, w.sequence(*self._extensions())),
        )
        return w.sequence(tbs, algorithm, w.bit_string(signed(tbs)))

    def serials(self) -> list[int]:
        """Return the serial numbers in the order of the list, those of `also` left out."""
        chance = random.Random(self.seed)
        return [chance.getrandbits(158) | 1 << 158 for _ in range(self.count)]

    def _entries(self) -> bytes:
        chance = random.Random(-self.seed)
        drawn = [(serial, chance.choice((1, 3, 4, 5, None))) for serial in self.serials()]
        reasons = {code: _reason(code) for code in (None, *range(11))}
        return b"".join(
            w.sequence(
                w.integer(serial),
                w.utc_time(_SINCE + timedelta(seconds=chance.randrange(_SECONDS))),
                reasons[reason],
            )
            for serial, reason in (*drawn, *self.also)
        )

    def _extensions(self) -> list[bytes]:
        found = [w.sequence(w.oid(oids.CRL_NUMBER), w.octet_string(w.integer(self.number)))]
        if self.base is not None:
            found.append(
                w.sequence(
                    w.oid(oids.DELTA_CRL_INDICATOR),
                    w.boolean(True),
                    w.octet_string(w.integer(self.base)),
                )
            )
        return found


def _reason(reason: int | None) -> bytes:
    if reason is None:
        return b""
    value = w.octet_string(w.tlv(0x0A, bytes((reason,))))
    return w.sequence(w.sequence(w.oid(oids.REASON_CODE), value))
