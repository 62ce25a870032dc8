"""What `doctor` sees of the gateways: those that the policy asks, those that the settings name."""

from contextlib import suppress
from datetime import datetime

import msgspec

from workstation.accounts.authority_register import AUTHORITY_REGISTER_NAME, AuthorityRegister
from workstation.errors import PolicyRefused, SettingsRefused
from workstation.preflight import policy_in_force
from workstation.registries.gateways import build_attempts, build_authority, build_gateways
from workstation.rules.checks import CheckId, Hardness
from workstation.rules.questions.definition import RegistryQuestion
from workstation.settings.authority import PushAuthorityTable
from workstation.settings.settings import LoadedSettings

__all__ = ["look_at_attempts", "look_at_authority", "look_at_persons", "look_at_registries"]


def look_at_registries(loaded: LoadedSettings, now: datetime) -> str:
    """Build the gateways that the policy asks; SettingsRefused names one that is not there."""
    gateways = build_gateways(loaded, lambda: 0)
    for question in _questions(loaded, now):
        if question.registry not in gateways.registries:
            place = f"$.registries.questions.{question.registry}"
            raise SettingsRefused(f"{place}: the policy asks it about {question.check}")
    asked = f"{len(gateways.registries)} gateways"
    if gateways.persons is None:
        return f"{asked}, no person registry; not asked"
    keys = len(loaded.values.registries.person_jws_keys)
    signed = f"signed by one of {keys} keys" if keys else "unsigned"
    return f"{asked}, a person registry ({signed}); not asked"


def _questions(loaded: LoadedSettings, now: datetime) -> tuple[RegistryQuestion, ...]:
    """Return what the policy asks registries; nothing of one that another check reports."""
    with suppress(PolicyRefused):
        return policy_in_force(loaded, now).questions
    return ()


def look_at_persons(loaded: LoadedSettings, now: datetime) -> str:
    """Refuse a station that could approve nothing: a register its policy wants is not there."""
    asked = loaded.values.registries.person_url is not msgspec.UNSET
    with suppress(PolicyRefused):
        for each in policy_in_force(loaded, now).operations:
            always = (one for one in each.required if one.hardness is Hardness.HARD)
            if not asked and any(one.check == CheckId.PERSON and not one.when for one in always):
                raise SettingsRefused(
                    f"$.registries.person_url: missing; the policy does nothing ({each.kind}) "
                    "for a customer whom no register knows"
                )
    return "asked for the customer's data" if asked else "none; the policy does without"


def look_at_attempts(loaded: LoadedSettings, _now: datetime) -> str:
    """Say who counts failed attempts; SettingsRefused."""
    alone = build_attempts(loaded, lambda: 0) is None
    return "counted by this station alone" if alone else "counted for the branch; not asked"


def look_at_authority(loaded: LoadedSettings, _now: datetime) -> str:
    """Build the way to the authority that compares faces; SettingsRefused, WorkstationError."""
    values = loaded.values.authority
    build_authority(loaded, lambda: 0, lambda _reference, _nonce: False)
    path = loaded.folder / AUTHORITY_REGISTER_NAME
    if path.exists():
        AuthorityRegister(path)
    if values is msgspec.UNSET:
        return "none: what the law gives to ЦОИД is refused"
    shape = "push" if isinstance(values, PushAuthorityTable) else "session"
    signed = f"results signed by one of {len(values.jws_keys)} keys" if values.jws_keys else ""
    mutual = "" if values.client is msgspec.UNSET else "mutual TLS"
    vouched = " and ".join(each for each in (signed, mutual) if each) or "nobody vouches"
    return f"{shape}; {vouched}; not asked"
