"""Whether a sealed payload still is what its log entry committed to, for one who cannot open it."""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from enum import StrEnum

from crypto.errors import PayloadTampered
from crypto.vault.payload import SEALING_OVERHEAD, commitment_digest
from crypto.vault.payload_store import PayloadStore

__all__ = ["PayloadFault", "check_erased", "check_payload"]


_PAIR = 2


class PayloadFault(StrEnum):
    """What is wrong with a payload, or with what lies beside it."""

    COMMITMENT = "commitment_malformed"
    FILE_MISSING = "file_missing"
    FILE_CHANGED = "file_changed"
    OTHER_FILE = "keys_of_another_file"
    KEY_MISSING = "key_missing"
    KEY_CHANGED = "key_changed"
    KEY_ADDED = "key_added"
    NOT_ERASED = "not_erased"


def check_payload(
    store: PayloadStore, commitment: Mapping[str, object], *, deep: bool
) -> Iterator[PayloadFault]:
    """Yield what is wrong with the payload of an entry's `pl`; nothing when it is whole.

    deep  read the file and hash it; else only its length is looked at
    """
    try:
        digest = commitment_digest(commitment, "ct")
    except PayloadTampered:
        yield PayloadFault.COMMITMENT
        return
    file, length = digest.hex(), commitment.get("n")
    size = store.measure_file(file)
    if size is None:
        yield PayloadFault.FILE_MISSING
    else:
        whole = isinstance(length, int) and size == length + SEALING_OVERHEAD
        if not whole or (deep and store.digest_file(file) != digest):
            yield PayloadFault.FILE_CHANGED
    yield from _check_keys(store, commitment, file)


def _check_keys(
    store: PayloadStore, commitment: Mapping[str, object], file: str
) -> Iterator[PayloadFault]:
    rows, to = store.wrapped_keys(str(commitment.get("pid"))), commitment.get("to")
    if any(each != file for each, _ in rows.values()):
        yield PayloadFault.OTHER_FILE
    found = {
        name: base64.b64encode(hashlib.sha256(key).digest()).decode()
        for name, (_, key) in rows.items()
        if key
    }
    if not isinstance(to, list):
        # An entry of before does not say for whom.
        if not found:
            yield PayloadFault.KEY_MISSING
        return
    stated = {str(each[0]): each[1] for each in to if isinstance(each, list) and len(each) == _PAIR}
    if stated.keys() - found.keys():
        yield PayloadFault.KEY_MISSING
    if found.keys() - stated.keys():
        yield PayloadFault.KEY_ADDED
    if any(found[name] != digest for name, digest in stated.items() if name in found):
        yield PayloadFault.KEY_CHANGED


def check_erased(store: PayloadStore, commitment: Mapping[str, object]) -> Iterator[PayloadFault]:
    """Yield NOT_ERASED when a file or a key is left of a payload that was ordered away."""
    try:
        file = commitment_digest(commitment, "ct").hex()
    except PayloadTampered:
        yield PayloadFault.COMMITMENT
        return
    if store.measure_file(file) is not None or store.wrapped_keys(str(commitment.get("pid"))):
        yield PayloadFault.NOT_ERASED
