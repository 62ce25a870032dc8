"""`witness`: this machine remembers how far the logs of others have come, and cosigns their heads.

Its folder stands by itself: a station's PC, head office's server or a laptop without a network.
"""

import logging
from pathlib import Path
from typing import Final

import click

from crypto.errors import KeyRefused
from crypto.files.durable import create_durably, write_durably
from crypto.log.file.clock import SystemClock
from crypto.log.format.cosignature import COSIGNATURE, Witness
from crypto.log.format.note import NoteVerifier, parse_signature_line
from crypto.vault.keys import KeyStore
from crypto.vault.protectors import KeyUnlock, refuse_unlock
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.failures import ExitCode, NothingFound
from workstation.ctl.secrets import choose_passphrase
from workstation.errors import AlreadyInitialised, WitnessUnusable
from workstation.records.keys import (
    create_key_store,
    make_key_store,
    open_key_store,
    read_enrolled_log_key,
    read_vkeys,
)
from workstation.records.station_log import load_log_key, open_log
from workstation.settings.settings import KeyStoreKind, load_settings
from workstation.settings.toml_file import read_limited
from workstation.witness.anchors import Anchoring
from workstation.witness.ask import WitnessOutcome
from workstation.witness.peers import build_peers
from workstation.witness.requests import ADD_CHECKPOINT, AddCheckpoint, split_steps
from workstation.witness.server import WitnessServer
from workstation.witness.state import KnownLog, WitnessState
from workstation.witness.witness import WitnessAnswer, WitnessService, WitnessStatus

__all__ = ["witness"]

_KEY: Final = "witness"
_VKEY_NAME: Final = "witness.vkey"
_STATE_NAME: Final = "heads.sqlite"
_KEYS_FOLDER: Final = "keys"
_MAX_FILE: Final = 16 << 20
_PORT: Final = 8480


@click.group()
def witness() -> None:
    """Remember other logs' heads and cosign them.

    What a witness has seen cannot be taken back unseen. FOLDER is the witness's own, of
    whatever machine.
    """


_folder_argument = click.argument("folder", type=click.Path(path_type=Path))


@witness.command("init")
@_folder_argument
@click.option("--name", required=True, help="Name of its key: bank.kz/witness/almaty1-ws08")
@click.option(
    "--keys",
    type=click.Choice([each.value for each in KeyStoreKind]),
    default=KeyStoreKind.SEALED.value,
    show_default=True,
    help="What protects its private key; a plain file is for tests.",
)
@with_console
def init(console: Console, folder: Path, name: str, keys: str) -> None:
    """Make a witness in FOLDER, which must be empty or new.

    What is printed belongs into `[witness]` of the stations that it is to watch.
    """
    kind = KeyStoreKind(keys)
    if folder.exists() and any(folder.iterdir()):
        raise AlreadyInitialised(folder.name)
    NoteVerifier(name, bytes(32), COSIGNATURE)  # a name that is none is refused before all else
    unlock = _choose(kind, console.passphrase)
    (folder / _KEYS_FOLDER).mkdir(parents=True, mode=0o700)
    key = Witness(name, create_key_store(kind, folder / _KEYS_FOLDER, unlock).create(_KEY))
    WitnessState.create(folder / _STATE_NAME)
    create_durably(folder / _VKEY_NAME, f"{key.verifier.vkey}\n".encode())
    console.show({"initialised": str(folder), "vkey": key.verifier.vkey})


def _choose(kind: KeyStoreKind, given: str | None) -> KeyUnlock:
    if kind is not KeyStoreKind.SEALED:
        return refuse_unlock
    passphrase = choose_passphrase(given)
    return lambda _failures: passphrase


@witness.command("add")
@_folder_argument
@click.argument("vkeys", type=click.Path(path_type=Path))
@with_console
def add(console: Console, folder: Path, vkeys: Path) -> None:
    """Watch the logs whose first keys VKEYS holds.

    That is `enrolment/log.vkey` of each station, by another way than the network: whoever sends
    a key is believed from then on.
    """
    state = _state(folder)
    rows: list[dict[str, Value]] = []
    for key in read_vkeys(vkeys):
        added = state.add(key)
        rows.append({"origin": key.name, "added": added})
    console.rows("log", rows)
    if not all(row["added"] for row in rows):
        console.note("A log that is known already keeps the key it has.")
        console.leave(ExitCode.REFUSED)


@witness.command("list")
@_folder_argument
@with_console
def list_logs(console: Console, folder: Path) -> None:
    """Show every log and what was cosigned or refused.

    The size is the one that was cosigned last.
    A refused head was signed by the log: the log was rolled back or forked, or somebody sent an
    old one again. `--json` shows the notes.
    """
    state = _state(folder)
    console.rows("log", (_row(state, known, notes=console.as_json) for known in state.logs()))


def _row(state: WitnessState, known: KnownLog, *, notes: bool) -> dict[str, Value]:
    refused = state.evidence(known.key.name)
    shown: dict[str, Value] = {
        "origin": known.key.name,
        "size": known.size,
        "root": known.root.hex(),
        "older": sum(status == WitnessStatus.CONFLICT for _, status, _ in refused),
        "forked": sum(status == WitnessStatus.UNPROCESSABLE for _, status, _ in refused),
    }
    if notes:
        shown["refused"] = [
            {"time_s": moment, "status": status, "note": note.decode()}
            for moment, status, note in refused
        ]
    return shown


@witness.command("head")
@_folder_argument
@click.argument("origin")
@with_console
def head(console: Console, folder: Path, origin: str) -> None:
    """Print the last cosigned head of ORIGIN's log.

    It is as the log signed it. In a file it is what `log verify --head` holds that log against.
    """
    known = _state(folder).find(origin)
    if known is None or not known.size:
        raise NothingFound(origin)
    console.show({"origin": origin, "head": known.note.decode()}, verbatim="head")


@witness.command("serve")
@_folder_argument
@click.option("--listen", default="0.0.0.0", show_default=True, help="Address of this machine.")  # noqa: S104 - the stations of a branch ask over its network
@click.option(
    "--port", type=click.IntRange(0, 65535), default=_PORT, show_default=True, help="Its port."
)
@with_console
def serve(console: Console, folder: Path, listen: str, port: int) -> None:
    """Answer stations over HTTP until interrupted.

    The protocol is c2sp.org/tlog-witness.
    """
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s")
    service = _open(console, folder)
    try:
        server = WitnessServer(service, listen, port)
    except OSError as error:
        raise WitnessUnusable(f"{listen}:{port} {type(error).__name__}") from error
    host, bound = server.address
    console.show({"listening": f"http://{host}:{bound}", "vkey": _vkey(folder).vkey})
    try:
        server.serve()
    except KeyboardInterrupt:
        console.note("stopped")
    finally:
        server.close()


@witness.command("ask")
@with_console
def ask(console: Console) -> None:
    """Have this station's log cosigned now.

    By the witnesses of its settings (`--data`). The workstation must not be running; while it
    runs it asks by itself. Exit code 1 when one did not cosign, 2 when one accuses the log.
    """
    loaded = load_settings(console.folder())
    log_key = load_log_key(loaded, open_key_store(loaded, console.unlock))
    first = read_enrolled_log_key(loaded.folder).vkey
    with open_log(loaded, log_key, SystemClock()) as opened:
        path = loaded.path(loaded.values.log.path)
        anchoring = Anchoring(build_peers(loaded), opened, path, first)
        if not anchoring.configured:
            raise NothingFound("[witness]")
        results = anchoring.prepare()()
        anchoring.record(results, opened)
    console.rows(
        "cosignature",
        (
            {
                "witness": each.witness,
                "outcome": each.outcome.value,
                "size": each.size,
                "theirs": each.theirs,
            }
            for each in results
        ),
    )
    if anchoring.alarm:
        console.leave(ExitCode.INTEGRITY)
    if any(each.outcome is not WitnessOutcome.COSIGNED for each in results):
        console.leave(ExitCode.REFUSED)


@witness.command("cosign")
@_folder_argument
@click.argument("request", type=click.Path(path_type=Path))
@with_console
def cosign(console: Console, folder: Path, request: Path) -> None:
    """Answer a request file that a disk brought.

    The answer is written beside it: REQUEST.cosigned is the head with the cosignature; or it
    says why there is none, and the exit code is 1, or 2 when the log was rolled back or forked.
    """
    service = _open(console, folder)
    target = request.with_name(f"{request.name}.cosigned")
    steps = split_steps(read_limited(request, _MAX_FILE, NothingFound))
    answer, note, accused = WitnessAnswer(WitnessStatus.BAD_REQUEST), b"", False
    for path, body in steps:
        answer = service.answer(path, body)
        if answer.status == WitnessStatus.OK and path == ADD_CHECKPOINT:
            note = AddCheckpoint.parse(body).note + answer.body
        if answer.status != WitnessStatus.OK:
            accused = answer.status == WitnessStatus.UNPROCESSABLE or _is_older(answer, body)
            break
    if answer.status == WitnessStatus.OK and note:
        write_durably(target, note)
        _show(console, note, target)
        return
    said = f"refused {int(answer.status)} {answer.body.decode().strip() or '-'}\n"
    write_durably(target, said.encode())
    console.show({"refused": int(answer.status), "written": str(target)})
    console.leave(ExitCode.INTEGRITY if accused else ExitCode.REFUSED)


def _is_older(answer: WitnessAnswer, body: bytes) -> bool:
    """Whether a head is not newer than the one that was cosigned last, and another."""
    if answer.status != WitnessStatus.CONFLICT or body.startswith(b"entry "):
        return False
    size = int(AddCheckpoint.parse(body).note.split(b"\n", 2)[1])
    return size <= int(answer.body)


def _show(console: Console, note: bytes, target: Path) -> None:
    lines = note.decode().splitlines()
    console.show(
        {
            "origin": lines[0],
            "size": int(lines[1]),
            "cosigned_by": parse_signature_line(lines[-1]).name,
            "written": str(target),
        }
    )


def _state(folder: Path) -> WitnessState:
    if not (folder / _STATE_NAME).is_file():
        raise WitnessUnusable(folder.name)
    return WitnessState(folder / _STATE_NAME)


def _vkey(folder: Path) -> NoteVerifier:
    (only,) = read_vkeys(folder / _VKEY_NAME, algorithm=COSIGNATURE)[:1]
    return only


def _open(console: Console, folder: Path) -> WitnessService:
    state, public = _state(folder), _vkey(folder)
    key = Witness(public.name, _key_store(folder / _KEYS_FOLDER, console.unlock).load(_KEY))
    if key.verifier != public:
        raise KeyRefused("not the witness's key")
    return WitnessService(state, key)


def _key_store(folder: Path, unlock: KeyUnlock) -> KeyStore:
    """Return the store of the kind that is there."""
    if (folder / "master.passphrase").exists():
        return make_key_store(KeyStoreKind.SEALED, folder, unlock)
    if (folder / "master.dpapi").exists():
        return make_key_store(KeyStoreKind.DPAPI, folder, unlock)
    return make_key_store(KeyStoreKind.FILE, folder, unlock)
