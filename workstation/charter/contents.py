"""What the charter pins of a station, read from its folder as it lies there now."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from vision.models.manifest import MANIFEST_NAME
from workstation.accounts.operators import Account
from workstation.charter.document import (
    Charter,
    CharterAccount,
    CharterRecipient,
    PinnedFile,
    PinnedPolicy,
)
from workstation.errors import PolicyRefused, SettingsRefused
from workstation.rules.parties import person_key
from workstation.rules.policy_file import MAX_POLICY_BYTES, read_policy
from workstation.settings.carriers import EgovQrTable
from workstation.settings.settings import LoadedSettings, Profile, read_settings
from workstation.settings.toml_file import read_limited

__all__ = [
    "OPERATORS_NAME",
    "Contents",
    "compose",
    "describe_accounts",
    "describe_new",
    "describe_station",
]

OPERATORS_NAME: Final = "operators.sqlite"
_MAX_FILE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Contents:
    """What the settings, and the files that they name, say; accounts are not part of it."""

    origin: str
    profile: Profile
    settings_sha256: str
    policies: tuple[PinnedPolicy, ...]
    files: tuple[PinnedFile, ...] = ()
    recipients: tuple[CharterRecipient, ...] = ()


def describe_station(loaded: LoadedSettings) -> Contents:
    """Return the contents of a station whose settings are complete.

    Raises SettingsRefused or PolicyRefused for a file that cannot be read.
    """
    values = loaded.values
    policy = read_policy(
        read_limited(loaded.path(values.policy.path), MAX_POLICY_BYTES, PolicyRefused)
    )
    recipients = [CharterRecipient(each.name, each.x25519) for each in values.vault.recipients]
    named = sorted(set(_named_files(loaded)))
    return Contents(
        values.station.origin,
        values.profile,
        loaded.sha256,
        (PinnedPolicy(policy.id, policy.sha256),),
        tuple(PinnedFile(each, _digest(loaded, each)) for each in named),
        tuple(sorted(recipients, key=lambda each: each.name)),
    )


def describe_new(
    folder: Path, settings: bytes, policy: bytes, origin: str, profile: Profile
) -> Contents:
    """Return the contents of a station that is being made.

    While its settings have open places nothing but their digest and the policy's is known: the
    next charter, without which it does not start, names the rest.
    """
    digest = hashlib.sha256(settings).hexdigest()
    try:
        return describe_station(LoadedSettings(folder, digest, read_settings(settings)))
    except SettingsRefused:
        stated = read_policy(policy)
        return Contents(origin, profile, digest, (PinnedPolicy(stated.id, stated.sha256),))


def describe_accounts(accounts: Sequence[Account]) -> tuple[CharterAccount, ...]:
    """Return accounts as the charter names them, in its order."""
    found = [CharterAccount(each.id, each.role, each.vkey, each.disabled) for each in accounts]
    return tuple(sorted(found, key=lambda each: person_key(each.id)))


def compose(
    contents: Contents,
    accounts: Sequence[CharterAccount],
    made_ms: int,
    *,
    number: int = 1,
    previous: str | None = None,
) -> Charter:
    """Return the charter of these contents and accounts: the first one, or the next."""
    return Charter(
        v=1,
        origin=contents.origin,
        number=number,
        previous=previous,
        made_ms=made_ms,
        profile=contents.profile,
        settings_sha256=contents.settings_sha256,
        policies=list(contents.policies),
        files=list(contents.files),
        recipients=list(contents.recipients),
        accounts=sorted(accounts, key=lambda each: person_key(each.id)),
    )


def _digest(loaded: LoadedSettings, configured: str) -> str:
    octets = read_limited(loaded.path(configured), _MAX_FILE, SettingsRefused)
    return hashlib.sha256(octets).hexdigest()


def _named_files(loaded: LoadedSettings) -> Iterator[str]:
    """Iterate over every file that says whom the station believes, or what a face is.

    Not the vendor's library of a token, which its vendor renews, and no private key.
    """
    values = loaded.values
    trust = values.trust
    for anchors in (trust.anchors, trust.timestamp_anchors, trust.csca_anchors):
        yield from (each.path for each in anchors)
    yield from (*trust.intermediates, *trust.timestamp_intermediates, *trust.csca_links)
    yield from values.carrier.tls_anchors
    if isinstance(values.carrier.egov_qr, EgovQrTable):
        yield from values.carrier.egov_qr.tls_anchors
    yield from values.registries.tls_anchors
    yield from (each.path for each in values.registries.person_jws_keys)
    authority = values.authority
    if authority is not msgspec.UNSET:
        yield from authority.tls_anchors
        yield from (each.path for each in authority.jws_keys)
        if authority.client is not msgspec.UNSET:
            yield authority.client.certificate
    if values.witness is not msgspec.UNSET:
        for peer in values.witness.peers:
            yield from peer.tls_anchors
    if (loaded.folder / MANIFEST_NAME).exists():
        yield MANIFEST_NAME
