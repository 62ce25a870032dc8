"""What `doctor` sees of the charter, and of the policy beside the shipped one, in words."""

import hashlib
from collections.abc import Iterator

import resources
from crypto.errors import CryptoError
from workstation.charter.difference import ChangeCode, compare_tables
from workstation.charter.words import difference_text
from workstation.ctl.charter import compare_folder
from workstation.documents.texts import Texts
from workstation.errors import CharterRefused, PolicyRefused, WorkstationError
from workstation.rules.policy import Policy
from workstation.rules.policy_file import MAX_POLICY_BYTES
from workstation.settings.settings import LoadedSettings
from workstation.settings.toml_file import read_limited, toml_tables

__all__ = ["check_charter", "describe_policy"]

_NAME = "charter"


def check_charter(loaded: LoadedSettings) -> Iterator[tuple[str, str, str]]:
    """Say who signed what this station may be, or everything that differs from it."""
    try:
        differences, in_force = compare_folder(loaded)
    except CharterRefused as refused:
        yield _NAME, "bad", f"{refused.code} {refused.detail}"
        return
    except (WorkstationError, CryptoError, OSError):
        # Told under the name of what cannot be read.
        return
    texts = Texts("en")
    for each in differences:
        yield _NAME, "bad", difference_text(each, texts)
    if not differences:
        number, signers = in_force.charter.number, ", ".join(in_force.signers)
        yield _NAME, "good", f"number {number}, sha256 {in_force.sha256[:16]}, signed by {signers}"


def describe_policy(loaded: LoadedSettings, policy: Policy) -> str:
    """Say in which places the policy in force is another than the shipped one of its id."""
    shipped = resources.path("policies", f"{policy.id}.toml")
    if not shipped.is_file():
        return f"{policy.id}, the bank's own"
    as_shipped = shipped.read_bytes()
    if hashlib.sha256(as_shipped).hexdigest() == policy.sha256:
        return f"{policy.id}, as shipped"
    table = loaded.values.policy
    path = table.place if table.pinned else f"{table.place}/{policy.id}.toml"
    own = read_limited(loaded.path(path), MAX_POLICY_BYTES, PolicyRefused)
    before, after = (toml_tables(each, PolicyRefused) for each in (as_shipped, own))
    texts, code = Texts("en"), ChangeCode.POLICY_VALUE_CHANGED
    told = [difference_text(each, texts) for each in compare_tables(code, before, after)]
    return f"{policy.id}, not as shipped: {'; '.join(told) or 'its comments'}"
