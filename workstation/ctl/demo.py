"""`demo`: whole verifications in the sandbox, each with the end it must have."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.demo_place import demo_place
from workstation.ctl.failures import ExitCode
from workstation.ctl.help_language import Misused
from workstation.ctl.moments import moment_option
from workstation.ctl.waiting import waiting
from workstation.documents.texts import Texts
from workstation.flavour import require_demo

if TYPE_CHECKING:
    from vision.worker import FaceAnalysis
    from workstation.sandbox.demo import DemoWorld
    from workstation.sandbox.scenarios.play import Played
    from workstation.sandbox.scenarios.scenario import Scenario

__all__ = ["demo"]

_IN_A_CHILD = frozenset({"analysis_killed"})


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--scenario",
    "names",
    multiple=True,
    default=("approve",),
    show_default=True,
    help="Which to play, or all; repeatable.",
)
@click.option("--list", "only_list", is_flag=True, help="Name the scenarios and stop.")
@click.option(
    "--sample-key",
    type=_FILE,
    help="Let the customer sign with this published PKCS#12 key of a test hierarchy.",
)
@click.option("--sample-trust", type=_FILE, multiple=True, help="Authority above it; repeatable.")
@click.option("--sample-list", type=_FILE, multiple=True, help="Revocation list; repeatable.")
@moment_option
@with_console
def demo(
    console: Console,
    names: Sequence[str],
    *,
    only_list: bool,
    sample_key: Path | None,
    sample_trust: Sequence[Path],
    sample_list: Sequence[Path],
    moment: datetime | None,
) -> None:
    """Play scenarios of whole sessions in the sandbox.

    Exit code 1 when one does not end as it must. Without --data a new folder of the user's in
    the temporary one is used; it is kept until the next such demo, so that the log, the permit
    and the receipt can be looked at.
    """
    require_demo()
    # Imported here: the vision libraries take a second that other commands need not pay.
    from workstation.sandbox.demo import DemoWorld
    from workstation.sandbox.keystore.sample_key import SampleKey
    from workstation.sandbox.scenarios.catalogue import SAMPLE, SCENARIOS

    if only_list:
        console.rows("scenario", [{"scenario": each.name, **_expected(each)} for each in SCENARIOS])
        return
    chosen, sample = _chosen(names, SCENARIOS), None
    if sample_key is not None:
        chosen = [SAMPLE]
        sample = SampleKey.read(sample_key, sample_trust, sample_list)
    ahead = timedelta() if moment is None else moment - datetime.now(UTC)
    with demo_place() if console.data is None else nullcontext(console.data) as folder:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # One set of keys for all: making them anew for each would take longer than using them.
        world = DemoWorld(keys=folder / "sandbox", ahead=ahead, sample=sample)
        unexpected = _play(console, chosen, folder, world)
        until = "" if console.data else ", until the next demo"
        console.note(f"kept in {folder}{until}")
    if len(chosen) > 1:
        passed = len(chosen) - len(unexpected)
        console.note(f"{passed} of {len(chosen)} scenarios ended as they must")
    if unexpected:
        console.note("not as expected: " + ", ".join(unexpected))
        console.leave(ExitCode.REFUSED)


def _play(
    console: Console, chosen: "list[Scenario]", folder: Path, world: "DemoWorld"
) -> list[str]:
    """Play and tell each; return the names of those that did not end as they must."""
    from workstation.sandbox.scenarios.play import play

    analysis = _analysis()
    unexpected = []
    for each in chosen:
        course = _Course(console, each.name)
        with waiting(course.doing, console.note):
            played = play(
                each,
                folder / each.name / "station",
                analysis=None if each.name in _IN_A_CHILD else analysis,
                language=_language(console),
                world=replace(world, watch=course.watch),
            )
        _tell(console, played)
        if not played.as_expected:
            unexpected.append(played.name)
    return unexpected


class _Course:
    """Tells people each step of a scenario when it ends, and knows which one is at work."""

    def __init__(self, console: Console, name: str) -> None:
        self._console = console
        self._step = "the sandbox's keys and services"
        if not console.as_json:
            click.echo(name)

    def doing(self) -> str:
        return self._step

    def watch(self, step: str, ms: int | None) -> None:
        self._step = step
        if ms is not None and not self._console.as_json:
            click.echo(f"  {step:<12} {ms:>7} ms")


def _analysis() -> "FaceAnalysis":
    from vision.worker import InlineAnalysis

    return InlineAnalysis()


def _language(console: Console) -> str:
    return console.language if console.language != "en" else "ru"


def _chosen(names: Sequence[str], scenarios: "tuple[Scenario, ...]") -> "list[Scenario]":
    known = {each.name: each for each in scenarios}
    if "all" in names:
        return list(scenarios)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Misused("no scenario {name}; `demo --list` names them", name=unknown[0])
    return [known[name] for name in names]


def _expected(scenario: "Scenario") -> dict[str, Value]:
    expected = scenario.expected
    return {
        "outcome": expected.outcome or "no record",
        "reason": expected.reason,
        "told": expected.message,
    }


def _tell(console: Console, played: "Played") -> None:
    if console.as_json:
        console.show(_members(played))
        return
    texts = Texts(console.language)
    outcome = (played.outcome or "no record").upper()
    reason = played.reason or played.fault
    words = texts.tr(f"reason.{reason}") if texts.has(f"reason.{reason}") else ""
    click.echo(f"  {outcome}  {reason}  {words}".rstrip())
    if played.log_index >= 0:
        click.echo(f"  log entry    {played.log_index} of {played.log_size}")
    unfit = [f"{step} {status}" for step, status in played.findings.items() if status != "passed"]
    if unfit:
        click.echo(f"  signature    {', '.join(unfit)}")
    if played.permit is not None:
        click.echo(f"  permit       {played.permit}")
    if played.receipt is not None:
        click.echo(f"  receipt      {played.receipt}")
    whole = "verified" if played.log_ok else f"NOT WHOLE: {played.log_reason}"
    click.echo(f"  log          {whole}, {played.log_size} entries")
    if not played.as_expected:
        click.echo(f"  EXPECTED     {played.expected.outcome} {played.expected.reason}")


def _members(played: "Played") -> dict[str, Value]:
    return {
        "scenario": played.name,
        "as_expected": played.as_expected,
        "outcome": played.outcome,
        "reason": played.reason,
        "fault": played.fault,
        "told": list(played.messages),
        "log_index": played.log_index,
        "log_size": played.log_size,
        "log_verified": played.log_ok,
        "records": played.results_in_log,
        "permit": "" if played.permit is None else str(played.permit),
        "receipt": "" if played.receipt is None else str(played.receipt),
        "findings": dict(played.findings),
        "steps": [{"step": step.name, "ms": step.ms} for step in played.steps],
    }
