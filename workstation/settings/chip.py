"""The table `[chip]`: the reader on which the chip of a customer's document is read."""

from typing import Annotated

import msgspec

from workstation.settings.fields import Table

__all__ = ["ChipTable"]

_ReaderName = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[^\x00-\x1f\x7f]{0,128}\Z",
        description="the reader's name as `doctor` shows it, at most 128 characters; may be empty",
    ),
]


class ChipTable(Table, frozen=True):
    """A PC/SC reader by its name; empty: the only one that is connected."""

    reader: _ReaderName
