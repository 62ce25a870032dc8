"""What a verification asks outside before a camera is used."""

from collections.abc import Mapping
from typing import Protocol

from workstation.registries.person import PersonAnswer
from workstation.registries.registry import RegistryAnswer
from workstation.registries.relations import RelationQuestion
from workstation.rules.questions.definition import RegistryQuestion

__all__ = ["Registries"]


class Registries(Protocol):
    """The outside sources; each call answers within its own time-out and never raises."""

    def ask(self, question: RegistryQuestion, members: Mapping[str, str]) -> RegistryAnswer:
        """Put a question of the policy to the registry that it names."""
        ...

    def person(self, iin: str) -> PersonAnswer:
        """Ask who has this ИИН."""
        ...

    def relation(self, question: RelationQuestion) -> RegistryAnswer:
        """Ask whether one person may take part in another's operation."""
        ...
