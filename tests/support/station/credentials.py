"""Credentials of people without accounts, enrolled in a log under today's rules."""

import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.log.file.store import LogStore
from crypto.log.format.key_record import RULES
from crypto.log.format.note import NoteSigner
from tests.support.station.log import LogSite
from workstation.accounts.credential import name_credential
from workstation.rules.parties import Operator

__all__ = ["create_staffed", "credential_of"]


def credential_of(operator: Operator) -> NoteSigner:
    """Return the person's credential, the same each time."""
    seed = hashlib.sha256(operator.id.encode()).digest()
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return NoteSigner(name_credential("bank.example", operator.id), private)


def create_staffed(site: LogSite, *people: Operator) -> LogStore:
    """Create the site's log under today's rules and enrol these people."""
    site.genesis["rules"] = RULES
    store = site.create()
    for each in people:
        vkey, role = credential_of(each).vkey, each.role.value
        data = {"vkey": vkey, "id": each.id, "role": role}
        store.append("key.enrol", data, cosigners=[site.supervisor])
    return store
