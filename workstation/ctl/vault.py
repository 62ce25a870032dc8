"""`vault`: the keys that open sealed evidence, made at head office and never on a station."""

from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from crypto.vault.keyfile import write_secret
from workstation.ctl.console import Console, with_console
from workstation.settings.template import toml_value

__all__ = ["vault"]


@click.group()
def vault() -> None:
    """Make the keys that open sealed evidence."""


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
