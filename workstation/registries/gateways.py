"""The three registries as the pre-checks ask them."""

from dataclasses import dataclass

from workstation.operation import OperationKind
from workstation.registries.questions import (
    AntifraudRegistry,
    LoanRefusalRegistry,
    PhoneOwnerRegistry,
)
from workstation.registries.registry import RegistryAnswer

__all__ = ["Gateways"]


@dataclass(frozen=True, slots=True)
class Gateways:
    """Implements `workstation.prechecks.Registries` over the bank's gateways."""

    owners: PhoneOwnerRegistry
    alerts: AntifraudRegistry
    refusals: LoanRefusalRegistry

    def phone_owner(self, iin: str, phone: str) -> RegistryAnswer:
        """Ask whether the number is registered to this ИИН."""
        return self.owners.ask(iin, phone)

    def antifraud(self, iin: str, phone: str, operation: OperationKind) -> RegistryAnswer:
        """Ask whether the antifraud centre knows this customer, number or operation."""
        return self.alerts.ask(iin, phone, operation)

    def loan_refusal(self, iin: str) -> RegistryAnswer:
        """Ask whether the customer has voluntarily refused loans."""
        return self.refusals.ask(iin)
