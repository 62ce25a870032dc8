"""`carrier`: the ways to sign and the card reader, tried without a customer."""

import click

from workstation.ctl.console import Console, with_console
from workstation.ctl.probe_text import open_diagnosis, run_probes
from workstation.diagnosis.areas import ProbeArea
from workstation.diagnosis.probe import ProbeKind

__all__ = ["carrier"]


@click.group()
def carrier() -> None:
    """Try the ways to sign."""


@carrier.command("test")
@with_console
def test(console: Console) -> None:
    """Try NCALayer, eGov Mobile, the token and the card reader.

    Nobody is asked for a key or a PIN. NCALayer: reached, under the TLS anchors of the settings,
    and its version. The PKCS#11 module is loaded in a process of its own; its slots are counted.

    Exit code 0 only when none is bad.
    """
    with open_diagnosis(console) as diagnosis:
        found = diagnosis.find_probes(ProbeArea.DEVICES)
        run_probes(console, [each for each in found if each.kind is not ProbeKind.CAMERA])
