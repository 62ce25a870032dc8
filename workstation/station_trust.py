"""The trust store of a station, read from the files its settings name."""

from pathlib import Path
from typing import Final

from crypto.carrier.armour import unarmoured
from crypto.pki.trust import TrustStore
from workstation.errors import SettingsRefused
from workstation.settings import LoadedSettings
from workstation.toml_file import read_limited

__all__ = ["station_trust"]

_MAX_CERTIFICATE: Final = 65_536


def station_trust(loaded: LoadedSettings) -> TrustStore:
    """Return the anchors, which must match their pins, and the intermediates; DER or PEM.

    SettingsRefused for a file that cannot be read, TrustRefused for one that does not match.
    """
    trust = loaded.values.trust
    return TrustStore.pinned(
        trust.environment,
        anchors=[_object(loaded.path(each.path)) for each in trust.anchors],
        pins=[each.sha256 for each in trust.anchors],
        intermediates=[_object(loaded.path(each)) for each in trust.intermediates],
    )


def _object(path: Path) -> bytes:
    return unarmoured(read_limited(path, _MAX_CERTIFICATE, SettingsRefused))
