"""What the search for paths may spend: certificates inside a signature are hostile input."""

from dataclasses import dataclass

__all__ = ["PathBudget"]


@dataclass(slots=True)
class PathBudget:
    """What one validation may spend; counted down in place, shared by its nested searches."""

    depth: int = 10
    paths: int = 32
    signatures: int = 100
    steps: int = 1000

    @property
    def spent(self) -> bool:
        """Whether nothing is left of one of the things a search needs."""
        return min(self.paths, self.signatures, self.steps) <= 0

    def charge_signature(self) -> bool:
        """Pay for one verification of a signature; False when the budget does not allow it."""
        if self.signatures <= 0:
            return False
        self.signatures -= 1
        return True
