"""`shift`: what the log has had since the last end of a shift, and the end of one."""

from collections.abc import Mapping

import click

from crypto.log.audit.reader import LogReader
from workstation.accounts.operators import Permission, require
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.failures import ExitCode
from workstation.ctl.log import find_log, read_log_key
from workstation.ctl.order import OpenStation, open_station
from workstation.ctl.secrets import read_secret, secret_option
from workstation.preflight import OUTBOX_NAME
from workstation.records.shifts.count import OutcomeCount, ShiftCount
from workstation.records.shifts.reading import count_shift
from workstation.settings.settings import Profile
from workstation.shift.closed import ClosedShift
from workstation.shift.closing import SavedShift, close_shift, find_closed, save_shift
from workstation.shift.report import NUMBERS, ReportPlace

__all__ = ["shift"]


@click.group()
def shift() -> None:
    """End a shift: count what was done, name what is open."""


@shift.command("show")
@with_console
def show(console: Console) -> None:
    """Count what was done since the last end of a shift."""
    with _open_reader(console) as reader, reader.snapshot() as view:
        tally = count_shift(view, cancelled=lambda: False, progress=lambda *_: None)
    console.show(_describe(tally.count()))


@shift.command("close")
@click.option("--by", required=True, help="Number of the supervisor whose secret is asked for.")
@click.option("--words", default="", help="Why something is open: 15 letters at least.")
@secret_option
@with_console
def close(console: Console, by: str, words: str, *, secret_stdin: bool) -> None:
    """End the shift, as a supervisor.

    The entry, the head of the log and a page for the file are written. The workstation must not be
    running.
    """
    from workstation.verification.officers.review import single_line

    secret = read_secret(stdin=secret_stdin, question=f"Secret of {by}", new=False)
    with open_station(console) as station:
        person = station.authenticator.authenticate(by, secret)
        require(person.operator, Permission.CLOSE_SHIFT)
        with _open_reader(console) as reader, reader.snapshot() as view:
            tally = count_shift(view, cancelled=lambda: False, progress=lambda *_: None)
        who = station.authenticator.sign_in(person)
        try:
            closed = close_shift(station.journal, who, tally, single_line(words))
        finally:
            station.journal.sign_out(who, reason="shift_closed")
        saved = _save(console, station, closed)
    _report(console, closed, saved)


@shift.command("export")
@with_console
def export(console: Console) -> None:
    """Write what the last end of a shift wrote, once more.

    The workstation must not be running.
    """
    with open_station(console) as station:
        with _open_reader(console) as reader:
            closed = find_closed(reader)
        if closed is None:
            console.note(console.texts.tr("shift.none_closed"))
            console.leave(ExitCode.INPUT)
        saved = _save(console, station, closed)
    _report(console, closed, saved)


def _open_reader(console: Console) -> LogReader:
    return LogReader(find_log(console, None), read_log_key(console, None).vkey)


def _save(console: Console, station: OpenStation, closed: ClosedShift) -> SavedShift:
    values = station.loaded.values
    place = ReportPlace(
        values.station.bank,
        values.station.branch,
        values.station.id,
        values.profile is not Profile.PRODUCTION,
        {},
    )
    outbox = station.loaded.folder / OUTBOX_NAME
    outbox.mkdir(mode=0o700, parents=True, exist_ok=True)
    return save_shift(closed, outbox, place, console.language)


def _report(console: Console, closed: ClosedShift, saved: SavedShift) -> None:
    head = closed.head.checkpoint
    console.show(
        {
            "closed": closed.number,
            **_describe(closed.count),
            "head": {"size": head.size, "root": head.root.hex()},
            "files": [str(each) for each in (saved.head, saved.report) if each is not None],
        }
    )
    if saved.trouble:
        console.note(console.texts.tr("shift.not_saved"))
        console.leave(ExitCode.STATION)


def _describe(count: ShiftCount) -> Mapping[str, Value]:
    state = count.state
    return {
        "entries": {"start": count.start, "size": count.size},
        "results": _say(count.outcomes),
        "operations": {each.name or "-": _say(each) for each in count.operations},
        "operators": {each.name: _say(each) for each in count.operators},
        **{name: getattr(count, name) for name in NUMBERS},
        "open": [
            {"number": each.number, "waits_for": each.why, "since_ms": each.since_ms}
            for each in state.open
        ],
        "looks": list(state.looks),
        "alarms": list(state.alarms),
    }


def _say(count: OutcomeCount) -> Mapping[str, Value]:
    return {
        "approved": count.approved,
        "rejected": count.rejected,
        "undecided": count.undecided,
    }
