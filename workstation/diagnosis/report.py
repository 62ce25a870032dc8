"""What is copied for support: codes, versions and numbers, and nobody's name or number.

Left out are names that devices and files may have from their owners (`Айгүл's iPhone`), paths, and
whatever was asked about. What is not known to be harmless does not stand here.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from workstation.diagnosis.probe import ProbeFact, ProbeKind, ProbeResult

__all__ = ["describe_for_support"]

_OWNED: Final = frozenset(
    {ProbeFact.NAME, ProbeFact.PATH, ProbeFact.ISSUER, ProbeFact.READERS, ProbeFact.SLOTS}
)
"""Facts whose values somebody has typed: a camera, a folder or a token may bear a person's name."""

_NAMED: Final = frozenset({ProbeKind.REGISTRY, ProbeKind.CENTRE, ProbeKind.CAMERA})
"""Kinds whose subjects are names of the settings, indices or our own words."""


def describe_for_support(facts: Mapping[str, str | int], results: Iterable[ProbeResult]) -> str:
    """Return lines of `name: value`, and one for each probe.

    facts  of the program that the caller knows to be harmless: versions, counts, codes
    """
    lines = [f"{name}: {value}" for name, value in facts.items()]
    for each in sorted(results, key=lambda result: result.name):
        subject = f" {each.subject}" if each.kind in _NAMED else ""
        told = [
            f"{name.value}={value}" for name, value in each.facts if name not in _OWNED and value
        ]
        told.append(f"took_ms={each.took_ms}")
        lines.append(f"{each.kind.value}{subject}: {each.state.value} {each.code} {' '.join(told)}")
    return "\n".join(lines) + "\n"
