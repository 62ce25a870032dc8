"""What an administrator does with private keys at a station that runs; none is ever shown."""

from collections.abc import Callable

from crypto.errors import KeyLocked, VaultError
from crypto.vault.keys import SealedKeyStore
from crypto.vault.protectors import PassphraseProtector
from workstation.accounts.secret import require_strong
from workstation.administration.reading import Administration
from workstation.errors import OperationRefused
from workstation.records.journal import SignedIn
from workstation.records.log_keys import rotate_log_key
from workstation.records.permit_keys import (
    load_permit_key,
    permit_key_names,
    prepare_permit_key,
    switch_permit_key,
)
from workstation.settings.settings import KeyStoreKind
from workstation.station.administration_commands import (
    PreparePermitKey,
    ResealKeys,
    RotateLogKey,
    SwitchPermitKey,
)
from workstation.verification.services import Services

__all__ = ["perform_key_order"]


def perform_key_order(
    services: Services,
    office: Administration,
    command: RotateLogKey | PreparePermitKey | SwitchPermitKey | ResealKeys,
    who: SignedIn,
) -> Callable[[], None]:
    """Record the order, perform it, and return what of it takes long: for a worker.

    Raises VaultError, LogError, OSError; OperationRefused for what the store does not allow.
    """
    record = services.journal.record_administration
    log, store, folder = services.journal.log, office.store, office.loaded.folder
    match command:
        case RotateLogKey():
            record(who, "keys.changed", {"what": "log_rotated"})
            rotate_log_key(log, store)
        case PreparePermitKey():
            record(who, "keys.changed", {"what": "permit_prepared"})
            prepare_permit_key(store, folder)
        case SwitchPermitKey():
            if len(permit_key_names(store)) < 2:  # noqa: PLR2004 - the one that signs and the next
                raise OperationRefused("permit", "keys.not_prepared")
            record(who, "keys.changed", {"what": "permit_switched"})
            switch_permit_key(log, store, folder)
            services.permit_key = load_permit_key(store)
        case ResealKeys(passphrase=present, new_passphrase=chosen):
            if office.loaded.values.keys.kind is not KeyStoreKind.SEALED:
                raise OperationRefused("keys", "keys.not_sealed")
            require_strong(chosen, "")
            record(who, "keys.changed", {"what": "sealed_anew"})
            return lambda: _reseal(office, present, chosen)
    return lambda: None


def _reseal(office: Administration, present: str, chosen: str) -> None:
    """Protect the master key by another pass phrase; the one of before opens nothing any more."""

    def unlock(failures: int) -> str:
        if failures:
            raise KeyLocked("passphrase_wrong")
        return present

    place = office.loaded.path(office.loaded.values.keys.path)
    # A store of its own: it has to be opened by the pass phrase that was typed here.
    store = SealedKeyStore(place, PassphraseProtector(unlock))
    names = store.names()
    if not names:
        raise VaultError("keys")
    store.load(names[0])
    protector = PassphraseProtector(lambda _failures: chosen)
    store.add_protector(protector)
    store.remove_other_protectors(protector)
