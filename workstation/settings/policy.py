"""The table `[policy]`: one pinned file, or a folder of signed ones and who signs them."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec

from workstation.settings.fields import FilePath, Sha256, Table, Vkey

__all__ = ["PolicySignerTable", "PolicyTable", "policy_faults"]

_SignerName = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[a-z0-9][a-z0-9-]{0,31}\Z",
        description="a person's name of small latin letters, digits and hyphens: it names files",
    ),
]
_TWO = 2


class PolicySignerTable(Table, frozen=True):
    """Who may sign policies: a name, and an Ed25519 key or the certificate of a key in a token."""

    name: _SignerName
    vkey: Vkey | msgspec.UnsetType = msgspec.UNSET
    certificate: FilePath | msgspec.UnsetType = msgspec.UNSET


class PolicyTable(Table, frozen=True):
    """The rules: `path` and the digest that pins it, or `folder` and `signers`."""

    path: FilePath | msgspec.UnsetType = msgspec.UNSET
    sha256: Sha256 | msgspec.UnsetType = msgspec.UNSET
    folder: FilePath | msgspec.UnsetType = msgspec.UNSET
    signers: Annotated[list[PolicySignerTable], msgspec.Meta(max_length=16)] = msgspec.field(
        default_factory=list
    )

    @property
    def pinned(self) -> tuple[str, str] | None:
        """Path and digest of the one file; None where the rules are a folder."""
        if isinstance(self.path, str) and isinstance(self.sha256, str):
            return self.path, self.sha256
        return None

    @property
    def place(self) -> str:
        """The path of the file or of the folder."""
        pinned = self.pinned
        return pinned[0] if pinned else str(self.folder)


def policy_faults(tables: Mapping[str, object]) -> Iterator[str]:
    """Iterate over what makes the table neither of its two forms, or both."""
    table = tables.get("policy")
    if not isinstance(table, Mapping):
        return
    signers = table.get("signers", [])
    if not isinstance(signers, list):
        return
    stated = {name for name in ("path", "sha256", "folder") if name in table}
    if stated != {"folder"} and (stated != {"path", "sha256"} or signers):
        yield "$.policy: either path and sha256, or folder and signers"
    if stated != {"folder"}:
        return
    if len(signers) < _TWO:
        yield "$.policy.signers: two different people at the least"
    for index, each in enumerate(signers):
        if isinstance(each, Mapping) and ("vkey" in each) == ("certificate" in each):
            yield f"$.policy.signers[{index}]: either vkey or certificate"
