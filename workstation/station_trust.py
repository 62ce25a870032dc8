"""The trust stores of a station, read from the files its settings name."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from crypto.carrier.armour import unarmoured
from crypto.pki.trust import TrustStore
from workstation.errors import SettingsRefused
from workstation.settings import Anchor, LoadedSettings
from workstation.toml_file import read_limited

__all__ = ["station_timestamp_trust", "station_trust"]

_MAX_CERTIFICATE: Final = 65_536


def station_trust(loaded: LoadedSettings) -> TrustStore:
    """Return the anchors, which must match their pins, and the intermediates; DER or PEM.

    SettingsRefused for a file that cannot be read, TrustRefused for one that does not match.
    """
    trust = loaded.values.trust
    return _pinned(loaded, trust.anchors, trust.intermediates)


def station_timestamp_trust(loaded: LoadedSettings) -> TrustStore:
    """Return whom time-stamps must chain to: what the settings state, else the signers' store.

    It belongs to the station's environment, so a production station refuses test authorities here
    as well; one of the test world may state the production authority, whose time-stamps test
    signatures carry. Errors as of `station_trust`.
    """
    trust = loaded.values.trust
    if not trust.timestamp_anchors:
        return station_trust(loaded)
    return _pinned(loaded, trust.timestamp_anchors, trust.timestamp_intermediates)


def _pinned(
    loaded: LoadedSettings, anchors: Sequence[Anchor], intermediates: Sequence[str]
) -> TrustStore:
    return TrustStore.pinned(
        loaded.values.trust.environment,
        anchors=[_object(loaded.path(each.path)) for each in anchors],
        pins=[each.sha256 for each in anchors],
        intermediates=[_object(loaded.path(each)) for each in intermediates],
    )


def _object(path: Path) -> bytes:
    return unarmoured(read_limited(path, _MAX_CERTIFICATE, SettingsRefused))
