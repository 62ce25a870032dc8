"""Rules that an administrator brings to a station that runs."""

from collections.abc import Callable
from functools import partial

from crypto.canonical_json import JsonValue
from workstation.administration.policy_import import (
    BroughtPolicy,
    bring_policies,
    stage_policies,
)
from workstation.administration.reading import Administration
from workstation.records.journal import SignedIn
from workstation.station.administration_commands import ImportPolicy
from workstation.station.publisher import Publisher
from workstation.verification.services import Services

__all__ = ["begin_import"]

_Brought = tuple[BroughtPolicy, ...]


def begin_import(
    services: Services,
    publisher: Publisher,
    office: Administration,
    command: ImportPolicy,
    who: SignedIn,
) -> tuple[Callable[[], _Brought], Callable[[_Brought], None]]:
    """Return what reads and judges the file, for a worker, and what stages it, recorded first."""
    loaded = office.loaded
    bring = partial(bring_policies, loaded, command.path, services.models, services.now())

    def stage(brought: _Brought) -> None:
        for each in brought:
            policy = each.version.policy
            facts: dict[str, JsonValue] = {"id": policy.id, "sha256": policy.sha256}
            services.journal.record_administration(who, "policy.imported", facts)
        stage_policies(loaded, brought)
        signed = loaded.values.policy.pinned is None
        publisher.show_message("policy_import.kept" if signed else "policy_import.staged")

    return bring, stage
