"""The three registries as the pre-checks ask them."""

from collections.abc import Callable
from dataclasses import dataclass

from workstation.errors import SettingsRefused
from workstation.registries.endpoint import RegistryEndpoint
from workstation.registries.questions import (
    AntifraudRegistry,
    LoanRefusalRegistry,
    PhoneOwnerRegistry,
)
from workstation.registries.registry import RegistryAnswer
from workstation.rules.operation import OperationKind
from workstation.settings.certificate_files import certificate_files
from workstation.settings.settings import LoadedSettings

__all__ = ["Gateways", "build_gateways"]

_PLACES = {
    "base_url": "the address cannot be used",
    "tls_anchors": "tls_anchors: the gateway's issuing certificate is missing or unreadable",
    "timeout_s": "timeout_s: a whole number of seconds from 1 to 60",
}


@dataclass(frozen=True, slots=True)
class Gateways:
    """Implements `workstation.verification.prechecks.Registries` over the bank's gateways."""

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


def build_gateways(loaded: LoadedSettings, clock_ms: Callable[[], int]) -> Gateways:
    """Build what `[registries]` names; SettingsRefused with the place of what cannot be used."""
    values = loaded.values.registries
    anchors = tuple(
        certificate_files(loaded.folder, "$.registries.tls_anchors", values.tls_anchors)
    )

    def endpoint(url: str, source: str) -> RegistryEndpoint:
        try:
            return RegistryEndpoint(
                url, source, values.timeout_s, anchors, clock_ms, loaded.dialling
            )
        except SettingsRefused as refused:
            field = refused.detail.removeprefix("registry.")
            place = f"$.registries.{source}_url" if field == "base_url" else "$.registries"
            raise SettingsRefused(f"{place}: {_PLACES.get(field, field)}") from None

    return Gateways(
        PhoneOwnerRegistry(endpoint(values.phone_owner_url, "phone_owner")),
        AntifraudRegistry(endpoint(values.antifraud_url, "antifraud")),
        LoanRefusalRegistry(endpoint(values.loan_refusal_url, "loan_refusal")),
    )
