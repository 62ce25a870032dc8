"""Witness cosignatures (c2sp.org/tlog-cosignature v1): a time-stamped Ed25519 over a tree head."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from crypto.log.format.checkpoint import Checkpoint
from crypto.log.format.note import NoteVerifier, SignatureLine

__all__ = ["COSIGNATURE", "Witness", "cosigned_at"]

COSIGNATURE = 0x04
"""Signature type of cosignature/v1."""

_TIME_BYTES = 8
_MAX_TIME_S = 2**53 - 1  # what an entry can hold; the specification goes up to 2**63 - 1


def _message(checkpoint: Checkpoint, time_s: int) -> bytes:
    return f"cosignature/v1\ntime {time_s}\n".encode() + checkpoint.body()


class Witness:
    """A witness's private key; never the key of an entry or of a log."""

    __slots__ = ("_private", "verifier")

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._private = private
        self.verifier = NoteVerifier(name, public, COSIGNATURE)

    def cosign(self, checkpoint: Checkpoint, *, time_s: int) -> SignatureLine:
        """Sign that at `time_s` (seconds since 1970) this was the newest consistent head seen."""
        signature = self._private.sign(_message(checkpoint, time_s))
        stamp = time_s.to_bytes(_TIME_BYTES, "big")
        return SignatureLine(self.verifier.name, self.verifier.key_id, stamp + signature)


def cosigned_at(checkpoint: Checkpoint, line: SignatureLine, witness: NoteVerifier) -> int | None:
    """Return the time (s) of a valid cosignature by this witness; None when it is not one."""
    if witness.algorithm != COSIGNATURE or (line.name, line.key_id) != witness.identity:
        return None
    time_s = int.from_bytes(line.signature[:_TIME_BYTES], "big")
    if time_s > _MAX_TIME_S:
        return None
    message = _message(checkpoint, time_s)
    return time_s if witness.verifies(message, line.signature[_TIME_BYTES:]) else None
