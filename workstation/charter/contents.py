"""What the charter pins of a station, read from its folder as it lies there now."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from crypto.canonical_json import JsonValue
from vision.models.manifest import MANIFEST_NAME
from workstation.accounts.operators import Account
from workstation.charter.document import (
    Charter,
    CharterAccount,
    CharterRecipient,
    PinnedFile,
    PinnedPolicy,
)
from workstation.errors import CharterRefused, PolicyRefused, SettingsRefused
from workstation.rules.calendar.signers import station_signers
from workstation.rules.parties import person_key
from workstation.rules.policy_file import MAX_POLICY_BYTES, read_policy
from workstation.settings.carriers import EgovQrTable
from workstation.settings.settings import LoadedSettings, Profile, Settings, read_settings
from workstation.settings.toml_file import read_limited

__all__ = [
    "OPERATORS_NAME",
    "Contents",
    "compose",
    "describe_accounts",
    "describe_new",
    "describe_station",
    "name_policy",
    "read_stated_settings",
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
    recipients = [CharterRecipient(each.name, each.x25519) for each in values.vault.recipients]
    # A file that is named at several places is said at the first.
    places = {path: place for place, path in reversed(list(_named_files(loaded)))}
    return Contents(
        values.station.origin,
        values.profile,
        loaded.sha256,
        tuple(_pinned_policies(loaded)),
        tuple(PinnedFile(each, _digest(loaded, places[each], each)) for each in sorted(places)),
        tuple(sorted(recipients, key=lambda each: each.name)),
    )


def describe_new(
    folder: Path, settings: bytes, policy: bytes | None, origin: str, profile: Profile
) -> Contents:
    """Return the contents of a station that is being made.

    policy  the one that its settings pin; None where signers put policies in force

    While its settings have open places nothing but their digest and the policy's is known: the
    next charter, without which it does not start, names the rest.
    """
    digest = hashlib.sha256(settings).hexdigest()
    try:
        return describe_station(LoadedSettings(folder, digest, read_settings(settings)))
    except SettingsRefused:
        stated = None if policy is None else read_policy(policy)
        policies = () if stated is None else (PinnedPolicy(stated.id, stated.sha256),)
        return Contents(origin, profile, digest, policies)


def _pinned_policies(loaded: LoadedSettings) -> Iterator[PinnedPolicy]:
    """Iterate over the policy that the settings pin: none where signers put policies in force.

    Who they are the settings and their certificates say, so each of them is a place of the charter.
    """
    pinned = loaded.values.policy.pinned
    if pinned is None:
        station_signers(loaded)
        return
    untrusted = read_limited(loaded.path(pinned[0]), MAX_POLICY_BYTES, PolicyRefused)
    policy = read_policy(untrusted)
    yield PinnedPolicy(policy.id, policy.sha256)


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


def name_policy(charter: Charter) -> dict[str, JsonValue]:
    """Return what a log's first entry says of the one policy that a charter pins, if it does.

    Where signers put policies in force, the entries `policy.in_force` name them.
    """
    if not charter.policies:
        return {}
    (policy,) = charter.policies
    return {"policy": policy.id, "policy_sha256": policy.sha256}


def _digest(loaded: LoadedSettings, place: str, configured: str) -> str:
    try:
        octets = read_limited(loaded.path(configured), _MAX_FILE, SettingsRefused)
    except SettingsRefused as refused:
        raise SettingsRefused(f"{place}: {refused.detail}") from None
    return hashlib.sha256(octets).hexdigest()


def read_stated_settings(loaded: LoadedSettings) -> bytes:
    """Return the octets of settings; CharterRefused when they are no longer those that were read.

    So nobody signs one thing and puts another in force.
    """
    untrusted = read_limited(loaded.folder / loaded.file, MAX_POLICY_BYTES, CharterRefused)
    if hashlib.sha256(untrusted).hexdigest() != loaded.sha256:
        raise CharterRefused(f"settings_changed: {loaded.file} is another since it was read")
    return untrusted


def _named_files(loaded: LoadedSettings) -> Iterator[tuple[str, str]]:
    """Iterate over place and path of every file that says whom to believe, or what a face is.

    Not the vendor's library of a token, which its vendor renews, and no private key.
    """
    values = loaded.values
    trust = values.trust
    for name in ("anchors", "timestamp_anchors", "csca_anchors"):
        yield from _number(f"$.trust.{name}", (each.path for each in getattr(trust, name)))
    for index, signer in enumerate(values.policy.signers):
        if isinstance(signer.certificate, str):
            yield f"$.policy.signers[{index}].certificate", signer.certificate
    for name in ("intermediates", "timestamp_intermediates", "csca_links"):
        yield from _number(f"$.trust.{name}", getattr(trust, name))
    yield from _number("$.carrier.tls_anchors", values.carrier.tls_anchors)
    if isinstance(values.carrier.egov_qr, EgovQrTable):
        yield from _number("$.carrier.egov_qr.tls_anchors", values.carrier.egov_qr.tls_anchors)
    yield from _number("$.registries.tls_anchors", values.registries.tls_anchors)
    persons = (each.path for each in values.registries.person_jws_keys)
    yield from _number("$.registries.person_jws_keys", persons)
    yield from _named_by_services(loaded.values)
    if (loaded.folder / MANIFEST_NAME).exists():
        yield MANIFEST_NAME, MANIFEST_NAME


def _named_by_services(values: Settings) -> Iterator[tuple[str, str]]:
    for name in ("authority", "palm", "video_identification"):
        service = getattr(values, name)
        if service is not msgspec.UNSET:
            yield from _number(f"$.{name}.tls_anchors", service.tls_anchors)
            yield from _number(f"$.{name}.jws_keys", (each.path for each in service.jws_keys))
    authority = values.authority
    if authority is not msgspec.UNSET and authority.client is not msgspec.UNSET:
        yield "$.authority.client.certificate", authority.client.certificate
    if values.witness is not msgspec.UNSET:
        for index, peer in enumerate(values.witness.peers):
            yield from _number(f"$.witness.peers[{index}].tls_anchors", peer.tls_anchors)


def _number(place: str, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    for index, each in enumerate(paths):
        yield f"{place}[{index}]", each
