"""What `signature verify` and `signature extend` are both told: whom to trust, by what evidence."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from crypto.cms.signature_file import FileKind
from crypto.report.policy import CarrierRule, Environment, IdentificationRule, RevocationRule
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.sources import OfflineSources
from workstation.ctl.console import Console
from workstation.ctl.files import read_object
from workstation.ctl.signature_constraints import Demands

__all__ = ["TrustOptions", "trust_options"]

_MAX_CRL = 64 << 20
_MAX_OCSP = 1 << 20
_R = TypeVar("_R")


@dataclass(frozen=True, slots=True)
class TrustOptions:
    """The options as given; None and empty: not given."""

    trust: str | None
    ca: tuple[Path, ...]
    environment: str
    crl: tuple[Path, ...]
    ocsp: tuple[Path, ...]
    carrier: str | None
    identification: str | None

    def read_evidence(self, console: Console) -> OfflineSources:
        """Read the lists and answers that were given; FileOfAnotherKind, NothingFound, DerError."""
        answers = [read_object(console, e, FileKind.OCSP_RESPONSE, _MAX_OCSP) for e in self.ocsp]
        lists = [read_object(console, each, FileKind.CRL, _MAX_CRL) for each in self.crl]
        return OfflineSources(tuple(answers), tuple(map(ParsedCrl.parse, lists)))

    def list_demands(self, *, any_holder: bool) -> Demands:
        """Return what is demanded of revocation by the evidence given, and of carriers."""
        by_lists = RevocationRule.CRL_ONLY if self.crl else RevocationRule.NOT_CHECKED
        return Demands(
            RevocationRule.OCSP_THEN_CRL if self.ocsp else by_lists,
            None if self.carrier is None else CarrierRule(self.carrier),
            None if self.identification is None else IdentificationRule(self.identification),
            any_holder=any_holder,
        )


_OPTIONS = (
    click.option(
        "--trust",
        help="prod or test: НУЦ's certificates of --ca or of the station, matched with the known "
        "fingerprints; or a folder whose self-issued certificates are trusted. "
        "Default: the station's.",
    ),
    click.option(
        "--ca",
        type=click.Path(path_type=Path),
        multiple=True,
        help="Certificate file or folder for --trust prod and test; repeatable.",
    ),
    click.option(
        "--environment",
        type=click.Choice([each.value for each in Environment]),
        default=Environment.PROD.value,
        help="World that a folder given with --trust belongs to.",
    ),
    click.option(
        "--crl", type=click.Path(path_type=Path), multiple=True, help="Revocation list; repeatable."
    ),
    click.option(
        "--ocsp", type=click.Path(path_type=Path), multiple=True, help="OCSP response; repeatable."
    ),
    click.option(
        "--carrier",
        type=click.Choice([each.value for each in CarrierRule]),
        help="Which carriers of the key are accepted. Default: as the policy says.",
    ),
    click.option(
        "--identification",
        type=click.Choice([each.value for each in IdentificationRule]),
        help="How the holder must have been identified. Default: as the policy says.",
    ),
)


def trust_options(command: Callable[..., _R]) -> Callable[..., _R]:
    """Add the options; the command gets them together, as `options`."""

    @wraps(command)
    def gather(*args: Any, **given: Any) -> _R:
        stated = {each.name: given.pop(each.name) for each in fields(TrustOptions)}
        return command(*args, options=TrustOptions(**stated), **given)

    for option in reversed(_OPTIONS):
        gather = option(gather)
    return gather
