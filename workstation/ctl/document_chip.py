"""`document read chip`: the chip on a card reader, opened by its printed lines."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click

from crypto.chip.access_keys import AccessKey
from crypto.chip.pcsc import PcscReader
from crypto.chip.read import ChipProgress, read_chip
from crypto.errors import CryptoError
from crypto.files.durable import write_durably
from crypto.lds.data_groups import parse_dg2
from crypto.lds.files import ChipFiles
from crypto.x509.iin import write_short_date
from vision.document.mrz import MrzFields, parse_mrz
from vision.errors import MrzRefused
from vision.matching.jpeg import JPEG_MAGIC
from vision.matching.png import PNG_MAGIC
from workstation.ctl.console import Console, Value
from workstation.ctl.failures import NothingFound
from workstation.ctl.pairs import MAX_IMAGE
from workstation.errors import AlreadyInitialised
from workstation.settings.settings import ChipTable, load_settings
from workstation.settings.toml_file import read_limited
from workstation.verification.reference.typed_key import TypedKey

__all__ = ["compose_key", "keep_files", "read_from_chip", "read_printed_key", "require_new_folder"]

_WAIT_S = 30.0
_MAX_LINES = 1_000


def compose_key(number: str, birth: str, expiry: str) -> AccessKey:
    """Return the key of fields as typed; AccessKeyRefused names the one that cannot be."""
    return TypedKey(number, birth, expiry).compose()


def read_printed_key(console: Console, path: Path, today: date) -> AccessKey:
    """Return the key of a file with the printed lines: text, or a picture of them.

    NothingFound, which names the rule of the lines that does not hold; ImageRefused.
    """
    untrusted = read_limited(path, MAX_IMAGE, NothingFound)
    if untrusted.startswith((JPEG_MAGIC, PNG_MAGIC)):
        # Imported here: loading the models' libraries takes seconds that text need not pay.
        from workstation.ctl.document_pictures import read_lines

        lines = read_lines(console, path)
    else:
        lines = tuple(untrusted[:_MAX_LINES].decode("ascii", "replace").split())
    try:
        fields = parse_mrz(lines, today)
    except MrzRefused as refused:
        raise NothingFound(f"{path.name}: {refused.code}") from refused
    return _key_of(fields, path.name)


def _key_of(fields: MrzFields, name: str) -> AccessKey:
    wrong = [each for each in fields.wrong_checks if each in {"number", "birth", "expiry"}]
    if wrong:
        raise NothingFound(f"{name}: wrong_check_digit: {wrong[0]}")
    return AccessKey.from_mrz(
        fields.number, write_short_date(fields.birth), write_short_date(fields.expiry)
    )


def read_from_chip(console: Console, key: AccessKey, reader: str | None) -> ChipFiles:
    """Read the chip on a reader, with progress on standard error; ChipError.

    reader  its name; None: the one of the station's settings, else the only one connected
    """
    name = _configured_name(console) if reader is None else reader
    console.note("put the document on the card reader and leave it there")
    connection = PcscReader(name).connect(wait_s=_WAIT_S, cancelled=_never)
    with connection as transport, _progress(console) as show:
        return read_chip(transport, key, progress=show)


def _configured_name(console: Console) -> str:
    """Return the reader of the station's settings; empty: whichever is the only one."""
    if console.data is None:
        return ""
    chip = load_settings(console.data).values.chip
    return chip.reader if isinstance(chip, ChipTable) else ""


def _never() -> bool:
    return False


@contextmanager
def _progress(console: Console) -> Iterator[Callable[[ChipProgress], None]]:
    with click.progressbar(
        length=100, label="chip", file=sys.stderr, hidden=console.as_json
    ) as bar:

        def show(progress: ChipProgress) -> None:
            bar.update(progress.percent - bar.pos)

        yield show


def require_new_folder(folder: Path) -> None:
    """Refuse a place that holds anything; AlreadyInitialised."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AlreadyInitialised(folder.name)


def keep_files(folder: Path, files: ChipFiles, members: Value) -> None:
    """Write the chip's files, the portrait and the report into a new or empty folder.

    AlreadyInitialised when the folder holds anything. Personal data: for this account only.
    """
    require_new_folder(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    named = {f"DG{number}.bin": octets for number, octets in files.data_groups.items()}
    named["EF_SOD.bin"] = files.security_object
    if files.com is not None:
        named["EF_COM.bin"] = files.com
    named["report.json"] = json.dumps(members, ensure_ascii=False, indent=1).encode()
    try:
        portrait = parse_dg2(files.data_groups.get(2, b""))
        named[f"portrait.{'jpg' if portrait.kind == 'jpeg' else 'jp2'}"] = portrait.octets
    except CryptoError:
        pass  # the report says why there is none
    for name, octets in named.items():
        write_durably(folder / name, octets)
