"""Bringing revocation lists up to date: fetched or imported, verified, stored; health per address.

A branch without a network imports the same lists from files through `EvidenceStore.put`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crypto.errors import CryptoError
from crypto.pki.certificate import Certificate
from crypto.pki.evidence import EvidenceStore, ListRefused
from crypto.pki.fetch import Fetcher
from crypto.pki.list_check import Judging
from crypto.pki.report import milliseconds

__all__ = ["ListAddress", "ListHealth", "update_lists"]


@dataclass(frozen=True, slots=True)
class ListAddress:
    """Where a list (full or delta) is published, and the CAs one of which must have signed it."""

    issuers: tuple[Certificate, ...]
    url: str


@dataclass(frozen=True, slots=True)
class ListHealth:
    """Outcome for one address: code `updated` or the error's code; next_update_ms 0 if unknown."""

    url: str
    code: str
    detail: str
    next_update_ms: int


def update_lists(
    addresses: Sequence[ListAddress], fetcher: Fetcher, store: EvidenceStore, judging: Judging
) -> tuple[ListHealth, ...]:
    """Fetch every address in order; one that fails is reported and changes nothing."""
    return tuple(_update(address, fetcher, store, judging) for address in addresses)


def _update(
    address: ListAddress, fetcher: Fetcher, store: EvidenceStore, judging: Judging
) -> ListHealth:
    try:
        untrusted = fetcher.get(address.url)
    except CryptoError as error:
        return ListHealth(address.url, error.code, error.detail, 0)
    refusal = ListHealth(address.url, ListRefused.code, "no_issuer", 0)
    for issuer in address.issuers:
        try:
            stored = store.put(untrusted, issuer, judging)
        except CryptoError as error:
            refusal = ListHealth(address.url, error.code, error.detail, 0)
            continue
        due = milliseconds(stored.next_update) if stored.next_update else 0
        return ListHealth(address.url, "updated", stored.sha256, due)
    return refusal
