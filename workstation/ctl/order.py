"""What head office orders alone, or two administrators together, at a station that is closed."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from crypto.log.file.clock import SystemClock
from crypto.log.file.store import LogStore
from crypto.log.format.note import NoteSigner
from workstation.accounts.authentication import Authenticator, open_authenticator
from workstation.accounts.operators import Permission, require
from workstation.charter.contents import OPERATORS_NAME
from workstation.charter.head_office import load_head_office
from workstation.charter.in_force import CharterInForce, find_charter
from workstation.ctl.console import Console
from workstation.ctl.help_language import Misused
from workstation.ctl.secrets import read_secret
from workstation.records.journal import Journal
from workstation.records.keys import load_accounts_secret, open_key_store, read_trusted_cosigners
from workstation.records.station_log import load_log_key, open_log
from workstation.rules.parties import person_key
from workstation.settings.settings import LoadedSettings, load_settings

__all__ = ["OpenStation", "open_station", "order_options"]

_F = TypeVar("_F", bound=Callable[..., Any])
_TWO = 2


@dataclass(frozen=True, slots=True)
class OpenStation:
    """A station whose log this command holds: nobody works at it meanwhile."""

    loaded: LoadedSettings
    log: LogStore
    journal: Journal
    authenticator: Authenticator
    in_force: CharterInForce

    def sign_in(self, operator_id: str, *, stdin: bool) -> NoteSigner:
        """Ask an administrator for the secret; return the person's credential."""
        secret = read_secret(stdin=stdin, question=f"Secret of {operator_id}", new=False)
        person = self.authenticator.authenticate(operator_id, secret)
        require(person.operator, Permission.MANAGE_OPERATORS)
        return person.credential

    def collect_order(
        self, by: Sequence[str], office: Path | None, *, stdin: bool
    ) -> tuple[NoteSigner, ...]:
        """Return head office's key, or the credentials of two administrators who are asked.

        Raises CharterRefused, OperatorRefused; a usage error unless it is one or the other.
        """
        if office is not None and not by:
            return (load_head_office(office, self.in_force.head_office),)
        if office is not None or len({person_key(each) for each in by}) != _TWO or len(by) != _TWO:
            raise Misused("--by twice, of two people, or --enrolment-keys")
        return tuple(self.sign_in(each, stdin=stdin) for each in by)


def order_options(command: _F) -> _F:
    """Add `--by` and `--enrolment-keys`: who orders."""
    by = click.option("--by", multiple=True, help="Id of an administrator; give two.")
    office = click.option(
        "--enrolment-keys",
        type=click.Path(path_type=Path),
        help="Folder of head office's key, in place of two administrators.",
    )
    return office(by(command))


@contextmanager
def open_station(console: Console) -> Iterator[OpenStation]:
    """Open the log and the accounts; LogLocked while the workstation runs."""
    loaded = load_settings(console.folder())
    store = open_key_store(loaded, console.unlock)
    accounts, longest_s = loaded.folder / OPERATORS_NAME, loaded.values.sign_in.longest_lock_s
    clock = SystemClock()
    with open_log(loaded, load_log_key(loaded, store), clock) as log:
        in_force = find_charter(log, loaded.folder, read_trusted_cosigners(loaded))
        journal = Journal(log, origin=loaded.values.station.origin, charter=in_force.sha256)
        # A sign-in here must not hide from the next start what a dead process left open.
        journal.close_interrupted()
        secret = load_accounts_secret(store)
        authenticator = open_authenticator(accounts, secret, longest_s, journal, clock)
        yield OpenStation(loaded, log, journal, authenticator, in_force)
