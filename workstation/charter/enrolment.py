"""The credentials of the accounts in the log: enrolled, exchanged and revoked by an order."""

from collections.abc import Iterable, Sequence

from crypto.log.file.store import LogStore
from crypto.log.format.key_record import Kind
from crypto.log.format.note import NoteSigner
from workstation.charter.document import CharterAccount
from workstation.rules.parties import person_key

__all__ = ["enrol_accounts"]


def enrol_accounts(
    log: LogStore, accounts: Iterable[CharterAccount], order: Sequence[NoteSigner]
) -> tuple[str, ...]:
    """Let the log know exactly the credentials of these accounts; return the ids that it changed.

    order  head office's key or two administrators' credentials (docs/formats/log.md, section 2)

    What is no longer an enabled account's is revoked first, since an id has one credential at a
    time. Done again after an interruption, it goes on. Raises LogError, KeyRefused among them.
    """
    enabled = {each.vkey: each for each in accounts if not each.disabled}
    changed: dict[str, str] = {}
    for known in log.credentials:
        account = enabled.get(known.verifier.vkey)
        same = account is not None and (person_key(account.id), account.role.value) == (
            person_key(known.account),
            known.account_role,
        )
        if same:
            del enabled[known.verifier.vkey]
            continue
        data = {"vkey": known.verifier.vkey, "why": "account_changed"}
        log.append(Kind.KEY_REVOKE, data, cosigners=order)
        changed[person_key(known.account)] = known.account
    for vkey, account in enabled.items():
        data = {"vkey": vkey, "id": account.id, "role": account.role.value}
        log.append(Kind.KEY_ENROL, data, cosigners=order)
        changed[person_key(account.id)] = account.id
    return tuple(changed.values())
