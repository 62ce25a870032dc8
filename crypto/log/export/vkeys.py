"""The file `vkeys` of an export: every key that the log ever trusted, and for which entries."""

from collections.abc import Iterable

from crypto.log.format.key_record import KeyRecord

__all__ = ["MAX_VKEYS_BYTES", "VKEYS", "encode_vkeys"]

VKEYS = "vkeys"
MAX_VKEYS_BYTES = 64 << 20
"""A line has at most 300 octets, and a log of a million entries about 20,000 sessions."""


def encode_vkeys(records: Iterable[KeyRecord]) -> bytes:
    """Write a line for each key: role, the entry that brought it, the one that ended it, vkey.

    `-` where nothing has ended it. In order of appearance, so the log's first key is the first.
    """
    return "".join(
        f"{key.role.value} {key.from_seq} {'-' if key.to_seq is None else key.to_seq}"
        f" {key.verifier.vkey}\n"
        for key in records
    ).encode()
