"""Results of probes as the command line shows them: a table for people, records for programs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from workstation.ctl.console import Console, TableRow, Value
from workstation.ctl.crl import open_revocation_station
from workstation.ctl.failures import ExitCode, NothingFound
from workstation.diagnosis.diagnosis import Diagnosis
from workstation.diagnosis.probe import Probe, ProbeResult, ProbeRunner, ProbeState
from workstation.documents.texts import Texts
from workstation.rules.policy import Policy
from workstation.settings.settings import load_settings
from workstation.trust.revocation import Revocation

__all__ = ["open_diagnosis", "run_probes", "show_results", "word_result"]


@contextmanager
def open_diagnosis(console: Console) -> Iterator[Diagnosis]:
    """Open the probes of the station in the data folder; the workstation may be running."""
    loaded = load_settings(console.folder())
    with open_revocation_station(console, datetime.now(UTC)) as station:

        def find_in_force() -> tuple[Revocation, Policy]:
            return station.revocation, station.policy

        yield Diagnosis(loaded, find_in_force, running=False)


def run_probes(console: Console, probes: Sequence[Probe], *, named: str = "") -> None:
    """Run probes, show what came of them, and leave with 1 when one is bad.

    named  what was asked for by its name; NothingFound when there is no such probe
    """
    if not probes:
        raise NothingFound(named or "the settings name nothing of this kind")
    found: list[ProbeResult] = []
    ProbeRunner().run_all(probes, found.append)
    order = [each.name for each in probes]
    show_results(console, sorted(found, key=lambda each: order.index(each.name)))
    if any(each.state is ProbeState.BAD for each in found):
        console.leave(ExitCode.REFUSED)


def show_results(console: Console, results: Sequence[ProbeResult]) -> None:
    """Print results; `--json` is one object a line of the type `probe`."""
    texts = console.texts
    headers = [texts.tr(f"probes.column.{each}") for each in ("state", "what", "seen")]
    console.table("probe", headers, [_row(texts, each) for each in results])


def _row(texts: Texts, result: ProbeResult) -> TableRow:
    state, what, seen = word_result(texts, result)
    facts = " · ".join(f"{texts.tr(f'probe_fact.{name}')}: {value}" for name, value in result.facts)
    todo = texts.tr(result.next_step) if result.next_step else ""
    record: dict[str, Value] = {
        "kind": result.kind.value,
        "subject": result.subject,
        "state": result.state.value,
        "code": result.code,
        "facts": {name.value: value for name, value in result.facts},
        "took_ms": result.took_ms,
        "next": todo,
    }
    return TableRow(record, (state, what, seen), tuple(filter(None, (facts, todo))))


def word_result(texts: Texts, result: ProbeResult) -> tuple[str, str, str]:
    """Return in words how it stands, what was tried and what was found."""
    kind = texts.tr(f"probe_kind.{result.kind.value}")
    what = f"{kind} {result.subject}".strip()
    return texts.tr(f"probe_state.{result.state.value}"), what, texts.tr(result.code)
