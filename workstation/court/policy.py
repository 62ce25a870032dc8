"""What a pack takes from the policy of its day: words of its codes, and the basis of its rules.

A policy of an earlier release may have another shape; the basis of its rules is read all the same.
"""

from collections.abc import Mapping
from typing import Annotated

import msgspec

from workstation.errors import PolicyRefused
from workstation.rules.catalogue.words import Words
from workstation.rules.policy_file import MAX_POLICY_BYTES, read_policy
from workstation.settings.toml_file import parse_toml

__all__ = ["read_basis", "read_words"]

_Text = Annotated[str, msgspec.Meta(max_length=2_000)]


class _Rule(msgspec.Struct, frozen=True):
    id: _Text
    kk: _Text
    ru: _Text
    en: _Text


class _Rules(msgspec.Struct, frozen=True):
    """The rules of a policy of any shape: other members are not looked at."""

    rules: Annotated[list[_Rule], msgspec.Meta(max_length=1_000)]


def read_basis(untrusted: bytes) -> dict[str, Words]:
    """Return the legal basis of every rule by its id; PolicyRefused for a file without rules."""
    if len(untrusted) > MAX_POLICY_BYTES:
        raise PolicyRefused(f"larger than {MAX_POLICY_BYTES} bytes")
    found = parse_toml(untrusted, _Rules, PolicyRefused).rules
    return {each.id: Words(each.kk, each.ru, each.en) for each in found}


def read_words(untrusted: bytes) -> Mapping[str, Words]:
    """Return the policy's own words by code; none of a policy that this release does not read."""
    try:
        return read_policy(untrusted).words()
    except PolicyRefused:
        return {}
