"""The station's revocation sources: one OCSP address, and CRLs updated in the background."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import default_registry
from crypto.asn1 import oids
from crypto.crl_store.fetch import FetchBounds, Fetcher, FetchingSources
from crypto.crl_store.health import AddressHealth, Chance, HealthCode
from crypto.crl_store.importer import CrlImporter
from crypto.crl_store.responder_health import ResponderHealth
from crypto.crl_store.segment import Progress, ignore_progress, key_digest
from crypto.crl_store.store import CrlStore, StoredCrl, open_repaired
from crypto.crl_store.updates import CrlAddress, CrlUpdater
from crypto.path.context import VerificationContext
from crypto.path.known_authorities import known_authorities
from crypto.path.trust import TrustStore
from crypto.report.alarm import ReportAlarm, ignore_alarm
from crypto.report.report import milliseconds
from crypto.x509.certificate import Certificate
from workstation import __version__
from workstation.rules.policy import Policy
from workstation.settings.trust import RevocationSettings

__all__ = ["STORE_NAME", "Revocation", "build_revocation", "open_revocation"]

STORE_NAME: Final = "revocation.sqlite"
_PATIENCE: Final = 3
"""Failures in a row after which the teller is told; one lost packet is not worth a word."""

_ANSWER_OCTETS = 1 << 20
_CRL_OCTETS = 64 << 20
_DEADLINE_FACTOR = 3


@dataclass(frozen=True, slots=True)
class Revocation:
    """OCSP and CRLs of one station; `update` and `refresh` may run in any thread.

    timestamp_trust  whose CRLs are stored too; None: the signers' own
    unneeded  of `urls`, those of authorities that are not trusted here: not asked
    ocsp_url  empty when no responder's health is kept
    chance    spreads the attempts of many branches
    report_alarm  takes forged and older lists
    """

    sources: FetchingSources
    store: CrlStore
    fetcher: Fetcher
    urls: tuple[str, ...]
    trust: TrustStore
    keys: KeyPolicy
    clock_tolerance: timedelta
    ocsp_url: str = ""
    timestamp_trust: TrustStore | None = None
    chance: Chance = field(default=secrets.SystemRandom().random)
    report_alarm: ReportAlarm = ignore_alarm
    importer: CrlImporter = field(init=False)
    updater: CrlUpdater = field(init=False)
    unneeded: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Build what fetches and imports the CRLs that somebody here needs."""
        object.__setattr__(self, "unneeded", _find_unneeded(self.urls, self.issuers))
        addresses = [CrlAddress(self.issuers, url) for url in self.urls if url not in self.unneeded]
        importer = CrlImporter(self.store, report_alarm=self.report_alarm)
        updater = CrlUpdater(
            addresses, self.fetcher, self.store, chance=self.chance, importer=importer
        )
        object.__setattr__(self, "importer", importer)
        object.__setattr__(self, "updater", updater)

    @property
    def issuers(self) -> tuple[Certificate, ...]:
        """The configured CAs below a trusted root, one of which must have signed a CRL."""
        between = dict.fromkeys(c for store in self._stores for c in store.intermediates)
        return (*_find_rooted(tuple(between), self.anchors), *self.anchors)

    @property
    def anchors(self) -> tuple[Certificate, ...]:
        """The roots of signers and of time-stamping authorities."""
        return tuple(dict.fromkeys(c for store in self._stores for c in store.anchors))

    @property
    def _stores(self) -> tuple[TrustStore, ...]:
        return (self.trust, self.timestamp_trust or self.trust)

    def context(self, moment: datetime) -> VerificationContext:
        """Return what CRLs are verified with at this moment."""
        return VerificationContext(
            registry=default_registry(),
            keys=self.keys.at(moment),
            moment=moment,
            clock_tolerance=self.clock_tolerance,
        )

    def update(
        self, moment: datetime, report: Progress = ignore_progress
    ) -> tuple[AddressHealth, ...]:
        """Fetch every configured CRL; one that fails changes nothing and is reported."""
        return self.updater.update(self.context(moment), report)

    def refresh(
        self, moment: datetime, report: Progress = ignore_progress
    ) -> tuple[AddressHealth, ...]:
        """Fetch the CRLs that are due: by nextUpdate, or later and later after failures."""
        visited = self.updater.refresh(self.context(moment), report)
        self.store.open_ahead()
        return visited

    def import_file(
        self, path: Path, moment: datetime, report: Progress = ignore_progress
    ) -> StoredCrl:
        """Import a CRL (DER) from a file; its issuer is found among the configured CAs.

        Raises CrlRefused, CrlStoreUnusable, CrlImportFailed.
        """
        return self.importer.import_file(path, self.issuers, self.context(moment), report)

    def stop(self) -> None:
        """End the import or download that runs, from any thread."""
        self.updater.cancel()

    def health(self) -> tuple[AddressHealth, ...]:
        """Return what is known about the responder and every CRL's address; CrlStoreUnusable."""
        known = self.store.catalogue.load_health()
        responder = (
            (AddressHealth.read(self.ocsp_url, known.get(self.ocsp_url, {})),)
            if self.ocsp_url
            else ()
        )
        return (*responder, *self.updater.health())

    def check_freshness(self, moment: datetime) -> str:
        """Return the code of a CRL that is not kept fresh; empty when all are."""
        now_ms = milliseconds(moment)
        for each in self.updater.health():
            if 0 < each.next_update_ms < now_ms:
                return HealthCode.STALE.value
            if each.failures >= _PATIENCE:
                return each.code.value
        return ""

    def oldest_this_update_ms(self) -> int:
        """Return thisUpdate of the oldest current CRL; 0 while there is none."""
        signers = {key_digest(issuer) for issuer in self.issuers}
        updates = [
            milliseconds(current.this_update)
            for current in self.store.current()
            if current.signer in signers
        ]
        return min(updates, default=0)

    def find_name(self, sha256: str) -> str:
        """Return the common name of a configured CA certificate; empty for another one."""
        for certificate in self.issuers:
            if certificate.sha256 == sha256:
                return certificate.subject.first(oids.COMMON_NAME)
        return ""


def _find_rooted(
    between: Sequence[Certificate], anchors: Sequence[Certificate]
) -> tuple[Certificate, ...]:
    """Return the authorities that stand below a root that is trusted, by their names.

    One of another family vouches for nobody here: its lists are not asked for, nor waited for.
    """
    names, left = {each.subject for each in anchors}, list(between)
    rooted = {each for each in between if each in anchors}
    while found := [each for each in left if each.issuer in names]:
        rooted.update(found)
        names.update(each.subject for each in found)
        left = [each for each in left if each not in rooted]
    return tuple(each for each in between if each in rooted and each not in anchors)


def _find_unneeded(urls: Sequence[str], issuers: Sequence[Certificate]) -> tuple[str, ...]:
    """Return the addresses of lists that no authority trusted here has signed.

    The shipped settings name the lists of both hierarchies of НУЦ, and a station may trust one: the
    other's lists could never be taken, and would look like a fault for ever. Where nobody who is
    trusted stands in the catalogue, it says nothing about the addresses either.
    """
    catalogue = known_authorities()
    if not any(catalogue.find_worlds(each) for each in issuers):
        return ()
    keys = {each.key_sha256 for each in issuers}
    found = ((url, catalogue.find_publisher(url)) for url in urls)
    return tuple(url for url, whose in found if whose and whose.key_sha256 not in keys)


def open_revocation(
    loaded: RevocationSettings,
    policy: Policy,
    trust: TrustStore,
    timestamp_trust: TrustStore,
    *,
    repaired: bool = False,
    report_alarm: ReportAlarm = ignore_alarm,
) -> Revocation:
    """Open the CRL store of the data folder; fetches nothing yet. CrlStoreUnusable.

    repaired      rename a damaged catalogue and begin a new one: the caller is about to fill it
    report_alarm  takes what is offered in a CA's name and is not its own
    """
    path = loaded.folder / STORE_NAME
    store = open_repaired(path) if repaired else CrlStore(path)
    return replace(
        build_revocation(store, loaded, policy, trust, timestamp_trust), report_alarm=report_alarm
    )


def build_revocation(
    store: CrlStore,
    loaded: RevocationSettings,
    policy: Policy,
    trust: TrustStore,
    timestamp_trust: TrustStore,
) -> Revocation:
    """Build the sources over a store that is open already."""
    values = loaded.values.revocation
    urls = tuple(values.crl_urls)
    bounds = FetchBounds(
        timeout_s=values.timeout_s,
        deadline_s=values.timeout_s * _DEADLINE_FACTOR,
        answer_octets=_ANSWER_OCTETS,
        crl_octets=_CRL_OCTETS,
    )
    fetcher = Fetcher(
        hosts={urlsplit(url).netloc for url in (values.ocsp_url, *urls)},
        bounds=bounds,
        user_agent=f"verification-workstation/{__version__}",
        dialling=loaded.dialling,
    )
    chance = secrets.SystemRandom().random
    responder = ResponderHealth(values.ocsp_url, store.catalogue, _now, chance)
    return Revocation(
        sources=FetchingSources(
            fetcher=fetcher,
            ocsp_url=values.ocsp_url,
            store=store,
            random=secrets.token_bytes,
            on_answer=responder.record,
        ),
        store=store,
        fetcher=fetcher,
        urls=urls,
        trust=trust,
        keys=policy.keys(),
        clock_tolerance=timedelta(seconds=policy.clock_tolerance_s),
        ocsp_url=values.ocsp_url,
        timestamp_trust=timestamp_trust,
        chance=chance,
    )


def _now() -> datetime:
    return datetime.now(UTC)
