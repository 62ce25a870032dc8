"""`settings`: places of the settings file set and shown, without an editor."""

import click

from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.failures import ExitCode
from workstation.first_start.places import open_places, set_places

__all__ = ["settings"]


@click.group()
def settings() -> None:
    """Set places of the settings; a change waits for the charter."""


@settings.command("set")
@click.argument("place")
@click.argument("values", nargs=-1, required=True)
@with_console
def set_place(console: Console, place: str, values: tuple[str, ...]) -> None:
    """Write VALUES at PLACE, such as camera.index 1.

    Of a list each value is one of its members. Certificate files of tls_anchors are copied into the
    station's folder; a recipient of sealed evidence is NAME=DIGITS as `vault recipient` prints it.
    What does not belong there is refused, and nothing else of the file changes.
    """
    (made,) = set_places(console.folder(), {place: values})
    shown: dict[str, Value] = {"set": made.place, "value": _show(made.value)}
    if made.files:
        shown["copied"] = list(made.files)
    console.show(shown)
    console.note_unsigned()


@settings.command("open")
@with_console
def show_open(console: Console) -> None:
    """Show every place that still has to be filled in.

    Exit code 1 when there is one.
    """
    places = open_places(console.folder())
    console.show({"open": list(places)})
    if places:
        console.leave(ExitCode.REFUSED)


def _show(value: object) -> Value:
    match value:
        case list():
            return [_show(each) for each in value]
        case dict():
            return {str(name): _show(each) for name, each in value.items()}
        case str() | int() | bool():
            return value
        case _:
            return str(value)
