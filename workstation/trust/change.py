"""A change of what a station trusts: recorded in its signed log first, then made."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crypto.canonical_json import JsonValue
from crypto.files.durable import write_durably
from crypto.log.file.clock import Clock
from crypto.log.file.store import LogStore
from crypto.path.trust_import import ImportedCertificate
from crypto.vault.protectors import KeyUnlock, refuse_unlock
from workstation.errors import SettingsRefused
from workstation.records.keys import open_stated_store
from workstation.records.station_log import open_stated_log
from workstation.settings.certificate_files import certificate_octets
from workstation.settings.settings import SETTINGS_NAME, AnchorTable
from workstation.settings.trust import (
    SIGNERS,
    StatedTrust,
    read_trust,
    replace_trust,
)

__all__ = ["TRUST_FOLDER", "TrustChange", "change_trust"]

TRUST_FOLDER = "trust"
_KIND = "trust.import"


@dataclass(frozen=True, slots=True)
class TrustChange:
    """What was done. `entry`: number in the log; None when the station has no log yet."""

    added: tuple[str, ...]
    entry: int | None
    settings_sha256: str


def change_trust(
    folder: Path,
    admitted: Sequence[ImportedCertificate],
    clock: Clock,
    members: tuple[str, str] = SIGNERS,
    unlock: KeyUnlock = refuse_unlock,
    issues: frozenset[str] = frozenset(),
) -> TrustChange:
    """Write the certificate files, the log entry, then the settings; nothing is removed.

    members  of `[trust]` that grow: SIGNERS, TIMESTAMPS or DOCUMENTS
    issues   members of ISSUERS that every certificate known by a typed fingerprint is added to
    unlock   gives the pass phrase of the station's keys, where they have one

    The log's lock is held meanwhile, so no running workstation sees half of it: LogLocked. A file
    that no settings name is trusted by nobody, so one left by a broken-off import does no harm.
    Raises SettingsRefused, NotInitialised, LogError, VaultError, OSError.
    """
    stated = read_trust(folder)
    if not (folder / stated.log.path).is_file():
        return _apply(folder, stated, admitted, None, members, issues)
    store = open_stated_store(folder, stated.keys, unlock)
    with open_stated_log(folder, stated, store, clock) as log:
        # Read again under the lock: somebody may have changed the file while we waited.
        return _apply(folder, read_trust(folder), admitted, log, members, issues)


def _apply(
    folder: Path,
    stated: StatedTrust,
    admitted: Sequence[ImportedCertificate],
    log: LogStore | None,
    members: tuple[str, str],
    issues: frozenset[str],
) -> TrustChange:
    stated_anchors, stated_between = stated.select(members)
    anchors, intermediates = list(stated_anchors), list(stated_between)
    known = {each.sha256 for each in anchors} | {_digest(folder, each) for each in intermediates}
    files: dict[str, bytes] = {}
    new = [each for each in admitted if each.certificate.sha256 not in known]
    for each in new:
        where = f"{TRUST_FOLDER}/{each.name}-{each.certificate.sha256[:8]}.cer"
        if each.anchor:
            anchors.append(AnchorTable(where, each.certificate.sha256))
        else:
            intermediates.append(where)
        files[where] = each.certificate.raw
    issuers = _extend_issuers(stated, admitted, issues)
    text = replace_trust(stated.text, anchors, intermediates, members, issuers).encode()
    after = hashlib.sha256(text).hexdigest()
    if not new and not issuers:
        return TrustChange((), None, hashlib.sha256(stated.text.encode()).hexdigest())
    (folder / TRUST_FOLDER).mkdir(mode=0o700, exist_ok=True)
    for where, der in files.items():
        write_durably(folder / where, der)
    entry = None
    if log is not None:
        entry = log.append(_KIND, _facts(stated, new, after, members) | issuers).entry.seq
    write_durably(folder / SETTINGS_NAME, text)
    return TrustChange(tuple(each.certificate.sha256 for each in new), entry, after)


def _extend_issuers(
    stated: StatedTrust, admitted: Sequence[ImportedCertificate], issues: frozenset[str]
) -> dict[str, list[str]]:
    """Return the lists of issuers that grow, whole; those that stay as they are left out."""
    typed = [each.certificate.sha256 for each in admitted if each.typed]
    grown: dict[str, list[str]] = {}
    for name in sorted(issues):
        before: tuple[str, ...] = getattr(stated, name)
        after = tuple(dict.fromkeys((*before, *typed)))
        if after != before:
            grown[name] = list(after)
    return grown


def _facts(
    stated: StatedTrust,
    new: Sequence[ImportedCertificate],
    after: str,
    members: tuple[str, str],
) -> dict[str, JsonValue]:
    return {
        "environment": stated.environment.value,
        members[0]: [each.certificate.sha256 for each in new if each.anchor],
        members[1]: [each.certificate.sha256 for each in new if not each.anchor],
        "typed": [each.certificate.sha256 for each in new if each.typed],
        "settings_before": hashlib.sha256(stated.text.encode()).hexdigest(),
        "settings_after": after,
    }


def _digest(folder: Path, configured: str) -> str:
    """Return the digest of a configured certificate; of nothing when it cannot be read."""
    try:
        return hashlib.sha256(certificate_octets(folder, TRUST_FOLDER, configured)).hexdigest()
    except SettingsRefused:
        return ""
