"""The services beside the registries: responder, time-stamps, witnesses of the log."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from crypto.net.connection import Dialling
from crypto.net.exchange import ExchangeFailed, ExchangeLimits, Request, exchange
from crypto.net.tls import AnchorsRefused, pinned_context
from crypto.net.url import HttpUrl, UrlRefused
from crypto.tsp.client import TimestampFailed, TimestampFault
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
from workstation.rules.policy import Policy
from workstation.settings.certificate_files import certificate_files
from workstation.settings.settings import LoadedSettings
from workstation.settings.witness import WitnessPeerTable
from workstation.trust.revocation import Revocation
from workstation.trust.timestamps import build_timestamping, try_service
from workstation.trust.validator import build_validator

__all__ = ["service_probes"]

_SLACK_S: Final = 5.0
_MOST_OCTETS: Final = 64 * 1024
_MOST_AHEAD_S: Final = 5

_Lists = Callable[[], tuple[Revocation, Policy]]
_Stopped = Callable[[], bool]


def service_probes(
    loaded: LoadedSettings, lists: _Lists, now: Callable[[], datetime]
) -> tuple[Probe, ...]:
    """Return a probe of the responder, the time-stamp service and each witness that is named."""
    return tuple(_probes(loaded, lists, now))


def _probes(loaded: LoadedSettings, lists: _Lists, now: Callable[[], datetime]) -> Iterator[Probe]:
    table = loaded.values.revocation
    responder = _reaches(ProbeKind.RESPONDER, "", table.ocsp_url, table.timeout_s, loaded.dialling)
    yield Probe(ProbeKind.RESPONDER, "", responder, table.timeout_s + _SLACK_S)
    stamps = loaded.values.timestamps
    if stamps is not msgspec.UNSET:
        yield Probe(
            ProbeKind.TIMESTAMPS,
            "",
            lambda _stopped: _stamp(loaded, lists, now),
            2 * stamps.timeout_s + _SLACK_S,
        )
    witness = loaded.values.witness
    if witness is not msgspec.UNSET:
        for number, peer in enumerate(witness.peers):
            yield _witness(loaded, number, peer, witness.timeout_s)


def _witness(loaded: LoadedSettings, number: int, peer: WitnessPeerTable, timeout_s: int) -> Probe:
    kind, name = ProbeKind.WITNESS, peer.vkey.partition("+")[0]
    if peer.url is msgspec.UNSET:
        folder = loaded.path("" if peer.folder is msgspec.UNSET else peer.folder)
        return Probe(kind, name, lambda _stopped: _look_for(kind, name, folder))
    place = f"$.witness.peers[{number}].tls_anchors"
    anchors = tuple(certificate_files(loaded.folder, place, peer.tls_anchors))
    run = _reaches(kind, name, peer.url, timeout_s, loaded.dialling, anchors)
    return Probe(kind, name, run, timeout_s + _SLACK_S)


def _look_for(kind: ProbeKind, name: str, folder: Path) -> ProbeResult:
    finding = ProbeFinding.THERE if folder.is_dir() else ProbeFinding.NOT_THERE
    return conclude(kind, name, finding, (ProbeFact.PATH, folder.name))


def _reaches(
    kind: ProbeKind,
    name: str,
    url: str,
    timeout_s: int,
    dialling: Dialling,
    anchors: tuple[bytes, ...] = (),
) -> Callable[[_Stopped], ProbeResult]:
    """Return what connects to an address and tells it nothing."""
    parts = urlsplit(url)
    where = (ProbeFact.ADDRESS, f"{parts.scheme}://{parts.hostname}")

    def run(stopped: _Stopped) -> ProbeResult:
        try:
            address = HttpUrl.parse(url)
            tls = pinned_context(anchors) if address.secure else None
        except (UrlRefused, AnchorsRefused):
            return conclude(kind, name, ProbeFinding.FAILED, where)
        try:
            with exchange(
                Request("OPTIONS", address),
                ExchangeLimits.within(timeout_s, body_octets=_MOST_OCTETS),
                dialling=dialling,
                tls=tls,
                is_cancelled=stopped,
            ):
                return conclude(kind, name, ProbeFinding.REACHED, where)
        except ExchangeFailed as failed:
            found = find_failure(failed.failure, foreign=failed.is_foreign)
            return conclude(kind, name, found, where)

    return run


def _stamp(loaded: LoadedSettings, lists: _Lists, now: Callable[[], datetime]) -> ProbeResult:
    kind, timestamping = ProbeKind.TIMESTAMPS, build_timestamping(loaded)
    if timestamping is None:
        return conclude(kind, "", ProbeFinding.NOT_CONFIGURED)
    revocation, policy = lists()
    validator = build_validator(loaded, policy, revocation)
    where = (ProbeFact.ADDRESS, str(timestamping.service.url))
    try:
        tried = try_service(timestamping.service, lambda: validator.create_context(now()))
    except TimestampFailed as failed:
        differs = failed.fault is TimestampFault.CLOCK_DIFFERS
        if differs:
            ahead = (ProbeFact.AHEAD, failed.detail)
            return conclude(kind, "", ProbeFinding.CLOCK_DIFFERS, where, ahead)
        step = f"timestamp_fault.{failed.fault.value}"
        code = (ProbeFact.CODE, failed.fault.value)
        return ProbeResult(kind, "", "probe.failed", ProbeState.BAD, (where, code), step)
    ahead = (ProbeFact.AHEAD, f"{tried.ahead_s:+d}")
    facts = (where, (ProbeFact.SIGNED_BY, tried.authority), ahead)
    finding = ProbeFinding.ANSWERS
    if abs(tried.ahead_s) > _MOST_AHEAD_S:
        return conclude(kind, "", ProbeFinding.CLOCK_DIFFERS, *facts, state=ProbeState.WARN)
    return conclude(kind, "", finding, *facts)
