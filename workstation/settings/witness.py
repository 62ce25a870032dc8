"""The table `[witness]`: who cosigns this station's log, over the network or by a folder."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec

from workstation.settings.fields import FilePath, Files, ShortSeconds, Table, Url, Vkey

__all__ = ["WitnessPeerTable", "WitnessTable", "witness_faults"]

_Interval = Annotated[
    int, msgspec.Meta(ge=10, le=3600, description="a whole number of seconds from 10 to 3600")
]


class WitnessPeerTable(Table, frozen=True):
    """One witness and the way to it: an address, or a folder that both reach.

    tls_anchors  certificate files that an https address's chain ends in
    """

    vkey: Vkey
    url: Url | msgspec.UnsetType = msgspec.UNSET
    folder: FilePath | msgspec.UnsetType = msgspec.UNSET
    tls_anchors: Files = msgspec.field(default_factory=list)


class WitnessTable(Table, frozen=True):
    """The witnesses, and how often they are asked while the station is idle."""

    peers: Annotated[
        list[WitnessPeerTable],
        msgspec.Meta(min_length=1, max_length=8, description="1 to 8 witnesses"),
    ]
    every_s: _Interval = 60
    timeout_s: ShortSeconds = 5


def witness_faults(tables: Mapping[str, object]) -> Iterator[str]:
    """Iterate over witnesses to whom there is no way, or more than one."""
    table = tables.get("witness")
    peers = table.get("peers") if isinstance(table, Mapping) else None
    for number, peer in enumerate(peers if isinstance(peers, list) else ()):
        if isinstance(peer, Mapping) and ("url" in peer) == ("folder" in peer):
            yield f"$.witness.peers[{number}]: either url or folder"
