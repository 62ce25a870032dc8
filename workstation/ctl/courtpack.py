"""`courtpack`: one session with everything that proves it, for people without this program."""

from pathlib import Path

import click

from crypto.errors import NoteMalformed
from crypto.files.durable import create_durably
from resources.court.verify_pack import MAX_PACK, Verified, Wrong
from workstation.court.pack import build_pack
from workstation.court.sources import station_sources
from workstation.ctl.console import Console, with_console
from workstation.ctl.evidence import read_evidence_key, read_session
from workstation.ctl.failures import ExitCode, NothingFound
from workstation.errors import AlreadyInitialised
from workstation.records.keys import (
    read_enrolled_log_key,
)
from workstation.settings.settings import load_settings
from workstation.settings.toml_file import read_limited

__all__ = ["courtpack"]

_MAX_KEY = 16_384


@click.group()
def courtpack() -> None:
    """Packs of one session for a court."""


@courtpack.command("build")
@click.argument("session")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="The ZIP to write; a new file."
)
@click.option(
    "--evidence-key",
    type=click.Path(path_type=Path),
    help="Private key of head office: opens statement, signature and photos into the pack.",
)
@with_console
def build(console: Console, session: str, *, out: Path, evidence_key: Path | None) -> None:
    """Build the pack of SESSION.

    SESSION is its number (index of its first entry), or its id. Nothing is written into the
    station. What is missing in the pack is named. A pack that was opened with the key of head
    office holds personal data.
    """
    key = None if evidence_key is None else read_evidence_key(evidence_key)
    number = read_session(session)
    loaded = load_settings(console.folder())
    pack = build_pack(station_sources(loaded, key), number, session)
    try:
        create_durably(out, pack.octets)
    except FileExistsError:
        raise AlreadyInitialised(out.name) from None
    console.show(
        {
            "pack": str(out),
            "case": pack.case,
            "number": pack.number,
            "parts": pack.parts,
            "bytes": len(pack.octets),
            "missing": [f"{name}: {why}" for name, why in sorted(pack.missing.items())],
        }
    )


@courtpack.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", "key_file", type=click.Path(path_type=Path), help="The log's first key.")
@click.option("--trusted", type=click.Path(path_type=Path), help="Keys that may cosign entry 0.")
@click.option("--witness", type=click.Path(path_type=Path), help="Keys of witnesses.")
@click.option(
    "--head", type=click.Path(path_type=Path), help="A head, or the text of a receipt's QR code."
)
@with_console
def verify(
    console: Console,
    file: Path,
    key_file: Path | None,
    trusted: Path | None,
    witness: Path | None,
    head: Path | None,
) -> None:
    """Verify the pack in FILE.

    By the program that it carries itself (verify_pack.py). With --data the first key is the
    station's own. Exit code 2 names the part that is wrong; 1 when only the pack itself vouches
    for its first key.
    """
    texts = [_text(each) for each in (key_file, trusted, witness)]
    if key_file is None and console.data is not None:
        texts[0] = read_enrolled_log_key(console.folder()).vkey
    # What went through a scanner or an editor may have other line ends, or none at its end.
    given = _text(head).replace("\r", "").strip()
    given = f"{given}\n" if given else ""
    pack = read_limited(file, MAX_PACK, NothingFound)
    try:
        log_key, keys, witnesses = texts
        verified = Verified(pack, log_key, keys, witnesses, given.encode())
    except Wrong as wrong:
        part, code = wrong.args
        console.show({"verdict": "refused", "part": part, "reason": code})
        console.leave(ExitCode.INPUT if code == "not_a_pack" else ExitCode.INTEGRITY)
    except ValueError:
        raise NoteMalformed("verifier key") from None
    console.show(
        {
            "verdict": "verified" if texts[0] else "vouches_for_itself",
            "case": verified.case,
            "number": verified.number,
            "log": verified.head[0],
            "entries": verified.head[1],
            "first_key": verified.keys.first,
            "cosigned": list(verified.cosigned),
            "missing": [f"{name}: {why}" for name, why in sorted(verified.missing.items())],
            "notes": list(verified.notes),
            "timeline": verified.parts[f"timeline.{console.language}.txt"].decode(),
        },
        verbatim="timeline",
    )
    if not texts[0]:
        console.leave(ExitCode.REFUSED)


def _text(path: Path | None) -> str:
    octets = b"" if path is None else read_limited(path, _MAX_KEY, NothingFound)
    return octets.decode("utf-8", "replace")
