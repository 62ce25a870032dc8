"""`key`: the station's private keys: where they are, who could read them, rotation, protection."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from crypto.log.audit.reader import LogReader
from crypto.log.file.clock import SystemClock
from crypto.vault.protectors import KeyUnlock, refuse_unlock
from workstation.administration.private_keys import PrivateKeyFile, list_private_keys
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.failures import ExitCode
from workstation.ctl.help_language import Misused
from workstation.ctl.secrets import ask_passphrase, choose_passphrase, read_passphrase
from workstation.documents.permit import key_id
from workstation.records.key_protection import protect_keys
from workstation.records.keys import open_stated_store, read_enrolled_log_key
from workstation.records.log_keys import rotate_log_key
from workstation.records.permit_keys import (
    load_permit_key,
    permit_key_names,
    prepare_permit_key,
    switch_permit_key,
)
from workstation.records.station_log import open_stated_log
from workstation.settings.settings import KeyStoreKind
from workstation.settings.trust import StatedTrust, read_trust

__all__ = ["key"]

_PROTECTIONS = [each.value for each in KeyStoreKind if each is not KeyStoreKind.FILE]
_READERS: Final = {
    "": "this account",
    "key.exposed": "others",
    "key.missing": "missing",
    "key.unreadable": "not readable",
    "key.plain": "plain: run `key seal`",
}


@click.group()
def key() -> None:
    """Show and replace private keys.

    The log key changes by itself at the first start of every day.
    """


@key.command("status")
@with_console
def status(console: Console) -> None:
    """Show the keys and who could read them.

    Nothing is opened and no pass phrase asked for; which log key is in force the log says. Exit
    code 4 when a file is missing, or open to other accounts.
    """
    folder = console.folder()
    stated = read_trust(folder)
    store = open_stated_store(folder, stated.keys, console.unlock)
    rows = [_row(each) for each in list_private_keys(store, folder / stated.keys.path)]
    if console.as_json:
        console.show({**_log_facts(folder, stated), "keys": rows})
    else:
        console.show(_log_facts(folder, stated))
        console.rows("key", rows)
    if any(row["readers"] != "this account" for row in rows):
        console.leave(ExitCode.STATION)


def _log_facts(folder: Path, stated: StatedTrust) -> dict[str, Value]:
    first = read_enrolled_log_key(folder)
    with LogReader(folder / stated.log.path, first.vkey) as reader:
        chain = reader.log_keys()
    return {
        "kind": stated.keys.kind.value,
        "first_log_key": first.vkey,
        "log_key_in_force": chain[-1].vkey,
        "rotations": len(chain) - 1,
    }


def _row(found: PrivateKeyFile) -> dict[str, Value]:
    changed = ""
    if found.since_ms:
        moment = datetime.fromtimestamp(found.since_ms // 1000, UTC)
        changed = moment.isoformat(timespec="seconds")
    readers = _READERS[found.trouble]
    return {"key": found.name, "file": str(found.path), "since": changed, "readers": readers}


@key.command("rotate")
@click.argument("which", type=click.Choice(["log", "permit"]))
@click.option("--switch", is_flag=True, help="permit: sign by the prepared key from now on.")
@with_console
def rotate(console: Console, which: str, *, switch: bool) -> None:
    """Replace a key and destroy the old one.

    The workstation must not be running.

    A permit key is replaced in two steps. The first makes the next key and publishes its public
    half for core banking; with --switch, when core banking knows it, the station signs by it.
    """
    if switch and which == "log":
        raise Misused("--switch goes with permit")
    folder = console.folder()
    stated = read_trust(folder)
    store = open_stated_store(folder, stated.keys, console.unlock)
    with open_stated_log(folder, stated, store, SystemClock()) as log:
        if which == "log":
            console.show({"rotated": "log", "log_key": rotate_log_key(log, store).vkey})
            return
        if switch:
            published = switch_permit_key(log, store, folder)
            kid = key_id(load_permit_key(store).public_key())
            console.show({"rotated": "permit", "key_id": kid, "public": str(published)})
            return
        published = prepare_permit_key(store, folder)
        kid = key_id(store.load(permit_key_names(store)[-1]).public_key())
    console.show({"prepared": "permit", "key_id": kid, "public": str(published)})
    console.note("Give the file to core banking; then `key rotate permit --switch`.")


@key.command("seal")
@click.option(
    "--kind",
    type=click.Choice(_PROTECTIONS),
    default=KeyStoreKind.SEALED.value,
    show_default=True,
    help="What is to protect them.",
)
@with_console
def seal(console: Console, kind: str) -> None:
    """Seal the keys anew.

    By another pass phrase or in another way; plain files of before are destroyed. Recorded in the
    signed log, so the workstation must not be running. With --passphrase-stdin the first line is
    the pass phrase of now (empty for plain files), the second the new one. A token is named in
    `[keys.token]` of the settings before; its PIN takes the pass phrase's place. The settings
    change with the kind, so the charter has to be signed anew then.
    """
    chosen = KeyStoreKind(kind)
    unlock_new = _ask_new(chosen, stdin=console.passphrase is not None)
    done = protect_keys(console.folder(), chosen, console.unlock, unlock_new, SystemClock())
    console.show(
        {
            "before": done.before.value,
            "after": done.after.value,
            "log_entry": done.entry,
            "settings_sha256": done.settings_sha256,
        }
    )


def _ask_new(kind: KeyStoreKind, *, stdin: bool) -> KeyUnlock:
    given = read_passphrase() if stdin else None
    match kind:
        case KeyStoreKind.SEALED:
            chosen = choose_passphrase(given)
            return lambda _failures: chosen
        case KeyStoreKind.TOKEN:
            return ask_passphrase(given, "PIN of the token")
        case _:
            return refuse_unlock
