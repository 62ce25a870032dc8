"""The bank's gateways to the registries, as the settings name them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import msgspec

from crypto.errors import CryptoError
from crypto.net.connection import ANY_MACHINE
from crypto.net.tls import ClientIdentity
from crypto.report.alarm import ReportAlarm, ignore_alarm
from crypto.vault.keyfile import read_secret
from workstation.errors import SettingsRefused
from workstation.registries.attempts import AttemptRegistry
from workstation.registries.authority import Authority, Claim, PushAuthority, SessionAuthority
from workstation.registries.endpoint import RegistryEndpoint
from workstation.registries.identification import Centre, IdentificationCentre
from workstation.registries.person import PersonAnswer, PersonRegistry, not_configured
from workstation.registries.questions import ask_question, leave_unasked
from workstation.registries.registry import RegistryAnswer
from workstation.registries.relations import (
    RelationQuestion,
    RelationRegistry,
    relation_not_configured,
)
from workstation.rules.alternatives import LivenessWay
from workstation.rules.questions.definition import NO_ANSWER, RegistryQuestion
from workstation.settings.answer_keys import read_answer_keys
from workstation.settings.authority import (
    ClientTable,
    PushAuthorityTable,
    SessionAuthorityTable,
)
from workstation.settings.certificate_files import certificate_files
from workstation.settings.settings import LoadedSettings

__all__ = ["Gateways", "build_attempts", "build_authority", "build_centres", "build_gateways"]

_PLACES = {
    "base_url": "the address cannot be used",
    "tls_anchors": "tls_anchors: the gateway's issuing certificate is missing or unreadable",
    "identity": "client: certificate and key cannot be read, or do not belong together",
    "timeout_s": "timeout_s: a whole number of seconds from 1 to 60",
}


@dataclass(frozen=True, slots=True)
class Gateways:
    """Implements `workstation.registries.sources.Registries` over the bank's gateways.

    registries  by the name that questions of the policy use
    persons     None where the settings name no person registry
    relations   None where they name no register of relations
    """

    registries: Mapping[str, RegistryEndpoint]
    persons: PersonRegistry | None
    clock_ms: Callable[[], int]
    relations: RelationRegistry | None = None

    def ask(self, question: RegistryQuestion, members: Mapping[str, str]) -> RegistryAnswer:
        """Put a question; one to a registry that the settings do not name has no answer."""
        endpoint = self.registries.get(question.registry)
        if endpoint is None:
            return leave_unasked(question, NO_ANSWER, self.clock_ms())
        return ask_question(endpoint, question, members)

    def person(self, iin: str) -> PersonAnswer:
        """Ask who has this ИИН."""
        return not_configured(self.clock_ms()) if self.persons is None else self.persons.ask(iin)

    def relation(self, question: RelationQuestion) -> RegistryAnswer:
        """Ask whether one person may take part in another's operation."""
        if self.relations is None:
            return relation_not_configured(question.check, self.clock_ms())
        return self.relations.ask(question)


def build_gateways(
    loaded: LoadedSettings,
    clock_ms: Callable[[], int],
    report_alarm: ReportAlarm = ignore_alarm,
) -> Gateways:
    """Build what `[registries]` names; SettingsRefused with the place of what cannot be used."""
    values = loaded.values.registries
    anchors = tuple(
        certificate_files(loaded.folder, "$.registries.tls_anchors", values.tls_anchors)
    )

    def endpoint(
        url: str, source: str, place: str = "", timeout_s: int = values.timeout_s
    ) -> RegistryEndpoint:
        with _locate_faults(place or f"$.registries.{source}_url", "$.registries"):
            return RegistryEndpoint(
                *(url, source, timeout_s, anchors, clock_ms, loaded.dialling),
                report_alarm=report_alarm,
            )

    persons = None
    if values.person_url is not msgspec.UNSET:
        keys = read_answer_keys(
            loaded.folder, "$.registries.person_jws_keys", values.person_jws_keys
        )
        persons = PersonRegistry(replace(endpoint(values.person_url, "person"), keys=keys))
    named = {
        "phone_owner": endpoint(values.phone_owner_url, "phone_owner"),
        "antifraud": endpoint(values.antifraud_url, "antifraud"),
        "loan_refusal": endpoint(values.loan_refusal_url, "loan_refusal"),
    }
    for name, table in values.questions.items():
        if name in named:
            raise SettingsRefused(f"$.registries.questions.{name}: it is named by {name}_url")
        limit = values.timeout_s if table.timeout_s is msgspec.UNSET else table.timeout_s
        named[name] = endpoint(table.url, name, f"$.registries.questions.{name}.url", limit)
    relations = None
    if values.relations_url is not msgspec.UNSET:
        relations = RelationRegistry(endpoint(values.relations_url, "relations"))
    return Gateways(named, persons, clock_ms, relations)


def build_attempts(
    loaded: LoadedSettings,
    clock_ms: Callable[[], int],
    report_alarm: ReportAlarm = ignore_alarm,
) -> AttemptRegistry | None:
    """Build what `attempts_url` names; None without it, SettingsRefused with the place."""
    values = loaded.values.registries
    if values.attempts_url is msgspec.UNSET:
        return None
    anchors = tuple(
        certificate_files(loaded.folder, "$.registries.tls_anchors", values.tls_anchors)
    )
    url, timeout_s, dialling = values.attempts_url, values.timeout_s, loaded.dialling
    with _locate_faults("$.registries.attempts_url", "$.registries"):
        return AttemptRegistry(
            RegistryEndpoint(
                *(url, "attempts", timeout_s, anchors, clock_ms, dialling),
                report_alarm=report_alarm,
            )
        )


def build_authority(
    loaded: LoadedSettings,
    clock_ms: Callable[[], int],
    claim: Claim,
    report_alarm: ReportAlarm = ignore_alarm,
) -> Authority | None:
    """Build what `[authority]` names; None without it, SettingsRefused with the place."""
    values = loaded.values.authority
    if values is msgspec.UNSET:
        return None
    anchors = tuple(certificate_files(loaded.folder, "$.authority.tls_anchors", values.tls_anchors))
    keys = read_answer_keys(loaded.folder, "$.authority.jws_keys", values.jws_keys)
    identity = None
    if values.client is not msgspec.UNSET:
        identity = _client_identity(loaded, values.client)
    with _locate_faults("$.authority.url", "$.authority"):
        endpoint = RegistryEndpoint(
            values.url,
            "authority",
            values.timeout_s,
            anchors,
            clock_ms,
            loaded.dialling,
            identity,
            keys,
            report_alarm,
        )
    match values:
        case PushAuthorityTable():
            return PushAuthority(endpoint, claim)
        case SessionAuthorityTable():
            return SessionAuthority(endpoint, claim, session_s=values.session_s)


def build_centres(
    loaded: LoadedSettings,
    clock_ms: Callable[[], int],
    claim: Claim,
    report_alarm: ReportAlarm = ignore_alarm,
) -> dict[LivenessWay, Centre]:
    """Build what `[palm]` and `[video_identification]` name; SettingsRefused with the place."""
    values = loaded.values
    tables = {
        LivenessWay.PALM: (values.palm, ANY_MACHINE),
        LivenessWay.VIDEO_IDENTIFICATION: (values.video_identification, loaded.dialling),
    }
    found: dict[LivenessWay, Centre] = {}
    for way, (table, dialling) in tables.items():
        if table is msgspec.UNSET:
            continue
        place = f"$.{way}"
        anchors = tuple(certificate_files(loaded.folder, f"{place}.tls_anchors", table.tls_anchors))
        keys = read_answer_keys(loaded.folder, f"{place}.jws_keys", table.jws_keys)
        with _locate_faults(f"{place}.url", place):
            endpoint = RegistryEndpoint(
                *(table.url, way.value, table.timeout_s, anchors, clock_ms, dialling),
                keys=keys,
                report_alarm=report_alarm,
            )
        found[way] = IdentificationCentre(way, endpoint, claim)
    return found


@contextmanager
def _locate_faults(address: str, table: str) -> Iterator[None]:
    """Say where in the settings an endpoint that cannot be used is stated: address, or table."""
    try:
        yield
    except SettingsRefused as refused:
        field = refused.detail.removeprefix("registry.")
        place = address if field == "base_url" else table
        raise SettingsRefused(f"{place}: {_PLACES.get(field, field)}") from None


def _client_identity(loaded: LoadedSettings, table: ClientTable) -> ClientIdentity:
    key = loaded.path(table.key)
    try:
        read_secret(key)
    except CryptoError as error:
        raise SettingsRefused(f"$.authority.client.key: {table.key}: {error.code}") from None
    return ClientIdentity(loaded.path(table.certificate), key)
