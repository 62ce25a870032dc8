"""`init`: a new station in an empty folder."""

from dataclasses import replace
from pathlib import Path

import click

from crypto.log.file.clock import SystemClock
from crypto.vault.protectors import KeyUnlock, refuse_unlock
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.help_language import Misused
from workstation.ctl.policy_signing import read_folder
from workstation.ctl.secrets import choose_passphrase, read_secret, secret_option
from workstation.errors import SettingsRefused
from workstation.first_start.beginning import (
    SignedPolicies,
    StationNames,
    compose_station,
    read_rules,
)
from workstation.initialisation import (
    LOG_PATH,
    RELEASED_PATH,
    Enrolled,
    NewStation,
    initialise,
)
from workstation.recovery.previous import examine_folder
from workstation.recovery.switch import keep_previous
from workstation.settings.origin import name_next_generation
from workstation.settings.settings import KeyStoreKind, Profile, read_settings

__all__ = ["init"]


@click.command()
@click.option(
    "--profile",
    type=click.Choice([each.value for each in Profile]),
    required=True,
    help="production for a branch; demo can never serve one.",
)
@click.option("--station", required=True, help="Id of the workstation, as records show it.")
@click.option("--bank", required=True, help="The bank, as records and receipts show it.")
@click.option("--branch", required=True, help="The branch, likewise.")
@click.option("--origin", required=True, help="Name of the log: bank.kz/log/branch-station/g1")
@click.option("--admin", required=True, help="Id of the first administrator.")
@click.option("--admin-name", required=True, help="Full name of the first administrator.")
@click.option(
    "--keys",
    type=click.Choice([each.value for each in KeyStoreKind if each is not KeyStoreKind.TOKEN]),
    help="What protects the private keys; default: a pass phrase, and nothing in the demo profile.",
)
@click.option("--policy", type=click.Path(path_type=Path), help="Default: the shipped policy.")
@click.option(
    "--policies",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of signed policies, in the place of one; with --signers.",
)
@click.option(
    "--signers",
    type=click.Path(exists=True, path_type=Path),
    help="TOML file of [[signers]], as `policy verify` takes it.",
)
@click.option(
    "--enrolment-keys",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder for the key that cosigns the log's first entry: a removable disk.",
)
@click.option(
    "--previous",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of a station of before, whose log this one follows; it stays as it is.",
)
@secret_option
@with_console
def init(  # noqa: PLR0913 - one option each
    console: Console,
    *,
    profile: str,
    station: str,
    bank: str,
    branch: str,
    origin: str,
    admin: str,
    admin_name: str,
    keys: str | None,
    policy: Path | None,
    policies: Path | None,
    signers: Path | None,
    enrolment_keys: Path,
    previous: Path | None,
    secret_stdin: bool,
) -> None:
    """Create a station in the data folder.

    That is its keys, signed log, settings and first administrator. The folder must be empty or
    new; nothing is ever overwritten.
    """
    folder = console.folder()
    rules, signed = _choose_policies(policy, policies, signers)
    kind = _key_store_kind(Profile(profile), keys)
    new = compose_station(
        Profile(profile),
        kind,
        StationNames(station, bank, branch, origin),
        (admin, admin_name),
        unlock=_chosen(kind, console.passphrase),
        secret=read_secret(stdin=secret_stdin),
        enrolment_keys=enrolment_keys,
        rules=rules,
        signed=signed,
    )
    enrolled = _create(folder, new, previous)
    console.show(_summary(folder, enrolled, new.settings))
    console.note("Tell head office both log keys; move the enrolment key off this machine.")


def _choose_policies(
    policy: Path | None, policies: Path | None, signers: Path | None
) -> tuple[bytes, SignedPolicies]:
    """Return the policy to pin, or a folder of signed ones, the other empty."""
    if (policies is None) != (signers is None) or (policies is not None and policy is not None):
        raise Misused("--policies with --signers, or --policy alone")
    if policies is not None and signers is not None:
        return b"", read_folder(policies, signers)
    return read_rules(policy), SignedPolicies()


def _create(folder: Path, new: NewStation, previous: Path | None) -> Enrolled:
    """Create the station; its log follows that of the folder `previous`, where there is one.

    SettingsRefused (`origin`) for another name than the next.
    """
    if previous is None:
        return initialise(folder, new, SystemClock())
    before = examine_folder(previous, LOG_PATH, RELEASED_PATH)
    after = name_next_generation(before.origin)
    if new.origin != after:
        raise SettingsRefused(f"origin: after {before.origin} comes {after}")
    enrolled = initialise(folder, replace(new, previous=before.facts()), SystemClock())
    keep_previous(previous, folder, before.origin, LOG_PATH, RELEASED_PATH)
    return enrolled


def _key_store_kind(profile: Profile, given: str | None) -> KeyStoreKind:
    demo = profile is Profile.DEMO
    if given is None:
        return KeyStoreKind.FILE if demo else KeyStoreKind.SEALED
    kind = KeyStoreKind(given)
    if kind is KeyStoreKind.FILE and not demo:
        raise Misused("--keys file: plain files are for the demo profile")
    return kind


def _chosen(kind: KeyStoreKind, given: str | None) -> KeyUnlock:
    """Have a new pass phrase chosen before anything is written."""
    if kind is not KeyStoreKind.SEALED:
        return refuse_unlock
    passphrase = choose_passphrase(given)
    return lambda _failures: passphrase


def _summary(folder: Path, enrolled: Enrolled, settings: bytes) -> dict[str, Value]:
    places = _what_is_open(settings)
    return {
        "initialised": str(folder),
        "log_key": enrolled.log_vkey,
        "enrolment_key": enrolled.enrolment_vkey,
        "permit_key": enrolled.permit_key_id,
        "settings": "to be filled in" if places else "complete",
        "open": places,
    }


def _what_is_open(settings: bytes) -> tuple[str, ...]:
    """Return every place of the new settings that still has to be filled in."""
    try:
        read_settings(settings)
    except SettingsRefused as refused:
        return refused.faults
    return ()
