"""Lists of revoked certificates of a station that is set up: fetched, brought, and what is held."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from crypto.crl_store.health import AddressHealth
from crypto.crl_store.store import CrlStore
from workstation.preflight import policy_in_force
from workstation.records.alarms import AlarmRegister
from workstation.rules.policy import Policy
from workstation.settings.trust import RevocationSettings, load_revocation
from workstation.trust.crl_coverage import NeededCrl, needed_crls
from workstation.trust.revocation import STORE_NAME, Revocation, build_revocation, open_revocation
from workstation.trust.stores import station_timestamp_trust, station_trust

__all__ = ["bring_lists", "fetch_lists", "held_lists", "opened_lists", "present_lists"]


def fetch_lists(folder: Path, now: datetime) -> Sequence[AddressHealth]:
    """Fetch every configured list and return how it went; WorkstationError, CryptoError."""
    with opened_lists(folder, now) as (revocation, _):
        return revocation.update(now)


def bring_lists(folder: Path, files: Sequence[Path], now: datetime) -> None:
    """Take lists from files; raises the first refusal."""
    with opened_lists(folder, now) as (revocation, _):
        for each in files:
            revocation.import_file(each, now)


def held_lists(folder: Path, now: datetime) -> Sequence[NeededCrl]:
    """Return every list that the trust calls for, with its state; nothing is made or fetched."""
    loaded = load_revocation(folder)
    policy = policy_in_force(loaded, now)
    with present_lists(loaded, policy) as revocation:
        return needed_crls(revocation, policy, now)


@contextmanager
def present_lists(loaded: RevocationSettings, policy: Policy) -> Iterator[Revocation]:
    """Give the lists that a station has, to be looked at: no store is made where there is none."""
    path = loaded.folder / STORE_NAME
    store = CrlStore(path if path.exists() else None)
    try:
        trust, stamping = station_trust(loaded), station_timestamp_trust(loaded)
        yield build_revocation(store, loaded, policy, trust, stamping)
    finally:
        store.close()


@contextmanager
def opened_lists(folder: Path, now: datetime) -> Iterator[tuple[Revocation, Policy]]:
    """Give the lists of a station and the policy that binds them; WorkstationError, CryptoError."""
    loaded = load_revocation(folder)
    policy, alarms = policy_in_force(loaded, now), AlarmRegister(folder)
    trust, stamping = station_trust(loaded), station_timestamp_trust(loaded)
    revocation = open_revocation(
        loaded, policy, trust, stamping, repaired=True, report_alarm=alarms.report
    )
    try:
        yield revocation, policy
    finally:
        revocation.store.close()
        alarms.defer()
