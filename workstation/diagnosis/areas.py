"""Which probes belong together: one area is one page of the administrator."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from workstation.diagnosis.probe import ProbeKind

__all__ = ["KINDS", "ProbeArea"]


class ProbeArea(StrEnum):
    """What is looked at together."""

    DEVICES = "devices"
    TRUST = "trust"
    SERVICES = "services"
    DIAGNOSTICS = "diagnostics"


KINDS: Final[Mapping[ProbeArea, tuple[ProbeKind, ...]]] = MappingProxyType(
    {
        ProbeArea.DEVICES: (
            ProbeKind.CAMERA,
            ProbeKind.NCALAYER,
            ProbeKind.EGOV,
            ProbeKind.TOKEN,
            ProbeKind.CARD_READER,
        ),
        ProbeArea.TRUST: (ProbeKind.ANCHOR, ProbeKind.LIST),
        ProbeArea.SERVICES: (
            ProbeKind.REGISTRY,
            ProbeKind.ATTEMPTS,
            ProbeKind.AUTHORITY,
            ProbeKind.CENTRE,
            ProbeKind.RESPONDER,
            ProbeKind.TIMESTAMPS,
            ProbeKind.WITNESS,
        ),
        ProbeArea.DIAGNOSTICS: (
            ProbeKind.PROGRAM,
            ProbeKind.PARTS,
            ProbeKind.CLOCK,
            ProbeKind.DISK,
            ProbeKind.LOG,
            ProbeKind.MEMORY,
        ),
    }
)
"""The kinds of each area, in the order in which they are shown; each kind stands in one."""
