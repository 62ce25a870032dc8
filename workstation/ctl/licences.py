"""`licences`: what the program bundles and depends on, and under which licence."""

from collections.abc import Iterator

import click

from workstation.ctl.components import Component, components, licence_texts
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.failures import NothingFound

__all__ = ["licences"]


@click.command()
@click.option(
    "--text",
    "name",
    metavar="NAME",
    help="Print the licence texts of one component instead; NAME is the first column of the list.",
)
@with_console
def licences(console: Console, name: str | None) -> None:
    """List components and their licences.

    That is what the program bundles and what it depends on. Versions are those installed here; `-`
    is not installed. Libraries inside a package's wheels, and what has to be known before use,
    follow the list.
    """
    if name is not None:
        _show_texts(console, name)
        return
    found = list(components())
    if console.as_json:
        console.rows("component", (_row(each, everything=True) for each in found))
        return
    console.rows("component", (_row(each, everything=False) for each in found))
    console.lines(_remarks(found))


def _row(each: Component, *, everything: bool) -> dict[str, Value]:
    row: dict[str, Value] = {
        "name": each.name,
        "version": each.version,
        "kind": each.kind,
        "use": each.use,
        "licence": each.licence,
    }
    if everything:
        row["purpose"] = each.purpose
        row["note"] = each.note
        row["carries"] = [
            {"name": inner.name, "licence": inner.licence, "where": inner.where}
            for inner in each.carries
        ]
    return row


def _remarks(found: list[Component]) -> Iterator[str]:
    yield ""
    for each in found:
        if each.note:
            yield f"{each.name}: {each.note}"
        for inner in each.carries:
            yield f"{each.name}, inside its wheels ({inner.where}): {inner.name}, {inner.licence}"


def _show_texts(console: Console, name: str) -> None:
    try:
        texts = licence_texts(name)
    except KeyError:
        raise NothingFound(f"{name}: no_such_component") from None
    if not texts:
        raise NothingFound(f"{name}: no_licence_text")
    if console.as_json:
        found: list[Value] = [{"file": file, "text": text} for file, text in texts]
        console.show({"name": name, "texts": found})
        return
    for file, text in texts:
        console.lines([f"--- {file}"])
        # A form feed or tab is layout here, not an attempt on the terminal.
        console.lines(line.expandtabs() for line in text.replace("\f", "\n").splitlines())
