"""The station's revocation sources: one OCSP address, and lists kept fresh in the background."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from crypto.pki import oids
from crypto.pki.algorithms import KeyPolicy, default_registry
from crypto.pki.certificate import Certificate
from crypto.pki.evidence import EvidenceStore
from crypto.pki.fetch import FetchBounds, Fetcher, FetchingSources
from crypto.pki.list_check import Judging
from crypto.pki.list_updates import ListAddress, ListHealth, update_lists
from crypto.pki.report import milliseconds
from crypto.pki.trust import TrustStore
from workstation import __version__
from workstation.policy import Policy
from workstation.settings import LoadedSettings

__all__ = ["Revocation", "open_revocation"]

_ANSWER_OCTETS = 1 << 20
_LIST_OCTETS = 64 << 20
_DEADLINE_FACTOR = 3


@dataclass(frozen=True, slots=True)
class Revocation:
    """OCSP and lists of one station; `update` may run in any thread."""

    sources: FetchingSources
    store: EvidenceStore
    fetcher: Fetcher
    urls: tuple[str, ...]
    trust: TrustStore
    keys: KeyPolicy
    clock_tolerance: timedelta

    def update(self, moment: datetime) -> tuple[ListHealth, ...]:
        """Fetch every configured list; one that fails changes nothing and is reported."""
        keys = self.keys.at(moment)
        judging = Judging(moment, default_registry(), keys, self.clock_tolerance)
        addresses = [ListAddress(self._issuers(), url) for url in self.urls]
        return update_lists(addresses, self.fetcher, self.store, judging)

    def oldest_this_update_ms(self) -> int:
        """Return thisUpdate of the oldest current list; 0 while there is none."""
        held = [
            milliseconds(current.this_update)
            for issuer in self._issuers()
            for _source, current in self.store.lists(issuer)
        ]
        return min(held, default=0)

    def name_of(self, sha256: str) -> str:
        """Return the common name of a configured CA certificate; empty for another one."""
        for certificate in self._issuers():
            if certificate.sha256 == sha256:
                return certificate.subject.first(oids.COMMON_NAME)
        return ""

    def _issuers(self) -> tuple[Certificate, ...]:
        return (*self.trust.intermediates, *self.trust.anchors)


def open_revocation(loaded: LoadedSettings, policy: Policy, trust: TrustStore) -> Revocation:
    """Open the list store of the data folder; fetches nothing yet."""
    values = loaded.values.revocation
    urls = tuple(values.crl_urls)
    bounds = FetchBounds(
        timeout_s=values.timeout_s,
        deadline_s=values.timeout_s * _DEADLINE_FACTOR,
        answer_octets=_ANSWER_OCTETS,
        list_octets=_LIST_OCTETS,
    )
    fetcher = Fetcher(
        hosts={urlsplit(url).netloc for url in (values.ocsp_url, *urls)},
        bounds=bounds,
        user_agent=f"verification-workstation/{__version__}",
    )
    store = EvidenceStore(loaded.folder / "revocation.sqlite")
    return Revocation(
        sources=FetchingSources(
            fetcher=fetcher,
            ocsp_url=values.ocsp_url,
            store=store,
            random=secrets.token_bytes,
        ),
        store=store,
        fetcher=fetcher,
        urls=urls,
        trust=trust,
        keys=KeyPolicy({"rsa": policy.minimum_rsa_bits}),
        clock_tolerance=timedelta(seconds=policy.clock_tolerance_s),
    )
