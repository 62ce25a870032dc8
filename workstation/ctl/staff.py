"""`operator iin` and `operator face`: by what a station knows that a customer works here."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crypto.canonical_json import JsonValue
from crypto.log.file.clock import SystemClock
from crypto.vault.keys import KeyStore
from workstation.ctl.console import Console, with_console
from workstation.ctl.failures import NothingFound
from workstation.ctl.help_language import Misused
from workstation.first_start.signing import open_staff
from workstation.records.keys import open_key_store
from workstation.records.station_log import load_log_key, open_log
from workstation.settings.settings import LoadedSettings, load_settings
from workstation.settings.toml_file import read_limited

if TYPE_CHECKING:
    from vision.results import FaceTemplate

__all__ = ["face", "iin"]

_KIND = "staff.face"


@click.command("iin")
@click.argument("operator_id")
@click.argument("number")
@with_console
def iin(console: Console, operator_id: str, number: str) -> None:
    """Let the station know an employee's ИИН.

    So that nobody serves himself or a colleague. Only a digest under the station's key is kept.
    """
    loaded = load_settings(console.folder())
    open_staff(loaded, open_key_store(loaded, console.unlock)).set_iin(operator_id, number)
    console.show({"iin_of": operator_id})


@click.command("face")
@click.argument("operator_id")
@click.option(
    "--photo",
    type=click.Path(path_type=Path),
    help="A photo that shows the person and nobody else.",
)
@click.option("--consent", is_flag=True, help="The person has agreed to it in writing.")
@click.option("--remove", is_flag=True, help="Forget the face: the consent was withdrawn.")
@with_console
def face(
    console: Console, operator_id: str, photo: Path | None, *, consent: bool, remove: bool
) -> None:
    """Let the station know an employee's face, or forget it.

    A sealed template is kept, never the photo. That the person agreed, or no longer does, is
    recorded in the signed log first, so the workstation must not be running.
    """
    if remove == (photo is not None):
        raise Misused("either --photo FILE or --remove")
    if photo is not None and not consent:
        raise Misused("--consent: without it no face may be kept")
    loaded = load_settings(console.folder())
    store = open_key_store(loaded, console.unlock)
    staff = open_staff(loaded, store)
    staff.require_known(operator_id)
    template = None if photo is None else _describe(console, photo)
    entry = _record(
        loaded, store, operator_id, "consent_withdrawn" if template is None else "consent_given"
    )
    if template is None:
        staff.remove_face(operator_id)
    else:
        staff.enrol_face(operator_id, template, time.time_ns() // 1_000_000)
    console.show({"face_of": operator_id, "kept": template is not None, "log_entry": entry})


def _describe(console: Console, photo: Path) -> "FaceTemplate":
    from vision.analysis import InlineAnalysis
    from workstation.ctl.pairs import MAX_IMAGE, describe_photo

    image = read_limited(photo, MAX_IMAGE, NothingFound)
    return describe_photo(InlineAnalysis(console.data), photo.name, image, alone=True)


def _record(loaded: LoadedSettings, store: KeyStore, operator_id: str, act: str) -> int:
    """Record the act and return its number in the log."""
    with open_log(loaded, load_log_key(loaded, store), SystemClock()) as log:
        data: dict[str, JsonValue] = {"operator": operator_id, "act": act}
        return log.append(_KIND, data).entry.seq
