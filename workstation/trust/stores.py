"""The trust stores of a station, read from the files its settings name."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from crypto.errors import CryptoError
from crypto.lds.csca import CscaTrust
from crypto.path.anchors import find_anchor_fault
from crypto.path.known_authorities import AuthorityCatalogue, Issued, known_authorities
from crypto.path.trust import TrustRefused, TrustStore
from crypto.report.policy import Environment
from crypto.x509.certificate import Certificate
from workstation.errors import SettingsRefused
from workstation.settings.certificate_files import certificate_files, certificate_octets
from workstation.settings.settings import AnchorTable, LoadedSettings
from workstation.settings.trust import RevocationSettings

__all__ = [
    "limit_issuers",
    "read_anchors",
    "station_csca_trust",
    "station_timestamp_trust",
    "station_trust",
]


def station_trust(loaded: RevocationSettings) -> TrustStore:
    """Return the anchors, which must match their pins, and the intermediates; DER or PEM.

    SettingsRefused for a file that cannot be read, TrustRefused for one that does not match.
    """
    trust = loaded.values.trust
    store = _build_store(loaded, trust.anchors, trust.intermediates)
    return limit_issuers(store, Issued.SIGNERS, trust.signer_issuers, known_authorities())


def station_timestamp_trust(loaded: RevocationSettings) -> TrustStore:
    """Return whom time-stamps must chain to: what the settings state, else the signers' store.

    It belongs to the station's environment, so a production station refuses test authorities here
    as well; one of the test world may state the production authority, whose time-stamps test
    signatures carry. Errors as of `station_trust`.
    """
    trust = loaded.values.trust
    if not trust.timestamp_anchors:
        store = _build_store(loaded, trust.anchors, trust.intermediates)
        return limit_issuers(store, Issued.TIMESTAMPS, trust.timestamp_issuers, known_authorities())
    store = _build_store(
        loaded, trust.timestamp_anchors, trust.timestamp_intermediates, "timestamp_"
    )
    # Whoever is stated for time-stamps alone may issue for them; and the test world may state the
    # production authority, whose centres are known.
    catalogue = known_authorities()
    known = catalogue.find_issuers(Issued.TIMESTAMPS, set(Environment))
    stated = {each.key_sha256 for each in (*store.anchors, *store.intermediates)}
    return replace(store, issuers=known | stated)


def limit_issuers(
    store: TrustStore, issued: Issued, stated: Collection[str], catalogue: AuthorityCatalogue
) -> TrustStore:
    """Return the store with those who may issue: НУЦ's by the catalogue, others where stated.

    stated  SHA-256 of certificates; one that is not in the store vouches for nobody

    A root's trust does not pass on to every centre below it, and a bank's own CA certifies no
    customer unless the bank says so.
    """
    known = catalogue.find_issuers(issued, {store.environment})
    named = {
        each.key_sha256 for each in (*store.anchors, *store.intermediates) if each.sha256 in stated
    }
    return replace(store, issuers=known | named)


def station_csca_trust(loaded: LoadedSettings) -> CscaTrust:
    """Return the country authorities that vouch for documents; none stated: a trust in nobody.

    An authority of the signers is refused here: what vouches for documents signs no statement.
    Errors as of `station_trust`.
    """
    stated = loaded.values.trust
    anchors = _pinned_files(loaded.folder, stated.csca_anchors, "$.trust.csca_anchors")
    links = certificate_files(loaded.folder, "$.trust.csca_links", stated.csca_links)
    names = (*(each.path for each in stated.csca_anchors), *stated.csca_links)
    for der, name in zip((*anchors, *links), names, strict=True):
        _require_readable(der, name)
    trust = CscaTrust.pinned(
        stated.environment,
        anchors=anchors,
        pins=[each.sha256 for each in stated.csca_anchors],
        links=links,
        sha1=stated.csca_sha1,
    )
    signers = station_trust(loaded)
    trust.require_apart((*signers.anchors, *signers.intermediates))
    return trust


def _build_store(
    loaded: RevocationSettings,
    anchors: Sequence[AnchorTable],
    intermediates: Sequence[str],
    kind: str = "",
) -> TrustStore:
    """Build a store.

    kind  `timestamp_` before the names of the settings, or nothing
    """
    found = _pinned_files(loaded.folder, anchors, f"$.trust.{kind}anchors")
    between = certificate_files(loaded.folder, f"$.trust.{kind}intermediates", intermediates)
    for index, der in enumerate((*found, *between)):
        _require_readable(der, (*(each.path for each in anchors), *intermediates)[index])
    for stated, der in zip(anchors, found, strict=True):
        if fault := find_anchor_fault(Certificate.parse(der)):
            raise TrustRefused(f"$.trust.{kind}anchors: {stated.path}: {fault}")
    return TrustStore.pinned(
        loaded.values.trust.environment,
        anchors=found,
        pins=[each.sha256 for each in anchors],
        intermediates=between,
    )


def read_anchors(
    folder: Path, anchors: Sequence[AnchorTable], place: str
) -> tuple[Certificate, ...]:
    """Read the certificates that the settings pin at a place; errors as of `station_trust`."""
    found = []
    for index, der in enumerate(_pinned_files(folder, anchors, place)):
        _require_readable(der, anchors[index].path)
        found.append(Certificate.parse(der))
    return tuple(found)


def _pinned_files(folder: Path, anchors: Sequence[AnchorTable], place: str) -> list[bytes]:
    found = []
    for index, each in enumerate(anchors):
        der = certificate_octets(folder, f"{place}[{index}].path", each.path)
        if sha256(der).hexdigest() != each.sha256:
            raise TrustRefused(f"{place}[{index}]: {each.path} is not the pinned certificate")
        found.append(der)
    return found


def _require_readable(der: bytes, configured: str) -> None:
    try:
        Certificate.parse(der)
    except CryptoError as malformed:
        raise SettingsRefused(f"$.trust: {configured}: {malformed.detail}") from None
