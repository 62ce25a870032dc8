"""`vault`: the keys that open sealed evidence, made at head office; what is sealed, verified."""

from collections.abc import Callable
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from crypto.log.audit.reader import LogReader
from crypto.vault.keyfile import write_secret
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.failures import ExitCode
from workstation.evidence.verify_vault import VaultReport, verify_vault
from workstation.records.keys import read_enrolled_log_key
from workstation.records.validation_data_archive import LISTS_FOLDER, ValidationDataArchive
from workstation.settings.settings import LoadedSettings, load_settings
from workstation.settings.template import toml_value

__all__ = ["compare_vault", "describe_problems", "vault"]


@click.group()
def vault() -> None:
    """Make evidence keys; verify what is sealed."""


@vault.command("recipient")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path))
@with_console
def recipient(console: Console, name: str, file: Path) -> None:
    """Make a key pair called NAME at head office.

    The private key is written to FILE, which must not exist (PKCS#8, PEM, not encrypted: keep it
    offline). What is printed belongs into the settings of the stations.
    """
    private = X25519PrivateKey.generate()
    write_secret(file, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    stated = {"name": name, "x25519": private.public_key().public_bytes_raw().hex()}
    console.show({**stated, "settings": f"recipients = [{toml_value(stated)}]"})
    console.note("Whoever holds the private key reads customers' data; without it nobody can.")


# The name by which the station's documents call it; `recipient` is what it was called before.
vault.add_command(recipient, "new-recipient")


@vault.command("verify")
@with_console
def verify(console: Console) -> None:
    """Verify sealed payloads and kept lists.

    Every file, its keys and every list are compared with the log; no key is needed, and the station
    may be running. Exit code 2 when something is missing, changed,
    or named by no entry; what was erased is named with its order. `log verify` says whether the log
    itself is whole.
    """
    loaded = load_settings(console.folder())
    with console.watch("verifying") as progress, _read_log(loaded) as reader:
        report = compare_vault(loaded, reader, deep=True, progress=progress)
    console.show(
        {
            "verdict": "damaged" if report.found else "whole",
            "payloads": report.payloads,
            "lists": report.lists,
            "unkept": report.unkept,
            "of_earlier_logs": report.earlier,
            "erased": [f"{index} by {order}" for index, order in report.erased.items()],
            "found": report.found,
            "problems": describe_problems(report),
        }
    )
    if report.found:
        console.leave(ExitCode.INTEGRITY)


def compare_vault(
    loaded: LoadedSettings,
    reader: LogReader,
    *,
    deep: bool,
    progress: Callable[[int, int], None] | None = None,
) -> VaultReport:
    """Compare the station's vault and archive with its log; raises LogTampered, VaultUnwritable."""
    archive = ValidationDataArchive(loaded.folder / LISTS_FOLDER)
    folder = loaded.path(loaded.values.vault.path)
    with reader.snapshot() as view:
        return verify_vault(view, folder, archive, deep=deep, progress=progress)


def describe_problems(report: VaultReport) -> list[Value]:
    """Return the problems, each as its code, the entry and the name."""
    return [
        f"{each.fault} {'-' if each.index is None else each.index} {each.name}"
        for each in report.problems
    ]


def _read_log(loaded: LoadedSettings) -> LogReader:
    vkey = read_enrolled_log_key(loaded.folder).vkey
    return LogReader(loaded.path(loaded.values.log.path), vkey)
