"""`log export`, `log verify-export`: the log as a directory of tiles that anybody can verify."""

from pathlib import Path

import click

from crypto.log.audit.audit import Expectations
from crypto.log.audit.reader import LogReader
from crypto.log.export.places import create_folder, create_zip
from crypto.log.export.verify import verify_export
from crypto.log.export.write import write_export
from crypto.log.format.cosignature import COSIGNATURE
from workstation.charter.archive import CharterArchive
from workstation.ctl.console import Console, with_console
from workstation.ctl.log import find_log, find_released, read_log_key, show_verdict
from workstation.ctl.log_options import (
    head_option,
    key_option,
    log_option,
    released_option,
    trusted_option,
    witness_option,
)
from workstation.records.audit.session_rules import SessionRules
from workstation.records.keys import ENROLMENT_FOLDER, TRUSTED_NAME, read_vkeys
from workstation.records.known_heads import read_heads

__all__ = ["export", "verify_exported"]


@click.command("export")
@click.argument("target", type=click.Path(path_type=Path))
@log_option
@key_option
@trusted_option
@click.option("--zip", "zipped", is_flag=True, help="One ZIP file instead of a folder.")
@with_console
def export(
    console: Console,
    target: Path,
    log_file: Path | None,
    key_file: Path | None,
    trusted: Path | None,
    *,
    zipped: bool,
) -> None:
    """Export the whole log to TARGET, which must not exist.

    A tiled directory (c2sp.org/tlog-tiles) with the newest head, the newest cosigned one, every key
    ever trusted, and the charters. The station may be running. Verify it with `log verify-export`.
    """
    cosigners = read_vkeys(trusted or console.folder() / ENROLMENT_FOLDER / TRUSTED_NAME)
    create = create_zip if zipped else create_folder
    with (
        LogReader(find_log(console, log_file), read_log_key(console, key_file).vkey) as reader,
        create(target) as write,
    ):
        done = write_export(reader, write, trusted=cosigners, attachments=_attachments(console))
    console.show(
        {
            "origin": done.head.checkpoint.origin,
            "entries": done.head.size,
            "root": done.head.root.hex(),
            "cosigned": done.cosigned,
            "written": str(target),
        }
    )


@click.command("verify-export")
@click.argument("exported", type=click.Path(path_type=Path))
@key_option
@trusted_option
@released_option
@head_option
@witness_option
@with_console
def verify_exported(
    console: Console,
    exported: Path,
    *,
    key_file: Path | None,
    trusted: Path | None,
    released: tuple[Path, ...],
    heads: tuple[Path, ...],
    witness: Path | None,
) -> None:
    """Verify an export, folder or ZIP, without the log's database.

    Every entry with its signatures, every tile, the heads and the keys. Exit code 2 and the first
    bad entry when it was tampered with.
    """
    log_key = read_log_key(console, key_file)
    own = () if released or console.data is None else (find_released(console),)
    known = read_heads(log_key.name, released=released or own, heads=heads)
    expected = Expectations(
        log_key=log_key,
        trusted=read_vkeys(trusted or console.folder() / ENROLMENT_FOLDER / TRUSTED_NAME),
        released=known.marks,
        witnesses=read_vkeys(witness, algorithm=COSIGNATURE) if witness else (),
        rules=SessionRules,
    )
    show_verdict(console, verify_export(exported, expected), expected, known.elsewhere)


def _attachments(console: Console) -> dict[str, bytes]:
    """Return every charter of the station, as it was signed."""
    if console.data is None:
        return {}
    return CharterArchive(console.data).attachments()
