"""`registry`: the bank's gateways tried, as a session would ask them."""

import click

from crypto.x509.iin import Iin, IinRefused
from workstation.ctl.console import Console, with_console
from workstation.ctl.probe_text import open_diagnosis, run_probes
from workstation.diagnosis.areas import ProbeArea
from workstation.diagnosis.probe import ProbeKind
from workstation.diagnosis.registries import Inquiry

__all__ = ["registry"]

_TRIED = frozenset({ProbeKind.REGISTRY, ProbeKind.ATTEMPTS, ProbeKind.AUTHORITY, ProbeKind.CENTRE})


@click.group()
def registry() -> None:
    """Try the bank's gateways."""


@registry.command("test")
@click.argument("name", required=False)
@click.option("--iin", help="Ask about the person with this ИИН; without it nobody is asked about.")
@click.option("--phone", help="With --iin: the number for questions about one, as +77011234567.")
@with_console
def test(console: Console, name: str | None, iin: str | None, phone: str | None) -> None:
    """Try the gateway NAME, or all that the settings name.

    Resolved, TLS under the anchors of the settings, and with --iin an answer in the protocol, with
    its signature. What differs is said. A gateway logs whom it was asked about: take a test person.

    Exit code 0 only when none is bad.
    """
    inquiry = Inquiry(_require_iin(iin), phone or "")
    with open_diagnosis(console) as diagnosis:
        probes = [
            each
            for each in diagnosis.find_probes(ProbeArea.SERVICES, inquiry=inquiry)
            if each.kind in _TRIED and name in {None, each.subject}
        ]
        run_probes(console, probes, named=name or "")


def _require_iin(stated: str | None) -> str:
    """Return the ИИН; a usage error for digits that are none: a mistyped one may be somebody's."""
    if stated is None:
        return ""
    try:
        whole = Iin.parse(stated).checksum_ok
    except IinRefused:
        whole = False
    if not whole:
        raise click.BadParameter("an ИИН has 12 digits, the last of which is a check digit")
    return stated
