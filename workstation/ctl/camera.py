"""`camera`: what the system calls the cameras, which may be used here, and one of them tried."""

import click

from workstation.ctl.console import Console, TableRow, Value, with_console
from workstation.ctl.failures import ExitCode
from workstation.ctl.probe_text import show_results
from workstation.diagnosis.camera_edit import camera_lines, stage_camera
from workstation.diagnosis.cameras import (
    CameraTrial,
    StationCamera,
    propose_camera,
    station_cameras,
    try_camera,
)
from workstation.diagnosis.probe import ProbeState
from workstation.settings.settings import load_settings

__all__ = ["camera"]


@click.group()
def camera() -> None:
    """List the cameras and try one."""


@camera.command("list")
@with_console
def list_all(console: Console) -> None:
    """List the cameras of this computer.

    Each with its VID:PID, and whether the settings let it be used here. None is opened for images.
    """
    loaded = load_settings(console.folder())
    found, beyond = station_cameras(loaded)
    texts = console.texts
    names = ("index", "name", "hardware_id", "backend", "allowed")
    headers = [texts.tr(f"camera_column.{each}") for each in names]
    console.table("camera", headers, [_row(console, each) for each in found])
    if not found and not console.as_json:
        console.paragraph(texts.tr("camera_absent"))
    if beyond:
        console.note(texts.tr("camera_list.beyond", count=beyond))


def _row(console: Console, each: StationCamera) -> TableRow:
    listed, trouble = each.listed, each.trouble
    record: dict[str, Value] = {
        "index": listed.index,
        "name": listed.name,
        "hardware_id": listed.hardware_id,
        "path": listed.path,
        "backend": listed.backend,
        "allowed": trouble is None,
        "trouble": None if trouble is None else trouble.value,
        "in_use": each.in_use,
    }
    code = "camera_list.allowed" if trouble is None else trouble.value
    words = console.texts.tr(code)
    if each.in_use:
        words = f"{words}; {console.texts.tr('camera_list.configured')}"
    cells = (listed.index, listed.name, listed.hardware_id, listed.backend, words)
    # A line of its own: a device's path of Windows is as long as a line.
    return TableRow(record, cells, tuple(filter(None, (listed.path,))))


@camera.command("test")
@click.argument("index", type=click.IntRange(0, 63), required=False)
@click.option("--stage", is_flag=True, help="Write the table [camera] into the settings.")
@with_console
def test(console: Console, index: int | None, *, stage: bool) -> None:
    """Open a camera and measure it.

    The camera at INDEX, or that of the settings. It is challenged as before a session, and 30
    images are measured. What the settings would have to say is printed; with --stage it is written
    there, and counts once the charter is signed.

    Exit code 0 only when it delivers and may be used here.
    """
    loaded = load_settings(console.folder())
    trial = try_camera(loaded, index)
    show_results(console, [trial.result])
    if trial.result.state is ProbeState.BAD:
        console.leave(ExitCode.REFUSED)
    _propose(console, trial, stage=stage)


def _propose(console: Console, trial: CameraTrial, *, stage: bool) -> None:
    measured, subject = trial.measured, trial.result.subject
    if measured is None or not subject.isdigit():
        # A recording or the simulated customer: there is no device to write down.
        return
    members = propose_camera(int(subject), measured)
    if stage:
        stage_camera(console.folder(), members)
        console.note(console.texts.tr("camera_list.staged"))
        console.note_unsigned()
    elif console.as_json:
        console.show({"type": "settings", "camera": dict(members)})
    else:
        console.lines(("", *camera_lines(members)))
