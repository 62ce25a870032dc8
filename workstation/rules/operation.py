"""A critical operation with its parameters, as the customer will sign them."""

import hashlib
from dataclasses import dataclass
from typing import Final

__all__ = ["OPERATION_VERSION", "CriticalOperation"]

OPERATION_VERSION: Final = 2
"""Of the octets that `CriticalOperation.sha256` digests (docs/formats/permit.md)."""


@dataclass(frozen=True, slots=True)
class CriticalOperation:
    """One operation; which parameters it has, and their spelling, its definition says.

    kind        of the policy's catalogue
    parameters  (name, value) in the order of the form; what was left empty is not there
    """

    kind: str
    parameters: tuple[tuple[str, str], ...]

    def value(self, name: str) -> str:
        """Return a parameter, empty where the operation has none of this name."""
        return dict(self.parameters).get(name, "")

    def sha256(self) -> str:
        """Return the hex digest of kind and parameters; core banking recomputes it.

        How is `OPERATION_VERSION`: it changes with anything below.
        """
        lines = [self.kind, *(f"{name}={value}" for name, value in sorted(self.parameters))]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()
