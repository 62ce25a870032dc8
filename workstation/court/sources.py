"""Where what a court pack is made of lies at a station."""

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

import resources
from workstation.charter.archive import CHARTER_FOLDER
from workstation.court.pack import PackSources
from workstation.preflight import OUTBOX_NAME
from workstation.records.keys import read_enrolled_log_key, read_trusted_cosigners
from workstation.records.permit_keys import published_permit_keys
from workstation.records.validation_data_archive import LISTS_FOLDER
from workstation.settings.settings import LoadedSettings

__all__ = ["station_sources"]


def station_sources(loaded: LoadedSettings, key: X25519PrivateKey | None = None) -> PackSources:
    """Return where a station's things lie; `key` of head office opens what is sealed."""
    folder, values = loaded.folder, loaded.values
    charters = folder / CHARTER_FOLDER
    own = loaded.path(values.policy.place)
    policies = (
        *resources.path("policies").glob("*.toml"),
        *charters.glob("*.policy.toml"),
        # Also those of before, which lie in a folder below.
        *([own] if own.is_file() else own.rglob("*.toml")),
    )
    return PackSources(
        log=loaded.path(values.log.path),
        log_key=read_enrolled_log_key(folder),
        trusted=read_trusted_cosigners(loaded),
        policies=tuple(sorted(policies)),
        charters=tuple(sorted(charters.glob("[0-9]*.note"))),
        permits=loaded.path(values.permit.folder),
        permit_keys=published_permit_keys(folder),
        receipts=folder / OUTBOX_NAME,
        vault=loaded.path(values.vault.path),
        lists=folder / LISTS_FOLDER,
        evidence_key=key,
    )
