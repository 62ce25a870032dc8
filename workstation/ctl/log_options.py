"""Options of the commands that verify or read a log: which log, under which keys and heads."""

from pathlib import Path

import click

__all__ = [
    "head_option",
    "key_option",
    "log_option",
    "released_option",
    "trusted_option",
    "witness_option",
]

log_option = click.option(
    "--log",
    "log_file",
    type=click.Path(path_type=Path),
    help="The log's file. Default: the station's.",
)
key_option = click.option(
    "--key", "key_file", type=click.Path(path_type=Path), help="File with the log's verifier key."
)
trusted_option = click.option(
    "--trusted", type=click.Path(path_type=Path), help="Keys that may cosign the first entry."
)
released_option = click.option(
    "--released",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="File of heads that left the station. Repeatable. Default: the station's.",
)
head_option = click.option(
    "--head",
    "heads",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A checkpoint, a receipt, or the text of a receipt's QR code. Repeatable.",
)
witness_option = click.option(
    "--witness", type=click.Path(path_type=Path), help="Keys of witnesses whose lines anchor."
)
