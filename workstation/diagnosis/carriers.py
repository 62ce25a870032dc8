"""The ways to sign and the card reader, tried without a customer: nobody is asked for a key."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

import msgspec

from crypto.carrier.errors import (
    CarrierError,
    CarrierExpired,
    CarrierForeign,
    CarrierNotInstalled,
    CarrierUnreachable,
    CarrierUntrusted,
)
from crypto.carrier.ncalayer import NcaLayerCarrier
from crypto.carrier.token_slots import list_slots
from crypto.chip.errors import ReaderMissing
from crypto.chip.pcsc import choose_reader, list_readers
from workstation.devices.carriers import carriers_of
from workstation.diagnosis.connections import find_failure
from workstation.diagnosis.probe import (
    Probe,
    ProbeFact,
    ProbeFinding,
    ProbeKind,
    ProbeResult,
    ProbeState,
    conclude,
)
from workstation.registries.endpoint import RegistryEndpoint
from workstation.settings.certificate_files import certificate_files
from workstation.settings.settings import EgovQrTable, LoadedSettings, TokenTable

__all__ = ["carrier_probes"]

_SLACK_S: Final = 5.0
_MODULE_S: Final = 20.0
_MOST_S: Final = 60

_Stopped = Callable[[], bool]
_Facts = tuple[tuple[ProbeFact, str], ...]

_UNREACHABLE: Final = {
    "not_listening": ProbeFinding.UNREACHABLE,
    "timeout": ProbeFinding.CONNECT_TIMEOUT,
    "tls_refused": ProbeFinding.CERTIFICATE,
    "this_machine": ProbeFinding.THIS_MACHINE,
    "module": ProbeFinding.NOT_INSTALLED,
}


def carrier_probes(loaded: LoadedSettings, clock_ms: Callable[[], int]) -> tuple[Probe, ...]:
    """Return a probe of each way to sign that the settings name, and of the card readers."""
    return tuple(_probes(loaded, clock_ms))


def _probes(loaded: LoadedSettings, clock_ms: Callable[[], int]) -> Iterator[Probe]:
    table = loaded.values.carrier
    kind = ProbeKind.NCALAYER
    deadline_s = table.opening_timeout_s + _SLACK_S
    yield Probe(kind, "", lambda stopped: _greet(loaded, stopped), deadline_s)
    if isinstance(table.egov_qr, EgovQrTable):
        egov = table.egov_qr
        deadline_s = egov.opening_timeout_s + _SLACK_S
        yield Probe(
            ProbeKind.EGOV, "", lambda stopped: _reach(loaded, egov, clock_ms, stopped), deadline_s
        )
    if isinstance(table.token, TokenTable):
        token = table.token
        yield Probe(
            ProbeKind.TOKEN,
            "",
            lambda stopped: _slots(loaded, token, stopped),
            _MODULE_S + _SLACK_S,
        )
    yield Probe(ProbeKind.CARD_READER, "", lambda _stopped: _readers(loaded))


def _greet(loaded: LoadedSettings, stopped: _Stopped) -> ProbeResult:
    parts = urlsplit(loaded.values.carrier.ncalayer_url)
    where = (ProbeFact.ADDRESS, f"{parts.hostname}:{parts.port}")
    carrier = carriers_of(loaded, ncalayer=None, now=lambda: datetime.now(UTC)).ncalayer
    if not isinstance(carrier, NcaLayerCarrier):
        return conclude(ProbeKind.NCALAYER, "", ProbeFinding.NOT_CONFIGURED, where)
    try:
        version = carrier.greet(cancelled=stopped)
    except CarrierError as error:
        return _fail(ProbeKind.NCALAYER, error, where)
    return conclude(
        ProbeKind.NCALAYER, "", ProbeFinding.ANSWERS, where, (ProbeFact.VERSION, version)
    )


def _reach(
    loaded: LoadedSettings, table: EgovQrTable, clock_ms: Callable[[], int], stopped: _Stopped
) -> ProbeResult:
    anchors = certificate_files(loaded.folder, "$.carrier.egov_qr.tls_anchors", table.tls_anchors)
    timeout_s = min(table.opening_timeout_s, _MOST_S)
    endpoint = RegistryEndpoint(
        table.url, "egov", timeout_s, tuple(anchors), clock_ms, loaded.dialling
    )
    trial = endpoint.reach(stopped)
    parts = urlsplit(table.url)
    where = (ProbeFact.ADDRESS, parts.hostname or "")
    if trial.failure is not None:
        found = find_failure(trial.failure, foreign=trial.foreign)
        return conclude(ProbeKind.EGOV, "", found, where)
    return conclude(ProbeKind.EGOV, "", ProbeFinding.REACHED, where)


def _slots(loaded: LoadedSettings, table: TokenTable, stopped: _Stopped) -> ProbeResult:
    where = (ProbeFact.PATH, table.module)
    module = loaded.path(table.module)
    if not module.is_file():
        return conclude(
            ProbeKind.TOKEN, "", ProbeFinding.NOT_INSTALLED, where, state=ProbeState.BAD
        )
    try:
        found = list_slots(module, timeout_s=_MODULE_S, cancelled=stopped)
    except CarrierError as error:
        return _fail(ProbeKind.TOKEN, error, where)
    slots = (ProbeFact.SLOTS, ", ".join(found.readers))
    count = (ProbeFact.COUNT, str(found.present))
    return conclude(ProbeKind.TOKEN, "", ProbeFinding.THERE, where, slots, count)


def _readers(loaded: LoadedSettings) -> ProbeResult:
    kind, configured = ProbeKind.CARD_READER, loaded.values.chip
    try:
        names = list_readers()
    except ReaderMissing as missing:
        code = (ProbeFact.CODE, missing.detail)
        return conclude(kind, "", ProbeFinding.NOT_INSTALLED, code)
    readers = (ProbeFact.READERS, ", ".join(names))
    if configured is msgspec.UNSET:
        return conclude(kind, "", ProbeFinding.NOT_CONFIGURED, readers)
    expected = (ProbeFact.EXPECTED, configured.reader)
    try:
        choose_reader(configured.reader, names)
    except ReaderMissing as missing:
        code = (ProbeFact.CODE, missing.detail)
        return conclude(kind, "", ProbeFinding.NOT_THERE, readers, expected, code)
    return conclude(kind, "", ProbeFinding.THERE, readers)


def _fail(kind: ProbeKind, error: CarrierError, *facts: tuple[ProbeFact, str]) -> ProbeResult:
    """Return what an error of a carrier means; names in a certificate are told as a claim."""
    match error:
        case CarrierUntrusted(reason=reason, who=who):
            expired = reason == "expired"
            finding = ProbeFinding.CERTIFICATE if expired else ProbeFinding.FOREIGN
            return conclude(kind, "", finding, *facts, (ProbeFact.ISSUER, who))
        case CarrierUnreachable(detail=detail) if detail in _UNREACHABLE:
            state = ProbeState.BAD
            return conclude(kind, "", _UNREACHABLE[detail], *facts, state=state)
        case CarrierNotInstalled(detail=detail):
            name = (ProbeFact.NAME, detail)
            return conclude(kind, "", ProbeFinding.NOT_INSTALLED, *facts, name)
        case CarrierExpired():
            return conclude(kind, "", ProbeFinding.HANGS, *facts)
        case CarrierForeign(who=who):
            step = f"probe_next.{ProbeFinding.UNREACHABLE.value}"
            named: _Facts = (*facts, (ProbeFact.NAME, who))
            return ProbeResult(kind, "", error.code, ProbeState.BAD, named, step)
        case _:
            code = (ProbeFact.CODE, f"{error.code} {error.detail}".strip())
            return conclude(kind, "", ProbeFinding.FAILED, *facts, code)
